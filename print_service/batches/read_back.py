"""Step 6 seal 封緘, its last part: the medium is written and read again from there, and the journal says so.

What is compared are hashes, so it needs no passphrase and can be done whenever the disc was burnt. The hashes are those the journal
took down at the sealing: whoever can write the medium folder cannot make a changed program or envelope pass. Custody lets no medium
leave without this, and no spare (副) be registered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from handover import keys, writing_commands
from handover import medium as media
from handover.rules import RefusalError
from print_service.act import Act
from print_service.batches.custody import current, the_contract, witness
from print_service.findings import refuse
from print_service.ledger.journal import Tag, entries
from print_service.ledger.tables import Container
from print_service.settings import Settings


@dataclass(frozen=True)
class ReadBack:
    """A medium read again and found equal: which container, and its files with their SHA-256."""

    medium: str
    batch: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class SealedRecord:
    """What the journal took down when a container was sealed: by whom, when, where; `key` is the signing key's fingerprint and
    `recipient` the vendor's age key, empty for a passphrase.
    """

    by: str
    at: datetime
    where: str
    batch: str
    medium: str
    sha256: str
    size: int
    key: str
    pieces: int
    sheets: int
    recipient: str
    files: Mapping[str, str]


def folder_of(settings: Settings, medium: str) -> Path:
    """Where the files of a medium are sealed."""
    return settings.output / "media" / medium


def sealed_record(session: Session, container_sha256: str) -> SealedRecord:
    """The sealing of a container; refuses (`handover.no-container`) one the journal never saw sealed."""
    for entry in entries(session, str(Tag.JOB_SEALED)):
        body = entry.body
        if body["sha256"] == container_sha256:
            return SealedRecord(
                by=entry.actor,
                at=entry.at,
                where=entry.where,
                batch=entry.subject,
                medium=body["medium"],
                sha256=body["sha256"],
                size=body["size"],
                key=body["key"],
                pieces=body["pieces"],
                sheets=body["sheets"],
                recipient="" if body["opens_with"] == "passphrase" else body["opens_with"],
                files=body["files"],
            )
    raise refuse("handover.no-container", medium=container_sha256[:16])


def write_medium(
    session: Session,
    settings: Settings,
    act: Act,
    medium: str,
    target: Path,
    approved_by: str,
    of: str = "",
) -> ReadBack:
    """Copy a sealed medium onto a mounted disc (any empty folder), then read it back from there."""
    _container(session, of or medium)
    media.write(folder_of(settings, of or medium), target)
    return read_back(session, settings, act, medium, target, approved_by, of=of, written=True)


def read_back(
    session: Session,
    settings: Settings,
    act: Act,
    medium: str,
    target: Path,
    approved_by: str,
    *,
    of: str = "",
    written: bool = False,
) -> ReadBack:
    """Read a written medium and compare it with what was sealed; refuses every file that is missing, unreadable, other or foreign.

    `of` is the first medium (正) where this one is its spare (副), and so holds the very same files.
    """
    row = _container(session, of or medium)
    if target.resolve() == folder_of(settings, of or medium).resolve():
        raise refuse("handover.not-a-medium", medium, path=str(target))
    if of and session.scalar(select(Container.id).where(Container.medium == medium)) is not None:
        raise refuse("seal.medium-used", medium, medium=medium)
    sealed = sealed_record(session, row.sha256)
    cover = media.read_back(target, sealed.files, row.name)
    found = keys.fingerprint(keys.public_from_hex(cover.public_key))
    if found != sealed.key:
        raise RefusalError("envelope.other-key", found=keys.readable(found), wanted=keys.readable(sealed.key))
    event = writing_commands.read_back(
        current(session),
        the_contract(settings),
        medium=medium,
        batch=row.job_id,
        container=row.name,
        container_sha256=row.sha256,
        size=row.size,
        files=sealed.files,
        place=_told(settings, target),
        written=written,
        approved_by=approved_by,
        by=act.by,
        at=act.at,
    )
    witness(session, act, event)
    return ReadBack(medium, row.job_id, sealed.files)


def _told(settings: Settings, target: Path) -> str:
    """Where a medium was read, as the journal says it: inside the ward's own folder without the way to it."""
    place, home = target.resolve(), settings.home.resolve()
    return str(place.relative_to(home) if place.is_relative_to(home) else place)


def _container(session: Session, medium: str) -> Container:
    row = session.scalar(select(Container).where(Container.medium == medium, Container.voided.is_(False)))
    if row is None:
        raise refuse("handover.no-container", medium, medium=medium)
    return row
