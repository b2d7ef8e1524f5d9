"""A whole flat file at once, put together from the stream that production reads: what the tests of the format look at."""

from dataclasses import dataclass

from print_service.findings import Finding
from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout, Role
from print_service.flatfile.stream import NO_GAIJI, Record, RecordStream


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


def read(path, layout, gaiji=NO_GAIJI, **limits):
    """The file; RefusedError with all its faults. Limits (`max_bytes`, `max_record`) are the stream's."""
    faults = Faults()
    stream = RecordStream(path, layout, faults, gaiji, **limits)
    groups, data, header, end = [], [], None, None
    for record in stream:
        match record.type.role:
            case Role.HEADER:
                header = record
            case Role.DATA:
                data.append(record)
            case Role.TRAILER:
                groups.append(Group(header, tuple(data), record))
                header, data = None, []
            case Role.END:
                end = record
    if data or header is not None:
        groups.append(Group(header, tuple(data), None))
    faults.refuse_if_any(path.name)
    return FlatFile(layout, tuple(groups), end, stream.sha256, stream.size, faults.warnings)
