"""Step 6 seal 封緘, its last part: the medium is written and read again from there, and the journal says so.

What is compared are hashes, so it needs no passphrase and can be done whenever the disc was burnt. The container's own hash comes from
the ledger, those of the small files beside it from the medium folder they were sealed into.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from handover import medium as media
from print_service.act import Act
from print_service.findings import refuse
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Container
from print_service.settings import Settings


@dataclass(frozen=True)
class ReadBack:
    """A medium read again and found equal: which container, and its files with their SHA-256."""

    medium: str
    batch: str
    files: dict[str, str]


def folder_of(settings: Settings, medium: str) -> Path:
    """Where the files of a medium are sealed."""
    return settings.output / "media" / medium


def write_medium(session: Session, settings: Settings, act: Act, medium: str, target: Path) -> ReadBack:
    """Copy a sealed medium onto a mounted disc (any empty folder), then read it back from there."""
    _container(session, medium)
    media.write(folder_of(settings, medium), target)
    return read_back(session, settings, act, medium, target)


def read_back(session: Session, settings: Settings, act: Act, medium: str, target: Path) -> ReadBack:
    """Read a written medium and compare it with what was sealed; refuses every file that is missing, unreadable, other or foreign."""
    row = _container(session, medium)
    expected = dict(media.contents(folder_of(settings, medium))) | {row.name: row.sha256}
    media.read_back(target, expected, row.name)
    body = {"batch": row.job_id, "place": str(target.resolve()), "files": expected}
    record(session, Tag.MEDIUM_READ_BACK, act, f"medium:{medium}", body)
    return ReadBack(medium, row.job_id, expected)


def _container(session: Session, medium: str) -> Container:
    row = session.scalar(select(Container).where(Container.medium == medium, Container.voided.is_(False)))
    if row is None:
        raise refuse("handover.no-container", medium, medium=medium)
    return row
