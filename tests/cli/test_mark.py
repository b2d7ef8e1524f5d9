"""The bench for marks: the issue's own lines, pictures of the right size, and every fault of a bad line at once."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from cli_desk import say
from PIL import Image

from barcodes.customer_raster import read

VECTORS = Path(__file__).parents[1] / "vectors"
MANUAL = tomllib.loads((VECTORS / "marks_customer.toml").read_text(encoding="utf-8"))["manual"]
PAYLOAD = tomllib.loads((VECTORS / "marks_elqr.toml").read_text(encoding="utf-8"))["payload"][0]["digits"]

CVS = ("mark", "cvs", "--issuer", "912345", "--free", "000020250600001234567", "--reissue", "0")
CVS += ("--pay-by", "2026-06-30", "--amount", "48200")
CVS_DIGITS = "91912345000020250600001234567026063000482002"
EL_QR = ("mark", "el-qr", "--amount", "12300", "--item", "999", "--case-key", "00000999999999999999")
EL_QR += ("--confirmation", "123456", "--organisation", "99000", "--office", "999", "--levy-year", "2025")
EL_QR += ("--tax-year", "2025", "--period", "01", "--due", "2025-06-02", "--pay-by", "2025-07-31")
CUSTOMER = ("mark", "customer", "--postcode", "263-0023", "--address", "千葉市稲毛区緑町3丁目30-8　郵便ビル403号")
UPPER = "0000000000000000003600226000033421101"


def replaced(words, **values):
    changed = list(words)
    for name, value in values.items():
        changed[changed.index(f"--{name.replace('_', '-')}") + 1] = value
    return changed


def picture(path):
    return Image.open(path)


def test_cvs_gives_digits_and_both_lines(tmp_path):
    said = say(tmp_path, *CVS, "--json")
    assert said.code == 0
    assert said.json["digits"] == CVS_DIGITS
    assert said.json["text"] == ["(91)912345-0000202506000012345670", "260630-0-048200-2"]


def test_cvs_without_a_limit_is_written_with_nines(tmp_path):
    said = say(tmp_path, *replaced(CVS, pay_by="999999"), "--json")
    assert said.json["text"][1].startswith("999999-")


@pytest.mark.parametrize(
    ("line", "body"), [("--upper", UPPER), ("--lower", "000009999999999999991234560990009990000000")]
)
def test_ocr_puts_both_check_digits_in_front(tmp_path, line, body):
    said = say(tmp_path, "mark", "ocr", line, body, "--json")
    assert said.json["digits"] == ("61" if line == "--upper" else "95") + body


def test_el_qr_gives_the_payload(tmp_path):
    assert say(tmp_path, *EL_QR, "--json").json["payload"] == PAYLOAD


@pytest.mark.parametrize("vector", MANUAL, ids=lambda vector: vector["address"])
def test_customer_gives_the_manuals_digits_before_cutting(tmp_path, vector):
    words = ("mark", "customer", "--postcode", vector["postcode"], "--address", vector["address"], "--json")
    said = say(tmp_path, *words).json
    assert (said["digits"], said["check"]) == (vector["digits"], vector["check"])
    assert set(said["bars"]) <= set("FADT")
    assert len(said["bars"]) == 67


@pytest.mark.parametrize(
    ("words", "identifier", "text"), [(CVS, "]C1", CVS_DIGITS), (EL_QR, "]Q1", PAYLOAD)], ids=["cvs", "el-qr"]
)
@pytest.mark.parametrize("dpi", [300, 600])
def test_pictures_are_read_and_have_their_millimetres(tmp_path, words, identifier, text, dpi):
    said = say(tmp_path, *words, "--json", "--png", "m.png", "--svg", "m.svg", "--dpi", dpi).json
    image = picture(tmp_path / "m.png")
    (found,) = zxingcpp.read_barcodes(np.asarray(image.convert("L")), text_mode=zxingcpp.TextMode.Plain)
    assert (found.symbology_identifier, found.text) == (identifier, text)
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert image.width / dpi * 25.4 == pytest.approx(float(said["width_mm"]), abs=0.001)
    assert f'width="{said["width_mm"]}' in (tmp_path / "m.svg").read_text(encoding="utf-8")


def test_a_picture_of_a_customer_barcode_is_read_by_our_reader(tmp_path):
    assert say(tmp_path, *CUSTOMER, "--png", "c.png").code == 0
    rows = [bytes(row) for row in np.asarray(picture(tmp_path / "c.png").convert("L"))]
    assert read(rows).digits == "3-30-8-403"


def test_an_ocr_line_is_drawn_in_ten_characters_to_the_inch(tmp_path):
    said = say(tmp_path, "mark", "ocr", "--upper", UPPER, "--png", "o.png", "--svg", "o.svg")
    assert said.code == 0
    image = picture(tmp_path / "o.png")
    black = np.asarray(image.convert("L")) < 128
    columns = black.any(axis=0)
    starts = [x for x in range(1, len(columns)) if columns[x] and not columns[x - 1]]
    assert len(starts) == 39
    # The same digit at places 3 and 18 stands 15 pitches of 60 dots apart.
    assert starts[17] - starts[2] == pytest.approx(15 * 60, abs=1)
    assert (tmp_path / "o.svg").read_text(encoding="utf-8").count("<path") == 39


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (replaced(CVS, amount="300001"), ["slip.amount-over-limit"]),
        (replaced(CVS, amount="４８２００"), ["typed.number"]),
        (replaced(CVS, amount="-1"), ["typed.number"]),
        (replaced(CVS, amount="9" * 5000), ["typed.number"]),
        (replaced(CVS, pay_by="2026-02-30"), ["typed.date"]),
        (replaced(CVS, pay_by="20260630"), ["typed.date"]),
        ((*CVS, "--due", "2026-07-01"), ["slip.pay-by-before-due"]),
        ((*CVS, "--dpi", "240"), ["slip.dpi-too-coarse"]),
        ((*CVS, "--dpi", "240", "--height", "9"), ["slip.dpi-too-coarse", "slip.too-low"]),
        ((*CVS, "--dpi", "1000000"), ["typed.resolution"]),
        (
            (*replaced(CVS, issuer="4", free="1", reissue="x", pay_by="", amount="0"), "--stamp", "2", "--height", "a"),
            [
                "typed.date",
                "typed.number",
                "slip.issuer",
                "slip.free-area",
                "slip.stamp",
                "slip.amount-not-positive",
                "typed.decimal",
            ],
        ),
        (("mark", "ocr"), ["typed.one-line"]),
        (("mark", "ocr", "--upper", "1", "--lower", "2", "--dpi", "0"), ["typed.one-line", "typed.resolution"]),
        (("mark", "ocr", "--upper", UPPER[:-1]), ["payeasy.ocr-body"]),
        (replaced(EL_QR, amount="", item="9", due="x"), ["typed.number", "typed.date", "elqr.field"]),
        (replaced(EL_QR, levy_year="R7", tax_year="999"), ["typed.number", "elqr.year"]),
        (replaced(EL_QR, pay_by="2025-06-01"), ["elqr.pay-by-before-due"]),
        (replaced(CUSTOMER, postcode="2630000"), ["customer.catch-all-postcode"]),
        (
            (*replaced(CUSTOMER, postcode="26"), "--town", "四谷", "--points", "7", "--dpi", "x"),
            ["customer.postcode", "customer.town", "customer.point-size", "typed.resolution"],
        ),
        ((*CUSTOMER, "--dpi", "60"), ["customer.dpi"]),
        (("mark", "explain", "?", "--svg", "x.svg"), ["explain.not-drawable"]),
        ((*CVS, "--png", "nowhere/x.png"), ["cli.file"]),
    ],
)
def test_a_bad_line_ends_with_1_and_tells_every_fault(tmp_path, words, keys):
    said = say(tmp_path, *words)
    assert (said.code, said.keys) == (1, keys)
    assert said.out == ""


def test_explain_answers_with_kind_fields_and_findings(tmp_path):
    good = say(tmp_path, "mark", "explain", "]C1" + CVS_DIGITS, "--json").json
    assert (good["kind"], good["valid"], good["findings"]) == ("cvs", True, [])
    assert good["fields"]["amount"] == 48_200
    bad = say(tmp_path, "mark", "explain", CVS_DIGITS[:-1] + "3", "--json").json
    assert (bad["kind"], bad["valid"]) == ("cvs", False)
    assert [each["key"] for each in bad["findings"]] == ["slip.check-digit"]
    assert "チェックデジット" in bad["findings"][0]["sentence"]


@pytest.mark.parametrize(
    "words",
    [("",), ("-5",), ("--x",), ("\udcff\udcfe",), ("(91)1-2", "3"), ("[red]x[/red]",), ("\x1b[31m",), ("9" * 9000,)],
)
def test_explain_takes_anything(tmp_path, words):
    said = say(tmp_path, "mark", "explain", *words, "--json")
    assert said.code == 0
    assert said.json["valid"] is False
    assert say(tmp_path, "mark", "explain", *words).code == 0


def test_text_of_two_lines_may_be_given_as_two_words(tmp_path):
    said = say(tmp_path, "mark", "explain", "(91)912345-0000202506000012345670", "260630-0-048200-2", "--json")
    assert said.json["valid"] is True


def test_a_reading_is_drawn_again(tmp_path):
    assert say(tmp_path, "mark", "explain", PAYLOAD, "--png", "q.png", "--dpi", "300").code == 0
    (found,) = zxingcpp.read_barcodes(np.asarray(picture(tmp_path / "q.png").convert("L")))
    assert found.text == PAYLOAD
