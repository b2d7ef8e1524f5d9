"""Step 5 prove 読み戻し: every file of a composed job is read back; one mismatch stops the job."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.files import write_atomically
from print_service.findings import Finding, RefusedError
from print_service.ledger.database import transaction
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, get_job, require
from print_service.ledger.tables import PageFile
from print_service.proof.expect import expected_pages
from print_service.proof.model import Evidence
from print_service.proof.prove import prove_file
from print_service.settings import Settings

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Proved:
    """Totals of a proof: marks by kind as (expected, decoded)."""

    files: int
    pages: int
    marks_expected: int
    marks_decoded: int
    kinds: dict[str, tuple[int, int]]


def read_back(
    engine: Engine, settings: Settings, batch: str, pool: Executor, progress: Progress = lambda _: None
) -> list[Evidence]:
    """Read every file of a composed job; the evidence is kept as `<output>/<batch>/evidence.jsonl`, sound or not."""
    folder = settings.output / batch / "pages"
    with transaction(engine) as session:
        job = get_job(session, batch)
        require(job, JobState.COMPOSED)
        names = session.scalars(select(PageFile.name).where(PageFile.job_id == batch).order_by(PageFile.name)).all()
    waiting: deque[Future[Evidence]] = deque()
    evidences: list[Evidence] = []

    def take() -> None:
        evidences.append(waiting.popleft().result())
        progress(evidences[-1].pages)

    for name in names:
        with transaction(engine) as session:
            file = session.scalars(select(PageFile).where(PageFile.job_id == batch, PageFile.name == name)).one()
            expected = list(expected_pages(session, get_job(session, batch), file))
        waiting.append(pool.submit(prove_file, folder / name, expected))
        if len(waiting) > 2 * settings.workers:
            take()
    while waiting:
        take()
    content = "".join(f"{evidence.to_json().rstrip()}\n" for evidence in evidences).encode()
    write_atomically(settings.output / batch / "evidence.jsonl", content)
    return evidences


def store_proof(session: Session, act: Act, batch: str, evidences: Sequence[Evidence]) -> Proved:
    """Enter the evidence; RefusedError with every finding when the paper and the ledger differ."""
    job = get_job(session, batch)
    require(job, JobState.COMPOSED)
    files = {row.name: row for row in session.scalars(select(PageFile).where(PageFile.job_id == batch))}
    findings = [finding for evidence in evidences if not evidence.sound for finding in evidence.findings]
    read = {evidence.file: evidence.sha256 for evidence in evidences}
    findings += [
        Finding("proof.other-file", name, {"file": name}) for name, row in files.items() if read.get(name) != row.sha256
    ]
    if findings:
        raise RefusedError(findings)
    for evidence in evidences:
        _store(files[evidence.file], evidence)
    proved = _totals(evidences)
    job.state = JobState.PROVED
    body = {"files": proved.files, "pages": proved.pages, "marks": proved.marks_decoded}
    record(session, Tag.JOB_PROVED, act, batch, body | {"evidence": read})
    return proved


def _store(file: PageFile, evidence: Evidence) -> None:
    file.marks_expected = sum(count.expected for count in evidence.counts.values())
    file.marks_decoded = sum(count.decoded for count in evidence.counts.values())
    file.evidence = json.loads(evidence.to_json())


def _totals(evidences: Sequence[Evidence]) -> Proved:
    kinds: dict[str, tuple[int, int]] = {}
    for evidence in evidences:
        for kind, count in evidence.counts.items():
            expected, decoded = kinds.get(kind, (0, 0))
            kinds[kind] = (expected + count.expected, decoded + count.decoded)
    return Proved(
        files=len(evidences),
        pages=sum(evidence.pages for evidence in evidences),
        marks_expected=sum(expected for expected, _ in kinds.values()),
        marks_decoded=sum(decoded for _, decoded in kinds.values()),
        kinds=kinds,
    )
