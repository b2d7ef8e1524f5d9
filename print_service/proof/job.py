"""Step 5 prove 読み戻し: every file of a composed job is read back; one mismatch stops the job."""

import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.batches.states import JobState, get_job, require
from print_service.files import write_atomically
from print_service.findings import RefusedError
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import PageFile
from print_service.proof.expect import expected_pages
from print_service.proof.model import Evidence
from print_service.proof.prove import prove_file
from print_service.settings import Settings


@dataclass(frozen=True)
class Proved:
    """Totals of a proof: marks by kind as (expected, decoded)."""

    files: int
    pages: int
    marks_expected: int
    marks_decoded: int
    kinds: dict[str, tuple[int, int]]


def prove_job(
    session: Session,
    settings: Settings,
    act: Act,
    batch: str,
    pool: Executor,
    progress: Callable[[int], None] = lambda _: None,
) -> Proved:
    """Read back `<output>/<batch>/pages/*.pdf`; RefusedError with every finding when the paper and the ledger differ."""
    job = get_job(session, batch)
    require(job, JobState.COMPOSED)
    folder = settings.output / batch / "pages"
    files = session.scalars(select(PageFile).where(PageFile.job_id == batch).order_by(PageFile.name)).all()
    futures = [
        (file, pool.submit(prove_file, folder / file.name, list(expected_pages(session, job, file)))) for file in files
    ]
    evidences: list[Evidence] = []
    for file, future in futures:
        evidence = future.result()
        _store(file, evidence)
        evidences.append(evidence)
        progress(evidence.pages)
    proved = _totals(evidences)
    content = "".join(f"{evidence.to_json().rstrip()}\n" for evidence in evidences).encode()
    write_atomically(settings.output / batch / "evidence.jsonl", content)
    findings = [finding for evidence in evidences for finding in evidence.findings]
    changed = [file.name for file, evidence in zip(files, evidences, strict=True) if file.sha256 != evidence.sha256]
    if changed or not all(evidence.sound for evidence in evidences):
        raise RefusedError(findings)
    job.state = JobState.PROVED
    body = {"files": proved.files, "pages": proved.pages, "marks": proved.marks_decoded}
    record(session, Tag.JOB_PROVED, act, batch, body | {"evidence": {e.file: e.sha256 for e in evidences}})
    return proved


def _store(file: PageFile, evidence: Evidence) -> None:
    file.marks_expected = sum(count.expected for count in evidence.counts.values())
    file.marks_decoded = sum(count.decoded for count in evidence.counts.values())
    file.evidence = json.loads(evidence.to_json())


def _totals(evidences: list[Evidence]) -> Proved:
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
