"""The records of a flat file by its layout, one after the other, in bounded memory; every fault of it in one pass.

The front of step 1 (intake) and step 11 (collect). Totals that the file states about itself (trailer counts and sums, 制御合計) are
checked on the way because they are part of the format; what the records mean is the rooms' business. Whoever streams decides at the
end, from the faults, whether the file is to be believed: it is known only then whether its totals agree.
"""

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from handover.reasons import of_system
from print_service.findings import refuse
from print_service.flatfile import sniff
from print_service.flatfile.faults import Faults
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import Layout, RecordType
from print_service.flatfile.lines import Source
from print_service.flatfile.order import Order
from print_service.flatfile.records import RecordReader
from print_service.flatfile.shapes import shapes

MAX_BYTES = 2 * 1024**3
MAX_RECORD = 65_536
NO_GAIJI: Mapping[int, str] = {}
_BOM = b"\xef\xbb\xbf"


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


class RecordStream:
    """Iterates over the sound records of a file, header, trailer and end among them; faults are collected.

    `sha256` and `size` are those of the whole file once it was iterated to its end. Iterating raises RefusedError at once only for
    what cannot be read as this kind of file at all (absent, empty, too large, an archive, another encoding).
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        faults: Faults,
        gaiji: Mapping[int, str] = NO_GAIJI,
        *,
        max_bytes: int = MAX_BYTES,
        max_record: int = MAX_RECORD,
    ) -> None:
        self._path = path
        self._layout = layout
        self._faults = faults
        self._gaiji = gaiji
        self._max_bytes = max_bytes
        self._max_record = max_record
        self.sha256 = ""
        self.size = 0

    def __iter__(self) -> Iterator[Record]:
        path = self._path
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise refuse("flatfile.unreadable", path.name, why="通常のファイルではありません")
            if facts.st_size > self._max_bytes:
                raise refuse("flatfile.too-large", path.name, size=facts.st_size, limit=self._max_bytes)
            with path.open("rb") as stream:
                source = Source(stream)
                _look_at(source.peek(sniff.SAMPLE), path, self._layout)
                yield from self._records(source)
                self.sha256, self.size = source.sha256, source.size
        except OSError as error:
            raise refuse("flatfile.unreadable", path.name, why=of_system(error)) from error

    def _records(self, source: Source) -> Iterator[Record]:
        layout, faults, name = self._layout, self._faults, self._path.name
        reader = RecordReader(layout, name, faults, self._gaiji)
        order = Order(layout, name, faults)
        indexes = {record.kind: {field: i for i, field in enumerate(record.names)} for record in layout.records}
        for line, sound in shapes(source, name, layout, faults, self._max_record):
            type_ = reader.kind(line)
            if type_ is None:
                order.place_unknown(line.number, reader.kind_found(line))
                continue
            index = indexes[type_.kind]
            values, whole = reader.values(line, type_) if sound else ((None,) * len(index), False)
            record = Record(line.number, type_, index, values)
            if order.place(line.number, type_, record.get) and whole:
                yield record
        order.close()


def _look_at(head: bytes, path: Path, layout: Layout) -> None:
    if not head:
        raise refuse("flatfile.empty", path.name)
    if sniff.is_nothing(head):
        raise refuse("flatfile.nul-bytes", path.name)
    if kind := sniff.binary_kind(head):
        raise refuse("flatfile.not-text", path.name, kind=kind)
    if encoding := sniff.other_encoding(head.removeprefix(_BOM), layout):
        raise refuse("flatfile.wrong-encoding", path.name, expected=layout.encoding, found=encoding)
