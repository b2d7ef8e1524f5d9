"""What form.toml promises of a form's pages: paper, zones of marks, zones of fields, wording of its day, and where no ink may be.

The forms' TOML is read here by itself: the proof shares no code with the press that drew the pages. The section `[proof]` is
the proof's own: `ink` (where a mark's ink stands), `reads` (where a field stands and how it reads), `also` (what else the record may
say on the page), `wording` (which texts of the version each page must carry), `keep_out`. Boxes are "x y width height" in mm from the top left of the paper as cut.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from print_service.proof.fields import field_at, printed
from print_service.proof.model import Box, ExpectedText, Layout
from print_service.resources import templates_dir


@dataclass(frozen=True)
class Read:
    """A field's zone: `each` names a list of fields, one a row of `pitch_mm`, `rows` of them; `when` a field it depends on."""

    name: str
    page: int
    box: Box
    text: str
    each: str = ""
    pitch_mm: Decimal = Decimal(0)
    rows: int = 0
    when: str = ""

    def expected(self, fields: Mapping[str, Any]) -> Iterator[ExpectedText]:
        """The zone's text, or one for each row: rows beyond the list are expected empty."""
        if self.when and not field_at(fields, self.when):
            return
        if not self.each:
            yield ExpectedText(self.name, self.box, printed(self.text, fields))
            return
        items: Sequence[Mapping[str, Any]] = field_at(fields, self.each) or ()
        x, y, width, _ = self.box
        for row in range(max(self.rows, len(items))):
            text = printed(self.text, items[row]) if row < len(items) else ""
            yield ExpectedText(f"{self.name}-{row + 1}", (x, y + row * self.pitch_mm, width, self.pitch_mm), text)


@dataclass(frozen=True)
class FormZones:
    """One form: size as cut and bleed, sheets, mark zones (page and box by name) with their ink, fields' zones, patterns of what
    the record may say outside of these.
    """

    width_mm: Decimal
    height_mm: Decimal
    pages: int
    duplex: bool
    zones: Mapping[str, tuple[int, Box]]
    ink: Mapping[str, Box]
    reads: tuple[Read, ...]
    bleed_mm: Decimal = Decimal(0)
    also: tuple[str, ...] = ()


@cache
def form_zones(form_id: str, root: Path | None = None) -> FormZones:
    """Paper, mark zones and fields' zones of a form from its form.toml, below the shipped templates or another `root`."""
    table = _table(form_id, root)
    paper, proof = table["paper"], table.get("proof", {})
    zones = {name: (int(zone["page"]), _area(zone)) for name, zone in table["zones"].items()}
    return FormZones(
        width_mm=_mm(paper["width_mm"]),
        height_mm=_mm(paper["height_mm"]),
        pages=int(paper["pages"]),
        duplex=bool(paper["duplex"]),
        zones=zones,
        ink={name: box_of(text) for name, text in proof.get("ink", {}).items()},
        reads=tuple(_read(name, row) for name, row in proof.get("reads", {}).items()),
        bleed_mm=_mm(paper.get("bleed_mm", "0")),
        also=tuple(proof.get("also", ())),
    )


@cache
def layout_of(
    form_id: str, page: int, on: date, margin_mm: Decimal, fold_clear_mm: Decimal, root: Path | None = None
) -> Layout:
    """What page `page` (from 1) of the form has in common with all others printed on that day."""
    table = _table(form_id, root)
    proof = table.get("proof", {})
    ways = proof.get("wording", {}).get(str(page), [])
    own: dict[str, None] = {}
    others: dict[str, str] = {}
    texts: list[str] = []
    for version in table["version"]:
        valid = version["valid_from"] <= on <= version.get("valid_to", date.max)
        texts += map(_solid, _strings(version["texts"])) if valid else ()
        for way in ways:
            for text in _strings(field_at(version["texts"], way)):
                if valid:
                    own[_solid(text)] = None
                else:
                    others.setdefault(_solid(text), version["valid_from"].isoformat())
    areas = [(area["kind"], _area(area)) for area in table.get("areas", {}).values() if int(area["page"]) == page]
    keep_out = proof.get("keep_out", {}).items()
    return Layout(
        name=f"{form_id}-{page}",
        wording=tuple(own),
        texts="\n".join(texts),
        other_wording=tuple((day, text) for text, day in others.items() if text not in own),
        folds=tuple(box for kind, box in areas if kind == "fold"),
        windows=tuple(box for kind, box in areas if kind == "window"),
        keep_out=tuple((name, box_of(row["box"])) for name, row in keep_out if int(row["page"]) == page),
        margin_mm=margin_mm,
        fold_clear_mm=fold_clear_mm,
    )


def box_of(text: str) -> Box:
    """A box from "x y width height"."""
    x, y, width, height = (Decimal(side) for side in text.split())
    return x, y, width, height


@cache
def _table(form_id: str, root: Path | None) -> dict[str, Any]:
    return tomllib.loads(((root or templates_dir()) / "notices" / form_id / "form.toml").read_text(encoding="utf-8"))


def _read(name: str, row: Mapping[str, Any]) -> Read:
    return Read(
        name=name,
        page=int(row.get("page", 1)),
        box=box_of(row["box"]),
        text=row["text"],
        each=row.get("each", ""),
        pitch_mm=_mm(row.get("pitch", "0")),
        rows=int(row.get("rows", 0)),
        when=row.get("when", ""),
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _strings(inner)


def _solid(text: str) -> str:
    return "".join(text.split())


def _mm(value: Any) -> Decimal:
    return Decimal(str(value))


def _area(table: Mapping[str, Any]) -> Box:
    return _mm(table["x_mm"]), _mm(table["y_mm"]), _mm(table["width_mm"]), _mm(table["height_mm"])
