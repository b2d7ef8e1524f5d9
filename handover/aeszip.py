"""The outer shell: a zip of exactly one entry, AE-2 AES-256, stored, as 7-Zip and bsdtar open it.

AE-2 authenticates the bytes of an entry and nothing else: names can be changed, entries added in clear or removed,
and readers do not notice. So the shell is read here record by record and anything but our own shape is refused before
a byte is decrypted. Layout: PKWARE APPNOTE 6.3.10 §4.3 (records), §4.5.3 (zip64); WinZip AES specification 1.04
(extra field 0x9901, 16-byte salt, 2-byte check value, 10-byte HMAC). Stands in step 6 seal and on the vendor's
machine.
"""

import hashlib
import io
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyzipper
from pyzipper import zipfile_aes

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
_TORN = (pyzipper.BadZipFile, EOFError, NotImplementedError, KeyError, struct.error)
_ROUNDS = 1000  # fixed by the WinZip specification


class _DrawnSaltEncrypter(zipfile_aes.AESZipEncrypter):  # type: ignore[misc]  # pyzipper has no types
    """pyzipper's AES-256 encrypter with its salt drawn from a source the caller gives."""

    def __init__(self, passphrase: bytes, entropy: Callable[[int], bytes]) -> None:
        super().__init__(pwd=passphrase, nbits=256)
        self.salt = entropy(self.salt_length)
        if len(self.salt) != self.salt_length:
            raise RefusalError("seal.entropy-broken")
        material = hashlib.pbkdf2_hmac("sha1", passphrase, self.salt, _ROUNDS, 66)
        # The cipher and MAC objects are pyzipper's own, so that what it checks on reading is what it wrote.
        counter = zipfile_aes.Counter.new(nbits=128, little_endian=True)
        self.encrypter = zipfile_aes.AES.new(material[:32], zipfile_aes.AES.MODE_CTR, counter=counter)
        self.hmac = zipfile_aes.HMAC.new(material[32:64], digestmod=zipfile_aes.SHA1Hash())
        self.encpwdverify = material[64:]


class _SealingZip(pyzipper.AESZipFile):  # type: ignore[misc]
    def __init__(self, file: BinaryIO, passphrase: bytes, entropy: Callable[[int], bytes]) -> None:
        super().__init__(file, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES)
        self._secret, self._entropy = passphrase, entropy

    def get_encrypter(self) -> _DrawnSaltEncrypter:
        return _DrawnSaltEncrypter(self._secret, self._entropy)


@contextmanager
def writing(file: BinaryIO, passphrase: bytes, entropy: Callable[[int], bytes]) -> Iterator[BinaryIO]:
    """A stream whose bytes become the one entry of a new zip in `file` (seekable); same salt, same bytes."""
    with _SealingZip(file, passphrase, entropy) as archive:
        entry = zipfile_aes.AESZipInfo(ENTRY, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type = pyzipper.ZIP_STORED
        entry.create_system = 3
        entry.external_attr = 0o600 << 16
        with archive.open(entry, "w", force_zip64=True) as stream:
            yield stream


@contextmanager
def reading(file: BinaryIO, passphrase: bytes) -> Iterator[BinaryIO]:
    """The decrypted stream of the one entry; its authentication code is judged at its end, so read it to the end.

    Call `check_shape` first. Refuses a wrong passphrase (`container.passphrase`) and, at the end, content that is not
    what was written (`container.altered`).
    """
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(pyzipper.AESZipFile(file))
            stream = stack.enter_context(archive.open(ENTRY, pwd=passphrase))
        except RuntimeError as error:
            raise RefusalError("container.passphrase") from error
        except _TORN as error:
            raise RefusalError("container.altered") from error
        try:
            yield stream
        except _TORN as error:
            raise RefusalError("container.altered") from error


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


def check_shape(file: BinaryIO) -> int:
    """The size of the entry's content in bytes, once the whole file is one zip with our one entry and nothing else."""
    total = file.seek(0, io.SEEK_END)
    count, directory_at, directory_size, comment = _end(file, total)
    if comment:
        raise RefusalError("zip.comment")
    if count != 1:
        raise RefusalError("zip.entry-count", count=count)
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
    return entry.size


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
    if sign != b"PK\x06\x07" or disk or disks != 1 or place64 + _END64.size != locator_at:
        raise RefusalError("zip.inconsistent")
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
    if len(wide) == 2:  # a local zip64 field holds both sizes, and pyzipper writes it for small entries as well
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


def drain(stream: Any, chunk: int = 1 << 20) -> None:
    """Read a stream to its end, so that its authentication code is judged."""
    while stream.read(chunk):
        pass
