"""What has been paid: a slip's state is a function of its receipts, whatever order they were loaded in.

A provisional record 速報 counts as paid (the store has the money), a confirmed record 確報 makes it final, a cancellation
取消 revokes one provisional record that was never confirmed (payeasy-and-collection practice, programs in public use).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.ledger.tables import Assessment, Instalment, Receipt, Slip


class SlipState(StrEnum):
    """未納・速報・確報."""

    UNPAID = "unpaid"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Payment:
    """Money on one slip: yen and the day the store took it."""

    amount: int
    collected_on: date


def slip_state(kinds: Iterable[str]) -> SlipState:
    """The state that these record kinds add up to."""
    count = {"provisional": 0, "confirmed": 0, "cancelled": 0}
    for kind in kinds:
        count[kind] += 1
    if count["confirmed"]:
        return SlipState.CONFIRMED
    return SlipState.PROVISIONAL if count["provisional"] > count["cancelled"] else SlipState.UNPAID


def paid_by_slip(session: Session, until: date) -> Mapping[int, Payment]:
    """Slip id → payment, from every matched receipt collected up to and on `until`."""
    found = session.execute(
        select(Receipt.slip_id, Receipt.kind, Receipt.amount, Receipt.collected_on)
        .where(Receipt.slip_id.is_not(None), Receipt.collected_on <= until)
        .order_by(Receipt.slip_id, Receipt.collected_on)
    )
    days: dict[int, dict[date, list[str]]] = {}
    amounts: dict[int, int] = {}
    for slip_id, kind, amount, day in found:
        assert slip_id is not None
        days.setdefault(slip_id, {}).setdefault(day, []).append(kind)
        amounts[slip_id] = amount
    paid = {key for key, seen in days.items() if slip_state(chain.from_iterable(seen.values())) is not SlipState.UNPAID}
    return {key: Payment(amounts[key], _day_paid(days[key])) for key in sorted(paid)}


def _day_paid(days: Mapping[date, Iterable[str]]) -> date:
    """The first day whose own records stand: a visit that was revoked, then repeated, counts from the repetition."""
    standing = [day for day, kinds in days.items() if slip_state(kinds) is not SlipState.UNPAID]
    return min(standing or days)


@dataclass(frozen=True)
class Balance:
    """One instalment and the money that came for it. Yen."""

    assessment: Assessment
    instalment: Instalment
    parts: int
    payments: tuple[Payment, ...]

    @property
    def paid(self) -> int:
        """Yen received for this instalment."""
        return sum(payment.amount for payment in self.payments)

    @property
    def unpaid(self) -> int:
        """Yen still owed; never below zero."""
        return max(self.instalment.amount - self.paid, 0)


def balances(session: Session, due_by: date, until: date) -> Iterable[Balance]:
    """Every live instalment due up to and on `due_by`, with what was paid up to `until`.

    A paid whole-year slip (period 0) pays each instalment of its assessment in full.
    """
    paid = paid_by_slip(session, until)
    by_instalment: dict[tuple[int, int], list[Payment]] = {}
    for slip_id, assessment_id, period in session.execute(select(Slip.id, Slip.assessment_id, Slip.period)):
        if slip_id in paid:
            by_instalment.setdefault((assessment_id, period), []).append(paid[slip_id])
    parts = _parts(session)
    found = session.execute(
        select(Instalment, Assessment)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .where(Assessment.superseded.is_(False), Instalment.due <= due_by)
        .order_by(Assessment.payer_key, Instalment.due, Assessment.notice_no, Instalment.number)
    )
    for instalment, assessment in found:
        payments = list(by_instalment.get((assessment.id, instalment.number), ()))
        whole = by_instalment.get((assessment.id, 0), ())
        payments += [Payment(instalment.amount, payment.collected_on) for payment in whole]
        yield Balance(assessment, instalment, parts[assessment.id], tuple(payments))


def _parts(session: Session) -> Mapping[int, int]:
    counts: dict[int, int] = {}
    for key in session.scalars(select(Instalment.assessment_id)):
        counts[key] = counts.get(key, 0) + 1
    return counts
