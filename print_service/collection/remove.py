"""The temporary payment file is removed once its records are in the ledger, and the journal says so.

Removing takes the name out of the folder and nothing more: on a solid-state disc, a journalling or copy-on-write file system and in
backups the bytes live on, and writing zeros over them would only look like erasure. What makes them unreadable is an encrypted
disc and the destruction of the medium; the journal's entry says what was done, not more.
"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from handover.reasons import of_system
from print_service.act import Act
from print_service.collection.load import file_hash
from print_service.findings import refuse
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import SourceFile


def remove_input(session: Session, act: Act, path: Path) -> None:
    """Unlink a file whose every record is committed in the ledger. Refuses `collection.not-loaded` and what cannot be removed.

    Called in a transaction of its own, after the load was committed.
    """
    sha256 = file_hash(path)
    source = session.scalar(select(SourceFile).where(SourceFile.sha256 == sha256))
    if source is None:
        raise refuse("collection.not-loaded", path.name)
    body = {"sha256": sha256, "name": path.name, "size": str(path.stat().st_size), "method": "unlink"}
    record(session, Tag.PAYMENTS_REMOVED, act, f"file-{source.id}", body)
    try:
        path.unlink()
    except OSError as error:
        raise refuse("collection.not-removed", path.name, why=of_system(error)) from error
