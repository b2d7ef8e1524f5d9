"""Which keys a centre must be told of 調定データ: what is new, changed or to be withdrawn since it was told last.

Withdrawn are slips that were pulled, rejected or replaced, and slips whose tax was paid by another road, so that nobody pays twice. What a
centre knows of a key is the newest row for it (`sent_keys`). Everything is asked of the ledger in one stream, so that memory stays flat.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from print_service.collection.weigh import WHOLE_YEAR
from print_service.findings import refuse
from print_service.ledger.collection_tables import Payment, Receipt
from print_service.ledger.sent_tables import SentFile, SentKey
from print_service.ledger.states import JobState, PieceState
from print_service.ledger.tables import Assessment, Instalment, Job, Payer, Piece, Slip
from print_service.resources import data_dir
from print_service.settings import Settings

Operation = Literal["insert", "change", "withdraw"]
OPERATIONS: Sequence[Operation] = ("insert", "change", "withdraw")
_UNNUMBERED = (JobState.FROZEN, JobState.REJECTED)
_GONE = (PieceState.HELD, PieceState.PULLED)
_BLOCK = 2000


@dataclass(frozen=True)
class Destination:
    """A centre: layout of its file, which slips it is told of, and the channel by which it reports payments."""

    key: str
    title: str
    layout: str
    slips: Literal["all", "with-bar-code"]
    channel: str


@dataclass(frozen=True)
class Row:
    """One record to send: the slip, whose it is, and what the centre is to do with its key."""

    operation: Operation
    slip: Slip
    assessment: Assessment
    payer: Payer


class Told(NamedTuple):
    """What a centre was told of a slip last, whether it is to be paid, and whether its money came through this centre."""

    operation: str | None
    amount: int | None
    pay_by: date | None
    payable_from: date | None
    payable: bool
    paid_here: bool


@cache
def destinations() -> Mapping[str, Destination]:
    """Every centre by key."""
    with (data_dir() / "destinations.toml").open("rb") as file:
        rows = tomllib.load(file)["destination"]
    return {r["key"]: Destination(r["key"], r["title"], r["layout"], r["slips"], r["channel"]) for r in rows}


def pending(session: Session, settings: Settings, destination: str, on: date) -> Iterator[Row]:
    """What a centre has to be told on that day, in the order of the slips. Refuses a centre the ward does not use.

    Streamed: what is sent while it is read does not come back.
    """
    centre = centre_of(settings, destination)
    for slip, assessment, payer, told in judged(session, centre):
        operation = _operation(slip, told, on)
        if operation:
            yield Row(operation, slip, assessment, payer)


def centre_of(settings: Settings, destination: str) -> Destination:
    """A centre the ward uses, or `send.unknown`."""
    centre = destinations().get(destination)
    if centre is None or destination not in settings.sending.destinations:
        raise refuse(
            "send.unknown", destination, destination=destination, known="・".join(settings.sending.destinations)
        )
    return centre


def judged(
    session: Session, centre: Destination, *where: ColumnElement[bool]
) -> Iterator[tuple[Slip, Assessment, Payer, Told]]:
    """Each slip in order of its id. To be paid is one whose letter goes out, and whose tax stands and is not paid yet."""
    part, last = aliased(Instalment), aliased(SentKey)
    # Rows that enter while these are read stay unseen.
    so_far = session.scalar(select(func.max(SentKey.id))) or 0
    newest = (
        select(func.max(SentKey.id))
        .where(SentKey.slip_id == Slip.id, SentKey.destination == centre.key, SentKey.id <= so_far)
        .scalar_subquery()
    )
    payable = and_(
        Slip.state == "issued",
        Assessment.superseded.is_(False),
        Piece.state.not_in(_GONE),
        Job.state.not_in(_UNNUMBERED),
        ~and_(Slip.period != WHOLE_YEAR, func.coalesce(part.amount, 0) > 0, _paid(part) >= part.amount),
        ~and_(Slip.period == WHOLE_YEAR, _touched()),
    )
    here = exists().where(
        Receipt.assessment_id == Slip.assessment_id, Receipt.slip_id == Slip.id, Receipt.channel == centre.channel
    )
    found = (
        select(
            Slip,
            Assessment,
            Payer,
            last.operation,
            last.amount,
            last.pay_by,
            SentFile.payable_from,
            case((payable, 1), else_=0),
            case((here, 1), else_=0),
        )
        .join(Assessment, Assessment.id == Slip.assessment_id)
        .join(Payer, Payer.key == Assessment.payer_key)
        .join(Piece, Piece.id == Slip.piece_id)
        .join(Job, Job.id == Piece.job_id)
        .join(part, and_(part.assessment_id == Slip.assessment_id, part.number == Slip.period), isouter=True)
        .join(last, last.id == newest, isouter=True)
        .join(SentFile, SentFile.id == last.sent_file_id, isouter=True)
        .where(*where)
        .order_by(Slip.id)
        .execution_options(yield_per=_BLOCK)
    )
    if centre.slips == "with-bar-code":
        found = found.where(Slip.cvs_digits.is_not(None))
    with session.execute(found) as rows:
        for slip, assessment, payer, operation, amount, pay_by, payable_from, is_payable, is_here in rows:
            told = Told(operation, amount, pay_by, payable_from, bool(is_payable), bool(is_here))
            yield slip, assessment, payer, told


def _paid(part: Any) -> ColumnElement[int]:
    """Yen that count for an instalment: its own payments, and its share of a whole year's; as `match` tells them one by one."""
    lower = aliased(Instalment)
    earlier = (
        select(func.coalesce(func.sum(lower.amount), 0))
        .where(lower.assessment_id == part.assessment_id, lower.number < part.number)
        .correlate(part)
        .scalar_subquery()
    )
    start = _greater(Payment.counted_from, earlier)
    stop = -_greater(-(Payment.counted_from + Payment.counted), -(earlier + part.amount))
    share = case((Payment.period == WHOLE_YEAR, _greater(stop - start, literal(0))), else_=Payment.counted)
    periods = Payment.period.in_((part.number, WHOLE_YEAR))
    return (
        select(func.coalesce(func.sum(share), 0))
        .where(Payment.assessment_id == part.assessment_id, periods)
        .correlate(part)
        .scalar_subquery()
    )


def _touched() -> ColumnElement[bool]:
    """Whether anything of a slip's assessment was paid."""
    return exists().where(Payment.assessment_id == Slip.assessment_id, Payment.counted > 0)


def _greater(one: Any, other: Any) -> ColumnElement[int]:
    return case((one > other, one), else_=other)


def _operation(slip: Slip, told: Told, on: date) -> Operation | None:
    if told.operation in (None, "withdraw"):
        return "insert" if told.payable and slip.pay_by >= on else None
    if not told.payable:
        # The centre that took the money knows that this key is spent.
        return None if told.paid_here else "withdraw"
    return "change" if (slip.amount, slip.pay_by) != (told.amount, told.pay_by) else None
