"""Step 11 collect 収納, the pure half: a payment file of any channel → payment records one after the other, and every fault at once.

What a file looks like is its layout's business (`data/layouts`); here stands which fields mean what. A layout gives `amount`, a way to
name the slip (`references`), and as far as it has them: `data_kind` (without it every record is a posting), `collected_on` or in the
header `debit_day`, `collected_at`, `late_charge`, `data_date`, `transfer_date`, `remark`, and the parts of place and serial below. A
header tells of the day of its `created_on`, and of every day from its `covered_from` on where it has one; its `file_number` counts files.
"""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import cast

from print_service.collection.channels import channels
from print_service.collection.model import KINDS, Kind, PaymentFile, PaymentRecord
from print_service.collection.references import Referee, referee
from print_service.findings import refuse
from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout, Role, load_layout
from print_service.flatfile.stream import Record, RecordStream

PAYMENTS, FUNDS = "payments", "funds"
"""What a layout is about: payments (with whatever else is known of them), or transfers of money paid before."""
_PLACE = ("chain", "store", "bank", "branch", "terminal", "instrument")
_SERIAL = ("centre", "processed_on", "batch", "serial")
_ERROR_REPLY = b"error"
_LONGEST = timedelta(days=366)
_DAY = timedelta(days=1)


class PaymentReader:
    """Iterates over the records of a file in bounded memory. Believe none of them before `finish` has not refused.

    `on` is the day of reading, by which a header that names month and day only (全銀) gets its year.
    """

    def __init__(self, path: Path, layout_name: str, on: date, layouts: Path | None = None) -> None:
        self.layout = load_layout(layout_name, layouts)
        self.faults = Faults()
        self._path = path
        self._on = on
        self._refer = _check_layout(self.layout)
        self._stream = RecordStream(path, self.layout, self.faults)
        self._days: set[date] = set()
        self.file_number: int | None = None

    def __iter__(self) -> Iterator[PaymentRecord]:
        _check_reply(self._path, self.layout)
        make = _maker(self.layout, self._refer, self.faults, self._path.name)
        made = None if self.layout.of_role(Role.HEADER) else self._on
        for record in self._stream:
            if record.type.role is Role.HEADER:
                made = self._made(record)
                self._cover(record, made)
            elif record.type.role is Role.DATA and made is not None:
                payment = make(record, made)
                if not self.layout.of_role(Role.HEADER):
                    self._days.add(payment.data_date)
                self._check_days(payment, made)
                yield payment

    def finish(self) -> None:
        """Refuse with every fault of the file, if there is one."""
        self.faults.refuse_if_any(self._path.name)

    @property
    def sha256(self) -> str:
        """Hash of the bytes that were read."""
        return self._stream.sha256

    @property
    def days(self) -> frozenset[date]:
        """The days of which the file says that it tells; none for a file of transfers alone."""
        return frozenset() if self.layout.subject == FUNDS else frozenset(self._days)

    @property
    def covered_to(self) -> date | None:
        """The day up to which payments are known: the latest day the file itself states."""
        return None if self.layout.subject == FUNDS else max(self._days, default=None)

    def _cover(self, header: Record, made: date) -> None:
        where = f"{self._path.name}:{header.line}"
        first = cast("date | None", header.get("covered_from")) or made
        if made > self._on:
            self.faults.add("collection-file.future", f"{where}:created_on", made=made.isoformat())
        elif not made - _LONGEST <= first <= made:
            dates = {"first": first.isoformat(), "made": made.isoformat()}
            self.faults.add("collection-file.covered-range", f"{where}:covered_from", **dates)
        else:
            self._days.update(first + _DAY * number for number in range((made - first).days + 1))
        self.file_number = cast("int | None", header.get("file_number")) or self.file_number

    def _made(self, header: Record) -> date:
        if header.get("debit_day") is None:
            return cast("date", header["created_on"])
        text = header.text("debit_day")
        day = _latest(text, self._on)
        if day is None:
            where = f"{self._path.name}:{header.line}:debit_day"
            self.faults.add("collection-file.debit-day", where, found=text)
        return day or self._on

    def _check_days(self, payment: PaymentRecord, made: date) -> None:
        where = f"{self._path.name}:{payment.line}"
        if payment.collected_on > made:
            # A record collected after its file was made cannot be; `covered_to` would lie.
            self.faults.add("collection-file.collected-after-file", f"{where}:collected_on", made=made.isoformat())
        if payment.funds_on is not None and payment.funds_on < payment.collected_on:
            self.faults.add("collection-file.transfer-before-payment", f"{where}:transfer_date")
        if payment.late_charge > payment.amount:
            self.faults.add("collection-file.late-charge", f"{where}:late_charge")


def read_payments(path: Path, layout_name: str, on: date, layouts: Path | None = None) -> PaymentFile:
    """All records of a payment file at once, for files that may be held in memory. Raises RefusedError with every fault at
    file:line:field.
    """
    reader = PaymentReader(path, layout_name, on, layouts)
    records = tuple(reader)
    reader.finish()
    layout = reader.layout
    return PaymentFile(reader.sha256, layout.name, layout.channel, reader.covered_to, records)


def _check_layout(layout: Layout) -> Referee:
    if layout.subject not in (PAYMENTS, FUNDS) or layout.channel not in channels():
        raise refuse("collection-file.layout-subject", layout.name, subject=layout.subject)
    header = layout.of_role(Role.HEADER)
    days = {*layout.data.names, *(header.names if header else ())}
    wanted = {"amount"} | ({"created_on"} if header and "debit_day" not in days else set())
    missing = wanted - days
    if not days & {"collected_on", "debit_day"}:
        missing.add("collected_on")
    refer = referee(layout)
    if refer is None or missing:
        fields = "・".join(sorted(missing)) or "納付書の番号"
        raise refuse("collection-file.layout-fields", layout.name, fields=fields)
    return refer


def _check_reply(path: Path, layout: Layout) -> None:
    """An agency's web service answers a failed request with a text instead of the file."""
    if layout.format != "csv" or not path.is_file():
        return
    with path.open("rb") as stream:
        if _ERROR_REPLY in stream.readline(200).lower():
            raise refuse("collection-file.error-reply", path.name)


def _latest(month_day: str, on: date) -> date | None:
    """The latest such day up to `on`; None when there is no such day in the last years."""
    for year in range(on.year, on.year - 5, -1):
        try:
            day = date(year, int(month_day[:2]), int(month_day[2:]))
        except ValueError:
            continue
        if day <= on:
            return day
    return None


def _maker(layout: Layout, refer: Referee, faults: Faults, name: str) -> Callable[[Record, date], PaymentRecord]:
    names = set(layout.data.names)
    place = tuple(part for part in _PLACE if part in names)
    serial = tuple(part for part in _SERIAL if part in names)
    own_day = "data_date" in names
    kind_of = _kind_of(layout)

    def make(record: Record, made: date) -> PaymentRecord:
        where = f"{name}:{record.line}"
        kind, reason = kind_of(record)
        reference = refer(record, faults, where)
        return PaymentRecord(
            line=record.line,
            kind=kind,
            reference=reference,
            collected_on=cast("date | None", record.get("collected_on")) or made,
            collected_at=cast("time | None", record.get("collected_at")),
            store=_joined(record, place),
            serial=_joined(record, serial),
            amount=record.number("amount"),
            late_charge=record.number("late_charge") if "late_charge" in names else 0,
            data_date=cast("date", record["data_date"]) if own_day else made,
            funds_on=cast("date | None", record.get("transfer_date")),
            remark=reason or (record.text("remark") if "remark" in names else ""),
        )

    return make


def _kind_of(layout: Layout) -> Callable[[Record], tuple[Kind, str]]:
    """`failed-short` is a failed record with the remark `short`."""
    if layout.subject == FUNDS:
        return lambda _record: ("transferred", "")
    if "data_kind" not in layout.data.names:
        return lambda _record: ("confirmed", "")
    table: dict[str, tuple[Kind, str]] = {}
    for meaning in (layout.data.field("data_kind").codes or {}).values():
        kind, _, reason = meaning.partition("-")
        if kind not in KINDS:
            raise refuse("collection-file.layout-kind", layout.name, kind=kind)
        table[meaning] = (kind, reason)
    return lambda record: table[record.text("data_kind")]


def _joined(record: Record, parts: tuple[str, ...]) -> str:
    values = (record[part] for part in parts)
    return "-".join(f"{value:%Y%m%d}" if isinstance(value, date) else str(value or "") for value in values)
