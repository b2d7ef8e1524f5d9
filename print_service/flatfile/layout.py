"""What a flat file looks like, as data: a layout is read from TOML and says encoding, records, fields, order and
totals.

Step 1 (intake) and step 11 (collect) read by layouts; the synthetic ward writes by them. A layout names what a tax
host or a payment agency publishes in its own record description (レコードレイアウト): fixed-length records with byte
offsets as in the 全銀 family of formats (header 1, data 2, trailer 8, end 9), or CSV with a row of column names (RFC
4180 without line breaks inside a cell). Era digits (4 平成, 5 令和) are part of the layout because each host chooses
its own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from print_service.findings import refuse
from print_service.resources import data_dir


class FieldType(StrEnum):
    """How the characters of a field are to be understood."""

    DIGITS = "digits"
    INT = "int"
    TEXT = "text"
    DATE = "date"
    YEAR = "year"
    TIME = "time"
    CODE = "code"
    CONST = "const"
    FILLER = "filler"


class Role(StrEnum):
    """What a record is in its file."""

    HEADER = "header"
    DATA = "data"
    TRAILER = "trailer"
    END = "end"


@dataclass(frozen=True)
class Field:
    """One field. `width` is bytes in a fixed record; in CSV exact characters of digits and dates, most characters of
    the rest.
    """

    name: str
    title: str
    type: FieldType
    width: int
    offset: int = 0
    required: bool = True
    format: str = ""
    codes: Mapping[str, str] | None = None
    value: str = ""
    any_content: bool = False
    group: str = ""


@dataclass(frozen=True)
class RecordType:
    """A record type: its discriminator value (empty when the file has only one type), its role and its fields in
    order.
    """

    kind: str
    role: Role
    fields: tuple[Field, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields that carry a value (no fillers)."""
        return tuple(field.name for field in self.fields if field.type is not FieldType.FILLER)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


@dataclass(frozen=True)
class Check:
    """A total stated by the file: `field` of the `role` record is the number of data records, or the sum of their
    `sums`; with `only`, of those data records alone whose field (first) has one of the values (second).
    """

    role: Role
    field: str
    sums: str = ""
    only: tuple[str, frozenset[str]] | None = None


@dataclass(frozen=True)
class Era:
    """One era by the digit the host writes for it; `until` is None for the era that still runs."""

    digit: str
    name: str
    start: date
    until: date | None


@dataclass(frozen=True)
class Layout:
    """A whole file: everything `read` and `write` need to know, and the `subject` the rooms choose by."""

    name: str
    title: str
    subject: str
    encoding: str
    bom: bool
    format: str
    newline: bytes
    record_bytes: int
    kind_at: int | None
    kind_width: int
    column_row: bool
    many_groups: bool
    allow_no_data: bool
    gaiji: str
    channel: str
    eras: tuple[Era, ...]
    records: tuple[RecordType, ...]
    checks: tuple[Check, ...]

    def of_role(self, role: Role) -> RecordType | None:
        """The record type that plays the role, None when the layout has none."""
        return next((record for record in self.records if record.role is role), None)

    @property
    def data(self) -> RecordType:
        """The data record."""
        record = self.of_role(Role.DATA)
        assert record is not None, "parse_layout refuses a layout without a data record"
        return record


_NEWLINES = {"crlf": b"\r\n", "lf": b"\n", "none": b""}
_ENCODINGS = frozenset({"cp932", "utf-8", "ascii"})
_FORMATS = frozenset({"fixed", "csv"})
_DATE_FORMATS = {"YYYYMMDD": 8, "eYYMMDD": 7}
_YEAR_FORMATS = {"YYYY": 4, "eYY": 3}
_TIME_FORMATS = {"HHMM": 4, "HHMMSS": 6}


def load_layout(name: str, folder: Path | None = None) -> Layout:
    """The layout `<name>.toml` of `folder` (default: our own). Raises RefusedError when unknown or faulty."""
    path = (folder or data_dir() / "layouts") / f"{name}.toml"
    if "/" in name or not path.is_file():
        raise refuse("flatfile.layout-unknown", name, name=name)
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse("flatfile.layout-wrong", path.name, why=str(error)) from error
    return parse_layout(table, path.name)


def parse_layout(table: Mapping[str, Any], where: str = "layout") -> Layout:
    """A layout from its TOML table, with every statement checked against the others. Raises RefusedError."""
    try:
        layout = _build(table)
        _check(layout)
    except (KeyError, TypeError, ValueError) as error:
        raise refuse("flatfile.layout-wrong", where, why=f"{type(error).__name__} {error}") from error
    return layout


def _build(table: Mapping[str, Any]) -> Layout:
    fixed = table["format"] == "fixed"
    return Layout(
        name=table["name"],
        title=table["title"],
        subject=table["subject"],
        encoding=table["encoding"],
        bom=table.get("bom", False),
        format=table["format"],
        newline=_NEWLINES[table["newline"]],
        record_bytes=table["record_bytes"] if fixed else 0,
        kind_at=table.get("kind_at"),
        kind_width=table.get("kind_width", 1),
        column_row=table.get("column_row", False),
        many_groups=table.get("many_groups", False),
        allow_no_data=table.get("allow_no_data", False),
        gaiji=table.get("gaiji", ""),
        channel=table.get("channel", ""),
        eras=tuple(
            Era(digit, row["name"], row["start"], row.get("until")) for digit, row in table.get("eras", {}).items()
        ),
        records=tuple(_record(row) for row in table["records"]),
        checks=tuple(_total(row) for row in table.get("checks", [])),
    )


def _total(row: Mapping[str, Any]) -> Check:
    only = row.get("only")
    wanted = (only["field"], frozenset(only["values"])) if only else None
    return Check(Role(row["in"]), row["field"], row.get("sums", ""), wanted)


def _record(row: Mapping[str, Any]) -> RecordType:
    return RecordType(row.get("kind", ""), Role(row["role"]), tuple(_field(entry) for entry in row["fields"]))


def _field(entry: Mapping[str, Any]) -> Field:
    return Field(
        name=entry["name"],
        title=entry.get("title", entry["name"]),
        type=FieldType(entry["type"]),
        width=entry["width"],
        offset=entry.get("at", 0),
        required=entry.get("required", True),
        format=entry.get("format", ""),
        codes=entry.get("codes"),
        value=entry.get("value", ""),
        any_content=entry.get("any", False),
        group=entry.get("group", ""),
    )


def _check(layout: Layout) -> None:
    if layout.format not in _FORMATS or layout.encoding not in _ENCODINGS:
        raise ValueError(f"format {layout.format}, encoding {layout.encoding}")
    if layout.format == "csv" and not layout.newline:
        raise ValueError("csv needs a newline")
    roles = [record.role for record in layout.records]
    if len(set(roles)) != len(roles) or Role.DATA not in roles:
        raise ValueError("each role stands once, and data must stand")
    if len(roles) > 1 and layout.kind_at is None:
        raise ValueError("several record types need kind_at")
    if len({record.kind for record in layout.records}) != len(roles):
        raise ValueError("two record types of one kind")
    for record in layout.records:
        _check_record(layout, record)
    _check_totals(layout)


def _check_totals(layout: Layout) -> None:
    for check in layout.checks:
        total = layout.of_role(check.role)
        if total is None or total.field(check.field).type is not FieldType.INT:
            raise ValueError(f"check field {check.field} of {check.role} must be an int")
        if check.sums and layout.data.field(check.sums).type is not FieldType.INT:
            raise ValueError(f"summed field {check.sums} must be an int")
        if check.only and layout.data.field(check.only[0]).type not in {FieldType.CODE, FieldType.DIGITS}:
            raise ValueError(f"field {check.only[0]} chooses records and must be a code or digits")


def _check_record(layout: Layout, record: RecordType) -> None:
    if len(set(record.names)) != len(record.names):
        raise ValueError(f"a name stands twice in {record.role}")
    for field in record.fields:
        _check_field(layout, field)
    if layout.format == "fixed":
        position = 0
        for field in record.fields:
            if field.offset != position:
                raise ValueError(
                    f"{record.role}.{field.name} at {field.offset}, but the field before it ends at {position}"
                )
            position += field.width
        if position != layout.record_bytes:
            raise ValueError(f"{record.role} ends at {position}, not at {layout.record_bytes}")


def _check_field(layout: Layout, field: Field) -> None:
    formats = {
        FieldType.DATE: _DATE_FORMATS,
        FieldType.YEAR: _YEAR_FORMATS,
        FieldType.TIME: _TIME_FORMATS,
    }.get(field.type)
    if formats is not None and formats[field.format] != field.width:
        raise ValueError(f"{field.name}: {field.format} is not {field.width} wide")
    if field.format.startswith("e") and not layout.eras:
        raise ValueError(f"{field.name}: no eras")
    if field.type is FieldType.CODE and not field.codes:
        raise ValueError(f"{field.name}: no codes")
    if field.type is FieldType.CONST and (not field.value or len(field.value) > field.width):
        raise ValueError(f"{field.name}: no value")
