"""Pages in layers: the form's ground, the record's text, and marks (`press.marks`). Also measures what spills out of an area.

Used by `press.weasy` and `press.layout`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

_MM_PER_PX = Decimal("25.4") / 96
_SLACK_PX = 0.5
_MEASURED = frozenset({"data-fit", "data-sizes"})


class LayeredPage:
    """What `Document.copy` needs of a page: its size, and how to paint laid-out pages of one size and marks in this order."""

    def __init__(self, layers: Sequence[Any], marks: bytes) -> None:
        self.width = layers[0].width
        self.height = layers[0].height
        self.bleed = layers[0].bleed
        self.bookmarks: list[Any] = []
        self.links: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.forms: dict[Any, list[Any]] = {None: []}
        self._layers = layers
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
    """Every element with `data-fit` or `data-sizes` on a laid-out page whose lines or tables reach beyond its content box."""
    for box in page._page_box.descendants(placeholders=True):  # noqa: SLF001 (WeasyPrint has no public box tree)
        element = getattr(box, "element", None)
        if element is None or _MEASURED.isdisjoint(element.attrib) or getattr(box, "is_placeholder", False):
            continue
        if not hasattr(box, "children") or type(box).__name__ in {"LineBox", "TextBox"}:
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
            yield Spill(element.get("data-fit", element.tag), element, Decimal(excess) * _MM_PER_PX)


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
