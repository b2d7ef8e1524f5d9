"""How many pages a second are read back, and what reading a part of it by ready-made tools takes: `python benchmarks/proof.py <demo folder>`.

Works on the finished pages of a demonstration (`print-service demo --out <folder> --payers 60`), which makes many small files; a season's
are large, so the files of each job are joined to one, several times over, before they are read. CPU time is printed beside wall
time: on a machine that does other work, only the former means anything. The rivals do the nearest thing that others offer, on a sample of the
same pages: zxing-cpp on the whole page as pypdfium2 draws it at 300 dpi (marks alone), pypdf's `extract_text` (strings alone, no places).
`--write` puts the table into `benchmarks/results.md`.
"""

import argparse
import os
import platform
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2 as pdfium
import zxingcpp
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from print_service.ledger.tables import Job, PageFile
from print_service.proof.expect import Printer, expected_pages
from print_service.proof.part import Part, PartOrder, read_part
from print_service.proof.prove import part_orders
from print_service.settings import load_settings

RESULTS = Path(__file__).with_name("results.md")
SAMPLE = 60
PRINTER = Printer(Decimal("4.0"), Decimal("2.0"))


def orders(folder: Path, out: Path, times: int) -> tuple[list[PartOrder], float]:
    """The parts of one joined file a job, and the seconds it took to expect a page of them."""
    issuer = load_settings(folder / "ward.toml").ward.issuer()
    engine = create_engine(f"sqlite:///{folder}/ledger.sqlite")
    found, spent, count = [], 0.0, 0
    with Session(engine) as session:
        for job in session.scalars(select(Job).order_by(Job.id)):
            joined, pages = pikepdf.new(), []
            for file in session.scalars(select(PageFile).where(PageFile.job_id == job.id).order_by(PageFile.name)):
                start = time.process_time()
                expected = list(expected_pages(session, job, file, issuer, PRINTER))
                spent, count = spent + time.process_time() - start, count + len(expected)
                with pikepdf.open(folder / "output" / job.id / "pages" / file.name) as source:
                    first = len(joined.pages)
                    joined.pages.extend(source.pages)
                pages += [replace(page, page=page.page + first) for page in expected]
            length = len(pages)
            for _ in range(times - 1):
                joined.pages.extend(list(joined.pages)[:length])
            pages = [replace(page, page=page.page + n * length) for n in range(times) for page in pages]
            path = out / f"{job.id}.pdf"
            joined.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)
            found += part_orders(path, pages)
    return found, spent / count


def timed(order: PartOrder) -> tuple[Part, float]:
    """The part and the CPU seconds it took."""
    start = time.process_time()
    part = read_part(order)
    return part, time.process_time() - start


def by_zxing(order: PartOrder, numbers: Sequence[int]) -> None:
    """Every mark of whole pages at 300 dpi."""
    document = pdfium.PdfDocument(order.pdf)
    for number in numbers:
        zxingcpp.read_barcodes(document[number].render(scale=300 / 72, grayscale=True).to_numpy())


def by_pypdf(order: PartOrder, numbers: Sequence[int]) -> None:
    """The strings of the pages."""
    reader = pypdf.PdfReader(order.pdf)
    for number in numbers:
        reader.pages[number].extract_text()


def sampled(work: Sequence[PartOrder], read: Callable[[PartOrder, Sequence[int]], None]) -> float:
    """CPU seconds a page of a sample from every part."""
    each = max(1, SAMPLE // len(work))
    count, start = 0, time.process_time()
    for order in work:
        numbers = [page.page for page in order.pages[:: max(1, len(order.pages) // each)]]
        read(order, numbers)
        count += len(numbers)
    return (time.process_time() - start) / count


def proof_of(work: Sequence[PartOrder], cores: int) -> tuple[int, float, float]:
    """Pages, CPU seconds and wall seconds of the whole proof."""
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        list(pool.map(read_part, work[: 2 * cores]))
        start = time.perf_counter()
        done = list(pool.map(timed, work))
        seconds = time.perf_counter() - start
    assert not any(part.fault or part.reading.findings for part, _ in done), "the demonstration's pages are not sound"
    return sum(part.pages for part, _ in done), sum(spent for _, spent in done), seconds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--times", type=int, default=4)
    arguments.add_argument("--write", action="store_true", help="put the table into results.md")
    options = arguments.parse_args()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as out:
        work, expecting = orders(options.folder, Path(out), options.times)
        pages, cpu, wall = proof_of(work, cores)
        rivals = {
            "zxing-cpp on pypdfium2's page at 300 dpi: marks alone": sampled(work, by_zxing),
            "pypdf, extract_text: strings alone": sampled(work, by_pypdf),
        }
    own = cpu / pages
    paces = f"{pages / wall:,.0f} pages/s by the clock, {cores / own:,.0f} by processor time (target 150)"
    lines = [
        f"{pages:,} pages by {cores} processes: {paces}. The ledger says in {1000 * expecting:.2f} ms what a page should be.",
        "",
        "| what | ms CPU a page | of ours |",
        "|---|---|---|",
        f"| print-service: marks, fields, glyphs, places, ink | {1000 * own:.1f} | 1.0 × |",
        *(f"| {name} | {1000 * each:.1f} | {each / own:.1f} × |" for name, each in rivals.items()),
    ]
    print("\n".join(lines))
    if options.write:
        write(lines)


def write(lines: Sequence[str]) -> None:
    """Put the section into results.md, instead of the one that stands there."""
    machine = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()}-core {platform.machine()} machine"
    section = "\n".join(
        (f"## Proof\n\n`benchmarks/proof.py`, {machine}, pages of a demonstration. {lines[0]}", *lines[1:])
    )
    text = re.sub(r"\n*## Proof\n.*?(?=\n## |\Z)", "", RESULTS.read_text(encoding="utf-8"), flags=re.DOTALL)
    RESULTS.write_text(f"{text.rstrip()}\n\n{section}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
