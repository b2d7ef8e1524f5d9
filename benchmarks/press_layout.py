"""What WeasyPrint laid out, as points from a page's top left: the lines of text and the shapes of `press_page`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from print_service.press.fonts import load_fonts

PX = 0.75

Texts = tuple[str, ...]  # of one line, a text a run


@dataclass(frozen=True)
class Place:
    """Where one line of text stands: `x` and `width` of its column, `align` left, center or right in it, `baseline` from the top.

    `runs` are font (its id in fonts.toml) and size of each run.
    """

    x: float
    width: float
    align: str
    baseline: float
    runs: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Shape:
    """A filled box (`fill`, grey 0-1), or a frame, an ellipse or a dashed line of `line` points."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    fill: float = 0.0
    line: float = 0.0


def lines_of(page: Any) -> Iterator[tuple[Place, Texts]]:
    """Every line of text of a laid-out page."""
    for block in _within(page._page_box):
        for line in getattr(block, "children", ()):
            words = [box for box in _within(line) if type(box).__name__ == "TextBox" and box.text.strip(" ")]
            if type(line).__name__ == "LineBox" and words:
                yield _place(block, words), tuple(box.text for box in words)


def shapes_of(page: Any) -> Iterator[Shape]:
    """Every rule, shade and frame of a laid-out page."""
    for box in _within(page._page_box):
        if hasattr(box, "border_top_width"):
            yield from _shapes(box)


def _within(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        found = getattr(child, "_box", child)  # what is placed absolutely stands behind a placeholder
        yield found
        yield from _within(found)


def _place(block: Any, words: list[Any]) -> Place:
    runs = tuple((_font(box.style), box.style["font_size"] * PX) for box in words)
    align = {"right": "right", "center": "center"}.get(block.style["text_align_all"], "left")
    baseline = words[0].position_y + words[0].baseline
    return Place(block.content_box_x() * PX, block.width * PX, align, baseline * PX, runs)


def _font(style: Any) -> str:
    family = style["font_family"][0]
    for font in load_fonts().files.values():
        if (font.family, font.weight) == (family, int(style["font_weight"])):
            return font.id
    raise ValueError(f"no font {family} {style['font_weight']}")


def _shapes(box: Any) -> Iterator[Shape]:
    style = box.style
    x, y = box.border_box_x() * PX, box.border_box_y() * PX
    width, height = box.border_width() * PX, box.border_height() * PX
    colour = style["background_color"]
    if getattr(colour, "alpha", 0) > 0:
        yield Shape("fill", x, y, width, height, fill=colour.coordinates[0])
    top, left, foot = (getattr(box, f"border_{side}_width") * PX for side in ("top", "left", "bottom"))
    if top and left:
        kind = "ellipse" if style["border_top_left_radius"][0].value else "frame"
        yield Shape(kind, x + top / 2, y + top / 2, width - top, height - top, line=top)
    elif left:
        yield Shape("dashed", x + left / 2, y, 0, height, line=left)
    elif top:
        yield Shape("fill", x, y, width, top, fill=style["border_top_color"].coordinates[0])
    elif foot:
        yield Shape("fill", x, y + height - foot, width, foot, fill=style["border_bottom_color"].coordinates[0])
