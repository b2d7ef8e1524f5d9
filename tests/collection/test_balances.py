"""What is owed of each instalment, from the slips that were paid."""

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from barcodes.digits import modulo10
from print_service.act import JST
from print_service.collection.match import balances
from print_service.collection.recompute import work_out
from print_service.demo.payments import Visit
from print_service.ledger.collection_tables import Receipt
from print_service.ledger.tables import Assessment, Slip, SourceFile

CASE = "variant-taka-saki"
JULY = date(2026, 7, 17)
DAY = date(2026, 6, 10)


def unpaid(store, **dates):
    return [balance.unpaid for balance in store.balances(CASE, **dates)]


@pytest.fixture
def amounts(store):
    """The four instalments of the payer, before anything is paid."""
    return unpaid(store)


def second_slip(store, slip, amount):
    """A further slip of the same instalment as a direct ledger row, of another amount: no use case issues a part slip yet."""
    body = f"{slip.cvs_digits[:29]}1{slip.cvs_digits[30:37]}{amount:06d}"
    digits = body + str(modulo10(body))
    names = ("piece_id", "assessment_id", "period", "due", "pay_by", "agency", "number", "category")
    with store.ward.session() as session:
        row = {name: getattr(slip, name) for name in names}
        extra = {"position": 99, "issue": 1, "amount": amount, "confirmation": "999999", "state": "issued"}
        session.add(Slip(**row, **extra, cvs_digits=digits))
    return digits


@pytest.mark.parametrize("outcome", ["provisional", "confirmed"])
def test_an_instalments_slip_pays_that_instalment_only(store, amounts, outcome):
    store.take("a.dat", JULY, store.visit(store.slip(CASE, 2), DAY, outcome))
    assert unpaid(store) == [amounts[0], 0, amounts[2], amounts[3]]


@pytest.mark.parametrize("outcome", ["provisional", "confirmed"])
def test_the_whole_years_slip_pays_each_instalment_in_full(store, amounts, outcome):
    store.take("a.dat", JULY, store.visit(store.slip(CASE, 0), DAY, outcome))
    assert unpaid(store) == [0, 0, 0, 0]
    assert [balance.paid for balance in store.balances(CASE)] == amounts


def test_a_cancelled_payment_pays_nothing(store, amounts):
    store.take("a.dat", JULY, store.visit(store.slip(CASE, 0), DAY, "cancelled"))
    assert unpaid(store) == amounts


def test_another_payers_money_pays_nothing_here(store, amounts):
    store.take("a.dat", JULY, store.visit(store.slip("long-latin", 1), DAY))
    assert unpaid(store) == amounts


def test_a_part_payment_leaves_the_rest(store, amounts):
    digits = second_slip(store, store.slip(CASE, 1), 1_000)
    store.take("a.dat", JULY, Visit(digits, 1_000, DAY, "confirmed"))
    assert unpaid(store) == [amounts[0] - 1_000, *amounts[1:]]


def test_paid_by_the_whole_years_slip_and_an_instalments_slip_is_overpaid_and_never_negative(store, amounts):
    store.take("a.dat", JULY, *(store.visit(store.slip(CASE, period), DAY) for period in (0, 1)))
    first = store.balances(CASE)[0]
    assert (first.paid, first.unpaid) == (2 * amounts[0], 0)
    assert unpaid(store) == [0, 0, 0, 0]


def test_a_second_slip_of_one_instalment_pays_it_too(store, amounts):
    """A reminder brings its own slip for the same instalment."""
    digits = second_slip(store, store.slip(CASE, 1), amounts[0])
    store.take("a.dat", JULY, Visit(digits, amounts[0], DAY, "provisional"))
    assert unpaid(store) == [0, *amounts[1:]]


def test_the_same_slip_paid_in_two_stores_counts_once(store, amounts):
    """What was paid too much is refunded by hand; it pays no other instalment."""
    slip = store.slip(CASE, 1)
    store.take("a.dat", JULY, store.visit(slip, DAY), store.visit(slip, date(2026, 6, 11)))
    assert store.balances(CASE)[0].paid == amounts[0]
    assert unpaid(store) == [0, *amounts[1:]]


def test_a_payment_after_the_day_in_question_is_not_yet_known(store, amounts):
    store.take("a.dat", JULY, store.visit(store.slip(CASE, 1), DAY))
    assert unpaid(store, until=date(2026, 6, 9)) == amounts
    assert unpaid(store, until=DAY)[0] == 0


def test_only_instalments_due_by_the_day_are_told(store):
    assert [b.instalment.due for b in store.balances(CASE, due_by=date(2026, 8, 31))] == [
        date(2026, 6, 30),
        date(2026, 8, 31),
    ]
    assert len(store.balances(CASE, due_by=date(2026, 8, 30))) == 1


def test_a_superseded_assessment_owes_nothing(store):
    """Direct row: the version of the assessment that a newer host file replaced."""
    with store.ward.session() as session:
        payer = Assessment.payer_key == store.ward.plan.cases[CASE]
        session.scalars(select(Assessment).where(payer, Assessment.tax_item == "resident-tax")).one().superseded = True
    assert store.balances(CASE) == []


def test_the_day_of_payment_is_that_of_the_payment_that_stands(store):
    """Bug: paid on 6/10, revoked, paid again on 7/15. The late charge runs to 7/15, not to the revoked day."""
    slip = store.slip(CASE, 1)
    again = date(2026, 7, 15)
    store.take("a.dat", JULY, store.visit(slip, DAY, "cancelled"), store.visit(slip, again))
    assert [payment.collected_on for payment in store.balances(CASE)[0].payments] == [again]


def test_of_two_payments_of_one_slip_the_first_is_its_day(store):
    slip = store.slip(CASE, 1)
    store.take("a.dat", JULY, store.visit(slip, date(2026, 7, 15)), store.visit(slip, DAY, "provisional"))
    assert [payment.collected_on for payment in store.balances(CASE)[0].payments] == [DAY]


KINDS = ("provisional", "confirmed", "cancelled")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nobody_ever_owes_less_than_nothing_or_more_than_assessed(store, data):
    """Random records on random slips, rolled back after each example; paid by hand-count of the raw records."""
    with store.ward.session() as session:
        session.add(_file(session))
        session.flush()
        slips = session.scalars(select(Slip).order_by(Slip.id)).all()
        drawn = data.draw(st.lists(st.tuples(st.sampled_from(slips), st.sampled_from(KINDS)), max_size=40))
        for line, (slip, kind) in enumerate(drawn):
            session.add(_receipt(line, slip, kind))
        session.flush()
        work_out(session, datetime(2026, 7, 18, tzinfo=JST), 99)
        for balance in balances(session, date(2027, 2, 1), JULY):
            assert 0 <= balance.unpaid <= balance.instalment.amount
            mine = [s for s in slips if s.assessment_id == balance.assessment.id]
            full = any(s.period in (0, balance.instalment.number) and _stands(drawn, s) for s in mine)
            assert balance.unpaid == (0 if full else balance.instalment.amount)
        session.rollback()


def _stands(drawn, slip):
    kinds = [kind for paid, kind in drawn if paid is slip]
    return "confirmed" in kinds or kinds.count("provisional") > kinds.count("cancelled")


def _file(session):
    like = session.scalars(select(SourceFile)).first()
    names = {"layout": "cvs-payments-a", "name": "drawn", "scope": "convenience-store", "kind": "payments"}
    return SourceFile(id=99, sha256="0" * 64, records=0, total=0, covered_to=JULY, loaded_at=like.loaded_at, **names)


def _receipt(line, slip, kind):
    paid = {"collected_on": DAY, "reference": slip.cvs_digits or slip.number, "amount": slip.amount, "slip_id": slip.id}
    names = {"assessment_id": slip.assessment_id, "period": slip.period, "differs": "", "serial": "", "remark": ""}
    # No hour: what a file leaves open tells two records apart by their number only.
    told = {"store": "0001-0000001", "late_charge": 0, "data_date": DAY, "kind": kind, "line": line}
    return Receipt(source_file_id=99, channel="convenience-store", **paid, **names, **told)
