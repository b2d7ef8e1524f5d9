"""What is owed of each instalment after everything that was paid: the answer step 12 (dun) and the reports ask for.

A slip pays its own instalment, a whole-year slip (全期) the instalments in their order; a provisional payment 速報 counts as paid (the
store has the money). The rows come from the ledger one after the other, so memory does not grow with the ward.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from print_service.collection.weigh import WHOLE_YEAR
from print_service.ledger.collection_tables import Payment as PaymentRow
from print_service.ledger.tables import Assessment, Instalment

_BLOCK = 1000


@dataclass(frozen=True)
class Payment:
    """Money that pays an instalment: yen of tax and the legal day of payment 収納日."""

    amount: int
    collected_on: date


@dataclass(frozen=True)
class Balance:
    """One instalment and the money that came for it. Yen; `late_charge_paid` is 延滞金 that a file told apart from the tax."""

    assessment: Assessment
    instalment: Instalment
    parts: int
    payments: tuple[Payment, ...]
    late_charge_paid: int = 0

    @property
    def paid(self) -> int:
        """Yen of tax received for this instalment."""
        return sum(payment.amount for payment in self.payments)

    @property
    def unpaid(self) -> int:
        """Yen of tax still owed; never below zero."""
        return max(self.instalment.amount - self.paid, 0)


def balances(session: Session, due_by: date, until: date) -> Iterator[Balance]:
    """Every live instalment due up to and on `due_by`, with what was paid up to and on `until`, in order of payer and due date."""
    other = aliased(Instalment)
    parts = select(func.count()).where(other.assessment_id == Instalment.assessment_id).scalar_subquery()
    before = (
        select(func.coalesce(func.sum(other.amount), 0))
        .where(other.assessment_id == Instalment.assessment_id, other.number < Instalment.number)
        .scalar_subquery()
    )
    for_it = and_(
        PaymentRow.assessment_id == Instalment.assessment_id,
        or_(PaymentRow.period == Instalment.number, PaymentRow.period == WHOLE_YEAR),
        PaymentRow.collected_on <= until,
    )
    statement = (
        select(Instalment, Assessment, parts, before, *_MONEY)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .join(PaymentRow, for_it, isouter=True)
        .where(Assessment.superseded.is_(False), Instalment.due <= due_by)
        .order_by(
            Assessment.payer_key,
            Instalment.due,
            Assessment.notice_no,
            Instalment.number,
            Instalment.id,
            PaymentRow.collected_on,
            PaymentRow.counted_from,
            PaymentRow.id,
        )
        .execution_options(yield_per=_BLOCK)
    )
    with session.execute(statement) as found:
        for _, group in groupby(found, key=lambda row: row[0].id):
            rows = list(group)
            instalment, assessment, count, earlier = rows[0][:4]
            paid = tuple(payment for row in rows if (payment := _paid(instalment, earlier, row)) is not None)
            # A whole year's late charge is that of its first instalment: no other was due when it was paid late.
            mine = (instalment.number, WHOLE_YEAR) if not earlier else (instalment.number,)
            charge = sum(row.late_charge for row in rows if row.period in mine)
            yield Balance(assessment, instalment, count, paid, charge)


_MONEY = (
    PaymentRow.period,
    PaymentRow.collected_on,
    PaymentRow.counted,
    PaymentRow.counted_from,
    PaymentRow.late_charge,
)


def _paid(instalment: Instalment, earlier: int, row: Any) -> Payment | None:
    """What a payment gives this instalment: all that counts, or of a whole year's money the part from `earlier` yen on."""
    if row.period is None:
        return None
    counted = row.counted
    if row.period == WHOLE_YEAR:
        start, stop = max(row.counted_from, earlier), min(row.counted_from + row.counted, earlier + instalment.amount)
        counted = max(stop - start, 0)
    return Payment(counted, row.collected_on) if counted else None
