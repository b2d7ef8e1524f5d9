"""The final demand 催告書: everything one payer still owes, with late charge to the day, after a reminder stayed without payment.

Late charges by hand at the rates of 2026, 2.8 % in the first month and 9.1 % after it, 365 days, each stretch cut to whole yen, the
sum cut to hundreds and nothing below 1,000 (地方税法20条の4の2, 326条, 附則3条の2).
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from print_service.collection.unsettled import RULE
from print_service.collection.worklist import settle, worklist
from print_service.demo.payments import Visit
from print_service.dunning.plan import demand_candidates
from print_service.findings import RefusedError
from print_service.ledger.tables import Piece

CAR, TAX = "vehicle-tax", "resident-tax"
REMINDED, DEMANDED = date(2026, 7, 21), date(2026, 9, 30)
LIMIT = REMINDED + timedelta(days=15)  # setting pay_within_days
SAKI = "variant-taka-saki"


def letter(dunned, case):
    (fields,) = dunned.documents("R08-F01", case, "final_demand")
    return fields


def rows(dunned, case):
    return [(row["due"], row["unpaid"], row["late_charge"]) for row in letter(dunned, case)["rows"]]


def test_it_lists_every_overdue_instalment_of_one_payer_of_both_taxes(reminded):
    """髙﨑: 12,900 since 6/1: 12,000 × 30 d × 2.8 % = 27; × 91 d × 9.1 % = 272; 299 is below 1,000.

    120,500 since 6/30: 120,000 × 31 d × 2.8 % = 285; × 61 d × 9.1 % = 1,824; 2,109 → 2,100.
    120,000 since 8/31: × 30 d × 2.8 % = 276, below 1,000. Not reminded yet, but overdue and listed.
    """
    reminded.pay(DEMANDED)
    reminded.demand("R08-F01", DEMANDED)
    assert rows(reminded, SAKI) == [
        ("2026-06-01", 12_900, 0),
        ("2026-06-30", 120_500, 2_100),
        ("2026-08-31", 120_000, 0),
    ]
    assert [row["reminded_on"] for row in letter(reminded, SAKI)["rows"]] == ["2026-07-21", "2026-07-21", None]


def test_its_totals_are_the_sums_of_its_rows(reminded):
    reminded.pay(DEMANDED)
    reminded.demand("R08-F01", DEMANDED)
    told = letter(reminded, SAKI)
    assert (told["total_unpaid"], told["total_late_charge"], told["total"]) == (253_400, 2_100, 255_500)
    assert (told["charge_as_of"], told["data_as_of"], told["pay_by"]) == ("2026-09-30", "2026-09-29", "2026-10-15")


def test_late_charge_of_a_large_debt(reminded):
    """632,800 since 6/30: 632,000 × 31 d × 2.8 % = 1,502; × 61 d × 9.1 % = 9,611; 11,113 → 11,100.

    632,000 since 8/31: × 30 d × 2.8 % = 1,454 → 1,400.
    """
    reminded.pay(DEMANDED)
    reminded.demand("R08-F01", DEMANDED)
    assert rows(reminded, "above-limit") == [("2026-06-30", 632_800, 11_100), ("2026-08-31", 632_000, 1_400)]
    told = letter(reminded, "above-limit")
    assert (told["total_unpaid"], told["total_late_charge"], told["total"]) == (1_264_800, 12_500, 1_277_300)


def test_a_part_payment_lowers_debt_and_charge(reminded):
    """50,000 of 120,500 paid on 8/15: 120,000: 31 d × 2.8 % = 285, 15 d × 9.1 % = 448; 70,000: 46 d = 802; 1,535 → 1,500."""
    with reminded.ward.session() as session:
        digits = reminded.part_slip(session, reminded.slip(session, SAKI, TAX, 1), 50_000)
    reminded.pay(DEMANDED, [Visit(digits, 50_000, date(2026, 8, 15), "confirmed")])
    reminded.demand("R08-F01", DEMANDED)
    assert rows(reminded, SAKI)[1] == ("2026-06-30", 70_500, 1_500)
    assert letter(reminded, SAKI)["total"] == 12_900 + 70_500 + 1_500 + 120_000


def test_parts_beyond_the_debt_leave_nothing_to_demand(reminded):
    """100,000 and 120,500 for 120,500: what is too much has to be settled first (充当, 地方税法17条の2), and lowers no other row by itself."""
    again = reminded.visit(SAKI, TAX, 1, date(2026, 8, 20))
    with reminded.ward.session() as session:
        digits = reminded.part_slip(session, reminded.slip(session, SAKI, TAX, 1), 100_000)
    reminded.pay(DEMANDED, [Visit(digits, 100_000, date(2026, 8, 15), "confirmed"), again])
    with reminded.ward.session() as session:
        found = demand_candidates(session, reminded.ward.settings, DEMANDED)
        assert {k for b, k in found.excluded if b.assessment.payer_key == reminded.payer(SAKI)} == {RULE}
        (item,) = worklist(session, DEMANDED)
        settle(session, reminded.act(f"{DEMANDED} 09:00"), item.id, "還付")
    reminded.demand("R08-F01", DEMANDED)
    assert rows(reminded, SAKI) == [("2026-06-01", 12_900, 0), ("2026-08-31", 120_000, 0)]


@pytest.mark.parametrize("outcome", ["provisional", "confirmed"])
def test_who_paid_after_the_reminder_is_not_demanded(reminded, outcome):
    one = reminded.visit("variation-selector", TAX, 0, LIMIT, outcome)
    car = reminded.visit("variation-selector", CAR, 1, LIMIT, outcome, kind="reminder")
    reminded.pay(DEMANDED, [one, car])
    reminded.demand("R08-F01", DEMANDED)
    assert reminded.payer("variation-selector") not in {payer for payer, _, _ in reminded.covered("R08-F01")}


def test_a_cancelled_payment_after_the_reminder_is_demanded(reminded):
    reminded.pay(DEMANDED, [reminded.visit(SAKI, TAX, 1, LIMIT, "cancelled")])
    reminded.demand("R08-F01", DEMANDED)
    assert ("2026-06-30", 120_500, 2_100) in rows(reminded, SAKI)


def test_nobody_is_demanded_before_the_reminders_limit_has_passed(reminded):
    reminded.pay(LIMIT)
    with pytest.raises(RefusedError) as refused:
        reminded.demand("R08-F01", LIMIT)
    assert [finding.key for finding in refused.value.findings] == ["dunning.nobody"]
    reminded.pay(LIMIT + timedelta(days=1))
    assert reminded.demand("R08-F01", LIMIT + timedelta(days=1)).chosen > 0


def test_who_paid_on_the_last_day_must_be_known_before_the_demand(reminded):
    """Bug: the run came the day after the limit with payments known up to five days before it."""
    reminded.ward.fresh(LIMIT + timedelta(days=1), "convenience-store")
    reminded.ward.pay("late.dat", [], LIMIT - timedelta(days=4))
    with pytest.raises(RefusedError) as refused:
        reminded.demand("R08-F01", LIMIT + timedelta(days=1))
    assert [finding.key for finding in refused.value.findings] == ["dunning.nobody"]


def test_an_instalment_paid_on_its_due_date_must_be_known_before_it_is_listed(reminded):
    """Bug: the second instalment (due 8/31) was listed on 9/1 though payments were known only up to 8/28."""
    reminded.pay(date(2026, 8, 28))
    reminded.demand("R08-F01", date(2026, 9, 1))
    assert [row[0] for row in rows(reminded, SAKI)] == ["2026-06-01", "2026-06-30"]


def test_who_was_never_reminded_is_not_demanded(dunned):
    dunned.pay(DEMANDED)
    with pytest.raises(RefusedError) as refused:
        dunned.demand("R08-F01", DEMANDED)
    assert [finding.key for finding in refused.value.findings] == ["dunning.nobody"]


def test_a_reminder_that_was_not_posted_is_no_reminder(dunned):
    dunned.pay(REMINDED)
    dunned.remind("R08-D01", REMINDED, TAX, CAR)
    dunned.pay(DEMANDED)
    with pytest.raises(RefusedError) as refused:
        dunned.demand("R08-F01", DEMANDED)
    assert [finding.key for finding in refused.value.findings] == ["dunning.nobody"]


def test_an_instalment_whose_notice_never_left_is_not_listed_but_named(reminded):
    """Bug: a payer's other debts were listed without evidence of their notice. Direct row: this notice is still held back."""
    with reminded.ward.session() as session:
        mine = (Piece.payer_key == reminded.payer(SAKI), Piece.job_id == "R08-N02")
        session.scalars(select(Piece).where(*mine)).one().state = "held"
    reminded.pay(DEMANDED)
    with reminded.ward.session() as session:
        found = demand_candidates(session, reminded.ward.settings, DEMANDED)
        chosen = [b.instalment.due for b in found.chosen if b.assessment.payer_key == reminded.payer(SAKI)]
        named = [(b.instalment.due, k) for b, k in found.excluded if b.assessment.payer_key == reminded.payer(SAKI)]
    assert chosen == [date(2026, 6, 1)]
    assert named == [(date(2026, day[0], day[1]), "dunning.notice-not-posted") for day in ((6, 30), (8, 31))]


def test_a_year_whose_rates_are_not_announced_yet_stops_the_run(reminded):
    """Rates of 2027 come by the end of November 2026: never guessed."""
    new_year = date(2027, 1, 4)
    reminded.pay(new_year)
    with pytest.raises(RefusedError) as refused:
        reminded.demand("R08-F01", new_year)
    assert {finding.key for finding in refused.value.findings} == {"dunning.rate-unknown"}


def test_a_demand_still_in_print_is_not_made_a_second_time(reminded):
    reminded.pay(DEMANDED)
    reminded.demand("R08-F01", DEMANDED)
    with pytest.raises(RefusedError) as refused:
        reminded.demand("R08-F02", DEMANDED)
    assert [finding.key for finding in refused.value.findings] == ["dunning.nobody"]


def test_who_paid_after_the_day_of_the_run_but_before_it_was_made_is_not_demanded(reminded):
    """A run dated 9/30 made when data to 10/9 are loaded must not dun who paid on 10/5."""
    reminded.pay(date(2026, 10, 9), [reminded.visit(SAKI, CAR, 1, date(2026, 10, 5))])
    reminded.demand("R08-F01", DEMANDED)
    assert [row[:2] for row in rows(reminded, SAKI)] == [("2026-06-30", 120_500), ("2026-08-31", 120_000)]
