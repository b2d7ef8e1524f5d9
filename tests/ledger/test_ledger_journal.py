"""The journal in the ledger: one chain whoever writes, and every tampering with its rows is seen."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import datetime

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.exc import NoResultFound

from handover import journal
from handover.rules import RefusalError
from print_service.act import JST, Act
from print_service.ledger.database import _config, connect, migrate, transaction
from print_service.ledger.journal import Tag, entries, is_recorded, record
from print_service.ledger.journal import verify as verify_kept
from print_service.ledger.tables import JournalRow

_WRITER = """
import sys
from datetime import datetime
from print_service.act import JST, Act
from print_service.ledger.database import connect, migrate, transaction
from print_service.ledger.journal import Tag, record
engine = connect(sys.argv[1])
for number in range(20):
    with transaction(engine) as session:
        record(session, Tag.DEMO_STEP, Act(sys.argv[2], datetime(2026, 4, 17, tzinfo=JST)), f"{sys.argv[2]}-{number}", {})
"""


@pytest.fixture
def written(ward, act):
    """A journal of eight entries."""
    with ward.session() as session:
        for number in range(8):
            record(session, Tag.FILE_LOADED, act(), f"file-{number}", {"records": number, "total": 1_000 * number})
    return ward


def verify(ward, head=None):
    with ward.session() as session:
        return journal.verify(entries(session), head)


def kept(ward, *heads):
    """What the ledger's own check says: chain, counter and heads."""
    with ward.session() as session:
        return [fault.key for fault in verify_kept(session, *heads).faults]


def head_of(ward):
    with ward.session() as session:
        return journal.head_of(list(entries(session))[-1], datetime(2026, 4, 18, tzinfo=JST))


def tamper(ward, statement, **values):
    with ward.engine.begin() as connection:
        connection.execute(text(statement), values)


def edited(ward, seq, *, rehash):
    """The entry's bytes with another total, hashed anew or not."""
    with ward.session() as session:
        entry = journal.parse(session.get_one(JournalRow, seq).entry)
    changed = journal.Entry(**{**vars(entry), "body": {**entry.body, "total": 1}})
    if rehash:
        changed = journal.Entry(**{**vars(changed), "hash": journal.digest(changed)})
    return journal.canonical(changed)


def test_an_untouched_journal_verifies(written):
    report = verify(written)
    assert (report.ok, report.count, report.last.seq) == (True, 8, 8)


@pytest.mark.parametrize(("rehash", "key"), [(False, "journal.altered"), (True, "journal.broken-link")])
def test_an_edited_row_is_seen(written, rehash, key):
    tamper(written, "UPDATE journal SET entry = :entry WHERE seq = 3", entry=edited(written, 3, rehash=rehash))
    assert [fault.key for fault in verify(written).faults] == [key]


def test_a_deleted_row_is_seen(written):
    tamper(written, "DELETE FROM journal WHERE seq = 5")
    assert [fault.key for fault in verify(written).faults] == ["journal.gap"]


def test_a_cut_end_is_seen_with_a_head_kept_elsewhere(written):
    with written.session() as session:
        head = journal.head_of(list(entries(session))[-1], datetime(2026, 4, 18, tzinfo=JST))
    tamper(written, "DELETE FROM journal WHERE seq = 8")
    assert verify(written).ok
    assert [fault.key for fault in verify(written, head).faults] == ["journal.truncated"]


def test_a_cut_end_is_seen_without_any_head_by_the_ledger_s_counter(written):
    head = head_of(written)
    tamper(written, "DELETE FROM journal WHERE seq > 6")
    assert kept(written) == kept(written, head) == ["journal.truncated"]


def test_a_restored_backup_is_told_apart_from_a_cut_end(written, act, tmp_path):
    """The whole ledger goes back, counter and all: in itself sound, and behind the head that was kept elsewhere."""
    with (
        closing(sqlite3.connect(written.engine.url.database)) as live,
        closing(sqlite3.connect(tmp_path / "backup.sqlite")) as backup,
    ):
        live.backup(backup)
    with written.session() as session:
        record(session, Tag.FILE_LOADED, act(), "file-8", {})
    head = head_of(written)
    engine = connect(f"sqlite:///{tmp_path / 'backup.sqlite'}")
    try:
        with transaction(engine) as session:
            assert verify_kept(session).ok
            assert [fault.key for fault in verify_kept(session, head).faults] == ["journal.restored"]
            later = Act("W1", datetime(2026, 4, 20, tzinfo=JST))
            for number in range(3):
                record(session, Tag.FILE_LOADED, later, f"after-{number}", {})
            (fault,) = verify_kept(session, head).faults
            assert (fault.key, fault.values["last"]) == ("journal.restored", 8)
    finally:
        engine.dispose()


def test_the_last_row_edited_and_hashed_anew_is_seen(written):
    tamper(written, "UPDATE journal SET entry = :entry WHERE seq = 8", entry=edited(written, 8, rehash=True))
    assert kept(written) == ["journal.rewritten"]


def test_a_row_put_behind_the_last_is_seen(written):
    with written.session() as session:
        last = list(entries(session))[-1]
    forged = journal.next_entry(last, at=last.at, tag="demo:step:done", actor="x", subject="y", body={})
    statement = "INSERT INTO journal (seq, tag, subject, entry) VALUES (9, 'demo:step:done', 'y', :entry)"
    tamper(written, statement, entry=journal.canonical(forged))
    assert kept(written) == ["journal.appended"]


def test_a_ledger_of_before_the_counter_gets_one_where_its_journal_stands(written, act, tmp_path):
    (tmp_path / "old.sqlite").touch()
    engine = connect(f"sqlite:///{tmp_path / 'old.sqlite'}")
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
    with written.session() as session:
        rows = [dict(row._mapping) for row in session.execute(select(JournalRow.__table__))]
    with engine.begin() as connection:
        connection.execute(JournalRow.__table__.insert(), rows)
    migrate(engine)
    with transaction(engine) as session:
        assert verify_kept(session).faults == ()
        record(session, Tag.FILE_LOADED, act(), "file-8", {})
    with transaction(engine) as session:
        assert verify_kept(session).faults == ()
    engine.dispose()


def test_the_counter_taken_away_is_seen(written):
    tamper(written, "DELETE FROM journal_counter")
    assert kept(written) == ["journal.counter-missing"]


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM journal WHERE seq = 8", "DELETE FROM journal_counter", "UPDATE journal_counter SET seq = 7"],
)
def test_nothing_is_written_behind_an_end_that_is_not_the_counted_one(written, act, statement):
    """The next entry would take the number of the one cut off, and cover it up."""
    tamper(written, statement)
    with pytest.raises(RefusalError) as refusal, written.session() as session:
        record(session, Tag.FILE_LOADED, act(), "next", {})
    assert refusal.value.key == "journal.counter-differs"


def test_place_and_reason_of_an_act_are_kept(ward):
    with ward.session() as session:
        record(session, Tag.DEMO_STEP, Act("W1", datetime(2026, 4, 17, tzinfo=JST), "税務課端末3", "再発行"), "s", {})
        (entry,) = entries(session)
    assert (entry.where, entry.why) == ("税務課端末3", "再発行")


def test_bytes_that_are_no_entry_are_refused(written):
    tamper(written, "UPDATE journal SET entry = :entry WHERE seq = 3", entry=b"{}")
    with pytest.raises(RefusalError) as refusal:
        verify(written)
    assert refusal.value.key == "journal.unreadable"


@pytest.mark.parametrize("column", ["tag", "subject"])
def test_a_column_that_says_something_else_than_its_entry_is_seen(written, column):
    """Bug: a custody event whose tag column was edited vanished from custody while the journal verified."""
    tamper(written, f"UPDATE journal SET {column} = 'demo:step:done' WHERE seq = 4")
    with pytest.raises(RefusalError) as refusal:
        verify(written)
    assert (refusal.value.key, refusal.value.values["seq"]) == ("journal.altered", 4)


def test_a_prefix_is_taken_literally(ward, act):
    with ward.session() as session:
        record(session, Tag.FILE_LOADED, act(), "a", {})
        record(session, Tag.JOB_FROZEN, act(), "b", {})
        assert [entry.subject for entry in entries(session, "job:")] == ["b"]
        assert list(entries(session, "%")) == []
        assert list(entries(session, "job_pieces")) == []


def test_what_is_recorded_is_found_by_tag_and_subject(ward, act):
    with ward.session() as session:
        record(session, Tag.JOB_FROZEN, act(), "R08-N01", {})
        assert is_recorded(session, Tag.JOB_FROZEN, "R08-N01")
        assert not is_recorded(session, Tag.JOB_FROZEN, "R08-N02")
        assert not is_recorded(session, Tag.JOB_NUMBERED, "R08-N01")


def test_an_entry_goes_with_the_change_it_witnesses(written, act):
    def step_that_fails_after_it_was_recorded():
        with written.session() as session:
            record(session, Tag.JOB_FROZEN, act(), "R08-N01", {})
            session.get_one(JournalRow, 0)

    with pytest.raises(NoResultFound):
        step_that_fails_after_it_was_recorded()
    assert verify(written).count == 8


def test_threads_writing_at_once_make_one_chain(ward):
    failures = []

    def write(name):
        try:
            for number in range(15):
                with transaction(ward.engine) as session:
                    record(session, Tag.DEMO_STEP, Act(name, datetime(2026, 4, 17, tzinfo=JST)), f"{name}-{number}", {})
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=write, args=(f"W{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    report = verify(ward)
    assert (report.ok, report.count) == (True, 45)


def test_processes_writing_at_once_make_one_chain(ward):
    command = [sys.executable, "-c", _WRITER, ward.settings.ledger_url]
    writers = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in ("W1", "W2")]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, "")
    report = verify(ward)
    assert (report.ok, report.count) == (True, 40)
    with ward.session() as session:
        assert {entry.actor for entry in entries(session)} == {"W1", "W2"}


def test_a_tag_of_no_enumeration_is_refused(ward, act):
    """Bug: `record` took any text, so a mistyped tag was kept and never read by anything that folds the journal."""
    with ward.session() as session, pytest.raises(RefusalError) as refusal:
        record(session, "handover:medium:handed-ovr", act(), "medium:M-1", {})
    assert refusal.value.keys == ("journal.tag",)
