"""eL-QR: the payload digit for digit, and a symbol that two other encoders and a reader agree with."""

import tomllib
from datetime import date, timedelta

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from mark_raster import VECTORS, raster, read
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from barcodes import elqr
from barcodes.digits import crc16
from barcodes.elqr import ElQr
from barcodes.payeasy import PayeasyKey
from barcodes.qr import numeric_255
from barcodes.rules import MarkError

FACTS = tomllib.loads((VECTORS / "marks_elqr.toml").read_text(encoding="utf-8"))
PAYLOAD = FACTS["payload"][0]["digits"]
FIELDS = FACTS["payload"][0]["fields"]


def digits(width):
    return st.from_regex(rf"[0-9]{{{width}}}", fullmatch=True)


DUE = st.dates(date(2000, 1, 1), date(2999, 12, 31))
MARKS = st.builds(
    lambda wait, due, **rest: ElQr(due=due, pay_by=due + timedelta(wait), **rest),
    wait=st.integers(0, 400),
    due=DUE,
    amount=st.integers(1, 10**11 - 1),
    item=digits(3),
    case_key=digits(20),
    confirmation=digits(6),
    organisation=digits(5),
    office=digits(3),
    levy_year=st.integers(1000, 9999),
    tax_year=st.integers(1000, 9999),
    period=digits(2),
)


def keys(error):
    return [fault.key for fault in error.value.faults]


def test_payload_from_its_fields():
    assert ElQr(**FIELDS).payload() == PAYLOAD


def test_fields_from_the_payload():
    assert elqr.parse(PAYLOAD) == ElQr(**FIELDS)


def test_crc_reproduces_the_catalogues_check_value():
    assert crc16(FACTS["crc"]["text"]) == FACTS["crc"]["value"]


def test_el_number_has_the_four_parts_of_the_payload():
    assert ElQr(**FIELDS).el_number() == PayeasyKey("99000", "00000999999999999999", "123456", "999")


@given(MARKS)
def test_parsing_gives_back_what_was_made(made):
    payload = made.payload()
    assert len(payload) == 255
    assert elqr.parse(payload) == made


@given(st.integers(0, 254), st.integers(1, 9))
def test_one_wrong_digit_never_passes(place, change):
    wrong = PAYLOAD[:place] + str((int(PAYLOAD[place]) + change) % 10) + PAYLOAD[place + 1 :]
    with pytest.raises(MarkError):
        elqr.parse(wrong)


@given(st.text(max_size=20) | digits(255) | st.just(PAYLOAD[:-1]) | st.just(PAYLOAD + "0"))
def test_anything_else_scanned_is_refused_with_the_marks_own_error(text):
    with pytest.raises(MarkError) as error:
        elqr.parse(text)
    assert str(error.value)


def test_a_payload_of_254_is_refused_by_its_length():
    with pytest.raises(MarkError, match="254文字"):
        elqr.parse(PAYLOAD[:-1])


def test_both_inner_check_digits_are_verified_besides_the_crc():
    wrong = PAYLOAD.replace("0183" + "92", "0183" + "93").replace("00000" + "95", "00000" + "96")
    body = wrong[:250]
    with pytest.raises(MarkError) as error:
        elqr.parse(f"{body}{crc16(body):05d}")
    assert keys(error) == ["elqr.check-digits", "elqr.check-digits"]


def test_two_amounts_that_differ_are_refused():
    body = PAYLOAD[:126] + "1" + PAYLOAD[127:250]
    with pytest.raises(MarkError) as error:
        elqr.parse(f"{body}{crc16(body):05d}")
    assert keys(error) == ["elqr.amounts-differ"]


def test_every_fault_is_told_at_once():
    with pytest.raises(MarkError) as error:
        ElQr(**FIELDS | {"amount": 0, "item": "9", "case_key": "1", "due": date(2025, 8, 1)})
    assert keys(error) == ["elqr.amount", "elqr.field", "elqr.field", "elqr.pay-by-before-due"]


@settings(max_examples=10)
@given(MARKS)
def test_symbol_is_exactly_what_segno_draws_at_6_m_unboosted(made):
    theirs = segno.make(made.payload(), version=6, error="m", boost_error=False, micro=False)
    assert theirs.designator == "6-M"
    candidates = [
        segno.make(made.payload(), version=6, error="m", boost_error=False, micro=False, mask=mask).matrix
        for mask in range(8)
    ]
    # The mask is the encoder's free choice; everything else must agree module for module.
    ours = tuple(tuple(int(module) for module in row) for row in numeric_255(made.payload()).rows())
    assert ours in [tuple(tuple(row) for row in matrix) for matrix in candidates]


def test_symbol_is_what_qrcode_draws_with_one_of_its_masks():
    ours = [list(row) for row in numeric_255(PAYLOAD).rows()]
    drawn = []
    for mask in range(8):
        code = QRCode(version=6, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
        code.add_data(PAYLOAD)
        code.make(fit=False)
        drawn.append(code.get_matrix())
    assert ours in drawn


@pytest.mark.parametrize("digits", [PAYLOAD + "0", PAYLOAD[:-1], PAYLOAD[:-1] + "A", PAYLOAD[:-1] + "１"])
def test_what_is_not_255_digits_is_refused(digits):
    with pytest.raises(ValueError, match="255 digits of QR version 6-M"):
        numeric_255(digits)


@pytest.mark.parametrize(("dpi", "dots", "side_mm"), [(600, None, 12.446), (300, None, 12.446), (600, 8, 16.595)])
def test_a_reader_gets_the_payload_inside_its_own_quiet_zone(dpi, dots, side_mm):
    symbol = ElQr(**FIELDS).symbol(dpi, dots)
    assert float(symbol.width_mm) == pytest.approx(side_mm, abs=0.001)
    (found,) = read(raster(symbol, frame=20))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.ec_level == "M"
    assert found.text == PAYLOAD


def test_modules_too_small_to_read_are_refused():
    with pytest.raises(MarkError) as error:
        ElQr(**FIELDS).symbol(600, 5)
    assert keys(error) == ["symbol.module-too-small"]


def test_quiet_zone_is_four_modules():
    symbol = ElQr(**FIELDS).symbol(600)
    assert min(rect.x for rect in symbol.rects) == min(rect.y for rect in symbol.rects) == 4 * 6
    assert symbol.width == symbol.height == 49 * 6
