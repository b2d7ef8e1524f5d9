"""Payment channels as dated data: which marks a slip carries, and which ways to pay its text may promise.

From `data/channels.toml`, by day, tax and amount. The slip's marks and its list of ways to pay are both made from one `offer`, so that
the text cannot promise what the marks do not open. Sources stand in the table, row by row.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from print_service.findings import refuse
from print_service.resources import data_dir


@dataclass(frozen=True)
class Mark:
    """A mark as it may be printed in a period; `over` is the sentence printed instead when the amount is too high."""

    key: str
    title: str
    valid_from: date
    valid_to: date
    taxes: tuple[str, ...]
    amount_to: int | None
    over: str

    def covers(self, tax: str, on: date) -> bool:
        """Whether slips of that tax and day carry it, were the amount no matter."""
        return self.valid_from <= on <= self.valid_to and (not self.taxes or tax in self.taxes)


@dataclass(frozen=True)
class Way:
    """A way to pay in a period; open when the slip carries one of the marks it `reads`, or needs none."""

    key: str
    title: str
    reads: tuple[str, ...]
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Offer:
    """What one slip carries and may promise, in the table's order. `instead` are sentences in place of marks withheld for the amount."""

    tax: str
    on: date
    amount: int
    marks: tuple[str, ...]
    ways: tuple[Way, ...]
    instead: tuple[str, ...]


def offer(tax: str, on: date, amount: int, without: Collection[str] = ()) -> Offer:
    """Marks and ways of a slip of that tax (its key in `tax-items.toml`), day of issue and amount in yen; `without` are marks that
    the ward does not print.

    Raises RefusedError `channels.amount` for less than 1 yen.
    """
    if amount < 1:
        raise refuse("channels.amount", amount=amount)
    marks, ways = _table()
    due = [mark for mark in marks if mark.covers(tax, on) and mark.key not in without]
    carried = tuple(mark.key for mark in due if mark.amount_to is None or amount <= mark.amount_to)
    instead = tuple(mark.over for mark in due if mark.key not in carried and mark.over)
    open_ways = tuple(
        way
        for way in ways
        if way.valid_from <= on <= way.valid_to and (not way.reads or any(mark in carried for mark in way.reads))
    )
    return Offer(tax, on, amount, carried, open_ways, instead)


@cache
def _table() -> tuple[tuple[Mark, ...], tuple[Way, ...]]:
    with (data_dir() / "channels.toml").open("rb") as file:
        rows: dict[str, list[dict[str, Any]]] = tomllib.load(file)
    marks = tuple(
        Mark(
            row["key"],
            row["title"],
            row["valid_from"],
            row.get("valid_to", date.max),
            tuple(row.get("taxes", ())),
            row.get("amount_to"),
            row.get("over", ""),
        )
        for row in rows["mark"]
    )
    ways = tuple(
        Way(row["key"], row["title"], tuple(row["reads"]), row["valid_from"], row.get("valid_to", date.max))
        for row in rows["way"]
    )
    return marks, ways
