"""Where a page's paper is: the boxes of a finished page, and whether a printer takes from them the paper that the form states.

All places of a form are measured from the corner of the paper as cut, which is the TrimBox's top left. Defaults, inheritance and
/UserUnit after ISO 32000-1, table 30 (7.7.3.3), 7.7.3.4 and 14.11.2: the TrimBox defaults to the CropBox, that to the MediaBox. What
a printer would take otherwise than it is read here (turned, enlarged, cropped, cut elsewhere) is a finding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pikepdf import Object

from print_service.findings import Finding
from print_service.proof.model import ExpectedPage
from print_service.proof.place import Place

SIZE_TOLERANCE_MM = 0.1
POINTS_TO_MM = 25.4 / 72
NOT_MEASURABLE = frozenset({"proof.page-rotated", "proof.trim-outside"})
_HAIR_MM = 0.01

_Sides = Sequence[float]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A box in points, y up, its sides in order."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width_mm(self) -> float:
        """Width in mm."""
        return (self.right - self.left) * POINTS_TO_MM

    @property
    def height_mm(self) -> float:
        """Height in mm."""
        return (self.top - self.bottom) * POINTS_TO_MM

    def beyond(self, inner: "Rectangle") -> tuple[float, float, float, float]:
        """How far it reaches beyond another at left, top, right and bottom, mm; negative where it falls short."""
        return (
            (inner.left - self.left) * POINTS_TO_MM,
            (self.top - inner.top) * POINTS_TO_MM,
            (self.right - inner.right) * POINTS_TO_MM,
            (inner.bottom - self.bottom) * POINTS_TO_MM,
        )


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes of a page with their defaults, its rotation in degrees, and its unit in 1/72 inch."""

    media: Rectangle
    crop: Rectangle
    bleed: Rectangle
    trim: Rectangle
    rotation: float
    unit: float


def read_boxes(page: Object) -> Boxes:
    """The boxes of a page. Raises ValueError for a page without a MediaBox and for a box that is none."""
    given = inherited(page, "/MediaBox")
    if given is None:
        raise ValueError("page without /MediaBox")
    media = _rectangle(given)
    crop = _box(inherited(page, "/CropBox"), media)
    rotation = inherited(page, "/Rotate")
    return Boxes(
        media=media,
        crop=crop,
        bleed=_box(page.get("/BleedBox"), crop),
        trim=_box(page.get("/TrimBox"), crop),
        rotation=float(rotation or 0) % 360,
        unit=float(page.get("/UserUnit", 1)),
    )


def inherited(page: Object, key: str) -> Object | None:
    """An attribute of a page or of the nodes above it."""
    node: Object | None = page
    while node is not None and key not in node:
        node = node.get("/Parent")
    return None if node is None else node[key]


def check_boxes(place: Place, expected: ExpectedPage, boxes: Boxes) -> Iterator[Finding]:
    """Every way in which the page is not the form's paper. After a key of `NOT_MEASURABLE` nothing on it has a place."""
    if boxes.rotation:
        yield place.finding("proof.page-rotated", degrees=f"{boxes.rotation:g}")
        return
    beyond = boxes.media.beyond(boxes.trim)
    if min(beyond) < -_HAIR_MM:
        yield place.finding("proof.trim-outside", found=_sides([max(0.0, -side) for side in beyond]))
        return
    if boxes.unit != 1:
        yield place.finding("proof.page-unit", found=f"{boxes.unit:g}")
    cropped = boxes.media.beyond(boxes.crop)
    is_cropped = max(map(abs, cropped)) > _HAIR_MM
    if is_cropped:
        yield place.finding("proof.page-cropped", found=_sides(cropped))
    width, height = boxes.trim.width_mm, boxes.trim.height_mm
    off = max(abs(width - float(expected.width_mm)), abs(height - float(expected.height_mm)))
    if off > SIZE_TOLERANCE_MM:
        wanted, found = f"{expected.width_mm}×{expected.height_mm}", f"{width:.2f}×{height:.2f}"
        yield place.finding("proof.page-size", expected=wanted, found=found)
        return
    wrong = _wrong_bleed(boxes, float(expected.bleed_mm))
    if wrong is not None and not is_cropped:
        yield place.finding("proof.page-bleed", expected=str(expected.bleed_mm), found=_sides(wrong))


def _wrong_bleed(boxes: Boxes, bleed: float) -> _Sides | None:
    """How far paper or ink reach beyond the cut, where that is not the bleed and at most two dots of 600 dpi more.

    Those two dots are none at left and top of a form without bleed: a printer takes the MediaBox's corner for the paper's.
    """
    paper, printed = boxes.media.beyond(boxes.trim), boxes.bleed.beyond(boxes.trim)
    most = bleed + SIZE_TOLERANCE_MM
    if max(paper[:2]) > (most if bleed else _HAIR_MM) or max(paper[2:]) > most or min(paper) < bleed - _HAIR_MM:
        return paper
    return printed if min(printed) < bleed - _HAIR_MM else None


def _box(given: Object | None, default: Rectangle) -> Rectangle:
    return default if given is None else _rectangle(given)


def _rectangle(given: Object) -> Rectangle:
    """A rectangle may name any two opposite corners (ISO 32000-1, 7.9.5)."""
    x1, y1, x2, y2 = (float(side) for side in given.as_list())
    if x1 == x2 or y1 == y2:
        raise ValueError("box without extent")
    return Rectangle(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _sides(sides: _Sides) -> str:
    return " / ".join(f"{round(side, 2) + 0.0:.2f}" for side in sides)
