"""From the marks printed on a slip through each channel's file to the balance: a slip that was paid is paid, whatever the road.

Shizuoka dunned 577 people because the bar code's information was set wrong and store payments were not recognised; Iwaki 715 because one
channel was not reflected. So every channel is followed from the printed mark to the ledger.
"""

from datetime import date, time

import pytest
from sqlalchemy import select

from print_service.channels import offer
from print_service.collection.channels import channels
from print_service.collection.match import Payment
from print_service.demo import bank_payments as bank
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write
from print_service.ledger.collection_tables import Payment as PaymentRow

CASE = "variant-taka-saki"
DAY, JULY = date(2026, 6, 10), date(2026, 7, 17)
WRITERS = {
    "pay-easy-payments": bank.write_pay_easy,
    "mobile-register-payments": bank.write_mobile,
    "el-qr-payments": bank.write_el_qr,
    "bank-counter-payments": bank.write_bank_counter,
}


def take(store, layout, *postings):
    path = store.ward.out / f"{layout}-{len(postings)}.dat"
    WRITERS[layout](path, postings, seed=1, covered_to=JULY)
    return store.load(path, layout)


def payments(store):
    with store.ward.session() as session:
        return session.scalars(select(PaymentRow).order_by(PaymentRow.id)).all()


def test_every_way_a_slip_promises_is_read_back_by_a_channel():
    promised = {way.key for day in (date(2020, 6, 1), DAY) for way in offer("resident-tax", day, 10_000).ways}
    assert promised <= {way for channel in channels().values() for way in channel.ways}


@pytest.mark.parametrize("layout", WRITERS)
def test_a_slip_paid_by_its_printed_marks_is_paid(store, layout):
    slip = store.slip(CASE, 1)
    done = take(store, layout, store.posting(slip, DAY))
    assert (done.records, done.matched, done.exceptions, done.covered_to) == (1, 1, {}, JULY)
    assert store.balances(CASE)[0].payments == (Payment(slip.amount, DAY),)


@pytest.mark.parametrize("variant", ["b", "c", "d"])
def test_every_store_variant_pays_alike(store, variant):
    slip = store.slip(CASE, 1)
    digits = slip.cvs_digits
    row = {
        "data_kind": "provisional",
        "collected_on": DAY,
        "collected_at": time(9, 30),
        "bar_code_kind": "1",
        "bar_code": ("EAN" if variant == "c" else "") + digits,
        "agency": digits[3:8],
        "company": digits[8:13],
        "free_key": digits[13:29],
        "reissue": digits[29],
        "pay_by": digits[30:36],
        "stamp": "0",
        "amount": slip.amount,
        "check_digit": digits[43],
        "store": "0000123",
        "chain": {"b": "000001", "c": "001", "d": "0001"}[variant],
        "data_date": DAY,
        "transfer_date": None,
        "number_in_file": 1,
    }
    header = {"created_on": JULY, "agency": "99999", "company": "00000", "biller": "0000000001"}
    path = store.ward.out / "pay.dat"
    write(path, load_layout(f"cvs-payments-{variant}"), [row, row | {"data_kind": "confirmed"}], header=header)
    done = store.load(path, f"cvs-payments-{variant}")
    assert (done.matched, done.exceptions, done.channel) == (2, {}, "convenience-store")
    assert store.balances(CASE)[0].payments == (Payment(slip.amount, DAY),)
    (paid,) = payments(store)
    assert (paid.provisional_on, paid.confirmed_on) == (DAY, DAY)


def test_a_card_payment_counts_on_its_day_and_its_money_comes_later(store):
    card = store.posting(store.slip(CASE, 1), DAY, instrument="card")
    take(store, "mobile-register-payments", card)
    assert (payments(store)[0].collected_on, payments(store)[0].funds_on) == (DAY, None)
    path = store.ward.out / "moved.csv"
    bank.write_mobile_transfers(path, [card], covered_to=JULY)
    done = store.load(path, "mobile-register-transfers")
    assert (done.matched, done.covered_to, done.exceptions) == (1, None, {})
    assert (payments(store)[0].collected_on, payments(store)[0].funds_on) == (DAY, date(2026, 6, 30))


def test_a_late_charge_is_kept_apart(store):
    slip = store.slip(CASE, 1)
    take(store, "bank-counter-payments", store.posting(slip, DAY, amount=slip.amount + 300, late_charge=300))
    balance = store.balances(CASE)[0]
    assert (balance.paid, balance.unpaid, balance.late_charge_paid) == (slip.amount, 0, 300)
    assert store.open() == {}


def test_the_whole_years_slip_paid_in_part_pays_the_first_instalments(store):
    slip = store.slip(CASE, 0)
    amounts = [balance.instalment.amount for balance in store.balances(CASE)]
    take(store, "bank-counter-payments", store.posting(slip, DAY, amount=amounts[0] + 1_000))
    assert [balance.paid for balance in store.balances(CASE)] == [amounts[0], 1_000, 0, 0]
    assert store.open() == {"underpaid": 1}


# Pay-easy's anomalies


def test_a_payment_posted_twice_is_a_double_payment(store):
    slip = store.slip(CASE, 1)
    twice = store.posting(slip, DAY, 2, remark="HMPN9001")
    done = take(store, "pay-easy-payments", store.posting(slip, DAY, 1), twice)
    assert done.exceptions == {"collection.channel-remark": 1, "collection.double-slip": 1}
    assert store.balances(CASE)[0].unpaid == 0


def test_a_posting_sent_again_is_not_money(store):
    slip = store.slip(CASE, 1)
    one, two = store.posting(slip, DAY, 1), store.posting(store.slip(CASE, 2), DAY, 2)
    take(store, "pay-easy-payments", one)
    done = take(store, "pay-easy-payments", one, two)
    assert (done.records, done.exceptions, len(payments(store))) == (2, {}, 2)


def test_the_counter_cancels_and_the_slip_is_unpaid_again(store):
    slip = store.slip(CASE, 1)
    take(store, "pay-easy-payments", store.posting(slip, DAY, 1))
    take(store, "pay-easy-payments", store.posting(slip, DAY, 1, cancelled=True), store.posting(slip, JULY, 7))
    assert store.balances(CASE)[0].payments == (Payment(slip.amount, JULY),)
    assert store.open() == {}


@pytest.mark.parametrize(("part", "value"), [("category", "099"), ("confirmation", "000001")])
def test_a_wrong_part_of_the_key_pays_the_slip_and_is_shown(store, part, value):
    slip = store.slip(CASE, 1)
    done = take(store, "pay-easy-payments", store.posting(slip, DAY, **{part: value}))
    assert (done.matched, done.exceptions) == (1, {f"collection.wrong-{part}": 1})
    assert store.balances(CASE)[0].unpaid == 0


@pytest.mark.parametrize(("part", "value"), [("number", "9999999999999999"), ("agency", "99999")])
def test_an_unknown_key_is_kept_as_an_exception(store, part, value):
    done = take(store, "pay-easy-payments", store.posting(store.slip(CASE, 1), DAY, **{part: value}))
    assert (done.matched, done.exceptions) == (0, {"collection.unknown-slip": 1})
    assert (len(payments(store)), store.balances(CASE)[0].paid) == (1, 0)


# Direct debits


def debits(store, *rows, day=date(2026, 6, 30)):
    path = store.ward.out / f"debit-{day}-{len(rows)}.dat"
    bank.write_direct_debits(path, rows, debit_day=day)
    return store.load(path, "direct-debit-results")


def test_a_debit_pays_its_instalment_on_the_due_date(store):
    done = debits(store, store.debit(CASE, 1), store.debit(CASE, 2, result="failed-short"))
    assert (done.records, done.matched, done.exceptions) == (2, 2, {})
    assert [balance.unpaid > 0 for balance in store.balances(CASE)] == [False, True, True, True]
    assert store.balances(CASE)[0].payments[0].collected_on == date(2026, 6, 30)


def test_a_debit_besides_a_slip_is_found(store):
    debits(store, store.debit(CASE, 1))
    store.take("a.dat", JULY, store.visit(store.slip(CASE, 1), DAY))
    assert store.open() == {"double-instalment": 1}


def test_a_slip_and_a_telephone_pay_one_slip_twice(store):
    slip = store.slip(CASE, 1)
    store.take("a.dat", JULY, store.visit(slip, DAY))
    take(store, "el-qr-payments", store.posting(slip, JULY))
    assert store.open() == {"double-slip": 1}
    assert store.balances(CASE)[0].payments == (Payment(slip.amount, DAY),)
