"""Line ends against Pango, which breaks WeasyPrint's lines: every sign of JIS X 0208 beside every kind, and texts of the kinds a ward prints."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.press.breaks import break_before, may_break
from print_service.press.fonts import activate

# What CP932 and JIS X 0208 have beside kanji and private characters.
SIGNS = sorted(
    {
        character
        for lead in range(0x81, 0x99)
        for trail in range(0x40, 0xFD)
        for codec in ("cp932", "shift_jis")
        if len(character := bytes([lead, trail]).decode(codec, "ignore")) == 1
        and not "\u3400" <= character <= "\u9fff"
        and unicodedata.category(character) not in {"Cc", "Co"}
    }
    | {chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0xFF61, 0xFFA0)]}
)
KINDS = "見あアァー々・A1-/.,:([)]&+%'\"!~（）。：！～％＆￥‐—―…※№℃①′“”ｱｯ｡ﾞ 　\u00a0Ω"
LETTERS = "見本町号室々〆〇𠮷あっゃーアッヶAz019é"
MARKED = ["か\u309a", "辻\U000e0100", "e\u0301"]


@pytest.fixture(scope="module")
def pango(fonts_cache):
    """Text → the indices where Pango may end a line."""
    activate(fonts_cache, None)
    from weasyprint.text.line_break import get_log_attrs

    def ends(text):
        marks = get_log_attrs(text, "ja")
        return [index for index in range(1, len(text)) if marks[index].is_line_break]

    return ends


def ours(clusters):
    """The same of a text that is already in clusters."""
    return [len("".join(clusters[:place])) for place in range(1, len(clusters)) if break_before(clusters, place)]


def test_the_signs_are_those_of_the_standard():
    assert len(SIGNS) > 800
    assert {"～", "Ⅱ", "№", "①", "℡", "￥", "×", "㈱", "″"} <= set(SIGNS)


def test_every_sign_beside_every_kind_breaks_as_pango_says(pango):
    different = [
        (before, after)
        for sign in SIGNS
        for kind in KINDS
        for before, after in ((sign, kind), (kind, sign))
        if may_break(before, after, "本") != (3 in pango(f"見本{before}{after}見本"))
    ]
    assert different == []


@given(st.lists(st.sampled_from([*LETTERS, *MARKED]), min_size=2, max_size=30))
def test_letters_kanji_and_kana_break_as_pango_says(pango, clusters):
    assert ours(clusters) == pango("".join(clusters))


WORDS = [
    "見本町", "一丁目", "1番", "2-34-567", "号", "ヶ丘", "（その他）", "　", "Green ", "Court ", "A棟", "・", "「見本」", "、",
    "コーポ", "～", "№", "203", "①", "℡03-1234-5678", "￥1,234", "円", "×", "Ⅱ", "(株)", "Room 1204-5", "(1)", "50%", "/",
    "1/2", "3.5", "…", "#12", "F-1", "&", "O'NEIL", "〒100", "12:30",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
def test_addresses_break_as_pango_says(pango, words):
    text = "".join(words).strip()
    assert ours(text) == pango(text)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("九時～五時", [1, 2, 3, 4]),
        ("第Ⅱ期", [1, 2]),
        ("ⅡA棟", [2]),
        ("整理№二", [1, 2]),
        ("1,234円", [5]),
        ("（ 見", []),
        ("50%(1)", []),
    ],
)
def test_line_ends_by_hand(text, ends):
    """UAX #14: U+FF5E is ID, Ⅱ is AI (as AL), № is PR; LB13, LB14, LB25, LB28, LB30."""
    assert ours(text) == ends


@given(st.text(alphabet=LETTERS + "".join(SIGNS), min_size=1, max_size=12))
def test_a_line_never_starts_with_a_closing_sign_nor_ends_with_an_opening_one(text):
    for index in ours(text):
        assert text[index] not in "、。，．）」』】〕"
        assert text[index - 1] not in "（「『【〔("
