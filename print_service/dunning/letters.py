"""From what is owed to what is printed: one envelope a payer, a reminder 督促状 an instalment, one final demand 催告書 for everything.

Amounts come from the ledger at this moment, never from an older plan; late charge is computed to the day of the letter.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from print_service.batches.freeze import Draft
from print_service.collection.match import Balance
from print_service.dunning.notice import charge_notice
from print_service.dunning.owed import owed
from print_service.dunning.plan import REMINDER, Candidates, by_payer, key_of, reminded_on
from print_service.ledger.tables import Payer
from print_service.notices.documents import Demand, Document, final_demands, period_label, reminder, slip_request
from print_service.settings import Settings
from print_service.taxitems import tax_item


def reminder_drafts(session: Session, settings: Settings, found: Candidates, as_of: date) -> Iterator[Draft]:
    """An envelope a payer: for each instalment its reminder and a slip of its own."""
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


def demand_drafts(session: Session, settings: Settings, found: Candidates, as_of: date) -> Iterator[Draft]:
    """An envelope a payer with one demand that lists everything he owes."""
    pay_by = as_of + timedelta(days=settings.dunning.pay_within_days)
    reminded = reminded_on(session)
    for key, mine in by_payer(found.chosen):
        demands = [_demand(balance, reminded.get(key_of(balance)), as_of) for balance in mine]
        documents = tuple(final_demands(key, demands, as_of, pay_by, found.data_as_of))
        yield Draft(session.get_one(Payer, key), documents, _covers(mine))


def _demand(balance: Balance, reminded: date | None, as_of: date) -> Demand:
    debt = owed(balance, as_of)
    return Demand(
        tax_title=tax_item(balance.assessment.tax_item, as_of).title,
        levy_year=balance.assessment.levy_year,
        period_label=period_label(balance.instalment.number, balance.parts),
        notice_no=balance.assessment.notice_no,
        due=balance.instalment.due,
        reminded_on=reminded,
        unpaid=debt.unpaid,
        late_charge=debt.late_charge,
    )


def _covers(mine: Sequence[Balance]) -> tuple[tuple[int, int], ...]:
    return tuple(key_of(balance) for balance in mine)
