"""Step 11 collect 収納, the pure half: a convenience-store payment file → payment records, or every fault of it at
once.

The 44 digits are the GS1-128 of 標準料金代理収納: AI 91, issuer, free key, re-issue count, pay-by date, stamp flag,
amount, check digit. Check digit: weights 3, 1, 3, 1… from the right over the other 43 digits, ten's complement (GS1
General Specifications 7.9).
"""

from datetime import date, time
from pathlib import Path
from typing import cast

from barcodes.digits import modulo10
from print_service.collection.model import Kind, PaymentFile, PaymentRecord, PaymentTotals
from print_service.findings import refuse
from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout, load_layout
from print_service.flatfile.read import FlatFile, Record, scan

_DIGITS_FIELDS = (
    "ai",
    "country",
    "agency",
    "company",
    "free_key",
    "reissue",
    "pay_by",
    "stamp",
    "amount",
    "check_digit",
)
_OTHER_FIELDS = ("data_kind", "collected_on", "collected_at", "store", "chain", "data_date", "transfer_date")
_KINDS: tuple[Kind, ...] = ("provisional", "confirmed", "cancelled")


def read_payments(path: Path, layout_name: str, layouts: Path | None = None) -> PaymentFile:
    """The records of a payment file in the layout of that name. Raises RefusedError with every fault at
    file:line:field.
    """
    layout = load_layout(layout_name, layouts)
    _check_layout(layout)
    faults = Faults()
    flat = scan(path, layout, faults)
    records = tuple(_payment(record) for record in flat.records)
    for payment in records:
        expected = modulo10(payment.digits44[:-1])
        if payment.digits44[-1] != str(expected):
            where = f"{path.name}:{payment.line}:check_digit"
            faults.add("collection-file.check-digit", where, found=payment.digits44[-1], expected=expected)
        if payment.transfer_date is not None and payment.transfer_date < payment.collected_on:
            faults.add("collection-file.transfer-before-payment", f"{path.name}:{payment.line}:transfer_date")
    _check_days(path.name, flat, faults)
    faults.refuse_if_any(path.name)
    return PaymentFile(
        sha256=flat.sha256,
        layout=layout.name,
        channel=layout.channel,
        covered_to=max(_header_date(group.header) for group in flat.groups if group.header is not None),
        records=records,
        totals=PaymentTotals(
            len(records),
            sum(payment.amount for payment in records),
            {kind: sum(payment.amount for payment in records if payment.kind == kind) for kind in _KINDS},
        ),
        warnings=faults.warnings,
    )


def _check_layout(layout: Layout) -> None:
    if layout.subject != "store-payments":
        raise refuse("collection-file.layout-subject", layout.name, subject=layout.subject)
    missing = set(_DIGITS_FIELDS + _OTHER_FIELDS) - set(layout.data.names)
    if missing:
        raise refuse("collection-file.layout-fields", layout.name, fields="・".join(sorted(missing)))


def _header_date(header: Record) -> date:
    return cast("date", header["created_on"])


def _check_days(name: str, flat: FlatFile, faults: Faults) -> None:
    """A record collected after its file was made cannot be; `covered_to` would lie."""
    for group in flat.groups:
        if group.header is None:
            continue
        made = _header_date(group.header)
        for record in group.records:
            if cast("date", record["collected_on"]) > made:
                where = f"{name}:{record.line}:collected_on"
                faults.add("collection-file.collected-after-file", where, made=made.isoformat())


def _payment(record: Record) -> PaymentRecord:
    amount = record.number("amount")
    parts = [f"{amount:06d}" if name == "amount" else record.text(name) for name in _DIGITS_FIELDS]
    return PaymentRecord(
        line=record.line,
        kind=cast("Kind", record.text("data_kind")),
        collected_on=cast("date", record["collected_on"]),
        collected_at=cast("time", record["collected_at"]),
        digits44="".join(parts),
        amount=amount,
        store=record.text("store"),
        chain=record.text("chain"),
        data_date=cast("date", record["data_date"]),
        transfer_date=cast("date | None", record["transfer_date"]),
    )
