"""Step 11 collect 収納, its way out: payable keys 調定データ for the Pay-easy centre and the mobile register.

A slip can be paid there from the day its key is loaded, not before. A file says what is new, what changed and what is withdrawn since the
last one: slips that were pulled, rejected or replaced, and slips whose tax was paid by another road, so that nobody pays twice. What was
sent stays in the ledger key by key. Practice: register, update and delete of 納付情報 at a shared centre, payable from the next day.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.calendar import business_days_after, ward_calendar
from print_service.collection.match import balances
from print_service.files import sha256_of
from print_service.findings import refuse
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write
from print_service.ledger.collection_tables import Receipt
from print_service.ledger.journal import Tag, record
from print_service.ledger.sent_tables import SentFile, SentKey
from print_service.ledger.states import JobState, PieceState
from print_service.ledger.tables import Assessment, Job, Payer, Piece, Slip
from print_service.resources import data_dir
from print_service.settings import Settings

Operation = Literal["insert", "change", "withdraw"]
OPERATIONS: Sequence[Operation] = ("insert", "change", "withdraw")
_UNNUMBERED = (JobState.FROZEN, JobState.REJECTED)
_GONE = (PieceState.HELD, PieceState.PULLED)


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


@dataclass(frozen=True)
class Sent:
    """A file that was written and recorded. Yen; `counts` by operation."""

    destination: str
    path: str
    sha256: str
    records: int
    total: int
    counts: dict[str, int]
    payable_from: date


@cache
def destinations() -> Mapping[str, Destination]:
    """Every centre by key."""
    with (data_dir() / "destinations.toml").open("rb") as file:
        rows = tomllib.load(file)["destination"]
    return {r["key"]: Destination(r["key"], r["title"], r["layout"], r["slips"], r["channel"]) for r in rows}


def pending(session: Session, settings: Settings, destination: str, on: date) -> Iterator[Row]:
    """What a centre has to be told on that day, in the order of the slips. Refuses a centre the ward does not use."""
    centre = _centre(settings, destination)
    known = _known(session, destination)
    here = set(session.scalars(select(Receipt.slip_id).where(Receipt.channel == centre.channel)))
    for slip, assessment, payer, payable in _judged(session, _slips(centre)):
        last = known.get(slip.id)
        operation = _operation(slip, last, on, payable=payable, paid_here=slip.id in here)
        if operation:
            yield Row(operation, slip, assessment, payer)


def send_keys(session: Session, settings: Settings, act: Act, destination: str) -> Sent:
    """Write the next file for a centre into `<output>/sent` and record every key in it. Refuses `send.nothing`."""
    rows = list(pending(session, settings, destination, act.day))
    if not rows:
        raise refuse("send.nothing", destination, title=destinations()[destination].title)
    mine = SentFile.destination == destination
    number = (session.scalar(select(func.max(SentFile.number)).where(mine)) or 0) + 1
    payable_from = business_days_after(act.day, settings.sending.payable_after_days, ward_calendar(settings))
    path = settings.output / "sent" / f"{destination}-{number:04d}.dat"
    path.parent.mkdir(parents=True, exist_ok=True)
    header: dict[str, Value] = {
        "agency": settings.slips.agency,
        "sent_on": act.day,
        "payable_from": payable_from,
        "file_number": number,
    }
    write(path, load_layout(destinations()[destination].layout), map(_values, rows), header=header)
    counts: dict[str, int] = {op: sum(row.operation == op for row in rows) for op in OPERATIONS}
    file = SentFile(
        destination=destination,
        number=number,
        name=path.name,
        sha256=sha256_of(path),
        records=len(rows),
        total=sum(row.slip.amount for row in rows),
        counts=counts,
        sent_by=act.by,
        sent_at=act.at,
        payable_from=payable_from,
    )
    session.add(file)
    session.flush()
    session.add_all(
        SentKey(
            sent_file_id=file.id,
            destination=destination,
            slip_id=row.slip.id,
            operation=row.operation,
            amount=row.slip.amount,
            pay_by=row.slip.pay_by,
        )
        for row in rows
    )
    session.flush()
    body = {
        "sha256": file.sha256,
        "records": file.records,
        "total": file.total,
        "payable_from": payable_from.isoformat(),
    }
    record(session, Tag.KEYS_SENT, act, f"{destination}-{number:04d}", body | counts)
    return Sent(destination, str(path), file.sha256, file.records, file.total, counts, payable_from)


def not_payable(session: Session, settings: Settings, batch: str, posted_on: date) -> Mapping[str, int]:
    """Centre → slips of a batch that will lie in payers' hands while the centre does not take them yet."""
    by = posted_on + timedelta(days=settings.sending.days_in_mail)
    missing = {}
    for key in settings.sending.destinations:
        centre = _centre(settings, key)
        ready = {
            slip_id
            for slip_id, (operation, _, _, payable_from) in _known(session, key).items()
            if operation != "withdraw" and payable_from <= by
        }
        mine = _slips(centre).where(Piece.job_id == batch, Piece.state == PieceState.COMPOSED)
        count = sum(payable and slip.id not in ready for slip, _, _, payable in _judged(session, mine))
        if count:
            missing[key] = count
    return missing


def sent_files(session: Session) -> Sequence[SentFile]:
    """Every file that was sent, in order."""
    return session.scalars(select(SentFile).order_by(SentFile.id)).all()


def _centre(settings: Settings, destination: str) -> Destination:
    centre = destinations().get(destination)
    if centre is None or destination not in settings.sending.destinations:
        raise refuse(
            "send.unknown", destination, destination=destination, known="・".join(settings.sending.destinations)
        )
    return centre


def _slips(centre: Destination) -> Select[Slip, Assessment, Payer, str, str]:
    found = (
        select(Slip, Assessment, Payer, Piece.state, Job.state)
        .join(Assessment, Assessment.id == Slip.assessment_id)
        .join(Payer, Payer.key == Assessment.payer_key)
        .join(Piece, Piece.id == Slip.piece_id)
        .join(Job, Job.id == Piece.job_id)
        .order_by(Slip.id)
    )
    return found.where(Slip.cvs_digits.is_not(None)) if centre.slips == "with-bar-code" else found


def _judged(
    session: Session, slips: Select[Slip, Assessment, Payer, str, str]
) -> Iterator[tuple[Slip, Assessment, Payer, bool]]:
    """Each slip, and whether it is to be paid: its letter goes out, its tax stands and is not paid yet."""
    settled, touched = _paid(session)
    for slip, assessment, payer, piece_state, job_state in session.execute(slips):
        payable = (
            slip.state == "issued"
            and not assessment.superseded
            and piece_state not in _GONE
            and job_state not in _UNNUMBERED
            and (slip.assessment_id, slip.period) not in settled
            and not (slip.period == 0 and slip.assessment_id in touched)
        )
        yield slip, assessment, payer, payable


def _paid(session: Session) -> tuple[set[tuple[int, int]], set[int]]:
    """Instalments that are paid in full, and assessments of which anything was paid."""
    settled: set[tuple[int, int]] = set()
    touched: set[int] = set()
    for balance in balances(session, due_by=date.max, until=date.max):
        if balance.paid:
            touched.add(balance.assessment.id)
        if balance.instalment.amount and not balance.unpaid:
            settled.add((balance.assessment.id, balance.instalment.number))
    return settled, touched


_Known = tuple[str, int, date, date]


def _known(session: Session, destination: str) -> Mapping[int, _Known]:
    """Slip → what the centre was told last: operation, yen, last day, payable from."""
    found = session.execute(
        select(SentKey.slip_id, SentKey.operation, SentKey.amount, SentKey.pay_by, SentFile.payable_from)
        .join(SentFile, SentFile.id == SentKey.sent_file_id)
        .where(SentKey.destination == destination)
        .order_by(SentKey.id)
    )
    return {slip_id: (operation, amount, pay_by, since) for slip_id, operation, amount, pay_by, since in found}


def _operation(slip: Slip, last: _Known | None, on: date, *, payable: bool, paid_here: bool) -> Operation | None:
    if last is None or last[0] == "withdraw":
        return "insert" if payable and slip.pay_by >= on else None
    if not payable:
        # The centre that took the money knows that this key is spent.
        return None if paid_here else "withdraw"
    return "change" if (slip.amount, slip.pay_by) != (last[1], last[2]) else None


def _values(row: Row) -> dict[str, Value]:
    slip = row.slip
    return {
        "operation": row.operation,
        "agency": slip.agency,
        "number": slip.number,
        "confirmation": slip.confirmation,
        "category": slip.category,
        "cvs_digits": slip.cvs_digits,
        "amount": slip.amount,
        "due": slip.due,
        "pay_by": slip.pay_by,
        "levy_year": row.assessment.levy_year,
        "period": slip.period,
        "payer_kana": _shown(row.payer.kana),
    }


def _shown(kana: str) -> str:
    """The name as a cash machine shows it: at most 24 half-width characters, nothing where the stored reading has others."""
    fits = all(letter == " " or "\uff61" <= letter <= "\uff9f" or letter.isascii() for letter in kana)
    return kana[:24].rstrip() if fits else ""
