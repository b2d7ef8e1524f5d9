"""Typst as a rival of `press.py`: one document of many pages that reads its records from JSON, written from `press_page`.

Typst lays out each page anew; what every copy of a page shows is one value, so that it can remember it. Lines are placed without a box of
their own. A record's marks are slices of one file of pixels, a pixel a module, drawn unsmoothed: they cost next to nothing, as paths of
some hundred rectangles they would be most of the page.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import typst
from press_layout import Place, Shape
from press_marks import DOT, picture
from press_page import Forms, Job, Record
from press_records import Said

from print_service.press.fonts import load_fonts
from print_service.press.model import Zone

_BLACK, _WHITE = np.uint8(0), np.uint8(255)


class Typst:
    """One file of all records; marks are pictures out of one file of pixels."""

    name = "Typst, one document"

    def __init__(self, _: Forms, job: Job, folder: Path) -> None:
        self._job = job
        self._root = Path(tempfile.mkdtemp(dir=folder))
        source = self._root / "page.typ"
        source.write_text("\n".join((_HEAD, *_leaves(job), _BODY)), encoding="utf-8")
        folders = sorted({str(font.path.parent) for font in load_fonts().files.values()})
        self._compiler = typst.Compiler(str(source), root=str(self._root), font_paths=folders, ignore_system_fonts=True)

    def draw(self, records: Sequence[Record]) -> list[bytes]:
        pixels, pages = bytearray(), []
        for page in (page for record in records for page in record.pages):
            spots = {}
            for name, said in page.marks.items():
                modules = picture(self._job.leaves[page.leaf].zones[name], said).modules
                spots[name] = [len(pixels), *modules.shape]
                pixels += np.where(modules, _BLACK, _WHITE).tobytes()
            pages.append({"l": page.leaf, "t": page.texts, "m": spots})
        (self._root / "marks.bin").write_bytes(pixels)
        (self._root / "records.json").write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")
        pdf: bytes = self._compiler.compile(format="pdf", pdf_tags=False)
        return [pdf]


def _leaves(job: Job) -> list[str]:
    """The function of each leaf, and the list of them."""
    functions = []
    for number, leaf in enumerate(job.leaves):
        said = next(page.marks for page in job.records[0].pages if page.leaf == number)
        parts = [_shape(shape) for shape in leaf.shapes]
        parts += [
            _line(place, [json.dumps(text, ensure_ascii=False) for text in texts]) for place, texts in leaf.ground
        ]
        filled = [_filled(index, place) for index, place in enumerate(leaf.places)]
        marks = [_mark(zone, name, said[name]) for name, zone in leaf.zones.items() if name in said]
        size = f"width: {leaf.width:.3f}pt, height: {leaf.height:.3f}pt"
        functions += [
            f"#let ground{number} = {{\n" + "\n".join(parts) + "\n}",
            f"#let leaf{number}(r) = page({size}, {{\n" + "\n".join((f"ground{number}", *filled, *marks)) + "\n})",
        ]
    return [*functions, f"#let leaves = ({''.join(f'leaf{number}, ' for number in range(len(job.leaves)))})"]


def _filled(index: int, place: Place) -> str:
    text = f"r.t.at({index})"
    line = _line(place, [f"{text}.at({run})" for run in range(len(place.runs))])
    return f"if {text} != none {{ {line} }}"


def _line(place: Place, texts: Sequence[str]) -> str:
    families = {font.id: (font.family, font.weight) for font in load_fonts().files.values()}
    runs = " + ".join(
        f'text(font: "{families[font][0]}", weight: {families[font][1]}, size: {size:g}pt, {text})'
        for (font, size), text in zip(place.runs, texts, strict=True)
    )
    edge, x = {
        "left": ("left", f"{place.x:.3f}pt"),
        "center": ("center", f"{place.x + place.width / 2:.3f}pt - 50%"),
        "right": ("right", f"{place.x + place.width:.3f}pt - 100%"),
    }[place.align]
    return f"place({edge}, dx: {x}, dy: {place.baseline:.3f}pt, {runs})"


def _shape(shape: Shape) -> str:
    size = f"width: {shape.width:.3f}pt, height: {shape.height:.3f}pt"
    grey = f"luma({shape.fill * 100:.0f}%)"
    drawn = {
        "fill": f"rect({size}, fill: {grey})",
        "frame": f"rect({size}, stroke: {shape.line:.3f}pt)",
        "ellipse": f"ellipse({size}, stroke: {shape.line:.3f}pt)",
        "dashed": f'line(length: {shape.height:.3f}pt, angle: 90deg, stroke: (thickness: {shape.line:.3f}pt, dash: "dashed"))',
    }[shape.kind]
    return f"place(dx: {shape.x:.3f}pt, dy: {shape.y:.3f}pt, {drawn})"


def _mark(zone: Zone, name: str, said: Said) -> str:
    """The place of a mark's pixels; `said` is one of its marks, all are of one size."""
    box = picture(zone, said)
    spot = f"place(dx: {box.x * DOT:.3f}pt, dy: {box.y * DOT:.3f}pt, "
    return f'{spot}picture(r.m.at("{name}"), {box.width * DOT:.3f}pt, {box.height * DOT:.3f}pt))'


_HEAD = """#let pixels = read("marks.bin", encoding: none)
#set page(margin: 0pt)
#set text(top-edge: "baseline", bottom-edge: "baseline", lang: "ja", hyphenate: false, cjk-latin-spacing: none)
#set par(leading: 0pt, spacing: 0pt)
#let picture(m, w, h) = image(
  pixels.slice(m.at(0), m.at(0) + m.at(1) * m.at(2)),
  width: w, height: h, fit: "stretch", scaling: "pixelated",
  format: (encoding: "luma8", width: m.at(2), height: m.at(1)),
)"""
_BODY = '#for r in json("records.json") { leaves.at(r.l)(r) }'
