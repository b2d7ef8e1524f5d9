"""The museum of fields that read right and look wrong: letters nobody can read, drawings and letters over them, wording off the paper.

`FIELD_FAULTS` names each fault's key; `SOUND` are furniture and settings of real forms that must not be taken for faults.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from proof_pages import gs1_128, piece_mark, piece_text
from proof_sheets import (
    AS_IS,
    GROUND,
    HEIGHT,
    MM,
    WORDING,
    Item,
    Sheet,
    bars_text,
    box,
    clusters,
    expected,
    glyph,
    number,
    sheet,
    write_sheets,
)

from print_service.proof import ExpectedPage, ExpectedText, Layout

Exhibit = tuple[Path, Sequence[ExpectedPage]]
AMOUNT_X = 150 * MM
FIGURE = 5.5  # points: half an em of 11
EMPTY = box("120 140 60 9")


def _up(mm: float) -> float:
    """Points from the foot of the paper of a place so far below its head."""
    return (float(HEIGHT) - mm) * MM


def _hex(text: str) -> str:
    return "<" + "".join(f"{glyph(c):04x}" for c in clusters(text)) + ">"


def _text(text: str, x: float, y: float, size: float = 11) -> str:
    return f"q 0 g BT /F {size} Tf {x * MM:.3f} {_up(y):.3f} Td {_hex(text)} Tj ET Q"


def _with(path: Path, second: Sheet) -> Exhibit:
    """Three notices, the second as given."""
    return write_sheets(path, [sheet(1), second, sheet(3)]), [expected(piece) for piece in (1, 2, 3)]


def _extra(path: Path, operators: str, *without: str) -> Exhibit:
    good = sheet(2)
    items = {zone: item for zone, item in good.items.items() if zone not in without}
    return _with(path, replace(good, items=items, extra=operators))


def _line(zone: str, **changes) -> Sheet:
    good = sheet(2)
    return replace(good, items={**good.items, zone: replace(good.items[zone], **changes)})


def _on_ground(path: Path, operators: str, second: Sheet | None = None) -> Exhibit:
    """All three notices on a ground that draws more."""
    sheets = [sheet(1), second or sheet(2), sheet(3)]
    return write_sheets(path, sheets, AS_IS, f"{GROUND} {operators}"), [expected(piece) for piece in (1, 2, 3)]


def _edited(exhibit: Exhibit, edit: Callable[[pikepdf.Pdf], None]) -> Exhibit:
    with pikepdf.open(exhibit[0], allow_overwriting_input=True) as pdf:
        edit(pdf)
        pdf.save(exhibit[0], deterministic_id=True)
    return exhibit


def name_of_two_points(path):
    return _with(path, _line("name-window", size=2))


def amount_squashed(path):
    return _with(path, _line("amount-total", operators="0 g 20 Tz"))


def amount_upside_down(path):
    operators = f"q 0 g BT /F 11 Tf 1 0 0 -1 {AMOUNT_X:.2f} {_up(103.3):.2f} Tm {_hex('48,200')} Tj ET Q"
    return _extra(path, operators, "amount-total")


def amount_mirrored(path):
    operators = f"q 0 g BT /F 11 Tf -1 0 0 1 {170 * MM:.2f} {_up(106):.2f} Tm {_hex('48,200')} Tj ET Q"
    return _extra(path, operators, "amount-total")


def amount_slanted_in_white(path):
    operators = f"q 1 g BT /F 11 Tf 1 0 0.2 1 {AMOUNT_X:.2f} {_up(106):.2f} Tm {_hex('48,200')} Tj ET Q"
    return _extra(path, operators, "amount-total")


def figures_set_in_another_order(path):
    """The string says 4 and 8; the second stands before the first: 84,200."""
    array = f"[-500 {_hex('4')} 1000 {_hex('8')} -500 {_hex(',200')}]"
    return _extra(path, f"q 0 g BT /F 11 Tf {AMOUNT_X:.2f} {_up(106):.2f} Td {array} TJ ET Q", "amount-total")


def figures_torn_apart(path):
    array = f"[{_hex('48,2')} -8000 {_hex('00')}]"
    return _extra(path, f"q 0 g BT /F 11 Tf {130 * MM:.2f} {_up(106):.2f} Td {array} TJ ET Q", "amount-total")


def figures_run_together(path):
    return _with(path, _line("amount-total", operators="0 g -2.5 Tc"))


def amount_in_blots(path):
    """Outlined so thickly that every figure is a blot."""
    return _with(path, _line("amount-total", operators="0 g 0 G 2 Tr 4 w"))


def strings_in_another_order(path):
    """Two strings a hair apart in height, the later figures first: the paper says 20048,."""
    return _extra(path, _text("200", 150, 106.0) + _text("48,", 155.9, 105.98), "amount-total")


def wording_across_the_amount(path):
    return _extra(path, _text("東京都見本区見本町一丁目東京都見本区見本町一丁目", 110, 106, 9.5))


def watermark_over_the_amount(path):
    return _extra(path, _text("見本", 110, 130, 120))


def lower_half_of_the_name_under_white(path):
    return _extra(path, f"1 g {20 * MM:.2f} {_up(46.5):.2f} {80 * MM:.2f} {3.2 * MM:.2f} re f")


def figures_under_a_white_form(path):
    """A form that all pages share comes after the letters and hides their lower half."""

    def edit(pdf: pikepdf.Pdf) -> None:
        patch = pdf.make_stream(f"1 g {120 * MM:.2f} {_up(109):.2f} {60 * MM:.2f} {4.7 * MM:.2f} re f".encode())
        patch.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 596, 842])
        for page in pdf.pages:
            page.obj.Resources.XObject.H = patch
            page.obj.Contents = pdf.make_stream(page.obj.Contents.read_bytes() + b"\n/H Do")

    return _edited(_with(path, sheet(2)), edit)


def rule_where_the_second_page_has_a_line(path):
    """The ground's rule meets no line of the first page; the second page's address has two."""
    first = replace(sheet(2).items["address-window"], text="東京都見本区中央")
    second = replace(first, text="2番3号", y=26.7)
    items = {**sheet(2).items, "address-1": first, "address-window": second}
    rule = f"0 g {22 * MM:.2f} {_up(25.3):.2f} {70 * MM:.2f} 0.8 re f"
    return _on_ground(path, rule, replace(sheet(2), items=items))


def rules_through_every_figure(path):
    rules = " ".join(f"{AMOUNT_X + (at + 0.5) * FIGURE:.2f} {_up(108):.2f} 0.6 {7 * MM:.2f} re" for at in range(6))
    return _on_ground(path, f"0 g {rules} f")


def drawing_in_a_field_that_must_be_empty(path):
    bars = f"0 g {150 * MM:.2f} {_up(146):.2f} 1.5 8 re {152 * MM:.2f} {_up(146):.2f} 1.5 8 re f"
    pdf, pages = _extra(path, bars)
    return pdf, [replace(page, texts=(*page.texts, ExpectedText("amount-4", EMPTY, ""))) for page in pages]


def name_in_pale_grey(path):
    return _with(path, _line("name-window", operators="0.8 g"))


def white_comma(path):
    shown = f"0 g {_hex('48')} Tj 1 g {_hex(',')} Tj 0 g {_hex('200')} Tj"
    return _extra(path, f"q BT /F 11 Tf {AMOUNT_X:.2f} {_up(106):.2f} Td {shown} ET Q", "amount-total")


def white_amount_on_a_rule(path):
    """The rule under the figures has the ink that the figures lack."""
    rule = f"0 g {120 * MM:.2f} {_up(106.35):.2f} {60 * MM:.2f} 0.5 re f"
    return _on_ground(path, rule, _line("amount-total", operators="1 g"))


def wording_in_white(path):
    return _with(path, _line("wording", operators="1 g"))


def wording_beside_the_paper(path):
    return _with(path, _line("wording", x=230))


def wording_under_a_picture(path):
    return _extra(path, f"0.3 g {20 * MM:.2f} {_up(152):.2f} {80 * MM:.2f} 20 re f")


def wording_cut_off_by_its_form(path):
    """A form's box is smaller than what it says."""

    def edit(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[1].obj
        cut = pdf.make_stream(_text(WORDING, 22, 150, 9).encode())
        fonts = Dictionary(Font=page.Resources.Font)
        cut.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 100], Resources=fonts)
        page.Resources.XObject.K = cut
        page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\n/K Do")

    return _edited(_extra(path, "", "wording"), edit)


def neighbours_name_with_sama(path):
    return _extra(path, _text("渡邉　一郎　様", 30, 170))


def neighbours_name_in_two_strings(path):
    return _extra(path, _text("渡邉", 30, 170) + _text("　一郎", 30 + 22 / MM, 170))


def neighbours_number_in_groups(path):
    return _extra(path, _text(f"{number(3)[:4]},{number(3)[4:]}", 30, 170))


def neighbours_name_among_the_bars(path):
    return _extra(path, _text("渡邉　一郎", 25, 242.6, 5))


def neighbours_name_on_a_page_without_fields(path):
    pdf, pages = _with(path, replace(sheet(2), items={"stray": Item("渡邉　一郎", 30, 170)}))
    return pdf, [pages[0], replace(pages[1], texts=(), layout=Layout(name="back")), pages[2]]


def neighbours_bars_beside_their_zone(path):
    good = sheet(2)
    stray = replace(gs1_128(bars_text(3)), x=100, y=255)
    return _with(path, replace(good, marks={**good.marks, "stray": stray}))


def neighbours_piece_mark_in_the_text(path):
    good = sheet(2)
    return _with(path, replace(good, marks={**good.marks, "stray": replace(piece_mark(piece_text(3)), x=100, y=200)}))


def amount_that_nobody_compares(path):
    pdf, pages = _extra(path, _text("7,700", 30, 170))
    return pdf, [replace(page, also="令和8年中の割合年2.8％") for page in pages]


def _annotated(path: Path, kind: str, body: str) -> Exhibit:
    def edit(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[1].obj
        look = pdf.make_stream(body.encode())
        fonts = Dictionary(Font=page.Resources.Font)
        look.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 68, 14], Resources=fonts)
        rectangle = Array([148 * MM, _up(107), 172 * MM, _up(102)])
        note = Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=rectangle, F=4, AP=Dictionary(N=look))
        page.Annots = Array([pdf.make_indirect(note)])

    return _edited(_with(path, sheet(2)), edit)


def stamp_laid_over_the_amount(path):
    return _annotated(path, "Stamp", "0 g 0 5 68 2 re f")


def comment_with_another_amount(path):
    return _annotated(path, "FreeText", f"1 g 0 0 68 14 re f 0 g BT /F 11 Tf 5 3 Td {_hex('13,200')} Tj ET")


def layer_that_only_the_printer_shows(path):
    operators = f"/OC /L BDC 0 g {148 * MM:.2f} {_up(107):.2f} {30 * MM:.2f} {5 * MM:.2f} re f EMC"

    def edit(pdf: pikepdf.Pdf) -> None:
        states = Dictionary(Print=Dictionary(PrintState=Name.ON), View=Dictionary(ViewState=Name.OFF))
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=b"w", Usage=states))
        switched = [
            Dictionary(Event=Name("/" + event), OCGs=Array([layer]), Category=Array([Name("/" + event)]))
            for event in ("Print", "View")
        ]
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(Order=Array([layer]), AS=Array(switched)))
        pdf.pages[1].obj.Resources.Properties = Dictionary(L=layer)

    return _edited(_extra(path, operators), edit)


def form_that_draws_itself(path):
    def edit(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[1].obj
        form = pdf.make_indirect(pdf.make_stream(b"/K Do"))
        form.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], Resources=Dictionary())
        form.Resources.XObject = Dictionary(K=form)
        page.Resources.XObject.K = form
        page.Contents = pdf.make_stream(page.Contents.read_bytes() + b"\n/K Do")

    return _edited(_with(path, sheet(2)), edit)


def string_at_no_place(path):
    return _extra(path, f"BT /F 11 Tf 1 0 0 1 {'9' * 400} 100 Tm {_hex('見')} Tj ET")


FIELD_FAULTS: dict[Callable[[Path], Exhibit], str] = {
    name_of_two_points: "proof.text-illegible",
    amount_squashed: "proof.text-illegible",
    amount_upside_down: "proof.text-illegible",
    amount_mirrored: "proof.text-illegible",
    amount_slanted_in_white: "proof.text-illegible",
    figures_set_in_another_order: "proof.text-illegible",
    figures_torn_apart: "proof.text-illegible",
    figures_run_together: "proof.text-illegible",
    amount_in_blots: "proof.text-illegible",
    strings_in_another_order: "proof.text-differs",
    wording_across_the_amount: "proof.text-overlapped",
    watermark_over_the_amount: "proof.text-overlapped",
    lower_half_of_the_name_under_white: "proof.text-overdrawn",
    figures_under_a_white_form: "proof.text-invisible",
    rule_where_the_second_page_has_a_line: "proof.text-overdrawn",
    rules_through_every_figure: "proof.text-overdrawn",
    drawing_in_a_field_that_must_be_empty: "proof.text-overdrawn",
    name_in_pale_grey: "proof.text-invisible",
    white_comma: "proof.text-invisible",
    white_amount_on_a_rule: "proof.text-invisible",
    wording_in_white: "proof.wording-unseen",
    wording_beside_the_paper: "proof.wording-unseen",
    wording_under_a_picture: "proof.wording-unseen",
    wording_cut_off_by_its_form: "proof.wording-unseen",
    neighbours_name_with_sama: "proof.foreign-text",
    neighbours_name_in_two_strings: "proof.foreign-text",
    neighbours_number_in_groups: "proof.foreign-text",
    neighbours_name_among_the_bars: "proof.foreign-text",
    neighbours_name_on_a_page_without_fields: "proof.foreign-text",
    neighbours_bars_beside_their_zone: "proof.mark-unexpected",
    neighbours_piece_mark_in_the_text: "proof.mark-unexpected",
    amount_that_nobody_compares: "proof.text-undeclared",
    stamp_laid_over_the_amount: "proof.page-annotated",
    comment_with_another_amount: "proof.page-annotated",
    layer_that_only_the_printer_shows: "proof.page-layers",
    form_that_draws_itself: "proof.page-unreadable",
    string_at_no_place: "proof.page-unreadable",
}


def strings_of_a_name_a_hair_apart(path):
    text = sheet(2).items["name-window"].text
    first, rest = text[:2], text[2:]  # a character with its selector
    return _extra(path, _text(first, 22, 45.405, 14) + _text(rest, 22 + 14 / MM, 45.394, 14), "name-window")


def tinted_by_a_fifth(path):
    return _on_ground(path, f"0.8 g {120 * MM:.2f} {_up(109):.2f} {60 * MM:.2f} {9 * MM:.2f} re f")


def tinted_in_part(path):
    return _on_ground(path, f"0.8 g {120 * MM:.2f} {_up(109):.2f} {35 * MM:.2f} {9 * MM:.2f} re f")


def white_figures_in_a_black_cell(path):
    cell = f"0 g {120 * MM:.2f} {_up(109):.2f} {60 * MM:.2f} {9 * MM:.2f} re f"
    pages = [expected(piece) for piece in (1, 2, 3)]
    sheets = [sheet(piece) for piece in (1, 2, 3)]
    white = [
        replace(each, items={**each.items, "amount-total": replace(each.items["amount-total"], operators="1 g")})
        for each in sheets
    ]
    return write_sheets(path, white, AS_IS, f"{GROUND} {cell}"), pages


def _between_figures(path: Path, foot: float, head: float, dash: str = "") -> Exhibit:
    rules = " ".join(
        f"{AMOUNT_X + at * FIGURE:.2f} {_up(foot):.2f} m {AMOUNT_X + at * FIGURE:.2f} {_up(head):.2f} l"
        for at in range(7)
    )
    return _on_ground(path, f"0 G 0.4 w {dash} {rules} S [] 0 d")


def dashed_rules_between_figures(path):
    return _between_figures(path, 109, 100.5, "[1.5 1] 0 d")


def ticks_between_figures(path):
    return _between_figures(path, 106.5, 104.8)


def boxes_around_figures(path):
    boxes = " ".join(f"{AMOUNT_X + at * FIGURE:.2f} {_up(106.4):.2f} {FIGURE} {3.9 * MM:.2f} re" for at in range(6))
    return _on_ground(path, f"0 G 0.4 w {boxes} S")


SOUND: tuple[Callable[[Path], Exhibit], ...] = (
    strings_of_a_name_a_hair_apart,
    tinted_by_a_fifth,
    tinted_in_part,
    white_figures_in_a_black_cell,
    dashed_rules_between_figures,
    ticks_between_figures,
    boxes_around_figures,
)
