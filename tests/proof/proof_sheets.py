"""Notices with names, addresses, amounts and a pinned font, drawn without any code of ours: fontTools makes the subset, pikepdf the file."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name
from proof_pages import MM, Drawn, gs1_128, piece_mark, piece_text

from print_service.proof import ExpectedMark, ExpectedPage, ExpectedText, Layout, SlipFacts
from print_service.resources import fonts_dir

WIDTH, HEIGHT = Decimal("210.0"), Decimal("297.0")
MINCHO = fonts_dir() / "BIZUDMincho-Regular.ttf"
WORDING = "令和8年中の割合　年2.8％"
LAST_YEAR = "令和7年中の割合　年2.4％"
PEOPLE = {
    1: ("見本　太郎", "東京都見本区見本町一丁目1番1号", 12_300),
    2: ("辻\U000e0100　花子", "東京都見本区中央2番3号", 48_200),
    3: ("渡邉　一郎", "東京都見本区南町30番4号", 7_700),
}
DUE, PAY_BY = date(2026, 6, 30), date(2026, 6, 30)


def box(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(side) for side in text.split())


PIECE = box("193.5 6.5 10 10")
BARS = box("20 230 60 13")
ZONES = {
    "name-window": box("22 35 86 11.5"),
    "address-window": box("22 13.5 86 21"),
    "amount-total": box("120 100 60 9"),
    "number-payer": box("120 115 60 9"),
}
LAYOUT = Layout(
    name="sheet-1",
    wording=("令和8年中の割合年2.8％",),
    other_wording=(("2025-01-01", "令和7年中の割合年2.4％"),),
    folds=(box("0 99 210 0"), box("0 198 210 0")),
    windows=(box("20 12 90 45"),),
    keep_out=(("stamp", box("150 270 40 15")),),
    margin_mm=Decimal("4.0"),
    fold_clear_mm=Decimal("2.0"),
)
_SAID = "".join(name + address for name, address, _ in PEOPLE.values()) + WORDING + LAST_YEAR + "0123456789,様御中次一"
ALPHABET = tuple(sorted(set(_SAID) - {"\U000e0100"}))


@dataclass(frozen=True)
class Item:
    """A line of text: left end and baseline in mm, size in points; `operators` go before it (colour, rendering mode)."""

    text: str
    x: float
    y: float
    size: float = 11
    operators: str = "0 g"
    glyphs: tuple[int, ...] = ()
    actual: str = ""


@dataclass(frozen=True)
class Sheet:
    """One page: lines by zone, marks, anything else."""

    piece: int
    items: Mapping[str, Item]
    marks: Mapping[str, Drawn]
    extra: str = ""


def number(piece: int) -> str:
    return f"000000{piece:04d}"


def sheet(piece: int) -> Sheet:
    """A notice without fault."""
    name, address, amount = PEOPLE[piece]
    items = {
        "name-window": Item(f"{name}　様", 22, 45.4, 14),
        "address-window": Item(address, 22, 21.7, 10.5),
        "amount-total": Item(f"{amount:,}", 150, 106),
        "number-payer": Item(number(piece), 130, 121),
        "wording": Item(WORDING, 22, 150, 9),
    }
    mark = piece_mark(piece_text(piece))
    bars = gs1_128(bars_text(piece))
    marks = {
        "piece": replace(mark, x=float(PIECE[0]) + 2 * mark.module, y=float(PIECE[1]) + 2 * mark.module),
        "gs1-128": replace(bars, x=float(BARS[0]) + 2.54, y=float(BARS[1])),
    }
    return Sheet(piece, items, marks)


def bars_text(piece: int, *, last: date = PAY_BY, amount: int | None = None) -> str:
    amount = PEOPLE[piece][2] if amount is None else amount
    body = f"91999999{'13199':5s}{piece:016d}0{last:%y%m%d}0{amount:06d}"
    total = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def expected(piece: int, page: int | None = None) -> ExpectedPage:
    """What the ledger says of a piece's notice, as the page of its number."""
    name, address, amount = PEOPLE[piece]
    says = {
        "name-window": f"{name}　様",
        "address-window": address,
        "amount-total": f"{amount:,}",
        "number-payer": number(piece),
    }
    ink = box("194.18 7.18 0 0")
    marks = (
        ExpectedMark("piece", PIECE, piece_text(piece), ink),
        ExpectedMark("gs1-128", BARS, bars_text(piece), box("22.54 230 48.77 10.5")),
    )
    texts = tuple(ExpectedText(zone, ZONES[zone], text) for zone, text in says.items())
    slip = SlipFacts(amount, DUE, PAY_BY)
    return ExpectedPage(piece, (page if page is not None else piece - 1), WIDTH, HEIGHT, marks, texts, LAYOUT, slip)


@cache
def _font() -> TTFont:
    return TTFont(MINCHO)


@cache
def _variants() -> Mapping[tuple[int, int], str]:
    tables = [table for table in _font()["cmap"].tables if table.format == 14]
    return {(base, vs): name for table in tables for vs, pairs in table.uvsDict.items() for base, name in pairs if name}


def glyph(cluster: str) -> int:
    """Glyph number of a character, or of a character with its selector, in the source font."""
    name = _variants()[ord(cluster[0]), ord(cluster[1])] if len(cluster) > 1 else _font().getBestCmap()[ord(cluster)]
    return _font().getGlyphID(name)


def clusters(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        if 0xE0100 <= ord(character) <= 0xE01EF:
            found[-1] += character
        else:
            found.append(character)
    return found


@cache
def program(extra: tuple[int, ...] = ()) -> bytes:
    """The source font's glyphs for the alphabet under their own numbers."""
    font = TTFont(MINCHO)
    options = subset.Options(retain_gids=True, notdef_outline=True, layout_features=[], name_IDs=[6], hinting=False)
    options.drop_tables += ["meta"]
    tool = subset.Subsetter(options)
    tool.populate(gids=[0, *extra, *(glyph(c) for c in (*ALPHABET, *clusters(PEOPLE[2][0])))])
    tool.subset(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class Embedding:
    """How the font is embedded: its name, texts that differ from the truth by glyph number, the program, whether at all."""

    name: str = "AAAAAA+BIZUDMincho-Regular"
    says: Mapping[int, str] = field(default_factory=dict)
    program: bytes | None = None
    embedded: bool = True


AS_IS = Embedding()


def _embed(pdf: pikepdf.Pdf, how: Embedding) -> pikepdf.Object:
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/" + how.name), Flags=4, FontBBox=[0, -200, 1000, 900], ItalicAngle=0,
        Ascent=880, Descent=-120, CapHeight=700, StemV=80,
    )  # fmt: skip
    if how.embedded:
        descriptor["/FontFile2"] = pdf.make_stream(how.program or program())
    widths = pikepdf.Array()
    for character in "0123456789,":
        widths.append(glyph(character))
        widths.append(pikepdf.Array([500]))
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name("/" + how.name), DW=1000, W=widths,
        CIDToGIDMap=Name.Identity, CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
    )  # fmt: skip
    texts = {glyph(c): c for c in (*ALPHABET, *clusters(PEOPLE[2][0]))} | dict(how.says)
    pairs = "\n".join(f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in texts.items())
    cmap = f"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange {len(texts)} beginbfchar {pairs} endbfchar"
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/" + how.name), Encoding=Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)], ToUnicode=pdf.make_stream(cmap.encode()),
        )
    )  # fmt: skip


def _operators(item: Item) -> str:
    codes = item.glyphs or [glyph(c) for c in clusters(item.text)]
    x, y = item.x * MM, (float(HEIGHT) - item.y) * MM
    shown = "<" + "".join(f"{code:04x}" for code in codes) + "> Tj"
    if item.actual:
        shown = f"/Span <</ActualText <feff{item.actual.encode('utf-16-be').hex()}>>> BDC {shown} EMC"
    return f"q {item.operators} BT /F {item.size} Tf {x:.3f} {y:.3f} Td {shown} ET Q"


GROUND = "0.5 g 0 561 8 0.3 re 0 280.6 8 0.3 re f"


def write_sheets(path: Path, sheets: Sequence[Sheet], how: Embedding = AS_IS, ground_draws: str = GROUND) -> Path:
    """The notices as a file, one page each; their ground, the fold marks, is a form they share."""
    pdf = pikepdf.new()
    font = _embed(pdf, how)
    ground = pdf.make_stream(ground_draws.encode())
    ground.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 596, 842], Length=len(ground.read_raw_bytes())
    )
    for each in sheets:
        pdf.add_blank_page(page_size=(float(WIDTH) * MM, float(HEIGHT) * MM))
        parts = ["/G Do", *(_operators(item) for item in each.items.values()), "0 g"]
        parts += [mark.operators(float(HEIGHT)) for mark in each.marks.values()]
        page = pdf.pages[-1].obj
        page.Contents = pdf.make_stream("\n".join([*parts, each.extra]).encode())
        page.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(G=ground))
    pdf.save(path, deterministic_id=True)
    return path
