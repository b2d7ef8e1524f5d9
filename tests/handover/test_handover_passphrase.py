import itertools
import math
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handover import passphrase
from handover.rules import RefusalError

# A busy machine is no fault of the code: no test here is judged by the clock.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

symbols = st.sampled_from(passphrase.ALPHABET)
bodies = st.binary(min_size=400, max_size=400)


def from_bytes(data):
    """A source that gives these bytes, then others derived from them."""
    feed = itertools.chain(data, itertools.cycle(range(253)))
    return lambda size: bytes(next(feed) for _ in range(size))


def test_has_at_least_one_hundred_bits():
    # 18 symbols of 54 is the floor the recommendation for AE-2 computes (103 bits).
    bits = passphrase.GROUPS * passphrase.DATA_PER_GROUP * math.log2(len(passphrase.ALPHABET))
    assert bits >= 100
    assert math.floor(bits) == 108


def test_alphabet_has_no_two_symbols_that_look_alike():
    for alike in ("0OQ", "1IL", "2Z", "5S", "8B", "6G", "UV"):
        assert len(set(alike) & set(passphrase.ALPHABET)) <= 1


def test_every_byte_value_gives_every_symbol_equally_often():
    # Feeding each of the 256 byte values once must spend 253 of them, 11 on each of 23 symbols: no modulo bias.
    accepted = Counter(byte % 23 for byte in range(256) if byte < passphrase._ACCEPT)
    assert set(accepted.values()) == {11}
    assert len(accepted) == 23


@calm
@given(bodies)
def test_a_generated_passphrase_is_its_own_spelling(data):
    secret = passphrase.generate(from_bytes(data))
    assert passphrase.check(secret) == secret
    assert [len(group) for group in secret.split("-")] == [5] * 6


@calm
@given(bodies)
def test_typed_in_small_letters_full_width_or_without_hyphens_it_is_the_same(data):
    secret = passphrase.generate(from_bytes(data))
    full_width = "".join(chr(ord(c) + 0xFEE0) if c != "-" else "ー" for c in secret)
    for typed in (secret.lower(), secret.replace("-", ""), secret.replace("-", " "), f"  {secret}\r\n", full_width):
        assert passphrase.check(typed) == secret


@calm
@given(bodies, st.integers(0, 29), symbols)
def test_one_wrong_symbol_is_found_and_its_group_named(data, place, symbol):
    secret = passphrase.generate(from_bytes(data))
    bare = list(secret.replace("-", ""))
    if bare[place] == symbol:
        return
    bare[place] = symbol
    with pytest.raises(RefusalError) as caught:
        passphrase.check("".join(bare))
    assert caught.value.keys == ("passphrase.typing-error",)
    assert caught.value.values["group"] == place // 5 + 1


@calm
@given(bodies, st.integers(0, 5), st.integers(0, 4), st.integers(0, 4))
def test_two_symbols_exchanged_within_a_group_are_found(data, group, one, other):
    bare = list(passphrase.generate(from_bytes(data)).replace("-", ""))
    i, j = group * 5 + one, group * 5 + other
    if bare[i] == bare[j]:
        return
    bare[i], bare[j] = bare[j], bare[i]
    with pytest.raises(RefusalError, match=f"第{group + 1}組"):
        passphrase.check("".join(bare))


@calm
@given(bodies, st.integers(0, 5), st.integers(0, 5))
def test_two_groups_exchanged_are_found(data, one, other):
    groups = passphrase.generate(from_bytes(data)).split("-")
    if one == other:
        return
    groups[one], groups[other] = groups[other], groups[one]
    with pytest.raises(RefusalError) as caught:
        passphrase.check("-".join(groups))
    assert "passphrase.typing-error" in caught.value.keys


@calm
@given(st.text(max_size=60))
def test_any_other_text_is_refused_without_another_error(text):
    try:
        passphrase.check(text)
    except RefusalError as error:
        assert error.key.startswith("passphrase.")


def test_the_message_names_the_place_but_never_shows_the_passphrase():
    secret = passphrase.generate(from_bytes(bytes(400)))
    with pytest.raises(RefusalError) as caught:
        passphrase.check("O" + secret[1:])
    assert caught.value.key == "passphrase.foreign-symbol"
    assert "第1組の1文字目" in str(caught.value)
    assert secret[1:5] not in str(caught.value)


@pytest.mark.parametrize("source", [lambda size: b"", lambda size: b"\xff" * size], ids=["empty", "stuck"])
def test_a_broken_source_of_randomness_is_refused_not_waited_for(source):
    with pytest.raises(RefusalError) as caught:
        passphrase.generate(source)
    assert caught.value.key == "passphrase.entropy-broken"


def test_only_a_verifier_need_be_kept():
    secret, other = passphrase.generate(from_bytes(b"\x01" * 400)), passphrase.generate(from_bytes(b"\x02" * 400))
    kept = passphrase.verifier(secret, bytes(range(16)))
    assert passphrase.verifier(secret.lower(), bytes(range(16))) == kept
    assert passphrase.verifier(other, bytes(range(16))) != kept
    assert secret.replace("-", "") not in kept.upper()
    with pytest.raises(RefusalError) as caught:
        passphrase.verifier(secret, b"short")
    assert caught.value.key == "passphrase.salt-short"


def test_the_verifier_is_scrypt_as_another_library_computes_it():
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    secret, salt = passphrase.generate(from_bytes(b"\x07" * 400)), bytes(range(16))
    other = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(secret.encode())
    assert passphrase.verifier(secret, salt).endswith(other.hex())
