"""Files as the medium has them, not as memory remembers them: private writing, measuring, and reading again from disk.

After a write the kernel would answer a read from its cache, and a bad medium would go unseen. `forget` flushes a file
and asks the kernel to drop what it holds of it (posix_fadvise POSIX_FADV_DONTNEED, IEEE Std 1003.1-2017), so that the
next read comes from the device; a system without that call, or one that does not heed it, still gives a true reading
of its cache, and a disc taken out and put in again is always read anew. Stands under `container` and `medium`.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


def private(path: Path) -> BinaryIO:
    """A new file for writing and reading that only its owner can read; what stood there is emptied."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600), "w+b")


def put(path: Path, content: bytes) -> None:
    """Write a small private file and see it onto the disk."""
    with private(path) as file:
        file.write(content)
        settle(file)


def settle(file: BinaryIO) -> None:
    """See what was written onto the disk."""
    file.flush()
    os.fsync(file.fileno())


def forget(file: BinaryIO) -> None:
    """Have the next reading of this file come from the device, as far as the system allows."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(file: BinaryIO) -> tuple[int, str]:
    """Size in bytes and SHA-256 (hex) of a whole file."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def measure_from_device(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file, read from its device as far as the system allows."""
    with path.open("rb") as file:
        forget(file)
        return measure(file)


_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows would change line ends
