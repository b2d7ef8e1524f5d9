"""AES-256 in the counter mode of the WinZip specification, on a library where there is one and without where not.

WinZip's counter is little-endian and begins at 1; OpenSSL's counter mode is big-endian, so it cannot be used as it
is. Here the blocks of the counter are written out, enciphered one by one (ECB) a mebibyte at a time, and combined with
the data. The ward's side does both with pycryptodomex into buffers that are used again, which is twice as fast as that
library's own counter mode. A vendor may have Python alone: there the OpenSSL that Python itself is linked with
enciphers (through ctypes) and one large integer combines, several times faster than any medium is read. Cipher:
FIPS 197; mode: NIST SP 800-38A §6.5; counter: WinZip AES specification 1.04. Stands under `aeszip`.
"""

import ctypes
import ctypes.util
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from handover.rules import RefusalError

_BLOCK = 16
_BLOCKS = 1 << 16  # of one batch: the two low bytes of the counter run through all their values
_BATCH = _BLOCK * _BLOCKS

# FIPS 197, appendix C.3
_KEY = bytes(range(32))
_PLAIN = bytes.fromhex("00112233445566778899aabbccddeeff")
_CIPHER = bytes.fromhex("8ea2b7ca516745bfeafc49904b496089")

_Encipher = Callable[[bytearray, bytearray], object]
"""Enciphers every block of the first buffer into the second, of the same size."""
_Mix = Callable[[memoryview, memoryview, memoryview], object]
"""Puts the exclusive or of the first two into the third, all of one size."""


class Cipher:
    """Takes the next bytes of the stream and gives them enciphered (or deciphered, which is the same)."""

    def __init__(self, encipher: _Encipher, mix: _Mix) -> None:
        low = bytes(range(256))
        self._encipher, self._mix = encipher, mix
        self._numbers, self._stream = bytearray(_BATCH), bytearray(_BATCH)
        self._numbers[0::_BLOCK] = low * 256
        self._numbers[1::_BLOCK] = b"".join(bytes([high]) * 256 for high in low)
        self._batch, self._rest = 0, memoryview(b"")

    def __call__(self, data: bytes) -> bytearray:
        """The next bytes."""
        source, out, place = memoryview(data), bytearray(len(data)), 0
        target = memoryview(out)
        while place < len(out):
            if not self._rest:
                self._fill()
            end = min(place + len(self._rest), len(out))
            self._mix(source[place:end], self._rest[: end - place], target[place:end])
            place, self._rest = end, self._rest[end - place :]
        return out

    def _fill(self) -> None:
        for place, byte in enumerate(self._batch.to_bytes(14, "little"), start=2):
            if self._numbers[place] != byte:
                self._numbers[place::_BLOCK] = bytes([byte]) * _BLOCKS
        self._encipher(self._numbers, self._stream)
        # The counter begins at 1: block 0 of the first batch is never used.
        self._rest = memoryview(self._stream)[0 if self._batch else _BLOCK :]
        self._batch += 1


def cipher(key: bytes) -> Cipher:
    """The stream cipher under this 32-byte key, from its beginning.

    Refuses (`aes.no-library`) a Python that has neither pycryptodomex nor an OpenSSL that can be reached.
    """
    return _with_pycryptodomex(key) or _with_openssl(key)


def _with_pycryptodomex(key: bytes) -> Cipher | None:
    try:
        from Cryptodome.Cipher import AES  # noqa: PLC0415  a vendor may not have it
        from Cryptodome.Util.strxor import strxor  # noqa: PLC0415
    except ImportError:
        return None
    blocks = AES.new(key, AES.MODE_ECB)

    def mix(one: Any, other: Any, out: Any) -> None:  # the library takes views, its types name bytes only
        strxor(one, other, output=out)

    return Cipher(lambda numbers, stream: blocks.encrypt(numbers, output=stream), mix)


def _with_openssl(key: bytes) -> Cipher:
    return Cipher(_Blocks(_openssl(_places()), key), _mix_as_numbers)


def _mix_as_numbers(one: memoryview, other: memoryview, out: memoryview) -> None:
    mixed = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
    out[:] = mixed.to_bytes(len(out), "little")


class _Blocks:
    """Single blocks enciphered one after another (ECB) by OpenSSL's EVP functions."""

    def __init__(self, library: ctypes.CDLL, key: bytes) -> None:
        new, init, update = library.EVP_CIPHER_CTX_new, library.EVP_EncryptInit_ex, library.EVP_EncryptUpdate
        kind = library.EVP_aes_256_ecb
        new.restype = kind.restype = ctypes.c_void_p
        new.argtypes = kind.argtypes = []
        init.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        update.argtypes = [
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_int),
            ctypes.c_void_p,
            ctypes.c_int,
        ]
        library.EVP_CIPHER_CTX_set_padding.argtypes = [ctypes.c_void_p, ctypes.c_int]
        library.EVP_CIPHER_CTX_free.argtypes = [ctypes.c_void_p]
        self._free, self._update = library.EVP_CIPHER_CTX_free, update
        self._context = new()
        if not self._context or init(self._context, kind(), None, key, None) != 1:
            raise RefusalError("aes.no-library")
        library.EVP_CIPHER_CTX_set_padding(self._context, 0)

    def __call__(self, blocks: bytearray, out: bytearray) -> None:
        size, written = len(blocks), ctypes.c_int()
        source, target = (ctypes.c_char * size).from_buffer(blocks), (ctypes.c_char * size).from_buffer(out)
        if self._update(self._context, target, ctypes.byref(written), source, size) != 1 or written.value != size:
            raise RefusalError("aes.no-library")

    def __del__(self) -> None:
        if getattr(self, "_context", None):
            self._free(self._context)


def _openssl(places: Iterable[str | None]) -> ctypes.CDLL:
    """The first library among these that enciphers a published test vector as FIPS 197 says."""
    for name in places:
        with suppress(OSError, AttributeError, RefusalError):
            library = ctypes.CDLL(name)
            found = bytearray(len(_PLAIN))
            _Blocks(library, _KEY)(bytearray(_PLAIN), found)
            if found == _CIPHER:
                return library
    raise RefusalError("aes.no-library")


def _places() -> Iterator[str | None]:
    """Where the libcrypto may be that this Python's own `hashlib` uses; the system's last."""
    try:
        import _hashlib  # noqa: PLC0415  absent from a Python without OpenSSL
    except ImportError:
        own = None
    else:
        own = getattr(_hashlib, "__file__", None)
    if sys.platform == "win32":
        # python.org puts libcrypto-3.dll beside the extension modules, conda into Library/bin.
        folders = [Path(own).parent] if own else []
        folders += [Path(sys.base_prefix) / "DLLs", Path(sys.base_prefix) / "Library" / "bin", Path(sys.base_prefix)]
        for folder in folders:
            yield from map(str, sorted(folder.glob("libcrypto-*.dll")))
        return
    if own:
        yield own  # a lookup in the extension module searches what it is linked with
    yield None  # OpenSSL linked into Python itself
    found = ctypes.util.find_library("crypto")
    if found:
        yield found
