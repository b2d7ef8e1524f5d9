"""Step 2 freeze 抽出: the live assessments of one tax item become pieces in postal order, exclusions named and kept.

A payer with several assessments gets one envelope (名寄せ by payer key, never by name). Who may not be written to (`exclusions`) is
held back with its rule; nobody is dropped silently.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handover.manifest import BATCH
from print_service.act import Act
from print_service.batches.exclusions import standing
from print_service.batches.postal import postal_class, postal_key
from print_service.findings import refuse
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, PieceState
from print_service.ledger.tables import Assessment, Hold, Instalment, Job, Payer, Piece, PieceAssessment
from print_service.notices.documents import (
    Document,
    addressee,
    period_label,
    resident_notice,
    slip_request,
    vehicle_notices,
)
from print_service.settings import Settings


@dataclass(frozen=True)
class Draft:
    """An envelope to be: whose it is, what will be printed, and which instalments it speaks of."""

    payer: Payer
    documents: tuple[Document, ...]
    covers: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class JobOrder:
    """Parameters of a job 処理条件. `batch` is printed on every sheet."""

    batch: str
    kind: str
    tax_items: tuple[str, ...]
    levy_year: int
    issued_on: date
    data_as_of: date | None = None


@dataclass
class Frozen:
    """What a freeze made."""

    pieces: int = 0
    held: dict[str, int] = field(default_factory=dict)


def freeze_notices(session: Session, settings: Settings, act: Act, order: JobOrder) -> Frozen:
    """Make the pieces of a notice job. Refuses `job.exists` and `job.nothing-to-print`."""
    return freeze(session, settings, act, order, _notice_drafts(session, settings, order))


def freeze(
    session: Session,
    settings: Settings,
    act: Act,
    order: JobOrder,
    drafts: Iterator[Draft],
    excluded: Iterable[tuple[str, str]] = (),
) -> Frozen:
    """Store drafts as numbered pieces in postal order; hold back whom the rules exclude. `excluded` are (payer, rule) of whom no
    draft was made.
    """
    if not BATCH.fullmatch(order.batch):
        raise refuse("job.bad-id", order.batch, id=order.batch)
    if session.get(Job, order.batch) is not None:
        raise refuse("job.exists", order.batch, id=order.batch)
    session.add(_job(act, order))
    session.flush()
    frozen = Frozen()
    kept: list[Draft] = []
    stands = standing(session, order.kind, order.issued_on)
    held = list(excluded)
    for draft in drafts:
        key = stands.rule(draft.payer.key)
        if key is None:
            kept.append(draft)
        else:
            held.append((draft.payer.key, key))
    for payer_key, key in held:
        _hold(session, order.batch, payer_key, key)
        frozen.held[key] = frozen.held.get(key, 0) + 1
    if not kept:
        raise refuse("job.nothing-to-print", order.batch, scope="・".join(order.tax_items))
    local = settings.ward.local_postcodes
    kept.sort(key=lambda d: postal_key(d.payer.postcode, d.payer.address, d.payer.building, d.payer.key, local))
    for number, draft in enumerate(kept, start=1):
        _store(session, order, number, draft, postal_class(draft.payer.postcode, local))
    frozen.pieces = len(kept)
    body = {"kind": order.kind, "pieces": frozen.pieces, "held": frozen.held, "tax_items": list(order.tax_items)}
    record(session, Tag.JOB_FROZEN, act, order.batch, body)
    return frozen


def _job(act: Act, order: JobOrder) -> Job:
    return Job(
        id=order.batch,
        kind=order.kind,
        tax_items=list(order.tax_items),
        levy_year=order.levy_year,
        issued_on=order.issued_on,
        data_as_of=order.data_as_of,
        state=JobState.FROZEN,
        maker=act.by,
        created_at=act.at,
    )


def _hold(session: Session, batch: str, payer_key: str, key: str) -> None:
    session.add(Hold(job_id=batch, payer_key=payer_key, step="freeze", key=key, values={}))


def _store(session: Session, order: JobOrder, number: int, draft: Draft, klass: str) -> None:
    block = addressee(draft.payer)
    documents: list[Any] = [
        {**document, "fields": {**document["fields"], "addressee": block, "issued_on": order.issued_on.isoformat()}}
        for document in draft.documents
    ]
    piece = Piece(
        job_id=order.batch,
        number=number,
        payer_key=draft.payer.key,
        postcode=draft.payer.postcode,
        postal_class=klass,
        documents=documents,
        sheets=0,
        pages=0,
        state=PieceState.FROZEN,
    )
    session.add(piece)
    session.flush()
    session.add_all(PieceAssessment(piece_id=piece.id, assessment_id=a, period=p) for a, p in draft.covers)


def _notice_drafts(session: Session, settings: Settings, order: JobOrder) -> Iterator[Draft]:
    noticed = (
        select(PieceAssessment.assessment_id)
        .join(Piece, Piece.id == PieceAssessment.piece_id)
        .join(Job, Job.id == Piece.job_id)
        .where(Piece.state.not_in([PieceState.HELD, PieceState.PULLED]), Job.state != JobState.REJECTED)
    )
    found = session.execute(
        select(Assessment, Payer)
        .join(Payer, Payer.key == Assessment.payer_key)
        .where(
            Assessment.tax_item.in_(order.tax_items),
            Assessment.levy_year == order.levy_year,
            Assessment.superseded.is_(False),
            Assessment.id.not_in(noticed),
        )
        .order_by(Assessment.payer_key, Assessment.tax_item, Assessment.method, Assessment.notice_no)
    )
    for _, group in groupby(sorted(found, key=_envelope), key=_envelope):
        rows = list(group)
        yield _notice_draft(session, settings, rows[0][1], [assessment for assessment, _ in rows])


def _envelope(row: tuple[Assessment, Payer]) -> tuple[str, str, str, str]:
    """What may share an envelope: one payer's assessments of one tax, paid in one way from one account."""
    assessment = row[0]
    return assessment.payer_key, assessment.tax_item, assessment.method, repr(assessment.account)


def _notice_draft(session: Session, settings: Settings, payer: Payer, assessments: Sequence[Assessment]) -> Draft:
    parts = {assessment.id: instalments(session, assessment.id) for assessment in assessments}
    covers = tuple((a.id, part.number) for a in assessments for part in parts[a.id])
    documents: list[Document] = []
    if assessments[0].tax_item == "vehicle-tax":
        documents += vehicle_notices(assessments, parts[assessments[0].id][0].due)
    else:
        documents += [resident_notice(a, parts[a.id]) for a in assessments]
    for assessment in assessments:
        if assessment.method == "slip":
            documents += _slip_requests(assessment, parts[assessment.id], settings.slips.handling_days)
    return Draft(payer, tuple(documents), covers)


def _slip_requests(assessment: Assessment, parts: Sequence[Instalment], handling_days: int) -> Iterator[Document]:
    limit = timedelta(days=handling_days)
    if len(parts) > 1:
        first = parts[0].due
        label = period_label(0, len(parts))
        yield slip_request(assessment, 0, assessment.annual, first, first + limit, label, "notice")
    for part in parts:
        label = period_label(part.number, len(parts))
        yield slip_request(assessment, part.number, part.amount, part.due, part.due + limit, label, "notice")


def instalments(session: Session, assessment_id: int) -> Sequence[Instalment]:
    """The instalments of one assessment, first period first."""
    found = select(Instalment).where(Instalment.assessment_id == assessment_id).order_by(Instalment.number)
    return session.scalars(found).all()
