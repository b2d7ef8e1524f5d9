"""Step 12 dun 督促・催告: who owes, after the last load, and who must not be written to.

地方税法329条: a reminder 督促状 within 20 days after the due date; it needs the evidence that the notice was posted. A final demand
催告書 follows where the reminder stayed without payment. A run refuses while a payment channel is not loaded up to its cut-off.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from print_service.calendar import reminder_day
from print_service.collection.load import CHANNEL_CVS
from print_service.collection.match import Balance, balances
from print_service.findings import refuse
from print_service.ledger.states import JobState, PieceState
from print_service.ledger.tables import Job, Piece, PieceAssessment, SourceFile
from print_service.settings import Settings

NOTICE, REMINDER, FINAL_DEMAND = "notice", "reminder", "final-demand"
CHANNELS = (CHANNEL_CVS,)


@dataclass(frozen=True)
class Candidates:
    """Whom to write to, and who is excluded by which rule. Payments are known up to `data_as_of`."""

    data_as_of: date
    chosen: tuple[Balance, ...]
    excluded: tuple[tuple[Balance, str], ...]


def data_as_of(session: Session, settings: Settings, as_of: date) -> date:
    """The last day up to which every channel is loaded; `dunning.stale-channel` when one lags too far behind."""
    days = []
    for channel in CHANNELS:
        covered = session.scalar(
            select(func.max(SourceFile.covered_to)).where(SourceFile.kind == "payments", SourceFile.scope == channel)
        )
        needed = as_of - timedelta(days=settings.dunning.expected_lag_days)
        if covered is None or covered < needed:
            seen = covered.isoformat() if covered else "なし"
            raise refuse("dunning.stale-channel", channel, channel=channel, covered=seen, needed=needed.isoformat())
        days.append(covered)
    return min(days)


def reminder_candidates(session: Session, settings: Settings, tax_items: Sequence[str], as_of: date) -> Candidates:
    """Instalments unpaid `reminder_after_days` after their due date, no reminder posted or under way.

    Only what fell due while payments are known: who paid on the due date must be seen.
    """
    known = data_as_of(session, settings, as_of)
    noticed = _covered(session, NOTICE)
    reminded = _covered(session, REMINDER, under_way=True)
    chosen: list[Balance] = []
    excluded: list[tuple[Balance, str]] = []
    for balance in balances(session, due_by=min(as_of, known), until=known):
        if balance.assessment.tax_item not in tax_items or not balance.unpaid or _key(balance) in reminded:
            continue
        if reminder_day(balance.instalment.due, settings.dunning.reminder_after_days) > as_of:
            continue
        key = _exclusion(balance, noticed)
        if key:
            excluded.append((balance, key))
        else:
            chosen.append(balance)
    return Candidates(known, tuple(chosen), tuple(excluded))


def demand_candidates(session: Session, settings: Settings, as_of: date) -> Candidates:
    """Every overdue unpaid instalment of each payer who left a posted reminder without payment.

    Due dates and reminders' limits count only while payments are known: who paid on the last day must be seen.
    """
    known = data_as_of(session, settings, as_of)
    noticed = _covered(session, NOTICE)
    last = min(as_of - timedelta(days=1), known)
    limit = timedelta(days=settings.dunning.pay_within_days)
    waited = {key for key, day in _covered(session, REMINDER).items() if day + limit <= last}
    owed = [balance for balance in balances(session, due_by=last, until=known) if balance.unpaid]
    in_print = _covered(session, FINAL_DEMAND, posted=False, under_way=True)
    chosen: list[Balance] = []
    excluded: list[tuple[Balance, str]] = []
    for _, mine in by_payer(owed):
        keys = {_key(balance) for balance in mine}
        if not keys & waited or keys & in_print.keys():
            continue
        for balance in mine:
            key = _exclusion(balance, noticed)
            if key:
                excluded.append((balance, key))
            else:
                chosen.append(balance)
    return Candidates(known, tuple(chosen), tuple(excluded))


def reminded_on(session: Session) -> Mapping[tuple[int, int], date]:
    """(assessment, period) → issue date of its posted reminder."""
    return _covered(session, REMINDER)


def by_payer(chosen: Sequence[Balance]) -> Iterator[tuple[str, list[Balance]]]:
    """Balances grouped by payer key; the input is in payer order."""
    for key, group in groupby(chosen, key=lambda balance: balance.assessment.payer_key):
        yield key, list(group)


def _key(balance: Balance) -> tuple[int, int]:
    return balance.assessment.id, balance.instalment.number


def _exclusion(balance: Balance, noticed: Mapping[tuple[int, int], date]) -> str | None:
    if balance.assessment.method != "slip":
        return "dunning.channel-not-built"
    if _key(balance) not in noticed:
        return "dunning.notice-not-posted"
    return None


def _covered(
    session: Session, kind: str, *, posted: bool = True, under_way: bool = False
) -> Mapping[tuple[int, int], date]:
    """(assessment, period) → issue date of the pieces of a kind that are posted, or still to be posted, or both."""
    waiting = Piece.state.in_([PieceState.FROZEN, PieceState.COMPOSED]) & (Job.state != JobState.REJECTED)
    counts = [(Piece.state == PieceState.POSTED, posted), (waiting, under_way)]
    found = session.execute(
        select(PieceAssessment.assessment_id, PieceAssessment.period, Job.issued_on)
        .join(Piece, Piece.id == PieceAssessment.piece_id)
        .join(Job, Job.id == Piece.job_id)
        .where(Job.kind == kind, or_(*(state for state, wanted in counts if wanted)))
    )
    return {(assessment, period): day for assessment, period, day in found}
