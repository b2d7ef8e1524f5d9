"""WinZip's counter mode without a library is the same as pycryptodomex's, which 7-Zip and bsdtar read."""

import ctypes.util

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handover import aesctr
from handover.rules import RefusalError

calm = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
KEY = bytes(range(32))


def test_the_first_block_is_the_cipher_of_the_counter_one():
    """FIPS 197 through another library: OpenSSL's ECB of the little-endian number 1."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    block = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor().update((1).to_bytes(16, "little"))
    for cipher in (aesctr._with_pycryptodomex(KEY), aesctr._with_openssl(KEY)):
        assert cipher(bytes(16)) == block


@calm
@given(
    st.binary(min_size=32, max_size=32),
    st.lists(st.binary(max_size=100) | st.integers(0, 70000).map(bytes), max_size=8),
)
def test_python_s_own_openssl_gives_what_the_library_gives_however_the_stream_is_cut(key, pieces):
    ours, theirs = aesctr._with_openssl(key), aesctr._with_pycryptodomex(key)
    assert [ours(piece) for piece in pieces] == [theirs(piece) for piece in pieces]


@pytest.mark.parametrize("cut", [1, 15, 16, (1 << 20) - 17, (1 << 20) - 16, 1 << 20, (1 << 20) + 5])
def test_the_counter_runs_on_over_the_end_of_a_batch(cut):
    data = bytes(2 * (1 << 20) + 33)
    ours, theirs = aesctr._with_openssl(KEY), aesctr._with_pycryptodomex(KEY)
    assert ours(data[:cut]) + ours(data[cut:]) == theirs(data)


def test_a_python_without_any_openssl_is_told_what_to_install():
    libc = ctypes.util.find_library("c")
    with pytest.raises(RefusalError) as caught:
        aesctr._openssl(["/nowhere/libcrypto.so", libc])
    assert caught.value.key == "aes.no-library"
    assert "python.org" in str(caught.value)
