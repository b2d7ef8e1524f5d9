"""Pictures of what offends: a page with the zones of its findings framed in red, beside the evidence.

For the people who must decide what to mend; nothing is judged here. Frames are numbered, and the sentences of the numbers stand below, so
that a picture can be handed on by itself. A page with a bleed is shown with it, and with a blue line where
the paper is cut.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

from print_service.findings import Finding
from print_service.proof.boxes import read_boxes
from print_service.proof.model import Evidence
from print_service.proof.raster import Sheet, media_raster
from print_service.resources import fonts_dir

DPI = 100
_MOST_PAGES = 50
_MOST_SENTENCES = 20
_LABEL_PX = 15
_AROUND_MM = 0.8
_RED = (220, 0, 0)
_BLUE = (0, 90, 220)


def write_pictures(pages: Path, evidence: Evidence, folder: Path) -> Iterator[Path]:
    """A PNG for each of the first fifty pages of the file that have findings, written to `folder` as `<file>-p<page>.png`."""
    by_page: dict[int, list[Finding]] = {}
    for finding in evidence.findings:
        page = finding.values.get("page")
        if isinstance(page, int) and 0 < page <= evidence.pages:
            by_page.setdefault(page, []).append(finding)
    if not by_page:
        return
    document = pdfium.PdfDocument(pages / evidence.file)
    try:
        with pikepdf.open(pages / evidence.file, suppress_warnings=True) as tree:
            of_pages: Any = tree.pages
            for page, findings in sorted(by_page.items())[:_MOST_PAGES]:
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{Path(evidence.file).stem}-p{page}.png"
                _picture(_shown(document, page - 1, of_pages[page - 1].obj), findings).save(path, optimize=False)
                yield path
    finally:
        document.close()


@dataclass(frozen=True)
class _Shown:
    """A page drawn, and the paper as cut on it (left, top, right, bottom in pixels)."""

    image: Image.Image
    paper: tuple[int, int, int, int]


def _shown(document: pdfium.PdfDocument, number: int, tree: pikepdf.Object) -> _Shown:
    """A page as it will be printed; an empty sheet of A4 where it cannot be drawn."""
    try:
        page = document[number]
        boxes = read_boxes(tree)
    except (pdfium.PdfiumError, pikepdf.PdfError, ValueError, TypeError, ArithmeticError):
        size = round(210 * DPI / 25.4), round(297 * DPI / 25.4)
        return _Shown(Image.new("RGB", size, "white"), (0, 0, *size))
    try:
        if boxes.rotation:
            image = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("RGB")
            return _Shown(image, (0, 0, image.width, image.height))
        sheet = Sheet(page, boxes.trim)
        raster, (width, height) = media_raster(sheet, DPI), sheet.size(DPI)
        image = Image.fromarray(np.array(raster.pixels)).convert("RGB")
        return _Shown(image, (-raster.left, -raster.top, width - raster.left, height - raster.top))
    finally:
        page.close()


def _picture(shown: _Shown, findings: Sequence[Finding]) -> Image.Image:
    image, (x0, y0, x1, y1) = shown.image, shown.paper
    draw, per_mm = ImageDraw.Draw(image, "RGBA"), DPI / 25.4
    if min(x0, y0) > 0:
        draw.rectangle((x0, y0, x1 - 1, y1 - 1), outline=_BLUE)
    frames: dict[tuple[float, ...], list[int]] = {}
    for number, finding in enumerate(findings, 1):
        zone = _zone(finding.values)
        if zone is not None:
            frames.setdefault(zone, []).append(number)
    for x, y, width, height in frames:
        left, top = x0 + (x - _AROUND_MM) * per_mm, y0 + (y - _AROUND_MM) * per_mm
        right, bottom = x0 + (x + width + _AROUND_MM) * per_mm, y0 + (y + height + _AROUND_MM) * per_mm
        draw.rectangle((left, top, right, bottom), fill=(*_RED, 40), outline=_RED, width=3)
    for (x, y, *_), numbers in frames.items():
        text = ",".join(map(str, numbers))
        corner = max(0.0, x0 + (x - _AROUND_MM) * per_mm), max(0.0, y0 + (y - _AROUND_MM) * per_mm - _LABEL_PX)
        draw.rectangle((*corner, corner[0] + draw.textlength(text, _font()) + 4, corner[1] + _LABEL_PX), fill=_BLUE)
        draw.text((corner[0] + 2, corner[1] + 1), text, font=_font(), fill="white")
    if not frames:
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=_RED, width=6)
    return _with_sentences(image, findings)


def _with_sentences(image: Image.Image, findings: Sequence[Finding]) -> Image.Image:
    """The picture with the sentences of its frames' numbers below."""
    told = [f"{number} {finding.sentence} [{finding.key}]" for number, finding in enumerate(findings, 1)]
    if len(told) > _MOST_SENTENCES:
        told[_MOST_SENTENCES:] = [f"ほか {len(told) - _MOST_SENTENCES} 件"]
    lines = [line for sentence in told for line in _lines(sentence, image.width - 2 * _LABEL_PX)]
    whole = Image.new("RGB", (image.width, image.height + _LABEL_PX * (len(lines) + 2)), "white")
    whole.paste(image)
    draw = ImageDraw.Draw(whole)
    draw.line((0, image.height, image.width, image.height), fill=_BLUE)
    for row, line in enumerate(lines, 1):
        draw.text((_LABEL_PX, image.height + _LABEL_PX * row), line, font=_font(), fill="black")
    return whole


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for character in text:
        if line and _font().getlength(line + character) > width:
            yield line
            line = ""
        line += character
    yield line


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts_dir() / "BIZUDGothic-Regular.ttf"), _LABEL_PX - 4)


def _zone(values: Mapping[str, str | int]) -> tuple[float, float, float, float] | None:
    sides = str(values.get("zone", "")).split(", ")
    try:
        x, y, width, height = (float(side) for side in sides)
    except ValueError:
        return None
    return x, y, width, height
