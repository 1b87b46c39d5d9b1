"""Settings as they are given on the command line."""

from __future__ import annotations

from imagery.errors import ParameterError

SETTING_HELP = "Any setting of `imagery info --defaults`, as NAME=VALUE; may be repeated."


def parse_settings(pairs: list[str], **named: float | None) -> dict[str, float]:
    """Read ``NAME=VALUE`` pairs and join them with options of their own; None stands for not given.

    Raises
    ------
    ParameterError
        If a pair is not a name and a number. Names and ranges are checked by `Settings`.
    """
    chosen: dict[str, float] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        try:
            number = float(value)
        except ValueError:
            sign = ""
        if not sign:
            raise ParameterError(
                f"A setting is NAME=VALUE with a number, got {pair!r}.", hint="E.g. margin_m=80."
            )
        chosen[name.strip()] = int(number) if number.is_integer() else number
    return chosen | {name: value for name, value in named.items() if value is not None}
