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
    """Running totals of one group or of the whole file: the number of data records, what each check counts or sums, and
    which checks can no longer be made.
    """

    count: int = 0
    found: dict[Check, int] = field(default_factory=dict)
    unknown: set[Check] = field(default_factory=set)


class Order:
    """The state of one file while it is read."""

    def __init__(self, layout: Layout, name: str, faults: Faults) -> None:
        self._layout = layout
        self._name = name
        self._faults = faults
        self._has = {record.role for record in layout.records}
        counted = [check for check in layout.checks if check.sums or check.only]
        self._of_group = tuple(check for check in counted if check.role is not Role.END)
        self._of_file = tuple(check for check in counted if check.role is Role.END)
        self._group = _Totals()
        self._file = _Totals()
        self._stated: list[tuple[Check, int, int]] = []
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
        self._compare_stated()
        if not self._file.count and not self._layout.allow_no_data:
            self._faults.add("flatfile.no-data", where)

    def _require_header(self, line: int) -> None:
        if Role.HEADER in self._has and not self._opened and not self._closed and not self._headless:
            self._headless = True
            self._faults.add("flatfile.header-missing", f"{self._name}:{line}")

    def _header(self, line: int, value_of: ValueOf) -> bool:
        again = self._opened if self._layout.many_groups else self._opened or self._closed
        if again:
            self._faults.add("flatfile.header-repeated", f"{self._name}:{line}")
            return False
        if self._group.count:
            self._faults.add("flatfile.data-before-header", f"{self._name}:{line}")
        self._opened, self._closed, self._headless = True, False, False
        for check in self._layout.checks:
            stated = value_of(check.field) if check.role is Role.HEADER else None
            if isinstance(stated, int):
                self._stated.append((check, line, stated))
        return True

    def _data(self, line: int, value_of: ValueOf) -> bool:
        if self._closed:
            self._faults.add("flatfile.record-after-trailer", f"{self._name}:{line}")
            return False
        self._require_header(line)
        self._group.count += 1
        self._file.count += 1
        for check in self._of_group:
            _count(check, self._group, value_of)
        for check in self._of_file:
            _count(check, self._file, value_of)
        return True

    def _trailer(self, line: int, value_of: ValueOf) -> bool:
        if self._closed:
            self._faults.add("flatfile.trailer-repeated", f"{self._name}:{line}")
            return False
        self._require_header(line)
        self._compare(Role.TRAILER, self._group, line, value_of)
        self._compare_stated()
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
            stated = value_of(check.field) if check.role is role else None
            if isinstance(stated, int):
                self._compare_one(check, totals, line, stated)

    def _compare_stated(self) -> None:
        """What the header promised, once the group is over."""
        for check, line, stated in self._stated:
            self._compare_one(check, self._group, line, stated)
        self._stated.clear()

    def _compare_one(self, check: Check, totals: _Totals, line: int, stated: int) -> None:
        if check in totals.unknown:
            return
        where = f"{self._name}:{line}:{check.field}"
        found = totals.found.get(check, 0) if check.sums or check.only else totals.count
        if stated == found:
            return
        if check.sums:
            title = self._layout.data.field(check.sums).title
            self._faults.add("flatfile.sum-differs", where, field=title, stated=stated, found=found)
        else:
            self._faults.add("flatfile.count-differs", where, stated=stated, found=found)


def _count(check: Check, totals: _Totals, value_of: ValueOf) -> None:
    if check.only is not None:
        chosen = value_of(check.only[0])
        if chosen is None:
            totals.unknown.add(check)
        if chosen not in check.only[1]:
            return
    value = value_of(check.sums) if check.sums else 1
    if isinstance(value, int):
        totals.found[check] = totals.found.get(check, 0) + value
    else:
        totals.unknown.add(check)
