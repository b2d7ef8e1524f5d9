"""Step 6 seal 封緘: the proved pages and the control file become one encrypted, signed container for one medium.

The passphrase is generated here, returned once for its own letter, and only a verifier of it is stored; for a vendor with an age key
nobody sees it at all. Beside container and envelope lie the vendor's program and its instructions. Sealing again voids the container
before it, and with it any signature over that one.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from handover import container, keys, onefile, passphrase
from handover import medium as media
from handover.manifest import MEDIUM, Terms
from handover.rules import RefusalError
from print_service import vault
from print_service.act import Act
from print_service.batches.control import write_control
from print_service.files import sha256_of
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, get_job, live_container, require
from print_service.ledger.tables import Container, PageFile
from print_service.settings import Settings


@dataclass(frozen=True)
class SealedBatch:
    """A container in its medium folder, and the passphrase that is shown this once: empty where the vendor's age key (`recipient`)
    opens it. `tool_sha256` is the vendor's program beside it.
    """

    container: Path
    sha256: str
    size: int
    passphrase: str
    key_fingerprint: str
    tool_sha256: str
    recipient: str


def seal_job(
    session: Session,
    settings: Settings,
    act: Act,
    batch: str,
    medium: str,
    entropy: Callable[[int], bytes] = os.urandom,
) -> SealedBatch:
    """Seal a proved job into `<output>/media/<medium>/<batch>.zip`. Refuses pages that changed since they were proved, and a
    medium number that was used before: its container would be overwritten.
    """
    job = get_job(session, batch)
    require(job, JobState.PROVED, JobState.SEALED, JobState.INSPECTED)
    if not MEDIUM.fullmatch(medium):
        raise RefusalError("seal.medium-name", medium=medium)  # before it becomes the name of a folder
    if session.scalar(select(Container.id).where(Container.medium == medium)) is not None:
        raise refuse("seal.medium-used", batch, medium=medium)
    folder = settings.output / batch / "pages"
    files = session.scalars(select(PageFile).where(PageFile.job_id == batch).order_by(PageFile.name)).all()
    _refuse_changed(folder, files)
    older = live_container(session, batch)
    if older is not None:
        older.voided = True
    secret = passphrase.generate(entropy)
    target = settings.output / "media" / medium / f"{batch}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    key = vault.signing_key(settings)
    with tempfile.TemporaryDirectory(prefix="seal-", dir=settings.output) as scratch:
        control = Path(scratch) / "allocation.csv"
        printed = write_control(session, batch, control)
        terms = Terms(
            batch=batch,
            medium=medium,
            created_at=act.at,
            valid_until=act.day + timedelta(days=settings.handover.valid_days),
            copies_allowed=settings.handover.copies_allowed,
            pieces=printed.pieces,
            sheets=printed.sheets,
            pages={file.name: file.pages for file in files},
            recipient=settings.handover.age_recipient,
        )
        contents = {file.name: folder / file.name for file in files} | {"allocation.csv": control}
        known = {file.name: file.sha256 for file in files}
        sealed = container.seal(contents, terms, secret, key, target, entropy=entropy, known=known)
    media.complete(target)
    on_medium = {path.name: sha256_of(path) for path in sorted(target.parent.iterdir()) if path != target}
    on_medium[target.name] = sealed.envelope.sha256
    tool = on_medium[onefile.NAME]
    row = Container(
        job_id=batch,
        medium=medium,
        name=target.name,
        sha256=sealed.envelope.sha256,
        size=sealed.envelope.size,
        verifier=f"age${terms.recipient}" if terms.recipient else passphrase.verifier(secret, entropy(16)),
        sealed_at=act.at,
    )
    session.add(row)
    job.state = JobState.SEALED
    fingerprint = keys.fingerprint(key.public_key())
    body = {"medium": medium, "sha256": row.sha256, "size": row.size, "key": fingerprint, "pieces": printed.pieces}
    body |= {"sheets": terms.sheets, "valid_until": terms.valid_until.isoformat(), "files": on_medium}
    body |= {"opens_with": terms.recipient or "passphrase", "tool": tool}
    record(session, Tag.JOB_SEALED, act, batch, body)
    shown = "" if terms.recipient else secret
    return SealedBatch(target, row.sha256, row.size, shown, fingerprint, tool, terms.recipient)


def _refuse_changed(folder: Path, files: Sequence[PageFile]) -> None:
    changed = [
        Finding("seal.page-file-changed", file.name, {"name": file.name})
        for file in files
        if not (folder / file.name).is_file() or sha256_of(folder / file.name) != file.sha256
    ]
    if changed:
        raise RefusedError(changed)
