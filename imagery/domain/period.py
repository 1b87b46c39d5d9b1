"""A stretch of time, and nothing else: it reads no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from imagery.errors import ParameterError

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Half-open interval of time ``[start, end)``, aware, in UTC."""

    start: datetime
    """First moment that belongs to the period."""
    end: datetime
    """First moment that no longer belongs to it."""

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            if getattr(self, name).tzinfo is None:
                raise ParameterError(
                    f"A period needs aware times, got {name} {getattr(self, name)} without a zone.",
                    hint="Give UTC times.",
                )
        if self.end <= self.start:
            raise ParameterError(
                f"A period must end after it starts, got {self}.", hint="Swap the two dates."
            )

    def __str__(self) -> str:
        return f"{self.start.date()}/{self.end.date()}"

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``YYYY-MM-DD/YYYY-MM-DD``; the second date is the first day that is not looked at.

        Raises
        ------
        ParameterError
            If the text is not two ISO dates with a slash between, or they are in the wrong order.

        Examples
        --------
        >>> str(Period.parse("2020-01-01/2021-01-01"))
        '2020-01-01/2021-01-01'
        """
        try:
            first, last = text.strip().split("/")
            start, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
        except ValueError:
            raise ParameterError(
                f"A period is two dates with a slash between them, got {text!r}.",
                hint="Write it as 2020-01-01/2021-01-01.",
            ) from None
        return cls.between(start, end)

    @classmethod
    def between(cls, start: date, end: date) -> Period:
        """From the first moment of one day up to the first moment of another."""
        return cls(start=midnight(start), end=midnight(end))

    @property
    def years(self) -> float:
        """Length in years of 365.25 days."""
        return (self.end - self.start) / timedelta(days=DAYS_PER_YEAR)

    def history(self, years: float) -> Period:
        """The stretch of so many years right before this period."""
        if not years > 0:
            raise ParameterError(f"A history must be longer than 0 years, got {years}.")
        return Period(start=self.start - timedelta(days=years * DAYS_PER_YEAR), end=self.start)

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def midnight(day: date) -> datetime:
    """First moment of a day, UTC."""
    return datetime.combine(day, time(0), tzinfo=UTC)
