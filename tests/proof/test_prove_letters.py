"""Customer bars and OCR lines: the readers against the post's manual and published lines, and the proof against its museum."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from letter_museum import LETTERS, sound
from proof_letters import BARS, LINES, address, customer, drawn, expected, letter, lines, write_letters
from proof_pages import HEIGHT, WIDTH, Page, write

from print_service.proof import ExpectedMark, ExpectedPage, MarkCount, prove_file
from print_service.proof.customer_bars import as_printed, read_bars
from print_service.proof.ocr_lines import check_digits_hold

VECTORS = tomllib.loads((Path(__file__).parents[1] / "vectors/marks_customer.toml").read_text(encoding="utf-8"))
ROWS = {"F": (1, 1, 1), "A": (1, 1, 0), "D": (0, 1, 1), "T": (0, 1, 0)}


def picture(bars, *, bar=7, row=14, blank=24):
    """Bars as pixels; 7 and 14 pixels are ten points at 300 dpi."""
    cells = np.zeros((3, 2 * len(bars) - 1), dtype=bool)
    for index, kind in enumerate(bars):
        cells[:, 2 * index] = ROWS[kind]
    return np.pad(np.kron(cells, np.ones((row, bar), dtype=bool)), blank)


def only(found):
    (one,) = found
    return one


def test_sound_letters_have_every_mark_and_no_finding(tmp_path):
    evidence = prove_file(*sound(tmp_path / "letters.pdf"))
    assert evidence.findings == ()
    assert evidence.counts == {kind: MarkCount(3, 3) for kind in ("customer", "ocr", "piece")}
    assert evidence.finer == 0


@pytest.mark.parametrize("exhibit", LETTERS, ids=lambda exhibit: exhibit.__name__)
def test_the_museum_is_named_on_its_page_and_on_no_other(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / f"{exhibit.__name__}.pdf"))
    assert LETTERS[exhibit] in {finding.key for finding in evidence.findings}
    # The next letter's own lines are rightly called a repetition of those that stand on this one.
    others = {(f.key, f.values["page"]) for f in evidence.findings if f.values["page"] != 2}
    assert others <= {("proof.mark-twice", 3)}
    (kind,) = {finding.values["kind"] for finding in evidence.findings if "kind" in finding.values}
    # A mark with a fault around it was read all the same.
    reads = LETTERS[exhibit] in {"proof.bar-height", "proof.quiet-zone", "proof.mark-unexpected"}
    assert evidence.counts[kind].decoded == (evidence.counts[kind].expected if reads else 2)
    for finding in evidence.findings:
        assert finding.sentence


def test_a_wrong_line_is_named_with_both_values(tmp_path):
    exhibit = next(exhibit for exhibit in LETTERS if exhibit.__name__ == "line_with_another_amount")
    (finding,) = prove_file(*exhibit(tmp_path / "w.pdf")).findings
    assert finding.values["expected"] == " ".join(lines(2))
    assert finding.values["found"] == " ".join((lines(2, 48_300)[0], lines(2)[1]))


def test_one_address_may_have_many_letters(tmp_path):
    same = drawn(customer(address(1)))
    pages = [expected(piece) for piece in (1, 2)]
    marks = tuple(replace(mark, text=address(1)) if mark.kind == "customer" else mark for mark in pages[1].marks)
    write_letters(tmp_path / "two.pdf", [letter(1), replace(letter(2), bars=same)])
    evidence = prove_file(tmp_path / "two.pdf", [pages[0], replace(pages[1], marks=marks)])
    assert evidence.findings == ()
    assert evidence.counts["customer"] == MarkCount(2, 2)


def test_zones_without_a_mark_are_in_order(tmp_path):
    write(tmp_path / "e.pdf", [Page()])
    marks = (ExpectedMark("customer", BARS, ""), ExpectedMark("ocr", LINES, ""))
    evidence = prove_file(tmp_path / "e.pdf", [ExpectedPage(1, 0, WIDTH, HEIGHT, marks)])
    assert evidence.findings == ()
    assert evidence.counts == {"customer": MarkCount(0, 0), "ocr": MarkCount(0, 0)}


@pytest.mark.parametrize("size", [8, 9, 10, 11.5])
def test_bars_of_every_size_read_wherever_they_fall_between_pixels(size, tmp_path):
    """8 to 11.5 points, as the manual allows; a 300-dpi pixel is 0.0847 mm."""
    zone = (BARS[0], BARS[1], BARS[2] + 15, BARS[3] + 2)
    offsets = [i * 0.0847 / 4 for i in range(4)]
    bars = [drawn(customer(address(1)), size=size, dx=offset, dy=offset) for offset in offsets]
    write(tmp_path / "o.pdf", [Page([each]) for each in bars])
    mark = ExpectedMark("customer", zone, address(1))
    evidence = prove_file(tmp_path / "o.pdf", [ExpectedPage(1, i, WIDTH, HEIGHT, (mark,)) for i in range(4)])
    assert evidence.findings == ()
    assert evidence.counts["customer"] == MarkCount(4, 4)


@pytest.mark.parametrize("vector", VECTORS["bars"], ids=lambda vector: vector["source"])
def test_the_manuals_bars_read(vector):
    stored = vector["postcode"] + vector["digits"]
    ink = picture(vector["bars"])
    bars = only(read_bars(ink, 300))
    assert (bars.text, bars.check_holds, bars.uneven) == (stored, True, 0)
    assert (bars.left, bars.top, bars.right, bars.bottom) == (24, 24, ink.shape[1] - 24, 66)
    assert as_printed(stored) == stored


@pytest.mark.parametrize("vector", VECTORS["manual"], ids=lambda vector: vector["digits"])
def test_the_manuals_addresses_read_as_they_are_printed(vector):
    stored = vector["postcode"].replace("-", "") + vector["digits"]
    places = sum(2 if character.isalpha() else 1 for character in vector["digits"])
    if places > 13:  # zint refuses what must be cut
        cut = "91000673-80-25J1-2[CC1]" if "J" in stored else stored[:20]
        assert as_printed(stored) == cut
    else:
        bars = only(read_bars(_zint_picture(stored), 300))
        assert (bars.text, bars.check_holds) == (as_printed(stored), True)
        assert as_printed(stored) == stored


def _zint_picture(text, **how):
    upper, _, lower = customer(text)[:, ::2]
    kinds = {(True, True): "F", (True, False): "A", (False, True): "D", (False, False): "T"}
    return picture("".join(kinds[pair] for pair in zip(upper.tolist(), lower.tolist(), strict=True)), **how)


ADDRESS_DIGITS = st.from_regex("[0-9]{0,3}(-[0-9]{1,2}){0,2}[A-Z]?[0-9]{0,2}", fullmatch=True)


@given(st.from_regex("[0-9]{7}", fullmatch=True), ADDRESS_DIGITS, st.sampled_from([(6, 12), (7, 14), (8, 16)]))
def test_what_zint_draws_reads_in_both_directions(postcode, digits, shape):
    ink = _zint_picture(postcode + digits, bar=shape[0], row=shape[1])
    for each in (ink, ink[::-1, ::-1]):
        bars = only(read_bars(each, 300))
        assert (bars.text, bars.check_holds) == (postcode + digits, True)


@given(st.integers(2, 64), st.sampled_from("FADT"))
def test_any_altered_bar_is_seen(place, kind):
    """Two altered characters may make a new address; one bar never does, for the check digit sees one wrong character."""
    right = VECTORS["bars"][0]["bars"]
    wrong = right[:place] + kind + right[place + 1 :]
    bars = only(read_bars(picture(wrong), 300))
    assert bars.check_holds == (wrong == right)


@pytest.mark.parametrize("place", [0, 1, 65, 66])
def test_bars_without_start_or_stop_are_no_bar_code(place):
    right = VECTORS["bars"][0]["bars"]
    assert read_bars(picture(right[:place] + "T" + right[place + 1 :]), 300) == ()


def test_a_letter_cut_after_its_control_code_keeps_that_alone():
    """Manual p.20: when the thirteenth place holds a letter's control code, the control code is printed alone."""
    assert as_printed("91000673-80-25J1-2B") == "91000673-80-25J1-2[CC1]"
    assert as_printed("1000013") == "1000013"


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 20))
def test_no_picture_makes_a_traceback(row, height):
    ink = np.repeat(np.array([row * 20]), height, axis=0)
    assert read_bars(ink, 300) == ()


@pytest.mark.parametrize("body", ["0000000000000000003600226000033421101"])
def test_the_published_ocr_line_holds(body):
    """A prefecture's public program: its upper line begins with 61."""
    assert check_digits_hold(f"61{body}")
    assert not check_digits_hold(f"16{body}")
    assert not check_digits_hold(f"61{body[:-1]}2")
    assert not check_digits_hold("６１" + body)
    assert not check_digits_hold("")


@given(st.integers(1, 10**11 - 1), st.integers(0, 38), st.integers(1, 9))
def test_a_changed_digit_of_an_ocr_line_breaks_its_check(amount, place, by):
    line = lines(1, amount)[0]
    assert check_digits_hold(line)
    changed = line[:place] + str((int(line[place]) + by) % 10) + line[place + 1 :]
    # Remainder 10 is written as 0, and modulo 10 the even weights tell fewer digits apart: the rule itself leaves a few out.
    assert not check_digits_hold(changed) or place > 1
