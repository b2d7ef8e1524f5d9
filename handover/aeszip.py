"""The outer shell: a zip of exactly one entry, AE-2 AES-256, stored, as 7-Zip and bsdtar open it.

The size of the content is known before the first byte is written, so the file is written from front to back and hashed
on its way; its records are those of `zipshape`, which reads them again before a byte is decrypted. Source: WinZip AES
specification 1.04 (16-byte salt, 2-byte check value, 10-byte HMAC). Stands in step 6 seal and on the vendor's machine.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO

from handover import aesctr, zipshape
from handover.rules import RefusalError

_ROUNDS = 1000  # fixed by the WinZip specification
_SALT, _CHECK, _CODE = 16, 2, 10
_CHUNK = 1 << 20


class _Keys:
    """What PBKDF2 makes of passphrase and salt: the cipher, the authentication code's state, the check value."""

    def __init__(self, passphrase: bytes, salt: bytes) -> None:
        material = hashlib.pbkdf2_hmac("sha1", passphrase, salt, _ROUNDS, 66)
        self.cipher = aesctr.cipher(material[:32])
        self.code = hmac.new(material[32:64], digestmod="sha1")
        self.check = material[64:]


class Writing:
    """The stream whose bytes become the one entry; `sha256` and `written` are those of the whole file, once closed.

    While the next block is read and encrypted, the one before is authenticated, hashed and written by a second thread
    (the libraries let go of the interpreter's lock); at most one block waits, so memory stays flat.
    """

    def __init__(self, file: BinaryIO, passphrase: bytes, entropy: Callable[[int], bytes], size: int) -> None:
        salt = entropy(_SALT)
        if len(salt) != _SALT:
            raise RefusalError("seal.entropy-broken")
        self._file, self._keys, self._size, self._left = file, _Keys(passphrase, salt), size, size
        self._hash = hashlib.sha256()
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._pending: Future[None] | None = None
        self.written = 0
        self._put(zipshape.header(size))
        self._put(salt + self._keys.check)

    def write(self, data: bytes) -> None:
        """Encrypt and write the next bytes of the content."""
        self._left -= len(data)
        secret = self._keys.cipher(data)
        self._wait()
        self._pending = self._worker.submit(self._take, secret)

    @property
    def sha256(self) -> str:
        """Of the file as written so far, 64 hex digits."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Write the authentication code and the zip's records; ValueError unless exactly `size` bytes were written."""
        if self._left:
            raise ValueError(f"{self._left} bytes short of the size announced")
        self._wait()
        self._put(self._keys.code.digest()[:_CODE])
        self._put(zipshape.directory(self._size, self.written))

    def stop(self) -> None:
        """End the second thread, whatever became of the file."""
        self._worker.shutdown()

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()

    def _take(self, secret: bytearray) -> None:
        self._keys.code.update(secret)
        self._put(secret)

    def _put(self, data: bytes | bytearray) -> None:
        self._hash.update(data)
        self._file.write(data)
        self.written += len(data)


class Reading:
    """The decrypted stream of the one entry. What `read` gives is not yet authenticated: `finish` judges all of it."""

    def __init__(self, file: BinaryIO, passphrase: bytes, data_at: int, size: int) -> None:
        salt, check = zipshape.at(file, data_at, _SALT), zipshape.at(file, data_at + _SALT, _CHECK)
        self._file, self._keys, self._left = file, _Keys(passphrase, salt), size
        if not hmac.compare_digest(check, self._keys.check):
            raise RefusalError("container.passphrase")

    def read(self, size: int) -> bytes:
        """The next bytes of the content, at most `size`; none at its end."""
        secret = self._file.read(min(size, self._left))
        self._left -= len(secret)
        self._keys.code.update(secret)
        return bytes(self._keys.cipher(secret))

    def finish(self) -> None:
        """Read what is left and refuse (`container.altered`) content that is not what was written."""
        while self._left and (secret := self._file.read(min(_CHUNK, self._left))):
            self._left -= len(secret)
            self._keys.code.update(secret)
        if self._left or not hmac.compare_digest(self._file.read(_CODE), self._keys.code.digest()[:_CODE]):
            raise RefusalError("container.altered")


@contextmanager
def writing(file: BinaryIO, passphrase: bytes, entropy: Callable[[int], bytes], size: int) -> Iterator[Writing]:
    """A stream of exactly `size` bytes that become the one entry of a new zip in `file`; same salt, same bytes."""
    stream = Writing(file, passphrase, entropy, size)
    try:
        yield stream
        stream.close()
    finally:
        stream.stop()


def reading(file: BinaryIO, passphrase: bytes) -> Reading:
    """The decrypted stream of a zip of our shape; end with its `finish`.

    Refuses what `zipshape.check_shape` refuses and a wrong passphrase (`container.passphrase`).
    """
    data_at, size = zipshape.check_shape(file)
    return Reading(file, passphrase, data_at, size)
