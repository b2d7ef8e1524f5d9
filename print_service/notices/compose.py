"""Step 4 compose 印字: pieces become pages, a PDF file for every chunk of pieces, in a pool of processes.

A chunk is a pure function of its order: the same order gives the same bytes in any process. Its result is kept beside the PDF
(`<name>.json`), so that a killed job, run again, takes up what is finished and makes the rest alike. A piece that cannot be
set (a character no font has, text that does not fit the form) is held back by name; it never stops or spoils the others.
"""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

import print_service
from barcodes.rules import Fault, MarkError
from print_service.act import Act
from print_service.files import write_atomically
from print_service.findings import Finding, refuse
from print_service.ledger.database import transaction
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, PieceState, get_job, require
from print_service.ledger.tables import Hold, Job, PageFile, Piece, Slip
from print_service.notices.fields import complete
from print_service.notices.marks import inks
from print_service.notices.ward_fonts import fonts_folder, ward_fonts
from print_service.press.errors import PressError
from print_service.press.forms import load_form
from print_service.press.gaiji import AS_SHIPPED, WardFonts
from print_service.press.model import Filling
from print_service.press.slot import SlotPress
from print_service.press.weasy import WeasyPress
from print_service.resources import data_dir, fonts_dir, templates_dir
from print_service.settings import Settings

# By table, not by class: many rows go to the driver in one call.
_PLACED = update(Piece.__table__).where(  # type: ignore[arg-type]  # declared as FromClause
    Piece.job_id == bindparam("job"), Piece.number == bindparam("piece")
)


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
    bar_reduction: int = 0

    def digest(self) -> str:
        """Hash of the order in canonical JSON."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


# A rule's key and the values of its sentence, as the ledger keeps them.
Reason = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class ChunkResult:
    """The finished file: where each piece starts, how many pages it has, and who is held back for which reasons."""

    order: str
    name: str
    sha256: str
    size: int
    pages: int
    index: tuple[tuple[int, int, int], ...]
    held: tuple[tuple[int, tuple[Reason, ...]], ...]


@dataclass(frozen=True)
class Composed:
    """Totals of a composed job."""

    files: int
    pieces: int
    sheets: int
    pages: int
    held: int


Progress = Callable[[int], None]


def print_pages(
    engine: Engine, settings: Settings, batch: str, pool: Executor, progress: Progress = lambda _: None
) -> list[ChunkResult]:
    """Print every piece of a numbered job into `<output>/<batch>/pages`; the ledger is only read, a chunk at a time."""
    folder = settings.output / batch / "pages"
    fonts = fonts_folder(settings)
    waiting: deque[Future[ChunkResult]] = deque()
    results: list[ChunkResult] = []

    def take() -> None:
        results.append(waiting.popleft().result())
        progress(len(results[-1].index) + len(results[-1].held))

    for order in _chunk_orders(engine, settings, batch):
        folder.mkdir(parents=True, exist_ok=True)
        waiting.append(pool.submit(compose_chunk, order, folder, settings.cache, fonts))
        if len(waiting) > 2 * settings.workers:
            take()
    while waiting:
        take()
    return results


def store_pages(session: Session, act: Act, batch: str, results: Sequence[ChunkResult]) -> Composed:
    """Enter what was printed: files, where each piece stands, who is held back. Refuses `compose.nothing-left`."""
    job = get_job(session, batch)
    require(job, JobState.NUMBERED, JobState.COMPOSED)
    if not any(result.index for result in results):
        raise refuse("compose.nothing-left", batch)
    for result in results:
        _store(session, act, job, result)
    session.flush()
    composed = Composed(
        files=sum(result.pages > 0 for result in results),
        pieces=sum(len(result.index) for result in results),
        sheets=session.scalar(_printed_sheets(batch)) or 0,
        pages=sum(result.pages for result in results),
        held=sum(len(result.held) for result in results),
    )
    job.state = JobState.COMPOSED
    record(session, Tag.JOB_COMPOSED, act, batch, asdict(composed))
    return composed


def compose_chunk(order: ChunkOrder, folder: Path, cache_dir: Path, fonts: Path | None = None) -> ChunkResult:
    """Print one chunk; a finished one of the same order is taken as it lies."""
    digest = order.digest()
    path, sidecar = folder / f"{order.name}.pdf", folder / f"{order.name}.json"
    finished = _finished(path, sidecar, digest)
    if finished is not None:
        return finished
    pieces = ((piece.number, fillings(order, piece)) for piece in order.pieces)
    printed = slot_press(cache_dir, fonts).print_file(pieces, order.name)
    held = tuple((number, _reasons(findings)) for number, findings in printed.held)
    write_atomically(path, printed.pdf)
    pages = sum(count for _, _, count in printed.index)
    sha256 = hashlib.sha256(printed.pdf).hexdigest()
    result = ChunkResult(digest, f"{order.name}.pdf", sha256, len(printed.pdf), pages, printed.index, held)
    write_atomically(sidecar, json.dumps(asdict(result), ensure_ascii=False, sort_keys=True).encode())
    return result


def _reasons(findings: Sequence[Finding]) -> tuple[Reason, ...]:
    """Each reason once: a name stands in several places of a form."""
    found = [(finding.key, {key: str(value) for key, value in finding.values.items()}) for finding in findings]
    return tuple(reason for place, reason in enumerate(found) if reason not in found[:place])


def fillings(order: ChunkOrder, piece: PieceOrder) -> Iterator[Filling]:
    """The forms of one piece with their fields and marks, sheets counted through the envelope."""
    sheet = 1
    for document in piece.documents:
        form = form_on(document["form"], order.issued_on)
        control = {"batch": order.batch, "piece": piece.number, "sheets": piece.sheets, "sheet": sheet}
        place = (order.batch, piece.number, sheet, piece.sheets)
        try:
            marks = inks(form, document, *place, bar_reduction=order.bar_reduction)
        except MarkError as error:
            raise PressError([_refused_mark(order.batch, piece.number, fault) for fault in error.faults]) from error
        yield Filling(form, complete(document, order.issuer, control), marks)
        sheet += form.paper.sheets


def _refused_mark(batch: str, number: int, fault: Fault) -> Finding:
    where = f"{batch}/{number}"
    return Finding("compose.mark-refused", where, {"piece": where, "key": fault.key, "reason": fault.sentence})


def _finished(path: Path, sidecar: Path, digest: str) -> ChunkResult | None:
    if not (path.is_file() and sidecar.is_file()):
        return None
    try:
        table = json.loads(sidecar.read_bytes())
        index = tuple((number, first, count) for number, first, count in table.pop("index"))
        held = tuple((number, tuple((key, values) for key, values in reasons)) for number, reasons in table.pop("held"))
        result = ChunkResult(**table, index=index, held=held)
    except (ValueError, KeyError, TypeError, AttributeError):
        # A result file that was cut or is another's is no result: the chunk is made again.
        return None
    if result.order != digest or hashlib.sha256(path.read_bytes()).hexdigest() != result.sha256:
        return None
    return result


def warm(pool: Executor, settings: Settings) -> None:
    """Let the pool's workers open the fonts while others still prepare the work."""
    for _ in range(settings.workers):
        pool.submit(_load_press, settings.cache, fonts_folder(settings))


def _load_press(cache_dir: Path, fonts: Path) -> None:
    slot_press(cache_dir, fonts)


@cache
def slot_press(cache_dir: Path, fonts: Path | None = None) -> SlotPress:
    """This process's press for batches with the fonts of a table (default: the shipped one). Compiled forms are kept in `cache_dir`."""
    return SlotPress(templates_dir(), cache_dir, fonts)


@cache
def letter_press(cache_dir: Path, fonts: Path | None = None) -> WeasyPress:
    """This process's press for letters. Its fonts are linked in `cache_dir`."""
    return WeasyPress(templates_dir(), cache_dir, fonts)


@cache
def form_on(form_id: str, day: str) -> Any:
    """The form as valid on an ISO day."""
    from datetime import date  # noqa: PLC0415

    return load_form(form_id, date.fromisoformat(day))


def _chunk_orders(engine: Engine, settings: Settings, batch: str) -> Iterator[ChunkOrder]:
    """The job's pieces by number in blocks; the blocks stay the same when pieces are held back, so reruns find their files."""
    with transaction(engine) as session:
        job = get_job(session, batch)
        require(job, JobState.NUMBERED, JobState.COMPOSED)
        last = session.scalar(select(func.max(Piece.number)).where(Piece.job_id == batch)) or 0
        issued_on = job.issued_on.isoformat()
    size, engine_name = settings.press.chunk_pieces, engine_id(ward_fonts(settings))
    for number, first in enumerate(range(1, last + 1, size), start=1):
        with transaction(engine) as session:
            pieces = session.scalars(
                select(Piece)
                .where(Piece.job_id == batch, Piece.number.between(first, first + size - 1), _to_print(batch))
                .order_by(Piece.number)
            ).all()
        yield ChunkOrder(
            batch=batch,
            name=f"{batch}-{number:04d}",
            issued_on=issued_on,
            issuer=settings.ward.issuer(),
            pieces=tuple(PieceOrder(p.number, p.sheets, tuple(p.documents)) for p in pieces),
            engine=engine_name,
            bar_reduction=settings.press.bar_reduction,
        )


def _to_print(batch: str) -> ColumnElement[bool]:
    """All pieces but those held before printing; one that the press held back is tried again, to the same end."""
    before = select(Hold.piece_no).where(Hold.job_id == batch, Hold.step != "compose", Hold.piece_no.is_not(None))
    return Piece.number.not_in(before)


def _printed_sheets(batch: str) -> Select[Any]:
    return select(func.sum(Piece.sheets)).where(Piece.job_id == batch, Piece.state == PieceState.COMPOSED)


def engine_id(ward: WardFonts = AS_SHIPPED) -> str:
    """What the pages depend on besides the order: this program, the libraries that draw, the forms, the fonts."""
    forms = hashlib.sha256()
    for path in sorted(templates_dir().rglob("*")):
        if path.is_file():
            forms.update(path.relative_to(templates_dir()).as_posix().encode() + path.read_bytes())
    for path in (fonts_dir() / "fonts.toml", data_dir() / "aj1-moji-joho.toml"):
        forms.update(path.read_bytes())
    if ward != AS_SHIPPED:
        forms.update(repr([(font.id, font.sha256, font.face, font.ranges) for font in ward.gaiji]).encode())
        forms.update(repr((ward.mixed_design, ward.aj1_as_moji_joho)).encode())
    libraries = ", ".join(f"{name} {version(name)}" for name in ("weasyprint", "pikepdf", "uharfbuzz", "fonttools"))
    return f"print-service {print_service.__version__}, {libraries}, forms {forms.hexdigest()[:16]}"


def _store(session: Session, act: Act, job: Job, result: ChunkResult) -> None:
    if result.pages:
        known = session.scalar(select(PageFile).where(PageFile.job_id == job.id, PageFile.name == result.name))
        row = known or PageFile(job_id=job.id, name=result.name)
        row.sha256, row.size, row.pages = result.sha256, result.size, result.pages
        session.add(row)
    session.flush()
    places = [
        {"job": job.id, "piece": number, "file_name": result.name, "first_page": first, "state": PieceState.COMPOSED}
        for number, first, _count in result.index
    ]
    if places:
        session.connection().execute(_PLACED, places)
    for number, reasons in result.held:
        piece = session.scalars(select(Piece).where(Piece.job_id == job.id, Piece.number == number)).one()
        if piece.state != PieceState.HELD:
            _hold(session, act, job.id, number, "compose", reasons)


def hold_piece(
    session: Session, act: Act, batch: str, number: int, step: str, key: str, values: dict[str, str]
) -> None:
    """Hold one numbered, unprinted piece back; its slips are withdrawn, for nobody will hold them in hand.

    Refuses `ledger.not-found`, `job.too-late-to-hold`.
    """
    _hold(session, act, batch, number, step, [(key, values)])


def _hold(session: Session, act: Act, batch: str, number: int, step: str, reasons: Sequence[Reason]) -> None:
    """A row of the ledger for every reason, one entry of the journal for the piece."""
    piece = session.scalar(select(Piece).where(Piece.job_id == batch, Piece.number == number))
    if piece is None:
        raise refuse("ledger.not-found", batch, kind="通", id=f"{batch}/{number}")
    if piece.state != PieceState.FROZEN:
        raise refuse("job.too-late-to-hold", f"{batch}/{number}")
    piece.state = PieceState.HELD
    session.execute(update(Slip).where(Slip.piece_id == piece.id).values(state="withdrawn"))
    place = {"job_id": batch, "payer_key": piece.payer_key, "piece_no": number, "step": step}
    session.add_all(Hold(**place, key=key, values=dict(values)) for key, values in reasons)
    keys = list(dict.fromkeys(key for key, _ in reasons))
    record(session, Tag.PIECE_HELD, act, f"{batch}/{number}", {"keys": keys, "step": step})
