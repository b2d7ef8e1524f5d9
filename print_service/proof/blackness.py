"""How black a mark is: its ink must be black wherever it is ink, not grey and not a colour.

A press that has black alone prints grey and coloured bars as a screen of dots, and a till's red light does not see red ones, while a
decoder takes all that is darker than half for ink. A sound mark's pixel of ink is black itself or, on the edge of a bar, beside one
that is, for the thinnest bar of any printer (0.159 mm, three dots of 1/480 inch) fills seven eighths of some pixel at 300 dpi. Grey tells
red and green ink from black (30 % and 59 % of their light is left in it); a dark blue or red needs a look at the colours, which costs
as much as the first and so is for a sample of pages.
"""

import numpy as np
import numpy.typing as npt

from print_service.proof.raster import INK_BELOW, Grey, Raster, Sheet, colours

BLACK_BELOW = 40
_LUMINANCE = np.array([0.30, 0.59, 0.11], dtype=np.float32)  # as pdfium makes grey

Colour = tuple[int, int, int]
Area = tuple[slice, slice]  # rows and columns


def not_black(sheet: Sheet, raster: Raster, area: Area, *, colour: bool) -> Colour | None:
    """Red, green and blue (0 to 255) of ink that is not black in this area of the raster; None where all of it is.

    `colour` looks at the colours of ink that is black in grey as well.
    """
    pixels = raster.pixels[area]
    pale = _pale(pixels, pixels)
    if not colour and not pale.any():
        return None
    coloured = colours(sheet, raster)[area]
    # pdfium sets letters a pixel elsewhere in colour, so that raster is judged by its own ink
    wrong = _pale((coloured @ _LUMINANCE).astype(np.uint8), coloured.max(axis=2))
    if wrong.any():
        red, green, blue = np.median(coloured[wrong], axis=0).astype(int).tolist()
        return red, green, blue
    grey = int(np.median(pixels[pale])) if pale.any() else 0
    return (grey, grey, grey) if grey else None


def _pale(pixels: Grey, light: Grey) -> npt.NDArray[np.bool_]:
    """Ink that by this light has no black in itself or beside it."""
    pale: npt.NDArray[np.bool_] = (pixels < INK_BELOW) & (light >= BLACK_BELOW)
    if pale.any():
        pale &= _darkest_beside(light) >= BLACK_BELOW
    return pale


def _darkest_beside(light: Grey) -> Grey:
    """The darkest of each pixel and its eight neighbours."""
    framed = np.pad(light, 1, constant_values=255)
    rows = np.minimum(np.minimum(framed[:-2], framed[1:-1]), framed[2:])
    darkest: Grey = np.minimum(np.minimum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
    return darkest
