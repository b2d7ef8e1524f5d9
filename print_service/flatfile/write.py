"""Writes a flat file by its layout, totals included: the synthetic ward's host files and any file we hand to somebody.

The counterpart of `read`: what is written here reads back equal. The file appears under its name only when complete.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from print_service.flatfile.fields import Value, format_value
from print_service.flatfile.layout import Check, Field, FieldType, Layout, RecordType, Role

_BOM = b"\xef\xbb\xbf"
_NO_GAIJI: Mapping[str, str] = {}
Row = Mapping[str, Value]


class UnwritableError(ValueError):
    """A value that the layout cannot hold: too long, or with a character the encoding lacks."""


@dataclass
class _Totals:
    count: int = 0
    found: dict[Check, int] = field(default_factory=dict)


def write(
    path: Path,
    layout: Layout,
    records: Iterable[Row],
    *,
    header: Row | None = None,
    gaiji: Mapping[str, str] = _NO_GAIJI,
) -> None:
    """One group of data records with its header and computed trailer and end. Raises UnwritableError and leaves no
    file.

    `gaiji` maps text to the private-use character the encoding carries.
    """
    write_groups(path, layout, [(header or {}, records)], gaiji=gaiji)


def write_groups(
    path: Path, layout: Layout, groups: Iterable[tuple[Row, Iterable[Row]]], *, gaiji: Mapping[str, str] = _NO_GAIJI
) -> None:
    """As `write`, for several groups of header and data."""
    encoder = _Encoder(layout, gaiji)
    part = path.with_name(path.name + ".part")
    whole = _Totals()
    try:
        with part.open("wb") as out:
            out.write(_BOM if layout.bom else b"")
            if layout.column_row:
                out.write(encoder.line(",".join(entry.title for entry in layout.data.fields)))
            for header, records in groups:
                totals = _Totals()
                rows, stated = _promised(layout, records)
                out.write(encoder.role(Role.HEADER, {**header, **stated}))
                for row in rows:
                    out.write(encoder.role(Role.DATA, row))
                    _add(layout, row, (totals, whole))
                out.write(encoder.role(Role.TRAILER, _stated(layout, Role.TRAILER, totals)))
            out.write(encoder.role(Role.END, _stated(layout, Role.END, whole)))
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    os.replace(part, path)  # noqa: PTH105 - the one atomic rename


def _promised(layout: Layout, records: Iterable[Row]) -> tuple[Iterable[Row], Row]:
    """The records, and what a header must say of them before they are written; only then are they held in memory."""
    if not any(check.role is Role.HEADER for check in layout.checks):
        return records, {}
    rows, totals = list(records), _Totals()
    for row in rows:
        _add(layout, row, (totals,))
    return rows, _stated(layout, Role.HEADER, totals)


def _add(layout: Layout, row: Row, totals: Iterable[_Totals]) -> None:
    for total in totals:
        total.count += 1
        for check in layout.checks:
            value = row.get(check.sums) if check.sums else 1
            if isinstance(value, int) and (check.only is None or row.get(check.only[0]) in check.only[1]):
                total.found[check] = total.found.get(check, 0) + value


def _stated(layout: Layout, role: Role, totals: _Totals) -> Row:
    return {check.field: totals.found.get(check, 0) for check in layout.checks if check.role is role}


class _Encoder:
    def __init__(self, layout: Layout, gaiji: Mapping[str, str]) -> None:
        self._layout = layout
        self._gaiji = gaiji
        longest_first = sorted(gaiji, key=lambda cluster: (-len(cluster), cluster))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if gaiji else None

    def role(self, role: Role, row: Row) -> bytes:
        record = self._layout.of_role(role)
        return self._record(record, row) if record else b""

    def line(self, text: str) -> bytes:
        return text.encode(self._layout.encoding) + self._layout.newline

    def _record(self, record: RecordType, row: Row) -> bytes:
        if self._layout.format == "csv":
            return self.line(",".join(self._cell(entry, row) for entry in record.fields))
        return b"".join(self._fixed(entry, row) for entry in record.fields) + self._layout.newline

    def _text(self, entry: Field, row: Row) -> str:
        try:
            return format_value(entry, self._layout, row.get(entry.name))
        except (ValueError, StopIteration) as error:
            raise UnwritableError(f"{entry.name}: {error}") from error

    def _cell(self, entry: Field, row: Row) -> str:
        text = self._text(entry, row)
        if len(text) > entry.width:
            raise UnwritableError(f"{entry.name}: longer than {entry.width} characters")
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"') else text

    def _fixed(self, entry: Field, row: Row) -> bytes:
        text = self._text(entry, row)
        if self._pattern and entry.type is FieldType.TEXT:
            text = self._pattern.sub(lambda found: self._gaiji[found[0]], text)
        try:
            raw = text.encode(self._layout.encoding)
        except UnicodeEncodeError as error:
            raise UnwritableError(
                f"{entry.name}: U+{ord(error.object[error.start]):04X} not in {error.encoding}"
            ) from error
        if len(raw) > entry.width:
            raise UnwritableError(f"{entry.name}: {len(raw)} bytes, room for {entry.width}")
        return raw.ljust(entry.width, b" ")
