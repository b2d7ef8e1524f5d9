"""A PostgreSQL cluster of our own for the session: in a temporary folder, on a unix socket, stopped and removed at the end."""

import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest

from print_service.ledger.database import connect

# Debian's package postgresql (apt-test.txt): 15 on Debian 12, a higher number on later ones.
_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def _as_postgres(*command):
    """PostgreSQL refuses to run as root, so root becomes `postgres`."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    return [*prefix, *map(str, command)]


def _run(*command):
    done = subprocess.run(_as_postgres(*command), cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


@pytest.fixture(scope="session")
def postgres():
    """`postgres()`: the URL of a new, empty database."""
    assert _BINARIES, "PostgreSQL is not installed: apt-get install postgresql (apt-test.txt)"
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a unix socket's path holds 107 characters
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    binaries, data = _BINARIES[-1], folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"
    try:
        _run(
            binaries / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"
        )
        _run(binaries / "pg_ctl", "--pgdata", data, "-w", "-o", options, "-l", folder / "log", "start")
        try:
            numbers = count(1)

            def create():
                name = f"ledger{next(numbers)}"
                _run(binaries / "createdb", "-h", folder, "-U", "postgres", name)
                return f"postgresql+psycopg://postgres@/{name}?host={folder}"

            yield create
        finally:
            _run(binaries / "pg_ctl", "--pgdata", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgres_engine(postgres):
    """An engine on an empty database of its own."""
    engine = connect(postgres())
    yield engine
    engine.dispose()
