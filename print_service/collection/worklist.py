"""The work list of money that does not fit: what is open, for how long, and who settled what and why.

A finding stays in the list until a person settles it with a reason, or a later file explains it (then it is cleared by itself and
can come back). Nothing is deleted; settling changes no payment: what is repaid or moved (還付・充当) is done in the tax host.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.act import JST, Act
from print_service.collection.channels import channels
from print_service.collection.references import shown
from print_service.findings import Finding, refuse
from print_service.ledger.collection_tables import PaymentException
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Assessment

State = Literal["open", "settled", "cleared"]
_REASON_LENGTH = 400


@dataclass(frozen=True)
class Item:
    """One row of the list. `amount` is the yen in question; `age_days` counts from the day it was raised to today, or to its end."""

    id: int
    state: State
    key: str
    sentence: str
    channel: str
    reference: str
    payer_key: str | None
    notice_no: str | None
    period: int | None
    collected_on: date
    amount: int
    raised_on: date
    age_days: int
    settled_by: str | None
    settled_at: datetime | None
    reason: str | None


def worklist(session: Session, today: date, *, everything: bool = False, key: str = "") -> Iterator[Item]:
    """Open exceptions, oldest first; with `everything` those that are settled or cleared too."""
    statement = (
        select(PaymentException, Assessment.payer_key, Assessment.notice_no)
        .join(Assessment, Assessment.id == PaymentException.assessment_id, isouter=True)
        .order_by(PaymentException.raised_at, PaymentException.id)
        .execution_options(yield_per=1000)
    )
    if not everything:
        statement = statement.where(PaymentException.cleared_at.is_(None), PaymentException.settled_at.is_(None))
    if key:
        statement = statement.where(PaymentException.key == key)
    with session.execute(statement) as rows:
        for row, payer_key, notice_no in rows:
            yield _item(row, payer_key, notice_no, today)


def settle(session: Session, act: Act, number: int, reason: str) -> None:
    """Take an exception off the list. Refuses `collection.no-such-exception`, `collection.settled-before`, `collection.no-reason`."""
    row = session.get(PaymentException, number)
    if row is None:
        raise refuse("collection.no-such-exception", str(number), number=number)
    if row.settled_at is not None:
        raise refuse("collection.settled-before", str(number), by=row.settled_by or "")
    if not 0 < len(reason.strip()) <= _REASON_LENGTH:
        raise refuse("collection.no-reason", str(number), length=_REASON_LENGTH)
    row.settled_at, row.settled_by, row.settled_reason = act.at, act.by, reason.strip()
    record(session, Tag.EXCEPTION_SETTLED, act, f"exception-{number}", {"key": row.key, "amount": str(row.amount)})


def _item(row: PaymentException, payer_key: str | None, notice_no: str | None, today: date) -> Item:
    ended = row.settled_at or row.cleared_at
    raised = _day(row.raised_at)
    return Item(
        id=row.id,
        state="settled" if row.settled_at else "cleared" if row.cleared_at else "open",
        key=row.key,
        sentence=Finding(row.key, "", row.values).sentence,
        channel=channels()[row.channel].title,
        reference=shown(row.reference),
        payer_key=payer_key,
        notice_no=notice_no,
        period=row.period,
        collected_on=row.collected_on,
        amount=row.amount,
        raised_on=raised,
        age_days=((_day(ended) if ended else today) - raised).days,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        reason=row.settled_reason,
    )


def _day(moment: datetime) -> date:
    """SQLite keeps no zone: its moments are Japan time as given."""
    return (moment.astimezone(JST) if moment.tzinfo else moment).date()
