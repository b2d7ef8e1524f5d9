"""Pictures of a mark at the bench: SVG and PNG files of a symbol's rectangles, or of an OCR line in OCR-B.

Bars and matrices are drawn by `barcodes`. An OCR line is text, so it needs the shipped font: its digits stand 2.54 mm apart
(10 to the inch, as a host's form tool assumes for OCR fields), which makes them the 2.4 mm high of OCR-B size I (JIS X 9001).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from barcodes.geometry import Symbol, to_dots
from barcodes.png import to_png
from barcodes.svg import to_svg
from print_service.files import write_atomically
from print_service.resources import fonts_dir

_FONT = "OCRB.otf"
_PITCH_MM = Decimal("2.54")
_QUIET_MM = Decimal(3)
_LINE_MM = Decimal("2.5")
_ADVANCE, _EM = 723, 1000  # of the shipped font, in its units


@dataclass(frozen=True)
class OcrLine:
    """An OCR line to draw at `dpi`."""

    digits: str
    dpi: int


def write_pictures(drawing: Symbol | OcrLine, svg: Path | None, png: Path | None) -> Mapping[str, str]:
    """Write the files asked for, whole or not at all; their names by kind."""
    if svg is not None:
        text = to_svg(drawing) if isinstance(drawing, Symbol) else _line_svg(drawing)
        write_atomically(svg, f"{text}\n".encode())
    if png is not None:
        write_atomically(png, to_png(drawing) if isinstance(drawing, Symbol) else _line_png(drawing))
    return {kind: str(path) for kind, path in (("svg", svg), ("png", png)) if path is not None}


def _line_svg(line: OcrLine) -> str:
    width, height = _PITCH_MM * len(line.digits) + 2 * _QUIET_MM, _LINE_MM + 2 * _QUIET_MM
    scale = _PITCH_MM / _ADVANCE
    glyphs = "".join(
        f'<path transform="translate({_QUIET_MM + _PITCH_MM * place} {_QUIET_MM + _LINE_MM}) '
        f'scale({scale:.8f} -{scale:.8f})" d="{_outlines()[digit]}"/>'
        for place, digit in enumerate(line.digits)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}">{glyphs}</svg>'
    )


def _line_png(line: OcrLine) -> bytes:
    pitch, quiet, low = (float(mm) * line.dpi / 25.4 for mm in (_PITCH_MM, _QUIET_MM, _LINE_MM))
    size = (
        to_dots(_PITCH_MM * len(line.digits) + 2 * _QUIET_MM, line.dpi),
        to_dots(_LINE_MM + 2 * _QUIET_MM, line.dpi),
    )
    image = Image.new("1", size, 1)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(fonts_dir() / _FONT, pitch * _EM / _ADVANCE)
    for place, digit in enumerate(line.digits):
        draw.text((round(quiet + pitch * place), round(quiet + low)), digit, fill=0, font=font, anchor="ls")
    file = BytesIO()
    image.save(file, "PNG", dpi=(line.dpi, line.dpi))
    return file.getvalue()


@cache
def _outlines() -> Mapping[str, str]:
    font = TTFont(fonts_dir() / _FONT)
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    outlines = {}
    for digit in "0123456789":
        pen = SVGPathPen(glyphs)
        glyphs[names[ord(digit)]].draw(pen)
        outlines[digit] = pen.getCommands()
    return outlines
