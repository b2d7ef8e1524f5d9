"""The pull list 引抜リスト: pieces that were printed and must not leave, because of what became known after they were made.

From sealing until posting, every piece is compared again with the ledger: paid since, another amount owed, a notice of a superseded
assessment, an exclusion set since. Each revision names only pieces that no earlier one named; another person approves it; the vendor
reports how many pieces were pulled, and posting waits until that number agrees. Practice: the list by 18:00 of the printing day, the
pulled goods by 13:00 of the posting day (a city's specification for reminders, sealing and pulling).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from print_service.act import JST, Act
from print_service.batches.exclusions import standing
from print_service.collection.match import balances
from print_service.collection.unsettled import RULE as UNSETTLED
from print_service.collection.unsettled import Unsettled, unsettled
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger.dunning_tables import DunnedItem, PullList, PullReport, PullRow
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, PieceState, get_job, require
from print_service.ledger.tables import Assessment, Job, Piece, PieceAssessment, Slip

NOTICE = "notice"
NOTHING = Unsettled(frozenset(), frozenset())
WITH_THE_VENDOR = (JobState.SEALED, JobState.INSPECTED)
"""A pull list is for goods that exist: after the sealing and before the posting."""


@dataclass(frozen=True)
class Pull:
    """A piece that must not leave, and the rule that says so."""

    piece_id: int
    number: int
    key: str
    values: Mapping[str, str | int]


@dataclass(frozen=True)
class Listed:
    """A revision of the list as staff see it: each piece with its rule and sentence."""

    batch: str
    revision: int
    deadline: datetime
    approved_by: str | None
    pulled: int | None
    pieces: tuple[tuple[int, str, str], ...]


def to_pull(session: Session, batch: str, on: date) -> Sequence[Pull]:
    """Printed pieces that no list names yet and that must not leave on that day, in postal order."""
    job = get_job(session, batch)
    listed = select(PullRow.piece_id)
    pieces = session.scalars(
        select(Piece)
        .where(Piece.job_id == batch, Piece.state == PieceState.COMPOSED, Piece.id.not_in(listed))
        .order_by(Piece.number)
    ).all()
    covers = _covers(session, batch)
    stands = standing(session, job.kind, on)
    gone = set(session.scalars(select(Assessment.id).where(Assessment.superseded.is_(True))))
    changed = _changed(session, batch)
    money = unsettled(session) if job.kind != NOTICE else NOTHING
    found: list[Pull] = []
    for piece in pieces:
        reason = next(
            (
                (key, values)
                for assessment_id, period in covers.get(piece.id, [(None, None)])
                for key, values in _reasons(
                    stands.rule(piece.payer_key, assessment_id, period),
                    changed.get((piece.id, assessment_id, period)),
                    superseded=assessment_id in gone,
                    unsettled=money.holds(piece.payer_key, assessment_id, period),
                )
            ),
            None,
        )
        if reason:
            found.append(Pull(piece.id, piece.number, *reason))
    return found


def list_pieces(
    session: Session, act: Act, batch: str, deadline: datetime, by_hand: Mapping[int, str] | None = None
) -> Listed:
    """Make the next revision, or take an unapproved one up again with what is known now.

    `by_hand` are further piece numbers with a reason. Refuses `pull.nothing`, a deadline in the past, and pieces that are not there.
    """
    job = get_job(session, batch)
    require(job, *WITH_THE_VENDOR)
    open_list = session.scalar(select(PullList).where(PullList.job_id == batch, PullList.approved_at.is_(None)))
    kept = _rows(session, open_list) if open_list else []
    pulls = {pull.number: pull for pull in (*kept, *to_pull(session, batch, act.day))}
    findings = [] if deadline > act.at else [Finding("pull.deadline", batch, {"deadline": _moment(deadline)})]
    for number, reason in (by_hand or {}).items():
        piece = session.scalar(select(Piece).where(Piece.job_id == batch, Piece.number == number))
        if piece is None or piece.state != PieceState.COMPOSED:
            findings.append(Finding("pull.no-piece", f"{batch}/{number}", {"number": number}))
        else:
            pulls[number] = Pull(piece.id, number, "pull.by-hand", {"reason": reason})
    if not pulls:
        findings.append(Finding("pull.nothing", batch))
    if findings:
        raise RefusedError(findings)
    if open_list is None:
        last = session.scalar(select(func.max(PullList.revision)).where(PullList.job_id == batch)) or 0
        open_list = PullList(job_id=batch, revision=last + 1, deadline=deadline, made_by=act.by, made_at=act.at)
        session.add(open_list)
    open_list.deadline, open_list.made_by, open_list.made_at = deadline.astimezone(JST), act.by, act.at
    session.flush()
    known = {row.piece_id for row in kept}
    for pull in sorted(pulls.values(), key=lambda one: one.number):
        if pull.piece_id not in known:
            row = PullRow(list_id=open_list.id, piece_id=pull.piece_id, key=pull.key, values=dict(pull.values))
            session.add(row)
    session.flush()
    body = {"revision": open_list.revision, "pieces": len(pulls), "deadline": deadline.isoformat()}
    record(session, Tag.PULL_LISTED, act, batch, body)
    return _listed(session, open_list)


def approve_pull(session: Session, act: Act, batch: str) -> Listed:
    """Approve the open revision, as another person than its maker and before its deadline; from now on its pieces never leave."""
    require(get_job(session, batch), *WITH_THE_VENDOR)
    mine = (PullList.job_id == batch, PullList.approved_at.is_(None))
    found = session.scalar(select(PullList).where(*mine))
    if found is None:
        raise refuse("pull.none-open", batch)
    findings = []
    if act.by == found.made_by:
        findings.append(Finding("job.same-person", batch, {"action": "引抜リストの承認", "maker": found.made_by}))
    if act.at >= _aware(found.deadline):
        findings.append(Finding("pull.deadline", batch, {"deadline": _moment(found.deadline)}))
    if findings:
        raise RefusedError(findings)
    found.approved_by, found.approved_at = act.by, act.at
    pieces = select(PullRow.piece_id).where(PullRow.list_id == found.id)
    session.execute(update(Piece).where(Piece.id.in_(pieces)).values(state=PieceState.PULLED))
    session.execute(update(Slip).where(Slip.piece_id.in_(pieces)).values(state="withdrawn"))
    listed = _listed(session, found)
    record(session, Tag.PULL_APPROVED, act, batch, {"revision": found.revision, "pieces": len(listed.pieces)})
    return listed


def report_pull(session: Session, act: Act, batch: str, revision: int, pulled: int, note: str = "") -> Listed:
    """Keep how many pieces the vendor pulled for a revision. A number that differs is kept too, and posting waits."""
    found = session.scalar(select(PullList).where(PullList.job_id == batch, PullList.revision == revision))
    if found is None or found.approved_at is None:
        raise refuse("pull.not-approved", batch, revision=revision)
    require(get_job(session, batch), *WITH_THE_VENDOR)
    session.add(PullReport(list_id=found.id, pulled=pulled, note=note, reported_by=act.by, reported_at=act.at))
    session.flush()
    listed = _listed(session, found)
    body = {"revision": revision, "pulled": pulled, "listed": len(listed.pieces)}
    record(session, Tag.PULL_REPORTED, act, batch, body)
    return listed


def pull_lists(session: Session, batch: str) -> Sequence[Listed]:
    """Every revision of a batch, in order."""
    found = session.scalars(select(PullList).where(PullList.job_id == batch).order_by(PullList.revision))
    return [_listed(session, row) for row in found]


def hindrances(session: Session, batch: str, on: date) -> Sequence[Finding]:
    """Why a batch may not be posted yet: a revision not approved or not reported, a count that differs, a piece that must not leave."""
    findings = []
    for listed in pull_lists(session, batch):
        where, count = f"{batch} r{listed.revision}", len(listed.pieces)
        if listed.approved_by is None:
            findings.append(Finding("pull.not-approved", where, {"revision": listed.revision}))
        elif listed.pulled is None:
            findings.append(Finding("pull.not-reported", where, {"revision": listed.revision, "count": count}))
        elif listed.pulled != count:
            values = {"revision": listed.revision, "count": count, "pulled": listed.pulled}
            findings.append(Finding("pull.count-differs", where, values))
    for pull in to_pull(session, batch, on):
        reason = Finding(pull.key, "", pull.values).sentence
        findings.append(
            Finding("pull.must-not-leave", f"{batch}/{pull.number}", {"number": pull.number, "reason": reason})
        )
    return findings


def waiting(session: Session, on: date) -> Mapping[str, int]:
    """Batch → pieces to pull that no list names yet, for every batch between sealing and posting: asked after each payment file."""
    jobs = session.scalars(select(Job.id).where(Job.state.in_(WITH_THE_VENDOR)).order_by(Job.id)).all()
    counts = {batch: len(to_pull(session, batch, on)) for batch in jobs}
    return {batch: count for batch, count in counts.items() if count}


def _covers(session: Session, batch: str) -> Mapping[int, Sequence[tuple[int | None, int | None]]]:
    found: dict[int, list[tuple[int | None, int | None]]] = {}
    for piece_id, assessment_id, period in session.execute(
        select(PieceAssessment.piece_id, PieceAssessment.assessment_id, PieceAssessment.period)
        .join(Piece, Piece.id == PieceAssessment.piece_id)
        .where(Piece.job_id == batch)
        .order_by(PieceAssessment.id)
    ):
        found.setdefault(piece_id, []).append((assessment_id, period))
    return found


def _changed(session: Session, batch: str) -> Mapping[tuple[int, Any, Any], tuple[str, dict[str, str | int]]]:
    """(piece, assessment, period) whose debt is no longer what its letter says. Empty for notices: they say what was assessed."""
    said = session.scalars(
        select(DunnedItem).join(Piece, Piece.id == DunnedItem.piece_id).where(Piece.job_id == batch)
    ).all()
    if not said:
        return {}
    wanted = {(item.assessment_id, item.period) for item in said}
    now = {
        key: (balance.paid + balance.late_charge_paid, balance.unpaid)
        for balance in balances(session, due_by=date.max, until=date.max)
        if (key := (balance.assessment.id, balance.instalment.number)) in wanted
    }
    found: dict[tuple[int, Any, Any], tuple[str, dict[str, str | int]]] = {}
    for item in said:
        paid, unpaid = now.get((item.assessment_id, item.period), (0, item.unpaid))
        place = (item.piece_id, item.assessment_id, item.period)
        if paid > item.paid and not unpaid:
            found[place] = ("pull.paid", {"unpaid": paid - item.paid})
        elif paid != item.paid:
            found[place] = ("pull.amount-changed", {"said": item.unpaid, "unpaid": unpaid})
    return found


def _reasons(
    rule: str | None, changed: tuple[str, dict[str, str | int]] | None, *, superseded: bool, unsettled: bool
) -> Sequence[tuple[str, dict[str, str | int]]]:
    found: list[tuple[str, dict[str, str | int]]] = [(rule, {})] if rule else []
    found += [changed] if changed else []
    found += [("pull.superseded", {})] if superseded else []
    return [*found, (UNSETTLED, {})] if unsettled else found


def _rows(session: Session, found: PullList) -> list[Pull]:
    rows = session.execute(
        select(PullRow, Piece.number)
        .join(Piece, Piece.id == PullRow.piece_id)
        .where(PullRow.list_id == found.id)
        .order_by(Piece.number)
    )
    return [Pull(row.piece_id, number, row.key, row.values) for row, number in rows]


def _listed(session: Session, found: PullList) -> Listed:
    last = select(PullReport.pulled).where(PullReport.list_id == found.id).order_by(PullReport.id.desc()).limit(1)
    rows = tuple((pull.number, pull.key, Finding(pull.key, "", pull.values).sentence) for pull in _rows(session, found))
    return Listed(found.job_id, found.revision, _aware(found.deadline), found.approved_by, session.scalar(last), rows)


def _aware(moment: datetime) -> datetime:
    """SQLite keeps a moment without its zone; deadlines are written in Japan time."""
    return moment.astimezone(JST) if moment.tzinfo else moment.replace(tzinfo=JST)


def _moment(moment: datetime) -> str:
    return f"{_aware(moment):%Y-%m-%d %H:%M}"
