"""Two ways to the same page, compared: every character at its place, every pixel but for the softness of edges."""

import io
from collections import defaultdict

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

DPI = 300
_MM = 72 / 25.4
# WeasyPrint writes the widths of its glyphs, and what it moves them by, in whole thousandths of an em: on a line of forty narrow
# letters its own page is 0.07 mm off its own layout. Ours keeps the fractions.
PLACE_TOLERANCE, NARROW_TOLERANCE = 0.05 * _MM, 0.08 * _MM
# Grey steps of 255 by which a pixel may leave the range of its neighbours: how far two anti-aliasers of one edge differ.
GREY_TOLERANCE = 64
# pdfium counts UTF-16 units. Which selector stands behind a base is no matter of place; the spelling has tests of its own.
_SHAPES = frozenset(map(chr, range(0xDB40, 0xDB41))) | frozenset(map(chr, range(0xDD00, 0xDDF0)))


def characters(pdf: bytes, number: int) -> dict[str, list[tuple[float, float]]]:
    """Every visible character of a page with the origins it is drawn at, in points."""
    document = pypdfium2.PdfDocument(pdf)
    text = document[number].get_textpage()
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    x, y = pdfium.c_double(), pdfium.c_double()
    for index in range(text.count_chars()):
        character = chr(pdfium.FPDFText_GetUnicode(text, index))
        if character.isspace() or character == "\ufffe" or not _SHAPES.isdisjoint(character):
            continue
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        found[character].append((x.value, y.value))
    document.close()
    return found


def misplaced(ours: dict[str, list[tuple[float, float]]], theirs: dict[str, list[tuple[float, float]]]) -> list[str]:
    """Characters that only one page has, or that lie elsewhere on the other."""
    faults = []
    for character in sorted(ours.keys() | theirs.keys()):
        left = list(theirs.get(character, ()))
        near_enough = NARROW_TOLERANCE if character.isascii() else PLACE_TOLERANCE
        for x, y in ours.get(character, ()):
            near = [at for at in left if max(abs(at[0] - x), abs(at[1] - y)) <= near_enough]
            if near:
                left.remove(near[0])
            else:
                faults.append(f"{character} at {x:.2f},{y:.2f} only in ours")
        faults += [f"{character} at {x:.2f},{y:.2f} only in theirs" for x, y in left]
    return faults


def trimmed(pdf: bytes) -> bytes:
    """The file with pages that end where the paper is cut, as WeasyPrint's do: pdfium stretches a page to whole pixels."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            page.MediaBox = page.BleedBox = page.TrimBox
        document.save(out)
    return out.getvalue()


def raster(pdf: bytes, number: int) -> np.ndarray:
    """A page at 300 dpi, grey."""
    document = pypdfium2.PdfDocument(pdf)
    grey = document[number].render(scale=DPI / 72, grayscale=True).to_numpy()
    picture = grey.reshape(grey.shape[:2]).astype(np.int16)
    document.close()
    return picture


def different_pixels(ours: np.ndarray, theirs: np.ndarray) -> int:
    """Pixels of either page outside the range of the other's 3 × 3 neighbourhood, beyond the tolerance."""
    assert ours.shape == theirs.shape
    return _outside(ours, theirs) + _outside(theirs, ours)


def _outside(picture: np.ndarray, other: np.ndarray) -> int:
    padded = np.pad(other, 1, mode="edge")
    height, width = other.shape
    windows = [padded[dy : dy + height, dx : dx + width] for dy in range(3) for dx in range(3)]
    low, high = np.minimum.reduce(windows), np.maximum.reduce(windows)
    return int(((picture < low - GREY_TOLERANCE) | (picture > high + GREY_TOLERANCE)).sum())
