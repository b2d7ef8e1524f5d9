"""How far each channel is loaded, and what is stale: the incidents of Yoshioka, Iwaki and Aomori began with a file that was not there."""

from datetime import date

import pytest

from print_service.collection.freshness import business_days_before, freshness
from print_service.demo import bank_payments as bank
from print_service.findings import RefusedError

MONDAY = date(2026, 6, 22)


def fresh(store, on=MONDAY, settings=None):
    with store.ward.session() as session:
        return {row.channel: row for row in freshness(session, settings or store.ward.settings, on)}


def lagging(store, **lags):
    """The ward's settings with other channels and lags."""
    collection = store.ward.settings.collection.model_copy(update={"lag_business_days": lags})
    return store.ward.settings.model_copy(update={"collection": collection})


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 1, date(2026, 6, 19)),
        (MONDAY, 5, date(2026, 6, 15)),
        # 2026-07-20 is 海の日, a Monday.
        (date(2026, 7, 21), 1, date(2026, 7, 17)),
        # 12-29 to 01-03 the ward is closed; 2027-01-04 is a Monday.
        (date(2027, 1, 5), 2, date(2026, 12, 28)),
    ],
)
def test_business_days_skip_weekends_holidays_and_the_turn_of_the_year(day, count, expected):
    assert business_days_before(day, count) == expected


def test_every_channel_of_the_ward_has_a_row_and_none_is_loaded_at_first(store):
    rows = fresh(store)
    assert set(rows) == set(store.ward.settings.collection.lag_business_days)
    stores = rows["convenience-store"]
    assert (stores.last_file, stores.covered_to, stores.needed_to, stores.stale) == (
        None,
        None,
        date(2026, 6, 15),
        True,
    )


@pytest.mark.parametrize(("covered_to", "stale"), [(date(2026, 6, 15), False), (date(2026, 6, 14), True)])
def test_a_channel_is_stale_when_it_lags_more_than_expected(store, covered_to, stale):
    store.take("a.dat", covered_to)
    row = fresh(store)["convenience-store"]
    assert (row.last_file, row.covered_to, row.expected_lag_business_days, row.stale) == ("a.dat", covered_to, 5, stale)


def test_an_older_file_loaded_later_does_not_make_a_channel_older(store):
    store.take("new.dat", MONDAY)
    store.take("old.dat", date(2026, 6, 1))
    row = fresh(store)["convenience-store"]
    assert (row.last_file, row.covered_to, row.stale) == ("old.dat", MONDAY, False)


def test_a_file_of_transfers_does_not_make_its_channel_fresh(store):
    path = store.ward.out / "moved.csv"
    bank.write_mobile_transfers(path, [], covered_to=MONDAY)
    store.load(path, "mobile-register-transfers")
    assert fresh(store)["mobile-register"].stale


def test_a_debit_is_known_from_its_results_until_the_next_due_date(store):
    """The synthetic ward debits vehicle tax on 06-01 and resident tax on 06-30."""
    assert (fresh(store)["direct-debit"].covered_to, fresh(store)["direct-debit"].stale) == (date(2026, 5, 31), True)
    path = store.ward.out / "debit.dat"
    bank.write_direct_debits(path, [], debit_day=date(2026, 6, 1))
    store.load(path, "direct-debit-results")
    assert (fresh(store)["direct-debit"].covered_to, fresh(store)["direct-debit"].stale) == (MONDAY, False)
    july = fresh(store, date(2026, 7, 21))["direct-debit"]
    assert (july.covered_to, july.stale) == (date(2026, 6, 29), True)


def test_a_channel_the_ward_does_not_offer_is_not_waited_for(store):
    assert set(fresh(store, settings=lagging(store, **{"pay-easy": 1}))) == {"pay-easy"}


def test_a_channel_nobody_knows_is_refused(store):
    with pytest.raises(RefusedError) as refusal:
        fresh(store, settings=lagging(store, **{"pay-easy": 1, "carrier-pigeon": 9}))
    assert [finding.key for finding in refusal.value.findings] == ["collection.channel-unknown"]
