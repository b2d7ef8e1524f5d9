"""How far each channel is loaded, and what is stale: the incidents of Yoshioka, Iwaki and Aomori began with a file that was not there."""

from datetime import date

import pytest
from sqlalchemy import select

from print_service.collection.empty_days import confirm_empty
from print_service.collection.freshness import business_days_before, expected_days, freshness
from print_service.demo import bank_payments as bank
from print_service.findings import RefusedError
from print_service.ledger.collection_tables import CoveredDay
from print_service.ledger.journal import Tag, entries
from print_service.ledger.tables import Posting

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


def test_files_may_come_in_any_order_and_a_gap_between_them_is_named_day_by_day(store):
    """Bug: only the latest day counted, so a file lost between two others was missed by nobody. 6/6 and 6/7 are a weekend."""
    store.take("new.dat", MONDAY, covered_from=date(2026, 6, 10))
    store.take("old.dat", date(2026, 6, 4), covered_from=date(2026, 6, 1))
    row = fresh(store)["convenience-store"]
    assert (row.last_file, row.covered_to, row.stale) == ("old.dat", date(2026, 6, 4), True)
    assert row.missing == (date(2026, 6, 5), date(2026, 6, 8), date(2026, 6, 9))
    store.take("lost.dat", date(2026, 6, 9), covered_from=date(2026, 6, 5))
    row = fresh(store)["convenience-store"]
    assert (row.covered_to, row.missing, row.stale) == (MONDAY, (), False)


def test_a_gap_within_the_lag_is_a_lost_file_too(store):
    """Of 6/18 and 6/19 (Thursday, Friday) nothing need be known yet; but the file of 6/22 is there."""
    store.take("a.dat", date(2026, 6, 17), covered_from=date(2026, 6, 1))
    assert not fresh(store)["convenience-store"].stale
    store.take("b.dat", MONDAY)
    row = fresh(store)["convenience-store"]
    assert (row.stale, row.missing) == (True, (date(2026, 6, 18), date(2026, 6, 19)))


def test_payments_may_come_from_the_day_the_first_letters_left(store):
    """Bug: the first file loaded was taken for the first file there was. Direct row: letters left on 5/8, a Friday."""
    with store.ward.session() as session:
        names = {"container_sha256": "0" * 64, "postal_class": "一般", "pieces": 1}
        session.add(Posting(job_id="R08-N01", posted_on=date(2026, 5, 8), **names))
    store.take("a.dat", MONDAY, covered_from=date(2026, 5, 13))
    row = fresh(store)["convenience-store"]
    assert (row.covered_to, row.missing) == (None, (date(2026, 5, 8), date(2026, 5, 11), date(2026, 5, 12)))


def test_a_day_is_known_when_the_day_after_it_is_told_of(store):
    """A file of a day is made before the day is over: who pays at 23:59 stands in the next one."""
    store.take("a.dat", MONDAY)
    row = fresh(store)["convenience-store"]
    assert (row.covered_to, row.known_to) == (MONDAY, date(2026, 6, 21))


@pytest.mark.parametrize(
    ("delivery", "missing"),
    [
        ("business-days", 14),
        ("every-day", 20),
        ("weekly-mon", 2),
        ("weekly-fri", 3),
    ],
)
def test_the_ward_says_of_which_days_a_channel_tells(store, delivery, missing):
    """Between 6/1 and 6/22, both Mondays and told of: 6/8 and 6/15; the Fridays 6/5, 6/12 and 6/19; 20 days, 14 of them open."""
    store.take("a.dat", date(2026, 6, 1))
    store.take("b.dat", MONDAY)
    collection = store.ward.settings.collection.model_copy(update={"delivery": {"convenience-store": delivery}})
    settings = store.ward.settings.model_copy(update={"collection": collection})
    assert len(fresh(store, settings=settings)["convenience-store"].missing) == missing


def test_a_weekly_day_on_which_the_ward_is_closed_is_the_next_opening_day():
    """2026-07-20, a Monday, is 海の日."""
    days = list(expected_days("weekly-mon", date(2026, 7, 7), date(2026, 7, 28)))
    assert days == [date(2026, 7, 13), date(2026, 7, 21), date(2026, 7, 27)]


def test_a_channel_that_the_ward_added_later_tells_from_its_first_day(store):
    store.take("a.dat", MONDAY, covered_from=date(2026, 6, 15))
    collection = store.ward.settings.collection.model_copy(update={"since": {"convenience-store": date(2026, 6, 11)}})
    settings = store.ward.settings.model_copy(update={"collection": collection})
    assert fresh(store, settings=settings)["convenience-store"].missing == (date(2026, 6, 11), date(2026, 6, 12))


def test_a_header_with_a_first_day_tells_of_all_days_between(store):
    path = store.ward.out / "pe.dat"
    bank.write_pay_easy(path, [], seed=1, covered_to=MONDAY, covered_from=date(2026, 6, 1))
    store.load(path, "pay-easy-payments")
    assert (fresh(store)["pay-easy"].covered_to, fresh(store)["pay-easy"].missing) == (MONDAY, ())


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [
        (date(2026, 6, 23), MONDAY, "collection-file.covered-range"),
        (date(2025, 6, 20), MONDAY, "collection-file.covered-range"),
        (None, date(2026, 9, 2), "collection-file.future"),
    ],
)
def test_days_that_cannot_be_are_refused(store, first, last, key):
    """A file that said it told of next year would make its channel fresh for good. Files are loaded on 2026-09-01."""
    path = store.ward.out / "pe.dat"
    bank.write_pay_easy(path, [], seed=1, covered_to=last, covered_from=first)
    with pytest.raises(RefusedError) as refusal:
        store.load(path, "pay-easy-payments")
    assert [finding.key for finding in refusal.value.findings] == [key]


def test_a_number_that_no_file_has_makes_its_channel_stale(store):
    """A channel that numbers its files: 1, 2, 4 and then 1 again of a new count."""
    days = [date(2026, 6, day) for day in (15, 16, 17, 18, 19)]
    for number, day in zip((1, 2, 4, 5, 1), days, strict=True):
        path = store.ward.out / f"pe-{day}.dat"
        bank.write_pay_easy(path, [], seed=1, covered_to=day, file_number=number)
        store.load(path, "pay-easy-payments")
    row = fresh(store, date(2026, 6, 19))["pay-easy"]
    assert (row.missing, row.missing_files, row.stale) == ((), (3,), True)


def confirm(
    store, first, last=None, channel="convenience-store", reason="代行会社 見本氏に電話で確認", day="2026-06-22"
):
    with store.ward.session() as session:
        act = store.act(f"{day} 09:00")
        return confirm_empty(session, store.ward.settings, act, channel, first, last or first, reason)


def test_a_day_that_the_provider_confirms_as_empty_is_no_gap(store):
    store.take("a.dat", date(2026, 6, 10), covered_from=date(2026, 6, 1))
    store.take("b.dat", MONDAY, covered_from=date(2026, 6, 15))
    assert fresh(store)["convenience-store"].missing == (date(2026, 6, 11), date(2026, 6, 12))
    assert confirm(store, date(2026, 6, 11), date(2026, 6, 14)) == [date(2026, 6, 11), date(2026, 6, 12)]
    row = fresh(store)["convenience-store"]
    assert (row.missing, row.empty_days, row.stale) == ((), 2, False)
    with store.ward.session() as session:
        (entry,) = entries(session, Tag.DAYS_EMPTY)
        by_word = session.scalars(select(CoveredDay).where(CoveredDay.source_file_id.is_(None))).all()
    assert (entry.actor, entry.subject, entry.body["days"]) == (
        "W01",
        "convenience-store",
        ["2026-06-11", "2026-06-12"],
    )
    assert {(row.recorded_by, row.reason) for row in by_word} == {("W01", "代行会社 見本氏に電話で確認")}


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        ({"first": date(2026, 6, 11), "channel": "pigeon"}, ["dunning.override-unknown"]),
        ({"first": date(2026, 6, 11), "channel": "direct-debit"}, ["collection.empty-by-due-date"]),
        ({"first": date(2026, 6, 11), "reason": " "}, ["collection.no-reason"]),
        ({"first": date(2026, 6, 23)}, ["collection.empty-to-come"]),
        ({"first": date(2026, 6, 10)}, ["collection.not-missing"]),
        ({"first": date(2026, 6, 13)}, ["collection.not-missing"]),
        ({"first": date(2026, 5, 11)}, ["collection.not-missing"]),
    ],
)
def test_what_is_no_missing_day_is_not_recorded_as_empty(store, arguments, keys):
    """6/13 is a Saturday; before 6/1 no file of the channel was ever expected."""
    store.take("a.dat", date(2026, 6, 10), covered_from=date(2026, 6, 1))
    with pytest.raises(RefusedError) as refusal:
        confirm(store, **arguments)
    assert [finding.key for finding in refusal.value.findings] == keys
    assert all(finding.sentence for finding in refusal.value.findings)


def test_the_wards_own_closed_days_are_not_waited_for(store):
    """Bug: lags were counted by the shipped calendar; a day the ward closes itself was waited for."""
    (store.ward.out / "calendar.toml").write_text("[[day]]\ndate = 2026-06-18\nopen = false\n", "utf-8")
    store.take("a.dat", date(2026, 6, 17))
    store.take("b.dat", date(2026, 6, 19))
    row = fresh(store)["convenience-store"]
    assert (row.needed_to, row.missing) == (date(2026, 6, 12), ())


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
