"""Keeps the order header, data…, trailer, end, and compares the totals a file states about itself with what it holds.

A faulty data record still counts (it stands in the file); a sum is compared only when every summand could be read,
because a second fault that follows from the first helps nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from print_service.flatfile.faults import Faults
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import Check, Layout, RecordType, Role

ValueOf = Callable[[str], Value]


@dataclass
class _Totals:
    """Running totals of one group or of the whole file: the number of data records, sums by field, fields no longer
    summable.
    """

    count: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


class Order:
    """The state of one file while it is read."""

    def __init__(self, layout: Layout, name: str, faults: Faults) -> None:
        self._layout = layout
        self._name = name
        self._faults = faults
        self._summed = tuple({check.sums for check in layout.checks if check.sums})
        self._has = {record.role for record in layout.records}
        self._group = _Totals()
        self._file = _Totals()
        self._opened = self._closed = self._ended = False
        self._headless = False
        self._last = 0

    def place(self, line: int, record: RecordType, value_of: ValueOf) -> bool:
        """Take the next record; False when it stands where none may stand. `value_of` gives None for what could not
        be read.
        """
        self._last = line
        if self._ended:
            self._faults.add("flatfile.record-after-end", f"{self._name}:{line}")
            return False
        return {
            Role.HEADER: self._header,
            Role.DATA: self._data,
            Role.TRAILER: self._trailer,
            Role.END: self._end,
        }[record.role](line, value_of)

    def place_unknown(self, line: int, found: str) -> None:
        """A record of no known type: foreign in the file, or appended behind it."""
        self._last = line
        last = Role.END if Role.END in self._has else Role.TRAILER
        done = self._ended or (last is Role.TRAILER and self._closed)
        key = "flatfile.record-after-end" if done else "flatfile.unknown-record"
        self._faults.add(key, f"{self._name}:{line}", found=found)

    def close(self) -> None:
        """The file is over: say what is missing."""
        where = f"{self._name}:{self._last}"
        self._require_header(self._last)
        if Role.TRAILER in self._has and not self._closed:
            self._faults.add("flatfile.trailer-missing", where)
        if Role.END in self._has and not self._ended:
            self._faults.add("flatfile.end-missing", where)
        if not self._file.count and not self._layout.allow_no_data:
            self._faults.add("flatfile.no-data", where)

    def _require_header(self, line: int) -> None:
        if Role.HEADER in self._has and not self._opened and not self._closed and not self._headless:
            self._headless = True
            self._faults.add("flatfile.header-missing", f"{self._name}:{line}")

    def _header(self, line: int, value_of: ValueOf) -> bool:
        del value_of
        again = self._opened if self._layout.many_groups else self._opened or self._closed
        if again:
            self._faults.add("flatfile.header-repeated", f"{self._name}:{line}")
            return False
        if self._group.count:
            self._faults.add("flatfile.data-before-header", f"{self._name}:{line}")
        self._opened, self._closed, self._headless = True, False, False
        return True

    def _data(self, line: int, value_of: ValueOf) -> bool:
        if self._closed:
            self._faults.add("flatfile.record-after-trailer", f"{self._name}:{line}")
            return False
        self._require_header(line)
        for totals in (self._group, self._file):
            totals.count += 1
            for name in self._summed:
                value = value_of(name)
                if isinstance(value, int):
                    totals.sums[name] = totals.sums.get(name, 0) + value
                else:
                    totals.unknown.add(name)
        return True

    def _trailer(self, line: int, value_of: ValueOf) -> bool:
        if self._closed:
            self._faults.add("flatfile.trailer-repeated", f"{self._name}:{line}")
            return False
        self._require_header(line)
        self._compare(Role.TRAILER, self._group, line, value_of)
        self._group = _Totals()
        self._opened, self._closed = False, True
        return True

    def _end(self, line: int, value_of: ValueOf) -> bool:
        self._require_header(line)
        if Role.TRAILER in self._has and not self._closed:
            self._faults.add("flatfile.trailer-missing", f"{self._name}:{line}")
            self._closed = True
        self._compare(Role.END, self._file, line, value_of)
        self._ended = True
        return True

    def _compare(self, role: Role, totals: _Totals, line: int, value_of: ValueOf) -> None:
        for check in self._layout.checks:
            stated = value_of(check.field)
            if check.role is role and isinstance(stated, int) and check.sums not in totals.unknown:
                self._compare_one(check, totals, line, stated)

    def _compare_one(self, check: Check, totals: _Totals, line: int, stated: int) -> None:
        where = f"{self._name}:{line}:{check.field}"
        if not check.sums:
            if stated != totals.count:
                self._faults.add("flatfile.count-differs", where, stated=stated, found=totals.count)
        elif stated != (found := totals.sums.get(check.sums, 0)):
            title = self._layout.data.field(check.sums).title
            self._faults.add("flatfile.sum-differs", where, field=title, stated=stated, found=found)
