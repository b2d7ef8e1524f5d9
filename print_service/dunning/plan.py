"""Step 12 dun 督促・催告: who owes, after the last load, and who must not be written to.

地方税法329条: a reminder 督促状 within 20 days after the due date; it needs the evidence that the notice was posted. A final demand
催告書 follows by the ward's policy where the reminder stayed without payment, and asks for the late charge of what was paid late.

A payment counts from whatever channel and day it is known; how far each channel is loaded decides only which due dates may be judged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from print_service.batches.exclusions import Standing, standing
from print_service.batches.freshness import Gate, gate
from print_service.calendar import reminder_day
from print_service.collection.match import Balance, balances
from print_service.collection.unsettled import RULE as UNSETTLED
from print_service.collection.unsettled import unsettled
from print_service.dunning.owed import Owed, owed
from print_service.ledger.collection_tables import Receipt
from print_service.ledger.states import JobState, PieceState
from print_service.ledger.tables import Job, Piece, PieceAssessment
from print_service.settings import Settings

NOTICE, REMINDER, FINAL_DEMAND = "notice", "reminder", "final-demand"
DIRECT_DEBIT = "direct-debit"
Key = tuple[int, int]


@dataclass(frozen=True)
class Candidates:
    """Whom to write to, and who is excluded by which rule. `gate` says how far payments are known."""

    gate: Gate
    chosen: tuple[Balance, ...]
    excluded: tuple[tuple[Balance, str], ...]

    @property
    def data_as_of(self) -> date:
        """The day up to which every channel is loaded."""
        return self.gate.data_as_of


def reminder_candidates(
    session: Session, settings: Settings, tax_items: Sequence[str], as_of: date, batch: str = ""
) -> Candidates:
    """Instalments unpaid `reminder_after_days` after their due date, no reminder posted or under way.

    Only what fell due while payments are known: who paid on the due date must be seen. `batch` names the run whose overrides hold.
    """
    known = gate(session, settings, batch, as_of)
    reminded = _covered(session, REMINDER, under_way=True)
    after = settings.dunning.reminder_after_days
    due = [
        balance
        for balance in balances(session, due_by=min(as_of, known.known_to), until=date.max)
        if balance.assessment.tax_item in tax_items
        and balance.unpaid
        and key_of(balance) not in reminded
        and reminder_day(balance.instalment.due, after) <= as_of
    ]
    return _sorted_out(session, settings, known, REMINDER, as_of, due)


def demand_candidates(session: Session, settings: Settings, as_of: date, batch: str = "") -> Candidates:
    """Every overdue debt of each payer who left a posted reminder without payment, or paid late and owes the late charge.

    Due dates and reminders' limits count only while payments are known: who paid on the last day must be seen.
    """
    known = gate(session, settings, batch, as_of)
    last = min(as_of - timedelta(days=1), known.known_to)
    policy = settings.dunning
    limit = timedelta(days=policy.pay_within_days + policy.demand_after_days)
    waited = {key for key, day in _covered(session, REMINDER).items() if day + limit <= last}
    again = timedelta(days=policy.demand_again_after_days)
    recent = {key for key, day in _covered(session, FINAL_DEMAND).items() if day + again > as_of}
    in_print = _covered(session, FINAL_DEMAND, posted=False, under_way=True)
    due: list[Balance] = []
    for _, group in by_payer(balances(session, due_by=last, until=date.max)):
        debts = [(balance, owed(balance, as_of)) for balance in group if _may_owe(balance, settings)]
        mine = [(balance, debt) for balance, debt in debts if debt.unpaid or _charge_stands(debt, last)]
        keys = {key_of(balance) for balance, _ in mine}
        ripe = {key_of(balance) for balance, debt in mine if _is_ripe(balance, debt, waited, last - limit)}
        if ripe - recent and not keys & in_print.keys():
            due += [balance for balance, _ in mine]
    found = _sorted_out(session, settings, known, FINAL_DEMAND, as_of, due)
    return _above_least(found, policy.demand_least, as_of)


def reminded_on(session: Session) -> Mapping[Key, date]:
    """(assessment, period) → issue date of its posted reminder."""
    return _covered(session, REMINDER)


def by_payer(chosen: Iterable[Balance]) -> Iterator[tuple[str, list[Balance]]]:
    """Balances grouped by payer key; the input is in payer order."""
    for key, group in groupby(chosen, key=lambda balance: balance.assessment.payer_key):
        yield key, list(group)


def key_of(balance: Balance) -> Key:
    """(assessment, period) of a balance."""
    return balance.assessment.id, balance.instalment.number


def _may_owe(balance: Balance, settings: Settings) -> bool:
    """Unpaid, or paid at some time after the due date (then a late charge may be left, if the ward asks for it)."""
    late = any(payment.collected_on > balance.instalment.due for payment in balance.payments)
    return bool(balance.unpaid) or (late and settings.dunning.late_charge_alone)


def _charge_stands(debt: Owed, last: date) -> bool:
    """Whether a late charge is left of tax that was paid in full by the last day on which payments are known."""
    return bool(debt.late_charge) and debt.settled_on is not None and debt.settled_on <= last


def _is_ripe(balance: Balance, debt: Owed, waited: set[Key], settled_by: date) -> bool:
    """Whether this debt by itself calls for a demand: a reminder was left, or the tax was paid late and long enough ago."""
    if debt.unpaid:
        return key_of(balance) in waited
    return debt.settled_on is not None and debt.settled_on <= settled_by


def _sorted_out(
    session: Session, settings: Settings, known: Gate, letter: str, as_of: date, due: Sequence[Balance]
) -> Candidates:
    noticed = _covered(session, NOTICE)
    stands = standing(session, letter, as_of)
    debit = DIRECT_DEBIT in settings.collection.lag_business_days
    money, tried = unsettled(session), _debits_tried(session)
    chosen: list[Balance] = []
    excluded: list[tuple[Balance, str]] = []
    for balance in due:
        key = _exclusion(balance, noticed, stands, debit=debit)
        if key is None and money.holds(balance.assessment.payer_key, *key_of(balance)):
            key = UNSETTLED
        if key is None and balance.assessment.method != "slip" and key_of(balance) not in tried:
            key = "dunning.no-debit-result"
        if key:
            excluded.append((balance, key))
        else:
            chosen.append(balance)
    return Candidates(known, tuple(chosen), tuple(excluded))


def _exclusion(balance: Balance, noticed: Mapping[Key, date], stands: Standing, *, debit: bool) -> str | None:
    if balance.assessment.method != "slip" and not debit:
        return "dunning.channel-not-built"
    if key_of(balance) not in noticed:
        return "dunning.notice-not-posted"
    return stands.rule(balance.assessment.payer_key, *key_of(balance))


def _debits_tried(session: Session) -> set[Key]:
    """(assessment, period) of which a bank told whether its debit succeeded: one bank's file may be there and another's not."""
    told = select(Receipt.assessment_id, Receipt.period).where(Receipt.channel == DIRECT_DEBIT).distinct()
    return {(bill, part) for bill, part in session.execute(told) if bill is not None and part is not None}


def _above_least(found: Candidates, least: int, as_of: date) -> Candidates:
    if not least:
        return found
    chosen: list[Balance] = []
    excluded = list(found.excluded)
    for _, mine in by_payer(found.chosen):
        debts = [owed(balance, as_of) for balance in mine]
        if sum(debt.unpaid + debt.late_charge for debt in debts) < least:
            excluded += [(balance, "dunning.below-least") for balance in mine]
        else:
            chosen += mine
    return Candidates(found.gate, tuple(chosen), tuple(excluded))


def _covered(session: Session, kind: str, *, posted: bool = True, under_way: bool = False) -> Mapping[Key, date]:
    """(assessment, period) → last issue date of the pieces of a kind that are posted, or still to be posted, or both."""
    waiting = Piece.state.in_([PieceState.FROZEN, PieceState.COMPOSED]) & (Job.state != JobState.REJECTED)
    counts = [(Piece.state == PieceState.POSTED, posted), (waiting, under_way)]
    found = session.execute(
        select(PieceAssessment.assessment_id, PieceAssessment.period, Job.issued_on)
        .join(Piece, Piece.id == PieceAssessment.piece_id)
        .join(Job, Job.id == Piece.job_id)
        .where(Job.kind == kind, or_(*(state for state, wanted in counts if wanted)))
        .order_by(Job.issued_on, Job.id)
    )
    return {(assessment, period): day for assessment, period, day in found}
