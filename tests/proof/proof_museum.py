"""The museum of bad slips: each exhibit is a PDF with one named fault and the key the proof must find it by.

Exhibits are made when a test runs, by the functions below; nothing binary is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pikepdf
from proof_pages import (
    HEIGHT,
    MM,
    WIDTH,
    ZONES,
    Drawn,
    Page,
    code_128,
    cvs_text,
    gs1_128,
    piece_mark,
    piece_text,
    qr,
    qr_text,
    slip,
    write,
)

from print_service.proof import ExpectedPage

PIECES = 3
Exhibit = tuple[Path, Sequence[ExpectedPage]]


def file_of(path: Path, pages: Sequence[Page], pieces: Sequence[int] = tuple(range(1, PIECES + 1))) -> Exhibit:
    """The drawn pages, and the expectation of one slip for each piece in order."""
    write(path, pages)
    return path, [replace(slip(piece)[1], page=i) for i, piece in enumerate(pieces)]


def _with(path: Path, second: Sequence[Drawn], **changes) -> Exhibit:
    """Three slips, of which the second carries these marks instead."""
    return file_of(path, [slip(1)[0], Page(second, **changes), slip(3)[0]])


def _marks(piece: int = 2) -> dict[str, Drawn]:
    drawn = (piece_mark(piece_text(piece)), gs1_128(cvs_text(piece)), qr(qr_text(piece)))
    return dict(zip(("piece", "gs1-128", "el-qr"), drawn, strict=True))


def sound(path):
    return file_of(path, [slip(piece)[0] for piece in (1, 2, 3)])


def wrong_digits(path):
    other = cvs_text(999)
    return _with(path, [*{**_marks(), "gs1-128": gs1_128(other)}.values()])


def bad_check_digit(path):
    right = cvs_text(2)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    return _with(path, [*{**_marks(), "gs1-128": gs1_128(wrong)}.values()])


def shifted_by_one_piece(path):
    """Piece 2's page is lost and the rest moves up; a page of piece 4 fills the end: every count still agrees."""
    return file_of(path, [slip(piece)[0] for piece in (1, 3, 4)])


def pages_swapped(path):
    return file_of(path, [slip(piece)[0] for piece in (1, 3, 2)])


def slip_of_another_in_this_letter(path):
    return _with(path, [piece_mark(piece_text(2)), gs1_128(cvs_text(3)), qr(qr_text(2))])


def qr_of_another_slip(path):
    return _with(path, [piece_mark(piece_text(2)), gs1_128(cvs_text(2)), qr(qr_text(1))])


def same_slip_twice(path):
    return _with(path, list(_marks(1).values()))


def missing_bar_code(path):
    marks = _marks()
    return _with(path, [marks["piece"], marks["el-qr"]])


def missing_piece_mark(path):
    marks = _marks()
    return _with(path, [marks["gs1-128"], marks["el-qr"]])


def bar_code_without_fnc1(path):
    return _with(path, [*{**_marks(), "gs1-128": code_128(cvs_text(2))}.values()])


def bars_cut_at_the_side(path):
    whole = _marks()["gs1-128"]
    return _with(path, [*{**_marks(), "gs1-128": replace(whole, cells=whole.cells[:, :270])}.values()])


def bars_too_low(path):
    return _with(path, [*{**_marks(), "gs1-128": gs1_128(cvs_text(2), height=6)}.values()])


def _blot(x: float, y: float, width: float, height: float) -> Drawn:
    return Drawn(np.array([[True]]), x, y, width, height)


def ink_in_the_bar_codes_quiet_zone(path):
    x, y, _, _ = (float(v) for v in ZONES["gs1-128"])
    return _with(path, [*_marks().values(), _blot(x + 1, y + 3, 0.6, 5)])


def ink_in_the_qr_quiet_zone(path):
    x, y, _, _ = (float(v) for v in ZONES["el-qr"])
    return _with(path, [*_marks().values(), _blot(x + 5, y + 0.2, 6, 0.4)])


def qr_stained(path):
    x, y, _, _ = (float(v) for v in ZONES["el-qr"])
    return _with(path, [*_marks().values(), _blot(x + 4, y + 4, 8, 8)])


def bar_code_beside_its_zone(path):
    return _with(path, [*{**_marks(), "gs1-128": gs1_128(cvs_text(2), dx=90)}.values()])


def piece_mark_half_out_of_its_zone(path):
    """What the zone shows of it cannot be read, the page as a whole shows where it stands."""
    marks = _marks()
    return _with(path, [*{**marks, "piece": replace(marks["piece"], x=marks["piece"].x + 6)}.values()])


def page_of_another_form_in_its_place(path):
    """Its piece mark stands where that form has it; here there is nothing."""
    drawn = replace(piece_mark(piece_text(9)), x=30.0, y=20.0)
    return _with(path, [drawn])


def page_of_smaller_paper_in_its_place(path):
    """All zones of the form lie off this paper."""
    drawn = replace(piece_mark(piece_text(9)), x=80.0, y=8.0)
    return _with(path, [drawn], width=105.0, height=74.0)


def second_bar_code_elsewhere(path):
    whole = gs1_128(cvs_text(9), dx=90)
    return file_of(path, [Page([*_marks(1).values(), whole]), slip(2)[0], slip(3)[0]])


def two_piece_marks_in_one_zone(path):
    first = piece_mark(piece_text(2), module=0.2)
    other = piece_mark(piece_text(3), module=0.2)
    second = replace(other, x=other.x + 6.5, y=other.y + 6.5)
    marks = _marks()
    return _with(path, [first, second, marks["gs1-128"], marks["el-qr"]])


def bar_code_above_the_limit(path):
    """An amount over 300,000 yen takes no bar code; the form printed one all the same."""
    pdf, expected = sound(path)
    marks = tuple(replace(mark, text="") if mark.kind == "gs1-128" else mark for mark in expected[1].marks)
    return pdf, [expected[0], replace(expected[1], marks=marks), expected[2]]


def _piece_payload(path, text: str) -> Exhibit:
    return _with(path, [*{**_marks(), "piece": piece_mark(text)}.values()])


def piece_mark_with_a_wrong_check(path):
    right = piece_text(2)
    return _piece_payload(path, f"{right[:-2]}{(int(right[-2:]) + 1) % 97:02d}")


def piece_mark_of_another_form(path):
    return _piece_payload(path, "R08-N01 000002 1/1")


def piece_mark_of_another_batch(path):
    return _piece_payload(path, piece_text(2, batch="R07-N01"))


def wrong_sheet_of_the_right_piece(path):
    return _piece_payload(path, piece_text(2, sheet=2, sheets=2))


def extra_page(path):
    return file_of(path, [slip(piece)[0] for piece in (1, 2, 3, 4)])


def page_lost(path):
    return file_of(path, [slip(piece)[0] for piece in (1, 2)])


def rotated_page(path):
    return _with(path, list(_marks().values()), rotate=180)


def turned_paper(path):
    return _with(path, list(_marks().values()), width=114.3, height=297.0)


def paper_half_a_millimetre_short(path):
    return _with(path, list(_marks().values()), width=296.5)


def paper_a_seventh_of_a_millimetre_wide(path):
    return _with(path, list(_marks().values()), width=297.15)


def page_turned_by_an_odd_angle(path):
    """Some programs take 45 degrees for none, others for 90."""
    return _with(path, list(_marks().values()), rotate=45)


def _all_pages(path, key: str, value: object) -> Exhibit:
    """An attribute of the node above all pages, which hands it down to them."""
    pdf, expected = sound(path)
    with pikepdf.open(pdf, allow_overwriting_input=True) as document:
        document.Root.Pages[key] = value
        document.save(pdf)
    return pdf, expected


def pages_turned_by_their_tree(path):
    return _all_pages(path, "/Rotate", 90)


def pages_cropped_by_their_tree(path):
    return _all_pages(path, "/CropBox", pikepdf.Array([*_box(-5)]))


def _box(beyond: float, dx: float = 0) -> list[float]:
    """A box that reaches so many mm beyond the slip on each side."""
    width, height = (float(side) * MM for side in (WIDTH, HEIGHT))
    return [(dx - beyond) * MM, -beyond * MM, width + (dx + beyond) * MM, height + beyond * MM]


def page_cropped(path):
    """A viewer shows, and a printer takes for the sheet, what is left after two millimetres on each side."""
    return _with(path, list(_marks().values()), boxes={"/CropBox": _box(-2), "/TrimBox": _box(0)})


def page_in_another_unit(path):
    return _with(path, list(_marks().values()), unit=2)


def cut_beyond_the_paper(path):
    return _with(path, list(_marks().values()), boxes={"/TrimBox": _box(0, dx=3)})


def cut_from_larger_paper_without_a_bleed(path):
    """A printer that takes the MediaBox's corner for the paper's prints everything 3 mm off."""
    return _with(path, list(_marks().values()), boxes={"/MediaBox": _box(3), "/TrimBox": _box(0)})


def paper_a_tenth_of_a_millimetre_off(path):
    """The paper begins 0.09 mm left of where it is cut: little, but it is added to whatever the marks are off."""
    boxes = {"/MediaBox": [-0.09 * MM, *_box(0)[1:]], "/TrimBox": _box(0)}
    return _with(path, list(_marks().values()), boxes=boxes)


def _with_bleed(path, **boxes: float) -> Exhibit:
    """The second page has boxes so many mm beyond the slip, and its form a bleed of 3 mm."""
    around = {f"/{name}Box": _box(beyond) for name, beyond in boxes.items()}
    pdf, expected = _with(path, list(_marks().values()), boxes={**around, "/TrimBox": _box(0)})
    return pdf, [expected[0], replace(expected[1], bleed_mm=Decimal("3.0")), expected[2]]


def bleed_too_narrow(path):
    return _with_bleed(path, Media=2)


def bleed_cut_off_by_its_own_box(path):
    """The paper is large enough; the box of what is printed beyond the cut is not."""
    return _with_bleed(path, Media=3, Bleed=0)


def box_that_is_no_box(path):
    return _with(path, list(_marks().values()), boxes={"/TrimBox": [0, 0, 0, 300]})


def truncated(path):
    pdf, expected = sound(path)
    data = pdf.read_bytes()
    pdf.write_bytes(data[: len(data) * 2 // 3])
    return pdf, expected


def tail_glued_on_again(path):
    """A torn file whose last line was kept: pdfium would mend it and show whatever pages are left."""
    pdf, expected = sound(path)
    data = pdf.read_bytes()
    pdf.write_bytes(data[: len(data) // 2] + data[data.rindex(b"startxref") :])
    return pdf, expected


def page_without_an_object(path):
    """The page tree counts three pages, but the second leads to a number instead of a page."""
    pdf, expected = sound(path)
    with pikepdf.open(pdf, allow_overwriting_input=True) as document:
        document.Root.Pages.Kids[1] = document.make_indirect(pikepdf.Array([7]))
        document.save(pdf)
    return pdf, expected


def not_a_pdf(path):
    pdf, expected = sound(path)
    pdf.write_bytes("名前,金額\r\n見本太郎,48200\r\n".encode("cp932"))
    return pdf, expected


def header_only(path):
    pdf, expected = sound(path)
    pdf.write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n")
    return pdf, expected


def empty_file(path):
    pdf, expected = sound(path)
    pdf.write_bytes(b"")
    return pdf, expected


def no_file(path):
    pdf, expected = sound(path)
    pdf.unlink()
    return pdf, expected


EXHIBITS: dict[Callable[[Path], Exhibit], str] = {
    wrong_digits: "proof.mark-differs",
    bad_check_digit: "proof.check-digit",
    shifted_by_one_piece: "proof.foreign-piece",
    pages_swapped: "proof.foreign-piece",
    slip_of_another_in_this_letter: "proof.foreign-mark",
    qr_of_another_slip: "proof.foreign-mark",
    same_slip_twice: "proof.mark-twice",
    missing_bar_code: "proof.mark-missing",
    missing_piece_mark: "proof.mark-missing",
    bar_code_without_fnc1: "proof.not-gs1",
    bars_cut_at_the_side: "proof.mark-unreadable",
    bars_too_low: "proof.bar-height",
    ink_in_the_bar_codes_quiet_zone: "proof.quiet-zone",
    ink_in_the_qr_quiet_zone: "proof.quiet-zone",
    qr_stained: "proof.mark-unreadable",
    bar_code_beside_its_zone: "proof.mark-misplaced",
    piece_mark_half_out_of_its_zone: "proof.mark-misplaced",
    page_of_another_form_in_its_place: "proof.foreign-piece",
    page_of_smaller_paper_in_its_place: "proof.foreign-piece",
    second_bar_code_elsewhere: "proof.mark-unexpected",
    two_piece_marks_in_one_zone: "proof.mark-ambiguous",
    bar_code_above_the_limit: "proof.mark-unexpected",
    piece_mark_with_a_wrong_check: "proof.piece-mark-check",
    piece_mark_of_another_form: "proof.piece-mark-form",
    piece_mark_of_another_batch: "proof.foreign-batch",
    wrong_sheet_of_the_right_piece: "proof.sheet-order",
    extra_page: "proof.page-count",
    page_lost: "proof.page-count",
    rotated_page: "proof.page-rotated",
    turned_paper: "proof.page-size",
    paper_half_a_millimetre_short: "proof.page-size",
    paper_a_seventh_of_a_millimetre_wide: "proof.page-size",
    page_turned_by_an_odd_angle: "proof.page-rotated",
    pages_turned_by_their_tree: "proof.page-rotated",
    pages_cropped_by_their_tree: "proof.page-cropped",
    page_cropped: "proof.page-cropped",
    page_in_another_unit: "proof.page-unit",
    cut_beyond_the_paper: "proof.trim-outside",
    cut_from_larger_paper_without_a_bleed: "proof.page-bleed",
    paper_a_tenth_of_a_millimetre_off: "proof.page-bleed",
    bleed_too_narrow: "proof.page-bleed",
    bleed_cut_off_by_its_own_box: "proof.page-bleed",
    box_that_is_no_box: "proof.page-unreadable",
    truncated: "proof.truncated-pdf",
    tail_glued_on_again: "proof.truncated-pdf",
    page_without_an_object: "proof.page-unreadable",
    not_a_pdf: "proof.not-a-pdf",
    header_only: "proof.unreadable-pdf",
    empty_file: "proof.not-a-pdf",
    no_file: "proof.file-missing",
}
