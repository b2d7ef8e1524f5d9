"""The command line as a person uses it: arguments in, exit code and both streams out; at a desk in a ward's folder."""

import contextlib
import io
import json
import os
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


def spawn(folder: Path, *words: object, user: str = "W01") -> Said:
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
    assert said.code == 0, said
    return said


@dataclass(frozen=True)
class Desk:
    """A desk in a ward's folder: `desk("status", "--json")`."""

    folder: Path

    def __call__(self, *words: object, user: str | None = "W01") -> Said:
        return say(self.folder, *words, user=user)
