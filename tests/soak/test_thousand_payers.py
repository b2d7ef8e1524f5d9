"""`make soak`: a thousand payers through the whole year, and a demonstration that is killed again and again."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak

DEMO = [str(Path(sys.executable).with_name("print-service")), "demo"]


def test_a_thousand_payers_end_with_every_mark_read_and_nobody_dunned_who_paid(tmp_path):
    subprocess.run([*DEMO, "--payers", "1000", "--seed", "1", "--out", str(tmp_path / "demo")], check=True)
    report = json.loads((tmp_path / "demo" / "report.json").read_text(encoding="utf-8"))
    assert report["marks_decoded"] == report["marks_expected"] > 0
    assert report["reminders"] > 0
    assert report["reminded_though_paid"] == 0
    # Kibibytes, the largest of all child processes; the size to stay under is the design's own: 1 GiB a process.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1 << 20


def test_killed_again_and_again_it_ends_in_the_same_bytes(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    subprocess.run([*DEMO, "--payers", "40", "--out", str(whole)], check=True)
    dice = random.Random(7)
    for _ in range(12):
        run = subprocess.Popen([*DEMO, "--payers", "40", "--out", str(broken)], start_new_session=True)
        time.sleep(dice.uniform(0.2, 6))
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    subprocess.run([*DEMO, "--payers", "40", "--out", str(broken)], check=True)
    assert _content(whole) == _content(broken)


def _content(folder: Path) -> dict[str, bytes]:
    """Every file but the database and the two that name the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for top in ("host", "payments", "output")
        for path in sorted((folder / top).rglob("*"))
        if path.is_file()
    }
