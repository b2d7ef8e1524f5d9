"""A payment file enters the ledger whole, once; every record is kept, matched to its slip or as an exception."""

from datetime import date

import pytest
from sqlalchemy import func, select

from barcodes.digits import modulo10
from print_service.demo.payments import Visit
from print_service.findings import RefusedError, catalogue
from print_service.ledger.collection_tables import PaymentException, Receipt
from print_service.ledger.journal import Tag, entries
from print_service.ledger.tables import Base, SourceFile

JUNE, JULY = date(2026, 6, 19), date(2026, 7, 17)


def count(store, table):
    with store.ward.session() as session:
        return session.scalar(select(func.count()).select_from(table))


def everything(store):
    """All rows of all tables."""
    with store.ward.session() as session:
        return {
            table.name: session.execute(select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
        }


def a_visit(store, outcome="confirmed", case="variant-taka-saki", period=1):
    return store.visit(store.slip(case, period), date(2026, 6, 10), outcome)


def test_every_record_finds_its_slip_by_the_44_digits(store):
    slips = [store.slip("variant-taka-saki", 1), store.slip("long-latin", 1)]
    store.take("a.dat", JUNE, *(store.visit(slip, date(2026, 6, 10)) for slip in slips))
    with store.ward.session() as session:
        found = session.execute(select(Receipt.slip_id, Receipt.kind, Receipt.amount).order_by(Receipt.line)).all()
    assert found == [(slip.id, kind, slip.amount) for slip in slips for kind in ("provisional", "confirmed")]


def test_the_answer_counts_records_and_matches(store):
    done = store.take("a.dat", JUNE, a_visit(store), a_visit(store, "provisional", "long-latin"))
    assert (done.records, done.matched, done.exceptions, done.already) == (3, 3, {}, False)


def test_the_day_up_to_which_payments_are_known_is_stored(store):
    """The header's date, not the last payment's: a quiet day is known to be quiet."""
    store.take("a.dat", JUNE, a_visit(store))
    with store.ward.session() as session:
        file = session.scalars(select(SourceFile).where(SourceFile.kind == "payments")).one()
    assert (file.covered_to, file.scope, file.records) == (JUNE, "convenience-store", 2)


def test_a_file_without_a_payment_still_covers_its_days(store):
    assert store.take("empty.dat", JUNE).records == 0
    with store.ward.session() as session:
        assert session.scalars(select(SourceFile.covered_to).where(SourceFile.kind == "payments")).one() == JUNE


def test_the_same_file_again_is_recognised_and_changes_nothing(store):
    path = store.file("a.dat", JUNE, a_visit(store))
    store.load(path)
    before = everything(store)
    again = store.load(path)
    assert (again.already, again.records, again.matched) == (True, 2, 0)
    assert everything(store) == before


def test_the_same_bytes_under_another_name_are_the_same_file(store):
    path = store.file("a.dat", JUNE, a_visit(store))
    store.load(path)
    assert store.load(path.rename(path.with_name("b.dat"))).already


def test_a_faulty_file_leaves_the_ledger_unchanged(store):
    """One digit of the trailer's sum is wrong: not even the good records enter."""
    path = store.file("a.dat", JUNE, a_visit(store))
    raw = bytearray(path.read_bytes())
    place = raw.index(b"\r\n8") + 2 + 19
    raw[place : place + 1] = b"1" if raw[place : place + 1] != b"1" else b"2"
    path.write_bytes(raw)
    before = everything(store)
    with pytest.raises(RefusedError) as refused:
        store.load(path)
    assert [finding.key for finding in refused.value.findings] == ["flatfile.sum-differs"]
    assert everything(store) == before


def test_a_truncated_file_leaves_the_ledger_unchanged(store):
    path = store.file("a.dat", JUNE, a_visit(store), a_visit(store, case="long-latin"))
    path.write_bytes(path.read_bytes()[:-150])
    before = everything(store)
    with pytest.raises(RefusedError):
        store.load(path)
    assert everything(store) == before


def test_money_for_an_unknown_slip_is_kept_as_an_exception_and_never_refused(store):
    """A slip that this ward never issued: the free area is another one, the check digit right."""
    known = store.slip("variant-taka-saki", 1).cvs_digits
    body = known[:13] + "9" * 16 + known[29:43]
    stranger = Visit(body + str(modulo10(body)), int(body[37:43]), date(2026, 6, 10), "provisional")
    done = store.take("a.dat", JUNE, stranger, a_visit(store))
    assert (done.records, done.matched, done.exceptions) == (3, 2, {"collection.unknown-slip": 1})
    with store.ward.session() as session:
        kept = session.scalars(select(Receipt).where(Receipt.slip_id.is_(None))).one()
        raised = session.scalars(select(PaymentException)).one()
    assert (kept.amount, kept.reference) == (stranger.amount, stranger.digits44)
    assert (raised.key, raised.amount) == ("collection.unknown-slip", stranger.amount)
    assert catalogue()[raised.key].severity == "warning"


def test_shizuoka_a_bar_code_with_a_wrong_part_pays_the_slip_whose_number_it_bears(store):
    """Bug: a bar code was known by all of its 44 digits or not at all, so that a wrong one left its payer unpaid (静岡市, 577 letters)."""
    slip = store.slip("variant-taka-saki", 1)
    body = f"{slip.cvs_digits[:30]}991231{slip.cvs_digits[36:43]}"
    wrong = Visit(body + str(modulo10(body)), slip.amount, date(2026, 6, 10), "confirmed")
    assert store.take("a.dat", JUNE, wrong).exceptions == {"collection.wrong-bar-code": 1}
    assert store.balances("variant-taka-saki")[0].unpaid == 0


def test_another_amount_under_a_known_number_is_counted_and_shown(store):
    slip = store.slip("variant-taka-saki", 1)
    body = f"{slip.cvs_digits[:37]}{slip.amount - 100:06d}"
    changed = Visit(body + str(modulo10(body)), slip.amount - 100, date(2026, 6, 10), "confirmed")
    done = store.take("a.dat", JUNE, changed)
    assert done.exceptions == {"collection.underpaid": 1, "collection.wrong-bar-code": 1}
    assert store.balances("variant-taka-saki")[0].unpaid == 100


def test_later_files_add_their_records(store):
    store.take("a.dat", JUNE, a_visit(store, "provisional"))
    store.take("b.dat", JULY, a_visit(store))
    assert count(store, Receipt) == 3


def test_the_journal_tells_of_the_file_without_a_payers_data(store):
    done = store.take("a.dat", JUNE, a_visit(store))
    with store.ward.session() as session:
        (entry,) = entries(session, Tag.PAYMENTS_LOADED)
    assert entry.body == {
        "sha256": done.sha256,
        "channel": "convenience-store",
        "covered_to": "2026-06-19",
        "records": "2",
        "matched": "2",
    }
