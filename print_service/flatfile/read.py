"""Reads a flat file by its layout: whole or not at all, and every fault of it in one pass.

This is the front of step 1 (intake) and step 11 (collect). Totals that the file states about itself (trailer counts
and sums, 制御合計) are checked here because they are part of the format; what the records mean is the rooms'
business, which may add their own faults before refusing (`scan`).
"""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from print_service.findings import Finding, refuse
from print_service.flatfile import sniff
from print_service.flatfile.faults import Faults
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import Layout, RecordType, Role
from print_service.flatfile.lines import Source
from print_service.flatfile.order import Order
from print_service.flatfile.records import RecordReader
from print_service.flatfile.shapes import shapes

MAX_BYTES = 2 * 1024**3
MAX_RECORD = 65_536
_BOM = b"\xef\xbb\xbf"
_NO_GAIJI: Mapping[int, str] = {}


class Record:
    """One record as read: `record["name"]` is the value; `line` counts from 1, the row of column names included."""

    __slots__ = ("_index", "line", "type", "values")

    def __init__(self, line: int, type_: RecordType, index: Mapping[str, int], values: tuple[Value, ...]) -> None:
        self.line = line
        self.type = type_
        self._index = index
        self.values = values

    def __getitem__(self, name: str) -> Value:
        return self.values[self._index[name]]

    def get(self, name: str) -> Value:
        """As `record[name]`, None when the record has no such field."""
        return self.values[self._index[name]] if name in self._index else None

    def text(self, name: str) -> str:
        """A digits, text, code or const value; an absent one is empty."""
        value = self[name]
        assert value is None or isinstance(value, str)
        return value or ""

    def number(self, name: str) -> int:
        """An int or year value; an absent one is 0."""
        value = self[name]
        assert value is None or isinstance(value, int)
        return value or 0

    def as_dict(self) -> dict[str, Value]:
        """Name → value."""
        return dict(zip(self._index, self.values, strict=True))


@dataclass(frozen=True)
class Group:
    """A header with its data and its trailer; None where the layout has no such record."""

    header: Record | None
    records: tuple[Record, ...]
    trailer: Record | None


@dataclass(frozen=True)
class FlatFile:
    """A file that was read: its groups, the hash and the size of its bytes, and what is odd but allowed."""

    layout: Layout
    groups: tuple[Group, ...]
    end: Record | None
    sha256: str
    size: int
    warnings: tuple[Finding, ...]

    @property
    def header(self) -> Record | None:
        """Header of the first group."""
        return self.groups[0].header if self.groups else None

    @property
    def records(self) -> tuple[Record, ...]:
        """Data records of all groups."""
        if len(self.groups) == 1:
            return self.groups[0].records
        return tuple(record for group in self.groups for record in group.records)

    @property
    def trailer(self) -> Record | None:
        """Trailer of the last group."""
        return self.groups[-1].trailer if self.groups else None


def read(
    path: Path,
    layout: Layout,
    gaiji: Mapping[int, str] = _NO_GAIJI,
    *,
    max_bytes: int = MAX_BYTES,
    max_record: int = MAX_RECORD,
) -> FlatFile:
    """The whole file. `gaiji` maps private-use code points to Unicode text; limits are bytes. Raises RefusedError
    with all faults.
    """
    faults = Faults()
    file = scan(path, layout, faults, gaiji, max_bytes=max_bytes, max_record=max_record)
    faults.refuse_if_any(path.name)
    return file


def scan(
    path: Path,
    layout: Layout,
    faults: Faults,
    gaiji: Mapping[int, str] = _NO_GAIJI,
    *,
    max_bytes: int = MAX_BYTES,
    max_record: int = MAX_RECORD,
) -> FlatFile:
    """As `read`, but faults are only collected: the result holds the records that have none.

    Raises RefusedError at once only for what cannot be read as this kind of file at all (absent, empty, too large, an
    archive, another encoding).
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise refuse("flatfile.unreadable", path.name, why="通常のファイルではありません")
        if facts.st_size > max_bytes:
            raise refuse("flatfile.too-large", path.name, size=facts.st_size, limit=max_bytes)
        with path.open("rb") as stream:
            source = Source(stream)
            _look_at(source.peek(sniff.SAMPLE), path, layout)
            return _scan(source, path.name, layout, faults, gaiji=gaiji, max_record=max_record)
    except OSError as error:
        raise refuse("flatfile.unreadable", path.name, why=error.strerror or type(error).__name__) from error


def _look_at(head: bytes, path: Path, layout: Layout) -> None:
    if not head:
        raise refuse("flatfile.empty", path.name)
    if sniff.is_nothing(head):
        raise refuse("flatfile.nul-bytes", path.name)
    if kind := sniff.binary_kind(head):
        raise refuse("flatfile.not-text", path.name, kind=kind)
    if encoding := sniff.other_encoding(head.removeprefix(_BOM), layout):
        raise refuse("flatfile.wrong-encoding", path.name, expected=layout.encoding, found=encoding)


def _scan(
    source: Source, name: str, layout: Layout, faults: Faults, *, gaiji: Mapping[int, str], max_record: int
) -> FlatFile:
    reader = RecordReader(layout, name, faults, gaiji)
    order = Order(layout, name, faults)
    indexes = {record.kind: {field: i for i, field in enumerate(record.names)} for record in layout.records}
    groups: list[Group] = []
    header: Record | None = None
    end: Record | None = None
    data: list[Record] = []
    for line, sound in shapes(source, name, layout, faults, max_record):
        type_ = reader.kind(line)
        if type_ is None:
            order.place_unknown(line.number, reader.kind_found(line))
            continue
        index = indexes[type_.kind]
        values, whole = reader.values(line, type_) if sound else ((None,) * len(index), False)
        record = Record(line.number, type_, index, values)
        if not order.place(line.number, type_, record.get) or not whole:
            continue
        match type_.role:
            case Role.HEADER:
                header = record
            case Role.DATA:
                data.append(record)
            case Role.TRAILER:
                groups.append(Group(header, tuple(data), record))
                header, data = None, []
            case Role.END:
                end = record
    order.close()
    if data or header is not None:
        groups.append(Group(header, tuple(data), None))
    return FlatFile(layout, tuple(groups), end, source.sha256, source.size, faults.warnings)
