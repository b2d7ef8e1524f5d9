"""Tax items 税目 by day: the printed title and the notice form, from `data/tax-items.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from print_service.findings import refuse
from print_service.resources import data_dir


@dataclass(frozen=True)
class TaxItem:
    """One tax item as it is called from `valid_from` on (to `valid_to`, both inclusive)."""

    key: str
    title: str
    form: str
    valid_from: date
    valid_to: date


@cache
def _table() -> tuple[TaxItem, ...]:
    with (data_dir() / "tax-items.toml").open("rb") as file:
        rows = tomllib.load(file)["item"]
    return tuple(
        TaxItem(row["key"], row["title"], row["form"], row["valid_from"], row.get("valid_to", date.max)) for row in rows
    )


def tax_item(key: str, on: date) -> TaxItem:
    """The tax item as called on that day; `tax.unknown-item` otherwise."""
    for item in _table():
        if item.key == key and item.valid_from <= on <= item.valid_to:
            return item
    raise refuse("tax.unknown-item", key, item=key, day=on.isoformat())
