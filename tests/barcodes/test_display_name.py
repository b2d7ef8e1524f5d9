"""Names on bank screens: what fits, what shows, and that nothing is replaced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barcodes.display_name import DisplayName, is_level_1_or_2
from barcodes.rules import MarkError


def keys(error):
    return [fault.key for fault in error.value.faults]


def test_a_name_of_the_full_length_is_kept_as_given():
    # 24 and 12: manual of a biller's server.
    name = DisplayName("ﾐﾎﾝｸ ｹｲｼﾞﾄﾞｳｼﾔｾﾞｲ(ｼﾕﾍﾞﾂ)", "見本区軽自動車税種別割Ａ")
    assert len(name.kana) == 24
    assert len(name.kanji) == 12


def test_one_character_more_is_too_long():
    with pytest.raises(MarkError) as error:
        DisplayName("ｱ" * 25, "税" * 13)
    assert keys(error) == ["payeasy.name-too-long", "payeasy.name-too-long"]


@pytest.mark.parametrize("character", ["髙", "﨑", "𠮷", "①", "㈱", "A", "ｱ", "\ufe00", "～"])
def test_a_character_outside_the_two_levels_is_told_with_its_place(character):
    with pytest.raises(MarkError) as error:
        DisplayName("ﾐﾎﾝ", f"見本{character}")
    assert keys(error) == ["payeasy.name-kanji"]
    assert error.value.values["place"] == 3
    assert f"U+{ord(character):04X}" in str(error.value)


@pytest.mark.parametrize("character", "高崎吉葛龜熙堯遙亜腕弌瑤あア区Ａ１・ー")
def test_characters_of_the_two_levels_show(character):
    # 亜 and 腕 are first and last of level 1, 弌 and 熙 (row 84) of level 2, JIS X 0208:1990.
    assert is_level_1_or_2(character)


@pytest.mark.parametrize("kana", ["カナ", "ｶﾅa", "かな", "ｶ\n"])
def test_kana_are_half_width(kana):
    with pytest.raises(MarkError) as error:
        DisplayName(kana, "")
    assert set(keys(error)) == {"payeasy.name-kana"}


def test_a_billers_own_name_has_both_parts():
    assert DisplayName("", "").kana == ""
    with pytest.raises(MarkError) as error:
        DisplayName("ﾐﾎﾝｸ", "", biller=True)
    assert keys(error) == ["payeasy.name-empty"]


@given(st.text(max_size=16), st.text(max_size=16))
def test_any_name_stays_as_given_or_is_refused(kana, kanji):
    try:
        name = DisplayName(kana, kanji)
    except MarkError as error:
        assert str(error)
    else:
        assert (name.kana, name.kanji) == (kana, kanji)


@given(st.characters())
def test_level_1_and_2_are_what_iso_2022_jp_can_say(character):
    # The 1990 edition's codec is another table in the same library; it adds ASCII and half-width letters.
    try:
        code = character.encode("iso2022_jp")
    except UnicodeEncodeError:
        code = b""
    assert is_level_1_or_2(character) == code.startswith(b"\x1b$B")
