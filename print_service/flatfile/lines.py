"""Cuts a byte stream into records in bounded memory, whatever the bytes are: 100 MB without a line end cost one
chunk.

The hash and the size of the whole stream are taken on the way, so that what was read and what is recorded are the
same bytes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 1 << 18


@dataclass(frozen=True)
class Line:
    """One record's bytes: without its line end, cut at the reader's limit; `length` is what the file holds."""

    number: int
    raw: bytes
    ending: bytes
    length: int


class Source:
    """A stream that is hashed and counted as it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._head = b""
        self.size = 0

    def peek(self, size: int) -> bytes:
        """The first bytes, still to be read."""
        if not self.size:
            self._head = self._stream.read(size)
        return self._head

    def chunk(self) -> bytes:
        """The next bytes; empty at the end."""
        data, self._head = self._head + self._stream.read(_CHUNK), b""
        self._digest.update(data)
        self.size += len(data)
        return data

    @property
    def sha256(self) -> str:
        """Hex digest of everything read so far."""
        return self._digest.hexdigest()


def lines(source: Source, limit: int) -> Iterator[Line]:
    """Records ended by LF or CRLF; the last may have no end. Of a record longer than `limit` bytes only `limit` are
    kept.
    """
    number, carry, length = 0, b"", 0
    while chunk := source.chunk():
        pieces = chunk.split(b"\n")
        for piece in pieces[:-1]:
            number += 1
            raw = carry + piece[: max(0, limit + 1 - len(carry))]
            length += len(piece)
            if raw.endswith(b"\r") and length == len(raw):
                yield Line(number, raw[:-1], b"\r\n", length - 1)
            else:
                yield Line(number, raw[:limit], b"\n", length)
            carry, length = b"", 0
        rest = pieces[-1]
        carry += rest[: max(0, limit + 1 - len(carry))]
        length += len(rest)
    if length:
        yield Line(number + 1, carry[:limit], b"", length)


def blocks(source: Source, size: int) -> Iterator[Line]:
    """Records of `size` bytes with nothing between them; the last may be shorter."""
    number, carry = 0, b""
    while chunk := source.chunk():
        data = carry + chunk
        whole = len(data) - len(data) % size
        for start in range(0, whole, size):
            number += 1
            yield Line(number, data[start : start + size], b"", size)
        carry = data[whole:]
    if carry:
        yield Line(number + 1, carry, b"", len(carry))
