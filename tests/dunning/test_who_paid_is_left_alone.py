"""Every way in which somebody who paid could still get a letter, tried one by one: each channel, each odd payment, each late moment."""

from datetime import date, time

import pytest
from sqlalchemy import select

from print_service.collection.load import load_payments
from print_service.collection.recompute import recompute
from print_service.collection.worklist import settle, worklist
from print_service.demo import bank_payments as bank
from print_service.demo.bank_payments import Posting
from print_service.demo.payments import Visit
from print_service.dunning.plan import demand_candidates, reminder_candidates
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write
from print_service.ledger.dunning_tables import DunnedItem
from print_service.ledger.tables import Assessment, Instalment, Piece
from print_service.mailing.pull import to_pull

TAX, CAR = "resident-tax", "vehicle-tax"
DUE, RUN = date(2026, 6, 30), date(2026, 7, 21)
DEMANDED = date(2026, 9, 30)
SAKI, LONG = "variant-taka-saki", "long-address"
FILES = {
    "pay-easy": ("pay-easy-payments", bank.write_pay_easy),
    "mobile-register": ("mobile-register-payments", bank.write_mobile),
    "el-qr": ("el-qr-payments", bank.write_el_qr),
    "bank-counter": ("bank-counter-payments", bank.write_bank_counter),
}


def posting(dunned, case=SAKI, period=1, day=DUE, kind="notice", tax_item=TAX, **facts):
    """A slip paid by what is printed on it."""
    with dunned.ward.session() as session:
        slip = dunned.slip(session, case, tax_item, period, kind)
        piece = session.get_one(Piece, slip.piece_id)
        names = ("agency", "number", "confirmation", "category", "cvs_digits", "el_qr", "amount")
        known = {name: getattr(slip, name) for name in names}
        ocr = tuple(piece.documents[slip.position]["marks"]["ocr"])
    return Posting(**{**known, "ocr": ocr, "collected_on": day, "serial": 1, **facts})


def take(dunned, channel, *postings, covered_to=RUN):
    layout, writer = FILES[channel]
    path = dunned.ward.out / f"{channel}-{covered_to}-{len(postings)}.dat"
    writer(path, postings, seed=1, covered_to=covered_to, covered_from=date(2026, 5, 1))
    load(dunned, path, layout)


def load(dunned, path, layout):
    with dunned.ward.session() as session:
        load_payments(session, dunned.ward.settings, dunned.act("2026-12-28 09:00"), path, layout)


def run_of(dunned, on=RUN):
    """Payers whom a reminder of that day would go to, and the rules by which others are left out."""
    with dunned.ward.session() as session:
        found = reminder_candidates(session, dunned.ward.settings, (TAX,), on)
        rules = {balance.assessment.payer_key: key for balance, key in found.excluded}
        return {balance.assessment.payer_key for balance in found.chosen}, rules


def demanded(dunned, on=DEMANDED):
    with dunned.ward.session() as session:
        found = demand_candidates(session, dunned.ward.settings, on)
        mine = dunned.payer(SAKI)
        return {(b.assessment.tax_item, b.instalment.number) for b in found.chosen if b.assessment.payer_key == mine}


# The whole year is above 300,000 yen: no bar code, so no mobile register.
ROADS = [(channel, period) for channel in FILES for period in (0, 1) if (channel, period) != ("mobile-register", 0)]


@pytest.mark.parametrize(("channel", "period"), ROADS)
def test_paid_on_the_last_day_by_any_channel_and_either_slip(dunned, channel, period):
    dunned.ward.fresh(RUN)
    assert dunned.payer(SAKI) in run_of(dunned)[0]
    take(dunned, channel, posting(dunned, period=period))
    assert dunned.payer(SAKI) not in run_of(dunned)[0]


def test_paid_at_a_minute_to_midnight_of_the_reminders_last_day_and_told_of_the_day_after(reminded):
    """Bug: a file of the last day, made before that day was over, was taken to know all of it: the demand went out in the morning.

    The reminder of 7/21 may be paid until 8/5. On 8/6 the files of 8/5 are there; the payment of 23:59 is in the file of 8/6.
    """
    dunned, limit = reminded, date(2026, 8, 5)
    dunned.pay(limit)
    assert demanded(dunned, date(2026, 8, 6)) == set()
    code = dunned.visit(SAKI, TAX, 1, limit, kind="reminder").digits44
    with dunned.ward.session() as session:
        assert dunned.slip(session, SAKI, TAX, 1, "reminder").cvs_digits == code
    row = {
        "data_kind": "provisional",
        "collected_on": limit,
        "collected_at": time(23, 59),
        "agency": code[3:8],
        "company": code[8:13],
        "free_key": code[13:29],
        "reissue": code[29],
        "pay_by": code[30:36],
        "stamp": code[36],
        "amount": int(code[37:43]),
        "check_digit": code[43],
        "store": "0000001",
        "data_date": date(2026, 8, 6),
        "transfer_date": None,
        "accounting_date": None,
        "chain": "0001",
    }
    header = {"created_on": date(2026, 8, 6), "agency": "99999", "company": "00000", "company_name": "ﾐﾎﾝｸ"}
    path = dunned.ward.out / "midnight.dat"
    write(path, load_layout("cvs-payments-a"), [row], header=header)
    load(dunned, path, "cvs-payments-a")
    dunned.ward.fresh(date(2026, 8, 6), "convenience-store")
    assert demanded(dunned, date(2026, 8, 6)) == {(CAR, 1)}


@pytest.mark.parametrize("kind", ["notice", "reminder"])
def test_paid_by_the_old_slip_or_by_the_reminders_after_the_reminder(reminded, kind):
    dunned = reminded
    dunned.pay(DEMANDED, [dunned.visit(SAKI, TAX, 1, date(2026, 8, 1), kind=kind)])
    assert (TAX, 1) not in demanded(dunned)


def test_a_yen_short_waits_for_a_person(dunned):
    """Bug: who paid 1 yen too little at a counter got a reminder for 1 yen before anybody had looked."""
    dunned.ward.fresh(RUN)
    take(dunned, "bank-counter", posting(dunned, amount=120_499))
    chosen, rules = run_of(dunned)
    assert (dunned.payer(SAKI) in chosen, rules[dunned.payer(SAKI)]) == (False, "dunning.money-to-settle")
    with dunned.ward.session() as session:
        (item,) = worklist(session, RUN)
        settle(session, dunned.act(f"{RUN} 09:00"), item.id, "不足1円は納付書を送付")
    assert dunned.payer(SAKI) in run_of(dunned)[0]


def test_a_surplus_is_applied_before_its_payer_is_dunned_for_anything(dunned):
    """充当, 地方税法17条の2. Bug: who had paid the car tax twice was reminded of another tax while the ward held his money."""
    dunned.pay(RUN, [dunned.visit(SAKI, CAR, 1, date(2026, 5, 20)), dunned.visit(SAKI, CAR, 1, date(2026, 5, 21))])
    chosen, rules = run_of(dunned)
    assert (dunned.payer(SAKI) in chosen, rules[dunned.payer(SAKI)]) == (False, "dunning.money-to-settle")


def test_paid_for_an_assessment_that_was_replaced_since(dunned):
    """Bug: the money counted for the old version only, and the new one was dunned. Direct rows: a newer host file of the same notice."""
    dunned.ward.fresh(RUN)
    take(dunned, "pay-easy", posting(dunned))
    with dunned.ward.session() as session:
        mine = (Assessment.payer_key == dunned.payer(SAKI), Assessment.tax_item == TAX)
        old = session.scalars(select(Assessment).where(*mine)).one()
        old.superseded = True
        names = ("tax_item", "levy_year", "notice_no", "payer_key", "method", "annual", "facts", "source_file_id")
        session.flush()
        new = Assessment(**{name: getattr(old, name) for name in names})
        session.add(new)
        session.flush()
        session.add(Instalment(assessment_id=new.id, number=1, due=DUE, amount=110_000))
    take(
        dunned, "el-qr", posting(dunned, LONG), covered_to=date(2026, 7, 22)
    )  # any later file works that bill out again
    with dunned.ward.session() as session:
        recompute(session, dunned.ward.settings, dunned.act())
    chosen, _ = run_of(dunned)
    assert dunned.payer(SAKI) not in chosen


def test_the_operator_passed_on_money_of_which_no_file_told(dunned):
    """The file of payments was lost, the transfer's came: the payer paid."""
    dunned.ward.fresh(RUN)
    card = posting(dunned, LONG, instrument="card")
    path = dunned.ward.out / "moved.csv"
    bank.write_mobile_transfers(path, [card], covered_to=RUN)
    load(dunned, path, "mobile-register-transfers")
    chosen, rules = run_of(dunned)
    assert (dunned.payer(LONG) in chosen, rules[dunned.payer(LONG)]) == (False, "dunning.money-to-settle")


def test_money_to_settle_that_comes_while_the_letter_is_in_print_pulls_it(printed):
    """A second payment of the car tax, and a transfer of which no payment file told."""
    take(printed, "pay-easy", posting(printed, SAKI, tax_item=CAR, amount=12_901), covered_to=date(2026, 7, 22))
    with printed.ward.session() as session:
        mine = (Piece.job_id == "R08-D01", Piece.payer_key == printed.payer(SAKI))
        number = session.scalars(select(Piece.number).where(*mine)).one()
        found = {pull.number: pull.key for pull in to_pull(session, "R08-D01", date(2026, 7, 22))}
    assert number in found


def test_who_paid_the_late_charge_alone_while_the_demand_was_in_print_is_pulled(reminded):
    """Bug: the pull list compared the tax only, so a late charge that was paid was demanded all the same.

    By hand: 632,800 due 6/30 paid 8/20 owes 4,600; the counter takes 4,600 as late charge on the reminder's slip.
    """
    dunned, rich = reminded, "above-limit"
    paid = posting(dunned, rich, kind="reminder", day=date(2026, 8, 20))
    take(dunned, "bank-counter", paid, covered_to=date(2026, 9, 11))
    dunned.pay(DEMANDED)
    dunned.demand("R08-F01", DEMANDED)
    with dunned.ward.session() as session:
        mine = (DunnedItem.late_charge == 4_600, DunnedItem.unpaid == 0)
        said = session.scalars(select(DunnedItem).where(*mine)).one()
        number = session.get_one(Piece, said.piece_id).number
    dunned.ward.sealed("R08-F01", "M-F01")
    charge = posting(dunned, rich, kind="reminder", day=DEMANDED, amount=4_600, late_charge=4_600, serial=9)
    take(dunned, "bank-counter", charge, covered_to=date(2026, 10, 1))
    with dunned.ward.session() as session:
        found = {pull.number for pull in to_pull(session, "R08-F01", date(2026, 10, 2))}
    assert number in found


def test_a_store_that_revoked_its_word_after_confirming_it_does_not_make_the_payer_owe(dunned):
    """速報取消 after 確報: the money is the ward's until a person asks the agency."""
    dunned.ward.fresh(RUN, "convenience-store")
    dunned.ward.pay("a.dat", [dunned.visit(SAKI, TAX, 1, DUE)], date(2026, 7, 20))
    dunned.ward.pay("b.dat", [dunned.visit(SAKI, TAX, 1, DUE, "cancelled")], RUN)
    assert dunned.payer(SAKI) not in run_of(dunned)[0]


def test_a_file_loaded_between_approval_and_freeze_and_the_visits_of_a_double_payer(dunned):
    """Between approval and freeze: paid twice. He gets no letter, and the run says why."""
    dunned.pay(RUN)
    dunned.plan("R08-D01", "reminder", RUN, TAX)
    code = dunned.visit(SAKI, TAX, 1, date(2026, 7, 20))
    dunned.ward.pay("late.dat", [code, Visit(code.digits44, code.amount, RUN, "provisional")], RUN)
    run = dunned.freeze("R08-D01", RUN)
    assert dunned.payer(SAKI) not in {payer for payer, _, _ in dunned.covered("R08-D01")}
    assert run.left_out == {"dunning.settled-since-plan": 1}
