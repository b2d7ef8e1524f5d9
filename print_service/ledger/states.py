"""The states of a job, in order, what each step needs, and which container counts. A step on a job in another state is refused (`job.wrong-state`)."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.findings import refuse
from print_service.ledger.tables import Container, Job


class JobState(StrEnum):
    """Where a job stands; each value names the step that has been done."""

    FROZEN = "frozen"
    NUMBERED = "numbered"
    COMPOSED = "composed"
    PROVED = "proved"
    SEALED = "sealed"
    INSPECTED = "inspected"
    REJECTED = "rejected"
    POSTED = "posted"


JAPANESE = {
    JobState.FROZEN: "抽出済",
    JobState.NUMBERED: "採番済",
    JobState.COMPOSED: "印字済",
    JobState.PROVED: "読み戻し済",
    JobState.SEALED: "封緘済",
    JobState.INSPECTED: "検査合格",
    JobState.REJECTED: "検査不合格",
    JobState.POSTED: "差出済",
}


class PieceState(StrEnum):
    """Where a piece stands."""

    FROZEN = "frozen"
    HELD = "held"
    COMPOSED = "composed"
    PULLED = "pulled"
    POSTED = "posted"
    RETURNED = "returned"


def get_job(session: Session, batch: str) -> Job:
    """The job, or `ledger.not-found`."""
    job = session.get(Job, batch)
    if job is None:
        raise refuse("ledger.not-found", batch, kind="処理", id=batch)
    return job


def require(job: Job, *allowed: JobState) -> None:
    """Refuse unless the job is in one of the states."""
    if job.state not in allowed:
        needed = "・".join(JAPANESE[state] for state in allowed)
        raise refuse("job.wrong-state", job.id, state=JAPANESE[JobState(job.state)], needed=needed)


def live_container(session: Session, batch: str) -> Container | None:
    """The container of a job that counts: the one not voided."""
    return session.scalar(select(Container).where(Container.job_id == batch, Container.voided.is_(False)))
