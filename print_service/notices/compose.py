"""Step 4 compose 印字: pieces become pages, a PDF file for every chunk of pieces, in a pool of processes.

A chunk is a pure function of its order: the same order gives the same bytes in any process. Its result is kept beside the PDF
(`<name>.json`), so that a killed job, run again, takes up what is finished and makes the rest alike. A piece that cannot be
set (a character no font has, text that does not fit the form) is held back by name; it never stops or spoils the others.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import print_service
from print_service.act import Act
from print_service.batches.states import JobState, PieceState, get_job, require
from print_service.files import write_atomically
from print_service.findings import refuse
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Hold, Job, PageFile, Piece, Slip
from print_service.notices.fields import complete
from print_service.notices.marks import symbols
from print_service.press.assemble import assemble
from print_service.press.errors import PressError
from print_service.press.forms import load_form
from print_service.press.model import Filling, Press
from print_service.resources import templates_dir
from print_service.settings import Settings


@dataclass(frozen=True)
class PieceOrder:
    """What to print in one envelope."""

    number: int
    sheets: int
    documents: tuple[Any, ...]


@dataclass(frozen=True)
class ChunkOrder:
    """Some pieces for one PDF file; everything the result depends on is in here."""

    batch: str
    name: str
    issued_on: str
    issuer: dict[str, str]
    pieces: tuple[PieceOrder, ...]
    engine: str

    def digest(self) -> str:
        """Hash of the order in canonical JSON."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ChunkResult:
    """The finished file: where each piece starts, how many pages it has, and who is held back."""

    order: str
    name: str
    sha256: str
    size: int
    pages: int
    index: tuple[tuple[int, int, int], ...]
    held: tuple[tuple[int, str, dict[str, str]], ...]


@dataclass(frozen=True)
class Composed:
    """Totals of a composed job."""

    files: int
    pieces: int
    sheets: int
    pages: int
    held: int


Progress = Callable[[int], None]


def compose_job(
    session: Session, settings: Settings, act: Act, batch: str, pool: Executor, progress: Progress = lambda _: None
) -> Composed:
    """Print every frozen piece of a numbered job into `<output>/<batch>/pages`."""
    job = get_job(session, batch)
    require(job, JobState.NUMBERED)
    folder = settings.output / batch / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    totals = [0, 0, 0, 0, 0]
    futures = [
        pool.submit(compose_chunk, order, folder, settings.cache) for order in _chunk_orders(session, settings, job)
    ]
    for future in futures:
        result = future.result()
        _store(session, act, job, result)
        sheets = sum(session.scalars(select(Piece.sheets).where(Piece.job_id == batch, Piece.file_name == result.name)))
        for place, count in enumerate((1, len(result.index), sheets, result.pages, len(result.held))):
            totals[place] += count
        progress(len(result.index) + len(result.held))
    composed = Composed(*totals)
    if composed.pieces == 0:
        raise refuse("compose.nothing-left", batch)
    job.state = JobState.COMPOSED
    record(session, Tag.JOB_COMPOSED, act, batch, asdict(composed))
    return composed


def compose_chunk(order: ChunkOrder, folder: Path, cache_dir: Path) -> ChunkResult:
    """Print one chunk; a finished one of the same order is taken as it lies."""
    digest = order.digest()
    path, sidecar = folder / f"{order.name}.pdf", folder / f"{order.name}.json"
    finished = _finished(path, sidecar, digest)
    if finished is not None:
        return finished
    printer = press(cache_dir)
    printed: list[tuple[int, bytes]] = []
    held: list[tuple[int, str, dict[str, str]]] = []
    for piece in order.pieces:
        try:
            printed.append((piece.number, printer.print_piece(list(fillings(order, piece))).pdf))
        except PressError as error:
            first = error.findings[0]
            held.append((piece.number, first.key, {key: str(value) for key, value in first.values.items()}))
    pdf, index = assemble(printed)
    write_atomically(path, pdf)
    pages = sum(count for _, _, count in index)
    sha256 = hashlib.sha256(pdf).hexdigest()
    result = ChunkResult(digest, f"{order.name}.pdf", sha256, len(pdf), pages, index, tuple(held))
    write_atomically(sidecar, json.dumps(asdict(result), ensure_ascii=False, sort_keys=True).encode())
    return result


def fillings(order: ChunkOrder, piece: PieceOrder) -> Iterator[Filling]:
    """The forms of one piece with their fields and marks, sheets counted through the envelope."""
    sheet = 1
    for document in piece.documents:
        form = form_on(document["form"], order.issued_on)
        control = {"batch": order.batch, "piece": piece.number, "sheets": piece.sheets, "sheet": sheet}
        marks = symbols(form, document, order.batch, piece.number, sheet, piece.sheets)
        yield Filling(form, complete(document, order.issuer, control), marks)
        sheet += form.paper.sheets


def issuer_fields(settings: Settings) -> dict[str, str]:
    """The issuer block 発行者 of every form."""
    table = {key: str(value) for key, value in settings.ward.model_dump(exclude={"local_postcodes"}).items()}
    table["ward"] = table.pop("name")
    return table


def _finished(path: Path, sidecar: Path, digest: str) -> ChunkResult | None:
    if not (path.is_file() and sidecar.is_file()):
        return None
    table = json.loads(sidecar.read_text(encoding="utf-8"))
    if table["order"] != digest or hashlib.sha256(path.read_bytes()).hexdigest() != table["sha256"]:
        return None
    index = tuple((number, first, count) for number, first, count in table.pop("index"))
    held = tuple((number, key, values) for number, key, values in table.pop("held"))
    return ChunkResult(**table, index=index, held=held)


@cache
def press(cache_dir: Path) -> Press:
    """This process's press. Its fonts are linked in `cache_dir`."""
    # WeasyPrint binds fontconfig when it is imported, so the press is built once in each worker, after its fonts.
    from print_service.press.weasy import WeasyPress  # noqa: PLC0415

    return WeasyPress(templates_dir(), cache_dir)


@cache
def form_on(form_id: str, day: str) -> Any:
    """The form as valid on an ISO day."""
    from datetime import date  # noqa: PLC0415

    return load_form(form_id, date.fromisoformat(day))


def _chunk_orders(session: Session, settings: Settings, job: Job) -> Iterator[ChunkOrder]:
    pieces = session.scalars(
        select(Piece).where(Piece.job_id == job.id, Piece.state == PieceState.FROZEN).order_by(Piece.number)
    )
    for number, chunk in enumerate(pieces.partitions(settings.press.chunk_pieces), start=1):
        yield ChunkOrder(
            batch=job.id,
            name=f"{job.id}-{number:04d}",
            issued_on=job.issued_on.isoformat(),
            issuer=issuer_fields(settings),
            pieces=tuple(PieceOrder(p.number, p.sheets, tuple(p.documents)) for p in chunk),
            engine=f"print-service {print_service.__version__}",
        )


def _store(session: Session, act: Act, job: Job, result: ChunkResult) -> None:
    session.add(PageFile(job_id=job.id, name=result.name, sha256=result.sha256, size=result.size, pages=result.pages))
    for number, first, _count in result.index:
        row = {"file_name": result.name, "first_page": first, "state": PieceState.COMPOSED}
        session.execute(update(Piece).where(Piece.job_id == job.id, Piece.number == number).values(row))
    for number, key, values in result.held:
        hold_piece(session, act, job.id, number, "compose", key, values)


def hold_piece(
    session: Session, act: Act, batch: str, number: int, step: str, key: str, values: dict[str, str]
) -> None:
    """Hold one numbered, unprinted piece back; its slips are withdrawn, for nobody will hold them in hand."""
    piece = session.scalar(select(Piece).where(Piece.job_id == batch, Piece.number == number))
    if piece is None:
        raise refuse("ledger.not-found", batch, kind="通", id=f"{batch}/{number}")
    if piece.state != PieceState.FROZEN:
        raise refuse("job.too-late-to-hold", f"{batch}/{number}")
    piece.state = PieceState.HELD
    session.execute(update(Slip).where(Slip.piece_id == piece.id).values(state="withdrawn"))
    session.add(Hold(job_id=batch, payer_key=piece.payer_key, piece_no=number, step=step, key=key, values=dict(values)))
    record(session, Tag.PIECE_HELD, act, f"{batch}/{number}", {"key": key, "step": step})
