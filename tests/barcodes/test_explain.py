"""Whatever a scanner read: good readings in every dress, the museum of wrong marks, and a storm of other strings."""

import json
import tomllib
from pathlib import Path

import barcode
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from mark_raster import VECTORS, raster, read

from barcodes import cvs, elqr, payeasy, piece
from barcodes.explain import explain, symbol_of
from barcodes.geometry import from_bars
from barcodes.rules import MarkError

MUSEUM = tomllib.loads((Path(__file__).parents[1] / "museum/marks.toml").read_text(encoding="utf-8"))["mark"]
CVS = tomllib.loads((VECTORS / "marks_cvs.toml").read_text(encoding="utf-8"))["published"][8]["digits"]
EL_QR = tomllib.loads((VECTORS / "marks_elqr.toml").read_text(encoding="utf-8"))["payload"][0]["digits"]
OCR = tomllib.loads((VECTORS / "marks_payeasy.toml").read_text(encoding="utf-8"))
UPPER, LOWER = OCR["upper"][0]["line"], OCR["lower"][0]["line"]
BARS = tomllib.loads((VECTORS / "marks_customer.toml").read_text(encoding="utf-8"))["bars"][0]["bars"]
PIECE = "PS1:R08-N01:000012:01/06:F:83"

# The published example as zint prints it with --dump: modules above, between and below, in hexadecimal.
ZINT_DUMP = """8A 22 A2 08 22 28 A2 28 28 8A 08 8A 08 82 08 22 88
AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA A8
AA 22 8A 08 28 A2 82 28 88 88 88 A2 08 88 20 88 A8"""


@pytest.mark.parametrize("wrong", MUSEUM, ids=lambda wrong: wrong["name"])
def test_every_wrong_mark_of_the_museum_is_told_by_name(wrong):
    found = explain(wrong["read"])
    assert (found.kind, found.valid) == (wrong["kind"], False)
    assert [each.key for each in found.findings] == wrong["keys"]
    assert all(each.sentence for each in found.findings)


@pytest.mark.parametrize(
    ("reading", "kind"),
    [
        (CVS, "cvs"),
        ("]C1" + CVS, "cvs"),
        ("\x1d" + CVS + "\r\n", "cvs"),
        ("]C1\x1d" + CVS, "cvs"),
        ("{FNC1}" + CVS, "cvs"),
        ("<GS>" + CVS, "cvs"),
        ("(91)912345-0000202506000012345670\n260630-0-048200-2", "cvs"),
        ("(91) 912345-0000202506000012345670 260630-0-048200-2", "cvs"),
        (EL_QR, "el-qr"),
        ("]Q1" + EL_QR, "el-qr"),
        (UPPER, "ocr"),
        (UPPER + "   X", "ocr"),
        (LOWER, "ocr"),
        (UPPER + LOWER, "ocr"),
        (BARS, "customer"),
        (BARS.lower(), "customer"),
        (BARS.translate(str.maketrans("FADT", "1234")), "customer"),
        ("15400233-16-4-205", "customer"),
        (ZINT_DUMP, "customer"),
        (ZINT_DUMP.replace("\n", " "), "customer"),
        (PIECE, "piece"),
        ("]d1" + PIECE, "piece"),
        ("]Q1" + PIECE, "piece"),
    ],
)
def test_good_readings_in_every_dress(reading, kind):
    found = explain(reading)
    assert (found.kind, found.valid, found.findings) == (kind, True, ())


def test_fields_of_a_convenience_store_mark():
    fields = explain("]C1" + CVS).fields
    assert fields["symbology"] == "]C1"
    assert fields["issuer"] == "912345"
    assert fields["amount"] == 48_200
    assert fields["pay_by"] == "2026-06-30"
    assert fields["text"] == ["(91)912345-0000202506000012345670", "260630-0-048200-2"]
    assert explain("91900000000000000000000000001099999903000001").fields["pay_by"] is None


def test_fields_of_an_el_qr_are_the_vectors_own():
    wanted = tomllib.loads((VECTORS / "marks_elqr.toml").read_text(encoding="utf-8"))["payload"][0]["fields"]
    found = explain(EL_QR).fields
    assert {name: found[name] for name in wanted} == json.loads(json.dumps(wanted, default=str))


def test_fields_of_a_customer_barcode_and_of_an_ocr_line():
    assert explain(BARS).fields["digits"] == "3-16-4-205"
    assert explain(BARS).fields["check"] == "6"
    upper = explain(UPPER).fields
    assert (upper["line"], upper["agency"], upper["amount"], upper["category"]) == ("upper", "26000", 3600, "334")


def test_a_lower_ocr_line_that_begins_with_91_is_not_taken_for_a_convenience_store_mark():
    # 1 in 100 lower lines has the check digits 91; found by counting bodies upwards.
    lines = (payeasy.lower_line(f"{body:042d}") for body in range(1000))
    line = next(line for line in lines if line.startswith("91"))
    assert (explain(line).kind, explain(line).valid) == ("ocr", True)


def test_a_printed_code_128_without_fnc1_is_read_and_refused():
    # python-barcode's plain Code 128 of the same digits: 277 modules, no FNC1.
    modules = barcode.get("code128", CVS).build()[0]
    widths = [len(run) for run in modules.replace("10", "1 0").replace("01", "0 1").split()]
    (found,) = read(raster(from_bars(widths, 600, 4, 250, 60)))
    assert found.symbology_identifier == "]C0"
    explained = explain(found.symbology_identifier + found.text)
    assert [each.key for each in explained.findings] == ["explain.no-fnc1"]


@pytest.mark.parametrize("reading", [CVS, EL_QR, BARS, PIECE])
def test_a_good_reading_is_drawn_again_as_it_was(reading):
    symbol = symbol_of(explain(reading), 600)
    if reading == BARS:
        assert len(symbol.rects) == 67
    else:
        assert [each.text for each in read(raster(symbol))] == [reading]


@pytest.mark.parametrize("reading", [CVS[:-1] + "9", UPPER, "?"])
def test_what_does_not_hold_or_is_no_symbol_is_not_drawn(reading):
    with pytest.raises(MarkError) as error:
        symbol_of(explain(reading), 600)
    assert error.value.key == "explain.not-drawable"


SEEDS = st.sampled_from([CVS, EL_QR, UPPER, LOWER, UPPER + LOWER, BARS, PIECE, ZINT_DUMP, "15400233-16-4-205"])


@st.composite
def damaged(draw):
    """A good reading with some of its characters cut, doubled or replaced."""
    text = draw(SEEDS)
    for _ in range(draw(st.integers(1, 3))):
        place, length = draw(st.integers(0, len(text))), draw(st.integers(0, 3))
        text = text[:place] + draw(st.text(max_size=3)) + text[place + length :]
    return draw(st.sampled_from(["", "]C1", "]C0", "]Q1", "]d1", "]", "]é1"])) + text


@given(
    st.text(alphabet=st.characters(exclude_categories=[]), max_size=90)
    | st.text(alphabet="0123456789()- /X", max_size=300)
    | st.text(alphabet="FADT1234", min_size=60, max_size=70)
    | damaged()
)
def test_any_string_has_an_answer_that_can_be_printed(text):
    found = explain(text)
    assert found.valid == (not found.findings)
    shown = [found.kind, found.fields, [[each.key, each.sentence] for each in found.findings]]
    json.dumps(shown, ensure_ascii=False).encode("utf-8")


def test_a_very_long_reading_is_unknown_at_once():
    # Python refuses to turn more than 4300 digits into a number; nothing here may try.
    assert explain("9" * 5_000).kind == "unknown"
    assert not explain("9" * 3_999).valid


@given(SEEDS, st.sampled_from(["", "\r\n", "\t", " "]), st.sampled_from(["", "\ufeff", "\n"]))
def test_explaining_agrees_with_parsing(reading, end, start):
    assert explain(start + reading + end).valid


def test_a_reader_of_ours_and_the_explanation_agree_on_what_a_mark_says():
    symbols = [cvs.parse(CVS).symbol(), elqr.parse(EL_QR).symbol(), piece.parse(PIECE).symbol(kind="qr")]
    for symbol, kind in zip(symbols, ("cvs", "el-qr", "piece"), strict=True):
        (found,) = zxingcpp.read_barcodes(raster(symbol), text_mode=zxingcpp.TextMode.Plain)
        explained = explain(found.symbology_identifier + found.text)
        assert (explained.kind, explained.valid) == (kind, True)
