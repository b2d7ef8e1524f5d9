"""The folder in which a container is opened before anybody may take it for opened, and what a killed run left of one.

A folder gets its real name only when everything in it was found sound. Until then it is called
`.handover-unfinished-…` and holds a lock that the operating system gives up with the process, however that ends. The
next opening into the same place therefore knows such a folder without its process from one still at work, and removes
it: decrypted personal data must not lie about unlisted. Used by `container` on the vendor's machine.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from handover.rules import Fault, RefusalError
from handover.tarstream import Sink

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


PREFIX = ".handover-unfinished-"
_LOCK = "unfinished.lock"


def sweep(parent: Path) -> tuple[Path, ...]:
    """Remove the unfinished folders that no running process holds; those removed, in order of name."""
    removed = []
    for folder in sorted(parent.glob(PREFIX + "*")):
        if folder.is_symlink() or not folder.is_dir():
            continue
        with _locked(folder) as free:
            if free:
                removed.append(folder)
        if free:
            shutil.rmtree(folder, ignore_errors=True)
    return tuple(removed)


@contextmanager
def fresh(parent: Path) -> Iterator[Path]:
    """A new folder for the files, beside where they shall be; gone at the end unless it was moved away.

    Refuses (`open.left-behind`, beside the reason it was opened in vain for) where the system does not let it be removed.
    """
    outer = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        with _locked(outer):
            inner = outer / "files"
            inner.mkdir(mode=0o700)
            yield inner
    except RefusalError as error:
        shutil.rmtree(outer, ignore_errors=True)
        if outer.exists():
            raise RefusalError.of([*error.faults, _left(outer)]) from error
        raise
    finally:
        shutil.rmtree(outer, ignore_errors=True)
    if outer.exists():
        raise RefusalError.of([_left(outer)])


def _left(outer: Path) -> Fault:
    return Fault("open.left-behind", {"path": outer})


def into(folder: Path) -> Sink:
    """A sink that puts each member under this folder, for its owner's eyes only."""

    def open_sink(name: str) -> BinaryIO:
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(path, flags, 0o600), "wb")

    return open_sink


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock; False when another process holds it."""
    with (folder / _LOCK).open("ab") as file:
        try:
            _lock(file)
        except OSError:
            yield False
            return
        yield True


def settle_into(folder: Path, out_dir: Path) -> None:
    """Give the finished folder its real name; `out_dir` is absent or empty."""
    with suppress(FileNotFoundError):
        out_dir.rmdir()
    folder.replace(out_dir)
