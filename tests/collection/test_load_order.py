"""The same files in any order, or one of them again, make the same ledger; and so does working everything out from the beginning."""

from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from print_service.collection.load import load_payments
from print_service.collection.recompute import recompute
from print_service.demo import bank_payments as bank
from print_service.ledger.collection_tables import Payment, PaymentException, Receipt

CASE = "variant-taka-saki"
DAY, LATER, JULY = date(2026, 6, 10), date(2026, 6, 12), date(2026, 7, 17)


@pytest.fixture
def files(store):
    """Eight files that speak of one another: (path, layout)."""
    first, second, whole = (store.slip(CASE, period) for period in (1, 2, 0))
    other = store.slip("long-latin", 1)
    provisional = [store.visit(slip, DAY, "provisional") for slip in (first, second)]
    paths = [
        (store.file("early.dat", DAY, *provisional), "cvs-payments-a"),
        # 速報 once more and 確報: what the agency sends days later overlaps what it sent before.
        (store.file("sure.dat", JULY, *(store.visit(slip, DAY) for slip in (first, second))), "cvs-payments-a"),
        (
            store.file("revoked.dat", JULY, store.visit(other, DAY, "cancelled"), store.visit(whole, LATER)),
            "cvs-payments-a",
        ),
    ]
    out, number = store.ward.out, count(1)

    def write(layout, writer, *postings):
        path = out / f"file-{next(number)}.dat"
        writer(path, postings, seed=1, covered_to=JULY)
        paths.append((path, layout))

    again = store.posting(first, LATER, 1)
    write("pay-easy-payments", bank.write_pay_easy, again, store.posting(other, DAY, 2))
    write("pay-easy-payments", bank.write_pay_easy, store.posting(other, DAY, 2, cancelled=True), again)
    card = store.posting(second, DAY, instrument="card")
    write("mobile-register-payments", bank.write_mobile, card)
    bank.write_mobile_transfers(out / "moved.csv", [card], covered_to=JULY)
    bank.write_direct_debits(out / "debit.dat", [store.debit(CASE, 3)], debit_day=date(2026, 6, 30))
    return [*paths, (out / "moved.csv", "mobile-register-transfers"), (out / "debit.dat", "direct-debit-results")]


def load(store, session, files):
    for path, layout in files:
        load_payments(session, store.ward.settings, store.act("2026-09-01 09:00"), path, layout)


def ledger(session):
    """Payments and what stands of the work list, without numbers that only say who was loaded first."""
    paid = [column for column in Payment.__table__.columns if column.name != "id"]
    odd = [PaymentException.key, PaymentException.subject, PaymentException.amount, PaymentException.collected_on]
    standing = PaymentException.cleared_at.is_(None)
    return (
        sorted(map(repr, session.execute(select(*paid)).all())),
        sorted(map(repr, session.execute(select(*odd).where(standing)).all())),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_makes_the_same_ledger(store, files, data):
    order = data.draw(st.permutations(range(len(files))))
    assert outcome(store, [files[number] for number in order]) == outcome(store, files)


def outcome(store, files):
    """What loading comes to, rolled back; recomputing changes nothing."""
    with store.ward.session() as session:
        load(store, session, files)
        loaded = ledger(session)
        done = recompute(session, store.ward.settings, store.act("2026-09-02 09:00"))
        assert (done.changed, done.found) == (0, 0)
        assert ledger(session) == loaded
        session.rollback()
    return loaded


def test_what_these_files_come_to(store, files):
    """By hand: the first instalment is paid by a store and by Pay-easy and the whole year; the second by a store, a card and the year; the
    third by the debit and the year."""
    with store.ward.session() as session:
        load(store, session, files)
        assert len(session.scalars(select(Payment)).all()) == 6
    assert store.open() == {"double-instalment": 3, "double-slip": 2}
    assert [balance.unpaid for balance in store.balances(CASE)] == [0, 0, 0, 0]
    assert store.balances("long-latin")[0].paid == 0


def test_money_for_a_slip_that_is_numbered_later_is_found_by_recomputing(store):
    """A reference that named nothing of ours when it came."""
    slip = store.slip(CASE, 1)
    with store.ward.session() as session:
        store_row = session.merge(slip)
        (digits, store_row.cvs_digits), (number, store_row.number) = (
            (store_row.cvs_digits, None),
            (store_row.number, "0"),
        )
    store.take("a.dat", JULY, store.visit(slip, DAY))
    assert store.open() == {"unknown-slip": 1}
    with store.ward.session() as session:
        store_row = session.merge(slip)
        store_row.cvs_digits, store_row.number = digits, number
        done = recompute(session, store.ward.settings, store.act())
        assert done.found == 2
        assert set(session.scalars(select(Receipt.slip_id))) == {slip.id}
    assert (store.open(), store.balances(CASE)[0].unpaid) == ({}, 0)
