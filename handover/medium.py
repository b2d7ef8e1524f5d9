"""A medium as a folder: what lies on it, writing it onto a mounted disc, and reading it back from there.

A medium holds four files: container, envelope, the vendor's program and its instructions; nothing else. Reading back
goes to the device as far as the system allows (`disk`), verifies the envelope's signature, and compares every file
with what was sealed by SHA-256: equal bytes need no passphrase, so a disc burnt a week later is read back as well as
a stick written at once. Stands at the end of step 6 seal; the caller's journal keeps that it was done.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from handover import disk, envelope, instructions, onefile
from handover.envelope import Envelope
from handover.reasons import of_system
from handover.rules import Fault, RefusalError, refuse_if

# What operating systems put onto a disc by themselves; none of it is ours and none of it hides data of ours.
_OF_THE_SYSTEM = frozenset({"lost+found", "System Volume Information", "$RECYCLE.BIN", ".Trashes", ".fseventsd"})


def complete(container: Path) -> None:
    """Lay the vendor's program and the instructions beside a sealed container and its envelope."""
    cover = envelope.read(container)
    disk.put(container.with_name(onefile.NAME), onefile.build())
    disk.put(container.with_name(instructions.NAME), instructions.text(cover))


def write(folder: Path, target: Path) -> None:
    """Copy a medium folder onto a mounted disc or into an empty folder, and see it onto the device.

    Refuses a target that is no folder (`medium.no-folder`) or holds anything (`medium.not-empty`).
    """
    if not target.is_dir():
        raise RefusalError("medium.no-folder", path=target)
    others = _foreign(target, frozenset())
    if others:
        raise RefusalError("medium.not-empty", path=target, names="・".join(others))
    for source in sorted(path for path in folder.iterdir() if path.is_file()):
        with source.open("rb") as read, disk.private(target / source.name) as file:
            while chunk := read.read(disk.CHUNK):
                file.write(chunk)
            disk.settle(file)
    _settle_names(target)


def read_back(target: Path, expected: Mapping[str, str], container: str) -> Envelope:
    """Read a written medium again and compare it with what was sealed (name → SHA-256); its envelope.

    Refuses, all at once, `medium.file-missing`, `medium.file-differs` and `medium.file-extra`, then what
    `envelope.read` refuses and an envelope that tells of other bytes (`medium.other-container`).
    """
    if not target.is_dir():
        raise RefusalError("medium.no-folder", path=target)
    refuse_if(_file_faults(target, expected))
    cover = envelope.read(target / container)
    if (cover.container, cover.sha256) != (container, expected.get(container)):
        raise RefusalError("medium.other-container", batch=cover.batch, medium=cover.medium)
    return cover


def _file_faults(target: Path, expected: Mapping[str, str]) -> Iterator[Fault]:
    for name, sha256 in sorted(expected.items()):
        path = target / name
        if path.is_symlink() or not path.is_file():
            yield Fault("medium.file-missing", {"name": name})
            continue
        try:
            found = disk.measure_from_device(path)[1]
        except OSError as error:  # a bad sector is the very thing looked for
            yield Fault("medium.file-unreadable", {"name": name, "detail": of_system(error)})
            continue
        if found != sha256:
            yield Fault("medium.file-differs", {"name": name})
    for name in _foreign(target, frozenset(expected)):
        yield Fault("medium.file-extra", {"name": name})


def _foreign(target: Path, known: frozenset[str]) -> list[str]:
    return sorted(path.name for path in target.iterdir() if path.name not in known | _OF_THE_SYSTEM)


def _settle_names(folder: Path) -> None:
    if os.name != "posix":
        return  # other systems cannot open a folder to settle it
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
