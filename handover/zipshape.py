"""The records of the zip around the one entry: written always the same, and read record by record.

AE-2 authenticates the bytes of an entry and nothing else: names can be changed, entries added in clear or removed,
and readers do not notice. So anything but our own shape is refused before a byte is decrypted. The records are always
zip64: one shape at any size. Layout: PKWARE APPNOTE 6.3.10 §4.3 (records), §4.5.3 (zip64); WinZip AES specification
1.04 (extra field 0x9901). Under `aeszip`.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from handover.rules import Fault, RefusalError, refuse_if

_ENTRY = "payload.tar"
_OVERHEAD = 16 + 2 + 10  # salt, check value, authentication code around the ciphertext

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
_NAME = _ENTRY.encode("ascii")
_COMMON = (_VERSION, 1, _AES_METHOD, 0, _DAY_ONE, 0, _FULL32, _FULL32)
"""What both headers of the entry say: version, flags (encrypted), method, time, date, CRC (none in AE-2), sizes."""


def header(size: int) -> bytes:
    """The entry's local header, for a content of so many bytes; the file begins with it."""
    extra = _extra(size)
    return _LOCAL.pack(b"PK\x03\x04", *_COMMON, len(_NAME), len(extra)) + _NAME + extra


def directory(size: int, place: int) -> bytes:
    """The directory and its end records, for a content of so many bytes whose data end at `place`; the file ends with them."""
    extra = _extra(size)
    made_by = _UNIX << 8 | _VERSION
    lengths = (len(_NAME), len(extra), 0, 0, 0)
    central = _CENTRAL.pack(b"PK\x01\x02", made_by, *_COMMON, *lengths, 0o600 << 16, 0) + _NAME + extra
    length = len(central)
    return (
        central
        + _END64.pack(b"PK\x06\x06", _END64.size - 12, made_by, _VERSION, 0, 0, 1, 1, length, place)
        + _LOCATOR64.pack(b"PK\x06\x07", 0, place + length, 1)
        + _END.pack(b"PK\x05\x06", 0, 0, 1, 1, _FULL32, _FULL32, 0)
    )


def _extra(size: int) -> bytes:
    return struct.pack("<2H2Q", 1, 16, size, size + _OVERHEAD) + _AES_EXTRA


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
    directory = at(file, directory_at, directory_size)
    entry, header_at, consumed = _central(directory)
    refuse_if(_entry_faults(entry))
    local, data_at = _local(file, header_at)
    if header_at != 0:
        raise RefusalError("zip.prepended", size=header_at)
    if consumed != directory_size or local != entry or entry.packed != entry.size + _OVERHEAD:
        raise RefusalError("zip.inconsistent")
    if data_at + entry.packed != directory_at:
        raise RefusalError("zip.inconsistent")
    return data_at, entry.size


def _entry_faults(entry: _Entry) -> Iterator[Fault]:
    if entry.name != _NAME:
        yield Fault("zip.entry-name", {"name": entry.name.decode("utf-8", "replace"), "wanted": _ENTRY})
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
    tail = at(file, total - tail_size, tail_size)
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
    sign, disk, place64, disks = _LOCATOR64.unpack(at(file, locator_at, _LOCATOR64.size))
    if sign != b"PK\x06\x07" or disk or disks != 1 or place64 + _END64.size > locator_at:
        raise RefusalError("zip.inconsistent")
    if place64 + _END64.size < locator_at:
        raise RefusalError("zip.prepended", size=locator_at - place64 - _END64.size)
    record = _END64.unpack(at(file, place64, _END64.size))
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
    fields = _LOCAL.unpack(at(file, place, _LOCAL.size))
    sign, _, flags, method, _, _, crc, packed, size, name_size, extra_size = fields
    if sign != b"PK\x03\x04":
        raise RefusalError("zip.inconsistent")
    rest = at(file, place + _LOCAL.size, name_size + extra_size)
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


def at(file: BinaryIO, place: int, size: int) -> bytes:
    """Exactly so many bytes from there; refuses (`zip.inconsistent`) a file that has not so many."""
    if place < 0:
        raise RefusalError("zip.inconsistent")
    file.seek(place)
    data: bytes = file.read(size)
    if len(data) != size:
        raise RefusalError("zip.inconsistent")
    return data
