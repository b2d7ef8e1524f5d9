"""How a field of the ledger reads on paper, told again for the proof: 12,300, 令和8年6月30日, 第1期, full-width figures, digit groups.

A zone of form.toml says its text as a pattern, `〒{addressee.postcode}` or `{annual:yen}`; the part before the colon is the way to the
field, the part behind it one of `SHAPES`. Written without the filters that print, so that a fault of theirs is seen. Eras
are data (`data/eras.toml`).
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from print_service.resources import data_dir

_PLACE = re.compile(r"\{([a-z0-9_.]+)(?::([a-z0-9_-]+))?\}")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def printed(pattern: str, fields: Mapping[str, Any]) -> str:
    """The pattern with its fields as they should be printed; a field that is absent or None prints nothing.

    Raises ValueError for a shape there is none of.
    """
    begin, places = _parts(pattern)
    return begin + "".join([_shaped(_at(fields, way), shape) + after for way, shape, after in places])


@lru_cache(maxsize=4096)
def _parts(pattern: str) -> tuple[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
    """What stands before the first field; then each field's way and shape and what stands behind it."""
    begin, *rest = _PLACE.split(pattern)
    return begin, tuple(
        (tuple(way.split(".")), shape or "", after)
        for way, shape, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    )


def field_at(fields: Mapping[str, Any], way: str) -> Any:
    """The field at a dotted way, None where the way ends before it."""
    return _at(fields, way.split("."))


def _at(fields: Mapping[str, Any], steps: Iterable[str]) -> Any:
    value: Any = fields
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _shaped(value: Any, shape: str) -> str:
    if value is None:
        return ""
    if not shape:
        return str(value)
    if shape not in SHAPES:
        raise ValueError(f"no shape {shape!r} among {sorted(SHAPES)}")
    return SHAPES[shape](value)


@cache
def _eras() -> tuple[tuple[date, str], ...]:
    rows = tomllib.loads((data_dir() / "eras.toml").read_text(encoding="utf-8"))["era"]
    return tuple(sorted((row["first_day"], row["name"]) for row in rows))


def _year(day: date) -> str:
    first, name = max(era for era in _eras() if era[0] <= day)
    year = day.year - first.year + 1
    return f"{name}{'元' if year == 1 else year}年"


@lru_cache(maxsize=1024)
def _date(value: str) -> str:
    day = date.fromisoformat(value)
    return f"{_year(day)}{day.month}月{day.day}日"


def _yen(value: int) -> str:
    figures = format(abs(value), ",d")
    return figures if value >= 0 else "▲" + figures


def _full_width(value: Any) -> str:
    return str(value).translate(_FULL_WIDTH)


@lru_cache(maxsize=64)
def _levy_year(value: int) -> str:
    return _year(date(value, 4, 1)) + "度"


def _bars_text(digits: str) -> str:
    """The two lines under the slip's bars: (91) and 6 and 22 digits, then date, stamp, amount, check digit."""
    if not digits:
        return ""
    upper, lower = (
        f"({digits[:2]}){digits[2:8]}-{digits[8:30]}",
        (digits[30:36], digits[36], digits[37:43], digits[43:]),
    )
    return upper + "\n" + "-".join(lower)


SHAPES: Mapping[str, Callable[[Any], str]] = {
    "yen": _yen,
    "yen-or-blank": lambda value: _yen(value) if value else "",
    "date": _date,
    "levy-year": _levy_year,
    "levy-year-full": lambda value: _full_width(_levy_year(value)),
    "first-of-april": lambda value: _date(f"{value}-04-01"),
    "new-year": lambda value: _date(f"{value}-01-01"),
    "full": _full_width,
    "list": "、".join,
    "period": lambda value: f"第{value}期",
    "six": lambda value: f"{value:06d}",
    "groups": lambda value: "-".join(value[at : at + 4] for at in range(0, len(value), 4)),
    "bars": _bars_text,
}
