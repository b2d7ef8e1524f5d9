"""An opening that is killed leaves nothing that could be taken for an opened batch, and the next one removes what it left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sealed_batch import make_batch

from handover import container, staging
from handover.rules import RefusalError

ROOT = Path(__file__).parents[2]
# Opens a container from a process that dies in the middle of writing, as by a power cut: no handler runs.
OPENING = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from handover import container, staging
into = staging.into
def stopping(folder):
    sink = into(folder)
    def open_sink(name):
        if name == "pages.pdf":
            print("writing", flush=True)
            sys.stdin.read()
        return sink(name)
    return open_sink
container.staging.into = stopping
container.open_container(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), now=datetime.fromisoformat(sys.argv[4]))
"""


@pytest.fixture
def big(tmp_path):
    return make_batch(tmp_path / "medium", files={"allocation.csv": b"1\n", "pages.pdf": bytes(3 << 20)})


@pytest.fixture
def opening(big, tmp_path, now):
    """A process in the middle of opening into `work/out`: one file is written, the other not yet."""
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-c", OPENING, big.path, big.secret, tmp_path / "work/out", now.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(list(map(str, command)), cwd=ROOT, **pipes) as process:
        assert process.stdout.readline() == b"writing\n"
        yield process
        if process.poll() is None:
            process.kill()


def test_a_killed_opening_is_not_taken_for_an_opened_batch_and_is_swept_by_the_next(big, opening, tmp_path, now):
    work = tmp_path / "work"
    os.kill(opening.pid, signal.SIGKILL)
    opening.wait(timeout=10)
    (left,) = work.iterdir()
    assert left.name.startswith(staging.PREFIX)
    assert list(left.rglob("allocation.csv"))  # personal data lies about: that is what must be swept
    opened = container.open_container(big.path, big.secret, work / "out", now=now)
    assert opened.swept == (left,)
    assert [path.name for path in work.iterdir()] == ["out"]


def test_an_opening_still_at_work_is_left_alone(big, opening, tmp_path, now):
    work = tmp_path / "work"
    opened = container.open_container(big.path, big.secret, work / "other", now=now)
    assert opened.swept == ()
    _, errors = opening.communicate(b"", timeout=20)
    assert (opening.returncode, errors) == (0, None)
    assert sorted(path.name for path in work.iterdir()) == ["other", "out"]
    assert (work / "out/pages.pdf").stat().st_size == 3 << 20


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_shutdown_a_closed_terminal_and_ctrl_c_leave_nothing(big, tmp_path, now, ending):
    """Bug: a terminal that was closed (SIGHUP) left what was decrypted until somebody opened into the same place again."""
    (tmp_path / "work").mkdir()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = "from handover.cli import end_cleanly\nend_cleanly()\n" + OPENING
    command = [sys.executable, "-c", script, big.path, big.secret, tmp_path / "work/out", now.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(list(map(str, command)), env=env, **pipes) as process:
        assert process.stdout.readline() == b"writing\n"
        time.sleep(0.05)
        process.send_signal(ending)
        process.wait(timeout=10)
    assert process.returncode == 128 + ending
    assert list((tmp_path / "work").iterdir()) == []


def test_what_cannot_be_removed_is_named_beside_the_reason(tmp_path):
    """Bug: the refusal said that the output was gone although the system had kept it."""

    def opening_in_vain():
        with staging.fresh(tmp_path) as folder:
            # A link is never followed by what removes the folder: it stays, as a file another program holds would.
            folder.parent.rename(tmp_path / "held")
            folder.parent.symlink_to(tmp_path / "held")
            raise RefusalError("container.altered")

    with pytest.raises(RefusalError) as refusal:
        opening_in_vain()
    assert refusal.value.keys == ("container.altered", "open.left-behind")
    assert staging.PREFIX in str(refusal.value)


def test_a_link_that_looks_like_a_rest_is_not_followed(big, tmp_path, now):
    (tmp_path / "work").mkdir()
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/file").write_text("kept")
    (tmp_path / "work" / f"{staging.PREFIX}x").symlink_to(tmp_path / "precious")
    opened = container.open_container(big.path, big.secret, tmp_path / "work/out", now=now)
    assert opened.swept == ()
    assert (tmp_path / "precious/file").read_text() == "kept"
