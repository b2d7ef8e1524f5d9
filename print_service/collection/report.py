"""Reports of step 11: what came by channel and day, what each file brought, what is outstanding by instalment.

Each is a table of dataclasses, for JSON as they are and for Excel as CSV: UTF-8 with a byte order mark (without it Excel takes the file
for Shift_JIS), CR LF, and no cell that a spreadsheet would run as a formula.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from print_service.collection.channels import channels
from print_service.collection.freshness import PAYMENTS
from print_service.collection.match import balances
from print_service.collection.read import FUNDS
from print_service.ledger.collection_tables import Payment, PaymentException, Receipt
from print_service.ledger.tables import Assessment, SourceFile

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ChannelDay:
    """Payments of one channel on one 収納日. Yen; `amount` includes the late charge, `provisional` are not yet confirmed."""

    channel: str
    collected_on: date
    payments: int
    amount: int
    late_charge: int
    provisional: int
    confirmed: int
    funded_amount: int


@dataclass(frozen=True)
class FileResult:
    """消込結果 of one file: its records and how many name a slip or instalment of ours. `total` sums every kind of record."""

    name: str
    channel: str
    layout: str
    loaded_at: str
    covered_to: date | None
    records: int
    total: int
    matched: int
    unmatched: int


@dataclass(frozen=True)
class OpenExceptions:
    """Exceptions neither settled nor cleared, by key."""

    key: str
    count: int
    amount: int


@dataclass(frozen=True)
class Outstanding:
    """One instalment of one tax: what was assessed, paid and is still owed. Yen; a payment beyond the tax is not counted here."""

    tax_item: str
    levy_year: int
    period: int
    due: date
    instalments: int
    assessed: int
    paid: int
    unpaid_instalments: int
    unpaid: int


@dataclass(frozen=True)
class Whereabouts:
    """Where money that came is: of what is received, so much is in this place. Yen; the places below the first add up to the first."""

    place: str
    amount: int


HEADINGS: Mapping[type, tuple[str, ...]] = {
    ChannelDay: ("収納経路", "収納日", "件数", "金額", "うち延滞金", "速報のみ", "確定", "入金済金額"),
    FileResult: (
        "ファイル",
        "収納経路",
        "レイアウト",
        "取込日時",
        "反映日",
        "記録件数",
        "記録金額",
        "消込",
        "不明",
    ),
    OpenExceptions: ("例外", "件数", "金額"),
    Outstanding: (
        "税目",
        "課税年度",
        "期別",
        "納期限",
        "件数",
        "調定額",
        "収納額",
        "未納件数",
        "未納額",
    ),
    Whereabouts: ("収納した金額の行き先", "金額"),
}


def by_channel_and_day(session: Session, first: date, last: date) -> Iterator[ChannelDay]:
    """Payments that stand, collected from `first` to `last`."""
    sure = case((Payment.confirmed_on.is_not(None), 1), else_=0)
    funded = case((Payment.funds_on <= last, Payment.amount), else_=0)
    found = session.execute(
        select(
            Payment.channel,
            Payment.collected_on,
            func.count(),
            func.sum(Payment.amount),
            func.sum(Payment.late_charge),
            func.sum(sure),
            func.sum(funded),
        )
        .where(Payment.collected_on >= first, Payment.collected_on <= last)
        .group_by(Payment.channel, Payment.collected_on)
        .order_by(Payment.channel, Payment.collected_on)
    )
    for channel, day, count, amount, charge, confirmed, in_account in found:
        title = channels()[channel].title
        money = int(amount), int(charge)
        yield ChannelDay(title, day, count, *money, count - int(confirmed), int(confirmed), int(in_account))


def by_file(session: Session) -> Iterator[FileResult]:
    """Every payment file in the order of loading."""
    matched = select(func.count(Receipt.assessment_id)).where(Receipt.source_file_id == SourceFile.id).scalar_subquery()
    found = session.execute(
        select(SourceFile, matched).where(SourceFile.kind.in_((PAYMENTS, FUNDS))).order_by(SourceFile.id)
    )
    for file, count in found:
        yield FileResult(
            name=file.name,
            channel=channels()[file.scope].title,
            layout=file.layout,
            loaded_at=file.loaded_at.isoformat(" ", "minutes"),
            covered_to=file.covered_to,
            records=file.records,
            total=file.total,
            matched=count,
            unmatched=file.records - count,
        )


def open_exceptions(session: Session) -> Iterator[OpenExceptions]:
    """How many exceptions wait for staff."""
    waiting = PaymentException.cleared_at.is_(None) & PaymentException.settled_at.is_(None)
    found = session.execute(
        select(PaymentException.key, func.count(), func.sum(PaymentException.amount))
        .where(waiting)
        .group_by(PaymentException.key)
        .order_by(PaymentException.key)
    )
    for key, count, amount in found:
        yield OpenExceptions(key, count, int(amount))


def outstanding(session: Session, as_of: date) -> list[Outstanding]:
    """Every instalment of every tax with the payments up to and on `as_of`, in order of tax, year and period."""
    sums: dict[tuple[str, int, int, date], list[int]] = {}
    for balance in balances(session, date.max, as_of):
        bill, part = balance.assessment, balance.instalment
        row = sums.setdefault((bill.tax_item, bill.levy_year, part.number, part.due), [0] * 5)
        unpaid = balance.unpaid
        for place, value in enumerate((1, part.amount, part.amount - unpaid, int(unpaid > 0), unpaid)):
            row[place] += value
    return [Outstanding(*key, *row) for key, row in sorted(sums.items())]


def whereabouts(session: Session, as_of: date) -> Sequence[Whereabouts]:
    """Every yen that stands up to and on `as_of`, and where it is: the first row is all of it, the others add up to that.

    The first row is the sum of `by_channel_and_day`, the second the paid yen of `outstanding`: so the reports are held together.
    """
    ours = Payment.assessment_id.is_not(None)
    sums = select(
        func.sum(Payment.amount),
        func.sum(case((ours, Payment.late_charge), else_=0)),
        func.sum(case((ours, Payment.amount - Payment.late_charge - Payment.counted), else_=0)),
        func.sum(case((Assessment.superseded.is_(True), Payment.counted), else_=0)),
        func.sum(case((Assessment.superseded.is_(False), Payment.counted), else_=0)),
        func.sum(case((ours, 0), else_=Payment.amount)),
    )
    found = session.execute(
        sums.select_from(Payment)
        .join(Assessment, Assessment.id == Payment.assessment_id, isouter=True)
        .where(Payment.collected_on <= as_of)
    ).one()
    received, charge, beyond, withdrawn, counted, unknown = (int(value or 0) for value in found)
    applied = sum(row.paid for row in outstanding(session, as_of))
    return [
        Whereabouts("収納した金額", received),
        Whereabouts("期別の税額に充当", applied),
        Whereabouts("延滞金として収納", charge),
        Whereabouts("納付書の金額を超えた分（過誤納）", beyond),
        Whereabouts("期別の税額を超えた分（過誤納）", counted - applied),
        Whereabouts("差し替えた調定への納付", withdrawn),
        Whereabouts("納付書不明", unknown),
    ]


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Any]) -> int:
    """Write dataclasses for Excel; the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(headings)
        for row in rows:
            writer.writerow([_cell(value) for value in astuple(row)])
            count += 1
    return count


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA) and not isinstance(value, int) else text
