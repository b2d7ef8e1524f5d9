"""The command line as a person uses it: arguments in, exit code and both streams out; a ward of twenty to work in."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from print_service.cli.context import USER_VARIABLE, WARD_VARIABLE
from print_service.cli.main import run


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def keys(self) -> list[str]:
        """Keys of the refusals, in order; every line of a refusal is a sentence with its key."""
        lines = self.err.strip().splitlines()
        assert all(line.endswith("]") for line in lines), self.err
        return [line.rpartition("[")[2].removesuffix("]") for line in lines]


def say(folder: Path, *words: object, user: str | None = "W01") -> Said:
    """Run the real entry point in this process, in a folder and as a person."""
    out, err = io.StringIO(), io.StringIO()
    environment = {name: value for name, value in os.environ.items() if name not in {WARD_VARIABLE, USER_VARIABLE}}
    with (
        patch.dict(os.environ, environment | ({USER_VARIABLE: user} if user is not None else {}), clear=True),
        patch.object(sys, "argv", ["print-service", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(folder),
        pytest.raises(SystemExit) as left,
    ):
        run()
    return Said(int(left.value.code or 0), out.getvalue(), err.getvalue())


def spawn(folder: Path, *words: object, user: str = "W01", check: bool = True) -> Said:
    """Run a command that makes pages, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from print_service.cli.main import run; run()", *map(str, words)],
        check=False,
        cwd=folder,
        env=os.environ | {USER_VARIABLE: user, WARD_VARIABLE: "ward.toml"},
        capture_output=True,
        encoding="utf-8",
    )
    said = Said(done.returncode, done.stdout, done.stderr)
    assert not check or said.code == 0, said
    return said


@dataclass(frozen=True)
class Desk:
    """A desk in a ward's folder: `desk("status", "--json")`."""

    folder: Path

    def __call__(self, *words: object, user: str | None = "W01") -> Said:
        return say(self.folder, *words, user=user)


@pytest.fixture
def desk(tmp_path, ward_template):
    """A prepared ward; nothing is loaded yet."""
    folder = tmp_path / "desk"
    shutil.copytree(ward_template[0], folder)
    return Desk(folder)


@pytest.fixture
def loaded(desk):
    """The same with the vehicle tax file taken in and frozen as R08-N01."""
    assert desk("intake", "host/vehicle-tax-host.csv", "--layout", "vehicle-tax-host").code == 0
    job = ("job", "create", "R08-N01", "--tax-item", "vehicle-tax", "--levy-year", "2026", "--issued-on", "2026-05-08")
    assert desk(*job).code == 0
    return desk
