"""The piece mark: its documented payload, its check worked by hand, and a Data Matrix that a reader gets back."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from mark_raster import raster, read

from barcodes import piece
from barcodes.piece import PieceMark
from barcodes.rules import MarkError

MARKS = st.builds(
    lambda total, sheet, **rest: PieceMark(sheets=total, sheet=min(sheet, total), **rest),
    total=st.integers(1, 99),
    sheet=st.integers(1, 99),
    batch=st.from_regex(r"[A-Z0-9-]{1,12}", fullmatch=True),
    piece=st.integers(1, 999_999),
    side=st.sampled_from("FB"),
)


def keys(error):
    return [fault.key for fault in error.value.faults]


def test_payload_has_the_documented_form():
    assert PieceMark("R08-N01", 12, 1, 6, "F").payload() == "PS1:R08-N01:000012:01/06:F:83"


def test_check_is_the_weighted_sum_worked_by_hand():
    # "PS1:A:000001:01/01:F": places times codes are 80 166 147 232 325 348 336 384 432 480 528 588 754 672 735 752
    # 816 882 1102 1400, in all 11159 = 115 * 97 + 4.
    assert PieceMark("A", 1, 1, 1, "F").payload().endswith(":04")


@given(MARKS)
def test_parsing_gives_back_what_was_made(made):
    assert piece.parse(made.payload()) == made


@given(MARKS, st.data())
def test_one_wrong_character_never_gives_another_piece(made, data):
    payload = made.payload()
    place = data.draw(st.integers(0, len(payload) - 1))
    wrong = payload[:place] + data.draw(st.sampled_from("0123456789ABFZ-:/")) + payload[place + 1 :]
    if wrong != payload:
        with pytest.raises(MarkError):
            piece.parse(wrong)


@given(st.text(max_size=40))
def test_anything_else_scanned_is_refused_with_the_marks_own_error(text):
    with pytest.raises(MarkError):
        piece.parse(text)


def test_a_trailing_newline_is_not_forgiven():
    with pytest.raises(MarkError):
        piece.parse(PieceMark("A", 1, 1, 1, "F").payload() + "\n")


def test_every_fault_is_told_at_once():
    with pytest.raises(MarkError) as error:
        PieceMark("r08 n01", 0, 7, 6, "X")
    assert keys(error) == ["piece.batch", "piece.piece", "piece.sheet", "piece.side"]


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("batch", ["A", "R08-N01", "R08-ABCD-012"])
@pytest.mark.parametrize("side", ["F", "B"])
def test_a_reader_gets_the_payload(batch, side, dpi):
    made = PieceMark(batch, 12, 1, 6, side)
    symbol = made.symbol(dpi)
    (found,) = read(raster(symbol))
    assert found.format == zxingcpp.BarcodeFormat.DataMatrix
    assert found.text == made.payload()
    assert symbol.width == symbol.height


def test_symbol_is_small_enough_for_a_margin():
    assert float(PieceMark("R08-N01", 999_999, 99, 99, "B").symbol().width_mm) == pytest.approx(7.451, abs=0.001)
    assert float(PieceMark("R08-ABCD-012", 999_999, 99, 99, "B").symbol().width_mm) < 8.2


def test_modules_too_small_to_read_are_refused():
    with pytest.raises(MarkError) as error:
        PieceMark("A", 1, 1, 1, "F").symbol(600, 5)
    assert keys(error) == ["symbol.module-too-small"]
    with pytest.raises(MarkError) as error:
        PieceMark("A", 1, 1, 1, "F").symbol(0)
    assert keys(error) == ["symbol.dpi"]
