"""Findings and the signature: someone other than the maker signs, and what is signed is the container's hash.

A rejection is a row too. A new container of the same job voids every earlier signature by itself, because the hash differs.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.findings import Finding, RefusedError, refuse
from print_service.inspection.plan import RULE, sample
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, get_job, live_container, require
from print_service.ledger.tables import Inspection, Piece, Slip
from print_service.settings import Settings

OPEN, PASSED, REJECTED = "open", "passed", "rejected"


def plan_inspection(session: Session, settings: Settings, act: Act, batch: str) -> Inspection:
    """Draw the sample for the sealed container and open its inspection. Refuses a second one (`inspect.already-planned`)."""
    require(get_job(session, batch), JobState.SEALED)
    container = live_container(session, batch)
    assert container is not None
    mine = (Inspection.job_id == batch, Inspection.container_sha256 == container.sha256)
    if session.scalar(select(Inspection.id).where(*mine).limit(1)) is not None:
        # A fresh plan would let a recorded fault be forgotten.
        raise refuse("inspect.already-planned", batch)
    samples = sample(session, batch, container.sha256, settings.inspection.sample_per_stratum)
    plan = {"rule": RULE, "samples": [{"piece": s.number, "reasons": list(s.reasons)} for s in samples]}
    inspection = Inspection(
        job_id=batch,
        container_sha256=container.sha256,
        plan=plan,
        results={},
        decision=OPEN,
        planned_by=act.by,
    )
    session.add(inspection)
    session.flush()
    body = {"container": container.sha256, "rule": RULE, "samples": len(samples)}
    record(session, Tag.INSPECTION_PLANNED, act, batch, body)
    return inspection


def open_inspection(session: Session, batch: str) -> Inspection:
    """The open inspection of the live container, or `inspect.no-plan`."""
    container = live_container(session, batch)
    found = session.scalars(
        select(Inspection).where(Inspection.job_id == batch, Inspection.decision == OPEN).order_by(Inspection.id.desc())
    ).first()
    if found is None or container is None or found.container_sha256 != container.sha256:
        raise refuse("inspect.no-plan", batch)
    return found


def record_result(session: Session, batch: str, piece: int, *, ok: bool, note: str) -> None:
    """What was seen when a sampled piece was opened. A fault once recorded stays (`inspect.fault-stays`)."""
    require(get_job(session, batch), JobState.SEALED)
    inspection = open_inspection(session, batch)
    if piece not in {row["piece"] for row in inspection.plan["samples"]}:
        raise refuse("inspect.not-sampled", f"{batch}/{piece}", piece=piece)
    seen = inspection.results.get(str(piece))
    if seen is not None and not seen["ok"]:
        raise refuse("inspect.fault-stays", f"{batch}/{piece}", piece=piece, note=seen["note"])
    inspection.results = {**inspection.results, str(piece): {"ok": ok, "note": note}}


def sign(session: Session, act: Act, batch: str) -> Inspection:
    """Pass the inspection. Refuses the maker, an unopened sample, a recorded fault, a container that changed."""
    job = get_job(session, batch)
    require(job, JobState.SEALED)
    inspection = open_inspection(session, batch)
    findings = list(_faults(inspection))
    if act.by == job.maker:
        findings.append(Finding("job.same-person", batch, {"action": "検査の署名", "maker": job.maker}))
    if findings:
        raise RefusedError(findings)
    _close(inspection, act, PASSED)
    job.state = JobState.INSPECTED
    record(session, Tag.INSPECTION_SIGNED, act, batch, {"container": inspection.container_sha256})
    return inspection


def reject(session: Session, act: Act, batch: str, reason: str) -> Inspection:
    """Refuse the batch; the record stays, its slips are withdrawn, and its payers may be noticed by another job."""
    job = get_job(session, batch)
    require(job, JobState.SEALED)
    inspection = open_inspection(session, batch)
    _close(inspection, act, REJECTED)
    job.state = JobState.REJECTED
    pieces = select(Piece.id).where(Piece.job_id == batch)
    session.execute(update(Slip).where(Slip.piece_id.in_(pieces)).values(state="withdrawn"))
    body = {"container": inspection.container_sha256, "reason": reason}
    record(session, Tag.INSPECTION_REJECTED, act, batch, body)
    return inspection


def valid_signature(session: Session, batch: str) -> Inspection | None:
    """The signature over the live container, if there is one."""
    container = live_container(session, batch)
    if container is None:
        return None
    return session.scalar(
        select(Inspection).where(
            Inspection.job_id == batch,
            Inspection.decision == PASSED,
            Inspection.container_sha256 == container.sha256,
        )
    )


def _close(inspection: Inspection, act: Act, decision: str) -> None:
    inspection.decision = decision
    inspection.signed_by = act.by
    inspection.signed_at = act.at


def _faults(inspection: Inspection) -> list[Finding]:
    results: dict[str, dict[str, Any]] = inspection.results
    findings = []
    for row in inspection.plan["samples"]:
        seen = results.get(str(row["piece"]))
        where = f"{inspection.job_id}/{row['piece']}"
        if seen is None:
            findings.append(Finding("inspect.not-opened", where, {"piece": row["piece"]}))
        elif not seen["ok"]:
            findings.append(Finding("inspect.fault-found", where, {"piece": row["piece"], "note": seen["note"]}))
    return findings
