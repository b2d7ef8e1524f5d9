"""The vendor's command as the vendor runs it: another process, nothing of the application imported."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from handover import cli, envelope, journal, keys

ROOT = Path(__file__).parents[2]


def handover(*args, secret=None, stdin=b"", cwd=None):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    env.pop("HANDOVER_PASSPHRASE", None)
    if secret is not None:
        env["HANDOVER_PASSPHRASE"] = secret
    command = [sys.executable, "-m", "handover", *map(str, args)]
    done = subprocess.run(command, env=env, input=stdin, capture_output=True, cwd=cwd, check=False)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def here(monkeypatch, capsys):
    """Run a command in this process (fast); the passphrase by environment."""

    def run(*args, secret=None):
        if secret is None:
            monkeypatch.delenv("HANDOVER_PASSPHRASE", raising=False)
        else:
            monkeypatch.setenv("HANDOVER_PASSPHRASE", secret)
        code = cli.main([str(arg) for arg in args])
        return code, *capsys.readouterr()

    return run


def test_verify_runs_alone_in_another_process(make, tmp_path):
    batch = make("medium")
    code, out, err = handover("verify", batch.path, "--on", "2026-06-06", secret=batch.secret)
    assert (code, err) == (0, "")
    assert out.startswith("ok R08-N01")
    assert "通数 2" in out


def test_the_passphrase_from_standard_input(make):
    batch = make("medium")
    typed = (batch.secret.lower() + "\r\nnext line\n").encode()
    code, out, _ = handover("verify", batch.path, "--on", "2026-06-06", "--json", stdin=typed)
    assert code == 0
    assert json.loads(out)["batch"] == "R08-N01"
    code, _, err = handover("verify", batch.path, stdin=b"\xff\xfe")
    assert code == 1
    assert "[passphrase." in err


def test_nothing_of_the_application_is_imported():
    probe = "import sys, handover.cli, handover.custody_commands; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"print_service", "barcodes", "sqlalchemy", "weasyprint", "typer", "rich", "pydantic", "numpy"}


def test_open_writes_into_a_folder_named_after_the_batch(here, make, tmp_path, monkeypatch):
    batch = make("medium", name="R08-D01")
    late = batch.terms.valid_until
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    code, out, err = here("open", batch.path, secret=batch.secret)
    if datetime.now(timezone(timedelta(hours=9))).date() > late:  # the real clock rules the real command
        assert (code, "[container.expired]" in err) == (1, True)
        assert list((tmp_path / "work").iterdir()) == []
    else:
        assert code == 0
        assert out.startswith("ok")
        assert (tmp_path / "work/R08-D01/allocation.csv").exists()


def test_a_refusal_names_its_key_and_says_what_to_do(here, make):
    batch, other = make("medium"), make("other", seed="two")
    code, out, err = here("verify", batch.path, "--on", "2026-06-06", secret=other.secret)
    assert (code, out) == (1, "")
    assert "[container.passphrase]" in err
    assert "入力してください" in err


def test_json_of_a_refusal(here, make):
    batch = make("medium")
    code, out, _ = here("verify", batch.path, "--on", "2027-01-01", "--json", secret=batch.secret)
    found = json.loads(out)
    assert (code, found["ok"], found["key"]) == (1, False, "container.expired")
    assert found["faults"][0]["values"]["until"] == "2026-07-31"


def test_the_known_key_as_file_or_fingerprint(here, make, tmp_path):
    batch = make("medium")
    keys.save_public(batch.key.public_key(), tmp_path / "ward.pem")
    keys.save_public(keys.create().public_key(), tmp_path / "else.pem")
    known = keys.readable(keys.fingerprint(batch.key.public_key()))
    for given in (tmp_path / "ward.pem", known, known.replace(" ", "").upper()):
        assert here("verify", batch.path, "--on", "2026-06-06", "--key", given, secret=batch.secret)[0] == 0
    code, _, err = here("verify", batch.path, "--key", tmp_path / "else.pem", secret=batch.secret)
    assert (code, "[envelope.other-key]" in err) == (1, True)
    code, _, err = here("verify", batch.path, "--key", "no-such-file", secret=batch.secret)
    assert (code, "[key.not-a-fingerprint]" in err) == (1, True)
    code, _, err = here("verify", batch.path, "--medium", "M-0002", secret=batch.secret)
    assert (code, "[envelope.other-medium]" in err) == (1, True)


@pytest.mark.parametrize(
    ("what", "key"),
    [("missing", "file.missing"), ("folder", "file.is-folder"), ("no envelope", "envelope.missing"),
     ("envelope not json", "envelope.unreadable"), ("envelope a folder", "envelope.missing"),
     ("random", "container.size-differs"), ("empty", "container.size-differs")],
)  # fmt: skip
def test_bad_input_never_ends_in_a_traceback(here, make, what, key):
    batch = make("medium")
    path, note = batch.path, envelope.beside(batch.path)
    if what == "missing":
        path.unlink()
    elif what == "folder":
        path.unlink()
        path.mkdir()
    elif what == "no envelope":
        note.unlink()
    elif what == "envelope not json":
        note.write_bytes(b"\x00garbage")
    elif what == "envelope a folder":
        note.unlink()
        note.mkdir()
    elif what == "random":
        path.write_bytes(b"\x93" * 999)
    elif what == "empty":
        path.write_bytes(b"")
    for command in ("verify", "open"):
        code, out, err = here(command, path, secret=batch.secret)
        assert (code, out) == (1, "")
        assert f"[{key}]" in err


def test_no_passphrase_is_a_refusal():
    code, _, err = handover("verify", ROOT / "pyproject.toml")
    assert (code, "[envelope.missing]" in err) == (1, True)


@pytest.mark.parametrize("args", [[], ["explode"], ["verify"], ["verify", "x", "--on", "yesterday"]])
def test_wrong_usage_is_two(args):
    code, out, err = handover(*args)
    assert (code, out) == (2, "")
    assert "使い方" in err


def test_a_day_written_otherwise_is_told_how_days_are_written():
    _, _, err = handover("verify", "a.zip", "--on", "2026/6/8")
    assert "--on の値 '2026/6/8' は日付ではありません（2026-06-08 のように書きます）" in err


def test_what_the_system_refuses_names_the_file(here, tmp_path, batch):
    """Bug: `ファイルを扱えませんでした（書込みが禁じられています）` did not say which, when the form was to lie on the medium."""
    (tmp_path / "a.txt").touch()
    code, _, err = here("report", batch.path, "--form", tmp_path / "a.txt" / "form.toml")
    assert (code, "[file.system]" in err, str(tmp_path / "a.txt" / "form.toml") in err) == (1, True, True)


def lines(count, salt=0):
    entries, last = [], None
    for n in range(count):
        at = datetime(2026, 6, 5, 9, n, tzinfo=timezone(timedelta(hours=9)))
        last = journal.next_entry(last, at=at, tag="a:b:c", actor="w", subject=f"s{n}", body={"salt": salt})
        entries.append(last)
    return entries


def test_an_exported_journal_is_checked_offline(here, tmp_path):
    entries, key = lines(5), keys.create()
    path, head = tmp_path / "journal.jsonl", tmp_path / "head.json"
    path.write_bytes(b"".join(map(journal.canonical, entries)))
    head.write_bytes(journal.sign_head(journal.head_of(entries[3], entries[3].at), key))
    known = keys.fingerprint(key.public_key())
    code, out, _ = here("journal-verify", path, "--head", head, "--key", known, "--json")
    assert (code, json.loads(out)["seq"], json.loads(out)["head_seq"]) == (0, 5, 4)
    assert here("journal-verify", path)[1].startswith("ok")

    path.write_bytes(b"".join(map(journal.canonical, entries[:2])))
    code, _, err = here("journal-verify", path, "--head", head)
    assert (code, "[journal.truncated]" in err) == (1, True)
    path.write_bytes(b"".join(map(journal.canonical, lines(6, salt=1))))
    code, _, err = here("journal-verify", path, "--head", head)
    assert (code, "[journal.rewritten]" in err) == (1, True)
    path.write_bytes(b"".join(map(journal.canonical, entries)).replace(b'"s2"', b'"s9"') + b"rubbish\n")
    code, _, err = here("journal-verify", path)
    assert code == 1
    assert "[journal.altered]" in err
    assert "[journal.unreadable-line]" in err
    assert here("journal-verify", tmp_path / "absent")[0] == 1
    assert here("journal-verify", tmp_path)[0] == 1


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("verify",),
        ("open", "a.zip", "--nothing"),
        ("verify", "a.zip", "--on", "tomorrow"),
        ("verify", "a.zip", "--medium"),
        ("elsewhere",),
        ("certificate", "--batch"),
    ],
)
def test_what_is_said_of_wrong_usage_is_japanese(args):
    """Bug: Python's own English stood between the Japanese sentences."""
    _, _, err = handover(*args)
    said = err.splitlines()[-1]
    assert said.startswith("使い方が違います: ")
    assert not set(said.lower().split()) & {
        "the",
        "arguments",
        "argument",
        "required:",
        "expected",
        "invalid",
        "choose",
    }
    assert "error" not in err


def test_help_speaks_japanese_and_names_every_argument():
    for command in ("", "verify", "open", "report", "certificate", "journal-verify"):
        _, out, _ = handover(*command.split(), "--help")
        assert not [line for line in out.splitlines() if line.startswith(("usage", "positional", "options"))]
        assert "show this help" not in out
        arguments = [line for line in out.splitlines() if line.startswith("  ") and not line.startswith("    ")]
        assert all(
            len(line.split()) > 1 or line.strip() in {"COMMAND", "journal-verify"}
            for line in arguments
            if "--" not in line
        )


def test_a_head_signed_by_a_stranger_is_not_passed_over_in_silence(here, tmp_path, seeded):
    """Bug: without --key a forged journal with a head of the forger's own key was `ok`, and nothing named that key."""
    forged = journal.next_entry(
        None,
        at=datetime(2026, 6, 5, 9, tzinfo=timezone(timedelta(hours=9))),
        tag="a:b:c",
        actor="w",
        subject="s",
        body={},
    )
    stranger = keys.create(seeded("stranger"))
    (tmp_path / "j.jsonl").write_bytes(journal.canonical(forged))
    (tmp_path / "head.json").write_bytes(journal.sign_head(journal.head_of(forged, forged.at), stranger))
    code, out, _ = here("journal-verify", tmp_path / "j.jsonl", "--head", tmp_path / "head.json")
    assert code == 0
    assert keys.readable(keys.fingerprint(stranger.public_key())) in out
    assert "見比べてください" in out
    ward = keys.fingerprint(keys.create(seeded("ward")).public_key())
    code, _, err = here("journal-verify", tmp_path / "j.jsonl", "--head", tmp_path / "head.json", "--key", ward)
    assert (code, "[head.other-key]" in err) == (1, True)


def test_what_the_system_refuses_is_told_in_japanese(here, make, tmp_path):
    """Bug: the system's English stood in the sentence."""
    batch = make("medium")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "file").write_text("")
    form = tmp_path / "work" / "file" / "form.toml"
    code, _, err = here("report", batch.path, "--form", form)
    assert (code, "フォルダーではありません" in err) == (1, True)
    broken = tmp_path / "work" / "broken.toml"
    broken.write_text('batch = "R08-N01"\npieces = \n', "utf-8")
    code, _, err = here("report", batch.path, broken)
    assert (code, "2行目の10文字目" in err) == (1, True)
