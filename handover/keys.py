"""The ward's Ed25519 signing key (RFC 8032): made once, kept in a file only its owner reads, known to the vendor by
fingerprint.

Signs envelopes (step 6 seal) and journal heads. The private key is PKCS#8 PEM without a passphrase and therefore must
stay mode 0600; the fingerprint is the SHA-256 of the 32 raw public bytes, read aloud in groups of four. Whatever a
private key is needed for uses the `cryptography` library; reading public keys and checking signatures, which is all a
vendor does, needs Python alone (`ed25519`, and RFC 8410 §4 for the public key's form).
"""

import base64
import binascii
import hashlib
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from handover import ed25519
from handover.rules import RefusalError

_LARGEST_PEM = 16 * 1024
_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410 §7: the seed's 32 bytes follow
_SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 §4: the key's 32 bytes follow
_PEM = re.compile(rb"\s*-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*")


class PublicKey(Protocol):
    """A public key, of the library or of this module."""

    def public_bytes_raw(self) -> bytes:
        """Its 32 bytes."""


@dataclass(frozen=True)
class RawPublicKey:
    """A public key as its 32 bytes."""

    raw: bytes

    def public_bytes_raw(self) -> bytes:
        """Its 32 bytes."""
        return self.raw


class SigningKey(Protocol):
    """A private key, of the library."""

    def sign(self, data: bytes, /) -> bytes:
        """The 64-byte signature over the data."""

    def public_key(self) -> PublicKey:
        """Its public half."""

    def private_bytes_raw(self) -> bytes:
        """Its 32-byte seed."""


def create(entropy: Callable[[int], bytes] = os.urandom) -> SigningKey:
    """A new signing key from 32 random bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    seed = entropy(32)
    if len(seed) != 32:
        raise RefusalError("key.entropy-broken")
    return Ed25519PrivateKey.from_private_bytes(seed)


def save(key: SigningKey, path: Path) -> None:
    """Write the key as PEM, mode 0600; refuses to write over an existing file."""
    body = base64.b64encode(_PKCS8 + key.private_bytes_raw())
    pem = b"-----BEGIN PRIVATE KEY-----\n" + body + b"\n-----END PRIVATE KEY-----\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise RefusalError("key.exists", path=path) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)


def load(path: Path) -> SigningKey:
    """Read a signing key; refuses a missing or unreadable file, another kind of key, or one that others may read."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    pem = _read(path)
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RefusalError("key.open-to-others", path=path)
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RefusalError("key.unreadable", path=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise RefusalError("key.not-ed25519", path=path)
    return key


def save_public(key: PublicKey, path: Path) -> None:
    """Write the public key as PEM, to be given to the vendor before any medium travels."""
    body = base64.b64encode(_SPKI + key.public_bytes_raw())
    path.write_bytes(b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n")


def load_public(path: Path) -> PublicKey:
    """Read a public key PEM; refuses a missing or unreadable file or another kind of key."""
    found = _PEM.fullmatch(_read(path))
    if found is None:
        raise RefusalError("key.unreadable", path=path)
    try:
        der = base64.b64decode(re.sub(rb"\s", b"", found[1]), validate=True)
    except binascii.Error as error:
        raise RefusalError("key.unreadable", path=path) from error
    if not der.startswith(_SPKI) or len(der) != len(_SPKI) + 32:
        raise RefusalError("key.not-ed25519", path=path)
    return RawPublicKey(der[len(_SPKI) :])


def public_hex(key: PublicKey) -> str:
    """The 32 raw public bytes, 64 hex digits."""
    return key.public_bytes_raw().hex()


def public_from_hex(text: str) -> PublicKey:
    """The public key of 64 hex digits; ValueError otherwise."""
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("not 64 hex digits")
    return RawPublicKey(bytes.fromhex(text))


def fingerprint(key: PublicKey) -> str:
    """SHA-256 of the raw public bytes, 64 hex digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def readable(digits: str) -> str:
    """A fingerprint in groups of four, as it is read aloud or printed."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def parse_fingerprint(text: str) -> str:
    """The 64 hex digits of a fingerprint as typed (spaces, colons, hyphens, capitals); refuses anything else."""
    digits = re.sub(r"[\s:\-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise RefusalError("key.not-a-fingerprint")
    return digits


def signed_by(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether this key made this signature over this message."""
    return ed25519.verify(key.public_bytes_raw(), signature, message)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise RefusalError("file.missing", path=path)
    with path.open("rb") as file:
        return file.read(_LARGEST_PEM)
