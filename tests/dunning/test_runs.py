"""A run is planned, approved by another person, frozen: what is approved is who, what is printed is what is owed at that moment."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from print_service.batches.exclusions import exclude
from print_service.demo.payments import Visit
from print_service.dunning.run import RunOrder, approve_run, drop_run, get_run, items_of, plan_run
from print_service.dunning.shown import run_facts
from print_service.findings import RefusedError
from print_service.ledger.dunning_tables import DunnedItem
from print_service.ledger.journal import Tag, entries
from print_service.ledger.tables import Job, Piece, Slip

TAX, CAR = "resident-tax", "vehicle-tax"
RUN = date(2026, 7, 21)
BATCH = "R08-D01"
SAKI = "variant-taka-saki"


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    assert all(finding.sentence for finding in refusal.value.findings)
    return [finding.key for finding in refusal.value.findings]


@pytest.fixture
def planned(dunned):
    dunned.pay(RUN)
    with dunned.ward.session() as session:
        plan_run(session, dunned.ward.settings, dunned.act(f"{RUN} 09:00"), RunOrder(BATCH, "reminder", (TAX,), RUN))
    return dunned


def approve(dunned, by="W03"):
    with dunned.ward.session() as session:
        approve_run(session, dunned.act(f"{RUN} 09:30", by), BATCH)


def payers(dunned):
    return {payer for payer, _, _ in dunned.covered(BATCH)}


def test_a_plan_makes_no_letter_and_no_slip(planned):
    with planned.ward.session() as session:
        assert session.get(Job, BATCH) is None
        assert session.scalars(select(Slip).join(Piece).where(Piece.job_id == BATCH)).all() == []


def test_nothing_is_frozen_that_nobody_approved(planned):
    assert refused(lambda: planned.freeze(BATCH, RUN)) == ["dunning.run-state"]


def test_who_planned_does_not_approve(planned):
    assert refused(lambda: approve(planned, "W01")) == ["job.same-person"]
    approve(planned)
    assert refused(lambda: approve(planned, "W02")) == ["dunning.run-state"]


def test_an_approved_run_becomes_the_job_once(planned):
    approve(planned)
    run = planned.freeze(BATCH, RUN)
    assert run.frozen.pieces == len(payers(planned)) > 0
    assert refused(lambda: planned.freeze(BATCH, RUN)) == ["dunning.run-state"]


def test_every_instalment_seen_is_kept_with_its_rule(planned):
    with planned.ward.session() as session:
        found = Counter(item.exclusion for item in items_of(session, BATCH))
        facts = run_facts(session, planned.ward.settings, BATCH)
    assert found[None] == facts.instalments > 0
    assert found["dunning.notice-not-posted"] == facts.excluded["dunning.notice-not-posted"] > 0
    assert facts.excluded["freeze.bankruptcy"] == 0  # told all the same


def test_who_paid_between_plan_and_freeze_gets_no_letter(planned):
    approve(planned)
    planned.ward.pay("late.dat", [planned.visit(SAKI, TAX, 1, date(2026, 7, 20))], RUN)
    run = planned.freeze(BATCH, RUN)
    assert planned.payer(SAKI) not in payers(planned)
    assert run.left_out == {"dunning.settled-since-plan": 1}


def test_who_was_excluded_between_plan_and_freeze_gets_no_letter(planned):
    approve(planned)
    with planned.ward.session() as session:
        exclude(session, planned.act(f"{RUN} 09:45"), planned.payer(SAKI), "bankruptcy", "令和8年(フ)第1号")
    run = planned.freeze(BATCH, RUN)
    assert run.left_out == {"freeze.bankruptcy": 1}
    assert run.frozen.held == {"freeze.bankruptcy": 1}


def test_amounts_are_those_of_the_freeze_never_the_plans(planned):
    """Part of it was paid after the plan: letter and slip say what is left."""
    approve(planned)
    with planned.ward.session() as session:
        digits = planned.part_slip(session, planned.slip(session, SAKI, TAX, 1), 50_000)
        assert {item.unpaid for item in items_of(session, BATCH) if item.payer_key == planned.payer(SAKI)} == {120_500}
    planned.ward.pay("part.dat", [Visit(digits, 50_000, date(2026, 7, 20), "confirmed")], RUN)
    planned.freeze(BATCH, RUN)
    (letter,) = planned.documents(BATCH, SAKI, "reminder")
    (slip,) = planned.documents(BATCH, SAKI, "payment_slip")
    assert (letter["paid"], letter["unpaid"], slip["amount"]) == (50_000, 70_500, 70_500)
    with planned.ward.session() as session:
        facts = run_facts(session, planned.ward.settings, BATCH)
        assert facts.unpaid == sum(session.scalars(select(DunnedItem.unpaid)))
        pieces = select(Piece.id).where(Piece.payer_key == planned.payer(SAKI), Piece.job_id == BATCH)
        said = session.scalars(select(DunnedItem).where(DunnedItem.piece_id.in_(pieces))).one()
    assert (said.paid, said.unpaid) == (50_000, 70_500)


def test_nobody_is_added_who_was_not_approved(planned):
    """A payment revoked after the plan: he owes again, but nobody approved a letter to him; the next run takes him."""
    key = planned.payer(SAKI)
    with planned.ward.session() as session:
        drop_run(session, planned.act(f"{RUN} 09:10"), BATCH, "収納の追加")
    planned.ward.pay("a.dat", [planned.visit(SAKI, TAX, 1, date(2026, 7, 18), "provisional")], date(2026, 7, 20))
    planned.plan("R08-D02", "reminder", RUN, TAX)
    planned.ward.pay("b.dat", [planned.visit(SAKI, TAX, 1, date(2026, 7, 18), "cancelled")], RUN)
    planned.freeze("R08-D02", RUN)
    assert key not in {payer for payer, _, _ in planned.covered("R08-D02")}
    assert key in {b for b, _, _ in candidates_now(planned)}


def candidates_now(dunned):
    from print_service.dunning.plan import reminder_candidates

    with dunned.ward.session() as session:
        found = reminder_candidates(session, dunned.ward.settings, (TAX,), RUN)
        return {(b.assessment.payer_key, b.assessment.tax_item, b.instalment.number) for b in found.chosen}


def test_a_run_that_nobody_is_left_of_makes_no_job(planned):
    approve(planned)
    with planned.ward.session() as session:
        chosen = {item.payer_key for item in items_of(session, BATCH) if item.exclusion is None}
        for payer in chosen:
            exclude(session, planned.act(f"{RUN} 09:45"), payer, "bankruptcy", "試験")
    assert refused(lambda: planned.freeze(BATCH, RUN)) == ["job.nothing-to-print"]


def test_a_dropped_run_stays_as_a_record_and_its_id_is_not_used_again(planned):
    def drop(reason):
        with planned.ward.session() as session:
            drop_run(session, planned.act(f"{RUN} 09:10"), BATCH, reason)

    assert refused(lambda: drop(" ")) == ["dunning.no-reason"]
    drop("基準日の誤り")
    assert refused(lambda: approve(planned)) == ["dunning.run-state"]
    assert refused(lambda: planned.plan(BATCH, "reminder", RUN, TAX)) == ["dunning.run-exists"]
    with planned.ward.session() as session:
        assert get_run(session, BATCH).dropped_reason == "基準日の誤り"


def test_the_id_of_a_job_is_refused_for_a_run(dunned):
    dunned.pay(RUN)
    assert refused(lambda: dunned.plan("R08-N01", "reminder", RUN, TAX)) == ["job.exists"]


def test_terms_of_the_law_are_shown(planned):
    """地方税法329条: due 6/30, the term ends on 7/20; letters of 7/21 are a day late. 331条: ten days from 7/21 have passed on 7/31."""
    approve(planned)
    planned.freeze(BATCH, RUN)
    with planned.ward.session() as session:
        facts = run_facts(session, planned.ward.settings, BATCH)
    assert (facts.deadline, facts.seizure_day, facts.late) == (date(2026, 7, 20), date(2026, 7, 31), facts.instalments)
    assert [finding.key for finding in facts.warnings] == ["dunning.reminder-late"]


def test_in_time_there_is_no_warning(dunned):
    day = date(2026, 7, 20)
    dunned.pay(day)
    dunned.plan(BATCH, "reminder", day, TAX)
    with dunned.ward.session() as session:
        facts = run_facts(session, dunned.ward.settings, BATCH)
    assert (facts.late, facts.warnings) == (0, ())


def test_the_duty_to_seize_is_counted_from_the_posting(dunned):
    dunned.pay(RUN)
    dunned.remind(BATCH, RUN, TAX)
    dunned.ward.sealed(BATCH, "M-D01")
    dunned.ward.inspect_only(BATCH)
    dunned.ward.post(BATCH, date(2026, 7, 22))
    with dunned.ward.session() as session:
        assert run_facts(session, dunned.ward.settings, BATCH).seizure_day == date(2026, 8, 1)


def test_the_journal_tells_who_planned_approved_and_froze(planned):
    approve(planned)
    planned.freeze(BATCH, RUN)
    with planned.ward.session() as session:
        told = [(entry.tag, entry.actor) for entry in entries(session, "dunning:run")]
    assert told == [(Tag.RUN_PLANNED, "W01"), (Tag.RUN_APPROVED, "W03"), (Tag.RUN_FROZEN, "W01")]
