"""Step 2 freeze 抽出: the live assessments of one tax item become pieces in postal order, exclusions named and kept.

A payer with several assessments gets one envelope (名寄せ by payer key, never by name). Who may not be written to (`exclusions`) is
held back with its rule; nobody is dropped silently.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, islice
from typing import Any

from sqlalchemy import case, insert, or_, select
from sqlalchemy.orm import Session

from handover.manifest import BATCH
from print_service.act import Act
from print_service.batches.exclusions import standing
from print_service.batches.postal import PostalKey, postal_class, postal_key
from print_service.findings import refuse
from print_service.ledger.database import by_code_point
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

_BLOCK = 500
# By table, not by class: many rows go to the driver in one call.
_HOLDS = insert(Hold.__table__)  # type: ignore[arg-type]  # declared as FromClause
_PIECES = insert(Piece.__table__)  # type: ignore[arg-type]
_COVERS = insert(PieceAssessment.__table__)  # type: ignore[arg-type]


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
    drafts = _notice_drafts(session, settings, order)
    return freeze(session, settings, act, order, drafts, in_postal_order=True)


def freeze(
    session: Session,
    settings: Settings,
    act: Act,
    order: JobOrder,
    drafts: Iterator[Draft],
    excluded: Iterable[tuple[str, str]] = (),
    *,
    in_postal_order: bool = False,
) -> Frozen:
    """Store drafts as numbered pieces in postal order; hold back whom the rules exclude. `excluded` are (payer, rule) of whom no
    draft was made. Drafts that come `in_postal_order` already are stored as they come; others are held in memory to be sorted.
    """
    if not BATCH.fullmatch(order.batch):
        raise refuse("job.bad-id", order.batch, id=order.batch)
    if session.get(Job, order.batch) is not None:
        raise refuse("job.exists", order.batch, id=order.batch)
    session.add(_job(act, order))
    session.flush()
    local = settings.ward.local_postcodes
    stands = standing(session, order.kind, order.issued_on)
    held: list[tuple[str, str]] = []

    def to_print() -> Iterator[Draft]:
        for draft in drafts:
            key = stands.rule(draft.payer.key)
            if key is None:
                yield draft
            else:
                held.append((draft.payer.key, key))

    def place(draft: Draft) -> PostalKey:
        who = draft.payer
        return postal_key(who.postcode, who.address, who.building, who.key, local)

    kept = to_print() if in_postal_order else iter(sorted(to_print(), key=place))
    frozen = Frozen()
    while block := list(islice(kept, _BLOCK)):
        _store(session, order, frozen.pieces + 1, block, local)
        frozen.pieces += len(block)
    if not frozen.pieces:
        raise refuse("job.nothing-to-print", order.batch, scope="・".join(order.tax_items))
    frozen.held = _hold(session, order.batch, [*excluded, *(sorted(held) if in_postal_order else held)])
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


def _hold(session: Session, batch: str, held: Sequence[tuple[str, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, key in held:
        counts[key] = counts.get(key, 0) + 1
    rows = [{"job_id": batch, "payer_key": payer, "step": "freeze", "key": key, "values": {}} for payer, key in held]
    if rows:
        session.connection().execute(_HOLDS, rows)
    return counts


def _store(session: Session, order: JobOrder, first: int, drafts: Sequence[Draft], local: Sequence[str]) -> None:
    """Pieces numbered from `first`, and what each speaks of."""
    session.connection().execute(
        _PIECES, [_piece(order, number, draft, local) for number, draft in enumerate(drafts, start=first)]
    )
    mine = (Piece.job_id == order.batch, Piece.number >= first)
    pieces = session.scalars(select(Piece.id).where(*mine).order_by(Piece.number)).all()
    covers = [
        {"piece_id": piece, "assessment_id": assessment, "period": period}
        for piece, draft in zip(pieces, drafts, strict=True)
        for assessment, period in draft.covers
    ]
    if covers:
        session.connection().execute(_COVERS, covers)


def _piece(order: JobOrder, number: int, draft: Draft, local: Sequence[str]) -> dict[str, Any]:
    block = addressee(draft.payer)
    documents: list[Any] = [
        {**document, "fields": {**document["fields"], "addressee": block, "issued_on": order.issued_on.isoformat()}}
        for document in draft.documents
    ]
    return {
        "job_id": order.batch,
        "number": number,
        "payer_key": draft.payer.key,
        "postcode": draft.payer.postcode,
        "postal_class": postal_class(draft.payer.postcode, local),
        "documents": documents,
        "sheets": 0,
        "pages": 0,
        "state": PieceState.FROZEN,
    }


def _notice_drafts(session: Session, settings: Settings, order: JobOrder) -> Iterator[Draft]:
    """In postal order, as the database sorts them; some hundred are in memory at a time."""
    noticed = (
        select(PieceAssessment.assessment_id)
        .join(Piece, Piece.id == PieceAssessment.piece_id)
        .join(Job, Job.id == Piece.job_id)
        .where(Piece.state.not_in([PieceState.HELD, PieceState.PULLED]), Job.state != JobState.REJECTED)
    )
    by_postal_key = (
        case((or_(*(Payer.postcode.startswith(digits) for digits in settings.ward.local_postcodes)), 0), else_=1),
        *(by_code_point(session, column) for column in (Payer.postcode, Payer.address, Payer.building, Payer.key)),
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
        .order_by(*by_postal_key, Assessment.tax_item, Assessment.method, Assessment.notice_no)
        .execution_options(yield_per=_BLOCK)
    )
    payers = (list(group) for _, group in groupby(found, key=lambda row: row[1].key))
    while block := list(islice(payers, _BLOCK)):
        parts = _instalments(session, [row[0].id for group in block for row in group])
        for group in block:
            for _, envelope in groupby(sorted(group, key=_envelope), key=_envelope):
                rows = list(envelope)
                yield _notice_draft(settings, rows[0][1], [assessment for assessment, _ in rows], parts)


def _envelope(row: tuple[Assessment, Payer]) -> tuple[str, str, str, str]:
    """What may share an envelope: one payer's assessments of one tax, paid in one way from one account."""
    assessment = row[0]
    return assessment.payer_key, assessment.tax_item, assessment.method, repr(assessment.account)


def _notice_draft(
    settings: Settings, payer: Payer, assessments: Sequence[Assessment], parts: Mapping[int, Sequence[Instalment]]
) -> Draft:
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


def _instalments(session: Session, assessments: Sequence[int]) -> dict[int, list[Instalment]]:
    """The instalments of some assessments, first period first."""
    parts: dict[int, list[Instalment]] = {assessment: [] for assessment in assessments}
    found = select(Instalment).where(Instalment.assessment_id.in_(assessments)).order_by(Instalment.number)
    for part in session.scalars(found):
        parts[part.assessment_id].append(part)
    return parts
