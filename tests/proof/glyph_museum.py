"""The museum of text maps and spans that lie: the text layer says what the ledger says, the paper another thing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from proof_sheets import (
    AS_IS,
    HEIGHT,
    MM,
    PEOPLE,
    Embedding,
    Item,
    Sheet,
    clusters,
    expected,
    glyph,
    program,
    sheet,
    write_sheets,
)

from print_service.proof import ExpectedPage

Exhibit = tuple[Path, Sequence[ExpectedPage]]
AMOUNT, NAME = "48,200", f"{PEOPLE[2][0]}　様"


def _with(path: Path, second: Sheet, how: Embedding = AS_IS) -> Exhibit:
    """Three notices, the second as given."""
    return write_sheets(path, [sheet(1), second, sheet(3)], how), [expected(piece) for piece in (1, 2, 3)]


def _span(zone: str, actual: str, strings: Sequence[Sequence[int]]) -> Sheet:
    """The second notice, one line of it under an ActualText, in several strings of these glyphs."""
    good = sheet(2)
    line: Item = good.items[zone]
    at = f"BT /F {line.size} Tf {line.x * MM:.3f} {(float(HEIGHT) - line.y) * MM:.3f} Td"
    shown = " ".join("<" + "".join(f"{code:04x}" for code in string) + "> Tj" for string in strings)
    extra = f"0 g {at} /Span <</ActualText <feff{actual.encode('utf-16-be').hex()}>>> BDC {shown} EMC ET"
    return replace(good, items={z: item for z, item in good.items.items() if z != zone}, extra=extra)


def _glyphs(*texts: str) -> list[list[int]]:
    return [[glyph(cluster) for cluster in clusters(text)] for text in texts]


def one_glyph_for_two_figures(path):
    """The map says 48 for the glyph of the 4: 4,200 on the paper, 48,200 in the text."""
    notice = replace(sheet(2).items["amount-total"], glyphs=tuple(map(glyph, "4,200")))
    second = replace(sheet(2), items={**sheet(2).items, "amount-total": notice})
    return write_sheets(path, [second], Embedding(says={glyph("4"): "48"})), [replace(expected(2), page=0)]


def span_with_a_glyph_more(path):
    return _with(path, _span("amount-total", AMOUNT, _glyphs("848,200")))


def span_with_a_glyph_less(path):
    return _with(path, _span("amount-total", AMOUNT, _glyphs("4,200")))


def span_with_its_strings_swapped(path):
    return _with(path, _span("amount-total", AMOUNT, _glyphs("84", ",200")))


def span_whose_first_string_is_the_whole(path):
    return _with(path, _span("amount-total", AMOUNT, _glyphs("48,200", "0")))


def span_in_another_order(path):
    return _with(path, _span("amount-total", AMOUNT, _glyphs("84,200")))


def span_of_nothing(path):
    """An empty ActualText over a figure before the amount."""
    spanned = _span("amount-total", "", _glyphs("1"))
    line = replace(sheet(2).items["amount-total"], x=152)
    return _with(path, replace(spanned, items={**spanned.items, "amount-total": line}))


def span_without_the_variant(path):
    """辻 with two dots under a text that says one."""
    how = Embedding(program=program((glyph("辻"),)))
    return _with(path, _span("name-window", NAME, _glyphs("辻　花子　様")), how)


def span_with_a_white_box(path):
    return _with(path, _span("name-window", NAME, [[0, *map(glyph, "　花子　様")]]))


def name_in_a_span(path):
    """Sound: a span of two strings that draw its text."""
    return _with(path, _span("name-window", NAME, _glyphs(NAME[:4], NAME[4:])))


def one_glyph_for_letter_and_mark(path):
    """Sound: が spelt か and its voicing mark, which the font draws by one glyph."""
    how = Embedding(says={glyph("が"): "か\u3099"}, program=program((glyph("が"),)))
    return _with(path, sheet(2), how)


GLYPHS: dict[Callable[[Path], Exhibit], str] = {
    one_glyph_for_two_figures: "proof.glyph-differs",
    span_with_a_glyph_more: "proof.glyph-differs",
    span_with_a_glyph_less: "proof.glyph-differs",
    span_with_its_strings_swapped: "proof.glyph-differs",
    span_whose_first_string_is_the_whole: "proof.glyph-differs",
    span_in_another_order: "proof.glyph-differs",
    span_of_nothing: "proof.glyph-without-text",
    span_without_the_variant: "proof.glyph-variant",
    span_with_a_white_box: "proof.notdef",
}
"""What the proof must say of each."""
