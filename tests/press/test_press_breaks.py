"""Line ends against a whole implementation of UAX #14 (the package uniseg), on texts of the kinds a ward prints."""

from hypothesis import given
from hypothesis import strategies as st
from uniseg.linebreak import line_break_boundaries

from print_service.press.breaks import may_break

KANJI = "東京都見本区町丁目番号室棟髙﨑邉𠮷々〆"
KANA = "あいぁっゃアイァッャヴーゝヽ"
LATIN = "ABCxyz0129"
SIGNS = "、。，．・（）「」『』【】〔〕 　-/,.:;!?()’”"


def ours(text):
    return [index for index in range(1, len(text)) if may_break(text[index - 1], text[index])]


def theirs(text):
    return [index for index in line_break_boundaries(text) if 0 < index < len(text)]


@given(st.text(alphabet=KANJI + KANA, min_size=1, max_size=30))
def test_japanese_text_breaks_as_the_standard_says(text):
    assert ours(text) == theirs(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "見本町",
                "一丁目",
                "1番",
                "2-34-567",
                "号",
                "ヶ丘",
                "（その他）",
                "　",
                "Green ",
                "Court ",
                "A棟",
                "・",
                "「見本」",
                "、",
                "コーポ",
            ]
        ),
        min_size=1,
        max_size=9,
    )
)
def test_addresses_break_as_the_standard_says(words):
    text = "".join(words).strip()
    assert ours(text) == theirs(text)


@given(st.text(alphabet=KANJI + KANA + LATIN + SIGNS, min_size=1, max_size=12))
def test_a_line_never_starts_with_a_closing_sign_nor_ends_with_an_opening_one(text):
    for index in ours(text):
        assert text[index] not in "、。，．）」』】〕"
        assert text[index - 1] not in "（「『【〔("
