"""The journal in the ledger: what happened is written in the same transaction as the change it witnesses.

The chain itself (hashes, verification, heads) is `handover.journal`; this module only keeps its bytes and its counter.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from handover import audit, custody_table, incident, journal
from handover.rules import Fault, RefusalError
from print_service.act import Act
from print_service.ledger.journal_tables import JournalCounter
from print_service.ledger.tables import JournalRow


class Tag(StrEnum):
    """What this application writes: `source:object:action`. Custody has its own tags in `handover.custody`."""

    FILE_LOADED = "intake:file:loaded"
    JOB_FROZEN = "job:pieces:frozen"
    JOB_NUMBERED = "job:slips:numbered"
    PIECE_HELD = "job:piece:held"
    PIECE_CUT = "job:piece:cut-out"
    JOB_COMPOSED = "job:pages:composed"
    JOB_PROVED = "job:pages:proved"
    JOB_SEALED = "job:container:sealed"
    INSPECTION_PLANNED = "inspection:sample:planned"
    INSPECTION_SIGNED = "inspection:container:signed"
    INSPECTION_REJECTED = "inspection:container:rejected"
    POSTED = "mailing:pieces:posted"
    MAIL_RETURNED = "mailing:piece:returned"
    PAYMENTS_LOADED = "collection:file:loaded"
    PAYMENTS_REMOVED = "collection:file:removed"
    PAYMENTS_RECOMPUTED = "collection:ledger:recomputed"
    DAYS_EMPTY = "collection:days:confirmed-empty"
    EXCEPTION_SETTLED = "collection:exception:settled"
    RUN_PLANNED = "dunning:run:planned"
    RUN_APPROVED = "dunning:run:approved"
    RUN_DROPPED = "dunning:run:dropped"
    RUN_FROZEN = "dunning:run:frozen"
    OVERRIDE_ASKED = "dunning:override:asked"
    OVERRIDE_GRANTED = "dunning:override:granted"
    EXCLUSION_SET = "exclusion:letters:stopped"
    EXCLUSION_LIFT_ASKED = "exclusion:lifting:asked"
    EXCLUSION_LIFTED = "exclusion:letters:allowed"
    PULL_LISTED = "mailing:pull:listed"
    PULL_APPROVED = "mailing:pull:approved"
    PULL_WRITTEN = "mailing:pull:written"
    PULL_REPORTED = "mailing:pull:reported"
    KEYS_SENT = "collection:keys:sent"
    DEMO_STEP = "demo:step:done"


_TAGS = frozenset(str(tag) for tags in (Tag, custody_table.Tag, incident.Tag, audit.Tag) for tag in tags)


def record(session: Session, tag: str, act: Act, subject: str, body: Mapping[str, Any]) -> journal.Entry:
    """Append one entry. `body` holds ids, hashes and counts, never a payer's data.

    Refuses (`journal.tag`) a tag of no enumeration, since nothing would ever read it, and (`journal.counter-differs`) to write behind an
    end that is not where the counter says: the next entry would cover up what is missing. Moving the counter is also what keeps two writers apart should a database ever let both read the same head.
    """
    if str(tag) not in _TAGS:
        raise RefusalError("journal.tag", tag=tag)
    row = session.scalar(select(JournalRow).order_by(JournalRow.seq.desc()).limit(1))
    last = journal.parse(row.entry) if row else None
    expected = journal.counter_of(last)
    entry = journal.next_entry(
        last,
        at=act.at,
        tag=str(tag),
        actor=act.by,
        subject=subject,
        body=dict(body),
        where=act.where,
        why=act.why,
    )
    session.flush()
    moved = session.connection().execute(
        update(JournalCounter)
        .where(JournalCounter.seq == expected.seq, JournalCounter.hash == expected.hash)
        .values(seq=entry.seq, hash=entry.hash)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        counted = counter(session)
        raise RefusalError("journal.counter-differs", last=expected.seq, seq=counted.seq if counted else "-")
    session.add(JournalRow(seq=entry.seq, tag=entry.tag, subject=subject, entry=journal.canonical(entry)))
    session.flush()
    return entry


def counter(session: Session) -> journal.Counter | None:
    """How far the ledger believes its journal to have come; None when somebody took the counter away."""
    row = session.execute(select(JournalCounter.seq, JournalCounter.hash)).first()
    return journal.Counter(row.seq, row.hash) if row else None


def verify(session: Session, *heads: journal.Head | None) -> journal.Report:
    """Check the whole journal against its counter and against heads kept elsewhere; a row that cannot be read is a fault too."""
    counted = counter(session)
    if counted is None:
        return journal.Report(0, None, (Fault("journal.counter-missing"),))
    try:
        return journal.verify(entries(session), *heads, counter=counted)
    except RefusalError as error:
        return journal.Report(0, None, error.faults)


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
