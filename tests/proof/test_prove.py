"""The proof names every exhibit of the museum, and finds nothing in a sound file."""

import json
import pickle
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

import pytest
from field_museum import FIELD_FAULTS
from glyph_museum import GLYPHS
from hypothesis import given
from hypothesis import strategies as st
from ink_museum import INK
from letter_museum import LETTERS
from proof_museum import (
    EXHIBITS,
    file_of,
    ink_in_the_bar_codes_quiet_zone,
    missing_piece_mark,
    page_of_another_form_in_its_place,
    page_of_smaller_paper_in_its_place,
    piece_mark_half_out_of_its_zone,
    shifted_by_one_piece,
    sound,
    wrong_digits,
)
from proof_pages import HEIGHT, WIDTH, ZONES, Page, cvs_text, gs1_128, piece_text, slip, write
from sheet_museum import (
    SHEETS,
    amount_of_another_year,
    missing_sama,
    neighbours_name_in_the_text,
    rule_in_the_margin,
    wording_left_out,
)

from print_service.findings import catalogue
from print_service.proof import ExpectedMark, ExpectedPage, MarkCount, prove, prove_file, total
from print_service.proof.forms import form_zones
from print_service.proof.piece_mark import parse
from print_service.proof.rules import slip_check_holds
from print_service.proof.words import FIELDS
from print_service.resources import templates_dir


def keys(evidence):
    return {finding.key for finding in evidence.findings}


def test_a_sound_file_has_every_mark_and_no_finding(tmp_path):
    evidence = prove_file(*sound(tmp_path / "a.pdf"))
    assert evidence.findings == ()
    assert evidence.sound
    assert evidence.pages == 3
    assert evidence.counts == {kind: MarkCount(3, 3) for kind in ("el-qr", "gs1-128", "piece")}


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.__name__)
def test_the_museum_is_named(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / f"{exhibit.__name__}.pdf"))
    assert EXHIBITS[exhibit] in keys(evidence)
    assert not evidence.sound
    for finding in evidence.findings:
        assert finding.sentence


def test_every_key_has_a_sentence_and_an_exhibit_or_a_test_here():
    sources = (path.read_text(encoding="utf-8") for path in Path(prove.__file__).parent.glob("*.py"))
    used = {key for source in sources for key in re.findall(r'"(proof\.[a-z0-9-]+)"', source)}
    assert used <= set(catalogue())
    shown = {
        *EXHIBITS.values(),
        *FIELD_FAULTS.values(),
        *GLYPHS.values(),
        *INK.values(),
        *LETTERS.values(),
        *SHEETS.values(),
    }
    tested_elsewhere = {"proof.page-unlisted", "proof.zone-outside-page", "proof.other-file", "proof.file-changed"}
    tested_elsewhere |= {"proof.more-alike", "proof.more-following"}  # test_telling.py
    assert used - shown - tested_elsewhere == {"proof.second-decoder", "proof.second-decoder-absent"}


def test_a_finding_carries_place_and_both_values(tmp_path):
    (finding,) = prove_file(*wrong_digits(tmp_path / "w.pdf")).findings
    assert finding.values == {
        "file": "w.pdf",
        "page": 2,
        "piece": 2,
        "kind": "gs1-128",
        "expected": cvs_text(2),
        "found": cvs_text(999),
        "zone": "20.0, 85.0, 60.0, 12.0",
        "mark": "コンビニ用バーコード",
    }
    assert finding.where == "w.pdf p.2 piece 2"


@pytest.mark.parametrize("exhibit", [page_of_another_form_in_its_place, page_of_smaller_paper_in_its_place])
def test_a_page_in_anothers_place_is_named_first_and_by_its_owner(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / "p.pdf"))
    own = [finding for finding in evidence.findings if finding.values["page"] == 2]
    assert (own[0].key, own[0].values["owner"]) == ("proof.foreign-piece", 9)
    of_pieces = [finding.key for finding in own if finding.values.get("kind") == "piece"]
    assert set(of_pieces) <= {"proof.foreign-piece", "proof.zone-outside-page"}
    # only the sheet that is nowhere in the file is lost
    lost = [finding.values["expected"] for finding in evidence.findings if finding.key == "proof.sheet-missing"]
    assert lost == [piece_text(2)]


def test_a_mark_half_out_of_its_zone_is_told_with_its_place(tmp_path):
    """Drawn 6 mm right of where it belongs: two modules of 0.3387 mm from the zone's corner, which is 280, 4."""
    (finding,) = prove_file(*piece_mark_half_out_of_its_zone(tmp_path / "h.pdf")).findings
    x, y = (float(side) for side in str(finding.values["found"]).split(", "))
    assert abs(x - 286.68) < 0.2
    assert abs(y - 4.68) < 0.2


@pytest.mark.parametrize(
    ("exhibit", "words"),
    [
        (wrong_digits, "コンビニ用バーコード が台帳と違います"),
        (ink_in_the_bar_codes_quiet_zone, "コンビニ用バーコード の余白（左側）が足りません"),
        (missing_piece_mark, "管理コード が印字されていません"),
        (missing_sama, "宛名に敬称がありません"),
        (amount_of_another_year, "金額（amount-total） が台帳と違います。正: 48,200、印字: 48,300。"),
        (neighbours_name_in_the_text, "（欄の外、左・上・幅・高さ "),
        (rule_in_the_margin, "余白に印字があります（左・上・幅・高さ 1.8, "),
        (wording_left_out, "にあるべき文言がありません。正: 「令和8年中の割合年2.8％」。"),
    ],
)
def test_sentences_are_in_the_words_of_staff(exhibit, words, tmp_path):
    sentences = [finding.sentence for finding in prove_file(*exhibit(tmp_path / "s.pdf")).findings]
    assert any(words in sentence for sentence in sentences), sentences
    for sentence in sentences:
        assert "\n" not in sentence
        assert not re.search(r"gs1-128|el-qr|customer|left|right|：。|: 。", sentence)


def test_every_field_of_the_forms_has_a_word():
    """Zones' names begin with the word's key: name-window is a 氏名."""
    kinds = {
        read.name.partition("-")[0]
        for path in (templates_dir() / "notices").iterdir()
        for read in form_zones(path.name).reads
    }
    assert kinds <= set(FIELDS)


def test_miscollation_is_named_on_every_page_from_the_first_that_is_wrong(tmp_path):
    evidence = prove_file(*shifted_by_one_piece(tmp_path / "s.pdf"))
    foreign = [finding.values for finding in evidence.findings if finding.key == "proof.foreign-piece"]
    assert [(values["page"], values["piece"], values["owner"]) for values in foreign] == [(2, 2, 3), (3, 3, 4)]
    assert evidence.counts["piece"] == MarkCount(3, 1)


def test_all_faults_of_a_page_come_at_once(tmp_path):
    pdf, expected = file_of(tmp_path / "f.pdf", [slip(1)[0], Page(), slip(2)[0]])
    findings = prove_file(pdf, expected).findings
    assert [(f.key, f.values["page"]) for f in findings][:3] == [("proof.mark-missing", 2)] * 3
    assert ("proof.foreign-piece", 3) in [(f.key, f.values["page"]) for f in findings]


def test_marks_of_lost_pages_stay_expected(tmp_path):
    pdf, expected = file_of(tmp_path / "l.pdf", [slip(1)[0]])
    assert prove_file(pdf, expected).counts["gs1-128"] == MarkCount(3, 1)


def test_a_page_nobody_expects_is_named(tmp_path):
    pdf, expected = sound(tmp_path / "a.pdf")
    evidence = prove_file(pdf, [expected[0], expected[2]])
    assert [(f.key, f.values["page"]) for f in evidence.findings] == [("proof.page-unlisted", 2)]


def test_a_zone_off_the_paper_is_named(tmp_path):
    pdf, expected = sound(tmp_path / "a.pdf")
    zone = (Decimal(290), Decimal(4), Decimal(12), Decimal(12))
    marks = (replace(expected[0].marks[0], zone=zone), *expected[0].marks[1:])
    evidence = prove_file(pdf, [replace(expected[0], marks=marks), *expected[1:]])
    assert "proof.zone-outside-page" in keys(evidence)


def test_an_empty_zone_with_a_sentence_in_it_is_in_order(tmp_path):
    sentence = "BT /F1 8 Tf 66 60 Td (over 300,000 yen: not at convenience stores) Tj ET"
    write(tmp_path / "e.pdf", [Page(extra=sentence)])
    zone = ExpectedMark("gs1-128", ZONES["gs1-128"], "")
    evidence = prove_file(tmp_path / "e.pdf", [ExpectedPage(1, 0, WIDTH, HEIGHT, (zone,))])
    assert evidence.findings == ()
    assert evidence.counts == {"gs1-128": MarkCount(0, 0)}


@pytest.mark.parametrize(("dots", "dpi"), [(4, 600), (2, 300), (3, 400), (3, 480)])
def test_bars_of_every_printer_read_wherever_they_fall_between_pixels(dots, dpi, tmp_path):
    """Widths of the module table at technoveins.co.jp/t/barcheck/cvsbar.htm; a 300-dpi pixel is 0.0847 mm."""
    offsets = [i * 0.0847 / 8 for i in range(8)]
    module = 25.4 / dpi * dots
    write(tmp_path / "o.pdf", [Page([gs1_128(cvs_text(i), dx=dx, module=module)]) for i, dx in enumerate(offsets)])
    pages = [
        ExpectedPage(i, i, WIDTH, HEIGHT, (ExpectedMark("gs1-128", ZONES["gs1-128"], cvs_text(i)),))
        for i in range(len(offsets))
    ]
    evidence = prove_file(tmp_path / "o.pdf", pages)
    assert evidence.findings == ()
    assert evidence.counts["gs1-128"] == MarkCount(8, 8)


def test_the_same_file_gives_the_same_evidence_in_another_process(tmp_path):
    arguments = sound(tmp_path / "a.pdf")
    here = prove_file(*arguments)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(prove_file, *arguments).result()
    assert there.to_json() == here.to_json()
    assert pickle.loads(pickle.dumps(here)) == here


def test_the_evidence_file_is_stable_json(tmp_path):
    tree = json.loads(prove_file(*wrong_digits(tmp_path / "w.pdf")).to_json())
    assert list(tree) == sorted(tree)
    assert tree["counts"]["gs1-128"] == {"decoded": 2, "expected": 3}
    assert re.fullmatch("[0-9a-f]{64}", tree["sha256"])
    assert tree["findings"][0]["key"] == "proof.mark-differs"
    assert "台帳と違います" in tree["findings"][0]["sentence"]


def test_counts_of_several_files_add_up(tmp_path):
    one, two = prove_file(*sound(tmp_path / "a.pdf")), prove_file(*wrong_digits(tmp_path / "b.pdf"))
    assert total([one, two])["gs1-128"] == MarkCount(6, 5)


def test_a_senseless_expectation_is_the_callers_error():
    page = ExpectedPage(1, 0, WIDTH, HEIGHT)
    with pytest.raises(ValueError, match="expected twice"):
        prove_file(Path("none.pdf"), [page, page])


@given(st.binary(max_size=300))
def test_no_bytes_make_a_traceback(tmp_path_factory, noise):
    path = tmp_path_factory.getbasetemp() / "noise.pdf"
    path.write_bytes(b"%PDF-1.7\n" + noise + b"\nstartxref\n0\n%%EOF\n")
    assert not prove_file(path, [ExpectedPage(1, 0, WIDTH, HEIGHT)]).sound


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_file_torn_anywhere_is_named(cut, tmp_path):
    pdf, expected = sound(tmp_path / "t.pdf")
    data = pdf.read_bytes()
    pdf.write_bytes(data[: len(data) * cut // 20])
    assert keys(prove_file(pdf, expected)) == {"proof.truncated-pdf"}


@pytest.mark.parametrize(
    "digits",
    [
        "91912345000000000000004520875004013100295004",  # PAO Barcode.jar sample
        "91912345123456789012345678901125013100123404",  # bwip-js and JsBarcode sample
        "91908081030210019970070917530110083100050009",  # PAO PHP source, check digit computed
    ],
)
def test_published_slip_numbers_hold(digits):
    assert slip_check_holds(digits)
    assert not slip_check_holds(digits[:-1] + str((int(digits[-1]) + 1) % 10))
    assert not slip_check_holds(digits[:-1])
    assert not slip_check_holds(digits.translate({0x39: 0xFF19}))  # full-width nine


@given(
    st.integers(0, 999999),
    st.from_regex("[A-Z0-9-]{1,12}", fullmatch=True),
    st.integers(1, 99),
    st.integers(1, 99),
    st.sampled_from("FB"),
)
def test_piece_marks_parse_back(piece, batch, sheet, sheets, side):
    read = parse(piece_text(piece, batch=batch, sheet=sheet, sheets=sheets, side=side))
    assert read is not None
    assert (read.batch, read.piece, read.sheet, read.sheets, read.side) == (batch, piece, sheet, sheets, side)
    assert read.check_holds


@given(st.integers(1, 99999), st.integers(0, 20), st.integers(1, 9))
def test_a_changed_digit_of_a_piece_mark_breaks_its_check(piece, at, by):
    text = piece_text(piece)
    digits = [i for i, c in enumerate(text) if c.isdigit() and 3 < i < len(text) - 2]
    i = digits[at % len(digits)]
    changed = text[:i] + str((int(text[i]) + by) % 10) + text[i + 1 :]
    read = parse(changed)
    assert read is not None
    assert not read.check_holds
