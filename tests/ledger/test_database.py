"""What the SQLite ledger promises: foreign keys, write-ahead log, all of a transaction or nothing of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, NoResultFound

from print_service.ledger.database import connect, migrate, rows, transaction
from print_service.ledger.journal import Tag, entries, record
from print_service.ledger.tables import JournalRow


@pytest.mark.parametrize(("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2)])
def test_every_connection_has_foreign_keys_wal_and_full_sync(ward, pragma, value):
    connections = [ward.engine.raw_connection() for _ in range(2)]
    try:
        found = [connection.cursor().execute(f"PRAGMA {pragma}").fetchone()[0] for connection in connections]
    finally:
        for connection in connections:
            connection.close()
    assert found == [value, value]


def test_an_instalment_without_its_assessment_is_refused(ward):
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), ward.session() as session:
        session.execute(
            text("INSERT INTO instalments (assessment_id, number, due, amount) VALUES (1, 1, '2026-06-30', 1)")
        )


def test_the_folder_of_the_ledger_is_made(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'a' / 'b' / 'ledger.sqlite'}")
    migrate(engine)
    engine.dispose()
    assert (tmp_path / "a" / "b" / "ledger.sqlite").is_file()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=6))
def test_a_transaction_is_kept_whole_or_not_at_all(ward, act, plan):
    """(entries written, whether it fails at its end) for each transaction, on a ledger that goes on from example to example."""
    with ward.session() as session:
        kept = session.scalar(select(func.count()).select_from(JournalRow))
    for count, fails in plan:
        try:
            with transaction(ward.engine) as session:
                for number in range(count):
                    record(session, Tag.DEMO_STEP, act(), f"s{number}", {})
                if fails:
                    session.get_one(JournalRow, 0)
        except NoResultFound:
            continue
        kept += count
    with transaction(ward.engine) as session:
        assert [entry.seq for entry in entries(session)] == list(range(1, kept + 1))


def test_rows_are_streamed_in_blocks_without_loss(ward, act):
    with ward.session() as session:
        for number in range(25):
            record(session, Tag.DEMO_STEP, act(), f"s{number}", {})
    with ward.session() as session:
        found = list(rows(session, select(JournalRow.seq).order_by(JournalRow.seq), size=10))
    assert found == list(range(1, 26))
