"""The ward's Ed25519 signing key (RFC 8032): made once, kept in a file only its owner reads, known to the vendor by
fingerprint.

Signs envelopes (step 6 seal) and journal heads. The private key is PKCS#8 PEM without a passphrase and therefore must
stay mode 0600; the fingerprint is the SHA-256 of the 32 raw public bytes, read aloud in groups of four.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from handover.rules import RefusalError

SigningKey = Ed25519PrivateKey
PublicKey = Ed25519PublicKey

_LARGEST_PEM = 16 * 1024


def create(entropy: Callable[[int], bytes] = os.urandom) -> SigningKey:
    """A new signing key from 32 random bytes."""
    seed = entropy(32)
    if len(seed) != 32:
        raise RefusalError("key.entropy-broken")
    return Ed25519PrivateKey.from_private_bytes(seed)


def save(key: SigningKey, path: Path) -> None:
    """Write the key as PEM, mode 0600; refuses to write over an existing file."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise RefusalError("key.exists", path=path) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)


def load(path: Path) -> SigningKey:
    """Read a signing key; refuses a missing or unreadable file, another kind of key, or one that others may read."""
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
    path.write_bytes(key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def load_public(path: Path) -> PublicKey:
    """Read a public key PEM; refuses a missing or unreadable file or another kind of key."""
    try:
        key = serialization.load_pem_public_key(_read(path))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RefusalError("key.unreadable", path=path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise RefusalError("key.not-ed25519", path=path)
    return key


def public_hex(key: PublicKey) -> str:
    """The 32 raw public bytes, 64 hex digits."""
    return key.public_bytes_raw().hex()


def public_from_hex(text: str) -> PublicKey:
    """The public key of 64 hex digits; ValueError otherwise."""
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("not 64 hex digits")
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


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
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise RefusalError("file.missing", path=path)
    with path.open("rb") as file:
        return file.read(_LARGEST_PEM)
