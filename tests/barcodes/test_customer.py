"""Customer barcode: every example of the post's manual, zint bar for bar, and the print read back from its raster."""

import re
import tomllib
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
import zint
from hypothesis import assume, given
from hypothesis import strategies as st
from mark_raster import VECTORS, raster

from barcodes import customer
from barcodes.address import number_from_kanji
from barcodes.customer import CustomerBarcode, CustomerReading, digits_from_address
from barcodes.rules import MarkError

FACTS = tomllib.loads((VECTORS / "marks_customer.toml").read_text(encoding="utf-8"))
MANUAL = FACTS["manual"]
DRAWN = FACTS["bars"][0]
POSTCODES = st.from_regex(r"[0-9]{7}", fullmatch=True).filter(lambda code: not code.endswith("00"))
ADDRESS_DIGITS = st.from_regex(r"[0-9A-Z-]{0,16}", fullmatch=True)


def keys(error):
    return [fault.key for fault in error.value.faults]


@pytest.mark.parametrize("vector", MANUAL, ids=lambda vector: vector["address"])
def test_digits_of_the_manuals_addresses(vector):
    assert digits_from_address(vector["address"]) == vector["digits"]


@pytest.mark.parametrize("vector", MANUAL, ids=lambda vector: vector["address"])
def test_digits_of_the_manuals_addresses_after_their_town(vector):
    assert digits_from_address(vector["address"], vector["town"]) == vector["digits"]


@pytest.mark.parametrize("vector", MANUAL, ids=lambda vector: vector["address"])
def test_check_characters_of_the_manual(vector):
    assert CustomerBarcode.from_address(vector["postcode"], vector["address"]).check() == vector["check"]


@pytest.mark.parametrize(
    ("address", "town", "digits"),
    [
        # Towns whose own names hold a counter, in central Tokyo and elsewhere.
        ("東京都千代田区三番町6-7", "三番町", "6-7"),
        ("東京都中央区八丁堀四丁目1番2号", "八丁堀", "4-1-2"),
        ("東京都台東区三ノ輪1-2-3", "三ノ輪", "1-2-3"),
        ("茨城県水戸市三の丸一丁目5-38", "三の丸", "1-5-38"),
        ("東京都新宿区新宿一丁目1-1見本マンション101", "新宿", "1-1-1-101"),
        ("東京都港区六本木六丁目十番一号", "六本木", "6-10-1"),
    ],
)
def test_numerals_of_a_towns_name_are_not_taken(address, town, digits):
    assert digits_from_address(address) == digits
    assert digits_from_address(address, town) == digits


def test_full_width_figures_and_letters_count_like_narrow_ones():
    assert digits_from_address("東京都台東区台東５－６－３　ＡＢＣビル１０Ｆ") == "5-6-3-10"


def test_floor_with_something_behind_becomes_a_hyphen():
    # Supplementary rule 3; the case without anything behind stands in the manual's list.
    assert digits_from_address("茨城県日立市宮田町6丁目7-14　ABCビル2F201号室") == "6-7-14-2-201"


def test_a_town_that_is_not_in_the_address_is_refused_without_repeating_the_address():
    with pytest.raises(MarkError) as error:
        digits_from_address("東京都新宿区新宿一丁目1-1", "四谷")
    assert keys(error) == ["customer.town"]
    assert "1-1" not in str(error.value)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("百一", 101),
        ("二〇三", 203),
        ("千二百三十四", 1234),
        ("二一", 21),
    ],
)
def test_kanji_numerals(numeral, value):
    assert number_from_kanji(numeral) == value


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_address_gives_clean_digits(address):
    digits = digits_from_address(address)
    assert re.fullmatch(r"([0-9A-Z](-?[0-9A-Z])*)?", digits)
    assert not re.search(r"-[A-Z]|[A-Z]-", digits)
    assert digits_from_address(digits) == digits or re.search("[A-Z]{2}|[0-9]F", digits)


@given(st.text(alphabet="一二三十百番地丁目号線の1２-－ABfＦ　ビル&・", max_size=40))
def test_address_like_text_gives_clean_digits(address):
    assert re.fullmatch(r"([0-9A-Z](-?[0-9A-Z])*)?", digits_from_address(address))


def test_a_catch_all_postcode_gets_no_barcode():
    with pytest.raises(MarkError) as error:
        CustomerBarcode("0600000", "1-2")
    assert keys(error) == ["customer.catch-all-postcode"]


@pytest.mark.parametrize("postcode", ["", "123456", "12345678", "154ー0023", "１５４００２３"])
def test_other_postcodes_are_refused(postcode):
    with pytest.raises(MarkError) as error:
        CustomerBarcode.from_address(postcode, "1-2-3")
    assert keys(error) == ["customer.postcode"]


def test_an_address_is_cut_at_thirteen():
    # Manual page 20, example 1: 064080429-1524-23-2-
    cut = CustomerBarcode("0640804", "29-1524-23-2-501").characters()
    assert cut == tuple("064080429-1524-23-2-")


def test_a_letter_that_does_not_fit_leaves_its_control_code():
    # Manual page 20, example 2: 91000673-80-25 CC1 9 1-2 CC1
    cut = CustomerBarcode("9100067", "3-80-25J1-2B").characters()
    assert cut == (*"91000673-80-25", "CC1", "9", "1", "-", "2", "CC1")


def test_a_dedicated_postcode_is_filled_with_cc4():
    # Manual page 22: only the individual number, 13 times CC4.
    assert CustomerBarcode("1008792", "").characters() == (*"1008792", *["CC4"] * 13)


def test_bars_of_the_published_example():
    made = CustomerBarcode(DRAWN["postcode"], DRAWN["digits"])
    assert made.bars() == DRAWN["bars"]
    assert made.check() == DRAWN["check"]


@given(POSTCODES, ADDRESS_DIGITS)
def test_bars_equal_zint(postcode, digits):
    made = CustomerBarcode(postcode, digits)
    assume(sum(2 if character.isalpha() else 1 for character in digits) <= 13)  # zint refuses what must be cut
    theirs = zint.Symbol()
    theirs.symbology = zint.Symbology.JAPANPOST
    theirs.encode(postcode + digits)
    data, stride = theirs.encoded_data.tobytes(), theirs.encoded_data.shape[1]
    upper, _, lower = (
        [data[row * stride + x // 8] >> x % 8 & 1 for x in range(0, theirs.width, 2)] for row in range(3)
    )
    kinds = {(1, 1): "F", (1, 0): "A", (0, 1): "D", (0, 0): "T"}
    assert made.bars() == "".join(kinds[pair] for pair in zip(upper, lower, strict=True))


@given(POSTCODES, ADDRESS_DIGITS)
def test_reading_gives_back_what_fitted(postcode, digits):
    made = CustomerBarcode(postcode, digits)
    reading = customer.parse(made.bars())
    assert reading.postcode == postcode
    assert digits.startswith(reading.digits)
    assert CustomerBarcode(postcode, reading.digits).characters()[:19] == made.characters()[:19] or reading.cut
    assert bool(reading.cut) == (made.characters()[-1] in ("CC1", "CC2", "CC3"))


@given(st.text(alphabet="FADT", min_size=67, max_size=67) | st.text(max_size=70))
def test_any_bars_are_a_reading_or_the_marks_own_error(bars):
    with suppress(MarkError):
        assert isinstance(customer.parse(bars), CustomerReading)


def test_a_wrong_check_character_and_a_turned_barcode_are_refused():
    good = DRAWN["bars"]
    with pytest.raises(MarkError) as error:
        customer.parse(good[:62] + "FTT" + good[65:])
    assert keys(error) == ["customer.check-digit"]
    turned = good[::-1].translate(str.maketrans("AD", "DA"))
    with pytest.raises(MarkError) as error:
        customer.parse(turned)
    assert "customer.frame" in keys(error)


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("points", ["8", "9", "10", "11.5"])
def test_dimensions_are_within_the_manuals_tolerances(dpi, points):
    # Manual page 12, in mm at 10 points.
    size = Fraction(points) / 10
    dot = Fraction(254, 10) / dpi
    rects = CustomerBarcode(DRAWN["postcode"], DRAWN["digits"]).symbol(dpi, Decimal(points)).rects
    pitches = {after.x - before.x for before, after in pairwise(rects)}
    assert len(rects) == 67
    assert len(pitches) == 1
    (pitch,) = pitches
    for dots, least, most in (
        (max(rect.height for rect in rects), "3.40", "3.60"),
        (min(rect.height for rect in rects), "1.05", "1.35"),
        (pitch, "0.95", "1.30"),
        (rects[0].width, "0.50", "0.70"),
        (pitch - rects[0].width, "0.45", "0.60"),
    ):
        assert Fraction(least) * size <= dots * dot <= Fraction(most) * size


def test_two_millimetres_stay_blank_on_all_sides():
    symbol = CustomerBarcode(DRAWN["postcode"], DRAWN["digits"]).symbol(600)
    left, top = min(rect.x for rect in symbol.rects), min(rect.y for rect in symbol.rects)
    right = symbol.width - max(rect.x + rect.width for rect in symbol.rects)
    bottom = symbol.height - max(rect.y + rect.height for rect in symbol.rects)
    assert {left, top, right, bottom} == {48}  # 2 mm are 47.2 dots


@pytest.mark.parametrize("points", ["7.9", "12"])
def test_other_sizes_are_refused(points):
    with pytest.raises(MarkError) as error:
        CustomerBarcode(DRAWN["postcode"], DRAWN["digits"]).symbol(600, Decimal(points))
    assert keys(error) == ["customer.point-size"]


def test_a_resolution_too_coarse_for_the_tolerances_is_refused():
    with pytest.raises(MarkError) as error:
        CustomerBarcode(DRAWN["postcode"], DRAWN["digits"]).symbol(60)
    assert keys(error) == ["customer.dpi"]


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("vector", MANUAL, ids=lambda vector: vector["address"])
def test_the_print_is_read_back_from_its_raster(vector, dpi):
    # No library reads this symbology, so tops and bottoms are sampled from the bitmap.
    made = CustomerBarcode.from_address(vector["postcode"], vector["address"])
    image = raster(made.symbol(dpi)) < 128
    columns = image.any(axis=0)
    starts = [x for x in range(1, len(columns)) if columns[x] and not columns[x - 1]]
    rows = image.any(axis=1).nonzero()[0]
    top, bottom = rows[0], rows[-1]
    kinds = {(True, True): "F", (True, False): "A", (False, True): "D", (False, False): "T"}
    bars = "".join(kinds[bool(image[top, x]), bool(image[bottom, x])] for x in starts)
    assert customer.parse(bars).postcode == vector["postcode"].replace("-", "")
    assert vector["digits"].startswith(customer.parse(bars).digits)
