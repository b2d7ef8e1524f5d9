"""One record's bytes → its values: cuts a record by offsets or by commas and parses each field, noting every fault.

Each field has its parser made beforehand. A sound fixed record takes the path of `swift`; here is the way that names
faults.
"""

import csv
import struct
from collections.abc import Mapping

from print_service.flatfile.faults import Faults
from print_service.flatfile.fields import FieldFaultError, Parser, Value, parser
from print_service.flatfile.layout import Field, FieldType, Layout, RecordType
from print_service.flatfile.lines import Line
from print_service.flatfile.swift import SwiftReader

_KIND_SHOWN = 8


class RecordReader:
    """The compiled layout of one file."""

    def __init__(self, layout: Layout, name: str, faults: Faults, gaiji: Mapping[int, str]) -> None:
        self._layout = layout
        self._name = name
        self._faults = faults
        self._unmapped: list[tuple[str, str]] = []
        self._kinds = {record.kind: record for record in layout.records}
        self._single = layout.records[0] if layout.kind_at is None else None
        self._plans = {
            record.kind: tuple(
                self._step(field, parser(field, layout, gaiji, self._unmapped)) for field in record.fields
            )
            for record in layout.records
        }
        self._cuts = {
            record.kind: struct.Struct("".join(f"{field.width}s" for field in record.fields))
            for record in layout.records
            if layout.format == "fixed"
        }
        self._swift = {
            record.kind: SwiftReader(record, tuple(step[3] for step in self._plans[record.kind]), layout.encoding)
            for record in layout.records
            if layout.format == "fixed"
        }

    def _step(self, field: Field, parse: Parser) -> tuple[Field, str, bool, Parser]:
        encoding = self._layout.encoding if field.type is FieldType.TEXT else "latin-1"
        return field, encoding, field.type is not FieldType.FILLER, parse

    def kind(self, line: Line) -> RecordType | None:
        """The record's type by its discriminator, None when unknown."""
        if self._single:
            return self._single
        return self._kinds.get(self.kind_found(line))

    def kind_found(self, line: Line) -> str:
        """The characters that stand where the discriminator stands."""
        start = self._layout.kind_at or 0
        if self._layout.format == "fixed":
            raw = line.raw[start : start + self._layout.kind_width]
        else:
            cells = line.raw.split(b",", start + 1)
            raw = cells[start].strip(b'"') if start < len(cells) else b""
        found = raw[:_KIND_SHOWN].decode("latin-1")
        return found if found.isascii() and found.isprintable() else "?"

    def values(self, line: Line, record: RecordType) -> tuple[tuple[Value, ...], bool]:
        """Values of the named fields in order, None for a faulty one, and whether all are sound."""
        before = self._faults.count
        values = self._fixed(line, record) if self._layout.format == "fixed" else self._csv(line, record)
        if self._unmapped:
            for field, character in self._unmapped:
                where = f"{self._name}:{line.number}:{field}"
                self._faults.add("flatfile.gaiji-unmapped", where, code=f"{ord(character):04X}")
            self._unmapped.clear()
        return values, self._faults.count == before

    def _fixed(self, line: Line, record: RecordType) -> tuple[Value, ...]:
        swift = self._swift[record.kind].values(line.raw)
        if swift is not None:
            return swift
        self._unmapped.clear()
        values: list[Value] = []
        cut = self._cuts[record.kind].unpack(line.raw)
        for (field, encoding, named, parse), raw in zip(self._plans[record.kind], cut, strict=True):
            value: Value = None
            try:
                value = parse(raw.decode(encoding))
            except FieldFaultError as fault:
                self._fault(line, field, fault.key, fault.values)
            except UnicodeDecodeError as error:
                self._undecodable(line, field, error)
            if named:
                values.append(value)
        return tuple(values)

    def _csv(self, line: Line, record: RecordType) -> tuple[Value, ...]:
        nothing: tuple[Value, ...] = (None,) * len(record.names)
        cells = self.cells(line, record)
        if cells is None:
            return nothing
        where = f"{self._name}:{line.number}"
        if len(cells) != len(record.fields):
            key = "flatfile.csv-surplus-columns" if len(cells) > len(record.fields) else "flatfile.csv-missing-columns"
            self._faults.add(key, where, expected=len(record.fields), found=len(cells))
            return nothing
        values: list[Value] = []
        for (field, _, named, parse), cell in zip(self._plans[record.kind], cells, strict=True):
            value: Value = None
            try:
                value = parse(cell)
            except FieldFaultError as fault:
                self._fault(line, field, fault.key, fault.values)
            if named:
                values.append(value)
        return tuple(values)

    def cells(self, line: Line, record: RecordType | None) -> list[str] | None:
        """The cells of a CSV line; None after noting why there are none."""
        try:
            text = line.raw.decode(self._layout.encoding)
        except UnicodeDecodeError as error:
            column = line.raw[: error.start].count(b",")
            field = record.fields[column] if record and column < len(record.fields) else None
            self._undecodable(line, field, error)
            return None
        if '"' not in text:
            return text.split(",")
        try:
            return _quoted_cells(text)
        except csv.Error:
            self._faults.add("flatfile.csv-quotes", f"{self._name}:{line.number}")
            return None

    def _fault(self, line: Line, field: Field, key: str, values: Mapping[str, str | int]) -> None:
        self._faults.add(key, f"{self._name}:{line.number}:{field.name}", field=field.title, **values)

    def _undecodable(self, line: Line, field: Field | None, error: UnicodeDecodeError) -> None:
        name, title = (field.name, field.title) if field else ("", "行")
        where = f"{self._name}:{line.number}:{name}".rstrip(":")
        found = error.object[error.start : error.start + 2].hex().upper()
        self._faults.add(
            "flatfile.undecodable",
            where,
            field=title,
            encoding=self._layout.encoding,
            found=found,
            position=error.start + 1,
        )


def _quoted_cells(text: str) -> list[str]:
    """Cells of one line in the strict reading of RFC 4180: a quote only around a whole cell, doubled inside, closed
    in the line.
    """
    cells: list[str] = []
    position = 0
    while True:
        if text.startswith('"', position):
            position += 1
            parts: list[str] = []
            while True:
                close = text.find('"', position)
                if close < 0:
                    raise csv.Error("unclosed quote")
                parts.append(text[position:close])
                position = close + 1
                if not text.startswith('"', position):
                    break
                parts.append('"')
                position += 1
            cells.append("".join(parts))
            if position < len(text) and text[position] != ",":
                raise csv.Error("text behind a quote")
        else:
            comma = text.find(",", position)
            stop = len(text) if comma < 0 else comma
            cell = text[position:stop]
            if '"' in cell:
                raise csv.Error("a quote inside a cell")
            cells.append(cell)
            position = stop
        if position >= len(text):
            return cells
        position += 1
