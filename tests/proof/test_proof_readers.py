"""Fields as printed, zones, outlines, the second decoder and the red frames: each by itself."""

import io
import pickle

import numpy as np
import pypdfium2 as pdfium
import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from proof_fonts import GOTHIC, OCR_B
from proof_museum import box_that_is_no_box, pages_turned_by_their_tree
from proof_sheets import BARS, bars_text, sheet, write_sheets
from sheet_museum import missing_sama, sound

from print_service.proof import MarkCount, prove_file
from print_service.proof.boxes import Rectangle
from print_service.proof.fields import printed
from print_service.proof.forms import form_zones
from print_service.proof.outlines import DrawnFont
from print_service.proof.overlay import write_pictures
from print_service.proof.part import read_part
from print_service.proof.pinned_fonts import SHIPPED, FontRules, font_shelf
from print_service.proof.prove import join_parts, part_orders
from print_service.proof.raster import Sheet, zone_raster
from print_service.proof.second import confirms
from print_service.proof.texts import agrees
from print_service.resources import templates_dir


@pytest.mark.parametrize(
    ("pattern", "fields", "text"),
    [
        ("{a:yen}", {"a": 1234567}, "1,234,567"),
        ("{a:yen}", {"a": -100}, "▲100"),
        ("{a:yen-or-blank}", {"a": 0}, ""),
        ("{a:date}", {"a": "2019-04-30"}, "平成31年4月30日"),
        ("{a:date}", {"a": "2019-05-01"}, "令和元年5月1日"),
        ("{a:levy-year}", {"a": 2019}, "平成31年度"),
        ("{a:levy-year-full}　{b:full}", {"a": 2026, "b": "第1期"}, "令和８年度　第１期"),
        ("{a:groups}", {"a": "0802260200000610"}, "0802-2602-0000-0610"),
        ("{a.b} {a.c:six}", {"a": {"b": "R08-N01", "c": 7}}, "R08-N01 000007"),
        ("{a.b:date}", {"a": None}, ""),
        (
            "{a:bars}",
            {"a": "91999999000000802260200000610026073100020008"},
            "(91)999999-0000008022602000006100\n260731-0-002000-8",
        ),
    ],
)
def test_fields_as_printed(pattern, fields, text):
    assert printed(pattern, fields) == text


def test_an_unknown_shape_is_the_forms_error():
    with pytest.raises(ValueError, match="no shape 'euro'"):
        printed("{a:euro}", {"a": 1})


@pytest.mark.parametrize(
    ("lines", "text", "same"),
    [
        (["見本　太郎　様"], "見本　太郎　様", True),
        (["見本", "太郎　様"], "見本　太郎　様", True),  # a blank at a line's end is not printed
        (["見本太郎　様"], "見本　太郎　様", False),
        (["ハイツ A 101"], "ハイツ  A   101", True),  # CSS Text 3, 4.1.1: spaces together are one
        (["ハイツ  A"], "ハイツA", False),
        (["見本　太郎"], "見本　　太郎", False),  # U+3000 is a character
        (["〒160-0006", "舟町6-17"], "〒160-0006\n舟町6-17\n", True),
        ([], "", True),
        (["太郎"], "", False),
        (["辻\U000e0100"], "辻", False),
    ],
)
def test_only_the_end_of_a_line_may_lose_its_blank(lines, text, same):
    assert agrees(lines, text) is same


@pytest.mark.parametrize("form", sorted(path.name for path in (templates_dir() / "notices").iterdir()))
def test_zones_of_fields_are_on_the_paper_and_apart(form):
    zones = form_zones(form)
    for page in range(1, zones.pages + 1):
        boxes = [
            (text.zone_name, text.zone)
            for read in zones.reads
            if read.page == page and not read.when
            for text in read.expected({})
        ]
        for at, (name, (x, y, width, height)) in enumerate(boxes):
            assert x + width <= zones.width_mm, name
            assert y + height <= zones.height_mm, name
            for other, (left, top, wide, high) in boxes[at + 1 :]:
                apart = x + width <= left or left + wide <= x or y + height <= top or top + high <= y
                assert apart, (name, other)


def test_a_bare_cff_draws_what_its_font_file_draws():
    """A PDF may carry the CFF table alone (FontFile3 /CIDFontType0C)."""
    whole = DrawnFont(OCR_B.read_bytes())
    bare = DrawnFont(TTFont(OCR_B).getTableData("CFF "))
    assert bare.glyph_count == whole.glyph_count
    assert [bare.outline(glyph) for glyph in range(whole.glyph_count)] == [
        whole.outline(glyph) for glyph in range(whole.glyph_count)
    ]


def test_what_is_no_font_is_refused():
    for noise in (b"", b"\x01\x00\x04\x01 not a CFF", b"noise" * 100):
        with pytest.raises(ValueError):
            DrawnFont(noise)


def test_two_typefaces_draw_a_digit_differently():
    gothic, ocr = DrawnFont(GOTHIC.read_bytes()), font_shelf().find("OCR-B")
    digit = TTFont(GOTHIC).getGlyphID(TTFont(GOTHIC).getBestCmap()[ord("4")])
    assert gothic.outline(digit) not in ocr.expected("4")


def test_an_adobe_japan1_variant_may_be_drawn_by_its_twin_where_the_ward_allows_it():
    """辻 with one dot: U+E0100 in Adobe-Japan1, U+E0102 in Moji_Joho (IVD 2022-09-13); IPAmj Mincho has the latter only."""
    allowed, strict = (font_shelf(rules).find("IPAmjMincho") for rules in (SHIPPED, FontRules(twins=False)))
    twin = strict.expected("辻\U000e0102")
    assert allowed.expected("辻\U000e0100") == twin != strict.expected("辻")
    assert strict.expected("辻\U000e0100") == ()


def test_parts_joined_are_the_file_read_at_once(tmp_path):
    pdf, pages = missing_sama(tmp_path / "p.pdf")
    (order,) = part_orders(pdf, pages)
    parts = [read_part(type(order)(pdf, (page,), order.owners)) for page in order.pages]
    joined, whole = join_parts(pdf, pages, parts), prove_file(pdf, pages)
    assert joined.findings == whole.findings
    assert joined.counts == whole.counts


def test_orders_of_one_file_share_its_owners_in_another_process(tmp_path):
    """They are packed once for all parts and unpacked once in each process."""
    pdf, pages = sound(tmp_path / "o.pdf")
    (order,) = part_orders(pdf, pages)
    one, other = (pickle.loads(pickle.dumps(order)) for _ in range(2))
    assert one.owners == order.owners
    assert one.owners is other.owners


def test_a_file_changed_between_two_parts_is_named(tmp_path):
    pdf, pages = sound(tmp_path / "c.pdf")
    (order,) = part_orders(pdf, pages)
    first = read_part(type(order)(pdf, order.pages[:1], order.owners))
    write_sheets(pdf, [sheet(1), sheet(2), sheet(1)])
    second = read_part(type(order)(pdf, order.pages[1:2], order.owners))
    assert [finding.key for finding in join_parts(pdf, pages, [first, second]).findings] == ["proof.file-changed"]


def test_the_second_decoder_confirms_a_sample(tmp_path):
    evidence = prove_file(*sound(tmp_path / "z.pdf"), second=True)
    assert evidence.findings == ()
    assert evidence.checks["second"] == MarkCount(3, 3)


def test_the_second_decoder_says_what_it_reads_itself(tmp_path):
    pdf, _ = sound(tmp_path / "z.pdf")
    document = pdfium.PdfDocument(pdf)
    page = document[0]
    raster = zone_raster(Sheet(page, Rectangle(*page.get_bbox())), BARS, 300)
    assert confirms(raster, "gs1-128", bars_text(2)) == bars_text(1)
    assert confirms(raster, "piece", "any") is None
    document.close()


def test_a_picture_frames_what_offends(tmp_path):
    pdf, pages = missing_sama(tmp_path / "p.pdf")
    (picture,) = write_pictures(tmp_path, prove_file(pdf, pages), tmp_path / "findings")
    assert picture.name == "p-p2.png"
    pixels = np.asarray(Image.open(io.BytesIO(picture.read_bytes())).convert("RGB")).astype(int)
    red = (pixels[:, :, 0] - pixels[:, :, 1]) > 150
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    mm = 25.4 / 100
    # the name's zone is 22, 35, 86, 11.5 mm
    assert abs(columns[0] * mm - 21.2) < 0.5
    assert abs(rows[0] * mm - 34.2) < 0.5
    assert abs(rows[-1] * mm - 47.3) < 0.6


def test_a_picture_numbers_its_frames_and_tells_their_sentences_below(tmp_path):
    pdf, pages = missing_sama(tmp_path / "p.pdf")
    evidence = prove_file(pdf, pages)
    (picture,) = write_pictures(tmp_path, evidence, tmp_path / "findings")
    pixels = np.asarray(Image.open(io.BytesIO(picture.read_bytes())).convert("RGB")).astype(int)
    blue = pixels[:, :, 2] - pixels[:, :, 0] > 150
    paper = round(297 / 25.4 * 100)
    # the number's label stands on the frame of the name's zone; a line parts the page from the sentences
    rows, columns = np.flatnonzero(blue[:paper].any(axis=1)), np.flatnonzero(blue[:paper].any(axis=0))
    assert abs(rows[-1] * 25.4 / 100 - 34.2) < 0.6
    assert abs(columns[0] * 25.4 / 100 - 21.2) < 0.5
    assert blue[paper : paper + 3].all(axis=1).any()
    assert (pixels[paper + 5 :] < 100).all(axis=2).any()
    (again,) = write_pictures(tmp_path, evidence, tmp_path / "again")
    assert again.read_bytes() == picture.read_bytes()


def test_a_page_that_cannot_be_drawn_has_a_picture_all_the_same(tmp_path):
    pdf, pages = box_that_is_no_box(tmp_path / "b.pdf")
    (picture,) = write_pictures(tmp_path, prove_file(pdf, pages), tmp_path / "findings")
    assert picture.name == "b-p2.png"


def test_a_turned_page_is_shown_as_it_is_turned(tmp_path):
    pdf, pages = pages_turned_by_their_tree(tmp_path / "t.pdf")
    first = next(write_pictures(tmp_path, prove_file(pdf, pages), tmp_path / "findings"))
    with Image.open(first) as picture:
        assert picture.width == round(114.3 / 25.4 * 100)


def test_a_sound_file_makes_no_picture(tmp_path):
    pdf, pages = sound(tmp_path / "p.pdf")
    assert list(write_pictures(tmp_path, prove_file(pdf, pages), tmp_path / "findings")) == []
