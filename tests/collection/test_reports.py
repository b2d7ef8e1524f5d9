"""Reports, their CSV for Excel, and the removal of an input that was loaded."""

import csv
from datetime import date

import pytest

from print_service.collection.recompute import recompute
from print_service.collection.remove import remove_input
from print_service.collection.report import (
    HEADINGS,
    ChannelDay,
    FileResult,
    Outstanding,
    by_channel_and_day,
    by_file,
    open_exceptions,
    outstanding,
    whereabouts,
    write_csv,
)
from print_service.findings import RefusedError
from print_service.ledger.journal import Tag, entries
from print_service.ledger.tables import Assessment

CASE = "variant-taka-saki"
DAY, LATER, JULY = date(2026, 6, 10), date(2026, 6, 12), date(2026, 7, 17)


@pytest.fixture
def paid(store):
    """Two visits to stores, one of them not yet confirmed, a posting, and money for a stranger."""
    first, second = store.slip(CASE, 1), store.slip(CASE, 2)
    store.take("a.dat", JULY, store.visit(first, DAY), store.visit(second, DAY, "provisional"))
    stranger = store.posting(first, LATER, 2, number="9999999999999999", amount=500)
    store.pay_easy("b.dat", JULY, store.posting(store.slip(CASE, 3), LATER, late_charge=100, amount=12_100), stranger)
    return store


def test_payments_by_channel_and_day(paid):
    amounts = [paid.slip(CASE, period).amount for period in (1, 2)]
    with paid.ward.session() as session:
        stores, bank = by_channel_and_day(session, DAY, JULY)
        assert list(by_channel_and_day(session, JULY, JULY)) == []
    assert stores == ChannelDay("コンビニエンスストア", DAY, 2, sum(amounts), 0, 1, 1, amounts[0])
    assert bank == ChannelDay("Pay-easy", LATER, 2, 12_600, 100, 0, 2, 12_600)


def test_what_each_file_brought(paid):
    with paid.ward.session() as session:
        found = [(row.name, row.records, row.matched, row.unmatched) for row in by_file(session)]
        waiting = {row.key: (row.count, row.amount) for row in open_exceptions(session)}
    assert found == [("a.dat", 3, 3, 0), ("b.dat", 2, 1, 1)]
    assert waiting["collection.unknown-slip"] == (1, 500)


def test_outstanding_by_instalment(paid):
    balances = paid.balances(CASE)
    with paid.ward.session() as session:
        rows = {(row.tax_item, row.period): row for row in outstanding(session, JULY)}
        before = {(row.tax_item, row.period): row for row in outstanding(session, date(2026, 6, 9))}
    first = rows["resident-tax", 1]
    assert first.paid == balances[0].instalment.amount
    assert before["resident-tax", 1].unpaid == first.unpaid + first.paid == first.assessed
    assert first.unpaid_instalments == first.instalments - 1
    assert first.due == date(2026, 6, 30)


def test_every_yen_is_somewhere_and_the_reports_agree(paid):
    """The whole year besides an instalment, a slip twice, 1 yen short, a late charge, a stranger, and a bill that was replaced (direct row)."""
    slips = {case: paid.slip(case, 1) for case in ("long-latin", "long-address", "plane-2-yoshi")}
    paid.take(
        "c.dat", JULY, paid.visit(paid.slip(CASE, 0), LATER), *(paid.visit(slips["long-latin"], DAY) for _ in "12")
    )
    short = paid.posting(slips["long-address"], LATER, 7, amount=slips["long-address"].amount - 1)
    paid.pay_easy("d.dat", JULY, short, paid.posting(slips["plane-2-yoshi"], LATER, 8))
    with paid.ward.session() as session:
        session.get_one(Assessment, slips["plane-2-yoshi"].assessment_id).superseded = True
    for as_of in (DAY, LATER, JULY):
        with paid.ward.session() as session:
            total, applied, *others = [row.amount for row in whereabouts(session, as_of)]
            assert total == sum(row.amount for row in by_channel_and_day(session, date.min, as_of))
            assert applied == sum(row.paid for row in outstanding(session, as_of))
            assert total == applied + sum(others)
            assert min(others) >= 0
    charge, beyond, twice, withdrawn, unknown = others
    parts = [balance.instalment.amount for balance in paid.balances(CASE)]
    third = paid.slip(CASE, 3).amount
    assert (charge, unknown, withdrawn) == (100, 500, slips["plane-2-yoshi"].amount)
    # The third instalment was told as 12,100 with 100 late charge; what its slip does not ask for is beyond it.
    assert beyond == slips["long-latin"].amount + max(12_000 - third, 0)
    assert twice == parts[0] + parts[1] + min(12_000, third)


def test_the_csv_is_what_excel_opens(paid, tmp_path):
    """With the mark Excel knows UTF-8 by, CR LF, Japanese headings, and nothing that runs as a formula."""
    path = tmp_path / "report.csv"
    with paid.ward.session() as session:
        assert write_csv(path, HEADINGS[FileResult], by_file(session)) == 2
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 3
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert [len(row) for row in rows] == [9, 9, 9]
    assert rows[0][:2] == ["ファイル", "収納経路"]


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)"])
def test_a_file_name_that_looks_like_a_formula_is_text(tmp_path, name):
    path = tmp_path / "report.csv"
    write_csv(path, ("a",) * 9, [Outstanding(name, 2026, 1, DAY, 1, 1, 0, 1, 1)])
    assert next(iter(csv.reader(path.read_text("utf-8-sig").splitlines()[1:])))[0] == "'" + name


def test_recomputing_tells_what_there_is(paid):
    with paid.ward.session() as session:
        done = recompute(session, paid.ward.settings, paid.act())
    assert (done.receipts, done.payments, done.changed, done.found) == (5, 4, 0, 0)


# Removal


def test_a_loaded_file_is_removed_and_the_journal_says_how(store):
    path = store.file("a.dat", JULY, store.visit(store.slip(CASE, 1), DAY))
    done = store.load(path)
    size = path.stat().st_size
    with store.ward.session() as session:
        remove_input(session, store.act(), path)
    assert not path.exists()
    with store.ward.session() as session:
        (entry,) = entries(session, Tag.PAYMENTS_REMOVED)
    assert entry.body == {"sha256": done.sha256, "name": "a.dat", "size": str(size), "method": "unlink"}


def test_a_file_that_is_not_in_the_ledger_stays(store):
    path = store.file("a.dat", JULY, store.visit(store.slip(CASE, 1), DAY))
    with store.ward.session() as session, pytest.raises(RefusedError, match=r"collection\.not-loaded"):
        remove_input(session, store.act(), path)
    assert path.exists()
