"""The press against WeasyPrint, Typst and ReportLab: the same pages from the same records in one run.

`python benchmarks/press.py` draws resident tax notices (A4, two pages: customer barcode, piece marks) each with its four payment slips
(297 by 124.3 mm: customer barcode, GS1-128, eL-QR, piece mark, OCR lines, names in IPAmj Mincho), then A4 reminders (customer barcode,
piece mark), then slips alone, and prints pages a second of one core (processor time of all threads, best of three rounds) and of the machine
(wall time), bytes a page and ratios. `--write` puts the table into `benchmarks/results.md`, `--look <folder>` keeps each contender's first pieces, `--only <title>`
draws one of the three. Before anything is measured, every contender's marks must be read and its lines found in its text (`press_check`).
"""

import argparse
import gc
import multiprocessing
import os
import platform
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

os.environ["RAYON_NUM_THREADS"] = "1"  # Typst's threads wait for each other busily

import press_records
from press_check import check
from press_form import templates_with_customer_slips
from press_page import Forms, Job, Record
from press_records import Entry, Said
from press_reportlab import ReportLab
from press_typst import Typst
from press_weasyprint import WeasyPrint

from barcodes.ink import Ink, customer_ink, cvs_ink, elqr_ink, piece_ink
from barcodes.piece import PieceMark
from print_service.press.model import Filling
from print_service.press.slot import SlotPress

ROUNDS = 3
_PATIENCE = 300  # seconds, before a child that died is told from a slow one
CHECKED = 4  # pieces of each contender that are read before measuring
RESULTS = Path(__file__).with_name("results.md")
JOBS: dict[str, tuple[Callable[[int], list[Entry]], int]] = {  # title → how a piece is made, its pages
    "resident tax notice, 2 pages with four slips": (press_records.notice, 6),
    "A4 reminder": (press_records.reminder, 1),
    "payment slip": (press_records.slip, 1),
}
INKS: dict[str, Callable[[str], Ink]] = {"customer": customer_ink, "cvs": cvs_ink, "el_qr": elqr_ink}


class Contender(Protocol):
    """One way to draw: opened once, then records in, PDF files out."""

    name: str

    def draw(self, records: Sequence[Record]) -> list[bytes]: ...


class Ours:
    """The slot press; marks from what is stored, while it draws."""

    name = "print-service, slot press"

    def __init__(self, forms: Forms, job: Job, folder: Path) -> None:
        self._title = job.title
        self._press = SlotPress(forms.templates, folder)

    def draw(self, records: Sequence[Record]) -> list[bytes]:
        pieces = (
            (number, [Filling(part.form, part.fields, _inks(part.marks)) for part in record.parts])
            for number, record in enumerate(records, start=1)
        )
        printed = self._press.print_file(pieces, self._title)
        if printed.held:
            raise ValueError(printed.held[0])
        return [printed.pdf]


def _inks(marks: Mapping[str, Said]) -> dict[str, Ink]:
    return {name: _ink(name, said) for name, said in marks.items()}


def _ink(zone: str, said: Said) -> Ink:
    return piece_ink(said) if isinstance(said, PieceMark) else INKS[zone](said)


# How many pages each draws in a round: enough that opening and closing a file weighs little.
CONTENDERS: tuple[tuple[Any, int], ...] = ((Ours, 3000), (ReportLab, 3000), (Typst, 1500), (WeasyPrint, 24))


def measure(contender: Contender, records: Sequence[Record]) -> tuple[float, float]:
    """Pages a second of one core, and bytes a page of what was drawn last."""
    best, size, count = 0.0, 0.0, len(records) // ROUNDS
    gc.collect()
    gc.freeze()  # the records and whatever a contender has opened: as in the pool, where there is nothing to look through
    for first in range(0, ROUNDS * count, count):  # of other records each time: Typst remembers what it has laid out
        pages = sum(len(record.pages) for record in records[first : first + count])
        start = time.process_time()
        files = contender.draw(records[first : first + count])
        best = max(best, pages / (time.process_time() - start))
        size = sum(map(len, files)) / pages
    return best, size


def on_machine(kind: Any, forms: Forms, job: Job, folder: Path, records: Sequence[Record]) -> float:
    """Pages a second by the clock: ours a file a core, as the pool prints; a rival's one document, with its threads if it has any."""
    cores = len(os.sched_getaffinity(0)) if kind is Ours else 1
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(cores + 1)
    share = len(records) // cores

    def draw(number: int) -> None:
        os.environ["RAYON_NUM_THREADS"] = str(len(os.sched_getaffinity(0)))
        contender: Contender = kind(forms, job, folder)
        contender.draw(job.records[:CHECKED])
        gate.wait(_PATIENCE)
        contender.draw(records[number * share : (number + 1) * share])
        gate.wait(_PATIENCE)

    drawing = [context.Process(target=draw, args=(number,)) for number in range(cores)]
    for process in drawing:
        process.start()
    gate.wait(_PATIENCE)
    start = time.perf_counter()
    gate.wait(_PATIENCE)
    seconds = time.perf_counter() - start
    for process in drawing:
        process.join()
    return sum(len(record.pages) for record in records[: cores * share]) / seconds


def on_machine_all(job: Job, pages: int, forms: Forms, folder: Path) -> list[float]:
    """Of every contender. To be asked before any has drawn in this process: a thread of Typst's does not live on in a child."""
    Ours(forms, job, folder).draw(job.records)  # compiles every variant, which a ward does once a season
    return [
        on_machine(kind, forms, job, folder, job.records[CHECKED : CHECKED + ROUNDS * wanted // pages])
        for kind, wanted in CONTENDERS
    ]


def table(job: Job, pages: int, forms: Forms, folder: Path, look: Path | None, machine: Sequence[float]) -> list[str]:
    """Rows of the table for one job; `machine` is what `on_machine_all` found."""
    rows: list[str] = []
    ours = 0.0
    for (kind, wanted), here in zip(CONTENDERS, machine, strict=True):
        records = job.records[CHECKED : CHECKED + ROUNDS * wanted // pages]
        contender: Contender = kind(forms, job, folder)
        files = contender.draw(job.records[:CHECKED])
        check(contender.name, job, job.records[:CHECKED], files)
        if look:
            for number, file in enumerate(files):
                (look / f"{job.title}-{kind.__name__}-{number}.pdf").write_bytes(file)
        found, size = measure(contender, records)
        ours = ours or found
        speeds = f"{_figure(found)} | {_ratio(ours / found)} | {_figure(here)} | {_ratio(machine[0] / here)}"
        rows.append(f"| {job.title} | {contender.name} | {speeds} | {size:,.0f} |")
        print(rows[-1], flush=True)
    return rows


def _figure(pages: float) -> str:
    return f"{pages:,.0f}" if pages >= 100 else f"{pages:.1f}"


def _ratio(times: float) -> str:
    return f"{times:,.0f} ×" if times >= 100 else f"{times:.1f} ×"


def write(rows: Sequence[str]) -> None:
    """Put the section into results.md, instead of the one that stands there."""
    machine = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, a {os.cpu_count()}-core {platform.machine()} machine"
    section = f"## Press\n\n`benchmarks/press.py`, {machine}. {ABOUT}\n\n" + "\n".join((*HEAD, *rows)) + "\n"
    text = RESULTS.read_text(encoding="utf-8")
    text = re.sub(r"\n*## Press\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    RESULTS.write_text(f"{text.rstrip()}\n\n{section}", encoding="utf-8")


HEAD = (
    "| piece | drawn by | pages/s of a core | ours is | pages/s, machine | ours is | bytes a page |",
    "|---|---|---|---|---|---|---|",
)
ABOUT = (
    "Every piece of another record, marks made while drawing; marks read and lines compared before measuring. A notice is 6 pages: "
    "two of A4 and four slips, each with customer barcode, GS1-128, eL-QR and piece mark. Bytes of a page are the file's, fonts "
    "included, by its pages. A core: processor time, best of three rounds. The machine: wall time of all cores; ours prints a file a core, a "
    "ReportLab canvas and a WeasyPrint document are of one process, Typst has its threads."
)


def main() -> None:
    """Print the table, and do with it what was asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    parser.add_argument("--look", type=Path, help="keep each contender's first pieces here")
    parser.add_argument("--only", choices=list(JOBS), help="draw only this")
    arguments = parser.parse_args()
    if arguments.write and arguments.only:
        parser.error("--write wants the whole table")
    if arguments.look:
        arguments.look.mkdir(parents=True, exist_ok=True)
    print("\n".join(HEAD))
    rows: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        forms = Forms(templates_with_customer_slips(folder), folder / "fonts")
        work = []
        for title in [arguments.only] if arguments.only else JOBS:
            made, pages = JOBS[title]
            count = CHECKED + ROUNDS * max(wanted for _, wanted in CONTENDERS) // pages
            job = forms.job(title, [made(number) for number in range(1, count + 1)])
            work.append((job, pages, on_machine_all(job, pages, forms, folder)))
        for job, pages, machine in work:
            rows += table(job, pages, forms, folder, arguments.look, machine)
    if arguments.write:
        write(rows)


if __name__ == "__main__":
    main()
