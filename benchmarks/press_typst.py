"""Typst as a rival of `press.py`: one document of many pages that reads its records from JSON, written from `press_page`.

Typst lays out each page anew; what is the same on every page is one function, so that it can remember it. A record's marks are slices
of one file of pixels, drawn unsmoothed: quicker than paths of some hundred rectangles, and as sharp.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from press_page import Forms, Line, Page, Record
from press_rivals import DOT, corner, matrix, zint_modules

from barcodes.customer import CustomerBarcode
from print_service.press.fonts import load_fonts


class Typst:
    """One document of many pages that reads its records from JSON; marks are pictures out of one file of pixels."""

    name = "Typst, one document"

    def __init__(self, _: Forms, page: Page, folder: Path) -> None:
        import typst  # noqa: PLC0415 (a package of benchmarks only)

        self._page = page
        self._root = Path(tempfile.mkdtemp(dir=folder))
        self._families = {font.id: (font.family, font.weight) for font in load_fonts().files.values()}
        source = self._root / "page.typ"
        source.write_text(self._source(), encoding="utf-8")
        folders = sorted({str(font.path.parent) for font in load_fonts().files.values()})
        self._compiler = typst.Compiler(str(source), root=str(self._root), font_paths=folders, ignore_system_fonts=True)

    def draw(self, records: Sequence[Record]) -> bytes:
        pixels, texts, at = bytearray(), [], 0
        for record in records:
            spots = []
            for name, said in record.marks.items():
                drawn = self._pixels(name, said)
                pixels += drawn.tobytes()
                spots.append([at, *drawn.shape])
                at = len(pixels)
            texts.append({"t": [run.text for line in record.lines for run in line.runs], "m": spots})
        (self._root / "marks.bin").write_bytes(pixels)
        (self._root / "records.json").write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        pdf: bytes = self._compiler.compile(format="pdf", pdf_tags=False)
        return pdf

    def _pixels(self, name: str, said: str) -> Any:
        if name in ("el_qr", "piece_mark"):
            return np.where(matrix(self._page, name, said)[0], 0, 255).astype(np.uint8)
        if name == "cvs":
            row = zint_modules("GS1_128", f"[91]{said[2:]}")[:1]
            return np.where(row, 0, 255).astype(np.uint8)
        rects = CustomerBarcode(said[:7], said[7:]).symbol().rects
        found = np.full((85, 1862), 255, np.uint8)  # 10 points at 600 dpi, without its blank
        for rect in rects:
            found[rect.y - 48 : rect.y - 48 + rect.height, rect.x - 48 : rect.x - 48 + rect.width] = 0
        return found

    def _source(self) -> str:
        sample, page = self._page.records[0], self._page
        number = iter(range(10_000))
        ground = [self._shape(shape) for shape in page.shapes]
        ground += [
            self._line(line, [json.dumps(run.text, ensure_ascii=False) for run in line.runs]) for line in page.ground
        ]
        filled = [self._line(line, [f"r.t.at({next(number)})" for _ in line.runs]) for line in sample.lines]
        marks = [self._mark(index, name) for index, name in enumerate(sample.marks)]
        return "\n".join(
            [
                '#let pixels = read("marks.bin", encoding: none)',
                f"#set page(width: {page.width}pt, height: {page.height}pt, margin: 0pt)",
                '#set text(top-edge: "baseline", bottom-edge: "baseline", lang: "ja", hyphenate: false, cjk-latin-spacing: none)',
                "#set par(leading: 0pt, spacing: 0pt)",
                "#let ground = {" + "\n".join(ground) + "}",
                _PICTURE,
                '#for (i, r) in json("records.json").enumerate() {',
                "  if i > 0 { pagebreak() }",
                "  ground",
                *(f"  {each}" for each in (*filled, *marks)),
                "}",
            ]
        )

    def _line(self, line: Line, texts: Sequence[str]) -> str:
        runs = " + ".join(
            f'text(font: "{self._families[run.font][0]}", weight: {self._families[run.font][1]}, size: {run.size:g}pt, {text})'
            for run, text in zip(line.runs, texts, strict=True)
        )
        placed = f"place(dx: {line.x:.3f}pt, dy: {line.baseline:.3f}pt, "
        return f"{placed}box(width: {line.width + 0.01:.3f}pt, align({line.align}, {runs})))"

    def _shape(self, shape: Any) -> str:
        size = f"width: {shape.width:.3f}pt, height: {shape.height:.3f}pt"
        grey = f"luma({shape.fill * 100:.0f}%)"
        drawn = {
            "fill": f"rect({size}, fill: {grey})",
            "frame": f"rect({size}, stroke: {shape.line:.3f}pt)",
            "ellipse": f"ellipse({size}, stroke: {shape.line:.3f}pt)",
            "dashed": f'line(length: {shape.height:.3f}pt, angle: 90deg, stroke: (thickness: {shape.line:.3f}pt, dash: "dashed"))',
        }[shape.kind]
        return f"place(dx: {shape.x:.3f}pt, dy: {shape.y:.3f}pt, {drawn})"

    def _mark(self, index: int, name: str) -> str:
        zone = self._page.form.zones[name]
        x, y = corner((zone.x_mm, zone.y_mm))
        said = self._page.records[0].marks[name]
        if name == "customer":
            left, top, width, height = 48, 48, 1862, 85
        elif name == "cvs":
            left, top, width, height = 60, 0, 288 * 4, 249
        else:
            modules, dots, quiet = matrix(self._page, name, said)
            left = top = quiet * dots
            width = height = len(modules) * dots
        spot = f"place(dx: {(x + left) * DOT:.3f}pt, dy: {(y + top) * DOT:.3f}pt, "
        return f"{spot}picture(r.m.at({index}), {width * DOT:.3f}pt, {height * DOT:.3f}pt))"


_PICTURE = """#let picture(m, w, h) = image(
  pixels.slice(m.at(0), m.at(0) + m.at(1) * m.at(2)),
  width: w, height: h, fit: "stretch", scaling: "pixelated",
  format: (encoding: "luma8", width: m.at(2), height: m.at(1)),
)"""
