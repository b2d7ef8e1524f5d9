"""A ward's gaiji font: bound by name and hash, asked for its own private-use code points and for nothing else."""

import io
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from form_shop import box, make_form, page
from gaiji_font import BMP, PLANE_15, PLANE_16, bound, build
from pypdf import PdfReader

from print_service.press.errors import PressError
from print_service.press.fonts import activate, check_fonts, font_rules, load_fonts
from print_service.press.gaiji import WardFonts, check_gaiji, ward_folder
from print_service.press.glyphs import Run, font_chains
from print_service.press.model import Filling
from print_service.press.slot import SlotPress
from print_service.resources import fonts_dir

PLANES = ((0xE000, 0xE757), (0xF0000, 0xF00FF), (0x100000, 0x1000FF))


@pytest.fixture
def font(tmp_path):
    return bound(build(tmp_path / "mihon.ttf", BMP + PLANE_15 + PLANE_16 + "東"), *PLANES)


def chains(tmp_path, ward):
    return font_chains(load_fonts(ward_folder(tmp_path / "cache", ward)))


def keys(*fonts):
    return [finding.key for finding in check_gaiji(WardFonts(fonts))]


def test_a_ward_that_changes_nothing_has_the_shipped_table(tmp_path):
    assert ward_folder(tmp_path, WardFonts()) == fonts_dir()


def test_private_use_of_every_plane_comes_from_the_gaiji_font(tmp_path, font):
    found = chains(tmp_path, WardFonts((font,)))
    text = f"見{BMP}{PLANE_15}{PLANE_16}東"
    assert found["name"].split(text) == [
        Run("mj", "見"),
        Run("gaiji-mihon", BMP + PLANE_15 + PLANE_16),
        Run("mj", "東"),
    ]
    assert found["plain"].split(text)[1] == Run("gaiji-mihon", BMP + PLANE_15 + PLANE_16)


def test_the_gaiji_font_is_not_asked_beyond_its_ranges(tmp_path, font):
    narrow = replace(font, ranges=((0xE001, 0xE757),))
    assert keys(narrow) == ["press.gaiji-empty"]
    found = chains(tmp_path, WardFonts((replace(font, ranges=((0xF0000, 0xF00FF),)),)))
    assert not found["name"].shows(BMP)
    assert found["name"].shows(PLANE_15)
    assert found["name"].split("東") == [Run("mj", "東")]


def test_ocr_lines_have_no_gaiji(tmp_path, font):
    assert not chains(tmp_path, WardFonts((font,)))["ocr"].shows(BMP)


def test_no_other_font_is_asked_for_a_private_use_character():
    """IPAmj Mincho has five glyphs at U+F860 and later that are no ward's characters."""
    found = font_chains(load_fonts())
    assert "\uf860" in found["name"].fonts[0].shaper.characters
    assert not any(chain.shows(character) for chain in found.values() for character in "\uf860\uf87f")


def test_the_made_table_is_checked_and_linked_like_the_shipped_one(tmp_path, font, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/nowhere")
    folder = ward_folder(tmp_path / "cache", WardFonts((font,)))
    assert check_fonts(folder) == []
    configuration = activate(tmp_path / "cache", folder)
    assert (configuration.parent / "fonts" / "gaiji-mihon.ttf").resolve() == font.file
    assert font_rules(load_fonts(folder)) == ['.gaiji-mihon { font-family: "Mihon Gaiji" }']


def test_a_changed_gaiji_font_is_refused(tmp_path, font):
    with font.file.open("ab") as file:
        file.write(b"\0")
    assert keys(font) == ["press.gaiji-changed"]
    with pytest.raises(PressError, match=r"mihon\.ttf"):
        ward_folder(tmp_path / "cache", WardFonts((font,)))


def test_a_missing_gaiji_font_is_refused(font):
    font.file.unlink()
    assert keys(font) == ["press.font-missing"]


@pytest.mark.parametrize("family", ["IPAmjMincho", "BIZ UDGothic"])
def test_a_family_name_in_use_is_refused(tmp_path, family):
    """Two files under one CSS name: WeasyPrint 70 draws one file's glyph numbers with the other's outlines."""
    path = build(tmp_path / "clash.ttf", BMP, family)
    assert keys(bound(path, family=family)) == ["press.font-family-twice"]


def test_two_gaiji_fonts_may_not_share_name_family_or_range(tmp_path):
    one = bound(build(tmp_path / "one.ttf", BMP))
    assert keys(one, one) == ["press.gaiji-name-twice", "press.gaiji-range-twice", "press.font-family-twice"]
    other = bound(
        build(tmp_path / "two.ttf", PLANE_15, "Other Gaiji"), (0xF0000, 0xF0001), name="b", family="Other Gaiji"
    )
    assert keys(one, other) == []


def test_the_registered_family_must_be_the_file_s_own(tmp_path):
    path = build(tmp_path / "named.ttf", BMP, "Another Name")
    assert keys(bound(path)) == ["press.gaiji-family"]


@pytest.mark.parametrize("span", [(0x4E00, 0x9FFF), (0xE757, 0xE000), (0xE000, 0xF0000), (0xFFFFE, 0x100000)])
def test_a_range_must_lie_in_one_private_use_area(font, span):
    assert "press.gaiji-range" in keys(replace(font, ranges=(span, PLANES[0])))


def test_a_font_that_forbids_embedding_is_refused(tmp_path):
    assert keys(bound(build(tmp_path / "closed.ttf", BMP, fs_type=2))) == ["press.gaiji-embedding"]


def test_a_file_that_is_no_font_is_refused(tmp_path):
    path = tmp_path / "letter.ttf"
    path.write_bytes(b"not a font at all")
    assert keys(bound(path)) == ["press.gaiji-unreadable"]


def test_the_same_ward_has_the_same_table(tmp_path, font):
    one, two = ward_folder(tmp_path / "a", WardFonts((font,))), ward_folder(tmp_path / "b", WardFonts((font,)))
    assert one.name == two.name
    assert (one / "fonts.toml").read_bytes() == (two / "fonts.toml").read_bytes()


def test_weasyprint_draws_the_gaiji_from_the_ward_s_file_and_keeps_its_code_points(tmp_path, font):
    """Letters are laid out whole; their private fontconfig and style sheet must know the ward's file too."""
    folder = ward_folder(tmp_path / "cache", WardFonts((font,)))
    read = subprocess.run(
        [sys.executable, "-c", PRINT_A_LETTER, str(tmp_path), str(folder), BMP + PLANE_16],
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    fonts, text = json.loads(read)
    assert [name for name in fonts if "Mihon" in name]
    assert text.split() == ["見" + BMP + PLANE_16]


def test_the_slot_press_draws_gaiji_and_equal_shapes_and_both_read_as_stored(tmp_path, font):
    form = make_form(tmp_path, page(box("{{ who | mj }}")), ["who"])
    press = SlotPress(tmp_path, tmp_path / "cache", ward_folder(tmp_path / "cache", WardFonts((font,))))
    who = f"辻\U000e0100辻\U000e0102{BMP}{PLANE_15}{PLANE_16}か\u309a"
    printed = press.print_file([(1, [Filling(form, {"who": who}, {})])], "test")
    assert printed.held == ()
    pdf = PdfReader(io.BytesIO(printed.pdf)).pages[0]
    assert pdf.extract_text() == who
    names = [font["/BaseFont"] for font in pdf["/Resources"]["/Font"].values()]
    assert len([name for name in names if "ihon" in name.lower()]) == 1, names


# WeasyPrint takes its list of fonts when it is imported, so each list needs a process of its own.
PRINT_A_LETTER = """
import io, json, sys
from datetime import date
from pathlib import Path
from pypdf import PdfReader
from print_service.press.forms import load_form
from print_service.press.model import Filling
from print_service.press.weasy import WeasyPress

work, fonts, characters = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
templates = work / "templates"
folder = templates / "letters" / "letter"
folder.mkdir(parents=True)
(templates / "shared").mkdir()
(folder / "form.toml").write_text('id = "letter"\\ntitle = "letter"\\n[paper]\\nwidth_mm = "100"\\nheight_mm = "100"\\npages = 1\\n'
    'duplex = false\\n[[version]]\\nvalid_from = 2026-01-01\\nsource = "synthetic"\\nfields = ["who"]\\n[version.texts]\\n', encoding="utf-8")
(folder / "form.html").write_text('<div class="page"><p>{{ who | mj }}</p></div>', encoding="utf-8")
form = load_form("letter", date(2026, 6, 1), templates)
pdf = WeasyPress(templates, work / "cache", fonts).print_piece([Filling(form, {"who": "見" + characters}, {})]).pdf
page = PdfReader(io.BytesIO(pdf)).pages[0]
names = [font["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
sys.stdout.reconfigure(encoding="utf-8")
print(json.dumps([names, page.extract_text()]))
"""
