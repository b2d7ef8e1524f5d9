"""The vendor's side of the demonstration, with nothing but `python -m handover`: open, compare, and notice one changed byte."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("demo")


def _handover(folder, passphrase, *words):
    return subprocess.run(
        [sys.executable, "-m", "handover", *map(str, words)],
        check=False,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HANDOVER_PASSPHRASE": passphrase,
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        },
        capture_output=True,
        encoding="utf-8",
    )


def test_every_container_opens_and_holds_exactly_its_jobs_pages(demo, tmp_path):
    out, report = demo
    assert len(report["containers"]) == 5
    for name, passphrase in report["passphrases"].items():
        batch = Path(name).stem
        done = _handover(tmp_path, passphrase, "open", name, "--out", batch, "--key", out / "secrets/signing.pub.pem")
        assert done.returncode == 0, done.stderr
        opened = {path.name: path.read_bytes() for path in (tmp_path / batch).rglob("*.pdf")}
        pages = {path.name: path.read_bytes() for path in (out / "output" / batch / "pages").glob("*.pdf")}
        assert opened == pages
        assert pages


@pytest.fixture
def medium(demo, tmp_path):
    """(container, envelope, passphrase) of the smallest batch, to be spoilt."""
    name = next(name for name in demo[1]["containers"] if name.endswith("R08-D01.zip"))
    shutil.copytree(Path(name).parent, tmp_path / "medium")
    container = tmp_path / "medium" / "R08-D01.zip"
    return container, container.with_name("R08-D01.zip.envelope.json"), demo[1]["passphrases"][name]


def test_the_copy_is_sound_before_it_is_spoilt(medium):
    container, _, passphrase = medium
    done = _handover(container.parent, passphrase, "verify", container)
    assert (done.returncode, done.stdout.split()[0]) == (0, "ok")


@pytest.mark.parametrize("place", [0.0, 0.31, 0.77, 1.0])
def test_one_changed_bit_of_a_container_is_noticed(medium, place):
    container, _, passphrase = medium
    content = bytearray(container.read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    container.write_bytes(content)
    done = _handover(container.parent, passphrase, "verify", container)
    assert done.returncode == 1
    assert "拒否 [" in done.stderr


def test_one_changed_letter_of_the_envelope_is_noticed(medium):
    container, envelope, passphrase = medium
    content = envelope.read_bytes()
    envelope.write_bytes(content.replace(b'"medium":"M-2026-003"', b'"medium":"M-2026-004"'))
    assert envelope.read_bytes() != content
    done = _handover(container.parent, passphrase, "verify", container)
    assert done.returncode == 1
    assert "[envelope." in done.stderr


def test_the_passphrase_of_another_container_opens_nothing(demo, medium, tmp_path):
    container, _, passphrase = medium
    other = next(secret for secret in demo[1]["passphrases"].values() if secret != passphrase)
    done = _handover(tmp_path, other, "open", container, "--out", "opened")
    assert done.returncode == 1
    assert not (tmp_path / "opened").exists()


def test_no_passphrase_lies_in_the_folder_but_in_the_report_and_the_letters(demo):
    out, report = demo
    found = [
        path
        for path in out.rglob("*")
        if path.is_file() and path.name != "report.json"
        for secret in report["passphrases"].values()
        if secret.encode() in path.read_bytes() or secret.replace("-", "").encode() in path.read_bytes()
    ]
    assert found == []
