"""Font choice per cluster. Facts: IPAmj carries Moji_Joho sequences and no Adobe-Japan1 ones, BIZ UD and Noto the reverse (IVD)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.press.errors import MissingGlyphError
from print_service.press.fonts import load_fonts
from print_service.press.glyphs import FontGlyphs, Run, clusters, font_chains

NABE_MJ = "邉\U000e010f"  # U+9089 U+E010F, Moji_Joho
TSUJI_AJ1 = "辻\U000e0100"  # U+8FBB U+E0100, Adobe-Japan1


@pytest.fixture(scope="module")
def chains():
    return font_chains(load_fonts())


def test_a_selector_and_a_mark_belong_to_their_base():
    assert list(clusters(f"渡{NABE_MJ}か\u309a")) == ["渡", NABE_MJ, "か\u309a"]


@given(st.text())
def test_clusters_lose_nothing(text):
    assert "".join(clusters(text)) == text


def test_a_name_keeps_its_moji_joho_variant_in_ipamj(chains):
    assert chains["name"].split(f"渡{NABE_MJ} 𠮷髙﨑") == [Run("mj", f"渡{NABE_MJ} 𠮷髙﨑")]


def test_an_adobe_japan_variant_goes_to_the_font_that_has_it(chains):
    assert chains["name"].split(f"{TSUJI_AJ1}太郎") == [Run("noto", TSUJI_AJ1), Run("mj", "太郎")]


def test_plain_text_leaves_the_base_font_only_where_it_must(chains):
    assert chains["plain"].split(f"見本{NABE_MJ}") == [Run("gothic", "見本"), Run("mj", NABE_MJ)]


@pytest.mark.parametrize("cluster", ["\ue123", "渡\U000e01ef", "\x07", "\U0010fffd"])
def test_a_cluster_no_font_has_exactly_is_missing_by_name(chains, cluster):
    with pytest.raises(MissingGlyphError) as caught:
        chains["name"].split(f"見本{cluster}太郎")
    assert caught.value.cluster == cluster
    assert caught.value.codepoints == " ".join(f"U+{ord(character):04X}" for character in cluster)


def test_every_missing_cluster_is_named_at_once(chains):
    with pytest.raises(MissingGlyphError) as caught:
        chains["name"].split("\ue123見\ue124")
    assert [glyph.codepoints for glyph in caught.value.missing] == ["U+E123", "U+E124"]


def test_mincho_covers_what_gothic_covers_so_one_chain_speaks_for_both():
    files = load_fonts().files
    assert FontGlyphs(files["gothic"]).characters == FontGlyphs(files["mincho"]).characters
    assert FontGlyphs(files["gothic"]).characters == FontGlyphs(files["gothic-bold"]).characters


def test_ocr_b_advances_give_ten_to_the_inch_at_9_96_points(chains):
    assert abs(chains["ocr"].width_em("0123456789") * Decimal("9.96") - 72) < Decimal("0.1")
