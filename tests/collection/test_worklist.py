"""The work list: what does not fit is kept with its age, settled by a person with a reason, and never deleted."""

from datetime import date

import pytest
from sqlalchemy import func, select

from print_service.collection.recompute import recompute
from print_service.collection.worklist import settle, worklist
from print_service.findings import RefusedError
from print_service.ledger.collection_tables import PaymentException
from print_service.ledger.journal import Tag, entries

CASE = "variant-taka-saki"
DAY, JULY = date(2026, 6, 10), date(2026, 7, 17)


@pytest.fixture
def doubled(store):
    """One slip paid in a store and by Pay-easy."""
    slip = store.slip(CASE, 1)
    store.take("a.dat", JULY, store.visit(slip, DAY))
    store.pay_easy("b.dat", JULY, store.posting(slip, DAY))
    return store


def rows(store, today=date(2026, 9, 11), **how):
    with store.ward.session() as session:
        return list(worklist(session, today, **how))


def test_a_row_says_who_what_how_much_and_for_how_long(doubled):
    (row,) = rows(doubled)
    slip = doubled.slip(CASE, 1)
    assert (row.key, row.amount, row.period, row.state) == ("collection.double-slip", slip.amount, 1, "open")
    assert (row.payer_key, row.age_days, str(row.raised_on)) == (doubled.ward.plan.cases[CASE], 10, "2026-09-01")
    assert f"{2 * slip.amount:,}円" in row.sentence
    assert slip.confirmation not in row.reference


def test_settling_takes_it_off_the_list_and_keeps_it(doubled):
    (row,) = rows(doubled)
    with doubled.ward.session() as session:
        settle(session, doubled.act("2026-09-05 10:00", by="W02"), row.id, " 還付決定 R8-17 ")
    assert rows(doubled) == []
    (kept,) = rows(doubled, everything=True)
    assert (kept.state, kept.settled_by, kept.reason, kept.age_days) == ("settled", "W02", "還付決定 R8-17", 4)
    with doubled.ward.session() as session:
        (entry,) = entries(session, Tag.EXCEPTION_SETTLED)
    assert (entry.subject, entry.actor) == (f"exception-{row.id}", "W02")


def test_a_settled_row_stays_settled_when_everything_is_worked_out_again(doubled):
    (row,) = rows(doubled)
    with doubled.ward.session() as session:
        settle(session, doubled.act(), row.id, "還付")
    with doubled.ward.session() as session:
        recompute(session, doubled.ward.settings, doubled.act())
    assert rows(doubled) == []


def test_more_money_on_a_settled_slip_is_a_new_row(doubled):
    (row,) = rows(doubled)
    with doubled.ward.session() as session:
        settle(session, doubled.act(), row.id, "還付")
    doubled.pay_easy("c.dat", JULY, doubled.posting(doubled.slip(CASE, 1), JULY, 9))
    (new,) = rows(doubled)
    assert (new.key, new.amount) == (row.key, 2 * row.amount)
    assert len(rows(doubled, everything=True)) == 2


def test_what_a_later_file_explains_is_cleared_by_itself_and_kept(store):
    slip = store.slip(CASE, 1)
    sure, early = store.visit(slip, DAY), store.visit(slip, DAY, "provisional")
    only_sure = store.file("sure.dat", JULY, sure)
    # The 確報 alone: the file without its first data record, and the trailer and end that count one.
    lines = only_sure.read_bytes().splitlines(keepends=True)
    trailer = (
        lines[3]
        .replace(b"80000002", b"80000001")
        .replace(f"{2 * slip.amount:012d}".encode(), f"{slip.amount:012d}".encode())
    )
    only_sure.write_bytes(b"".join([lines[0], lines[2], trailer, lines[4].replace(b"90000002", b"90000001")]))
    store.load(only_sure)
    assert store.open() == {"confirmed-without-provisional": 1}
    store.take("early.dat", JULY, early)
    # The same visit told with another hour and store is another record of the day, and pairs.
    assert store.open() == {}
    (row,) = rows(store, everything=True)
    assert row.state == "cleared"


@pytest.mark.parametrize(("number", "reason", "key"), [(99, "x", "no-such-exception"), (None, "  ", "no-reason")])
def test_what_cannot_be_settled(doubled, number, reason, key):
    with doubled.ward.session() as session, pytest.raises(RefusedError) as refusal:
        settle(session, doubled.act(), number or rows(doubled)[0].id, reason)
    assert [finding.key for finding in refusal.value.findings] == [f"collection.{key}"]


def test_a_row_is_settled_once(doubled):
    (row,) = rows(doubled)
    with doubled.ward.session() as session:
        settle(session, doubled.act(), row.id, "還付")
        with pytest.raises(RefusedError, match=r"collection\.settled-before"):
            settle(session, doubled.act(), row.id, "充当")
        assert session.scalar(select(func.count()).select_from(PaymentException)) == 1
