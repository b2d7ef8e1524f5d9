"""The journal and the medium by hand: what a clerk types when a ledger was tampered with, restored, or a disc is bad."""

import os
import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from cli_desk import Desk, spawn

from handover.custody_table import Tag as CustodyTag
from print_service.ledger.journal import Tag, entries, record

MEDIUM = "M-2026-001"
APPROVED = ("--approved-by", "W03")


@pytest.fixture
def desk(ward, act):
    """A ledger of five entries, and the desk on it."""
    with ward.session() as session:
        for number in range(5):
            record(session, Tag.FILE_LOADED, act(), f"file-{number}", {"records": number})
    ward.engine.dispose()
    return Desk(ward.out)


def tamper(desk, statement):
    with closing(sqlite3.connect(desk.folder / "ledger.sqlite")) as ledger:
        ledger.execute(statement)
        ledger.commit()


def test_a_cut_end_is_called_a_cut_end_with_and_without_a_head(desk):
    assert desk("journal", "export", "j.jsonl", "--head", "head.json").code == 0
    assert desk("journal", "verify", "--against", "head.json").code == 0
    tamper(desk, "DELETE FROM journal WHERE seq = 5")
    said = desk("journal", "verify", "--against", "head.json", "--json")
    assert said.keys == ["journal.truncated", "cli.journal-broken"]
    assert desk("journal", "verify").keys == said.keys


def test_a_backup_put_back_is_called_a_restored_backup(desk, ward, act, tmp_path):
    shutil.copy(desk.folder / "ledger.sqlite", tmp_path / "backup.sqlite")
    with ward.session() as session:
        record(session, Tag.FILE_LOADED, act(), "file-5", {})
    ward.engine.dispose()
    assert desk("journal", "export", "j.jsonl", "--head", "head.json").code == 0
    shutil.copy(tmp_path / "backup.sqlite", desk.folder / "ledger.sqlite")
    assert desk("journal", "verify").code == 0
    assert desk("journal", "verify", "--against", "head.json").keys == ["journal.restored", "cli.journal-broken"]


def test_a_broken_journal_is_exported_but_never_signed(desk):
    tamper(desk, "DELETE FROM journal WHERE seq = 5")
    said = desk("journal", "export", "j.jsonl", "--head", "head.json")
    assert said.keys == ["journal.truncated", "cli.journal-broken"]
    assert not (desk.folder / "head.json").exists()
    assert desk("journal", "export", "j.jsonl").code == 0


def test_a_head_signed_by_somebody_else_is_no_evidence(desk, tmp_path):
    desk("journal", "export", "j.jsonl", "--head", "head.json")
    other = shutil.copytree(desk.folder, tmp_path / "other")
    for name in ("signing.pem", "signing.pub.pem"):
        (other / "secrets" / name).unlink()
    from print_service import vault
    from print_service.settings import load_settings

    vault.create(load_settings(other / "ward.toml"))
    assert Desk(other)("journal", "verify", "--against", "head.json").keys == ["head.other-key"]


@pytest.fixture
def proved(loaded_ward):
    loaded_ward.noticed()
    loaded_ward.compose_blank()
    loaded_ward.prove_blank()
    loaded_ward.engine.dispose()
    # The sample contract begins on a day that a test machine's clock need not have reached.
    contract = loaded_ward.out / "contract.toml"
    contract.write_text(re.sub(r"valid_from = \S+", "valid_from = 2020-04-01", contract.read_text("utf-8")), "utf-8")
    return loaded_ward


def test_seal_writes_a_mounted_medium_and_reads_it_back(proved, tmp_path, monkeypatch):
    monkeypatch.setenv("PRINT_SERVICE_PLACE", "税務課端末3")
    (tmp_path / "disc").mkdir()
    spawn(
        proved.out,
        "--why",
        "媒体の交換",
        "seal",
        "R08-N02",
        "--medium",
        MEDIUM,
        "--to",
        str(tmp_path / "disc"),
        *APPROVED,
    )
    with proved.session() as session:
        (entry,) = entries(session, str(CustodyTag.READ_BACK))
    proved.engine.dispose()
    assert sorted(entry.body["files"]) == sorted(path.name for path in (tmp_path / "disc").iterdir())
    assert (entry.where, entry.why) == ("税務課端末3", "媒体の交換")
    desk = Desk(proved.out)
    assert desk("read-back", MEDIUM, tmp_path / "disc", *APPROVED, "--json").json["medium"] == MEDIUM
    os.truncate(tmp_path / "disc/R08-N02.zip", 1000)
    assert desk("read-back", MEDIUM, tmp_path / "disc", *APPROVED).keys == ["medium.file-differs"]
    assert desk("read-back", "M-9", tmp_path / "disc", *APPROVED).keys == ["handover.no-container"]
