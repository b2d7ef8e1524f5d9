"""Step 9 post 差出: counts per postal class, and nothing leaves unsigned, unpulled or unpayable.

A posting needs a signed inspection of exactly the container that was sealed last: a changed container voids the signature. It needs the
pull list done (`pull`), for letters that dun every payment channel loaded up to its cut-off (`freshness`), and the keys of its slips at
the centres that take the money (`collection.send`). Everything that hinders it is told at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.batches.freshness import gate
from print_service.collection.payable import destinations
from print_service.collection.send import not_payable
from print_service.findings import Finding, RefusedError, refuse
from print_service.inspection.sign import valid_signature
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, PieceState, get_job, require
from print_service.ledger.tables import Job, Piece, Posting
from print_service.mailing.pull import hindrances
from print_service.settings import Settings


@dataclass(frozen=True)
class PostalCount:
    """Pieces of one postal class."""

    postal_class: str
    pieces: int


def planned(session: Session, batch: str) -> Sequence[PostalCount]:
    """差出票: how many pieces of each class are to be posted; pulled ones are not among them."""
    get_job(session, batch)
    found = session.execute(
        select(Piece.postal_class, func.count())
        .where(Piece.job_id == batch, Piece.state.in_([PieceState.COMPOSED, PieceState.POSTED]))
        .group_by(Piece.postal_class)
        .order_by(Piece.postal_class.desc())
    )
    return [PostalCount(klass, count) for klass, count in found]


def hindered(session: Session, settings: Settings, batch: str, posted_on: date) -> Sequence[Finding]:
    """Everything but signature and counts that keeps a batch from being posted on that day; warnings too."""
    job = get_job(session, batch)
    return [
        *hindrances(session, batch, posted_on),
        *_behind(session, settings, job, posted_on),
        *_unpayable(session, settings, batch, posted_on),
    ]


def post(
    session: Session, settings: Settings, act: Act, batch: str, posted_on: date, counts: Mapping[str, int]
) -> Sequence[PostalCount]:
    """Record what the post office accepted. Refuses `post.unsigned`; then, together, pulls not done, stale channels, keys that cannot
    be paid and each class whose count differs.
    """
    job = get_job(session, batch)
    require(job, JobState.SEALED, JobState.INSPECTED)
    signature = valid_signature(session, batch)
    if signature is None:
        raise refuse("post.unsigned", batch)
    plan = planned(session, batch)
    warned = settings.sending.before_posting == "warn"
    hindrances_ = [
        finding
        for finding in hindered(session, settings, batch, posted_on)
        if not (warned and finding.key == "post.key-not-payable")
    ]
    findings = [*hindrances_, *_differences(batch, plan, counts)]
    if findings:
        raise RefusedError(findings)
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
    pulled = session.scalar(select(func.count()).where(Piece.job_id == batch, Piece.state == PieceState.PULLED)) or 0
    body_counts = {row.postal_class: row.pieces for row in plan} | ({"pulled": pulled} if pulled else {})
    record(session, Tag.POSTED, act, batch, body | body_counts)
    return plan


def _behind(session: Session, settings: Settings, job: Job, posted_on: date) -> Sequence[Finding]:
    """Channels behind, for letters that say that something is not paid. A notice says nothing of payments."""
    if job.kind == "notice":
        return ()
    try:
        gate(session, settings, job.id, posted_on)
    except RefusedError as error:
        return error.findings
    return ()


def _unpayable(session: Session, settings: Settings, batch: str, posted_on: date) -> Iterator[Finding]:
    for key, count in not_payable(session, settings, batch, posted_on).items():
        values: dict[str, str | int] = {
            "destination": key,
            "title": destinations()[key].title,
            "count": count,
            "posted_on": posted_on.isoformat(),
        }
        yield Finding("post.key-not-payable", f"{batch}:{key}", values)


def _differences(batch: str, plan: Sequence[PostalCount], counts: Mapping[str, int]) -> Iterator[Finding]:
    expected = {row.postal_class: row.pieces for row in plan}
    for klass in sorted(expected.keys() | counts.keys()):
        if expected.get(klass, 0) != counts.get(klass, 0):
            yield Finding(
                "post.count-differs",
                f"{batch}:{klass}",
                {"klass": klass, "planned": expected.get(klass, 0), "posted": counts.get(klass, 0)},
            )
