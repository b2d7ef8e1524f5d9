"""The signature check that needs Python alone says what RFC 8032 and the `cryptography` library say."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handover import ed25519

calm = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
ORDER = 2**252 + 27742317777372353535851937790883648493

# RFC 8032 §7.1: public key, message, signature of tests 1, 2 and 3.
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(public, message, signature):
    key, text, sound = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert ed25519.verify(key, sound, text)
    assert not ed25519.verify(key, sound, text + b"x")
    assert not ed25519.verify(key, sound[:-1] + bytes([sound[-1] ^ 1]), text)
    assert not ed25519.verify(key, bytes([sound[0] ^ 1]) + sound[1:], text)


@calm
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_the_library_signs_verifies(seed, message):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert ed25519.verify(key.public_key().public_bytes_raw(), key.sign(message), message)


@calm
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=50), st.integers(0, 64 * 8 - 1), st.booleans())
def test_of_a_spoilt_signature_or_key_both_say_the_same(seed, message, bit, of_key):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    if of_key:
        public = (int.from_bytes(public, "little") ^ 1 << bit % 256).to_bytes(32, "little")
    else:
        signature = (int.from_bytes(signature, "little") ^ 1 << bit).to_bytes(64, "little")
    assert ed25519.verify(public, signature, message) is by_library(public, signature, message)


def by_library(public, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_a_signature_has_one_spelling_only():
    """RFC 8032 §5.1.7: S must be below the group's order, else anybody could make a second valid signature of the first."""
    public, message, signature = (bytes.fromhex(text) for text in VECTORS[1])
    second = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not ed25519.verify(public, second, message)


@pytest.mark.parametrize(
    "public", [b"", bytes(31), b"\xff" * 32, (2**255 - 19).to_bytes(32, "little"), b"\x02" + bytes(31)]
)
def test_what_is_no_point_of_the_curve_is_no_key(public):
    assert not ed25519.verify(public, bytes(64), b"")
    assert not ed25519.verify(bytes.fromhex(VECTORS[0][0]), public + bytes(32), b"")
