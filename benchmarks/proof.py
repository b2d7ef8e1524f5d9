"""How many pages a second are read back, whole proof, by as many processes as there are cores: `python benchmarks/proof.py <demo folder>`.

Works on the finished pages of a demonstration (`print-service demo --out <folder> --payers 60`), which makes many small files; a season's
are large, so the files of each job are joined to one, several times over, before they are read. CPU time is printed beside wall
time: on a machine that does other work, only the former means anything.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

import pikepdf
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from print_service.ledger.tables import Job, PageFile
from print_service.proof.expect import Printer, expected_pages
from print_service.proof.part import Part, PartOrder, read_part
from print_service.proof.prove import part_orders

PRINTER = Printer(Decimal("4.0"), Decimal("2.0"))


def orders(folder: Path, out: Path, times: int) -> tuple[list[PartOrder], float]:
    """The parts of one joined file a job, and the seconds it took to expect a page of them."""
    engine = create_engine(f"sqlite:///{folder}/ledger.sqlite")
    found, spent, count = [], 0.0, 0
    with Session(engine) as session:
        for job in session.scalars(select(Job).order_by(Job.id)):
            joined, pages = pikepdf.new(), []
            for file in session.scalars(select(PageFile).where(PageFile.job_id == job.id).order_by(PageFile.name)):
                start = time.process_time()
                expected = list(expected_pages(session, job, file, PRINTER))
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


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--times", type=int, default=4)
    options = arguments.parse_args()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as out:
        work, expecting = orders(options.folder, Path(out), options.times)
        print(f"{sum(len(order.pages) for order in work)} pages, {cores} cores")
        print(f"expecting: {1000 * expecting:.2f} ms CPU a page")
        with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
            list(pool.map(read_part, work[: 2 * cores]))
            start = time.perf_counter()
            done = list(pool.map(timed, work))
            seconds = time.perf_counter() - start
    pages, cpu = sum(part.pages for part, _ in done), sum(spent for _, spent in done)
    assert not any(part.fault or part.reading.findings for part, _ in done), "the demonstration's pages are not sound"
    print(
        f"reading back: {1000 * cpu / pages:.2f} ms CPU a page, so {cores * pages / cpu:,.0f} pages/s on {cores} idle cores"
    )
    print(f"reading back, wall: {pages / seconds:,.0f} pages/s (target 150)")


if __name__ == "__main__":
    main()
