"""What came of the demonstration: the same figures on the screen and in `report.json`.

`reminded_though_paid` is counted from the payment files themselves, not from the ledger's matching: a reminder is wrong when its
instalment (or its whole year) has a payment in a file, not cancelled, up to the day the run knew.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handover import journal, passphrase
from print_service.batches.custody import current
from print_service.collection.match import balances
from print_service.collection.read import read_payments
from print_service.demo.stage import Stage
from print_service.demo.year import BATCHES, SEASONS, medium_of
from print_service.dunning.plan import REMINDER
from print_service.ledger.database import transaction
from print_service.ledger.dunning_tables import DunningRun, PullList
from print_service.ledger.journal import entries
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Assessment, Hold, Job, PageFile, Piece, PieceAssessment, Slip


@dataclass(frozen=True)
class Report:
    """Figures of one demonstration. Paths are absolute; `passphrases` exist in a demonstration only."""

    payers: int
    seed: int
    assessments: int
    held_back: int
    held_back_reasons: Mapping[str, int]
    pieces: int
    sheets: int
    pages: int
    slips: int
    marks_expected: int
    marks_decoded: int
    containers: list[str]
    pdfs: list[str]
    passphrases: Mapping[str, str]
    media_out: int
    media_returned: int
    copies_certified: int
    paid: int
    reminders: int
    pulled: int
    final_demands: int
    reminded_though_paid: int
    journal_entries: int
    journal_head: str
    open_these: list[str]

    def to_json(self) -> dict[str, Any]:
        """As written to report.json."""
        return asdict(self)


def report(stage: Stage) -> Report:
    """Count everything from the ledger, the journal and the payment files."""
    with transaction(stage.engine) as session:
        chain = journal.verify(entries(session))
        if chain.last is None or not chain.ok:
            raise ValueError("the demonstration's journal does not verify")
        # A piece has a row for every reason, and may lack several characters.
        reasons = set(session.execute(select(Hold.job_id, Hold.payer_key, Hold.piece_no, Hold.key)).tuples())
        media = current(session).media
        copies = current(session).copies
        containers = {batch: stage.settings.output / "media" / medium_of(batch) / f"{batch}.zip" for batch in BATCHES}
        printed = Piece.state.in_([PieceState.POSTED, PieceState.RETURNED, PieceState.COMPOSED, PieceState.PULLED])
        return Report(
            payers=stage.payers,
            seed=stage.seed,
            assessments=_count(session, select(func.count()).select_from(Assessment)),
            held_back=len({row[:3] for row in reasons}),
            held_back_reasons=dict(sorted(Counter(row[3] for row in reasons).items())),
            pieces=_count(session, select(func.count()).where(printed)),
            sheets=_count(session, select(func.sum(Piece.sheets)).where(printed)),
            pages=_count(session, select(func.sum(PageFile.pages))),
            slips=_count(session, select(func.count(Slip.id)).join(Piece, Piece.id == Slip.piece_id).where(printed)),
            marks_expected=_count(session, select(func.sum(PageFile.marks_expected))),
            marks_decoded=_count(session, select(func.sum(PageFile.marks_decoded))),
            containers=[str(path) for path in containers.values()],
            pdfs=[str(path) for path in _pdfs(session, stage)],
            passphrases={
                str(path): passphrase.generate(stage.entropy(f"seal {batch}")) for batch, path in containers.items()
            },
            media_out=len(media),
            media_returned=sum(item.state.value == "closed" for item in media.values()),
            copies_certified=sum(bool(copy.certificate) for copy in copies.values()),
            paid=_paid(session),
            pulled=_count(session, select(func.count()).where(Piece.state == PieceState.PULLED)),
            reminders=_pieces_of(session, REMINDER),
            final_demands=_pieces_of(session, "final-demand"),
            reminded_though_paid=_reminded_though_paid(session, stage),
            journal_entries=chain.count,
            journal_head=chain.last.hash,
            open_these=[str(path) for path in _worth_opening(session, stage)],
        )


def _count(session: Session, statement: Any) -> int:
    return int(session.scalar(statement) or 0)


def _pdfs(session: Session, stage: Stage) -> Iterable[Any]:
    for job_id, name in session.execute(select(PageFile.job_id, PageFile.name).order_by(PageFile.name)):
        yield stage.settings.output / job_id / "pages" / name


def _worth_opening(session: Session, stage: Stage) -> Iterable[Any]:
    for batch in BATCHES:
        first = session.scalar(select(PageFile.name).where(PageFile.job_id == batch).order_by(PageFile.name).limit(1))
        yield stage.settings.output / batch / "pages" / str(first)
    yield stage.settings.output / "letters" / f"{medium_of(BATCHES[0])}-passphrase.pdf"
    yield stage.settings.output / "letters" / f"E-{BATCHES[0]}.pdf"
    for job_id in session.scalars(select(DunningRun.batch).order_by(DunningRun.batch)):
        yield stage.settings.output / "letters" / f"{job_id}-cover.pdf"
    for job_id, revision in session.execute(select(PullList.job_id, PullList.revision).order_by(PullList.id)):
        yield stage.settings.output / job_id / "pull" / f"{job_id}-r{revision:02d}.pdf"


def _pieces_of(session: Session, kind: str) -> int:
    found = select(func.count()).select_from(Piece).join(Job, Job.id == Piece.job_id)
    return _count(session, found.where(Job.kind == kind, Piece.state == PieceState.POSTED))


def _paid(session: Session) -> int:
    """Instalments paid in full by the last payment file."""
    return sum(not balance.unpaid for balance in balances(session, date.max, date.max))


def _reminded_though_paid(session: Session, stage: Stage) -> int:
    events: dict[str, list[tuple[date, str]]] = {}
    for season in SEASONS:
        for file, layout in season.files.items():
            for item in read_payments(stage.out / "payments" / file, layout, season.last).records:
                events.setdefault(item.reference, []).append((item.data_date, item.kind))
    paid_on: dict[tuple[int, int], list[date]] = {}
    for slip in session.scalars(select(Slip)):
        key = f"{slip.number}-{slip.confirmation}-{slip.category}"
        for reference in (slip.cvs_digits, f"pe-{slip.agency}-{key}", f"el-{key}"):
            day = _paid_day(events.get(reference or "", []))
            if day is not None:
                paid_on.setdefault((slip.assessment_id, slip.period), []).append(day)
    wrong = 0
    reminded = session.execute(
        select(PieceAssessment.assessment_id, PieceAssessment.period, Job.data_as_of)
        .join(Piece, Piece.id == PieceAssessment.piece_id)
        .join(Job, Job.id == Piece.job_id)
        .where(Job.kind == REMINDER, Piece.state == PieceState.POSTED)
    )
    for assessment_id, period, known in reminded:
        days = paid_on.get((assessment_id, period), []) + paid_on.get((assessment_id, 0), [])
        wrong += any(known is not None and day <= known for day in days)
    return wrong


def _paid_day(events: list[tuple[date, str]]) -> date | None:
    if any(kind == "cancelled" for _, kind in events):
        return None
    return min((day for day, kind in events if kind in ("provisional", "confirmed")), default=None)
