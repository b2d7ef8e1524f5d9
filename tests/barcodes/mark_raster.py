"""Symbols as bitmaps, one pixel a dot, for readers that are not ours."""

from pathlib import Path

import numpy as np
import zxingcpp

VECTORS = Path(__file__).parents[1] / "vectors"


def raster(symbol, frame=0):
    """Grey bitmap of a symbol's box, black 0; `frame` black pixels around it show whether its quiet zone is enough."""
    image = np.full((symbol.height, symbol.width), 255, dtype=np.uint8)
    for rect in symbol.rects:
        image[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width] = 0
    return np.pad(image, frame, constant_values=0)


def read(image):
    """Every code zxing-cpp finds in a bitmap, as plain text."""
    return zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
