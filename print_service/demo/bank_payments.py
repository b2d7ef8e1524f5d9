"""The synthetic banks, operators and centres: write the payment files of every channel but the stores'.

Feeds step 11 (collect) of the demo and its tests, in the layouts of `data/layouts`. Each file is made from what stands on the slip: the
Pay-easy key, the bar code, the eL-QR's payload, the two OCR lines. Everything drawn is drawn by seed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from random import Random
from typing import Literal

from barcodes import elqr
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write

Row = dict[str, Value]
_CENTRE = "00913"
_FUNDED_AFTER = timedelta(days=3)
_CARD_FUNDED_AFTER = timedelta(days=20)


@dataclass(frozen=True)
class Posting:
    """A slip paid through a bank or an operator: the slip's marks as printed, yen, the day, and what is odd about it.

    `late_charge` is the part of `amount` the channel calls 延滞金; `serial` numbers the posting of its day (given twice: sent twice).
    """

    agency: str
    number: str
    confirmation: str
    category: str
    cvs_digits: str | None
    el_qr: str | None
    ocr: tuple[str, str] | None
    amount: int
    collected_on: date
    serial: int
    late_charge: int = 0
    cancelled: bool = False
    remark: str = ""
    instrument: Literal["bank", "card", "app"] = "bank"


@dataclass(frozen=True)
class Debit:
    """An instalment to be debited: what the customer number says, yen, and the bank's result (`confirmed` or `failed-short` …)."""

    levy_year: int
    tax_code: str
    notice_no: str
    period: int
    amount: int
    result: str = "confirmed"


def write_pay_easy(
    path: Path,
    postings: Sequence[Posting],
    *,
    seed: int,
    covered_to: date,
    covered_from: date | None = None,
    file_number: int | None = None,
) -> int:
    """Write the shared centre's posting file; the number of records."""
    rng = Random(f"pay-easy {seed}")  # noqa: S311 - a synthetic ward, no secret
    rows = [_pay_easy(rng, posting) for posting in postings]
    header: Row = {
        "data_id": "01",
        "receiver": "13199",
        "sender": _CENTRE,
        "sent_on": covered_to,
        "created_on": covered_to,
        "covered_from": covered_from,
        "funded_on": None,
        "file_number": file_number,
        "biller": "13199000",
        "bank": "9999",
    }
    return _write(path, "pay-easy-payments", rows, header)


def _pay_easy(rng: Random, posting: Posting) -> Row:
    return {
        "data_kind": "cancelled" if posting.cancelled else "confirmed",
        "agency": posting.agency,
        "number": posting.number,
        "confirmation": posting.confirmation,
        "category": posting.category,
        "bank": rng.choice(("0001", "0005", "9900")),
        "branch": f"{rng.randrange(1, 900):03d}",
        "terminal": rng.choice(("01", "02", "03")),
        "centre": _CENTRE,
        "processed_on": posting.collected_on,
        "collected_at": time(rng.randrange(24), rng.randrange(60), rng.randrange(60)),
        "serial": f"{posting.serial % 10**8:08d}",
        "collected_on": posting.collected_on,
        "amount": posting.amount,
        "late_charge": posting.late_charge,
        "transfer_date": posting.collected_on + _FUNDED_AFTER,
        "remark": posting.remark,
    }


def write_mobile(
    path: Path, postings: Sequence[Posting], *, seed: int, covered_to: date, covered_from: date | None = None
) -> int:
    """Write the mobile register's payments; the number of records. A card's money has no day yet: it comes with the transfer file."""
    rng = Random(f"mobile {seed}")  # noqa: S311
    rows: list[Row] = [
        {
            "data_kind": "cancelled" if posting.cancelled else "confirmed",
            "serial": f"{posting.serial:012d}",
            "instrument": posting.instrument,
            "collected_on": posting.collected_on,
            "collected_at": time(rng.randrange(24), rng.randrange(60), rng.randrange(60)),
            "bar_code": posting.cvs_digits,
            "amount": posting.amount,
            "stamp": "0",
            "data_date": posting.collected_on,
            "transfer_date": None if posting.instrument == "card" else posting.collected_on + _FUNDED_AFTER,
        }
        for posting in postings
    ]
    return _write(path, "mobile-register-payments", rows, {"created_on": covered_to, "covered_from": covered_from})


def write_mobile_transfers(path: Path, postings: Sequence[Posting], *, covered_to: date) -> int:
    """Write the transfers of the card payments among the postings (指定納付受託者の納付); the number of records."""
    rows: list[Row] = [
        {
            "serial": f"{posting.serial:012d}",
            "collected_on": posting.collected_on,
            "bar_code": posting.cvs_digits,
            "amount": posting.amount,
            "transfer_date": posting.collected_on + _CARD_FUNDED_AFTER,
        }
        for posting in postings
        if posting.instrument == "card" and not posting.cancelled
    ]
    return _write(path, "mobile-register-transfers", rows, {"created_on": covered_to})


def write_el_qr(
    path: Path,
    postings: Sequence[Posting],
    *,
    seed: int,
    covered_to: date,
    covered_from: date | None = None,
    organisation: str = "99000",
) -> int:
    """Write the eL-QR payments; the number of records. What names the slip is read from the payload printed on it."""
    rng = Random(f"el-qr {seed}")  # noqa: S311
    rows: list[Row] = []
    for posting in postings:
        mark = elqr.parse(posting.el_qr or "")
        rows.append(
            {
                "data_kind": "cancelled" if posting.cancelled else "confirmed",
                "serial": f"{posting.serial:016d}",
                "organisation": mark.organisation,
                "case_key": mark.case_key,
                "confirmation": mark.confirmation,
                "category": mark.item,
                "collected_on": posting.collected_on,
                "collected_at": time(rng.randrange(24), rng.randrange(60), rng.randrange(60)),
                "instrument": posting.instrument,
                "amount": posting.amount,
                "late_charge": posting.late_charge,
                "data_date": posting.collected_on,
                "transfer_date": posting.collected_on + _FUNDED_AFTER,
            }
        )
    return _write(
        path,
        "el-qr-payments",
        rows,
        {"created_on": covered_to, "covered_from": covered_from, "organisation": organisation},
    )


def write_bank_counter(
    path: Path, postings: Sequence[Posting], *, seed: int, covered_to: date, covered_from: date | None = None
) -> int:
    """Write the OCR reading of the counter's papers; the number of records. The two lines are cut by the layout's own widths."""
    rng = Random(f"counter {seed}")  # noqa: S311
    rows = [
        {
            **_lines(posting.ocr or ("", "")),
            "bank": "9999",
            "branch": f"{rng.randrange(1, 20):03d}",
            "collected_on": posting.collected_on,
            "batch": f"{posting.collected_on:%y%m%d}",
            "serial": f"{posting.serial % 10**5:05d}",
            "amount": posting.amount,
            "late_charge": posting.late_charge,
            "transfer_date": posting.collected_on + _FUNDED_AFTER,
        }
        for posting in postings
    ]
    return _write(
        path, "bank-counter-payments", rows, {"created_on": covered_to, "covered_from": covered_from, "bank": "9999"}
    )


def _lines(lines: tuple[str, str]) -> Row:
    """Upper and lower OCR line as the fields of a record."""
    digits, row, taken = "".join(lines), {}, 0
    fields = load_layout("bank-counter-payments").data.fields
    for entry in fields[1 : 1 + next(i for i, field in enumerate(fields[1:]) if field.name == "bank")]:
        row[entry.name] = digits[taken : taken + entry.width]
        taken += entry.width
    return dict(row)


def write_direct_debits(path: Path, debits: Iterable[Debit], *, debit_day: date) -> int:
    """Write the bank's results for one due date; the number of records."""
    rows: list[Row] = [
        {
            "bank": "9999",
            "bank_name": "ﾐﾎﾝ",
            "branch": "001",
            "branch_name": "ﾐﾎﾝﾁﾖｳ",
            "account_kind": "1",
            "account": "0000000",
            "holder": "",
            "amount": debit.amount,
            "new_code": "0",
            "levy_year": f"{debit.levy_year:04d}",
            "tax_code": debit.tax_code,
            "notice_no": debit.notice_no.rjust(10, "0"),
            "period": str(debit.period),
            "customer_rest": "000",
            "data_kind": debit.result,
        }
        for debit in debits
    ]
    header: Row = {
        "code_class": "0",
        "biller": "0000013199",
        "biller_name": "ﾐﾎﾝｸ",
        "debit_day": f"{debit_day:%m%d}",
        "bank": "9999",
        "bank_name": "ﾐﾎﾝ",
        "branch": "001",
        "branch_name": "ﾐﾎﾝﾁﾖｳ",
        "account_kind": "1",
        "account": "0000000",
    }
    return _write(path, "direct-debit-results", rows, header)


def _write(path: Path, layout: str, rows: list[Row], header: Row) -> int:
    write(path, load_layout(layout), rows, header=header)
    return len(rows)
