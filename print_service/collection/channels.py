"""Payment channels: whose files step 11 (collect) reads, and by which fields it knows a record again.

From `data/payment-channels.toml`; which of them a ward offers, and how late each may be, stands in its settings.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from print_service.findings import Finding, RefusedError
from print_service.resources import data_dir
from print_service.settings import Settings


@dataclass(frozen=True)
class Channel:
    """One channel; the meaning of each fact stands in the table's own heading."""

    key: str
    title: str
    provisional: bool
    final: bool
    delivery: str
    whole_day: bool
    numbered: bool
    ways: tuple[str, ...]
    record_key: tuple[str, ...]
    visit: tuple[str, ...]


@cache
def channels() -> Mapping[str, Channel]:
    """Every channel whose files can be read, by key, in the table's order."""
    with (data_dir() / "payment-channels.toml").open("rb") as file:
        rows = tomllib.load(file)["channel"]
    names = ("ways", "record_key", "visit")
    return {row["key"]: Channel(**row | {name: tuple(row[name]) for name in names}) for row in rows}


def offered(settings: Settings) -> tuple[Channel, ...]:
    """The ward's channels in the table's order. Refuses every key nobody knows (`collection.channel-unknown`)."""
    table = channels()
    wanted = settings.collection.lag_business_days
    known = "・".join(table)
    faults = [
        Finding("collection.channel-unknown", f"collection.lag_business_days.{key}", {"channel": key, "known": known})
        for key in wanted
        if key not in table
    ]
    if faults:
        raise RefusedError(faults)
    return tuple(channel for channel in table.values() if channel.key in wanted)
