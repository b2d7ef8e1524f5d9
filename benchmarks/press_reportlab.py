"""ReportLab as a rival of `press.py`: the canvas by hand, in the quickest way its public interface gives.

Half as quick again as the usual way (`drawString`, `drawInlineImage`, paths), most of it by the marks: they go as operators through
`addLiteral`, pictures as image masks of a bit a module, the bars of the customer barcode from a table. Text is one text object a page,
a font set only where it changes; streams go without ASCII85, which makes pages a sixth smaller. What every copy of a page shows is a form
(`beginForm`), once a file.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from press_layout import Place, Shape, Texts
from press_marks import CUSTOMER, DOT, corner, customer_bars, picture
from press_page import Forms, Job, Leaf, Page, Record
from press_records import Said
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont
from reportlab.pdfgen.canvas import Canvas

from print_service.press.fonts import load_fonts
from print_service.press.model import Zone

rl_config.useA85 = 0


class ReportLab:
    """One file of all records."""

    name = "ReportLab, canvas by hand"

    def __init__(self, _: Forms, job: Job, folder: Path) -> None:
        self._leaves = job.leaves
        _register_fonts(folder)

    def draw(self, records: Sequence[Record]) -> list[bytes]:
        file = io.BytesIO()
        canvas = Canvas(file, pageCompression=1, initialFontName="gothic")
        for leaf in self._leaves:
            canvas.setPageSize((leaf.width, leaf.height))
            canvas.beginForm(leaf.name)
            _ground(canvas, leaf)
            canvas.endForm()
        for record in records:
            for page in record.pages:
                self._page(canvas, page)
        canvas.save()
        return [file.getvalue()]

    def _page(self, canvas: Any, page: Page) -> None:
        leaf = self._leaves[page.leaf]
        canvas.setPageSize((leaf.width, leaf.height))
        canvas.doForm(leaf.name)
        _text(canvas, leaf.height, zip(leaf.places, page.texts, strict=True))
        _marks(canvas, leaf, page.marks)
        canvas.showPage()


def _text(canvas: Any, height: float, lines: Iterable[tuple[Place, Texts | None]]) -> None:
    """Lines of text as one text object."""
    text = canvas.beginText()
    now = None
    for place, said in lines:
        if said is None:
            continue
        text.setTextOrigin(_left(place, said), height - place.baseline)
        for number, (run, font) in enumerate(zip(said, place.runs, strict=True), start=1):
            if font != now:
                text.setFont(*font)
                now = font
            if number < len(said):
                text.textOut(run)
            else:
                text.textLine(run)  # unlike textOut it measures nothing
    canvas.drawText(text)


def _left(place: Place, said: Texts) -> float:
    if place.align == "left":
        return place.x
    runs = zip(said, place.runs, strict=True)
    spare = place.width - sum(pdfmetrics.stringWidth(run, font, size) for run, (font, size) in runs)
    return place.x + (spare if place.align == "right" else spare / 2)


def _marks(canvas: Any, leaf: Leaf, marks: Mapping[str, Said]) -> None:
    """The marks in dots of 600 dpi from the top left, as rectangles and image masks (PDF 32000-1, 8.9.7)."""
    canvas.addLiteral(f"q {DOT} 0 0 -{DOT} 0 {leaf.height:.3f} cm 0 g")
    for name, said in marks.items():
        zone = leaf.zones[name]
        canvas.addLiteral(_bars(zone, str(said)) if zone.kind == "customer" else _picture(zone, said))
    canvas.addLiteral("Q")


def _picture(zone: Zone, said: Said) -> str:
    found = picture(zone, said)
    rows, columns = found.modules.shape
    bits = np.packbits(~found.modules, axis=1).tobytes().hex()
    place = f"q {found.width} 0 0 -{found.height} {found.x} {found.y + found.height} cm"
    return f"{place} BI /W {columns} /H {rows} /BPC 1 /IM true /F /AHx ID {bits}> EI Q"


def _bars(zone: Zone, said: str) -> str:
    return "".join(place[kind] for place, kind in zip(_places(zone), customer_bars(said), strict=True)) + "f"


@cache
def _places(zone: Zone) -> list[dict[str, str]]:
    """The operator of each bar a customer barcode may have at a place."""
    x, y = corner(zone)
    return [
        {kind: f"{x + bar.x} {y + bar.y} {bar.width} {bar.height} re\n" for kind, bar in place.items()}
        for place in CUSTOMER
    ]


def _ground(canvas: Any, leaf: Leaf) -> None:
    for shape in leaf.shapes:
        _shape(canvas, shape, leaf.height - shape.y - shape.height)
    canvas.setFillGray(0)
    _text(canvas, leaf.height, leaf.ground)


def _shape(canvas: Any, shape: Shape, bottom: float) -> None:
    canvas.setLineWidth(shape.line)
    canvas.setDash([3 * shape.line] if shape.kind == "dashed" else [])
    canvas.setFillGray(shape.fill)
    if shape.kind == "ellipse":
        canvas.ellipse(shape.x, bottom, shape.x + shape.width, bottom + shape.height)
    elif shape.kind == "dashed":
        canvas.line(shape.x, bottom, shape.x, bottom + shape.height)
    else:
        filled = shape.kind == "fill"
        canvas.rect(shape.x, bottom, shape.width, shape.height, stroke=not filled, fill=filled)


def _register_fonts(folder: Path) -> None:
    for font in load_fonts().files.values():
        path = font.path
        if path.suffix == ".otf":
            path = folder / "ocr-b.ttf"
            _to_quadratic(font.path, path)
        if path.suffix == ".ttf" and font.id not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(EmbeddedFont(font.id, str(path)))


def _to_quadratic(source: Path, target: Path) -> None:
    """ReportLab embeds no CFF outlines: the same glyphs with quadratic curves, to a thousandth of an em."""
    font = TTFont(source)
    glyphs = font.getGlyphSet()
    table = newTable("glyf")
    table.glyphs, table.glyphOrder = {}, font.getGlyphOrder()
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, font["head"].unitsPerEm / 1000, reverse_direction=True))
        table.glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), table
    del font["CFF "]
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for name in (
        "maxZones",
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
    ):
        setattr(maxp, name, 1 if name == "maxZones" else 0)
    maxp.maxSizeOfInstructions = 0
    font["post"].formatType, font["post"].extraNames, font["post"].mapping = 2.0, [], {}
    font.sfntVersion = "\x00\x01\x00\x00"
    font.save(target)
