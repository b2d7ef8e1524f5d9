"""Checks the outer shape of each record before its fields are looked at: byte order mark, line ends, length, column
names.
"""

import codecs
from collections.abc import Iterator
from dataclasses import replace

from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout
from print_service.flatfile.lines import Line, Source, blocks, lines

_ENDINGS = {b"\r\n": "CRLF", b"\n": "LF", b"": "なし"}


def shapes(source: Source, name: str, layout: Layout, faults: Faults, max_record: int) -> Iterator[tuple[Line, bool]]:
    """Each record with whether its fields can be cut; `max_record` bounds what is kept of a record, in bytes."""
    cut = lines(source, max_record) if layout.newline else blocks(source, layout.record_bytes)
    for found in cut:
        line = _without_bom(found, name, layout, faults) if found.number == 1 else found
        if line.number == 1 and layout.column_row and _is_column_row(line, name, layout, faults):
            continue
        yield line, _is_sound(line, name, layout, faults, max_record)


def _without_bom(line: Line, name: str, layout: Layout, faults: Faults) -> Line:
    has = line.raw.startswith(codecs.BOM_UTF8)
    if has != layout.bom:
        faults.add("flatfile.bom-missing" if layout.bom else "flatfile.bom-unexpected", f"{name}:1")
    return replace(line, raw=line.raw[3:], length=line.length - 3) if has else line


def _is_sound(line: Line, name: str, layout: Layout, faults: Faults, max_record: int) -> bool:
    where = f"{name}:{line.number}"
    if line.length > max_record:
        faults.add("flatfile.record-too-long", where, found=line.length, limit=max_record)
        return False
    if layout.newline and line.ending not in {layout.newline, b""}:
        faults.add("flatfile.newline", where, expected=_ENDINGS[layout.newline], found=_ENDINGS[line.ending])
    if layout.format == "csv":
        if not line.length:
            faults.add("flatfile.blank-line", where)
        return line.length > 0
    if line.length != layout.record_bytes:
        truncated = not line.ending and line.length < layout.record_bytes
        key = "flatfile.truncated" if truncated else "flatfile.record-length"
        faults.add(key, where, found=line.length, expected=layout.record_bytes)
        return False
    return True


def _is_column_row(line: Line, name: str, layout: Layout, faults: Faults) -> bool:
    """True when the first line is the row of column names (right or wrong), False when it is already a record."""
    expected = [field.title for field in layout.data.fields]
    found = [cell.strip('"') for cell in line.raw.decode(layout.encoding, "replace").split(",")]
    where = f"{name}:1"
    if found == expected:
        return True
    if not set(found) & set(expected) or any(
        found[layout.kind_at or 0 : (layout.kind_at or 0) + 1] == [record.kind] for record in layout.records
    ):
        faults.add("flatfile.csv-columns-missing", where)
        return False
    missing = [column for column in expected if column not in found]
    surplus = [column for column in found if column not in expected]
    faults.add(
        "flatfile.csv-columns",
        where,
        missing="・".join(missing) or "なし",
        surplus="・".join(surplus[:20])[:200] or "なし",
    )
    return True
