"""Western dates as the Japanese calendar writes them (和暦): every notice, letter and screen prints dates through this module.

The eras are data (`data/eras.toml`), so a new era is a new row. The first year of an era is 元年 (令和元年), and an era begins
on its first day, not on New Year's Day. Source: 元号法 (昭和54年法律第43号) and the orders named in the table.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from print_service.findings import refuse
from print_service.resources import data_dir


@dataclass(frozen=True)
class Era:
    """One era: its name, the letter (R) of host files, and its first day."""

    name: str
    letter: str
    first_day: date


@cache
def eras() -> tuple[Era, ...]:
    """All eras, the oldest first."""
    with (data_dir() / "eras.toml").open("rb") as file:
        rows = tomllib.load(file)["era"]
    return tuple(sorted((Era(**row) for row in rows), key=lambda era: era.first_day))


def era_year(day: date) -> tuple[Era, int]:
    """The era of `day` and the year in it, 1 for the first. Raises RefusedError for a day before the oldest era."""
    for era in reversed(eras()):
        if day >= era.first_day:
            return era, day.year - era.first_day.year + 1
    raise refuse("eras.before-the-oldest", date=day.isoformat())


def _year_name(day: date) -> str:
    era, year = era_year(day)
    return f"{era.name}{'元' if year == 1 else year}年"


def wareki(day: date) -> str:
    """令和8年6月30日; the first year of an era is 元年."""
    return f"{_year_name(day)}{day.month}月{day.day}日"


def levy_year_name(levy_year: int) -> str:
    """令和8年度 for 2026: a fiscal year bears the era of its April 1 (2019 is 平成31年度)."""
    return f"{_year_name(date(levy_year, 4, 1))}度"
