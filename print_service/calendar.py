"""Due dates 納期限 by tax item and levy year, and the rolling of a day on which the ward is closed.

Dated data in `data/calendar.toml`: the months of the instalments, closed days at the turn of the year, single days and
single due dates against the rule. Weekends and national holidays (the `jpholiday` package, after 国民の祝日に関する
法律) roll to the next opening day: 地方税法20条の5第2項. Used by intake (step 1), the slips and dunning (step 12).
"""

import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import jpholiday

from print_service.findings import refuse
from print_service.resources import data_dir

_SATURDAY = 5
_FIRST_MONTH = 4  # of a fiscal year


@dataclass(frozen=True)
class Schedule:
    """Instalments of a tax item from a levy year on, each due at the end of its month."""

    tax_item: str
    first_levy_year: int
    months: tuple[int, ...]


@dataclass(frozen=True)
class Calendar:
    """The ward's calendar: `days` opens (True) or closes single days, `dues` is by tax item, levy year and period."""

    schedules: tuple[Schedule, ...]
    closed_days: frozenset[tuple[int, int]]
    days: Mapping[date, bool] = field(default_factory=dict)
    dues: Mapping[tuple[str, int, int], date] = field(default_factory=dict)

    def is_open(self, day: date) -> bool:
        """Whether the ward's counters are open on that day."""
        if day in self.days:
            return self.days[day]
        if day.weekday() >= _SATURDAY or (day.month, day.day) in self.closed_days:
            return False
        return not jpholiday.is_holiday(day)


def load_calendar(path: Path) -> Calendar:
    """A calendar from a TOML file of the form of `data/calendar.toml`."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    return Calendar(
        tuple(Schedule(s["tax_item"], s["first_levy_year"], tuple(s["months"])) for s in table["schedule"]),
        frozenset((int(day[:2]), int(day[3:])) for day in table["closed_days"]),
        {row["date"]: row["open"] for row in table.get("day", ())},
        {(row["tax_item"], row["levy_year"], row["period"]): row["date"] for row in table.get("due", ())},
    )


@cache
def calendar() -> Calendar:
    """The calendar shipped with the program."""
    return load_calendar(data_dir() / "calendar.toml")


def roll(day: date, within: Calendar | None = None) -> date:
    """The day itself if the ward is open, else the next opening day."""
    book = within or calendar()
    while not book.is_open(day):
        day += timedelta(days=1)
    return day


def due_dates(tax_item: str, levy_year: int, within: Calendar | None = None) -> tuple[date, ...]:
    """Due dates of the instalments in order, period 1 first. Refuses `calendar.no-schedule`."""
    book = within or calendar()
    in_force = [s for s in book.schedules if s.tax_item == tax_item and s.first_levy_year <= levy_year]
    if not in_force:
        raise refuse("calendar.no-schedule", tax_item=tax_item, levy_year=levy_year)
    schedule = max(in_force, key=lambda s: s.first_levy_year)
    return tuple(
        book.dues.get((tax_item, levy_year, period)) or roll(_month_end(levy_year, month), book)
        for period, month in enumerate(schedule.months, 1)
    )


def reminder_day(due: date, days: int = 20) -> date:
    """Last day of the term for a reminder 督促状: `days` after the due date, the due date itself not counted.

    地方税法329条 (20 days) with 20条の5 (the first day is not counted). Not rolled: a reminder may leave before its
    term ends.
    """
    return due + timedelta(days=days)


def _month_end(levy_year: int, month: int) -> date:
    year = levy_year + (month < _FIRST_MONTH)
    return date(year, month, monthrange(year, month)[1])
