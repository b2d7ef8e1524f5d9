"""Late charge 延滞金 on one instalment, to the yen as municipalities compute it.

From the day after the due date to the day of payment, both counted; the first month at the lower rate, the rest at the
higher; each calendar year at its own rates; 365 days to every year; every stretch cut to whole yen before adding.
Sources: 地方税法326条, 463条の24, 附則3条の2 (rates), 20条の4の2 (rounding), 20条の5 with 民法143条 (the month), and
the worked examples that municipalities publish. Rates are dated data (`data/late-charge.toml`); a year that is not
there is refused, never guessed.
"""

import tomllib
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

from print_service.findings import Finding, RefusedError
from print_service.resources import data_dir

_DAY = timedelta(days=1)
_YEAR_DAYS = 365  # a leap year too: 利率等の表示の年利建て移行に関する法律25条
_RATE_UNIT = 1000  # tenths of a percent


@dataclass(frozen=True)
class Rate:
    """A calendar year's rates in tenths of a percent a year: in the first month, and after it."""

    first: int
    after: int


@dataclass(frozen=True)
class ChargeRules:
    """Rates by calendar year, the roundings in yen, and where fractions of a yen are cut."""

    rates: Mapping[int, Rate]
    base_unit: int
    base_least: int
    charge_unit: int
    charge_least: int
    truncate: Literal["segment", "end"]


@dataclass(frozen=True)
class Segment:
    """Days from `start` to `end`, both counted, at one rate on one base; `yen` is cut to whole yen."""

    start: date
    end: date
    days: int
    rate_tenths: int
    base: int
    yen: int


@dataclass(frozen=True)
class LateCharge:
    """The late charge in yen and how it came about."""

    amount: int
    segments: tuple[Segment, ...]


def load_charge_rules(path: Path) -> ChargeRules:
    """Rules from a TOML file of the form of `data/late-charge.toml`."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    truncate = table["truncate"]
    if truncate not in ("segment", "end"):
        raise ValueError(f"{path}: truncate must be 'segment' or 'end', not {truncate!r}")
    return ChargeRules(
        rates={row["year"]: Rate(row["first"], row["after"]) for row in table["rate"]},
        base_unit=table["base_unit"],
        base_least=table["base_least"],
        charge_unit=table["charge_unit"],
        charge_least=table["charge_least"],
        truncate=truncate,
    )


@cache
def charge_rules() -> ChargeRules:
    """The rules shipped with the program."""
    return load_charge_rules(data_dir() / "late-charge.toml")


def first_month_end(due: date) -> date:
    """Last day of the first month after the due date, by the same-numbered day (応当日) of the next month.

    The day before it; where the next month has no such day, the next month's last day.
    """
    start = due + _DAY
    year, month = (start.year, start.month + 1) if start.month < 12 else (start.year + 1, 1)
    last = monthrange(year, month)[1]
    return date(year, month, start.day) - _DAY if start.day <= last else date(year, month, last)


def late_charge(
    principal: int,
    due: date,
    paid_on: date,
    parts: Sequence[tuple[date, int]] = (),
    rules: ChargeRules | None = None,
) -> LateCharge:
    """Late charge on `principal` yen of one instalment, due on `due` and paid on `paid_on`.

    `parts` are payments on the principal before that, as (day, yen): each lowers the base from the day after it.
    Refuses senseless amounts, all at once, and every year without rates (`dunning.rate-unknown`).
    """
    book = rules or charge_rules()
    findings = _faults(principal, paid_on, parts)
    if findings:
        raise RefusedError(findings)
    stretches = [
        (start, end, base) for start, end, base in _stretches(principal, due, paid_on, parts, book) if base > 0
    ]
    unknown = sorted({start.year for start, _, _ in stretches} - set(book.rates))
    if unknown:
        raise RefusedError([Finding("dunning.rate-unknown", str(year), {"year": year}) for year in unknown])
    month_end = first_month_end(due)
    exact = Fraction(0)
    segments = []
    for start, end, base in stretches:
        rate = book.rates[start.year].first if end <= month_end else book.rates[start.year].after
        days = (end - start).days + 1
        charge = Fraction(base * rate * days, _RATE_UNIT * _YEAR_DAYS)
        exact += charge
        segments.append(Segment(start, end, days, rate, base, int(charge)))
    total = int(exact) if book.truncate == "end" else sum(segment.yen for segment in segments)
    amount = 0 if total < book.charge_least else total - total % book.charge_unit
    return LateCharge(amount, tuple(segments))


def _faults(principal: int, paid_on: date, parts: Sequence[tuple[date, int]]) -> list[Finding]:
    findings = []
    if principal < 0:
        findings.append(Finding("dunning.principal-negative", "", {"principal": principal}))
    for day, amount in parts:
        where = day.isoformat()
        if amount < 1:
            findings.append(Finding("dunning.part-not-positive", where, {"day": where, "amount": amount}))
        if day > paid_on:
            dates = {"day": where, "paid_on": paid_on.isoformat()}
            findings.append(Finding("dunning.part-after-payment", where, dates))
    together = sum(amount for _, amount in parts)
    if together > max(principal, 0):
        findings.append(Finding("dunning.parts-exceed-principal", "", {"parts": together, "principal": principal}))
    return findings


def _stretches(
    principal: int, due: date, paid_on: date, parts: Sequence[tuple[date, int]], book: ChargeRules
) -> Iterator[tuple[date, date, int]]:
    """Days after the due date, cut where the rate or the base changes: (first day, last day, base in yen)."""
    cuts = {first_month_end(due), paid_on}
    cuts |= {date(year, 12, 31) for year in range(due.year, paid_on.year)}
    cuts |= {day for day, _ in parts}
    start = due + _DAY
    for end in sorted(cut for cut in cuts if due < cut <= paid_on):
        unpaid = principal - sum(amount for day, amount in parts if day < start)
        yield start, end, 0 if unpaid < book.base_least else unpaid - unpaid % book.base_unit
        start = end + _DAY
