"""Pages in layers: the form's ground, the record's text, and marks (`press.marks`). Also measures what spills out of an area.

Used by `press.weasy` and `press.layout`.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

_MM_PER_PX = Decimal("25.4") / 96
_SLACK_PX = 0.5


class GroundPage:
    """A form's ground, painted by WeasyPrint once; later pages get the same operators and the same glyphs at once."""

    def __init__(self, page: Any) -> None:
        self._page = page  # also keeps Pango's fonts alive, which the remembered fonts point into
        self._operators: list[Any] | None = None
        self._fonts: dict[Any, Any] = {}

    def paint(self, stream: Any, scale: float) -> None:
        """Paint into a page stream, and enter the ground's glyphs among the document's fonts."""
        if self._operators is None:
            self._record(stream, scale)
        else:
            stream.stream += self._operators
        fonts = stream._fonts  # noqa: SLF001 (WeasyPrint shares it between the pages of a document)
        for key, font in self._fonts.items():
            if key not in fonts:
                fonts[key] = copy(font)
                fonts[key].widths = dict(font.widths)
                fonts[key].to_unicode = dict(font.to_unicode)
            else:
                for own, shared in ((font.widths, fonts[key].widths), (font.to_unicode, fonts[key].to_unicode)):
                    for glyph, value in own.items():
                        shared.setdefault(glyph, value)

    def _record(self, stream: Any, scale: float) -> None:
        shared, stream._fonts = stream._fonts, self._fonts  # noqa: SLF001
        start = len(stream.stream)
        try:
            self._page.paint(stream, scale)
        finally:
            stream._fonts = shared  # noqa: SLF001
        self._operators = stream.stream[start:]


class LayeredPage:
    """What `Document.copy` needs of a page: its size, and how to paint ground, filling and marks in this order."""

    def __init__(self, ground: Any, filling: Any, marks: bytes) -> None:
        self.width = filling.width
        self.height = filling.height
        self.bleed = filling.bleed
        self.bookmarks: list[Any] = []
        self.links: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.forms: dict[Any, list[Any]] = {None: []}
        self._layers = (filling,) if ground is None else (ground, filling)
        self._marks = marks

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Paint all layers into a page stream whose unit is the point, y downwards."""
        for layer in self._layers:
            layer.paint(stream, scale)
        if self._marks:
            stream.stream.append(self._marks)


@dataclass(frozen=True)
class Spill:
    """An area (its `data-fit` name and its element) whose content is larger than itself, and by how much."""

    area: str
    element: ET.Element
    excess_mm: Decimal


def overflows(page: Any) -> Iterator[Spill]:
    """Every element with `data-fit` on a laid-out page whose lines or tables reach beyond its content box."""
    for box in page._page_box.descendants(placeholders=True):  # noqa: SLF001 (WeasyPrint has no public box tree)
        element = getattr(box, "element", None)
        name = element.get("data-fit") if element is not None and not getattr(box, "is_placeholder", False) else None
        if element is None or not name or not hasattr(box, "children") or type(box).__name__ in {"LineBox", "TextBox"}:
            continue
        top, right = box.content_box_y(), box.content_box_x() + box.width
        bottom = top + box.height
        excess = _excess_lines(box, element.get("data-lines"))
        for inner in box.descendants(placeholders=True):
            kind = type(inner).__name__
            if kind == "TextBox":
                hanging = len(inner.text) - len(inner.text.rstrip("\u3000"))
                excess = max(excess, inner.position_x + inner.width - hanging * inner.style["font_size"] - right)
            elif kind in {"LineBox", "TableBox"}:
                excess = max(excess, inner.position_y + inner.height - bottom, top - inner.position_y)
        if excess > _SLACK_PX:
            yield Spill(name, element, Decimal(excess) * _MM_PER_PX)


def _excess_lines(box: Any, limit: str | None) -> float:
    """Height of the lines beyond the most that a size may take. px."""
    if not limit:
        return 0.0
    lines = [inner for inner in box.descendants(placeholders=True) if type(inner).__name__ == "LineBox"]
    return float(sum(line.height for line in lines[int(limit) :]))


def characters_laid_out(pages: Sequence[Any]) -> int:
    """How many characters, spaces aside, stand in the pages' lines. WeasyPrint drops without a word what an absolutely placed box
    holds beyond the page's end, so the press compares this with the template's text.
    """
    return sum(
        solid_length(box.text)
        for page in pages
        for box in page._page_box.descendants(placeholders=True)  # noqa: SLF001
        if type(box).__name__ == "TextBox"
    )


def solid_length(text: str) -> int:
    """Length of a text without white space."""
    return len("".join(text.split()))
