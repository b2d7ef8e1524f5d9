"""How many pages a second are read back, whole proof, by as many processes as there are cores: `python benchmarks/proof.py <demo folder>`.

Works on the finished pages of a demonstration (`print-service demo --out <folder> --payers 60`), each file taken `--times` over, so that
starting up weighs little. Prints pages a second for one process and for the pool, and where the time goes.
"""

import argparse
import os
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from print_service.ledger.tables import Job, PageFile
from print_service.proof.expect import Printer, expected_pages
from print_service.proof.part import PartOrder, read_part
from print_service.proof.prove import part_orders

PRINTER = Printer(Decimal("4.0"), Decimal("2.0"))


def orders(folder: Path) -> tuple[list[PartOrder], float]:
    """The parts of every file of the demonstration, and the seconds it took to expect them."""
    engine = create_engine(f"sqlite:///{folder}/ledger.sqlite")
    found, start = [], time.perf_counter()
    with Session(engine) as session:
        for file in session.scalars(select(PageFile).order_by(PageFile.name)):
            job = session.get_one(Job, file.job_id)
            path = folder / "output" / job.id / "pages" / file.name
            pages = list(expected_pages(session, job, file, PRINTER))
            found += part_orders(path, pages)
    return found, time.perf_counter() - start


def rate(pool: Executor | None, work: list[PartOrder]) -> float:
    """Pages a second; every page must be sound."""
    start = time.perf_counter()
    parts = [read_part(order) for order in work] if pool is None else list(pool.map(read_part, work))
    seconds = time.perf_counter() - start
    assert not any(part.fault or part.reading.findings for part in parts)
    return sum(part.pages for part in parts) / seconds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--times", type=int, default=4)
    options = arguments.parse_args()
    work, expecting = orders(options.folder)
    pages = sum(len(order.pages) for order in work)
    cores = len(os.sched_getaffinity(0))
    print(f"{pages} pages of {len({order.pdf for order in work})} files, {cores} cores")
    print(f"expecting, one process: {pages / expecting:,.0f} pages/s")
    rate(None, work[:2])
    print(f"reading back, one process: {rate(None, work):,.0f} pages/s")
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        list(pool.map(read_part, work[: 2 * cores]))
        print(f"reading back, {cores} processes: {rate(pool, work * options.times):,.0f} pages/s (target 150)")


if __name__ == "__main__":
    main()
