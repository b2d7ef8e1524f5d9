"""Step 5 prove 読み戻し: every file of a composed job is read back; one mismatch stops the job."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.files import write_atomically
from print_service.findings import Finding, RefusedError
from print_service.ledger.database import transaction
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, get_job, require
from print_service.ledger.tables import PageFile
from print_service.proof.expect import Printer, expected_pages
from print_service.proof.model import Evidence, ExpectedPage, add_up, total
from print_service.proof.overlay import write_pictures
from print_service.proof.part import Part, read_part
from print_service.proof.pinned_fonts import FontPin, FontRules
from print_service.proof.prove import join_parts, part_orders
from print_service.proof.second import require_second_decoder
from print_service.proof.telling import told
from print_service.settings import Settings

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Proved:
    """Totals of a proof: marks by kind as (expected, decoded), fields, glyphs and the rest by check."""

    files: int
    pages: int
    marks_expected: int
    marks_decoded: int
    kinds: dict[str, tuple[int, int]]
    checks: dict[str, tuple[int, int]]
    evidence: str


@dataclass
class _Waiting:
    """A file whose parts are being read."""

    path: Path
    expected: list[ExpectedPage]
    parts: deque[Future[Part]]


def read_back(
    engine: Engine,
    settings: Settings,
    batch: str,
    pool: Executor,
    progress: Progress = lambda _: None,
    *,
    second: bool = False,
) -> list[Evidence]:
    """Read every file of a composed job; the evidence is kept as `<output>/<batch>/evidence.jsonl`, sound or not.

    With `second`, a second decoder confirms a sample of every form's marks (RefusedError where it is not installed).
    """
    if second:
        require_second_decoder()
    folder = settings.output / batch / "pages"
    with transaction(engine) as session:
        job = get_job(session, batch)
        require(job, JobState.COMPOSED)
        names = session.scalars(select(PageFile.name).where(PageFile.job_id == batch).order_by(PageFile.name)).all()
    printer = Printer(settings.proof.margin_mm, settings.proof.fold_clear_mm)
    issuer = settings.ward.issuer()
    fonts = font_rules(settings)
    waiting: deque[_Waiting] = deque()
    evidences: list[Evidence] = []

    def take() -> None:
        file = waiting.popleft()
        parts = []
        for part in file.parts:
            parts.append(part.result())
            progress(parts[-1].pages)
        evidences.append(join_parts(file.path, file.expected, parts))

    for name in names:
        with transaction(engine) as session:
            row = session.scalars(select(PageFile).where(PageFile.job_id == batch, PageFile.name == name)).one()
            expected = list(expected_pages(session, get_job(session, batch), row, issuer, printer))
        orders = part_orders(folder / name, expected, second=second, fonts=fonts)
        waiting.append(_Waiting(folder / name, expected, deque(pool.submit(read_part, order) for order in orders)))
        while sum(len(file.parts) for file in waiting) > 2 * settings.workers and len(waiting) > 1:
            take()
    while waiting:
        take()
    write_atomically(settings.output / batch / "evidence.jsonl", evidence_file(evidences))
    return evidences


def font_rules(settings: Settings) -> FontRules:
    """The ward's gaiji files as further pinned fonts."""
    pins = tuple(
        FontPin(f"gaiji-{file.name}", file.family, 400, settings.home / file.file, file.face, file.sha256)
        for file in settings.press.gaiji
    )
    return FontRules(pins, settings.press.aj1_as_moji_joho)


def evidence_file(evidences: Sequence[Evidence]) -> bytes:
    """The evidence of a job's files, a line each."""
    return "".join(evidence.to_json() for evidence in evidences).encode()


def draw_findings(settings: Settings, batch: str, evidences: Sequence[Evidence]) -> list[Path]:
    """Pages with findings as pictures in `<output>/<batch>/findings`, what offends framed in red."""
    folder = settings.output / batch
    return [
        picture for evidence in evidences for picture in write_pictures(folder / "pages", evidence, folder / "findings")
    ]


def store_proof(session: Session, act: Act, batch: str, evidences: Sequence[Evidence]) -> Proved:
    """Enter the evidence; RefusedError when the paper and the ledger differ, with the findings as they are `told`."""
    job = get_job(session, batch)
    require(job, JobState.COMPOSED)
    files = {row.name: row for row in session.scalars(select(PageFile).where(PageFile.job_id == batch))}
    findings = [finding for evidence in evidences if not evidence.sound for finding in evidence.findings]
    read = {evidence.file: evidence.sha256 for evidence in evidences}
    findings += [
        Finding("proof.other-file", name, {"file": name}) for name, row in files.items() if read.get(name) != row.sha256
    ]
    if findings:
        raise RefusedError(told(findings))
    for evidence in evidences:
        _store(files[evidence.file], evidence)
    proved = _totals(evidences)
    job.state = JobState.PROVED
    body = {"files": proved.files, "pages": proved.pages, "marks": proved.marks_decoded}
    record(session, Tag.JOB_PROVED, act, batch, body | {"evidence": read, "evidence_sha256": proved.evidence})
    return proved


def _store(file: PageFile, evidence: Evidence) -> None:
    file.marks_expected = sum(count.expected for count in evidence.counts.values())
    file.marks_decoded = sum(count.decoded for count in evidence.counts.values())
    file.evidence = json.loads(evidence.to_json())


def _totals(evidences: Sequence[Evidence]) -> Proved:
    kinds, checks = total(evidences), add_up(evidence.checks for evidence in evidences)
    return Proved(
        files=len(evidences),
        pages=sum(evidence.pages for evidence in evidences),
        marks_expected=sum(count.expected for count in kinds.values()),
        marks_decoded=sum(count.decoded for count in kinds.values()),
        kinds={kind: (count.expected, count.decoded) for kind, count in kinds.items()},
        checks={name: (count.expected, count.decoded) for name, count in checks.items()},
        evidence=hashlib.sha256(evidence_file(evidences)).hexdigest(),
    )
