"""The same ward on PostgreSQL: the same rows as on SQLite, and the same protection of the journal."""

import subprocess
import sys
import threading
from datetime import datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from handover import journal
from handover.rules import RefusalError
from print_service.act import JST
from print_service.ledger.database import connect, migrate, transaction
from print_service.ledger.journal import Tag, entries, record, verify
from print_service.settings import load_settings

_WRITER = """
import sys
from datetime import datetime
from print_service.act import JST, Act
from print_service.ledger.database import connect, transaction
from print_service.ledger.journal import Tag, record
engine = connect(sys.argv[1])
for number in range(20):
    with transaction(engine) as session:
        record(session, Tag.DEMO_STEP, Act(sys.argv[2], datetime(2026, 4, 17, tzinfo=JST)), f"{sys.argv[2]}-{number}", {})
"""

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
def postgres_ward(ward_template, copied_ward, tmp_path, postgres):
    """A ward whose ward.toml names a PostgreSQL database."""
    folder, plan = ward_template
    with copied_ward(folder, plan, tmp_path / "on-postgres") as ward:
        toml = ward.out / "ward.toml"
        url = postgres()
        toml.write_text(toml.read_text(encoding="utf-8").replace("sqlite:///ledger.sqlite", url), encoding="utf-8")
        settings = load_settings(toml)
        assert settings.ledger_url == url
        engine = connect(url)
        migrate(engine)
        yield type(ward)(ward.out, settings, engine, plan)
        engine.dispose()


def comparable(snapshot):
    """SQLite keeps no zone: its moments are Japan time as given."""

    def plain(value):
        if isinstance(value, datetime):
            return value.astimezone(JST).replace(tzinfo=None) if value.tzinfo else value
        return value

    return {table: [tuple(map(plain, row)) for row in rows] for table, rows in snapshot.items()}


def test_intake_freeze_and_number_give_the_rows_that_sqlite_gets(loaded_ward, postgres_ward):
    postgres_ward.load_all()
    for ward in (loaded_ward, postgres_ward):
        ward.noticed("R08-N01", "vehicle-tax")
        ward.noticed()
    ours, theirs = comparable(loaded_ward.snapshot()), comparable(postgres_ward.snapshot())
    assert ours["slips"]
    assert theirs == ours
    with postgres_ward.session() as session:
        report = journal.verify(entries(session))
    assert report.ok
    assert report.count == len(ours["journal"]) == 6


def test_the_rest_of_the_year_runs_too(postgres_ward):
    postgres_ward.load_all()
    postgres_ward.noticed("R08-N01", "vehicle-tax")
    postgres_ward.post_blank("R08-N01", datetime(2026, 5, 8, tzinfo=JST).date())
    assert {row.state for row in postgres_ward.snapshot()["pieces"]} == {"posted"}


def test_foreign_keys_hold(postgres_ward):
    with pytest.raises(IntegrityError), postgres_ward.session() as session:
        session.execute(
            text("INSERT INTO instalments (assessment_id, number, due, amount) VALUES (1, 1, '2026-06-30', 1)")
        )


def test_two_writers_wait_for_each_other_and_never_fork_the_journal(postgres_engine, act):
    """Bug: without a lock both read the same head, and one of them failed on the journal's number."""
    migrate(postgres_engine)
    failures = []

    def write(name):
        try:
            for number in range(15):
                with transaction(postgres_engine) as session:
                    record(session, Tag.DEMO_STEP, act(by=name), f"{name}-{number}", {})
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=write, args=(f"W{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(postgres_engine) as session:
        report = journal.verify(entries(session))
    assert failures == []
    assert (report.ok, report.count) == (True, 45)


def test_processes_writing_at_once_make_one_chain(postgres):
    url = postgres()
    engine = connect(url)
    migrate(engine)
    command = [sys.executable, "-c", _WRITER, url]
    writers = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in ("W1", "W2", "W3")]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, "")
    with transaction(engine) as session:
        report = verify(session)
        assert {entry.actor for entry in entries(session)} == {"W1", "W2", "W3"}
    engine.dispose()
    assert (report.ok, report.count) == (True, 60)


def test_two_writers_that_read_the_same_head_do_not_both_write(postgres_engine, act):
    """Without the lock that keeps them apart the counter still does: the second finds it moved."""
    migrate(postgres_engine)
    bare = create_engine(postgres_engine.url)  # as an application that forgot the lock would connect
    with Session(bare) as one, Session(bare) as other:
        other.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        assert other.scalar(text("SELECT count(*) FROM journal")) == 0
        record(one, Tag.DEMO_STEP, act(), "one", {})
        one.commit()
        with pytest.raises((DBAPIError, RefusalError)):
            record(other, Tag.DEMO_STEP, act(), "other", {})
    bare.dispose()
    with transaction(postgres_engine) as session:
        assert (verify(session).ok, verify(session).count) == (True, 1)
