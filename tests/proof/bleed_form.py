"""A card with a bleed for the real press: a tint on the whole of it, a dark band at two edges, white ground for marks and texts.

Drawn by the press from the form as the test gives it, and proved against the form as it should be.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
from proof_pages import cvs_text, piece_text

from barcodes.ink import cvs_ink, piece_ink
from barcodes.piece import PieceMark
from print_service.press.forms import load_form
from print_service.press.model import Filling
from print_service.press.slot import SlotPress
from print_service.proof import ExpectedMark, ExpectedPage
from print_service.proof.forms import form_zones, layout_of

DAY = date(2026, 6, 5)
PEOPLE = {1: ("見本 太郎", "0000000001"), 2: ("辻 花子", "0000000002"), 3: ("渡邉 一郎", "0000000003")}
# The zones' corners are whole dots of 600 dpi to a hundredth of a millimetre; the ink begins behind the quiet zone.
TOML = """
id = "card"
title = "カード"
[paper]
width_mm = "105.0"
height_mm = "148.0"
pages = 1
duplex = false
bleed_mm = "3.0"
[zones.piece_mark]
kind = "piece"
page = 1
x_mm = "88.9"
y_mm = "12.7"
width_mm = "10.0"
height_mm = "10.0"
[zones.cvs]
kind = "gs1-128"
page = 1
x_mm = "25.4"
y_mm = "101.6"
width_mm = "60.0"
height_mm = "13.0"
[areas.window]
kind = "window"
page = 1
x_mm = "20.0"
y_mm = "28.0"
width_mm = "60.0"
height_mm = "20.0"
[[version]]
valid_from = 2024-04-01
source = "test"
fields = ["name", "number"]
[version.texts]
title = "お知らせのカード"
[proof]
wording = { 1 = ["title"] }
[proof.ink]
piece_mark = "89.24 13.04 0 0"
cvs = "27.94 101.6 48.77 10.50"
[proof.reads]
name-card = { box = "22 30 50 6", text = "{name}" }
number-card = { box = "22 40 50 6", text = "{number}" }
[proof.keep_out]
stamp = { page = 1, box = "60 125 20 10" }
"""
CSS = "body { margin: 0 } .page { position: relative } i { position: absolute } "
CSS += ".b { position: absolute; font: 10pt/1.2 'BIZ UDGothic'; white-space: pre }"


def area(left: float, top: float, width: float, height: float, grey: str) -> str:
    """A filled rectangle of the ground, mm from the paper's corner."""
    return f'<i style="left:{left}mm;top:{top}mm;width:{width}mm;height:{height}mm;background:#{grey}"></i>'


def slot(field: str, top: float) -> str:
    return f'<div class="b" style="left:22mm;top:{top}mm;width:50mm;height:6mm">{{{{ {field} }}}}</div>'


TINT = area(-3, -3, 111, 154, "c0c0c0")
BANDS = area(-3, -3, 111, 9, "202020") + area(-3, 60, 6, 30, "202020")
WHITE = area(86, 10, 15, 15, "fff") + area(20, 95, 70, 22, "fff") + area(20, 28, 60, 20, "fff")
WHITE += area(60, 125, 20, 10, "fff")
TITLE = '<div class="b" style="left:22mm;top:52mm;width:50mm;height:6mm">{{ texts.title }}</div>'
PAGE = f'<div class="page">{TITLE}{slot("name", 30)}{slot("number", 40)}</div>'


def ground(*parts: str) -> str:
    return f'<div class="page">{"".join(parts)}</div>'


def make(root: Path, toml: str = TOML, page: str = PAGE, below: str = ground(TINT, BANDS, WHITE)) -> Path:
    """The form's folder below `root`."""
    folder = root / "notices" / "card"
    folder.mkdir(parents=True)
    (root / "shared").mkdir()
    files = {"form.toml": toml, "form.html": page, "form.css": CSS, "ground.html": below}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return root


def pressed(root: Path, cache: Path, pdf: Path) -> Path:
    """Three cards by the real press."""
    form = load_form("card", DAY, root)
    fillings = [
        Filling(
            form,
            {"name": name, "number": number},
            {"piece_mark": piece_ink(PieceMark("R08-N01", piece, 1, 1, "F")), "cvs": cvs_ink(cvs_text(piece))},
        )
        for piece, (name, number) in PEOPLE.items()
    ]
    printed = SlotPress(root, cache).print_file([(n, [filling]) for n, filling in enumerate(fillings, 1)], "cards")
    assert printed.held == ()
    pdf.write_bytes(printed.pdf)
    return pdf


def expected(root: Path, margin: str = "4.0") -> list[ExpectedPage]:
    """What the form below `root` and the ledger say of the three cards."""
    form = form_zones("card", root)
    layout = layout_of("card", 1, DAY, Decimal(margin), Decimal(2), root)
    pages = []
    for piece, (name, number) in PEOPLE.items():
        texts = tuple(text for read in form.reads for text in read.expected({"name": name, "number": number}))
        marks = (
            ExpectedMark("piece", form.zones["piece_mark"][1], piece_text(piece), form.ink["piece_mark"]),
            ExpectedMark("gs1-128", form.zones["cvs"][1], cvs_text(piece), form.ink["cvs"]),
        )
        size = form.width_mm, form.height_mm
        pages.append(ExpectedPage(piece, piece - 1, *size, marks, texts, layout, bleed_mm=form.bleed_mm))
    return pages


def pixel(pdf: Path, x: float, y: float, dpi: int = 300) -> int:
    """The grey of the first page at a place in mm from the paper's corner: pdfium's own way of drawing, counted from the MediaBox."""
    document = pdfium.PdfDocument(pdf)
    page = document[0]
    left, _, _, top = page.get_mediabox()
    _, _, _, cut = page.get_trimbox()
    grey = page.render(scale=dpi / 72, grayscale=True).to_numpy()
    found = grey[int(y / 25.4 * dpi + (top - cut) * dpi / 72), int(x / 25.4 * dpi - left * dpi / 72)]
    page.close()
    document.close()
    return int(found)
