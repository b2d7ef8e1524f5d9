"""Clocks: everything that must have happened by a moment, and what has not.

A medium under way must arrive when it was expected; a medium must be back, copies erased and spoiled sheets gone by
their day. Incidents (`incident.clocks`) and the yearly audit (`audit.clocks`) have theirs; `overdue` and `due_within`
read them all. A deadline given as a day is kept until the end of that day in Japan.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from handover.custody import CARRIED, outside
from handover.days import day_of, end_of
from handover.model import Custody


class ClockKind(StrEnum):
    """What must have happened."""

    ARRIVAL = "arrival"
    RETURN = "return"
    ERASURE = "erasure"
    DISPOSAL = "disposal"
    VENDOR_REPORT = "vendor-report"
    PROVISIONAL = "provisional-report"
    CONFIRMED = "confirmed-report"
    AUDIT = "audit"
    REMEDY = "remedy"


@dataclass(frozen=True)
class Clock:
    """One deadline that still runs: what, for which thing, who must act, and the last moment."""

    kind: ClockKind
    id: str
    batch: str
    holder: str
    until: datetime


_OUTSIDE = {"medium": ClockKind.RETURN, "copy": ClockKind.ERASURE, "spoilage": ClockKind.DISPOSAL}


def custody_clocks(custody: Custody) -> list[Clock]:
    """The clocks of media under way and of everything outside the building, the earliest first."""
    found = [
        Clock(_OUTSIDE[item.what], item.id, item.batch, item.holder, end_of(item.until)) for item in outside(custody)
    ]
    for medium in custody.media.values():
        if medium.state in CARRIED:
            transfer = custody.transfers_of(medium.id)[-1]
            if transfer.expected_at is not None:
                holder = " ".join(medium.holders)
                found.append(Clock(ClockKind.ARRIVAL, medium.id, medium.batch, holder, transfer.expected_at))
    return in_order(found)


def in_order(clocks: Iterable[Clock]) -> list[Clock]:
    """The earliest first."""
    return sorted(clocks, key=lambda clock: (clock.until, clock.kind, clock.id))


def overdue(clocks: Iterable[Clock], now: datetime) -> list[Clock]:
    """Those whose last moment has passed."""
    return [clock for clock in clocks if clock.until < now]


def due_within(clocks: Iterable[Clock], now: datetime, days: int) -> list[Clock]:
    """Those that still run, but end on one of the next so many days."""
    last = day_of(now) + timedelta(days=days)
    return [clock for clock in clocks if now <= clock.until and day_of(clock.until) <= last]
