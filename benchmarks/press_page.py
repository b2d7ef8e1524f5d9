"""The pages every contender of `press.py` draws: where rules and lines stand, and what each synthetic record puts into them.

A form is laid out by WeasyPrint, outside of all measuring, once for each way its lines can stand (so many kinds of income, with a
building or without); what stands there is what a programmer would write by hand for ReportLab or Typst: places, sizes, fonts and
alignments in points from the page's top left. A leaf is what every copy of a page shows, lines that are the same on every page among it;
a page is the texts and marks of one record on it. Records come from `press_records`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from press_layout import Place, Shape, Texts, lines_of, shapes_of
from press_records import DAY, Entry, Said

from print_service.press.fonts import load_fonts
from print_service.press.forms import load_form
from print_service.press.layout import LayoutEngine
from print_service.press.markup import parse_markup
from print_service.press.model import Form, Zone
from print_service.press.setting import TextSetter


@dataclass(frozen=True)
class Leaf:
    """What every copy of a page shows, and the places of what records put there."""

    name: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    ground: tuple[tuple[Place, Texts], ...]
    places: tuple[Place, ...]
    zones: Mapping[str, Zone]


@dataclass(frozen=True)
class Page:
    """One page: `leaf` counts from 0; one entry a place of the leaf, None where the record has no line; its marks by zone."""

    leaf: int
    texts: tuple[Texts | None, ...]
    marks: Mapping[str, Said]


@dataclass(frozen=True)
class Part:
    """A form and its fields and marks, for those who fill forms themselves."""

    form: Form
    fields: Mapping[str, Any]
    marks: Mapping[str, Said]


@dataclass(frozen=True)
class Record:
    """One piece, as parts to fill and as pages to draw."""

    parts: tuple[Part, ...]
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Job:
    """What is drawn in one row group of the table."""

    title: str
    leaves: tuple[Leaf, ...]
    records: tuple[Record, ...]


class Forms:
    """Forms of a templates folder, laid out and rendered for the benchmark."""

    def __init__(self, templates: Path, fonts_cache: Path) -> None:
        self.templates = templates
        self.engine = LayoutEngine(templates, fonts_cache)
        self._setter = TextSetter(templates, load_fonts())

    def form(self, form_id: str) -> Form:
        return load_form(form_id, DAY, self.templates)

    def tree(self, form: Form, body: str) -> ET.Element:
        return parse_markup(form, form.id, body)

    def body(self, form: Form, file: str, values: Mapping[str, Any]) -> str:
        return self._setter.render(f"notices/{form.id}/{file}", form.id, form=form, texts=form.texts, **values)

    def job(self, title: str, pieces: Sequence[Sequence[Entry]]) -> Job:
        """Pieces of (form, fields, marks), laid out."""
        leaves: list[Leaf] = []
        filled: dict[str, Iterator[list[Page]]] = {}
        for form_id in dict.fromkeys(entry.form for piece in pieces for entry in piece):
            entries = [entry for piece in pieces for entry in piece if entry.form == form_id]
            found, pages = self._lay_out(self.form(form_id), entries, len(leaves))
            leaves += found
            filled[form_id] = iter(pages)
        records = (
            Record(
                tuple(Part(self.form(entry.form), entry.fields, entry.marks) for entry in piece),
                tuple(page for entry in piece for page in next(filled[entry.form])),
            )
            for piece in pieces
        )
        return Job(title, tuple(leaves), tuple(records))

    def _lay_out(self, form: Form, entries: Sequence[Entry], first: int) -> tuple[list[Leaf], list[list[Page]]]:
        samples: dict[object, _Sample] = {}
        filled: list[list[dict[Place, Texts]]] = []
        for entry in entries:
            root = self.tree(form, self.body(form, "form.html", entry.fields))
            texts = list(_texts(root))
            structure = _structure(root)
            if structure not in samples:
                laid = self.engine.lay_out(form, root)
                samples[structure] = _Sample(texts, [list(lines_of(page)) for page in laid.pages], list(_shapes(laid)))
            filled.append(samples[structure].refilled(texts))
        ground = self.engine.lay_out(form, self.tree(form, self.body(form, "ground.html", {})))
        leaves, pages = [], [[] for _ in entries]
        for number in range(form.paper.pages):
            shown = [lines[number] for lines in filled]
            still, places = _still_and_filled(shown)
            shapes = dict.fromkeys(
                [*_shapes(ground)[number], *(each for sample in samples.values() for each in sample.shapes[number])]
            )
            zones = {name: zone for name, zone in form.zones.items() if zone.page == number + 1}
            width, height = (float(mm) * 72 / 25.4 for mm in (form.paper.width_mm, form.paper.height_mm))
            lines = (*lines_of(ground.pages[number]), *still.items())
            leaves.append(Leaf(f"{form.id}-{number + 1}", width, height, tuple(shapes), lines, tuple(places), zones))
            for entry, line, page in zip(entries, shown, pages, strict=True):
                marks = {name: said for name, said in entry.marks.items() if name in zones}
                page.append(Page(first + number, tuple(line.get(place) for place in places), marks))
        return leaves, pages


@dataclass(frozen=True)
class _Sample:
    """One layout of a form: the record's texts in their order, its lines and shapes a page."""

    texts: list[str]
    pages: list[list[tuple[Place, Texts]]]
    shapes: list[list[Shape]]

    def refilled(self, texts: list[str]) -> list[dict[Place, Texts]]:
        """The sample's lines with another record's texts: what differs must have stood in one line, alone in its run."""
        waiting: dict[str, list[str]] = {}
        for old, new in zip(self.texts, texts, strict=True):
            waiting.setdefault(old, []).append(new)
        waiting = {old: news for old, news in waiting.items() if set(news) != {old}}
        runs = Counter(text for page in self.pages for _, each in page for text in each)
        for old, news in waiting.items():
            if runs[old] != len(news):
                raise ValueError(f"{old} does not stand in a line of its own")
        found = [
            {place: tuple(waiting[text].pop(0) if text in waiting else text for text in each) for place, each in page}
            for page in self.pages
        ]
        if any(len(lines) != len(page) for lines, page in zip(found, self.pages, strict=True)):
            raise ValueError("two lines stand in one place")
        return found


def _still_and_filled(pages: Sequence[Mapping[Place, Texts]]) -> tuple[dict[Place, Texts], list[Place]]:
    """Lines that are the same on every page, and the places of the others."""
    still = dict(pages[0])
    places: dict[Place, None] = {}
    for lines in pages:
        places.update(dict.fromkeys(lines))
        still = {place: texts for place, texts in still.items() if lines.get(place) == texts}
    return still, [place for place in places if place not in still]


def _shapes(document: Any) -> list[list[Shape]]:
    return [list(shapes_of(page)) for page in document.pages]


def _structure(root: ET.Element) -> tuple[object, ...]:
    """Everything of a filled form that says where its lines stand, apart from the texts themselves."""
    return tuple(
        (element.tag, element.get("class"), element.get("style"), len(list(_texts_at(element))))
        for element in root[1].iter()
    )


def _texts(root: ET.Element) -> Iterator[str]:
    """The texts between tags in their order, as lines show them."""
    for element in root[1].iter():
        yield from _texts_at(element)


def _texts_at(element: ET.Element) -> Iterator[str]:
    is_kept = "lines" in element.get("class", "").split()
    for text in [element.text, *(child.tail for child in element)]:
        parts = (text or "").split("\n") if is_kept else [" ".join((text or "").split(" ")).strip("\n")]
        yield from (part for part in parts if part.strip(" \n"))


def drawn(pieces: Iterable[Record]) -> int:
    """How many pages."""
    return sum(len(piece.pages) for piece in pieces)
