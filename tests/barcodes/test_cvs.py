"""The convenience-store mark: published numbers, the printers' table, other encoders and a reader that is not ours."""

import tomllib
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction

import barcode
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mark_raster import VECTORS, raster, read

from barcodes import code128, cvs
from barcodes.cvs import CvsBarcode
from barcodes.rules import MarkError

FACTS = tomllib.loads((VECTORS / "marks_cvs.toml").read_text(encoding="utf-8"))
PUBLISHED = FACTS["published"]

MARKS = st.builds(
    CvsBarcode,
    issuer=st.from_regex(r"[95][0-9]{5}", fullmatch=True),
    free=st.from_regex(r"[0-9]{21}", fullmatch=True),
    reissue=st.integers(0, 9),
    pay_by=st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    stamp=st.integers(0, 1),
    amount=st.integers(1, 300_000),
)


def mark(**changes):
    facts = {
        "issuer": "912345",
        "free": "000020250600001234567",
        "reissue": 0,
        "pay_by": date(2026, 6, 30),
        "stamp": 0,
        "amount": 48_200,
    }
    return CvsBarcode(**(facts | changes))


def keys(error):
    return [fault.key for fault in error.value.faults]


@pytest.mark.parametrize("vector", PUBLISHED, ids=lambda vector: vector["source"])
def test_published_numbers_are_read_and_written_again(vector):
    read_mark = cvs.parse(vector["digits"])
    assert read_mark.digits() == vector["digits"]
    assert read_mark.text() == (vector["line1"], vector["line2"])


def test_facts_of_the_example_give_its_digits():
    assert mark().digits() == "91912345000020250600001234567026063000482002"


@pytest.mark.parametrize("vector", [v for v in PUBLISHED if "check103" in v], ids=lambda v: v["source"])
def test_symbol_check_character_is_as_published(vector):
    assert code128.characters(vector["digits"])[-2] == vector["check103"]


@pytest.mark.parametrize("vector", [v for v in PUBLISHED if "modules" in v], ids=lambda v: v["source"])
def test_modules_are_as_published(vector):
    assert _modules(vector["digits"]) == f"{int(vector['modules'], 16):0288b}"


@given(MARKS)
def test_modules_equal_python_barcode(made):
    assert _modules(made.digits()) == barcode.get("gs1_128", made.digits()).build()[0]


def _modules(digits):
    """The printed bars a dot a module, without quiet zones."""
    bars = raster(code128.symbol(digits, dpi=600, dots_per_module=1, height=1, quiet=0))
    return "".join("0" if white else "1" for white in bars[0])


@given(MARKS)
def test_parsing_gives_back_what_was_made(made):
    assert cvs.parse(made.digits()) == made


@given(st.text(max_size=50) | st.from_regex(r"91[0-9]{42}", fullmatch=True))
def test_anything_scanned_is_a_mark_or_the_marks_own_error(text):
    with suppress(MarkError):
        assert cvs.parse(text).digits() == text


@pytest.mark.parametrize("wrong", FACTS["wrong"], ids=lambda wrong: wrong["name"])
def test_wrong_numbers_are_refused_by_name(wrong):
    with pytest.raises(MarkError) as error:
        cvs.parse(wrong["digits"])
    assert keys(error) == wrong["keys"]


@given(MARKS, st.integers(2, 43), st.integers(1, 9))
def test_one_wrong_digit_never_passes(made, place, change):
    digits = made.digits()
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    with pytest.raises(MarkError):
        cvs.parse(wrong)


def test_the_limit_itself_is_allowed_and_one_yen_more_is_not():
    # 30万円以下: notices of several municipalities.
    assert mark(amount=300_000).digits()[37:43] == "300000"
    with pytest.raises(MarkError) as error:
        mark(amount=300_001)
    assert keys(error) == ["slip.amount-over-limit"]


def test_no_limit_date_is_written_as_nines():
    assert mark(pay_by=None).text()[1].startswith("999999-")


def test_a_handling_limit_before_the_due_date_is_refused():
    assert mark(due=date(2026, 6, 30)).pay_by == date(2026, 6, 30)
    with pytest.raises(MarkError) as error:
        mark(due=date(2026, 7, 1))
    assert keys(error) == ["slip.pay-by-before-due"]


def test_every_fault_is_told_at_once():
    with pytest.raises(MarkError) as error:
        mark(issuer="412345", free="1", reissue=10, stamp=2, amount=0, pay_by=date(2100, 1, 1))
    assert keys(error) == [
        "slip.issuer",
        "slip.free-area",
        "slip.reissue",
        "slip.pay-by-century",
        "slip.stamp",
        "slip.amount-not-positive",
    ]


@pytest.mark.parametrize("row", FACTS["width"], ids=lambda row: str(row["dpi"]))
def test_widths_follow_the_printers_table(row):
    symbol = mark().symbol(row["dpi"])
    first, last = symbol.rects[0], symbol.rects[-1]
    assert first.width == 2 * row["dots"]  # Start C begins with a bar of two modules
    assert Fraction(last.x + last.width - first.x) * 254 / 10 / row["dpi"] == Fraction(row["bars_mm"])
    assert symbol.width_mm == Fraction(row["total_mm"]) <= 60
    assert first.x == symbol.width - last.x - last.width == row["dpi"] // 10  # 2.54 mm on either side
    assert len(symbol.rects) == 79


def test_240_dpi_is_refused_with_the_reason():
    with pytest.raises(MarkError, match="60 mm以内") as error:
        mark().symbol(240)
    assert keys(error) == ["slip.dpi-too-coarse"]


@pytest.mark.parametrize("dpi", [0, -600, 1200])
def test_resolutions_outside_the_table_are_refused(dpi):
    with pytest.raises(MarkError) as error:
        mark().symbol(dpi)
    assert keys(error) == ["slip.dpi-unlisted"]


def test_height_is_rounded_up_to_dots_and_never_under_ten_millimetres():
    assert mark().symbol(600).height == 249  # 10.5 mm are 248.03 dots
    assert mark().symbol(600, Decimal(10)).height == 237
    with pytest.raises(MarkError) as error:
        mark().symbol(600, Decimal("9.9"))
    assert keys(error) == ["slip.too-low"]


@pytest.mark.parametrize("dpi", [300, 400, 480, 600])
@pytest.mark.parametrize("vector", PUBLISHED[:4], ids=lambda vector: vector["digits"])
def test_a_scanner_reads_it_as_gs1_128_inside_its_own_quiet_zone(vector, dpi):
    (found,) = read(raster(cvs.parse(vector["digits"]).symbol(dpi), frame=20))
    # ]C0 with the same digits would mean that FNC1 is missing.
    assert found.symbology_identifier == "]C1"
    assert found.text == vector["digits"]
