"""A symbol as SVG: its millimetre size outside, its dots as the coordinate system inside.

The last step of `barcodes`. One path holds every rectangle, because renderers are far quicker with one path than with
eighty elements, and because rectangles filled together show no seam between them.
"""

from fractions import Fraction

from barcodes.geometry import Symbol


def to_svg(symbol: Symbol) -> str:
    """An `<svg>` of the symbol's exact size in mm (to a millionth), one user unit per dot, black on nothing."""
    path = "".join(f"M{rect.x} {rect.y}h{rect.width}v{rect.height}h-{rect.width}z" for rect in symbol.rects)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_mm(symbol.width_mm)}" height="{_mm(symbol.height_mm)}" '
        f'viewBox="0 0 {symbol.width} {symbol.height}"><path fill="#000" d="{path}"/></svg>'
    )


def _mm(length: Fraction) -> str:
    millionths = round(length * 1_000_000)
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06d}mm"
