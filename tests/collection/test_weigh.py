"""What receipts come to: repeats, pairs, cancellations and doubles, and that no order of loading changes any of it."""

from dataclasses import replace
from datetime import date, time
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from print_service.collection.channels import channels
from print_service.collection.model import Bill, Receipted, SlipFacts
from print_service.collection.weigh import weigh

JUNE10, JUNE11 = date(2026, 6, 10), date(2026, 6, 11)
# A bill of 40,000 yen in four instalments: the whole year's slip 1, instalments' slips 2 to 5, and a reminder's slip 6 for the first.
SLIPS = [(1, 0, 40_000), (2, 1, 10_000), (3, 2, 10_000), (4, 3, 10_000), (5, 4, 10_000), (6, 1, 10_000)]
BILL = Bill(
    7,
    withdrawn=False,
    slips={key: SlipFacts(key, period, amount, "issued") for key, period, amount in SLIPS},
    instalments=dict.fromkeys((1, 2, 3, 4), 10000),
)
PERIODS = {key: period for key, period, _ in SLIPS}


def told(kind="provisional", slip=2, **facts):
    """A convenience-store record of file 1 unless said otherwise."""
    given_ = {
        "file": 1,
        "line": 1,
        "channel": "convenience-store",
        "reference": f"slip-{slip}",
        "collected_on": JUNE10,
        "collected_at": time(9, 30),
        "store": "0001-0000007",
        "serial": "",
        "amount": 40_000 if slip == 1 else 10_000,
        "late_charge": 0,
        "differs": "",
        "data_date": JUNE10,
        "funds_on": None,
        "remark": "",
    } | facts
    return Receipted(kind=kind, slip_id=slip, period=PERIODS[slip], **given_)


def posted(slip=2, serial="00913-20260610-00000001", **facts):
    return told("confirmed", slip, channel="pay-easy", serial=serial, store="0001-001-01", **facts)


def keys(outcome):
    return sorted(odd.key.removeprefix("collection.") for odd in outcome.oddities)


def counted(outcome):
    return [paid.counted for paid in outcome.payments]


def test_provisional_and_confirmed_are_one_payment_with_its_days_apart():
    sure = told("confirmed", data_date=date(2026, 6, 15), funds_on=date(2026, 6, 25))
    outcome = weigh([told(), sure], BILL)
    (paid,) = outcome.payments
    assert (paid.provisional_on, paid.confirmed_on, paid.funds_on) == (JUNE10, date(2026, 6, 15), date(2026, 6, 25))
    assert (paid.first.collected_on, paid.counted, keys(outcome)) == (JUNE10, 10_000, [])


def test_a_provisional_payment_counts():
    assert counted(weigh([told()], BILL)) == [10_000]


def test_a_cancelled_provisional_payment_does_not():
    outcome = weigh([told(), told("cancelled")], BILL)
    assert (outcome.payments, keys(outcome)) == ((), [])


def test_a_confirmed_payment_is_not_undone_and_the_contradiction_is_shown():
    outcome = weigh([told(), told("confirmed"), told("cancelled")], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000], ["cancelled-after-confirmed"])


def test_confirmed_without_provisional_counts_and_is_shown():
    outcome = weigh([told("confirmed")], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000], ["confirmed-without-provisional"])


def test_a_cancellation_of_nothing_revokes_nothing():
    """Paid on the 11th; the cancellation of the 10th belongs to a record that is not loaded."""
    outcome = weigh([told(collected_on=JUNE11), told("cancelled")], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000], ["cancelled-without-payment"])


def test_of_two_visits_of_a_day_the_cancelled_one_is_taken_out():
    other = {"store": "0002-0000009", "collected_at": time(18, 0)}
    outcome = weigh([told(), told(**other), told("cancelled", **other)], BILL)
    assert [paid.first.store for paid in outcome.payments] == ["0001-0000007"]


# Repeats


def test_a_file_sent_again_adds_nothing():
    assert counted(weigh([told(file=1), told(file=2, line=9), told(file=3)], BILL)) == [10_000]


def test_twice_in_one_store_in_one_minute_counts_twice():
    """The occurrence counter: one file tells it twice, a file sent again tells it once or twice."""
    twice = [told(file=1, line=1), told(file=1, line=2)]
    for again in ([], [told(file=2)], [told(file=2, line=1), told(file=2, line=2)]):
        outcome = weigh([*twice, *again], BILL)
        assert (counted(outcome), keys(outcome)) == ([10_000, 0], ["double-slip"])


def test_the_same_words_in_another_days_data_are_counted_once_and_shown():
    outcome = weigh([told(file=1), told(file=2, data_date=JUNE11)], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000], ["repeated-other-day"])


def test_a_repeat_with_a_later_transfer_day_tells_that_day():
    first, later = date(2026, 6, 25), date(2026, 6, 26)
    one, two = told("confirmed", file=1, funds_on=first), told("confirmed", file=2, funds_on=later)
    for order in ([one, two], [two, one]):
        assert weigh([told(), *order], BILL).payments[0].funds_on == later


def test_a_posting_sent_again_has_the_same_serial_and_adds_nothing():
    assert counted(weigh([posted(file=1), posted(file=2, data_date=JUNE11)], BILL)) == [10_000]


def test_one_number_twice_in_one_file_is_one_payment_and_is_shown():
    outcome = weigh([posted(line=1), posted(line=2)], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000], ["repeated-serial"])


# Money that does not fit


def test_twice_at_the_bank_is_a_double_payment():
    outcome = weigh([posted(), posted(serial="00913-20260610-00000002")], BILL)
    (odd,) = outcome.oddities
    assert (counted(outcome), odd.key, odd.amount) == ([10_000, 0], "collection.double-slip", 10_000)


def test_a_bank_may_cancel_its_posting():
    cancelled = posted()._replace(kind="cancelled")
    outcome = weigh([posted(), cancelled], BILL)
    assert (outcome.payments, keys(outcome)) == ((), [])


def test_a_cancellation_before_its_posting_is_loaded_waits_in_the_list():
    cancelled = posted()._replace(kind="cancelled")
    assert keys(weigh([cancelled], BILL)) == ["cancelled-without-payment"]
    assert keys(weigh([cancelled, posted()], BILL)) == []


def test_a_double_payment_is_found_across_channels():
    outcome = weigh([told(), posted(collected_on=JUNE11)], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000, 0], ["double-slip"])


def test_the_whole_years_slip_and_an_instalments_slip_pay_one_instalment_twice():
    outcome = weigh([told(slip=1), posted(3)], BILL)
    (odd,) = outcome.oddities
    assert (odd.key, odd.values["period"], odd.amount) == ("collection.double-instalment", 2, 10_000)


def test_the_notices_slip_and_the_reminders_slip_pay_one_instalment_twice():
    assert keys(weigh([told(slip=2), told(slip=6)], BILL)) == ["double-instalment"]


def test_a_debit_besides_a_slip_is_a_double_payment_too():
    debit = told("confirmed", 2, channel="direct-debit", reference="dd", store="", collected_at=None)
    outcome = weigh([told(slip=2), debit._replace(slip_id=None)], BILL)
    assert keys(outcome) == ["double-instalment"]


def test_a_failed_debit_is_no_money():
    debit = told("failed", 2, channel="direct-debit", remark="short")._replace(slip_id=None)
    outcome = weigh([debit], BILL)
    assert (outcome.payments, keys(outcome)) == ((), [])


@pytest.mark.parametrize(("amount", "key"), [(9_999, "underpaid"), (10_001, "overpaid")])
def test_another_amount_than_the_slips(amount, key):
    outcome = weigh([posted(amount=amount)], BILL)
    (odd,) = outcome.oddities
    assert (counted(outcome), odd.key, odd.amount) == ([min(amount, 10_000)], f"collection.{key}", 1)


def test_two_parts_that_make_the_slip_are_in_order():
    parts = [posted(amount=4_000), posted(amount=6_000, serial="2")]
    assert (counted(weigh(parts, BILL)), keys(weigh(parts, BILL))) == ([4_000, 6_000], [])


def test_a_late_charge_told_by_the_file_pays_no_tax():
    outcome = weigh([posted(amount=10_300, late_charge=300)], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000], [])


def test_a_revoked_slip_and_a_withdrawn_assessment_take_money_and_show_it():
    revoked = Bill(7, False, {2: SlipFacts(2, 1, 10_000, "revoked")}, {1: 10_000})
    assert (counted(weigh([told()], revoked)), keys(weigh([told()], revoked))) == ([10_000], ["revoked-slip"])
    withdrawn = Bill(7, True, BILL.slips, BILL.instalments)
    assert keys(weigh([told()], withdrawn)) == ["withdrawn-assessment"]


@pytest.mark.parametrize("part", ["category", "confirmation"])
def test_a_wrong_part_of_the_key_counts_and_is_shown(part):
    assert (counted(weigh([posted(differs=part)], BILL)), keys(weigh([posted(differs=part)], BILL))) == (
        [10_000],
        [f"wrong-{part}"],
    )


def test_what_the_channel_itself_remarks_is_shown():
    (odd,) = weigh([posted(remark="HMPN9001")], BILL).oddities
    assert (odd.key, odd.values) == ("collection.channel-remark", {"remark": "HMPN9001"})


def test_the_transfer_of_a_card_payment_gives_its_funds_day():
    paid = told("confirmed", 2, channel="mobile-register", serial="000000000001", store="card", collected_at=None)
    moved = paid._replace(kind="transferred", file=2, store="", funds_on=date(2026, 7, 1))
    assert weigh([paid, moved], BILL).payments[0].funds_on == date(2026, 7, 1)
    assert keys(weigh([moved], BILL)) == ["transfer-without-payment"]


def test_a_correction_changes_nothing_and_is_shown():
    outcome = weigh([told(), told("correction")], BILL)
    assert (counted(outcome), keys(outcome)) == ([10_000], ["correction"])


def test_money_for_nothing_of_ours_is_kept():
    outcome = weigh([posted()])
    assert (len(outcome.payments), counted(outcome), keys(outcome)) == (1, [0], ["unknown-slip"])


# Properties

RECORDS = st.builds(
    told,
    kind=st.sampled_from(["provisional", "confirmed", "cancelled", "transferred", "failed", "correction"]),
    slip=st.integers(1, 6),
    file=st.integers(1, 3),
    line=st.integers(1, 9),
    channel=st.sampled_from(sorted(channels())),
    collected_on=st.sampled_from([JUNE10, JUNE11]),
    collected_at=st.sampled_from([None, time(9, 30), time(18)]),
    serial=st.sampled_from(["", "1", "2"]),
    amount=st.sampled_from([5_000, 10_000, 40_000]),
    late_charge=st.sampled_from([0, 300]),
    data_date=st.sampled_from([JUNE10, JUNE11]),
    funds_on=st.sampled_from([None, JUNE11]),
    remark=st.sampled_from(["", "HMPN9001"]),
    store=st.sampled_from(["a", "b"]),
)


def result(outcome):
    """Everything but the names of files, which depend on who was loaded first."""
    plain = [(paid.first._replace(file=0, line=0), replace(paid, first=None)) for paid in outcome.payments]
    return plain, sorted((odd.key, odd.subject, odd.amount, tuple(odd.values.items())) for odd in outcome.oddities)


@settings(max_examples=150)
@given(st.lists(RECORDS, max_size=9), st.randoms(use_true_random=False), st.permutations([1, 2, 3]))
def test_no_order_of_records_or_files_changes_the_outcome(records, dice, files):
    shuffled = list(records)
    dice.shuffle(shuffled)
    renamed = [record._replace(file=files[record.file - 1]) for record in shuffled]
    assert result(weigh(renamed, BILL)) == result(weigh(records, BILL))


@settings(max_examples=100)
@given(st.lists(RECORDS, max_size=9))
def test_loading_every_file_again_changes_nothing(records):
    again = [record._replace(file=record.file + 10) for record in records]
    assert result(weigh([*records, *again], BILL)) == result(weigh(records, BILL))


@settings(max_examples=100)
@given(st.lists(RECORDS, max_size=9))
def test_no_slip_counts_for_more_than_its_amount_and_surplus_is_always_shown(records):
    outcome = weigh(records, BILL)
    for slip in SLIPS:
        mine = [paid for paid in outcome.payments if paid.first.slip_id == slip[0]]
        assert sum(paid.counted for paid in mine) <= slip[2]
        if sum(paid.principal for paid in mine) > slip[2]:
            assert {"overpaid", "double-slip"} & set(keys(outcome))


@given(st.lists(st.sampled_from(["provisional", "confirmed", "cancelled"]), max_size=6))
def test_a_visit_to_one_store_counts_its_records(kinds):
    """By hand count: a confirmed one is never undone, and without confirmation more must be reported than revoked."""
    outcome = weigh([told(kind, line=line) for line, kind in enumerate(kinds)], BILL)
    count = {kind: kinds.count(kind) for kind in ("provisional", "confirmed", "cancelled")}
    assert len(outcome.payments) == max(count["confirmed"], count["provisional"] - count["cancelled"], 0)


def test_every_order_of_a_visits_three_records_ends_alike():
    records = [told(), told("confirmed"), told("cancelled")]
    assert len({str(result(weigh(order, BILL))) for order in permutations(records)}) == 1
