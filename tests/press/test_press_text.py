"""What a style says of a slot, the press does: each case is laid out whole by WeasyPrint as well and must be the same page."""

from io import BytesIO

import pypdfium2
import pytest
from form_shop import box, make_form, page
from page_twins import characters, different_pixels, misplaced, raster, trimmed
from pypdf import PdfReader

from print_service.press.errors import PressError
from print_service.press.model import Filling
from print_service.press.slot import SlotPress
from print_service.press.weasy import WeasyPress

SLOT = "left:5mm;top:5mm;width:80mm;height:20mm;"
FONTS = ".mj { font-family: 'IPAmjMincho' } .noto { font-family: 'Noto Sans CJK JP' } .ocr-b { font-family: 'OCR B' } "
FONTS += ".mincho { font-family: 'BIZ UDMincho' } .noto-serif { font-family: 'Noto Serif CJK JP' } "
FONTS += ".gothic, .mj, .mincho, .noto, .noto-serif, .ocr-b { line-height: 0; font-weight: 400 } .w { overflow-wrap: anywhere }"


@pytest.fixture
def both(tmp_path, fonts_cache):
    """A body and a record → the page as filled and as laid out whole."""

    def run(body, fields):
        form = make_form(tmp_path, body, sorted(fields), FONTS)
        filling = Filling(form, fields, {})
        filled = SlotPress(tmp_path, tmp_path / "cache").print_file([(1, [filling])], "test")
        if filled.held:
            raise PressError(filled.held[0][1])
        return trimmed(filled.pdf), WeasyPress(tmp_path, fonts_cache).print_piece([filling]).pdf

    return run


LATIN = "AVATAR To. Wave LTD. fi ffi 1/2"
CASES = {
    "right": ("{{ a }}", "text-align:right", {}),
    "centre": ("{{ a }}", "text-align:center", {}),
    "several lines": ("{{ a }}<br/>乙{{ a }}", "text-align:right;line-height:7mm", {}),
    "letter spacing": ("{{ a }}", "letter-spacing:2pt", {}),
    "letter spacing to the right": ("{{ a }}", "letter-spacing:1.3pt;text-align:right", {}),
    "proportional": ("{{ a }}", "font-feature-settings:'palt'", {"a": "（見本）、ッ「カナ」"}),
    "half width": ("{{ a }}", "font-feature-settings:'hwid'", {"a": "見本１２３"}),
    "kerning": ("{{ a | mj }}", "", {"a": LATIN}),
    "no kerning": ("{{ a | mj }}", "font-kerning:none", {"a": LATIN}),
    "bold with a name": ("{{ a }}{{ a | mj }}", "font-weight:700", {}),
    "mincho": ("{{ a }}", "font-family:'BIZ UDMincho'", {}),
    "grey": ("{{ a }}", "color:#777", {}),
    "machine digits": ("{{ a | ocr }}", "font:9.96pt/5.2mm 'OCR B'", {"a": "0123456789"}),
    "combining": ("{{ a }}", "", {"a": "か゚き゚ 〔゚〕"[:4]}),
    "a fallback in the middle": ("{{ a }}", "text-align:center", {"a": "見𠮷本"}),
    "size": ("{{ a }}", "font-size:6.3pt", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_slot_looks_as_its_style_says(both, name):
    content, style, fields = CASES[name]
    filled, whole = both(page(box(content, SLOT + style)), {"a": "見本 太郎 1,234", **fields})
    assert misplaced(characters(filled, 0), characters(whole, 0)) == []
    assert different_pixels(raster(filled, 0), raster(whole, 0)) == 0


WRAPPED = {
    "sizes": ("見本" * 14, {"sizes": "12 10 8"}),
    "the smallest, in lines": ("見本町一丁目" * 20, {"sizes": "12/1 10/1 7"}),
    "at the foot": ("見本 太郎", {"valign": "bottom"}),
    "at the foot, in lines": ("見本町一丁目" * 9, {"valign": "bottom"}),
    "kinsoku": ("あ" * 20 + "。「い」っゃ" * 4 + "（一）・ー" * 5, {}),
    "words": ("Green Fields Heights North Tower, Room 1204-5678 見本町1-23-456号", {}),
    "one long word": ("A" * 120, {}),
    "a number at the end": ("見本町" * 9 + "12-345-6789号室", {}),
    "spaces": ("見本　太郎　" * 9, {}),
    "several spaces at a line's end": ("見本町　　　" * 6, {}),
    "a wave dash of cp932": ("受付時間　午前九時三十～午後五時まで" * 2, {}),
    "a Roman number": ("見本町グランドハイツⅡA棟203" * 3, {}),
    "a number sign": ("見本町一丁目見本整理№二〇三番の一" * 3, {}),
    "marks on a letter": ("か\u309aき\u309a辻\U000e0102" * 15, {}),
}


@pytest.mark.parametrize("name", sorted(WRAPPED))
def test_lines_end_where_they_should(both, name):
    text, attributes = WRAPPED[name]
    filled, whole = both(
        page(box("{{ a | mj }}", SLOT + "line-height:1.3", "b w", fit="欄", **attributes)), {"a": text}
    )
    assert misplaced(characters(filled, 0), characters(whole, 0)) == []
    assert different_pixels(raster(filled, 0), raster(whole, 0)) == 0


ALIGNED = {
    "U+3000 at the end": "見本　太郎　" * 2,
    "spaces round a name": "  見本  太郎 ",
    "words": "Green  Fields  ",
}


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("white_space", ["normal", "nowrap", "pre", "pre-wrap"])
@pytest.mark.parametrize("name", sorted(ALIGNED))
def test_white_space_is_what_the_style_says(both, name, white_space, align):
    """CSS Text 3, 4.1: with normal and nowrap runs of spaces are one and those at a line's ends none."""
    style = f"{SLOT};height:40mm;white-space:{white_space};text-align:{align}"
    body = page(box("\n   甲 {{ a }} \n<br/> \n 乙  {{ a | mj }} {{ b }}\n 丙", style))
    filled, whole = both(body, {"a": ALIGNED[name], "b": ""})
    assert misplaced(characters(filled, 0), characters(whole, 0)) == []
    assert different_pixels(raster(filled, 0), raster(whole, 0)) == 0


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("white_space", ["normal", "pre-wrap"])
@pytest.mark.parametrize(
    "text", ["見本　太郎　" * 9, "見本町　　　" * 6, "Green  Fields   Heights North Tower,  Room 1204-5678  "]
)
def test_a_space_at_the_end_of_a_wrapped_line_counts_where_the_line_is_aligned(both, text, white_space, align):
    style = f"{SLOT};white-space:{white_space};text-align:{align};overflow-wrap:anywhere"
    filled, whole = both(page(box("{{ a }}", style)), {"a": text})
    assert misplaced(characters(filled, 0), characters(whole, 0)) == []


def test_a_name_keeps_its_spaces_where_the_style_keeps_them(both):
    filled, _ = both(
        page(box("{{ a | mj }}", SLOT + "white-space:pre-wrap;overflow-wrap:anywhere")), {"a": "見本  太郎"}
    )
    assert PdfReader(BytesIO(filled)).pages[0].extract_text() == "見本  太郎"


def test_a_word_longer_than_its_line_is_cut_only_where_the_style_says_so(both):
    """80 mm hold 45 half-width letters of 10 points."""
    fits, long = "見本 " + "A" * 45 + " 見本", "見本 " + "A" * 46 + " 見本"
    normal = page(box("{{ a }}", SLOT + "white-space:normal;overflow-wrap:normal", fit="欄"))
    filled, whole = both(normal, {"a": fits})
    assert misplaced(characters(filled, 0), characters(whole, 0)) == []
    with pytest.raises(PressError) as caught:
        both(normal, {"a": long})
    assert [finding.key for finding in caught.value.findings] == ["press.overflow"]
    both(page(box("{{ a }}", SLOT + "white-space:normal;overflow-wrap:anywhere", fit="欄")), {"a": long})


def test_a_ground_whose_first_bracket_is_drawn_in_by_palt_is_the_same_page(both):
    """`palt` moves the line before its first glyph."""
    style = "left:5mm;top:25mm;width:60mm;height:5mm;font-family:'Noto Sans CJK JP';font-feature-settings:'palt'"
    filled, whole = both(page(box("{{ a }}"), box("「見本」", style)), {"a": "見本"})
    assert misplaced(characters(filled, 0), characters(whole, 0)) == []
    assert different_pixels(raster(filled, 0), raster(whole, 0)) == 0


def test_lines_at_a_padded_slots_foot_stand_within_the_padding(both):
    filled, whole = both(page(box("{{ a }}", SLOT + "padding:2mm 3mm", valign="bottom", fit="欄")), {"a": "見本"})
    assert misplaced(characters(filled, 0), characters(whole, 0)) == []


@pytest.mark.parametrize(
    ("text", "attributes", "css"),
    [
        ("見本" * 30, {}, "b"),
        ("見本" * 30, {"sizes": "12 8"}, "b"),
        ("見本町一丁目" * 80, {"sizes": "12 8"}, "b w"),
        ("見本" * 20, {"sizes": "12/1 8/1"}, "b w"),
    ],
)
def test_what_does_not_fit_is_refused_by_both_never_cut(both, text, attributes, css):
    with pytest.raises(PressError) as caught:
        both(page(box("{{ a }}", SLOT, css, fit="欄", **attributes)), {"a": text})
    assert [finding.key for finding in caught.value.findings] == ["press.overflow"]
    assert caught.value.findings[0].values["area"] == "欄"
    assert float(caught.value.findings[0].values["excess"]) > 0


def test_rows_that_find_no_room_are_refused(both):
    with pytest.raises(PressError) as caught:
        both(page(box("<br/>".join(["{{ a }}"] * 7), SLOT, fit="欄")), {"a": "甲"})
    assert [finding.key for finding in caught.value.findings] == ["press.overflow"]


# 辻 with U+E0102 is IPAmj's own variant; 神 with U+FE00 (a standardised sequence) draws the glyph of U+FA19 in it.
SPELLINGS = ["邉󠄏邉", "邉邉󠄏", "渡邉󠄏 𠮷田", "神︀神神", "髙﨑辻󠄂辻", "か゚か", "McDONALD O'NEIL fi"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_name_reads_back_as_it_was_stored(both, text):
    filled, _ = both(page(box("{{ a | mj }}", SLOT)), {"a": text})
    assert PdfReader(BytesIO(filled)).pages[0].extract_text().strip() == text
    document = pypdfium2.PdfDocument(filled)
    read = document[0].get_textpage().get_text_range().strip()
    document.close()
    assert read == text


def test_names_of_others_in_the_file_do_not_change_a_spelling(tmp_path, fonts_cache):
    form = make_form(tmp_path, page(box("{{ a | mj }}", SLOT)), ["a"])
    pieces = [(number, [Filling(form, {"a": text}, {})]) for number, text in enumerate(SPELLINGS)]
    printed = SlotPress(tmp_path, tmp_path / "cache").print_file(pieces, "test")
    read = [page.extract_text().strip() for page in PdfReader(BytesIO(printed.pdf)).pages]
    assert read == SPELLINGS


def test_a_piece_that_cannot_be_set_is_left_out_with_every_reason(tmp_path, fonts_cache):
    form = make_form(
        tmp_path, page(box("{{ a | mj }}", SLOT), box("{{ b }}", "left:5mm;top:30mm;width:20mm;height:5mm")), ["a", "b"]
    )
    records = [{"a": "甲", "b": "1"}, {"a": "\ue123と\uf0ab", "b": "長" * 40}, {"a": "乙", "b": "2"}]
    pieces = [(number, [Filling(form, record, {})]) for number, record in enumerate(records, start=1)]
    printed = SlotPress(tmp_path, tmp_path / "cache").print_file(pieces, "test")
    assert printed.index == ((1, 0, 1), (3, 1, 1))
    assert [(number, [finding.key for finding in findings]) for number, findings in printed.held] == [
        (2, ["press.missing-glyph", "press.missing-glyph", "press.overflow"])
    ]
    assert len(PdfReader(BytesIO(printed.pdf)).pages) == 2


@pytest.mark.parametrize(
    "record", [{"a": {"b": "甲\n乙"}}, {"a": {}}, {"a": None}, {"a": {"b": None}}, {"a": "文字列"}], ids=repr
)
def test_a_record_that_is_not_as_the_form_expects_is_held_and_spoils_no_other(tmp_path, fonts_cache, record):
    """A value with a line end would move every row below it; a missing one would print None."""
    body = page(box("{{ a.b }}{% if a.b == 'x' %}!{% endif %}"))
    form = make_form(tmp_path, body, ["a"])
    pieces = [
        (n, [Filling(form, fields, {})]) for n, fields in enumerate(({"a": {"b": "甲"}}, record, {"a": {"b": "乙"}}))
    ]
    printed = SlotPress(tmp_path, tmp_path / "cache").print_file(pieces, "test")
    assert [number for number, _, _ in printed.index] == [0, 2]
    assert [(number, [finding.key for finding in findings]) for number, findings in printed.held] == [
        (1, ["press.template"])
    ]
