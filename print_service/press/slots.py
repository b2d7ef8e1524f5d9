"""The nouns of a compiled form: slots, statics, variants. All lengths are thousandths of a point (`mpt`), whole numbers.

Between compiling (`press.compile`) and filling (`press.settext`). A variant is plain data, so that it is kept on disk as JSON and
read back by a process that never loads WeasyPrint.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from print_service.press.recipe import Constant, Question, Recipe, from_json, to_json

MPT_PER_PX = 750


@dataclass(frozen=True, slots=True)
class Step:
    """One type size of a slot: the size, the line pitch, how far below a line's top its baseline lies (all mpt), and how many
    lines it may take (0: as many as the slot has room for).
    """

    size: int
    pitch: int
    ascent: int
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a slot's text: literal, or a recipe; `chain` names the fonts ("" is the slot's own)."""

    content: Recipe | str
    chain: str


@dataclass(frozen=True, slots=True)
class Slot:
    """An area of fixed size whose text differs from record to record. `x`, `y` from the page's top left corner; with `collapse`,
    runs of spaces are one and those at a line's ends none, as `white-space: normal` has it; with `anywhere`, a word longer than a
    line is cut.
    """

    name: str
    where: str
    page: int
    x: int
    y: int
    width: int
    height: int
    align: str
    bottom: bool
    wrap: bool
    font: str
    steps: tuple[Step, ...]
    spacing: int
    color: str
    features: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    collapse: bool
    anywhere: bool


@dataclass(frozen=True, slots=True)
class Show:
    """Glyphs of a static page: a font id and (text of the cluster, glyph, kerning after it in 1/1000 em)."""

    font: str
    size: str
    glyphs: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class StaticPage:
    """What WeasyPrint painted of a page: PDF operators in points, y downwards, with the glyphs apart."""

    items: tuple[str | Show, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """A form for the records that answer `answers`: its static pages and its slots in painting order."""

    answers: tuple[tuple[Question, Constant], ...]
    pages: tuple[StaticPage, ...]
    slots: tuple[Slot, ...]


def variant_to_json(variant: Variant) -> Mapping[str, Any]:
    """The variant as JSON-able data."""
    return {
        "answers": [
            [to_json(question.subject), question.kind, question.operand, found] for question, found in variant.answers
        ],
        "pages": [page_to_json(page) for page in variant.pages],
        "slots": [
            {**asdict(slot), "parts": [[to_json(part.content), part.chain] for part in slot.parts]}
            for slot in variant.slots
        ],
    }


def variant_from_json(data: Mapping[str, Any]) -> Variant:
    """Inverse of `variant_to_json`. Raises ValueError, KeyError or TypeError for anything else."""
    return Variant(
        tuple(
            (Question(from_json(subject), kind, operand), found) for subject, kind, operand, found in data["answers"]
        ),
        tuple(page_from_json(page) for page in data["pages"]),
        tuple(_slot_from_json(slot) for slot in data["slots"]),
    )


def _slot_from_json(data: Mapping[str, Any]) -> Slot:
    return Slot(
        **{
            **data,
            "steps": tuple(Step(**step) for step in data["steps"]),
            "features": tuple((name, value) for name, value in data["features"]),
            "parts": tuple(Part(from_json(content), chain) for content, chain in data["parts"]),
        }
    )


def page_to_json(page: StaticPage) -> list[Any]:
    """The page as JSON-able data."""
    return [item if isinstance(item, str) else [item.font, item.size, item.glyphs] for item in page.items]


def page_from_json(items: list[Any]) -> StaticPage:
    """Inverse of `page_to_json`."""
    return StaticPage(
        tuple(
            item if isinstance(item, str) else Show(item[0], item[1], tuple((t, g, k) for t, g, k in item[2]))
            for item in items
        )
    )
