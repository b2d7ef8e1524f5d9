"""The press against WeasyPrint, Typst and ReportLab: the same page from the same records in one run.

`python benchmarks/press.py` draws payment slips (297 by 114.3 mm: GS1-128, eL-QR, piece mark, OCR lines, names in IPAmj Mincho) and A4
reminders (customer barcode, piece mark) and prints pages a second of one core (processor time of all threads, best of three rounds),
bytes a page and ratios; `--write` puts the table into `benchmarks/results.md`; `--look <folder>` keeps each contender's first pages.
Before anything is measured, every contender's marks must be read by zxing-cpp and its lines found in its text.
"""

import argparse
import gc
import io
import os
import platform
import re
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

os.environ["RAYON_NUM_THREADS"] = "1"  # Typst's threads wait for each other busily

import numpy as np
import pypdf
import pypdfium2
import zxingcpp
from press_page import Forms, Page, Record
from press_rivals import ReportLab, WeasyPrint, piece_mark, piece_text
from press_typst import Typst

from barcodes.customer_raster import read as read_customer
from barcodes.ink import customer_ink, cvs_ink, elqr_ink, piece_ink
from print_service.press.model import Filling
from print_service.press.slot import SlotPress
from print_service.resources import templates_dir

ROUNDS = 3
RESULTS = Path(__file__).with_name("results.md")
TITLES = {"payment_slip": "payment slip", "reminder": "A4 reminder"}
INKS = {"customer": customer_ink, "cvs": cvs_ink, "el_qr": elqr_ink}


class Contender(Protocol):
    """One way to draw: opened once, then records in, PDF out (of the last piece, where there is one a piece)."""

    name: str

    def draw(self, records: Sequence[Record]) -> bytes: ...


class Ours:
    """The slot press; marks from what is stored, while it draws."""

    name = "print-service, slot press"

    def __init__(self, _: Forms, page: Page, folder: Path) -> None:
        self._page = page
        self._press = SlotPress(templates_dir(), folder)

    def draw(self, records: Sequence[Record]) -> bytes:
        form = self._page.form
        pieces = (
            (number, [Filling(form, record.fields, self._marks(record))])
            for number, record in enumerate(records, start=1)
        )
        printed = self._press.print_file(pieces, form.title)
        if printed.held:
            raise ValueError(printed.held[0])
        return printed.pdf

    def _marks(self, record: Record) -> dict[str, Any]:
        return {
            name: piece_ink(piece_mark(self._page, said)) if name == "piece_mark" else INKS[name](said)
            for name, said in record.marks.items()
        }


# How many pages each draws in a round: enough that opening and closing a file weighs little.
CONTENDERS: tuple[tuple[Any, int], ...] = ((Ours, 3000), (ReportLab, 3000), (Typst, 1500), (WeasyPrint, 8))


def measure(contender: Contender, records: Sequence[Record]) -> tuple[float, int]:
    """Pages a second of one core, and the size of what was drawn last."""
    best, size, count = 0.0, 0, len(records) // ROUNDS
    gc.collect()
    gc.freeze()  # the records and whatever a contender has opened: as in the pool, where there is nothing to look through
    for first in range(0, ROUNDS * count, count):  # of other records each time: Typst remembers what it has laid out
        start = time.process_time()
        size = len(contender.draw(records[first : first + count]))
        best = max(best, count / (time.process_time() - start))
    return best, size


def verify(contender: Contender, page: Page, look: Path | None) -> None:
    """Every mark read, every line in the text. Raises ValueError."""
    for record in page.records[:2] if isinstance(contender, WeasyPrint) else [page.records[0]]:
        pdf = contender.draw([record])
        if look:
            (look / f"{page.form.id}-{type(contender).__name__}.pdf").write_bytes(pdf)
        image = pypdfium2.PdfDocument(pdf)[0].render(scale=300 / 72, grayscale=True).to_numpy()
        found = {
            each.text
            for each in zxingcpp.read_barcodes(
                np.ascontiguousarray(image.reshape(image.shape[:2])), text_mode=zxingcpp.TextMode.Plain
            )
        }
        wanted = {
            piece_text(page, said) if name == "piece_mark" else said
            for name, said in record.marks.items()
            if name != "customer"
        }
        if not wanted <= found:
            raise ValueError(f"{contender.name}: {page.form.id}: not read: {wanted - found}")
        if "customer" in record.marks and _customer(pdf, page) != record.marks["customer"]:
            raise ValueError(f"{contender.name}: {page.form.id}: customer barcode not read")
        text = _solid(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text())
        for line in (*record.lines, *page.ground):
            for run in line.runs:
                if _solid(run.text) not in text:
                    raise ValueError(f"{contender.name}: {page.form.id}: no {run.text}")


def _customer(pdf: bytes, page: Page) -> str:
    zone = page.form.zones["customer"]
    left, top, width, height = (
        round(float(mm) * 600 / 25.4) for mm in (zone.x_mm, zone.y_mm, zone.width_mm, zone.height_mm)
    )
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=600 / 72, grayscale=True).to_numpy()
    image = image.reshape(image.shape[:2])
    reading = read_customer([bytes(row) for row in image[top : top + height, left : left + width]])
    return reading.postcode + reading.digits


def _solid(text: str) -> str:
    return re.sub(r"\s", "", text)


def table(page: Page, forms: Forms, folder: Path, look: Path | None) -> list[str]:
    """Rows of the table for one form."""
    rows: list[str] = []
    ours = 0.0
    for kind, count in CONTENDERS:
        contender: Contender = kind(forms, page, folder)
        verify(contender, page, look)
        records = page.records[1 : 1 + ROUNDS * count]
        found, size = measure(contender, records)
        pages = 1 if kind is WeasyPrint else count
        ours = ours or found
        rows.append(
            f"| {TITLES[page.form.id]} | {contender.name} | {found:,.0f} | {size / pages:,.0f} | {ours / found:.1f} × |"
            if found >= 100
            else f"| {TITLES[page.form.id]} | {contender.name} | {found:,.1f} | {size / pages:,.0f} | {ours / found:,.0f} × |"
        )
        print(rows[-1], flush=True)
    return rows


def write(rows: Sequence[str]) -> None:
    """Put the section into results.md, instead of the one that stands there."""
    machine = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, one core of a {os.cpu_count()}-core {platform.machine()} machine"
    section = f"## Press\n\n`benchmarks/press.py`, {machine}. {ABOUT}\n\n" + "\n".join((*HEAD, *rows)) + "\n"
    text = RESULTS.read_text(encoding="utf-8")
    text = re.sub(r"\n*## Press\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    RESULTS.write_text(f"{text.rstrip()}\n\n{section}", encoding="utf-8")


HEAD = ("| page | drawn by | pages/s | bytes a page | ours is |", "|---|---|---|---|---|")
ABOUT = (
    "Every page of another record, marks made while drawing; read by zxing-cpp and compared line by line before measuring. "
    "Bytes of a page are the file's, fonts included, by its pages (WeasyPrint makes a file a piece)."
)


def main() -> None:
    """Print the table, and do with it what was asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    parser.add_argument("--look", type=Path, help="keep each contender's first page here")
    arguments = parser.parse_args()
    if arguments.look:
        arguments.look.mkdir(parents=True, exist_ok=True)
    print("\n".join(HEAD))
    rows: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        forms = Forms(folder / "fonts")
        for form_id in TITLES:
            rows += table(
                forms.page(form_id, 1 + ROUNDS * max(count for _, count in CONTENDERS)), forms, folder, arguments.look
            )
    if arguments.write:
        write(rows)


if __name__ == "__main__":
    main()
