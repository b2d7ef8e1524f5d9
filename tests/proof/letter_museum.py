"""The museum of bad letters: customer bars and OCR lines with one fault each, and the key the proof must find it by."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from proof_letters import (
    BARS,
    Letter,
    Setting,
    address,
    customer,
    drawn,
    expected,
    letter,
    lines,
    write_letters,
)
from proof_pages import Drawn

from print_service.proof import ExpectedPage

Exhibit = tuple[Path, Sequence[ExpectedPage]]


def _with(path: Path, second: Letter) -> Exhibit:
    """Three letters, the second as given."""
    return write_letters(path, [letter(1), second, letter(3)]), [expected(piece) for piece in (1, 2, 3)]


def _bars(path: Path, bars: Drawn | None) -> Exhibit:
    return _with(path, replace(letter(2), bars=bars))


def _lines(path: Path, *texts: str, **setting) -> Exhibit:
    return _with(path, replace(letter(2), texts=texts, setting=Setting(**setting)))


def sound(path):
    return _with(path, letter(2))


def bars_of_another_address(path):
    return _bars(path, drawn(customer("15400243-16-4-206")))


def bars_of_the_next_letter(path):
    return _bars(path, drawn(customer(address(3))))


def one_bar_altered(path):
    """The twentieth bar loses or gets its upper half."""
    cells = customer(address(2)).copy()
    cells[0, 38] = not cells[0, 38]
    return _bars(path, drawn(cells))


def check_digit_of_another_address(path):
    cells, other = customer(address(2)).copy(), customer("15400243-16-4-207")
    cells[:, -10:-4] = other[:, -10:-4]
    return _bars(path, drawn(cells))


def bars_cut_at_the_right(path):
    return _bars(path, drawn(customer(address(2))[:, :-4]))


def _fine(cells: np.ndarray) -> np.ndarray:
    return np.repeat(cells, 6, axis=0)


def bars_cut_at_the_foot(path):
    """0.4 mm is missing below."""
    whole = drawn(_fine(customer(address(2)))[:-2])
    return _bars(path, replace(whole, row=whole.row / 6))


def bars_cut_deep_at_the_foot(path):
    whole = drawn(_fine(customer(address(2)))[:-4])
    return _bars(path, replace(whole, row=whole.row / 6))


def bars_too_low_for_their_pitch(path):
    return _bars(path, replace(drawn(customer(address(2))), row=0.95))


def missing_bars(path):
    return _bars(path, None)


def bars_beside_their_zone(path):
    return _bars(path, drawn(customer(address(2)), dx=100))


def ink_in_the_bars_blank(path):
    """Something printed 1 mm below the bars, where the post wants 2 mm free."""
    x, y, _, _ = (float(side) for side in BARS)
    pdf, pages = sound(path)
    dot = Drawn(np.array([[True]]), x + 30, y + 2 + 3.6 + 1, 5, 0.4)
    stained = replace(letter(2), bars=_both(letter(2).bars, dot))
    return write_letters(pdf, [letter(1), stained, letter(3)]), pages


class _Pair(Drawn):
    """Two drawings taken for one."""

    parts: tuple[Drawn, Drawn]

    def operators(self, page_height: float) -> str:
        return "\n".join(part.operators(page_height) for part in self.parts)


def _both(one: Drawn, other: Drawn) -> Drawn:
    pair = _Pair(one.cells, one.x, one.y, one.module, one.row)
    object.__setattr__(pair, "parts", (one, other))
    return pair


def bars_for_a_catch_all_post_code(path):
    """The post's rules give this address no bar code; the form printed one all the same."""
    pdf, pages = sound(path)
    marks = tuple(replace(mark, text="") if mark.kind == "customer" else mark for mark in pages[1].marks)
    return pdf, [pages[0], replace(pages[1], marks=marks), pages[2]]


def line_with_another_amount(path):
    return _lines(path, lines(2, amount=48_300)[0], lines(2)[1])


def lines_of_the_next_slip(path):
    return _lines(path, *lines(3))


def lines_of_the_slip_before(path):
    return _lines(path, *lines(1))


def line_with_a_wrong_check_digit(path):
    upper, lower = lines(2)
    return _lines(path, str((int(upper[0]) + 1) % 10) + upper[1:], lower)


def lower_line_missing(path):
    return _lines(path, lines(2)[0])


def upper_line_missing(path):
    return _lines(path, lines(2)[1], tops=(5.2,))


def both_lines_missing(path):
    return _lines(path)


def lines_in_white(path):
    """The text of the PDF is right, the paper is empty."""
    return _lines(path, *lines(2), ink=1)


def lines_in_another_typeface(path):
    return _lines(path, *lines(2), font="G")


def line_a_digit_short(path):
    return _lines(path, lines(2)[0], lines(2)[1][:-1])


def line_whose_text_lies(path):
    """The paper shows 4 where the PDF's text says 9."""
    return _lines(path, *lines(2), font="L")


def lines_on_a_slip_without(path):
    pdf, pages = sound(path)
    marks = tuple(replace(mark, text="") if mark.kind == "ocr" else mark for mark in pages[1].marks)
    return pdf, [pages[0], replace(pages[1], marks=marks), pages[2]]


LETTERS: dict[Callable[[Path], Exhibit], str] = {
    bars_of_another_address: "proof.mark-differs",
    bars_of_the_next_letter: "proof.foreign-mark",
    one_bar_altered: "proof.customer-check",
    check_digit_of_another_address: "proof.customer-check",
    bars_cut_at_the_right: "proof.mark-unreadable",
    bars_cut_at_the_foot: "proof.customer-check",
    bars_cut_deep_at_the_foot: "proof.mark-unreadable",
    bars_too_low_for_their_pitch: "proof.bar-height",
    missing_bars: "proof.mark-missing",
    bars_beside_their_zone: "proof.mark-misplaced",
    ink_in_the_bars_blank: "proof.quiet-zone",
    bars_for_a_catch_all_post_code: "proof.mark-unexpected",
    line_with_another_amount: "proof.mark-differs",
    lines_of_the_next_slip: "proof.foreign-mark",
    lines_of_the_slip_before: "proof.mark-twice",
    line_with_a_wrong_check_digit: "proof.ocr-check-digits",
    lower_line_missing: "proof.ocr-lengths",
    upper_line_missing: "proof.ocr-lengths",
    both_lines_missing: "proof.mark-missing",
    lines_in_white: "proof.mark-missing",
    lines_in_another_typeface: "proof.ocr-check-digits",
    line_a_digit_short: "proof.ocr-lengths",
    line_whose_text_lies: "proof.ocr-text",
    lines_on_a_slip_without: "proof.mark-unexpected",
}
