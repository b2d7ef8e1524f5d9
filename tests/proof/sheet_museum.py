"""The museum of bad notices: names, spellings, glyphs, versions and ink, one fault each, and the key the proof must find it by."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from proof_pages import gs1_128, piece_mark, piece_text
from proof_sheets import (
    AS_IS,
    BARS,
    GROUND,
    HEIGHT,
    LAST_YEAR,
    MINCHO,
    MM,
    PEOPLE,
    PIECE,
    Embedding,
    Item,
    Sheet,
    bars_text,
    expected,
    glyph,
    number,
    program,
    sheet,
    write_sheets,
)

from print_service.proof import ExpectedPage

Exhibit = tuple[Path, Sequence[ExpectedPage]]
MJ = Path("/usr/share/fonts/truetype/ipamj/ipamjm.ttf")


def _with(path: Path, second: Sheet, how: Embedding = AS_IS) -> Exhibit:
    """Three notices, the second as given."""
    return write_sheets(path, [sheet(1), second, sheet(3)], how), [expected(piece) for piece in (1, 2, 3)]


def _line(zone: str, **changes) -> Sheet:
    """The second notice with one line changed."""
    good = sheet(2)
    return replace(good, items={**good.items, zone: replace(good.items[zone], **changes)})


def _marked(**marks) -> Sheet:
    good = sheet(2)
    return replace(good, marks={**good.marks, **marks})


def sound(path):
    return _with(path, sheet(2))


def swapped_addressee(path):
    """The right number and amount in the envelope of the next payer."""
    third = sheet(3)
    return _with(
        path,
        replace(sheet(2), items={**sheet(2).items, **{z: third.items[z] for z in ("name-window", "address-window")}}),
    )


def shifted_by_one_piece(path):
    """Piece 2's notice is lost and the rest moves up: the count agrees, since one is printed twice."""
    return write_sheets(path, [sheet(1), sheet(3), sheet(3)]), [expected(piece) for piece in (1, 2, 3)]


def missing_sama(path):
    return _with(path, _line("name-window", text=PEOPLE[2][0]))


def name_left_out(path):
    good = sheet(2)
    return _with(path, replace(good, items={zone: item for zone, item in good.items.items() if zone != "name-window"}))


def name_misspelt(path):
    return _with(path, _line("name-window", text="辻\U000e0100　花一　様"))


def amount_of_another_year(path):
    return _with(path, _line("amount-total", text="48,300"))


def variant_lost_in_the_text(path):
    """辻 with one dot in the ledger, 辻 with two printed and told."""
    return _with(path, _line("name-window", text="辻　花子　様"))


def variant_lost_on_paper_only(path):
    """The text layer keeps the selector, the paper shows 辻 with two dots."""
    return _with(
        path,
        _line("name-window", glyphs=tuple(map(glyph, "辻　花子　様"))),
        Embedding(says={glyph("辻"): "辻\U000e0100"}, program=program((glyph("辻"),))),
    )


def tofu(path):
    """A private character no font has: .notdef stands on the paper, the text layer keeps the character."""
    pdf, pages = _with(path, _line("name-window", glyphs=(0, *map(glyph, "　花子　様"))), Embedding(says={0: "\ue000"}))
    second = pages[1]
    texts = (replace(second.texts[0], text="\ue000　花子　様"), *second.texts[1:])
    return pdf, [pages[0], replace(second, texts=texts), pages[2]]


def glyph_without_text(path):
    return _with(
        path, _line("amount-total", glyphs=(*map(glyph, "48,200"), glyph("御"))), Embedding(says={glyph("御"): ""})
    )


def text_layer_lies(path):
    """The paper shows 7,700, the text layer of that line says 48,200."""
    return _with(path, _line("amount-total", glyphs=tuple(map(glyph, "7,7003")), actual="48,200"))


def second_string_of_a_span_lies(path):
    """One ActualText over two strings: the first is the whole text's glyphs, the second another's."""
    good, name = sheet(2), sheet(2).items["name-window"]
    actual = name.text.encode("utf-16-be").hex()
    shown = ["".join(f"{glyph(c):04x}" for c in text) for text in ("辻　花子　", "御")]
    extra = f"BT /F 14 Tf {22 * MM:.3f} {(float(HEIGHT) - 45.4) * MM:.3f} Td /Span <</ActualText <feff{actual}>>> BDC"
    extra += f" <{shown[0]}> Tj <{shown[1]}> Tj EMC ET"
    return _with(path, replace(good, items={z: i for z, i in good.items.items() if z != "name-window"}, extra=extra))


def font_not_embedded(path):
    return _with(path, sheet(2), Embedding(embedded=False))


def font_of_nobody(path):
    return _with(path, sheet(2), Embedding(name="AAAAAA+SomeMincho"))


def font_broken(path):
    return _with(path, sheet(2), Embedding(program=program()[:200]))


def name_in_white(path):
    return _with(path, _line("name-window", operators="1 g"))


def name_half_covered(path):
    x, y = 40 * MM, (float(HEIGHT) - 47) * MM
    return _with(path, replace(sheet(2), extra=f"1 g {x:.2f} {y:.2f} 60 40 re f"))


def amount_not_painted(path):
    return _with(path, _line("amount-total", operators="3 Tr"))


def _up(mm: float) -> float:
    """Points from the foot of the paper of a place so far below its head."""
    return (float(HEIGHT) - mm) * MM


def amount_struck_out(path):
    """A thin rule of the page's own through the figures: the strings are right, the paper says that it does not hold."""
    y = _up(106 - 1.3)
    return _with(path, replace(sheet(2), extra=f"0 G 0.3 w {150 * MM:.2f} {y:.2f} m {170 * MM:.2f} {y:.2f} l S"))


def figure_drawn_before_the_amount(path):
    """A 1 drawn as a path: 148,200 on the paper."""
    return _with(path, replace(sheet(2), extra=f"0 g {148.6 * MM:.2f} {_up(106):.2f} 1 8 re f"))


def name_blacked_out(path):
    """A picture over the name's end; dark, so every letter's place has its ink."""
    at = f"{20 * MM:.2f} 0 0 {7 * MM:.2f} {30 * MM:.2f} {_up(46.5):.2f}"
    return _with(path, replace(sheet(2), extra=f"q {at} cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID 00> EI Q"))


def rule_of_the_ground_through_the_number(path):
    """The form that all pages share has a rule where the field stands."""
    rule = f"{GROUND} 0.4 g {128 * MM:.2f} {_up(121 - 1):.2f} {40 * MM:.2f} 0.5 re f"
    return write_sheets(path, [sheet(1), sheet(2), sheet(3)], AS_IS, rule), [expected(piece) for piece in (1, 2, 3)]


def ruled_and_shaded(path):
    """Sound: light shading, frames around a field and rules between its figures from above to below the line."""
    x, foot, head = 150 * MM, _up(107.5), _up(101.5)
    rules = " ".join(f"{x + at * 5.25 - 0.15:.2f} {foot:.2f} 0.3 {head - foot:.2f} re" for at in range(4))
    frame = f"{x - 8:.2f} {foot:.2f} {40 * MM:.2f} 0.3 re {x - 8:.2f} {head:.2f} {40 * MM:.2f} 0.3 re"
    shade = f"0.9 g {x - 8:.2f} {foot:.2f} {40 * MM:.2f} {head - foot:.2f} re f"
    ground = f"{GROUND} {shade} 0 g {rules} {frame} f"
    return write_sheets(path, [sheet(1), sheet(2), sheet(3)], AS_IS, ground), [expected(piece) for piece in (1, 2, 3)]


def neighbours_number_in_the_text(path):
    good = sheet(2)
    stray = Item(number(3), 30, 170)
    return _with(path, replace(good, items={**good.items, "stray": stray}))


def neighbours_name_in_the_text(path):
    good = sheet(2)
    return _with(path, replace(good, items={**good.items, "stray": Item(PEOPLE[3][0], 30, 170)}))


def long_number_of_nobody(path):
    good = sheet(2)
    return _with(path, replace(good, items={**good.items, "stray": Item("9876543210", 30, 170)}))


def something_in_an_empty_field(path):
    pdf, pages = sound(path)
    texts = (*pages[1].texts[:2], replace(pages[1].texts[2], text=""), pages[1].texts[3])
    return pdf, [pages[0], replace(pages[1], texts=texts), pages[2]]


def form_of_last_year(path):
    return _with(path, _line("wording", text=LAST_YEAR))


def wording_left_out(path):
    good = sheet(2)
    return _with(path, replace(good, items={zone: item for zone, item in good.items.items() if zone != "wording"}))


def bar_code_date_before_due_date(path):
    """Ledger and paper agree on digits whose last day is before the due date."""
    digits = bars_text(2, last=date(2026, 6, 29))
    return _bars(path, digits)


def bar_code_of_another_amount(path):
    return _bars(path, bars_text(2, amount=48_300))


def bar_code_of_another_last_day(path):
    return _bars(path, bars_text(2, last=date(2026, 8, 31)))


def _bars(path: Path, digits: str) -> Exhibit:
    drawn = replace(gs1_128(digits), x=float(BARS[0]) + 2.54, y=float(BARS[1]))
    pdf, pages = _with(path, _marked(**{"gs1-128": drawn}))
    marks = (pages[1].marks[0], replace(pages[1].marks[1], text=digits))
    return pdf, [pages[0], replace(pages[1], marks=marks), pages[2]]


def symbol_cut_at_the_edge(path):
    """The bars reach over the paper's left edge: what is left of them cannot be read."""
    zone = (type(BARS[0])("0"), *BARS[1:])
    cut = replace(sheet(2).marks["gs1-128"], x=-1.5)
    pdf, pages = _with(path, _marked(**{"gs1-128": cut}))
    marks = (pages[1].marks[0], replace(pages[1].marks[1], zone=zone))
    return pdf, [pages[0], replace(pages[1], marks=marks), pages[2]]


def mark_a_quarter_millimetre_off(path):
    good = sheet(2).marks["piece"]
    return _with(path, _marked(piece=replace(good, x=good.x + 0.25)))


def bars_two_per_cent_wide(path):
    """Printed "fit to page"."""
    good = sheet(2).marks["gs1-128"]
    return _with(path, _marked(**{"gs1-128": replace(good, module=good.module * 1.02)}))


def mark_on_a_fold(path):
    pdf, pages = sound(path)
    layout = replace(pages[1].layout, folds=((BARS[0], BARS[1] + 5, BARS[2], BARS[3] * 0),))
    return pdf, [pages[0], replace(pages[1], layout=layout), pages[2]]


def rule_in_the_margin(path):
    return _with(path, replace(sheet(2), extra="0 g 5 400 1 100 re f"))


def number_seen_through_the_window(path):
    return _with(path, _line("wording", y=55, x=90, size=5, text="令和8年中の割合　年2.8％"))


def ink_where_the_stamp_goes(path):
    x, y = 160 * MM, (float(HEIGHT) - 280) * MM
    return _with(path, replace(sheet(2), extra=f"0 g {x:.2f} {y:.2f} 10 1 re f"))


def duplicated_slip_number(path):
    """Two notices with one bar code: the ledger that allowed it is wrong as well."""
    first = bars_text(1)
    drawn = replace(gs1_128(first), x=float(BARS[0]) + 2.54, y=float(BARS[1]))
    pdf, pages = _with(path, _marked(**{"gs1-128": drawn}))
    marks = (pages[1].marks[0], replace(pages[1].marks[1], text=first))
    return pdf, [pages[0], replace(pages[1], marks=marks), pages[2]]


def page_lost(path):
    return write_sheets(path, [sheet(1), sheet(2)]), [expected(piece) for piece in (1, 2, 3)]


def sheets_out_of_order(path):
    """The piece mark counts another sheet than the one that lies here."""
    mark = piece_mark(piece_text(2, sheet=2, sheets=2))
    at = {"x": float(PIECE[0]) + 2 * mark.module, "y": float(PIECE[1]) + 2 * mark.module}
    return _with(path, _marked(piece=replace(mark, **at)))


_WEASYPRINT = """
import sys
from pathlib import Path
import weasyprint
from weasyprint.text.fonts import FontConfiguration
mincho, mj, out = sys.argv[1:]
css = f'''@font-face {{ font-family: "BIZ UDMincho"; src: url("{Path(mincho).as_uri()}"); unicode-range: U+0-7F, U+8FBB }}
@font-face {{ font-family: "BIZ UDMincho"; src: url("{Path(mj).as_uri()}"); unicode-range: U+592A, U+90CE }}
@page {{ size: 210mm 297mm; margin: 0 }} p {{ position: absolute; left: 22mm; top: 35mm; margin: 0; font: 14pt "BIZ UDMincho" }}'''
html = f'<html lang="ja"><head><title>x</title><style>{css}</style></head><body><p>辻太郎</p></body></html>'
weasyprint.HTML(string=html).write_pdf(out, font_config=FontConfiguration())
"""


def two_files_under_one_family(path):
    """WeasyPrint draws the second file's glyph numbers with the first file's outlines; the text layer says 辻太郎 all the same."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(path.parent / "cache")}
    command = [sys.executable, "-c", _WEASYPRINT, str(MINCHO), str(MJ), str(path)]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    name = replace(expected(1).texts[0], text="辻太郎")
    return path, [replace(expected(1), marks=(), texts=(name,), slip=None, layout=type(expected(1).layout)())]


SHEETS: dict[Callable[[Path], Exhibit], str] = {
    swapped_addressee: "proof.foreign-text",
    shifted_by_one_piece: "proof.foreign-piece",
    missing_sama: "proof.honorific-missing",
    name_left_out: "proof.text-missing",
    name_misspelt: "proof.text-differs",
    amount_of_another_year: "proof.text-differs",
    variant_lost_in_the_text: "proof.text-variant",
    variant_lost_on_paper_only: "proof.glyph-variant",
    tofu: "proof.notdef",
    glyph_without_text: "proof.glyph-without-text",
    text_layer_lies: "proof.glyph-differs",
    second_string_of_a_span_lies: "proof.glyph-differs",
    font_not_embedded: "proof.font-not-embedded",
    font_of_nobody: "proof.font-not-pinned",
    font_broken: "proof.font-broken",
    name_in_white: "proof.text-invisible",
    name_half_covered: "proof.text-invisible",
    amount_not_painted: "proof.text-invisible",
    amount_struck_out: "proof.text-overdrawn",
    figure_drawn_before_the_amount: "proof.text-overdrawn",
    name_blacked_out: "proof.text-invisible",
    rule_of_the_ground_through_the_number: "proof.text-overdrawn",
    neighbours_number_in_the_text: "proof.foreign-text",
    neighbours_name_in_the_text: "proof.foreign-text",
    long_number_of_nobody: "proof.number-unexpected",
    something_in_an_empty_field: "proof.text-unexpected",
    form_of_last_year: "proof.form-version",
    wording_left_out: "proof.wording-missing",
    bar_code_date_before_due_date: "proof.date-before-due",
    bar_code_of_another_amount: "proof.slip-amount",
    bar_code_of_another_last_day: "proof.slip-date",
    symbol_cut_at_the_edge: "proof.mark-cut",
    mark_a_quarter_millimetre_off: "proof.mark-shifted",
    bars_two_per_cent_wide: "proof.mark-size",
    mark_on_a_fold: "proof.mark-on-fold",
    rule_in_the_margin: "proof.margin",
    number_seen_through_the_window: "proof.window",
    ink_where_the_stamp_goes: "proof.keep-out",
    duplicated_slip_number: "proof.mark-twice",
    page_lost: "proof.sheet-missing",
    sheets_out_of_order: "proof.sheet-order",
    two_files_under_one_family: "proof.glyph-differs",
}
