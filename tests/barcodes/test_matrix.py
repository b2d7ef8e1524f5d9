"""Our own QR and Data Matrix against libzint, module for module, mask and encodation included."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from zint import DataMatrixOptions, Symbol, Symbology

from barcodes import ecc200
from barcodes.galois import check_codewords
from barcodes.matrix import Modules, data_matrix
from barcodes.piece import PieceMark
from barcodes.qr import numeric_255

BATCHES = st.from_regex(r"[A-Z0-9-]{1,12}", fullmatch=True)


def zint(symbology, text, **options):
    """Rows of modules, from libzint's own packed rows (lowest bit first)."""
    symbol = Symbol()
    symbol.symbology = symbology
    for name, value in options.items():
        setattr(symbol, name, value)
    symbol.encode(text)
    rows = symbol.encoded_data.tolist()[: symbol.rows]
    return tuple(tuple(bool(row[x // 8] >> x % 8 & 1) for x in range(symbol.width)) for row in rows)


def zint_qr(digits):
    return zint(Symbology.QRCODE, digits, option_1=2, option_2=6)


def zint_data_matrix(text):
    return zint(Symbology.DATAMATRIX, text, option_3=DataMatrixOptions.SQUARE)


def test_check_codewords_are_the_standards_worked_example():
    # ISO/IEC 18004:2015, annex I: "01234567" as version 1-M.
    data = bytes.fromhex("10200C566180EC11EC11EC11EC11EC11")
    assert bytes(check_codewords(data, 10, 0x11D, 0)) == bytes.fromhex("A524D4C1ED36C7872C55")


def test_ecc200_check_codewords_are_the_standards_worked_example():
    # ISO/IEC 16022:2006, annex O: "123456" as 10 by 10.
    assert ecc200.codewords("123456") == [142, 164, 186]
    assert check_codewords([142, 164, 186], 5, 0x12D, 1) == [114, 25, 5, 88, 102]


def test_a_thousand_random_payloads_have_zints_mask_and_modules():
    chance = random.Random(255)
    for _ in range(1000):
        digits = "".join(chance.choices("0123456789", k=255))
        assert numeric_255(digits).rows() == zint_qr(digits)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("0123456789"), st.integers(1, 90)), min_size=1, max_size=12))
def test_long_runs_of_a_digit_have_zints_mask_and_modules(runs):
    digits = "".join(digit * length for digit, length in runs)[:255].ljust(255, "0")
    assert numeric_255(digits).rows() == zint_qr(digits)


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_repeated_has_zints_mask_and_modules(digit):
    assert numeric_255(digit * 255).rows() == zint_qr(digit * 255)


def test_each_of_the_eight_masks_is_drawn_as_qrcode_draws_it():
    seen = set()
    chance = random.Random(8)
    while len(seen) < 8:
        digits = "".join(chance.choices("0123456789", k=255))
        ours = [list(row) for row in numeric_255(digits).rows()]
        # Bits 10 to 12 of the format information beside the finder, unmasked: the mask's number.
        mask = sum(ours[8][4 - place] << place for place in range(3)) ^ 0b101
        if mask not in seen:
            code = QRCode(version=6, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
            code.add_data(digits, optimize=0)
            code.make(fit=False)
            assert code.get_matrix() == ours
            seen.add(mask)


@given(BATCHES, st.integers(1, 999_999), st.integers(1, 99), st.sampled_from("FB"))
def test_piece_marks_are_zints_whatever_the_batch(batch, piece, sheets, side):
    text = PieceMark(batch, piece, 1, sheets, side).payload()
    assert data_matrix(text).rows() == zint_data_matrix(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=44))
def test_any_printable_ascii_is_zints(text):
    assert data_matrix(text).rows() == zint_data_matrix(text)


@pytest.mark.parametrize("side", ecc200.SIZES)
def test_every_size_of_one_region_is_zints(side):
    for used in (1, ecc200.SIZES[side][0]):
        text = "".join(random.Random(side).choices("0123456789", k=2 * used))
        if data_matrix(text).side == side:
            assert Modules(*ecc200.packed(text)).rows() == zint_data_matrix(text)


def test_text_for_more_than_one_region_is_refused_here_and_left_to_zint():
    with pytest.raises(ValueError, match="45 codewords"):
        ecc200.packed("-" * 45)
    assert data_matrix("Aa-" * 30).side > 26


def test_rows_are_padded_to_whole_bytes_with_light():
    assert Modules(3, bytes([0b10100000, 0b01000000, 0b11100000])).rows() == (
        (True, False, True),
        (False, True, False),
        (True, True, True),
    )
    symbol = numeric_255("1" * 255)
    assert len(symbol.packed) == 41 * 6
    assert all(symbol.packed[place] & 0b0111_1111 == 0 for place in range(5, 246, 6))
