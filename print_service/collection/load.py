"""Step 11 collect 収納: a payment file enters the ledger whole, once, and each record finds its slip or becomes an exception.

Money is never refused: a record that fits no slip is kept, and an exception for staff to work through says so. Records go into the
database as they are read, in blocks, so memory does not grow with the file; a file with one fault leaves nothing behind.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from handover.reasons import of_system
from print_service.act import Act
from print_service.collection.find import find
from print_service.collection.freshness import PAYMENTS
from print_service.collection.model import PaymentRecord
from print_service.collection.read import FUNDS, PaymentReader
from print_service.collection.recompute import work_out
from print_service.findings import refuse
from print_service.ledger.collection_tables import CoveredDay, PaymentException, Receipt
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import SourceFile
from print_service.settings import Settings

_BLOCK = 2000
# By table, not by class: many rows go to the driver in one call.
_RECEIPTS = insert(Receipt.__table__)  # type: ignore[arg-type]  # declared as FromClause


@dataclass(frozen=True)
class Collected:
    """What a load did. `records` of the file, how many name a slip or instalment of ours, and exceptions raised, by key."""

    sha256: str
    channel: str
    covered_to: date | None
    records: int
    matched: int
    exceptions: dict[str, int] = field(default_factory=dict)
    already: bool = False


def load_payments(session: Session, settings: Settings, act: Act, path: Path, layout: str) -> Collected:
    """Read `path`, store every record, work out what was paid. RefusedError leaves the ledger unchanged."""
    known = _known(session, path)
    if known is not None:
        return Collected(known.sha256, known.scope, known.covered_to, known.records, 0, already=True)
    with session.begin_nested():
        return _load(session, settings, act, path, layout)


def file_hash(path: Path) -> str:
    """SHA-256 of a file. Refuses `flatfile.unreadable`."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise refuse("flatfile.unreadable", path.name, why=of_system(error)) from error


def _known(session: Session, path: Path) -> SourceFile | None:
    return session.scalar(select(SourceFile).where(SourceFile.sha256 == file_hash(path)))


def _load(session: Session, settings: Settings, act: Act, path: Path, layout: str) -> Collected:
    sha256 = file_hash(path)
    reader = PaymentReader(path, layout, act.day)
    source = SourceFile(
        sha256=sha256,
        kind=FUNDS if reader.layout.subject == FUNDS else PAYMENTS,
        layout=layout,
        name=path.name,
        scope=reader.layout.channel,
        records=0,
        total=0,
        loaded_at=act.at,
    )
    session.add(source)
    session.flush()
    matched = 0
    records = iter(reader)
    while block := list(islice(records, _BLOCK)):
        matched += _store(session, settings, source, block)
    reader.finish()
    if reader.sha256 != sha256:
        raise refuse("collection-file.changed", path.name)
    source.covered_to, source.file_number = reader.covered_to, reader.file_number
    session.add_all(CoveredDay(channel=source.scope, day=day, source_file_id=source.id) for day in sorted(reader.days))
    session.flush()
    last = session.scalar(select(PaymentException.id).order_by(PaymentException.id.desc()).limit(1)) or 0
    work_out(session, act.at, source.id)
    raised = Counter(session.scalars(select(PaymentException.key).where(PaymentException.id > last)))
    covered = source.covered_to.isoformat() if source.covered_to else ""
    body = {"sha256": sha256, "channel": source.scope, "covered_to": covered}
    body |= {"records": str(source.records), "matched": str(matched)}
    record(session, Tag.PAYMENTS_LOADED, act, f"file-{source.id}", body)
    return Collected(sha256, source.scope, source.covered_to, source.records, matched, dict(sorted(raised.items())))


def _store(session: Session, settings: Settings, source: SourceFile, block: Sequence[PaymentRecord]) -> int:
    targets = find(session, settings, {item.reference for item in block})
    rows: list[dict[str, Any]] = []
    for item in block:
        row: dict[str, Any] = item._asdict()
        target = targets.get(item.reference)
        row["source_file_id"] = source.id
        row["channel"] = source.scope
        row["slip_id"] = target.slip_id if target else None
        row["assessment_id"] = target.assessment_id if target else None
        row["period"] = target.period if target else None
        row["differs"] = target.differs if target else ""
        rows.append(row)
    session.connection().execute(_RECEIPTS, rows)
    source.records += len(block)
    source.total += sum(item.amount for item in block)
    return sum(row["assessment_id"] is not None for row in rows)
