"""The outer shell: a zip of exactly one entry, AE-2 AES-256, stored, as 7-Zip and bsdtar open it.

AE-2 authenticates the bytes of an entry and nothing else: names can be changed, entries added in clear or removed,
and readers do not notice. So the shell is read here record by record and anything but our own shape is refused before
a byte is decrypted. The size of the content is known before the first byte is written, so the file is written from
front to back, hashed on its way, and always with zip64 records: one shape at any size. Layout: PKWARE APPNOTE 6.3.10
§4.3 (records), §4.5.3 (zip64); WinZip AES specification 1.04 (extra field 0x9901, 16-byte salt, 2-byte check value,
10-byte HMAC). Stands in step 6 seal and on the vendor's machine.
"""

import hashlib
import hmac
import io
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from handover import aesctr
from handover.rules import Fault, RefusalError, refuse_if

ENTRY = "payload.tar"
OVERHEAD = 16 + 2 + 10  # salt, check value, authentication code around the ciphertext

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_AES_METHOD = 99
_FULL32 = 0xFFFFFFFF
_FULL16 = 0xFFFF
_STORED = 0
_VERSION = 51  # needed to extract: AES (5.1), which includes zip64 (4.5)
_UNIX = 3
_DAY_ONE = 0x21  # 1980-01-01, the format's first day
_AES_EXTRA = struct.pack("<2HH2sBH", 0x9901, 7, 2, b"AE", 3, _STORED)
_LARGEST_DIRECTORY = 4096
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
        self._file, self._keys, self._left = file, _Keys(passphrase, salt), size
        self._sizes = struct.pack("<2H2Q", 1, 16, size, size + OVERHEAD)
        self._hash = hashlib.sha256()
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._pending: Future[None] | None = None
        self.written = 0
        name = ENTRY.encode("ascii")
        extra = self._sizes + _AES_EXTRA
        self._put(_LOCAL.pack(b"PK\x03\x04", *_common(), len(name), len(extra)) + name + extra)
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
        place, name = self.written, ENTRY.encode("ascii")
        extra = self._sizes + _AES_EXTRA
        made_by = _UNIX << 8 | _VERSION
        lengths = (len(name), len(extra), 0, 0, 0)
        central = _CENTRAL.pack(b"PK\x01\x02", made_by, *_common(), *lengths, 0o600 << 16, 0)
        self._put(central + name + extra)
        size, end = self.written - place, self.written
        self._put(_END64.pack(b"PK\x06\x06", _END64.size - 12, made_by, _VERSION, 0, 0, 1, 1, size, place))
        self._put(_LOCATOR64.pack(b"PK\x06\x07", 0, end, 1))
        self._put(_END.pack(b"PK\x05\x06", 0, 0, 1, 1, _FULL32, _FULL32, 0))

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


def _common() -> tuple[int, ...]:
    """What both headers of the entry say: version, flags (encrypted), method, time, date, CRC (none in AE-2), sizes."""
    return _VERSION, 1, _AES_METHOD, 0, _DAY_ONE, 0, _FULL32, _FULL32


class Reading:
    """The decrypted stream of the one entry. What `read` gives is not yet authenticated: `finish` judges all of it."""

    def __init__(self, file: BinaryIO, passphrase: bytes, data_at: int, size: int) -> None:
        salt, check = _at(file, data_at, _SALT), _at(file, data_at + _SALT, _CHECK)
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

    Refuses what `check_shape` refuses and a wrong passphrase (`container.passphrase`).
    """
    data_at, size = check_shape(file)
    return Reading(file, passphrase, data_at, size)


@dataclass(frozen=True)
class _Entry:
    """What one header of the entry says; sizes in bytes."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    aes: bytes


def check_shape(file: BinaryIO) -> tuple[int, int]:
    """Where the entry's data begin and how many bytes its content has, once the whole file is one zip with our one entry
    and nothing else.
    """
    total = file.seek(0, io.SEEK_END)
    count, directory_at, directory_size, comment = _end(file, total)
    if comment:
        raise RefusalError("zip.comment")
    if count == 0:
        raise RefusalError("zip.entry-missing")
    if count != 1:
        raise RefusalError("zip.entry-added", count=count)
    if directory_size > _LARGEST_DIRECTORY:
        raise RefusalError("zip.inconsistent")
    directory = _at(file, directory_at, directory_size)
    entry, header_at, consumed = _central(directory)
    refuse_if(_entry_faults(entry))
    local, data_at = _local(file, header_at)
    if header_at != 0:
        raise RefusalError("zip.prepended", size=header_at)
    if consumed != directory_size or local != entry or entry.packed != entry.size + OVERHEAD:
        raise RefusalError("zip.inconsistent")
    if data_at + entry.packed != directory_at:
        raise RefusalError("zip.inconsistent")
    return data_at, entry.size


def _entry_faults(entry: _Entry) -> Iterator[Fault]:
    if entry.name != ENTRY.encode("ascii"):
        yield Fault("zip.entry-name", {"name": entry.name.decode("utf-8", "replace"), "wanted": ENTRY})
    if not entry.flags & 1:
        yield Fault("zip.not-encrypted")
        return
    if entry.method != _AES_METHOD or len(entry.aes) != 7:
        yield Fault("zip.not-aes256")
        return
    version, vendor, strength, method = struct.unpack("<H2sBH", entry.aes)
    if (version, vendor, strength) != (2, b"AE", 3):
        yield Fault("zip.not-aes256")
    if method != _STORED:
        yield Fault("zip.not-stored")
    if entry.flags != 1 or entry.crc != 0:
        yield Fault("zip.inconsistent")


def _end(file: BinaryIO, total: int) -> tuple[int, int, int, int]:
    """Entries, place and size of the directory, length of the comment; the end record must be the file's last bytes."""
    tail_size = min(total, _END.size + _FULL16)
    tail = _at(file, total - tail_size, tail_size)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        raise RefusalError("zip.not-a-zip")
    _, disk, first_disk, here, count, size, place, comment = _END.unpack_from(tail, found)
    if found + _END.size + comment != len(tail):
        raise RefusalError("zip.appended", size=len(tail) - found - _END.size)
    end_at = total - tail_size + found
    if _FULL32 in (size, place) or _FULL16 in (here, count):
        here, count, size, place, end_at = _end64(file, end_at)
    if disk or first_disk or here != count:
        raise RefusalError("zip.inconsistent")
    if place + size != end_at:
        # Whatever lies between the directory and its end record, or pushes both back, is not ours.
        raise RefusalError("zip.prepended" if place + size < end_at else "zip.inconsistent", size=end_at - place - size)
    return count, place, size, comment


def _end64(file: BinaryIO, end_at: int) -> tuple[int, int, int, int, int]:
    locator_at = end_at - _LOCATOR64.size
    sign, disk, place64, disks = _LOCATOR64.unpack(_at(file, locator_at, _LOCATOR64.size))
    if sign != b"PK\x06\x07" or disk or disks != 1 or place64 + _END64.size > locator_at:
        raise RefusalError("zip.inconsistent")
    if place64 + _END64.size < locator_at:
        raise RefusalError("zip.prepended", size=locator_at - place64 - _END64.size)
    record = _END64.unpack(_at(file, place64, _END64.size))
    sign, length, _, _, disk, first_disk, here, count, size, place = record
    if sign != b"PK\x06\x06" or length != _END64.size - 12 or disk or first_disk:
        raise RefusalError("zip.inconsistent")
    return here, count, size, place, place64


def _central(directory: bytes) -> tuple[_Entry, int, int]:
    """The entry, where its local header stands, and how many bytes of the directory it took."""
    if len(directory) < _CENTRAL.size or not directory.startswith(b"PK\x01\x02"):
        raise RefusalError("zip.inconsistent")
    fields = _CENTRAL.unpack_from(directory)
    _, _, _, flags, method, _, _, crc, packed, size, name_size, extra_size, comment_size, disk, _, _, place = fields
    extra_at = _CENTRAL.size + name_size
    name, extra = directory[_CENTRAL.size : extra_at], directory[extra_at : extra_at + extra_size]
    if comment_size:
        raise RefusalError("zip.comment")
    aes, wide = _extras(extra)
    numbers = iter(wide)
    size = next(numbers, -1) if size == _FULL32 else size
    packed = next(numbers, -1) if packed == _FULL32 else packed
    place = next(numbers, -1) if place == _FULL32 else place
    if disk or next(numbers, None) is not None or -1 in (size, packed, place):
        raise RefusalError("zip.inconsistent")
    return _Entry(name, flags, method, crc, packed, size, aes), place, extra_at + extra_size


def _local(file: BinaryIO, place: int) -> tuple[_Entry, int]:
    """The entry as its local header tells it, and where its data begin."""
    fields = _LOCAL.unpack(_at(file, place, _LOCAL.size))
    sign, _, flags, method, _, _, crc, packed, size, name_size, extra_size = fields
    if sign != b"PK\x03\x04":
        raise RefusalError("zip.inconsistent")
    rest = _at(file, place + _LOCAL.size, name_size + extra_size)
    aes, wide = _extras(rest[name_size:])
    if len(wide) == 2:  # a local zip64 field holds both sizes, for small entries as well
        if size not in (wide[0], _FULL32) or packed not in (wide[1], _FULL32):
            raise RefusalError("zip.inconsistent")
        size, packed = wide
    elif wide:
        raise RefusalError("zip.inconsistent")
    entry = _Entry(rest[:name_size], flags, method, crc, packed, size, aes)
    return entry, place + _LOCAL.size + name_size + extra_size


def _extras(extra: bytes) -> tuple[bytes, tuple[int, ...]]:
    """The AES field's body and the zip64 numbers; any other, doubled or torn field is refused."""
    aes, wide, place, seen = b"", b"", 0, set[int]()
    while place < len(extra):
        if len(extra) - place < 4:
            raise RefusalError("zip.inconsistent")
        kind, length = struct.unpack_from("<HH", extra, place)
        body = extra[place + 4 : place + 4 + length]
        if len(body) != length or kind in seen or kind not in (0x0001, 0x9901):
            raise RefusalError("zip.inconsistent")
        seen.add(kind)
        if kind == 0x9901:
            aes = body
        else:
            wide = body
        place += 4 + length
    if len(wide) % 8:
        raise RefusalError("zip.inconsistent")
    return aes, struct.unpack(f"<{len(wide) // 8}Q", wide)


def _at(file: BinaryIO, place: int, size: int) -> bytes:
    if place < 0:
        raise RefusalError("zip.inconsistent")
    file.seek(place)
    data: bytes = file.read(size)
    if len(data) != size:
        raise RefusalError("zip.inconsistent")
    return data
