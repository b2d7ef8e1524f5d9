"""Two rivals of `press.py`, WeasyPrint and ReportLab, drawing the page of `press_page`, each in its quickest reasonable way.

A rival is opened once (fonts, templates) and then draws: records in, PDF out, as one file except for WeasyPrint, which gets a document
a piece as a program does that prints from a template. Marks are made while it draws, from what the record says, by libzint (C); a
Data Matrix and a QR are pictures of a pixel a module, bars are what the rival draws quickest.
"""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import zint
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from press_page import Forms, Line, Page, Record

from barcodes.customer import CustomerBarcode
from barcodes.geometry import Rect
from barcodes.piece import PieceMark
from barcodes.place import nearest_dot
from print_service.press.fonts import load_fonts
from print_service.press.layout import first_sizes

DOT = 72 / 600


def zint_modules(symbology: str, text: str, **options: Any) -> Any:
    """Modules of libzint, True is black, as an array of rows and columns."""
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    for name, value in options.items():
        setattr(symbol, name, value)
    symbol.encode(text)
    bits = np.unpackbits(symbol.encoded_data, axis=1, bitorder="little")
    return bits[: symbol.rows, : symbol.width].astype(bool)


def piece_mark(page: Page, said: str) -> PieceMark:
    return PieceMark("R08-N01" if page.form.id == "payment_slip" else "R08-D01", int(said), 1, 1, "F")


def piece_text(page: Page, said: str) -> str:
    return piece_mark(page, said).payload()


def matrix(page: Page, name: str, said: str) -> tuple[Any, int, int]:
    """Modules, dots of a module and modules of quiet zone."""
    if name == "el_qr":
        return zint_modules("QRCODE", said, option_1=2, option_2=6), 6, 4
    return zint_modules("DATAMATRIX", piece_text(page, said), option_3=zint.DataMatrixOptions.SQUARE), 8, 1


def bars(name: str, said: str) -> Iterator[Rect]:
    """The black rectangles of a bar code in dots from its zone's corner."""
    if name == "customer":  # libzint takes no address digits that must be cut
        yield from CustomerBarcode(said[:7], said[7:]).symbol().rects
        return
    row = np.flatnonzero(np.diff(zint_modules("GS1_128", f"[91]{said[2:]}")[0], prepend=False, append=False))
    for start, end in zip(row[::2].tolist(), row[1::2].tolist(), strict=True):
        yield Rect(60 + 4 * start, 0, 4 * (end - start), 249)


@cache
def corner(zone: tuple[Decimal, Decimal]) -> tuple[int, int]:
    return nearest_dot(zone[0], 600), nearest_dot(zone[1], 600)


class WeasyPrint:
    """HTML and CSS, marks as SVG; a document a piece, as a template engine gives it."""

    name = "WeasyPrint, a document a piece"

    def __init__(self, forms: Forms, page: Page, _: Path) -> None:
        import weasyprint  # noqa: PLC0415 (after the press has set the fonts)

        self._html, self._forms, self._page = weasyprint.HTML, forms, page
        engine = forms.engine
        self._fonts = engine._font_config
        self._css = weasyprint.CSS(string=engine._css(page.form) + _LAYERS, font_config=self._fonts)
        self._ground = forms.body(page.form, "ground.html", {})

    def draw(self, records: Sequence[Record]) -> bytes:
        for record in records:
            filled = self._forms.body(self._page.form, "form.html", record.fields)
            marks = "".join(self._svg(name, said) for name, said in record.marks.items())
            root = self._forms.tree(self._page.form, f'<div class="all">{self._ground}{filled}{marks}</div>')
            first_sizes(root)  # every record here keeps to the first of a box's type sizes
            source = ET.tostring(root, encoding="unicode", method="html")
            pdf: bytes = self._html(string=source).write_pdf(stylesheets=[self._css], font_config=self._fonts)
        return pdf

    def _svg(self, name: str, said: str) -> str:
        zone = self._page.form.zones[name]
        if zone.kind in ("piece", "el-qr"):
            modules, dots, quiet = matrix(self._page, name, said)
            rects = [Rect(x, y, width, 1) for y, row in enumerate(modules) for x, width in _runs(row)]
            unit, offset = dots, quiet * dots
        else:
            rects, unit, offset = list(bars(name, said)), 1, 0
        x, y = corner((zone.x_mm, zone.y_mm))
        width, height = (max(rect[i] + rect[i + 2] for rect in rects) for i in (0, 1))
        path = "".join(f"M{rect.x} {rect.y}h{rect.width}v{rect.height}h-{rect.width}z" for rect in rects)
        place = f"position:absolute;left:{(x + offset) * DOT:.3f}pt;top:{(y + offset) * DOT:.3f}pt"
        size = f"width:{width * unit * DOT:.3f}pt;height:{height * unit * DOT:.3f}pt"
        return f'<svg style="{place};{size}" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>'


_LAYERS = ".all { position: relative } .page { position: absolute; left: 0; top: 0 }"


def _runs(row: Any) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(row, prepend=False, append=False)).tolist()
    yield from ((start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True))


class ReportLab:
    """The canvas by hand: the ground as one form, lines as strings, bars as a path, matrices as inline pictures."""

    name = "ReportLab, canvas by hand"

    def __init__(self, _: Forms, page: Page, folder: Path) -> None:
        self._page = page
        _register_fonts(folder)

    def draw(self, records: Sequence[Record]) -> bytes:
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 (a package of benchmarks only)

        file = io.BytesIO()
        canvas = Canvas(
            file, pagesize=(self._page.width, self._page.height), pageCompression=1, initialFontName="gothic"
        )
        canvas.beginForm("ground")
        self._ground(canvas)
        canvas.endForm()
        for record in records:
            canvas.doForm("ground")
            for line in record.lines:
                self._line(canvas, line)
            for name, said in record.marks.items():
                self._mark(canvas, name, said)
            canvas.showPage()
        canvas.save()
        return file.getvalue()

    def _ground(self, canvas: Any) -> None:
        height = self._page.height
        for shape in self._page.shapes:
            canvas.setLineWidth(shape.line)
            canvas.setDash([3 * shape.line] if shape.kind == "dashed" else [])
            canvas.setFillGray(shape.fill)
            bottom = height - shape.y - shape.height
            if shape.kind == "ellipse":
                canvas.ellipse(shape.x, bottom, shape.x + shape.width, bottom + shape.height)
            elif shape.kind == "dashed":
                canvas.line(shape.x, bottom, shape.x, bottom + shape.height)
            else:
                filled = shape.kind == "fill"
                canvas.rect(shape.x, bottom, shape.width, shape.height, stroke=not filled, fill=filled)
        canvas.setFillGray(0)
        for line in self._page.ground:
            self._line(canvas, line)

    def _line(self, canvas: Any, line: Line) -> None:
        y = self._page.height - line.baseline
        if len(line.runs) == 1:
            (run,) = line.runs
            canvas.setFont(run.font, run.size)
            if line.align == "right":
                canvas.drawRightString(line.x + line.width, y, run.text)
            elif line.align == "center":
                canvas.drawCentredString(line.x + line.width / 2, y, run.text)
            else:
                canvas.drawString(line.x, y, run.text)
            return
        widths = [canvas.stringWidth(run.text, run.font, run.size) for run in line.runs]
        spare = line.width - sum(widths)
        x = line.x + {"left": 0, "center": spare / 2, "right": spare}[line.align]
        for run, width in zip(line.runs, widths, strict=True):
            canvas.setFont(run.font, run.size)
            canvas.drawString(x, y, run.text)
            x += width

    def _mark(self, canvas: Any, name: str, said: str) -> None:
        from PIL import Image  # noqa: PLC0415

        zone = self._page.form.zones[name]
        x, y = corner((zone.x_mm, zone.y_mm))
        if zone.kind in ("piece", "el-qr"):
            modules, dots, quiet = matrix(self._page, name, said)
            side = len(modules) * dots * DOT
            bottom = self._page.height - (y + quiet * dots) * DOT - side
            canvas.drawInlineImage(Image.fromarray(~modules), (x + quiet * dots) * DOT, bottom, side, side)
            return
        path = canvas.beginPath()
        top = self._page.height - y * DOT
        for bar in bars(name, said):
            path.rect((x + bar.x) * DOT, top - (bar.y + bar.height) * DOT, bar.width * DOT, bar.height * DOT)
        canvas.drawPath(path, stroke=0, fill=1)


def _register_fonts(folder: Path) -> None:
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont  # noqa: PLC0415

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
