"""One piece cut out: it looks and reads as before, and nobody else's characters went with it."""

import re
from io import BytesIO

import pikepdf
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from press_files import FONTS, NAMES, READERS, line, notice, page, raster, read_by_pdfium, used_glyphs

from print_service.press.cut import cut
from print_service.press.errors import PressError
from print_service.press.write import write

FILE = notice(12)


def streams(pdf: bytes):
    """Every stream of a file, unpacked."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [thing.read_bytes() for thing in opened.objects if isinstance(thing, pikepdf.Stream)]


def codes_of(font) -> set[int]:
    """The codes that a font's ToUnicode names."""
    cmap = font.ToUnicode.read_bytes().decode()
    rows = re.findall(r"<(\w{4})> (?:<(\w{4})> )?<(\w+)>\n", cmap.partition("endcodespacerange")[2])
    return {code for low, high, _ in rows for code in range(int(low, 16), int(high or low, 16) + 1)}


@pytest.mark.parametrize(("first", "count"), [(0, 1), (4, 3), (11, 1), (0, 12)])
def test_cut_pages_look_the_same_to_the_pixel(first, count):
    piece = cut(FILE, first, count)
    for number in range(count):
        assert (raster(piece, number) == raster(FILE, first + number)).all()


@pytest.mark.parametrize("read", READERS)
def test_cut_pages_read_the_same(read):
    piece = cut(FILE, 5, 2)
    for number in range(2):
        assert read(piece, number) == read(FILE, 5 + number)


def test_a_path_and_its_bytes_give_the_same_piece(tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(FILE)
    assert cut(path, 3, 2) == cut(FILE, 3, 2)


def test_a_piece_cut_from_a_piece_is_the_piece():
    assert cut(cut(FILE, 2, 6), 1, 2) == cut(FILE, 3, 2)


@pytest.mark.parametrize("font_id", NAMES)
def test_a_piece_has_its_own_characters_only(font_id):
    number = 6
    glyphs = used_glyphs(font_id, NAMES[font_id])
    own = [*glyphs[:3], glyphs[(3 + number) % len(glyphs)]]
    own = sorted({glyph.cid: glyph for glyph in own}.values(), key=lambda glyph: glyph.cid)
    with pikepdf.open(BytesIO(cut(FILE, number, 1))) as piece:
        font = piece.pages[0].Resources.Font[f"/{font_id}"]
        descendant = font.DescendantFonts[0]
        codes = codes_of(font)
        assert codes == {glyph.cid for glyph in own}
        if "/FontFile2" in descendant.FontDescriptor:
            table = descendant.CIDToGIDMap.read_bytes()
            assert {place // 2 for place in range(0, len(table), 2) if any(table[place : place + 2])} == codes
            program = TTFont(BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
            parts = {
                part
                for name in program.getGlyphOrder()
                for part in program["glyf"][name].getComponentNames(program["glyf"])
            }
            assert len(program.getGlyphOrder()) <= 1 + len({glyph.gid for glyph in own}) + len(parts)
        else:
            fonts = CFFFontSet()
            fonts.decompile(BytesIO(descendant.FontDescriptor.FontFile3.read_bytes()), None)
            assert fonts[0].charset == [".notdef", *(f"cid{glyph.cid:05d}" for glyph in own)]
            assert len(fonts.GlobalSubrs) == 0
        assert all(int(entry) in codes for entry in descendant.W if isinstance(entry, int) and entry > 1000)


def test_a_font_that_the_piece_does_not_use_does_not_go_with_it():
    fonts = {font_id: (FONTS[font_id], used_glyphs(font_id, NAMES[font_id])) for font_id in ("mj", "ocr-b")}
    pages = [page(line(font_id, glyphs)) for font_id, (_, glyphs) in fonts.items()]
    piece = cut(write(pages, {}, fonts, ""), 1, 1)
    with pikepdf.open(BytesIO(piece)) as opened:
        assert list(opened.pages[0].Resources.Font.keys()) == ["/ocr-b"]
    assert not any("邉".encode("utf-16-be").hex().upper().encode() in content for content in streams(piece))


def test_the_font_is_the_one_in_force_after_a_restored_state():
    """ISO 32000-1 8.4.2: q and Q save and restore the font too."""
    fonts = {font_id: (FONTS[font_id], used_glyphs(font_id, "12")) for font_id in ("mj", "ocr-b")}
    content = b"/mj 20 Tf q /ocr-b 20 Tf BT 20 20 Td (\x001) Tj ET Q BT 60 20 Td [(\x002) -500 <0031>] TJ ET"
    file = write([page(content)], {}, fonts, "")
    piece = cut(file, 0, 1)
    assert (raster(piece) == raster(file)).all()
    assert read_by_pdfium(piece) == read_by_pdfium(file) == "1 2 1"
    with pikepdf.open(BytesIO(piece)) as opened:
        codes = {name: codes_of(font) for name, font in opened.pages[0].Resources.Font.items()}
    assert codes == {"/mj": {0x31, 0x32}, "/ocr-b": {0x31}}


def test_a_piece_is_sound_and_for_the_archive():
    with pikepdf.open(BytesIO(FILE)) as source, pikepdf.open(BytesIO(cut(FILE, 1, 2))) as piece:
        assert piece.check_pdf_syntax() == []
        assert piece.Root.Metadata.read_bytes() == source.Root.Metadata.read_bytes()
        profiles = [pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes() for pdf in (source, piece)]
        assert profiles[0] == profiles[1]
        for box in ("MediaBox", "BleedBox", "TrimBox"):
            assert list(piece.pages[0].obj[f"/{box}"]) == list(source.pages[1].obj[f"/{box}"])


@pytest.mark.parametrize(("first", "count"), [(12, 1), (11, 2), (-1, 1), (0, 0)])
def test_pages_that_are_not_there_are_refused(first, count):
    with pytest.raises(PressError) as refused:
        cut(FILE, first, count)
    assert [finding.key for finding in refused.value.findings] == ["press.cut-range"]


def test_a_file_of_another_maker_is_refused():
    blank = pikepdf.new()
    blank.add_blank_page()
    out = BytesIO()
    blank.save(out)
    for content in (out.getvalue(), b"not a PDF"):
        with pytest.raises(PressError) as refused:
            cut(content, 0, 1)
        assert [finding.key for finding in refused.value.findings] == ["press.cut-foreign"]
