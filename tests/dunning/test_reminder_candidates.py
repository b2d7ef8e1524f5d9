"""Who gets a reminder 督促状: what is unpaid 20 days after its due date (地方税法329条), and nobody else.

Due dates of 令和8年度: vehicle tax 2026-06-01, resident tax 06-30, 08-31, 11-02 and 2027-02-01.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from print_service.demo.payments import Visit
from print_service.dunning.plan import reminder_candidates
from print_service.findings import RefusedError
from print_service.inspection.sign import plan_inspection, reject
from print_service.ledger.tables import Assessment, Hold, Instalment, Payer, Piece
from print_service.mailing.returned import mark_returned

CAR, TAX = "vehicle-tax", "resident-tax"
CAR_DUE, TAX_DUE = date(2026, 6, 1), date(2026, 6, 30)
CAR_DAY, TAX_DAY = date(2026, 6, 21), date(2026, 7, 20)  # due date + 20
DAY = timedelta(days=1)
SAKI = "variant-taka-saki"


def chosen(dunned, as_of, *tax_items):
    """(payer, tax item, period) of the plan."""
    with dunned.ward.session() as session:
        found = reminder_candidates(session, dunned.ward.settings, tax_items, as_of)
        return {(b.assessment.payer_key, b.assessment.tax_item, b.instalment.number) for b in found.chosen}


def excluded(dunned, as_of, *tax_items):
    """{(payer, period): key} of the plan."""
    with dunned.ward.session() as session:
        found = reminder_candidates(session, dunned.ward.settings, tax_items, as_of)
        return {(b.assessment.payer_key, b.instalment.number): key for b, key in found.excluded}


def key(dunned, case, tax_item=TAX, period=1):
    return (dunned.payer(case), tax_item, period)


def test_chosen_on_the_twentieth_day_and_not_on_the_nineteenth(dunned):
    dunned.pay(CAR_DAY)
    assert key(dunned, SAKI, CAR) in chosen(dunned, CAR_DAY, CAR)
    assert chosen(dunned, CAR_DAY - DAY, CAR) == set()


def test_every_unpaid_vehicle_of_one_owner_is_chosen(dunned):
    """The payer with three vehicles has three assessments and owes them all."""
    dunned.pay(CAR_DAY)
    with dunned.ward.session() as session:
        found = reminder_candidates(session, dunned.ward.settings, (CAR,), CAR_DAY)
    mine = [b for b in found.chosen if b.assessment.payer_key == dunned.payer("three-vehicles")]
    assert len({balance.assessment.notice_no for balance in mine}) == 3


def test_later_instalments_are_not_yet_chosen(dunned):
    dunned.pay(TAX_DAY)
    assert {period for _, _, period in chosen(dunned, TAX_DAY, TAX)} == {1}


def test_a_run_takes_its_own_tax_only(dunned):
    dunned.pay(TAX_DAY)
    assert {item for _, item, _ in chosen(dunned, TAX_DAY, TAX)} == {TAX}
    assert {item for _, item, _ in chosen(dunned, TAX_DAY, TAX, CAR)} == {TAX, CAR}


@pytest.mark.parametrize("outcome", ["provisional", "confirmed"])
def test_who_paid_an_instalment_is_not_chosen(dunned, outcome):
    dunned.pay(TAX_DAY, [dunned.visit(SAKI, TAX, 1, TAX_DUE, outcome)])
    assert key(dunned, SAKI) not in chosen(dunned, TAX_DAY, TAX)


@pytest.mark.parametrize("outcome", ["provisional", "confirmed"])
def test_who_paid_the_whole_year_is_not_chosen_for_any_instalment(dunned, outcome):
    dunned.pay(date(2027, 2, 28), [dunned.visit("variation-selector", TAX, 0, TAX_DUE, outcome)])
    found = chosen(dunned, date(2027, 2, 28), TAX)
    assert not [row for row in found if row[0] == dunned.payer("variation-selector")]
    assert key(dunned, SAKI, TAX, 4) in found


def test_who_paid_late_but_before_the_run_is_not_chosen(dunned):
    dunned.pay(TAX_DAY, [dunned.visit(SAKI, TAX, 1, TAX_DAY)])
    assert key(dunned, SAKI) not in chosen(dunned, TAX_DAY, TAX)


def test_a_cancelled_payment_is_chosen(dunned):
    dunned.pay(TAX_DAY, [dunned.visit(SAKI, TAX, 1, TAX_DUE, "cancelled")])
    assert key(dunned, SAKI) in chosen(dunned, TAX_DAY, TAX)


def test_a_payment_for_another_instalment_does_not_help(dunned):
    dunned.pay(TAX_DAY, [dunned.visit(SAKI, TAX, 2, TAX_DUE)])
    assert key(dunned, SAKI) in chosen(dunned, TAX_DAY, TAX)


def test_a_part_payment_is_chosen_with_what_is_left(dunned):
    with dunned.ward.session() as session:
        digits = dunned.part_slip(session, dunned.slip(session, SAKI, TAX, 1), 50_000)
    dunned.pay(TAX_DAY, [Visit(digits, 50_000, TAX_DUE, "confirmed")])
    with dunned.ward.session() as session:
        found = reminder_candidates(session, dunned.ward.settings, (TAX,), TAX_DAY)
    (mine,) = [b for b in found.chosen if b.assessment.payer_key == dunned.payer(SAKI)]
    assert (mine.paid, mine.unpaid) == (50_000, 70_500)


def test_an_account_transfer_that_failed_is_reminded_once_its_results_are_in(dunned):
    dunned.pay(TAX_DAY)
    dunned.debited("account", TAX_DUE, "failed-short")
    assert key(dunned, "account") in chosen(dunned, TAX_DAY, TAX)


def test_a_debit_whose_own_result_is_missing_is_excluded_by_key(dunned):
    """Bug: one bank's file of a due date made all debits of that day known, though the payer's bank sends another."""
    dunned.pay(TAX_DAY)
    assert key(dunned, "account") not in chosen(dunned, TAX_DAY, TAX)
    assert excluded(dunned, TAX_DAY, TAX)[dunned.payer("account"), 1] == "dunning.no-debit-result"


def test_account_transfer_payers_are_excluded_by_key_where_no_results_are_taken_in(dunned):
    """Without the results nobody may say that they did not pay."""
    lags = {k: v for k, v in dunned.ward.settings.collection.lag_business_days.items() if k != "direct-debit"}
    collection = dunned.ward.settings.collection.model_copy(update={"lag_business_days": lags})
    settings = dunned.ward.settings.model_copy(update={"collection": collection})
    without = replace(dunned, ward=replace(dunned.ward, settings=settings))
    without.pay(TAX_DAY)
    assert excluded(without, TAX_DAY, TAX)[dunned.payer("account"), 1] == "dunning.channel-not-built"
    assert key(dunned, "account") not in chosen(without, TAX_DAY, TAX)


@pytest.mark.parametrize("case", ["no-glyph", "protected", "returned"])
def test_whose_notice_was_never_posted_is_excluded_by_key(dunned, case):
    """須崎市 2022 (public incident): reminders were sent although no notice had arrived."""
    dunned.pay(TAX_DAY)
    assert excluded(dunned, TAX_DAY, TAX)[dunned.payer(case), 1] == "dunning.notice-not-posted"
    assert key(dunned, case) not in chosen(dunned, TAX_DAY, TAX)


@pytest.mark.parametrize(
    ("flag", "rule"),
    [
        ("protected", "freeze.protected-address"),
        ("deceased", "freeze.deceased"),
        ("returned", "freeze.returned-mail"),
    ],
)
def test_hokota_a_flag_set_after_the_notice_keeps_the_letter_back(dunned, flag, rule):
    """鉾田市 2026 (public incident): 56 payers who were to be left out (deceased, under inquiry) were dunned.

    Direct row: the flag as a newer host file brings it. The notice of this payer was posted long before.
    """
    with dunned.ward.session() as session:
        setattr(session.get_one(Payer, dunned.payer(SAKI)), flag, True)
    dunned.pay(TAX_DAY)
    run = dunned.remind("R08-D01", TAX_DAY, TAX, CAR)
    assert run.frozen.held == {rule: 1}
    assert dunned.payer(SAKI) not in {payer for payer, _, _ in dunned.covered("R08-D01")}
    with dunned.ward.session() as session:
        held = session.scalars(select(Hold).where(Hold.job_id == "R08-D01")).one()
    assert (held.payer_key, held.key) == (dunned.payer(SAKI), rule)


def test_whose_notice_came_back_gets_no_reminder(dunned):
    with dunned.ward.session() as session:
        mine = (Piece.job_id == "R08-N02", Piece.payer_key == dunned.payer(SAKI))
        number = session.scalars(select(Piece.number).where(*mine)).one()
        mark_returned(session, dunned.act("2026-06-15 11:00"), "R08-N02", number, "あて所に尋ねあたりません")
    dunned.pay(TAX_DAY)
    dunned.remind("R08-D01", TAX_DAY, TAX, CAR)
    assert dunned.payer(SAKI) not in {payer for payer, _, _ in dunned.covered("R08-D01")}


def test_nobody_is_reminded_twice(dunned):
    dunned.pay(TAX_DAY)
    first = dunned.remind_and_post("R08-D01", TAX_DAY, TAX)
    assert first.chosen > 0
    later = TAX_DAY + 3 * DAY
    assert chosen(dunned, later, TAX) == set()


def test_a_reminder_that_is_still_being_printed_is_not_made_again(dunned):
    """Bug: only posted reminders counted, so a second run before the posting wrote to everybody twice."""
    dunned.pay(TAX_DAY)
    dunned.remind("R08-D01", TAX_DAY, TAX)
    assert chosen(dunned, TAX_DAY, TAX) == set()


def test_a_reminder_that_inspection_rejected_is_made_again(dunned):
    dunned.pay(TAX_DAY)
    dunned.remind("R08-D01", TAX_DAY, TAX)
    everybody = dunned.covered("R08-D01")
    dunned.ward.sealed("R08-D01", "M-1")
    with dunned.ward.session() as session:
        plan_inspection(session, dunned.ward.settings, dunned.act(), "R08-D01")
        reject(session, dunned.act(by="W03"), "R08-D01", "印字ずれ")
    assert chosen(dunned, TAX_DAY, TAX) == everybody


def test_the_next_instalment_is_reminded_though_the_first_one_was(dunned):
    dunned.pay(TAX_DAY)
    dunned.remind_and_post("R08-D01", TAX_DAY, TAX)
    second = date(2026, 8, 31) + 20 * DAY
    dunned.pay(second)
    assert {period for _, _, period in chosen(dunned, second, TAX)} == {2}
    assert key(dunned, SAKI, TAX, 2) in chosen(dunned, second, TAX)


def test_a_run_with_nobody_to_remind_makes_no_job(dunned):
    dunned.pay(date(2026, 6, 10))
    with pytest.raises(RefusedError) as refused:
        dunned.remind("R08-D01", date(2026, 6, 10), TAX)
    assert [finding.key for finding in refused.value.findings] == ["dunning.nobody"]
    assert dunned.covered("R08-D01") == set()


def test_an_instalment_of_no_yen_is_never_reminded(dunned):
    """3,900 yen a year is one instalment (地方税法20条の4の2第6項); rows of 0 yen must not become letters. Direct rows."""
    with dunned.ward.session() as session:
        session.add(Instalment(assessment_id=_assessment(session, dunned, SAKI), number=5, due=CAR_DUE, amount=0))
    dunned.pay(TAX_DAY)
    assert key(dunned, SAKI, TAX, 5) not in chosen(dunned, TAX_DAY, TAX)
    assert (dunned.payer(SAKI), 5) not in excluded(dunned, TAX_DAY, TAX)


def _assessment(session, dunned, case):
    mine = (Assessment.payer_key == dunned.payer(case), Assessment.tax_item == TAX)
    return session.scalars(select(Assessment.id).where(*mine)).one()
