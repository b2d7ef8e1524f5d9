"""Late charge on tax that was paid late: it stands still on the day of payment, is owed all the same, and a demand may ask for it.

By hand at the rates of 2026: 632,800 due 6/30 paid 8/20: 632,000 × 31 d × 2.8 % = 1,502; × 20 d × 9.1 % = 3,151; 4,653 → 4,600.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from print_service.collection.match import Balance, Payment
from print_service.demo.payments import Visit
from print_service.dunning.owed import owed
from print_service.dunning.plan import demand_candidates
from print_service.ledger.tables import Assessment, Instalment

TAX, CAR = "resident-tax", "vehicle-tax"
DUE, PAID = date(2026, 6, 30), date(2026, 8, 20)
SAKI, RICH = "variant-taka-saki", "above-limit"


def balance(amount, *payments, charge=0):
    parts = tuple(Payment(yen, day) for day, yen in payments)
    return Balance(None, Instalment(assessment_id=1, number=1, due=DUE, amount=amount), 4, parts, charge)


def test_the_charge_stands_still_when_the_tax_is_paid():
    for as_of in (PAID, PAID + timedelta(days=1), date(2026, 12, 31)):
        assert owed(balance(632_800, (PAID, 632_800)), as_of).late_charge == 4_600
    assert owed(balance(632_800, (PAID, 632_800)), PAID).settled_on == PAID


def test_it_needs_no_rates_of_a_later_year_than_the_payments():
    """The rates of 2027 are unknown, and not needed for tax paid in 2026."""
    assert owed(balance(632_800, (PAID, 632_800)), date(2027, 3, 1)).late_charge == 4_600


@pytest.mark.parametrize("as_of", [DUE, date(2026, 12, 31)])
def test_paid_in_time_owes_nothing(as_of):
    debt = owed(balance(632_800, (date(2026, 6, 30), 632_800)), as_of)
    assert (debt.unpaid, debt.late_charge) == (0, 0)


@pytest.mark.parametrize(("beyond", "left"), [(0, 4_600), (4_000, 600), (4_600, 0), (9_999, 0)])
def test_money_beyond_the_tax_pays_the_charge(beyond, left):
    debt = owed(balance(632_800, (PAID, 632_800 + beyond)), date(2026, 9, 30))
    assert (debt.unpaid, debt.late_charge) == (0, left)


def test_money_that_the_file_calls_late_charge_pays_it_too():
    assert owed(balance(632_800, (PAID, 632_800), charge=4_600), date(2026, 9, 30)).late_charge == 0


def test_part_payments_lower_the_base_and_the_last_one_stops_the_clock():
    """By hand: 300,000 on 7/31, the rest 8/20: 632,000 × 31 d × 2.8 % = 1,502; 332,000 × 20 d × 9.1 % = 1,655; 3,157 → 3,100."""
    debt = owed(balance(632_800, (PAID, 332_800), (date(2026, 7, 31), 300_000)), date(2026, 12, 1))
    assert (debt.unpaid, debt.late_charge, debt.settled_on) == (0, 3_100, PAID)


def rows(dunned, as_of, **policy):
    settings = dunned.ward.settings
    if policy:
        settings = settings.model_copy(update={"dunning": settings.dunning.model_copy(update=policy)})
    with dunned.ward.session() as session:
        found = demand_candidates(session, settings, as_of)
        return {
            (b.assessment.payer_key, b.assessment.tax_item, b.instalment.number): owed(b, as_of) for b in found.chosen
        }


def test_a_demand_asks_for_the_charge_of_tax_paid_late(dunned):
    """Bug: a late charge was never asked for once the tax was paid. Direct row: an instalment large enough to bear one.

    By hand: 100,000 due 6/30 paid 12/1: 31 d × 2.8 % = 237; × 123 d × 9.1 % = 3,066; 3,303 → 3,300.
    """
    with dunned.ward.session() as session:
        mine = (Assessment.payer_key == dunned.payer(SAKI), Assessment.tax_item == TAX, Instalment.number == 1)
        part = session.scalars(select(Instalment).join(Assessment).where(*mine)).one()
        slip = dunned.slip(session, SAKI, TAX, 1)
        part.amount = 100_000
        digits = dunned.part_slip(session, slip, 100_000)
    dunned.pay(date(2026, 12, 28), [Visit(digits, 100_000, date(2026, 12, 1), "confirmed")])
    key = (dunned.payer(SAKI), TAX, 1)
    debt = rows(dunned, date(2026, 12, 28))[key]
    assert (debt.unpaid, debt.late_charge, debt.settled_on) == (0, 3_300, date(2026, 12, 1))
    assert key not in rows(dunned, date(2026, 12, 28), late_charge_alone=False)
    assert key not in rows(dunned, date(2026, 12, 10))  # the reminder's term has to pass after the payment, too


def test_the_same_instalment_is_not_demanded_again_before_its_time(reminded):
    first, policy = date(2026, 9, 30), reminded.ward.settings.dunning
    reminded.pay(first)
    reminded.demand("R08-F01", first)
    reminded.ward.post_blank("R08-F01", first, "M-F01")
    again = first + timedelta(days=policy.demand_again_after_days)
    reminded.pay(again)
    assert rows(reminded, again - timedelta(days=1)) == {}
    assert rows(reminded, again)


def test_a_debt_below_the_wards_least_is_excluded_by_key(reminded):
    reminded.pay(date(2026, 9, 30))
    settings = reminded.ward.settings
    strict = settings.model_copy(update={"dunning": settings.dunning.model_copy(update={"demand_least": 260_000})})
    with reminded.ward.session() as session:
        found = demand_candidates(session, strict, date(2026, 9, 30))
    assert reminded.payer(RICH) in {b.assessment.payer_key for b in found.chosen}
    assert (reminded.payer(SAKI), "dunning.below-least") in {(b.assessment.payer_key, key) for b, key in found.excluded}


def test_waiting_longer_after_the_reminders_limit_is_the_wards_choice(reminded):
    reminded.pay(date(2026, 8, 20))
    assert rows(reminded, date(2026, 8, 20))
    assert rows(reminded, date(2026, 8, 20), demand_after_days=20) == {}
