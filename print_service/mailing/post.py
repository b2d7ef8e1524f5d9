"""Step 9 post 差出: counts per postal class, and nothing leaves unsigned.

A posting needs a signed inspection of exactly the container that was sealed last: a changed container voids the signature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.findings import Finding, RefusedError, refuse
from print_service.inspection.sign import valid_signature
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, PieceState, get_job, require
from print_service.ledger.tables import Piece, Posting


@dataclass(frozen=True)
class PostalCount:
    """Pieces of one postal class."""

    postal_class: str
    pieces: int


def planned(session: Session, batch: str) -> Sequence[PostalCount]:
    """差出票: how many pieces of each class are to be posted."""
    get_job(session, batch)
    found = session.execute(
        select(Piece.postal_class, func.count())
        .where(Piece.job_id == batch, Piece.state.in_([PieceState.COMPOSED, PieceState.POSTED]))
        .group_by(Piece.postal_class)
        .order_by(Piece.postal_class.desc())
    )
    return [PostalCount(klass, count) for klass, count in found]


def post(session: Session, act: Act, batch: str, posted_on: date, counts: Mapping[str, int]) -> Sequence[PostalCount]:
    """Record what the post office accepted. Refuses `post.unsigned`, `post.count-differs` (each class)."""
    job = get_job(session, batch)
    require(job, JobState.SEALED, JobState.INSPECTED)
    signature = valid_signature(session, batch)
    if signature is None:
        raise refuse("post.unsigned", batch)
    plan = planned(session, batch)
    _compare(batch, plan, counts)
    for row in plan:
        session.add(
            Posting(
                job_id=batch,
                container_sha256=signature.container_sha256,
                posted_on=posted_on,
                postal_class=row.postal_class,
                pieces=row.pieces,
            )
        )
    printed = (Piece.job_id == batch) & (Piece.state == PieceState.COMPOSED)
    session.execute(update(Piece).where(printed).values(state=PieceState.POSTED))
    job.state = JobState.POSTED
    body = {"posted_on": posted_on.isoformat(), "container": signature.container_sha256}
    record(session, Tag.POSTED, act, batch, body | {row.postal_class: row.pieces for row in plan})
    return plan


def _compare(batch: str, plan: Sequence[PostalCount], counts: Mapping[str, int]) -> None:
    expected = {row.postal_class: row.pieces for row in plan}
    findings = [
        Finding(
            "post.count-differs",
            f"{batch}:{klass}",
            {"klass": klass, "planned": expected.get(klass, 0), "posted": counts.get(klass, 0)},
        )
        for klass in sorted(expected.keys() | counts.keys())
        if expected.get(klass, 0) != counts.get(klass, 0)
    ]
    if findings:
        raise RefusedError(findings)
