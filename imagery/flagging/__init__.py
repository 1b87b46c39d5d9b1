"""Regions x permits -> signals, with reasons and priority. Geometry and dates in, no pixels.

`judging.judge_changes` judges the changes of a site, `previous.compare_with_previous` compares two runs,
`activities.recognise_activities` reads a register text. The rules are told in ``docs/permit_logic.md``.
"""
