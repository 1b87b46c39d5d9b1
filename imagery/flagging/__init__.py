"""Regions x permits -> signals, with reasons and priority. Geometry and dates in, no pixels."""
