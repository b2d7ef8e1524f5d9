"""Embedded fonts, judged from outside: other programs read the spelling back, fontTools and FreeType know the outlines."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from press_files import FONTS, NAMES, READERS, line, one_line, page, raster, second_spelling, used_glyphs

from print_service.press.embed import UsedGlyph, embed
from print_service.press.errors import PressError
from print_service.press.write import write

ALL_FONTS = list(NAMES)


@cache
def source_of(font_id: str) -> TTFont:
    """The font file, read by fontTools."""
    file = FONTS[font_id]
    return TTFont(BytesIO(file.path.read_bytes()), fontNumber=file.face, lazy=True)


@pytest.fixture
def pdf():
    with pikepdf.new() as new:
        yield new


def program_of(font) -> tuple[bytes, bool]:
    descriptor = font.DescendantFonts[0].FontDescriptor
    truetype = "/FontFile2" in descriptor
    return (descriptor.FontFile2 if truetype else descriptor.FontFile3).read_bytes(), truetype


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("font_id", ALL_FONTS)
def test_every_extractor_returns_the_stored_spelling(font_id, read):
    glyphs = used_glyphs(font_id, NAMES[font_id])
    assert read(one_line(font_id, glyphs)).strip() == "".join(NAMES[font_id])


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("font_id", ALL_FONTS)
def test_two_spellings_of_one_glyph_are_read_apart_and_look_alike(font_id, read):
    (first,) = used_glyphs(font_id, NAMES[font_id][:1])
    for code, text in ((0xDFFF, "\ue000"), (0xDFFE, "邊\U000e0100"), (0x9999, "\U00100000")):
        pdf = one_line(font_id, [first, second_spelling(first, code, text)])
        assert read(pdf).strip() == first.text + text
    alone = raster(one_line(font_id, [first]))
    assert (raster(one_line(font_id, [second_spelling(first, 0xDFFF, "\ue000")])) == alone).all()


def source_outline(font: TTFont, gid: int) -> list:
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[font.getGlyphName(gid)].draw(pen)
    return pen.value


@pytest.mark.parametrize("font_id", ALL_FONTS)
def test_outlines_are_those_of_the_font_file(pdf, font_id):
    glyphs = used_glyphs(font_id, NAMES[font_id])
    font = embed(pdf, FONTS[font_id], glyphs)
    program, truetype = program_of(font)
    source = source_of(font_id)
    if truetype:
        table = font.DescendantFonts[0].CIDToGIDMap.read_bytes()
        embedded = TTFont(BytesIO(program))
        for glyph in glyphs:
            gid = int.from_bytes(table[2 * glyph.cid : 2 * glyph.cid + 2], "big")
            assert source_outline(embedded, gid) == source_outline(source, glyph.gid), glyph
    else:
        fonts = CFFFontSet()
        fonts.decompile(BytesIO(program), None)
        for glyph in glyphs:
            pen = DecomposingRecordingPen({})
            fonts[0].CharStrings[f"cid{glyph.cid:05d}"].draw(pen)
            assert pen.value == source_outline(source, glyph.gid), glyph


@pytest.mark.parametrize("font_id", ALL_FONTS)
def test_pdfium_draws_what_freetype_draws(font_id):
    size = 200
    text = next(text for text in NAMES[font_id] if len(text) == 1)
    (glyph,) = used_glyphs(font_id, [text])
    file = write(
        [page(line(font_id, [glyph], size, 50, 50), "101.6", "101.6")], {}, {font_id: (FONTS[font_id], [glyph])}, ""
    )
    drawn = raster(file, dpi=72)
    # Drawn four times as large and made smaller: the file's hints, which the subset has not, move edges by a quarter dot at most.
    large = Image.new("L", (4 * drawn.shape[1], 4 * drawn.shape[0]), 255)
    pen = ImageFont.truetype(str(FONTS[font_id].path), 4 * size, FONTS[font_id].face)
    ImageDraw.Draw(large).text((200, large.height - 200), text, font=pen, anchor="ls", fill=0)
    expected = large.reduce(4)
    core, halo = (np.asarray(expected.filter(edge(3))) < 128 for edge in (ImageFilter.MaxFilter, ImageFilter.MinFilter))
    ink = drawn < 128
    assert ink.sum() > 1000
    assert not (core & ~ink).any()
    assert not (ink & ~halo).any()


@pytest.mark.parametrize("font_id", ALL_FONTS)
def test_widths_are_those_of_hmtx(font_id):
    size = 100
    glyphs = used_glyphs(font_id, NAMES[font_id][:3] + NAMES[font_id][-2:])
    codes = b"".join(b"%04x" % glyph.cid for glyph in glyphs)
    content = b"BT /%b %d Tf 20 20 Td <%b> Tj ET" % (font_id.encode(), size, codes)
    file = write([page(content, "300")], {}, {font_id: (FONTS[font_id], glyphs)}, "")
    source = source_of(font_id)
    document = pypdfium2.PdfDocument(file)
    letters = document[0].get_textpage()
    start = 20.0
    for index, glyph in enumerate(glyphs):
        advance = source["hmtx"][source.getGlyphName(glyph.gid)][0] * size / source["head"].unitsPerEm
        # To pdfium, a spelling is as many letters as it has UTF-16 units, all in one box.
        place = sum(len(before.text.encode("utf-16-le")) // 2 for before in glyphs[:index])
        left, _, right, _ = letters.get_charbox(place, loose=True)
        assert left == pytest.approx(start, abs=0.01)
        assert right == pytest.approx(start + advance, abs=0.01)
        start += advance
    document.close()


def test_five_thousand_glyphs_of_mj_mincho_come_out_small_and_without_layout_tables(pdf):
    glyphs = [UsedGlyph(0x3000 + gid, gid, chr(0x3000 + gid), 2048) for gid in range(100, 5100)]
    program, _ = program_of(embed(pdf, FONTS["mj"], glyphs))
    assert len(program) < 3_000_000
    assert TTFont(BytesIO(program)).reader.tables.keys() == {"glyf", "head", "hhea", "hmtx", "loca", "maxp"}


def test_cff_subset_has_no_subroutines_and_no_glyph_but_those_used(pdf):
    glyphs = used_glyphs("noto", "税額")
    program, _ = program_of(embed(pdf, FONTS["noto"], glyphs))
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(program), None)
    assert len(fonts.GlobalSubrs) == 0
    assert fonts[0].charset == [".notdef", f"cid{ord('税'):05d}", f"cid{ord('額'):05d}"]
    assert not any(hasattr(kind.Private, "Subrs") for kind in fonts[0].FDArray)


def test_to_unicode_counts_within_a_row_and_in_blocks_of_a_hundred(pdf):
    """ISO 32000-1 9.10.3; Adobe Technical Note 5014: only the last byte of a range counts."""
    texts = [chr(code) for code in range(0x4DF0 + 0x10, 0x5000)] + [chr(code) for code in range(0x5000, 0x5400, 2)]
    glyphs = [UsedGlyph(ord(text), 1 + index, text, 1000) for index, text in enumerate(texts)]
    cmap = embed(pdf, FONTS["mj"], glyphs).ToUnicode.read_bytes().decode()
    blocks = re.findall(r"(\d+) beginbf(char|range)\n(.*?)endbf", cmap, re.DOTALL)
    assert {kind for _, kind, _ in blocks} == {"char", "range"}
    found = []
    for count, _, lines in blocks:
        rows = [[int(code, 16) for code in re.findall("<(.*?)>", row)] for row in lines.splitlines()]
        assert int(count) == len(rows) <= 100
        for first, *to, text in rows:
            last = to[0] if to else first
            assert first >> 8 == last >> 8
            assert text >> 8 == (text + last - first) >> 8
            found += [(first + step, text + step) for step in range(last - first + 1)]
    assert sorted(found) == [(ord(text), ord(text)) for text in texts]


@pytest.mark.parametrize("read", READERS)
def test_a_run_of_supplementary_characters_is_read_back(read):
    texts = [chr(code) for code in range(0x2000B, 0x20400) if code % 256 in {0x0B, 0x0C, 0x0D, 0x0E, 0xFE, 0xFF, 0, 1}]
    font = source_of("mj").getBestCmap()
    texts = [text for text in texts if ord(text) in font]
    assert len(texts) > 10
    assert read(one_line("mj", used_glyphs("mj", texts))).strip() == "".join(texts)


def test_a_cff_font_drawn_on_2048_units_looks_the_same(tmp_path):
    font = TTFont(BytesIO(FONTS["ocr-b"].path.read_bytes()))
    scale_upem(font, 2048)
    font.save(tmp_path / "large.otf")
    large = replace(FONTS["ocr-b"], path=tmp_path / "large.otf")
    drawn = raster(one_line("ocr-b", used_glyphs("ocr-b", "4", large), large))
    expected = raster(one_line("ocr-b", used_glyphs("ocr-b", "4")))
    assert (expected < 128).any()
    assert ((drawn < 128) != (expected < 128)).sum() < 0.01 * (expected < 128).sum()


def test_descriptor_says_what_the_tables_say(pdf):
    """IPAmj Mincho: hhea 1802/-246, OS/2 cap height 1464 of 2048 units, Panose 2 2 (serifs)."""
    descriptor = embed(pdf, FONTS["mj"], used_glyphs("mj", "税")).DescendantFonts[0].FontDescriptor
    assert (descriptor.Ascent, descriptor.Descent, descriptor.CapHeight) == (880, -120, 715)
    assert descriptor.Flags == 4 + 2
    assert list(descriptor.FontBBox) == [-263, -279, 1000, 1020]
    assert re.fullmatch(r"/[A-Z]{6}\+IPAmjMincho", str(descriptor.FontName))


def test_another_subset_has_another_name(pdf):
    first, second = (embed(pdf, FONTS["mj"], used_glyphs("mj", text)).BaseFont for text in "税額")
    assert first != second


def test_a_common_width_is_said_once(pdf):
    glyphs = used_glyphs("gothic", "東京都見本区0123456789")
    descendant = embed(pdf, FONTS["gothic"], glyphs).DescendantFonts[0]
    assert descendant.DW == 500
    assert sum(1 for _ in descendant.W) <= 2 * 6
    digits = embed(pdf, FONTS["gothic"], used_glyphs("gothic", "東京都見本区納税通知書0123456789"))
    assert digits.DescendantFonts[0].DW == 1000
    assert [Decimal(entry) for entry in digits.DescendantFonts[0].W] == [0x30, 0x39, 500]


def test_the_default_width_is_whole():
    """Poppler and Ghostscript take 1000 for a DW with a fraction: figures of IPAmj Mincho, 1266 of 2048, came out apart."""
    with pikepdf.new() as pdf:
        descendant = embed(pdf, FONTS["mj"], used_glyphs("mj", "0123456789税")).DescendantFonts[0]
        assert descendant.DW == 1000
        assert list(descendant.W) == [0x30, 0x39, Decimal("618.164")]


def test_a_font_without_outlines_is_refused(pdf, tmp_path):
    font = TTFont(BytesIO(FONTS["ocr-b"].path.read_bytes()))
    del font["CFF "]
    font.save(tmp_path / "hollow.otf")
    hollow = replace(FONTS["ocr-b"], path=tmp_path / "hollow.otf")
    with pytest.raises(PressError) as refused:
        embed(pdf, hollow, [UsedGlyph(0x31, 20, "1", 723)])
    assert [finding.key for finding in refused.value.findings] == ["press.font-outlines"]


@pytest.mark.parametrize(
    "glyphs",
    [
        [UsedGlyph(0, 20, "1", 723)],
        [UsedGlyph(0x31, 0, "1", 723)],
        [UsedGlyph(0x31, 20, "", 723)],
        [UsedGlyph(0x31, 20, "1", 723), UsedGlyph(0x31, 21, "2", 723)],
    ],
)
def test_a_code_without_a_glyph_or_used_twice_is_a_fault_of_the_caller(pdf, glyphs):
    with pytest.raises(ValueError, match="codes are unique"):
        embed(pdf, FONTS["ocr-b"], glyphs)
