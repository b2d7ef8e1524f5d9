"""Payments and exceptions are worked out from receipts: for the bills a file speaks of, or for the whole ledger from the beginning.

Both ways give the same rows, in whatever order files were loaded, because each bill is weighed from all its receipts (`weigh`).
Receipts, slips and instalments are streamed side by side in the order of their assessments, so memory does not grow with the ledger.
An exception is never deleted: one that a later file explains is cleared, one that comes back is open again, and what a person settled
stays settled.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from typing import Any, Self

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.collection.find import find
from print_service.collection.model import Bill, Outcome, Receipted, SlipFacts
from print_service.collection.weigh import weigh
from print_service.ledger.collection_tables import Payment, PaymentException, Receipt
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Assessment, Instalment, Slip
from print_service.settings import Settings

_BLOCK = 2000
# By table, not by class: many rows go to the driver in one call.
_PAYMENTS = insert(Payment.__table__)  # type: ignore[arg-type]  # declared as FromClause
_FACTS = (
    Receipt.source_file_id,
    Receipt.line,
    Receipt.channel,
    Receipt.kind,
    Receipt.reference,
    Receipt.slip_id,
    Receipt.period,
    Receipt.differs,
    Receipt.collected_on,
    Receipt.collected_at,
    Receipt.store,
    Receipt.serial,
    Receipt.amount,
    Receipt.late_charge,
    Receipt.data_date,
    Receipt.funds_on,
    Receipt.remark,
)
_SLIP = (Slip.id, Slip.period, Slip.amount, Slip.state)
_PART = (Instalment.number, Instalment.amount)


@dataclass(frozen=True)
class Recomputed:
    """What a recomputation from the beginning came to; `found` receipts name a slip that they did not name when they were loaded."""

    receipts: int
    payments: int
    exceptions: int
    found: int
    changed: int


def recompute(session: Session, settings: Settings, act: Act) -> Recomputed:
    """Everything from the beginning. `changed` counts payments and open exceptions that were not there before, or are no more."""
    before = _state(session)
    found = _match_again(session, settings)
    work_out(session, act.at)
    after = _state(session)
    receipts = session.scalar(select(func.count()).select_from(Receipt)) or 0
    payments = session.scalar(select(func.count()).select_from(Payment)) or 0
    standing = select(func.count()).select_from(PaymentException).where(PaymentException.cleared_at.is_(None))
    result = Recomputed(receipts, payments, session.scalar(standing) or 0, found, _distance(before, after))
    body = {"receipts": receipts, "payments": payments, "exceptions": result.exceptions, "changed": result.changed}
    record(session, Tag.PAYMENTS_RECOMPUTED, act, "ledger", {key: str(value) for key, value in body.items()})
    return result


def work_out(session: Session, at: datetime, source_file_id: int | None = None) -> None:
    """Weigh the bills (and the unknown references) of one file, or of every file."""
    if source_file_id is None:
        bills = strangers = None
        session.execute(delete(Payment))
        session.execute(_clearing(at))
    else:
        mine = Receipt.source_file_id == source_file_id
        bills = select(Receipt.assessment_id).where(mine, Receipt.assessment_id.is_not(None))
        strangers = select(Receipt.reference).where(mine, Receipt.assessment_id.is_(None))
        for table, clearing in ((Payment, delete(Payment)), (PaymentException, _clearing(at))):
            session.execute(clearing.where(table.assessment_id.in_(bills)))
            session.execute(clearing.where(table.assessment_id.is_(None), table.reference.in_(strangers)))
    outcomes = chain(_matched(session, bills), _unmatched(session, strangers))
    for block in _blocks(outcomes, _BLOCK):
        _store(session, at, block)


def _clearing(at: datetime) -> Any:
    return update(PaymentException).where(PaymentException.cleared_at.is_(None)).values(cleared_at=at)


def _matched(session: Session, bills: Select[Any] | None) -> Iterator[tuple[int | None, Outcome]]:
    known = select(Receipt.assessment_id, *_FACTS).where(Receipt.assessment_id.is_not(None))
    with (
        _Beside(session, select(Slip.assessment_id, *_SLIP), Slip.assessment_id, bills) as slips,
        _Beside(session, select(Instalment.assessment_id, *_PART), Instalment.assessment_id, bills) as parts,
        _Beside(session, select(Assessment.id, Assessment.superseded), Assessment.id, bills) as heads,
    ):
        for key, group in groupby(_stream(session, known, Receipt.assessment_id, bills), key=lambda row: row[0]):
            bill = Bill(
                assessment_id=key,
                withdrawn=bool(heads.of(key)[0][1]),
                slips={row[1]: SlipFacts(*row[1:]) for row in slips.of(key)},
                instalments={row[1]: row[2] for row in parts.of(key)},
            )
            yield key, weigh([Receipted._make(row[1:]) for row in group], bill)


def _unmatched(session: Session, strangers: Select[Any] | None) -> Iterator[tuple[int | None, Outcome]]:
    unknown = select(Receipt.reference, *_FACTS).where(Receipt.assessment_id.is_(None))
    for _, group in groupby(_stream(session, unknown, Receipt.reference, strangers), key=lambda row: row[0]):
        yield None, weigh([Receipted._make(row[1:]) for row in group])


def _stream(session: Session, statement: Any, column: Any, chosen: Select[Any] | None) -> Generator[Any, None, None]:
    wanted = statement if chosen is None else statement.where(column.in_(chosen))
    with session.execute(wanted.order_by(column).execution_options(yield_per=_BLOCK)) as rows:
        yield from rows


class _Beside:
    """A stream sorted by its first column, read beside another that is sorted by the same key."""

    def __init__(self, session: Session, statement: Any, column: Any, chosen: Select[Any] | None) -> None:
        self._rows = _stream(session, statement, column, chosen)
        self._groups = groupby(self._rows, key=lambda row: row[0])
        self._next: tuple[int, list[Any]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def of(self, key: int) -> list[Any]:
        """Rows of that key; keys are asked for in rising order."""
        while self._next is None or self._next[0] < key:
            found = next(self._groups, None)
            if found is None:
                return []
            self._next = (found[0], list(found[1]))
        return self._next[1] if self._next[0] == key else []


def _store(session: Session, at: datetime, outcomes: Sequence[tuple[int | None, Outcome]]) -> None:
    payments = [_payment_row(key, paid) for key, outcome in outcomes for paid in outcome.payments]
    if payments:
        session.connection().execute(_PAYMENTS, payments)
    oddities = [_exception_row(key, at, odd) for key, outcome in outcomes for odd in outcome.oddities]
    if oddities:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        adding = dialect.insert(PaymentException)
        again = {name: adding.excluded[name] for name in ("amount", "values", "channel", "collected_on")}
        session.execute(
            adding.on_conflict_do_update(index_elements=["key", "subject"], set_={**again, "cleared_at": None}),
            oddities,
        )


def _payment_row(assessment_id: int | None, paid: Any) -> dict[str, Any]:
    first = paid.first
    return {
        "assessment_id": assessment_id,
        "period": first.period,
        "slip_id": first.slip_id,
        "channel": first.channel,
        "reference": first.reference,
        "collected_on": first.collected_on,
        "collected_at": first.collected_at,
        "store": first.store,
        "serial": first.serial,
        "amount": first.amount,
        "late_charge": first.late_charge,
        "counted": paid.counted,
        "counted_from": paid.counted_from,
        "provisional_on": paid.provisional_on,
        "confirmed_on": paid.confirmed_on,
        "funds_on": paid.funds_on,
    }


def _exception_row(assessment_id: int | None, at: datetime, odd: Any) -> dict[str, Any]:
    shown = odd.shown_by
    return {
        "key": odd.key,
        "subject": odd.subject,
        "assessment_id": assessment_id,
        "slip_id": shown.slip_id,
        "period": shown.period,
        "channel": shown.channel,
        "reference": shown.reference,
        "collected_on": shown.collected_on,
        "amount": odd.amount,
        "values": odd.values,
        "raised_at": at,
    }


def _match_again(session: Session, settings: Settings) -> int:
    """Receipts that named nothing of ours when they came, and do now."""
    found, last = 0, ""
    while True:
        strangers = select(Receipt.reference).where(Receipt.assessment_id.is_(None), Receipt.reference > last)
        block = session.scalars(strangers.distinct().order_by(Receipt.reference).limit(_BLOCK)).all()
        if not block:
            return found
        for reference, target in find(session, settings, block).items():
            values = {
                "slip_id": target.slip_id,
                "assessment_id": target.assessment_id,
                "period": target.period,
                "differs": target.differs,
            }
            unmatched = Receipt.assessment_id.is_(None) & (Receipt.reference == reference)
            done = session.execute(update(Receipt).where(unmatched).values(**values))
            found += getattr(done, "rowcount", 0)
        last = block[-1]


def _state(session: Session) -> dict[tuple[object, ...], int]:
    """How many payments and open exceptions there are, by what tells them apart best in few rows: key or channel, and day."""
    paid = select(Payment.channel, Payment.collected_on, func.count(), func.sum(Payment.counted)).group_by(
        Payment.channel, Payment.collected_on
    )
    odd = (
        select(PaymentException.key, PaymentException.collected_on, func.count(), func.sum(PaymentException.amount))
        .where(PaymentException.cleared_at.is_(None))
        .group_by(PaymentException.key, PaymentException.collected_on)
    )
    found: dict[tuple[object, ...], int] = {}
    for statement in (paid, odd):
        for name, day, count, total in session.execute(statement):
            found[name, day, int(total or 0)] = count
    return found


def _distance(before: dict[tuple[object, ...], int], after: dict[tuple[object, ...], int]) -> int:
    return sum(abs(before.get(key, 0) - after.get(key, 0)) for key in before.keys() | after.keys())


def _blocks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    block: list[Any] = []
    for item in items:
        block.append(item)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block
