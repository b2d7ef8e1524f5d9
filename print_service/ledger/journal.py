"""The journal in the ledger: what happened is written in the same transaction as the change it witnesses.

The chain itself (hashes, verification, heads) is `handover.journal`; this module only keeps its bytes.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handover import journal
from handover.rules import RefusalError
from print_service.act import Act
from print_service.ledger.tables import JournalRow


class Tag(StrEnum):
    """What this application writes: `source:object:action`. Custody has its own tags in `handover.custody`."""

    FILE_LOADED = "intake:file:loaded"
    JOB_FROZEN = "job:pieces:frozen"
    JOB_NUMBERED = "job:slips:numbered"
    PIECE_HELD = "job:piece:held"
    JOB_COMPOSED = "job:pages:composed"
    JOB_PROVED = "job:pages:proved"
    JOB_SEALED = "job:container:sealed"
    INSPECTION_PLANNED = "inspection:sample:planned"
    INSPECTION_SIGNED = "inspection:container:signed"
    INSPECTION_REJECTED = "inspection:container:rejected"
    POSTED = "mailing:pieces:posted"
    MAIL_RETURNED = "mailing:piece:returned"
    PAYMENTS_LOADED = "collection:file:loaded"
    RUN_PLANNED = "dunning:run:planned"
    DEMO_STEP = "demo:step:done"


def record(session: Session, tag: str, act: Act, subject: str, body: Mapping[str, Any]) -> journal.Entry:
    """Append one entry. `body` holds ids, hashes and counts, never a payer's data."""
    last = session.scalar(select(JournalRow).order_by(JournalRow.seq.desc()).limit(1))
    entry = journal.next_entry(
        journal.parse(last.entry) if last else None,
        at=act.at,
        tag=str(tag),
        actor=act.by,
        subject=subject,
        body=dict(body),
    )
    session.add(JournalRow(seq=entry.seq, tag=entry.tag, subject=subject, entry=journal.canonical(entry)))
    session.flush()
    return entry


def entries(session: Session, prefix: str = "") -> Iterator[journal.Entry]:
    """Entries in order; with `prefix`, only tags that start with it. Refuses (`journal.altered`) a row whose columns, by which
    entries are found, say something else than the entry.
    """
    statement = select(JournalRow).order_by(JournalRow.seq).execution_options(yield_per=1000)
    if prefix:
        statement = statement.where(JournalRow.tag.startswith(prefix, autoescape=True))
    for row in session.scalars(statement):
        # Whoever edits SQLite by hand may leave text where bytes belong.
        entry = journal.parse(row.entry if isinstance(row.entry, bytes) else b"")
        if (row.seq, row.tag, row.subject) != (entry.seq, entry.tag, entry.subject):
            raise RefusalError("journal.altered", seq=row.seq)
        yield entry


def is_recorded(session: Session, tag: str, subject: str) -> bool:
    """Whether an entry with this tag and subject exists."""
    found = select(JournalRow.seq).where(JournalRow.tag == str(tag), JournalRow.subject == subject).limit(1)
    return session.scalar(found) is not None
