"""What a form may do to a value before it is printed: the filters of the form language.

Each is a pure function from one plain value (str or int) to the text that stands on paper. `press.setting` gives them to Jinja2
when a page is rendered whole; `press.trace` records their names, so that a compiled form applies them to each record.
`mj` and `ocr` are not here: they say which fonts a text is set in, and change nothing in it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache

from print_service.eras import levy_year_name
from print_service.eras import wareki as era_date

_ZENKAKU = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})


@lru_cache(maxsize=4096)
def wareki(value: str) -> str:
    """令和8年6月5日 of an ISO date."""
    return era_date(date.fromisoformat(value))


def wareki_time(value: str) -> str:
    """令和8年6月5日 10:15 of an ISO date and time."""
    instant = datetime.fromisoformat(value)
    return f"{era_date(instant.date())} {instant:%H:%M}"


@lru_cache(maxsize=256)
def levy_year(value: int) -> str:
    """令和8年度 of 2026."""
    return levy_year_name(value)


def yen(value: int) -> str:
    """1,234,500, or ▲500 below zero. Raises TypeError for what is no integer."""
    if type(value) is not int:
        raise TypeError(f"{value!r} は円の整数ではありません")
    return f"{value:,}" if value >= 0 else f"▲{-value:,}"


def zen(value: object) -> str:
    """ASCII as full-width characters."""
    return line(value).translate(_ZENKAKU)


def period(number: int) -> str:
    """第1期 of 1. Raises TypeError for a missing one."""
    return f"第{line(number)}期"


def digits(value: int, width: int) -> str:
    """An integer with leading zeros."""
    return f"{value:0{width}d}"


def plain(value: object) -> str:
    """What a value without a filter prints. Raises TypeError for a missing one: no page says 「None」."""
    if value is None:
        raise TypeError("値のない項目を印字しようとしました（None）")
    return str(value)


def line(value: object) -> str:
    """What a value prints in a slot, where it may not end a line: rows are counted, and one more would move all below it."""
    text = plain(value)
    if "\n" in text:
        raise ValueError("改行を含む値は印字できません")
    return text


FILTERS: Mapping[str, Callable[..., str]] = {
    "wareki": wareki,
    "wareki_time": wareki_time,
    "levy_year": levy_year,
    "yen": yen,
    "zen": zen,
    "period": period,
    "digits": digits,
}
