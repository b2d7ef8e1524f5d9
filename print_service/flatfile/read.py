"""Reads a flat file by its layout: whole or not at all, and every fault of it in one pass.

This is the front of step 1 (intake) and step 11 (collect). Totals that the file states about itself (trailer counts
and sums, 制御合計) are checked here because they are part of the format; what the records mean is the rooms'
business, which may add their own faults before refusing (`scan`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from print_service.findings import Finding
from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout, Role
from print_service.flatfile.stream import MAX_BYTES, MAX_RECORD, NO_GAIJI, Record, RecordStream

__all__ = ["FlatFile", "Group", "Record", "read", "scan"]


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
    gaiji: Mapping[int, str] = NO_GAIJI,
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
    gaiji: Mapping[int, str] = NO_GAIJI,
    *,
    max_bytes: int = MAX_BYTES,
    max_record: int = MAX_RECORD,
) -> FlatFile:
    """As `read`, but faults are only collected: the result holds the records that have none.

    Raises RefusedError at once only for what cannot be read as this kind of file at all (absent, empty, too large, an
    archive, another encoding).
    """
    stream = RecordStream(path, layout, faults, gaiji, max_bytes=max_bytes, max_record=max_record)
    groups: list[Group] = []
    header: Record | None = None
    end: Record | None = None
    data: list[Record] = []
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
    return FlatFile(layout, tuple(groups), end, stream.sha256, stream.size, faults.warnings)
