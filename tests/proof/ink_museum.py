"""The museum of marks that a patient decoder reads: of another colour than black, with a corner gone, with a blot."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import proof_letters
from proof_pages import ZONES, Drawn, slip, write
from proof_sheets import HEIGHT, MM, expected, sheet, write_sheets

from print_service.proof import ExpectedPage

Exhibit = tuple[Path, Sequence[ExpectedPage]]


def _coloured(path: Path, piece: int, mark: str, colour: str, cells: slice = slice(None)) -> Exhibit:
    """Three notices; a mark of one of them, or these columns of it, in another colour."""
    notices = [sheet(1), sheet(2), sheet(3)]
    drawn: Drawn = notices[piece - 1].marks[mark]
    chosen = np.zeros_like(drawn.cells)
    chosen[:, cells] = drawn.cells[:, cells]
    black, other = replace(drawn, cells=drawn.cells & ~chosen), replace(drawn, cells=chosen)
    marks = {**notices[piece - 1].marks, mark: black}
    extra = f"{colour} {other.operators(float(HEIGHT))}"
    notices[piece - 1] = replace(notices[piece - 1], marks=marks, extra=extra)
    return write_sheets(path, notices), [expected(number) for number in (1, 2, 3)]


def _over_the_piece_mark(path: Path, column: int, row: int, colour: str) -> Exhibit:
    """A square of four modules of one colour, its upper left corner at a module of the second notice's piece mark."""
    mark = sheet(2).marks["piece"]
    left, top = (mark.x + column * mark.module) * MM, (float(HEIGHT) - mark.y - row * mark.module) * MM
    side = 4 * mark.module * MM
    extra = f"{colour} {left:.3f} {top - side:.3f} {side:.3f} {side:.3f} re f"
    second = replace(sheet(2), extra=extra)
    return write_sheets(path, [sheet(1), second, sheet(3)]), [expected(number) for number in (1, 2, 3)]


def sound(path):
    return _coloured(path, 1, "gs1-128", "0 g")


def bars_in_red(path):
    return _coloured(path, 2, "gs1-128", "1 0 0 rg")


def bars_in_pale_grey(path):
    return _coloured(path, 2, "gs1-128", "0.48 g")


def bars_in_dark_grey(path):
    return _coloured(path, 2, "gs1-128", "0.2 g")


def one_bar_in_grey(path):
    """Two modules wide, the first of the start character."""
    return _coloured(path, 2, "gs1-128", "0.4 g", slice(0, 2))


def bars_in_blue(path):
    """Black enough in grey; the first page of its form is looked at in colour."""
    return _coloured(path, 1, "gs1-128", "0 0 1 rg")


def piece_mark_in_dark_red(path):
    return _coloured(path, 1, "piece", "0.5 0 0 rg")


def ocr_lines_in_grey(path):
    letter = proof_letters.letter(1)
    faint = replace(letter, setting=proof_letters.Setting(ink=0.3))
    return proof_letters.write_letters(path, [faint]), [proof_letters.expected(1)]


def piece_mark_a_corner_whited_out(path):
    """The corner of the solid lines, by which a reader finds the symbol."""
    return _over_the_piece_mark(path, 0, 16, "1 g")


def piece_mark_with_white_in_its_middle(path):
    return _over_the_piece_mark(path, 8, 8, "1 g")


def piece_mark_blotted_black(path):
    return _over_the_piece_mark(path, 12, 3, "0 g")


def el_qr_blotted_black(path):
    page, says = slip(1)
    x, y, _, _ = (float(side) * MM for side in ZONES["el-qr"])
    page.extra = f"0 g {x + 20:.2f} {page.height * MM - y - 30:.2f} 5 5 re f"
    return write(path, [page]), [says]


INK: dict[Callable[[Path], Exhibit], str] = {
    bars_in_red: "proof.mark-not-black",
    bars_in_pale_grey: "proof.mark-not-black",
    bars_in_dark_grey: "proof.mark-not-black",
    one_bar_in_grey: "proof.mark-not-black",
    bars_in_blue: "proof.mark-not-black",
    piece_mark_in_dark_red: "proof.mark-not-black",
    ocr_lines_in_grey: "proof.mark-not-black",
    piece_mark_a_corner_whited_out: "proof.mark-damaged",
    piece_mark_with_white_in_its_middle: "proof.mark-damaged",
    piece_mark_blotted_black: "proof.mark-damaged",
    el_qr_blotted_black: "proof.mark-damaged",
}
"""What the proof must say of each."""
