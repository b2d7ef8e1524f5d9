"""Glyphs as WeasyPrint would draw them. The oracle is HarfBuzz itself, and for whole lines Pango within WeasyPrint."""

import random
import re
import unicodedata

import pytest
import uharfbuzz
from hypothesis import given, settings
from hypothesis import strategies as st

from print_service.press.fonts import load_fonts
from print_service.press.shaping import Shaper, script_runs

FILES = load_fonts().files
SHAPERS = {name: Shaper(file) for name, file in FILES.items() if name != "gothic-bold"}


def nominal(shaper, text):
    return [(character, shaper.gid(character), shaper.advance(character), 0, 0) for character in text]


def placed(clusters):
    return [(c.text, g.gid, g.advance, g.x_offset, g.y_offset) for c in clusters for g in c.glyphs]


@pytest.mark.parametrize("name", SHAPERS)
def test_plain_text_is_its_nominal_glyphs_one_by_one(name):
    shaper = SHAPERS[name]
    characters = sorted(shaper.plain)
    chosen = random.Random(2026)
    for _ in range(300):
        text = "".join(chosen.choices(characters, k=20))
        assert placed(shaper.shape(text)) == nominal(shaper, text)


@given(st.data())
@settings(max_examples=60)
def test_plain_text_stays_nominal_whatever_script_harfbuzz_guesses(data):
    shaper = SHAPERS["noto"]
    text = data.draw(st.text(st.sampled_from("東京都0123456789 　一ア()、。-髙﨑ﾀｶ").filter(shaper.plain.__contains__)))
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FILES["noto"].path))))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    assert [info.codepoint for info in buffer.glyph_infos or ()] == [shaper.gid(character) for character in text]
    assert [at.x_advance for at in buffer.glyph_positions or ()] == [shaper.advance(character) for character in text]


@pytest.mark.parametrize("pair", ["AV", "To", "LT", "Ty"])
def test_letters_that_kern_are_not_plain(pair):
    shaper = SHAPERS["noto"]
    assert placed(shaper.shape(pair)) != nominal(shaper, pair)
    assert shaper.plain.isdisjoint(pair)


def test_ligatures_locals_and_marks_are_not_plain():
    assert SHAPERS["noto"].plain.isdisjoint("fi")
    assert placed(SHAPERS["noto"].shape("fi")) != nominal(SHAPERS["noto"], "fi")
    for shaper in SHAPERS.values():
        assert all(unicodedata.category(character)[0] != "M" for character in shaper.plain)
        assert shaper.plain.isdisjoint("\u2044\u00ad\u200b\ue000\ufe00")


def test_nearly_all_of_a_japanese_font_is_plain():
    for name in ("gothic", "mincho", "mj"):
        shaper = SHAPERS[name]
        assert shaper.plain.issuperset("東京都見本区一丁目1-2，（）「」ー・ｱﾞ０１ＡＢ髙﨑 　")
        assert len(shaper.plain) > 0.99 * sum(character <= "\uffff" for character in shaper.characters)


@pytest.mark.parametrize("name", ["mj", "mincho", "noto"])
def test_a_kana_with_a_combining_mark_becomes_one_glyph(name):
    (cluster,) = SHAPERS[name].shape("か\u309a")
    assert cluster.text == "か\u309a"
    assert len(cluster.glyphs) == 1
    assert cluster.glyphs[0].gid != SHAPERS[name].gid("か")


def test_a_variation_sequence_is_one_cluster_with_its_own_glyph():
    shaper = SHAPERS["mj"]
    first, second = shaper.shape("邉\U000e010f邉\U000e0117")
    assert (first.text, second.text) == ("邉\U000e010f", "邉\U000e0117")
    assert len(first.glyphs) == len(second.glyphs) == 1
    assert first.glyphs != second.glyphs


def test_an_asked_feature_changes_what_is_nominal_otherwise():
    shaper = SHAPERS["gothic"]
    (wide,), (narrow,) = shaper.shape("ア"), shaper.shape("ア", {"hwid": True})
    assert (wide.glyphs[0].advance, narrow.glyphs[0].advance) == (2048, 1024)


@given(st.text())
@settings(max_examples=60)
def test_clusters_and_script_runs_lose_no_text(text):
    assert "".join(run for run, _ in script_runs(text)) == text
    assert "".join(cluster.text for cluster in SHAPERS["mj"].shape(text)) == text


def test_a_closing_bracket_has_the_script_of_its_opening_one():
    runs = list(script_runs("(AV(ア)漢「か」12"))
    assert runs == [("(AV(", "Latn"), ("ア", "Kana"), (")", "Latn"), ("漢「", "Hani"), ("か", "Hira"), ("」12", "Hani")]


def weasyprint_glyphs(text, shaper, family, cache):
    """Glyph numbers and advances (1/1000 em) of one line, read from the operators WeasyPrint draws it with."""
    from print_service.press.fonts import activate

    activate(cache)
    import weasyprint

    html = f'<html lang="ja"><p style="font: 1000px \'{family}\'; white-space: pre">{text}</p></html>'
    sheet = weasyprint.CSS(string="@page{size:90000px 2000px;margin:0}")
    pdf = weasyprint.HTML(string=html).write_pdf(stylesheets=[sheet], uncompressed_pdf=True)
    found = []
    for array in re.findall(rb"\[([^\]]*)\] TJ", pdf):
        for codes, kerning in re.findall(rb"<([0-9a-f]+)>|(-?[0-9.]+)", array):
            if codes:
                gids = [int(codes[at : at + 4], 16) for at in range(0, len(codes), 4)]
                found += [[gid, shaper.glyph_advance(gid) * 1000 / shaper.upem] for gid in gids]
            elif found:
                found[-1][1] -= float(kerning)
    return [(gid, advance) for gid, advance in found]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gothic", "AV 令和8年度　か\u309a1/2 ｶﾞ fi"),
        ("mj", "渡邉\U000e010f　𠮷田 AVA To. 1,234円"),
        ("noto", "AV（アー）漢字「か」To fi 12－ー、。"),
        ("ocr-b", "0123456789 AV"),
    ],
)
def test_pango_draws_the_same_glyphs_at_the_same_places(name, text, tmp_path):
    shaper = SHAPERS[name]
    ours = [(g.gid, g.advance * 1000 / shaper.upem) for c in shaper.shape(text) for g in c.glyphs]
    theirs = weasyprint_glyphs(text, shaper, FILES[name].family, tmp_path)
    assert [gid for gid, _ in ours] == [gid for gid, _ in theirs]
    assert [advance for _, advance in ours] == pytest.approx([advance for _, advance in theirs], abs=1)
