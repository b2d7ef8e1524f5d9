"""Run the demonstration as a process of its own, interrupt it, and compare what it left."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PAYERS = 20


def start(out: Path, seed: int = 1) -> subprocess.Popen:
    """Begin a demonstration; it and its workers are one process group."""
    command = [sys.executable, "-c", "from print_service.cli.main import run; run()", "demo", "--json"]
    return subprocess.Popen(
        [*command, "--payers", str(PAYERS), "--seed", str(seed), "--out", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def finish(out: Path, seed: int = 1) -> dict:
    """Play to the end; the report as written."""
    process = start(out, seed)
    _, told = process.communicate()
    assert process.returncode == 0, told
    return json.loads((out / "report.json").read_text(encoding="utf-8"))


def interrupt(out: Path, files: int, delay: float, *, whole_group: bool, seed: int = 1) -> int:
    """Kill a demonstration a moment after it has left so many files; its process group's number."""
    process = start(out, seed)
    while process.poll() is None and _count(out) < files:
        time.sleep(0.02)
    time.sleep(delay)
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    return process.pid


def alive(group: int) -> list[int]:
    """Processes of a group that still run (zombies do not)."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of_group = place.read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == group and state != "Z":
                found.append(int(place.parent.name))
    return found


def left(out: Path) -> dict[str, bytes]:
    """What a demonstration leaves, by path: host files, payments, output; the report without its absolute folder."""
    names = [path for part in ("host", "payments", "output") for path in (out / part).rglob("*") if path.is_file()]
    contents = {str(path.relative_to(out)): path.read_bytes() for path in names}
    report = (out / "report.json").read_text(encoding="utf-8").replace(str(out.resolve()), "DEMO")
    return contents | {"report.json": report.encode()}


def _count(out: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(path.is_file() for path in out.rglob("*"))
    return 0
