"""OCR lines (標準帳票のOCR行) of a finished page: read from its picture, read from its text, and checked by their own digits.

A bank's machine sees the ink only, so the picture decides: each character is compared with the outlines of the pinned OCR-B
file. The text that the PDF carries for the same place must agree. Check digits after a prefecture's public program for
標準帳票: both are remainders, the second modulo 10, then the first modulo 11 over what follows it.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from print_service.proof.model import Box
from print_service.proof.raster import INK_BELOW, Raster
from print_service.resources import fonts_dir

LENGTHS = (39, 44)
_LEAST_LINE_MM = 1.0
_GRID = (18, 12)
_FURTHEST, _MARGIN = 0.2, 0.05

Grey = npt.NDArray[np.floating[Any]]


def check_digits_hold(line: str) -> bool:
    """Whether an OCR line begins with the two check digits of what follows."""
    if not (line.isascii() and line.isdecimal()) or len(line) < 3:
        return False
    digits = [int(character) for character in line]
    falling = cycle((9, 8, 7, 6, 5, 4, 3, 2))
    rising = cycle((2, 3, 4, 5, 6, 7, 8, 9))
    second = sum(digits[2::2][i] * w for i, w in enumerate(islice(falling, len(digits[2::2])))) + sum(digits[3::2])
    first = sum(d * w for d, w in zip(digits[1::2], rising, strict=False)) + sum(digits[2::2])
    return digits[1] == second % 10 and digits[0] == first % 11 % 10


def lines_in_picture(raster: Raster, zone: Box) -> tuple[str, ...]:
    """The lines of digits that the zone shows, `?` for what is no digit of OCR-B."""
    left, top, right, bottom = _inside(raster, zone)
    pixels = raster.pixels[top:bottom, left:right]
    ink = pixels < INK_BELOW
    least = _LEAST_LINE_MM * raster.dpi / 25.4
    edges = _edges(ink, axis=1).tolist()
    return tuple(
        "".join(_digits(pixels[above:below], ink[above:below]))
        for above, below in zip(edges[::2], edges[1::2], strict=True)
        if below - above >= least
    )


def _inside(raster: Raster, zone: Box) -> tuple[int, int, int, int]:
    x, y, width, height = (float(side) * raster.dpi / 25.4 for side in zone)
    return (
        max(0, round(x) - raster.left),
        max(0, round(y) - raster.top),
        round(x + width) - raster.left,
        round(y + height) - raster.top,
    )


def _edges(ink: npt.NDArray[np.bool_], *, axis: int) -> npt.NDArray[np.intp]:
    """First and last + 1 of each unbroken run of columns (axis 0) or of rows (axis 1) that hold ink, one after the other."""
    inked = np.logical_or.reduce(ink, axis=axis)
    return np.flatnonzero(np.diff(inked.astype(np.int8), prepend=0, append=0))


def _digits(pixels: npt.NDArray[np.uint8], ink: npt.NDArray[np.bool_]) -> Iterator[str]:
    edges = _edges(ink, axis=0)
    left, right = edges[::2], edges[1::2]
    # Ink of each character row by row: every second stretch between the edges is a gap.
    rows = np.logical_or.reduceat(ink, edges[:-1], axis=1)[:, ::2]
    top, bottom = rows.argmax(axis=0), len(rows) - rows[::-1].argmax(axis=0)
    shapes = _on_grid(pixels, (left, top, right, bottom))
    distances = np.stack([np.abs(shapes - outline).mean(axis=(1, 2)) for outline in _outlines()], axis=1)
    nearest, second = np.partition(distances, 1, axis=1)[:, :2].T
    sure = (nearest <= _FURTHEST) & (second - nearest >= _MARGIN)
    for digit, is_sure in zip(distances.argmin(axis=1).tolist(), sure.tolist(), strict=True):
        yield str(digit) if is_sure else "?"


def _on_grid(pixels: npt.NDArray[np.uint8], boxes: tuple[npt.NDArray[np.intp], ...]) -> Grey:
    """Darkness 0-1 of each character at the points of a fixed grid; its box is left, top, right, bottom."""
    left, top, right, bottom = (side[:, None] for side in boxes)
    rows = (top + (np.arange(_GRID[0]) + 0.5) * (bottom - top) / _GRID[0]).astype(np.intp)
    columns = (left + (np.arange(_GRID[1]) + 0.5) * (right - left) / _GRID[1]).astype(np.intp)
    darkness: Grey = 1 - pixels[rows[:, :, None], columns[:, None, :]].astype(np.float32) / np.float32(255)
    return darkness


@cache
def _outlines() -> Grey:
    """The ten digits of the pinned OCR-B file on the grid."""
    table = tomllib.loads((fonts_dir() / "fonts.toml").read_text(encoding="utf-8"))
    (file,) = (row["file"] for row in table["font"] if row["id"] == "ocr-b")
    font = ImageFont.truetype(str(fonts_dir() / file), 400)
    return np.concatenate([_outline(font, digit) for digit in "0123456789"])


def _outline(font: ImageFont.FreeTypeFont, digit: str) -> Grey:
    image = Image.new("L", (600, 600), 255)
    ImageDraw.Draw(image).text((100, 50), digit, font=font, fill=0)
    pixels = np.asarray(image)
    ink = pixels < INK_BELOW
    (left, right), (top, bottom) = _edges(ink, axis=0)[[0, -1]], _edges(ink, axis=1)[[0, -1]]
    return _on_grid(pixels, (np.array([left]), np.array([top]), np.array([right]), np.array([bottom])))
