"""Who does something, when, where and why: every use case takes an `Act`, so that no room asks a clock of its own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")


@dataclass(frozen=True)
class Act:
    """`by` is the id of a person or of this program; `at` is aware of its time zone; `where` is a workplace or terminal and `why` a
    reason, both in short words without personal data, empty when not given.
    """

    by: str
    at: datetime
    where: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an act needs a time with its zone")

    @property
    def day(self) -> date:
        """The calendar day in Japan (no summer time, so the zone needs no data base)."""
        return self.at.astimezone(JST).date()
