"""A season at the ward: host file → proved, sealed batch, each step timed, with the memory of every process.

`python benchmarks/season.py --payers 2000` (several numbers: one season after the other) makes so many payers of resident tax (two pages of notice, five slips for whoever pays by slip; `--tax
vehicle-tax` for a page and a slip), loads their host file into a fresh ledger and does steps 1 to 6 by the real use cases with the process pool. For each step it prints
wall and processor seconds (this process and its workers), pieces a second, statements sent to the database and the peak resident memory of this
process and of the largest worker. `--url` takes PostgreSQL instead of SQLite, `--write` puts the tables into `benchmarks/results.md`,
`--json` writes the rows as JSON. Processor time is what to compare on a machine that does other work. Linux only: memory is read from /proc.
"""

import argparse
import json
import multiprocessing
import os
import platform
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, event, func, select

from print_service import vault
from print_service.act import JST, Act
from print_service.assessments.load import load_assessments
from print_service.batches.freeze import JobOrder, freeze_notices
from print_service.batches.seal import seal_job
from print_service.demo.entropy import seeded
from print_service.demo.ward import LEVY_YEAR, build_ward
from print_service.ledger.database import connect, migrate, transaction
from print_service.ledger.tables import PageFile, Piece
from print_service.notices.compose import print_pages, store_pages, warm
from print_service.pool import process_pool
from print_service.proof.job import read_back, store_proof
from print_service.settings import Settings, load_settings, template
from print_service.slips.issue import number_job

RESULTS = Path(__file__).with_name("results.md")
BATCH = "R08-S01"
ISSUED_ON = date(2026, 6, 5)
# Host file and share of the synthetic ward's people by tax: two pages of notice and five slips, or one page and one slip.
TAXES = {"resident-tax": ("resident-tax-host.dat", 0.17), "vehicle-tax": ("vehicle-tax-host.csv", 0.86)}
TARGET_PIECES, TARGET_SECONDS, TARGET_MIB = 100_000, 1_800, 1_024


@dataclass(frozen=True)
class Step:
    """What one step took. Memory is the peak during the step, MiB; `worker_mib` that of the largest worker."""

    name: str
    wall: float
    cpu: float
    statements: int
    mib: float
    worker_mib: float


@dataclass(frozen=True)
class Season:
    """One run."""

    tax: str
    payers: int
    pieces: int
    pages: int
    database: str
    steps: tuple[Step, ...]


class Meter:
    """Measures steps of this process and of its living children, and counts the statements of an engine."""

    def __init__(self, engine: Engine) -> None:
        self.steps: list[Step] = []
        self._statements = 0
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self._statements += 1

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        for pid in (os.getpid(), *children()):
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # begin a new peak
        statements, wall, cpu = self._statements, time.perf_counter(), cpu_seconds()
        yield
        self.steps.append(
            Step(
                name,
                time.perf_counter() - wall,
                cpu_seconds() - cpu,
                self._statements - statements,
                peak_mib(os.getpid()),
                max((peak_mib(pid) for pid in children()), default=0.0),
            )
        )
        print(f"# {self.steps[-1]}", flush=True)


def children() -> list[int]:
    """Process ids of the living workers."""
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


def cpu_seconds() -> float:
    """Processor seconds of this process and its living workers, system time included."""
    ticks = 0
    for pid in (os.getpid(), *children()):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mib(pid: int) -> float:
    """Peak resident memory of a process since it was last forgotten."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def run(folder: Path, tax: str, payers: int, url: str | None, chunk: int) -> Season:
    """One season in an empty folder."""
    people = max(20, round((payers - 12) / TAXES[tax][1]))
    maker = multiprocessing.get_context("spawn").Process(target=build_ward, args=(people, 1, folder / "host"))
    maker.start()
    maker.join()
    text = re.sub(r"chunk_pieces = \d+", f"chunk_pieces = {chunk}", template())
    (folder / "ward.toml").write_text(text, encoding="utf-8")
    settings = load_settings(folder / "ward.toml")
    if url:
        settings = settings.model_copy(update={"ledger_url": url})
    vault.create(settings, seeded(1, "vault"))
    engine = connect(settings.ledger_url)
    migrate(engine)
    meter = Meter(engine)
    with process_pool(settings.workers) as pool:
        warm(pool, settings)
        pool.submit(os.getpid).result()
        _steps(engine, settings, tax, folder / "host" / TAXES[tax][0], meter, pool)
    with transaction(engine) as session:
        pieces = session.scalar(select(func.count()).select_from(Piece)) or 0
        pages = session.scalar(select(func.sum(PageFile.pages))) or 0
    engine.dispose()
    return Season(tax, payers, pieces, pages, engine.dialect.name, tuple(meter.steps))


def _steps(engine: Engine, settings: Settings, tax: str, host: Path, meter: Meter, pool) -> None:
    def act() -> Act:
        return Act("maker", datetime(2026, 5, 20, 10, 0, tzinfo=JST))

    def in_transaction(name: str, work: Callable) -> None:
        with meter.step(name), transaction(engine) as session:
            work(session)

    order = JobOrder(BATCH, "notice", (tax,), LEVY_YEAR, ISSUED_ON)
    in_transaction("1 intake", lambda s: load_assessments(s, act(), host, f"{tax}-host", settings=settings))
    in_transaction("2 freeze", lambda s: freeze_notices(s, settings, act(), order))
    in_transaction("3 number", lambda s: number_job(s, settings, act(), BATCH))
    with meter.step("4 compose"):
        printed = print_pages(engine, settings, BATCH, pool)
    in_transaction("4 store pages", lambda s: store_pages(s, act(), BATCH, printed))
    with meter.step("5 prove"):
        evidences = read_back(engine, settings, BATCH, pool)
    in_transaction("5 store proof", lambda s: store_proof(s, act(), BATCH, evidences))
    in_transaction("6 seal", lambda s: seal_job(s, settings, act(), BATCH, "M-2026-901", seeded(1, "seal")))


HEAD = (
    "| step | wall s | CPU s | pieces/s | statements | MiB, this process | MiB, largest worker |",
    "|---|---|---|---|---|---|---|",
)


def table(season: Season) -> list[str]:
    """Rows of the table, the total at the end."""
    total = Step(
        "**all**",
        sum(step.wall for step in season.steps),
        sum(step.cpu for step in season.steps),
        sum(step.statements for step in season.steps),
        max(step.mib for step in season.steps),
        max(step.worker_mib for step in season.steps),
    )
    return [
        f"| {step.name} | {step.wall:.1f} | {step.cpu:.1f} | {season.pieces / max(step.wall, 0.01):,.0f} | {step.statements:,} "
        f"| {step.mib:,.0f} | {step.worker_mib:,.0f} |"
        for step in (*season.steps, total)
    ]


def forecast(season: Season) -> str:
    """What the target would take at this pace."""
    wall = sum(step.wall for step in season.steps) * TARGET_PIECES / season.pieces / 60
    cpu = sum(step.cpu for step in season.steps) * TARGET_PIECES / season.pieces / 60
    return (
        f"{season.pieces:,} pieces of {season.tax}, {season.pages:,} pages, {season.database}. At this pace {TARGET_PIECES:,} pieces take {wall:.0f} minutes by the "
        f"clock and {cpu:.0f} minutes of processor time (target: {TARGET_SECONDS // 60} minutes on 2 cores, {TARGET_MIB:,} MiB a process)."
    )


def write(seasons: Sequence[Season]) -> None:
    """Put the section into results.md, instead of the one that stands there."""
    machine = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()}-core {platform.machine()} machine"
    sizes = " ".join(str(season.payers) for season in seasons)
    section = f"## A season\n\n`benchmarks/season.py --tax {seasons[0].tax} --payers {sizes}`, {machine}.\n"
    for season in seasons:
        section += "\n".join(("", forecast(season), "", *HEAD, *table(season))) + "\n"
    text = RESULTS.read_text(encoding="utf-8")
    text = re.sub(r"\n*## A season\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    RESULTS.write_text(f"{text.rstrip()}\n\n{section}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the seasons, print them, and do with them what was asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--payers", type=int, nargs="+", default=[2_000], help="payers of that tax, about; a season for each number"
    )
    parser.add_argument("--tax", choices=TAXES, default="resident-tax")
    parser.add_argument(
        "--url", help="ledger in an empty database, e.g. postgresql+psycopg://user@host/name; one season only"
    )
    parser.add_argument("--chunk", type=int, default=500, help="pieces in one file")
    parser.add_argument("--write", action="store_true", help="put the tables into results.md")
    parser.add_argument("--json", type=Path, help="write the seasons here")
    options = parser.parse_args(arguments)
    if options.url and len(options.payers) > 1:
        parser.error("--url takes one season: its database must be empty")
    seasons = []
    for payers in options.payers:
        with tempfile.TemporaryDirectory() as folder:
            seasons.append(run(Path(folder), options.tax, payers, options.url, options.chunk))
        print("\n".join((*HEAD, *table(seasons[-1]), "", forecast(seasons[-1]))), flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(season) for season in seasons]), encoding="utf-8")
    if options.write:
        write(seasons)


if __name__ == "__main__":
    main()
