"""Due dates 納期限 by tax item and levy year, and the rolling of a day on which the ward is closed.

Dated data in `data/calendar.toml`: the months of the instalments, closed days at the turn of the year, the terms of reminder and
seizure, single days and single due dates against the rule. A ward's own file of the same form (setting `calendar`) adds to it. Weekends and national holidays (the `jpholiday` package, after 国民の祝日に関する
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
from print_service.settings import Settings

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
    reminder_days: int = 20
    seizure_days: int = 10

    def is_open(self, day: date) -> bool:
        """Whether the ward's counters are open on that day."""
        if day in self.days:
            return self.days[day]
        if day.weekday() >= _SATURDAY or (day.month, day.day) in self.closed_days:
            return False
        return not _is_national_holiday(day)


@cache
def _is_national_holiday(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))


_NOTHING = Calendar((), frozenset())


def load_calendar(path: Path, base: Calendar = _NOTHING) -> Calendar:
    """A calendar from a TOML file of the form of `data/calendar.toml`; what it says comes on top of `base`.

    Raises RefusedError `calendar.unreadable` for a file that is no such TOML.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        closed = frozenset((int(day[:2]), int(day[3:])) for day in table.get("closed_days", ()))
        own = tuple(
            Schedule(s["tax_item"], s["first_levy_year"], tuple(s["months"])) for s in table.get("schedule", ())
        )
        replaced = {(schedule.tax_item, schedule.first_levy_year) for schedule in own}
        return Calendar(
            (*(s for s in base.schedules if (s.tax_item, s.first_levy_year) not in replaced), *own),
            closed if "closed_days" in table else base.closed_days,
            {**base.days, **{_day(row["date"]): bool(row["open"]) for row in table.get("day", ())}},
            {
                **base.dues,
                **{
                    (row["tax_item"], row["levy_year"], row["period"]): _day(row["date"])
                    for row in table.get("due", ())
                },
            },
            int(table.get("reminder_days", base.reminder_days)),
            int(table.get("seizure_days", base.seizure_days)),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise refuse("calendar.unreadable", str(path), reason=f"{type(error).__name__} {error}") from error


def _day(value: object) -> date:
    if type(value) is not date:
        raise TypeError(f"{value!r} is no day")
    return value


@cache
def calendar() -> Calendar:
    """The calendar shipped with the program."""
    return load_calendar(data_dir() / "calendar.toml")


def ward_calendar(settings: Settings) -> Calendar:
    """The ward's calendar: the shipped one, and on top of it the file of the setting `calendar`, if there is one."""
    return load_calendar(settings.calendar, calendar()) if settings.calendar.is_file() else calendar()


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


def reminder_day(due: date, days: int) -> date:
    """The day from which a ward reminds: `days` after the due date, which is not counted."""
    return due + timedelta(days=days)


def reminder_deadline(due: date, within: Calendar | None = None) -> date:
    """Last day of the term for a reminder 督促状, the due date itself not counted (地方税法329条: 20 days, 20条の5).

    Not rolled: a reminder may leave before its term ends. The courts hold a late one valid all the same.
    """
    return due + timedelta(days=(within or calendar()).reminder_days)


def seizure_day(posted_on: date, within: Calendar | None = None) -> date:
    """The day by which the tax must be paid in full, else property has to be seized 差押え: the tenth day past the dispatch.

    地方税法331条1項1号: 督促状を発した日から起算して10日を経過した日まで. Shown, never acted on.
    """
    return posted_on + timedelta(days=(within or calendar()).seizure_days)


def business_days_after(day: date, days: int, within: Calendar | None = None) -> date:
    """The opening day that is `days` opening days after a day; 0 gives the day itself."""
    book = within or calendar()
    for _ in range(days):
        day = roll(day + timedelta(days=1), book)
    return day


def _month_end(levy_year: int, month: int) -> date:
    year = levy_year + (month < _FIRST_MONTH)
    return date(year, month, monthrange(year, month)[1])
