"""Font choice per cluster. Facts: IPAmj carries Moji_Joho sequences and no Adobe-Japan1 ones, BIZ UD and Noto the reverse (IVD)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.press.aj1 import aj1_to_moji_joho
from print_service.press.errors import MissingGlyphError
from print_service.press.fonts import load_fonts
from print_service.press.gaiji import WardFonts, ward_folder
from print_service.press.glyphs import FontGlyphs, Run, clusters, font_chains
from print_service.press.missing import Diagnosis

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


def test_an_adobe_japan_variant_is_drawn_by_the_moji_joho_variant_of_the_same_shape(chains):
    """辻 with one dot: MJ025760, 8FBB E0102; its stored spelling stays with the run."""
    assert chains["name"].split(f"{TSUJI_AJ1}太郎") == [Run("mj", "辻\U000e0102", TSUJI_AJ1), Run("mj", "太郎")]


def test_an_adobe_japan_variant_without_a_known_equal_goes_to_the_font_that_has_it(chains):
    """邉 CID 14241 is not in the table; Noto Serif has the sequence itself, so its shape is not in doubt."""
    assert chains["name"].split("渡邉\U000e0102") == [Run("mj", "渡"), Run("noto-serif", "邉\U000e0102")]


def test_a_font_that_has_the_adobe_japan_sequence_draws_it_itself(chains):
    assert chains["plain"].split(TSUJI_AJ1) == [Run("gothic", TSUJI_AJ1)]


def test_a_ward_may_forbid_equal_shapes_and_other_designs(tmp_path):
    def name_chain(**ward):
        return font_chains(load_fonts(ward_folder(tmp_path, WardFonts(**ward))))["name"]

    other_design = name_chain(aj1_as_moji_joho=False)
    assert other_design.split(TSUJI_AJ1) == [Run("mincho", TSUJI_AJ1)]
    own_only = name_chain(mixed_design=False)
    assert own_only.split(TSUJI_AJ1) == [Run("mj", "辻\U000e0102", TSUJI_AJ1)]
    assert not own_only.shows("邉\U000e0102")
    assert not name_chain(aj1_as_moji_joho=False, mixed_design=False).shows(TSUJI_AJ1)


def test_every_target_of_the_equal_shapes_is_in_ipamj_and_no_sequence_is():
    mj = FontGlyphs(load_fonts().files["mj"])
    table = aj1_to_moji_joho()
    assert len(table) > 9_000
    assert [one for one in table if mj.has(one)] == []
    assert [target for target in table.values() if not mj.has(target)] == []
    assert len(set(table.values())) == len(table)


def test_equal_shapes_agree_with_the_examples_of_the_specification():
    """葛 and 辻: compared by eye. 叉 E0101 is left out: IPAex Mincho's outline for it is another one than the MJ list says."""
    table = aj1_to_moji_joho()
    assert table["葛\U000e0100"] == "葛\U000e0102"
    assert table["辻\U000e0100"] == "辻\U000e0102"
    assert table["崎\U000e0100"] == "崎"
    assert "叉\U000e0101" not in table


@pytest.mark.parametrize("cluster", ["か\u309a", "カ\u3099", "a\u0301"])
def test_a_mark_is_exact_where_the_font_makes_one_glyph_of_it(chains, cluster):
    assert chains["name"].split(cluster) == [Run("mj", cluster)]


@pytest.mark.parametrize("cluster", ["渡\u3099", "x\u0304", "邉\U000e010f\u3099", "\u309a"])
def test_a_mark_drawn_over_its_base_is_not_the_character(chains, cluster):
    assert not chains["name"].shows(cluster)


@pytest.mark.parametrize("text", ["渡\u200d辺", "渡\u200b辺", "渡\u00ad辺", "渡\ufeff辺", "渡\u202e辺"])
def test_a_character_nobody_sees_is_missing_not_dropped(chains, text):
    _, missing = chains["name"].split_marking(text)
    assert len(missing) == 1


def test_half_width_voicing_marks_are_characters_of_their_own(chains):
    assert list(clusters("ｶﾞ")) == ["ｶ", "ﾞ"]
    assert chains["name"].split("ｶﾞ") == [Run("mj", "ｶﾞ")]


def test_plain_text_leaves_the_base_font_only_where_it_must(chains):
    assert chains["plain"].split(f"見本{NABE_MJ}") == [Run("gothic", "見本"), Run("mj", NABE_MJ)]


@pytest.mark.parametrize("cluster", ["\ue123", "渡\U000e01ef", "\x07", "\U0010fffd"])
def test_a_cluster_no_font_has_exactly_is_missing_by_name(chains, cluster):
    with pytest.raises(MissingGlyphError) as caught:
        chains["name"].split(f"見本{cluster}太郎")
    (missing,) = caught.value.missing
    assert missing.cluster == cluster
    assert missing.codepoints == " ".join(f"U+{ord(character):04X}" for character in cluster)


def test_every_missing_cluster_is_named_at_once(chains):
    with pytest.raises(MissingGlyphError) as caught:
        chains["name"].split("\ue123見\ue124")
    assert [glyph.codepoints for glyph in caught.value.missing] == ["U+E123", "U+E124"]


def test_mincho_covers_what_gothic_covers_so_one_chain_speaks_for_both():
    files = load_fonts().files
    assert FontGlyphs(files["gothic"]).characters == FontGlyphs(files["mincho"]).characters
    assert FontGlyphs(files["gothic"]).characters == FontGlyphs(files["gothic-bold"]).characters


@pytest.mark.parametrize("cluster", ["\u200b", "渡\u200d", "\u00ad"])
def test_what_nobody_sees_is_told_apart_from_what_no_font_has(cluster):
    """Intake refuses these; a letter's fields come from elsewhere."""
    assert Diagnosis(load_fonts()).why_missing(cluster) == "glyph.invisible"
