"""A dunning run becomes a job: candidates are grouped by payer into envelopes and go through steps 2 to 9 like any notice.

Amounts come from the ledger at this moment, never from an older plan; late charge is computed to the run's day.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.batches.freeze import Draft, Frozen, JobOrder, freeze
from print_service.collection.match import Balance
from print_service.dunning.late_charge import late_charge
from print_service.dunning.notice import charge_notice
from print_service.dunning.plan import (
    FINAL_DEMAND,
    REMINDER,
    Candidates,
    by_payer,
    demand_candidates,
    reminded_on,
    reminder_candidates,
)
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Payer
from print_service.notices.documents import Demand, Document, final_demands, period_label, reminder, slip_request
from print_service.settings import Settings
from print_service.taxitems import tax_item


@dataclass(frozen=True)
class Run:
    """What a run made: instalments chosen, excluded by rule, and the frozen job."""

    data_as_of: date
    chosen: int
    excluded: dict[str, int]
    frozen: Frozen


def run_reminders(
    session: Session, settings: Settings, act: Act, batch: str, tax_items: Sequence[str], as_of: date
) -> Run:
    """督促状 for everything unpaid `reminder_after_days` after its due date. Refuses `dunning.stale-channel`."""
    found = reminder_candidates(session, settings, tax_items, as_of)
    order = JobOrder(batch, REMINDER, tuple(tax_items), _levy_year(found, as_of), as_of, found.data_as_of)
    return _run(session, settings, act, order, found, _reminder_drafts(session, settings, found, as_of))


def run_final_demands(session: Session, settings: Settings, act: Act, batch: str, as_of: date) -> Run:
    """催告書 for every payer whose reminder stayed without payment, late charge to `as_of`."""
    found = demand_candidates(session, settings, as_of)
    items = tuple(sorted({balance.assessment.tax_item for balance in found.chosen}))
    order = JobOrder(batch, FINAL_DEMAND, items, _levy_year(found, as_of), as_of, found.data_as_of)
    return _run(session, settings, act, order, found, _demand_drafts(session, settings, found, as_of))


def _run(
    session: Session, settings: Settings, act: Act, order: JobOrder, found: Candidates, drafts: Iterator[Draft]
) -> Run:
    frozen = freeze(session, settings, act, order, drafts)
    excluded = dict(Counter(key for _, key in found.excluded))
    body = {"data_as_of": found.data_as_of.isoformat(), "chosen": len(found.chosen), "excluded": excluded}
    record(session, Tag.RUN_PLANNED, act, order.batch, body)
    return Run(found.data_as_of, len(found.chosen), excluded, frozen)


def _levy_year(found: Candidates, as_of: date) -> int:
    return max((balance.assessment.levy_year for balance in found.chosen), default=as_of.year)


def _reminder_drafts(session: Session, settings: Settings, found: Candidates, as_of: date) -> Iterator[Draft]:
    pay_by = as_of + timedelta(days=settings.dunning.pay_within_days)
    for key, mine in by_payer(found.chosen):
        documents: list[Document] = []
        for balance in mine:
            label = period_label(balance.instalment.number, balance.parts)
            facts = {
                "paid": balance.paid,
                "unpaid": balance.unpaid,
                "pay_by": pay_by.isoformat(),
                "data_as_of": found.data_as_of.isoformat(),
                "charge_notice": charge_notice(balance.instalment.due, as_of),
            }
            documents.append(reminder(balance.assessment, balance.instalment, label, as_of, facts))
            documents.append(
                slip_request(
                    balance.assessment,
                    balance.instalment.number,
                    balance.unpaid,
                    balance.instalment.due,
                    pay_by,
                    label,
                    REMINDER,
                )
            )
        yield Draft(session.get_one(Payer, key), tuple(documents), _covers(mine))


def _demand_drafts(session: Session, settings: Settings, found: Candidates, as_of: date) -> Iterator[Draft]:
    pay_by = as_of + timedelta(days=settings.dunning.pay_within_days)
    reminded = reminded_on(session)
    for key, mine in by_payer(found.chosen):
        demands = [
            _demand(balance, reminded.get((balance.assessment.id, balance.instalment.number)), as_of)
            for balance in mine
        ]
        documents = tuple(final_demands(key, demands, as_of, pay_by, found.data_as_of))
        yield Draft(session.get_one(Payer, key), documents, _covers(mine))


def _demand(balance: Balance, reminded: date | None, as_of: date) -> Demand:
    charge = late_charge(balance.instalment.amount, balance.instalment.due, as_of, _parts(balance, as_of))
    return Demand(
        tax_title=tax_item(balance.assessment.tax_item, as_of).title,
        levy_year=balance.assessment.levy_year,
        period_label=period_label(balance.instalment.number, balance.parts),
        notice_no=balance.assessment.notice_no,
        due=balance.instalment.due,
        reminded_on=reminded,
        unpaid=balance.unpaid,
        late_charge=charge.amount,
    )


def _parts(balance: Balance, as_of: date) -> list[tuple[date, int]]:
    """Part payments as they reduced the debt up to that day; what was paid beyond it does not count."""
    left, parts = balance.instalment.amount, []
    for payment in balance.payments:
        counted = min(payment.amount, left)
        if counted and payment.collected_on <= as_of:
            parts.append((payment.collected_on, counted))
        left -= counted
    return parts


def _covers(mine: Sequence[Balance]) -> tuple[tuple[int, int], ...]:
    return tuple((balance.assessment.id, balance.instalment.number) for balance in mine)
