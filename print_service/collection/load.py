"""Step 11 collect 収納: a payment file enters the ledger whole, once, and each record finds its slip or becomes an exception.

Money is never refused: a record that fits no slip is kept with the key of its exception for staff to work through.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.collection.model import PaymentFile
from print_service.collection.read import read_payments
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Receipt, Slip, SourceFile

CHANNEL_CVS = "convenience-store"


@dataclass(frozen=True)
class Collected:
    """What a load did."""

    sha256: str
    records: int
    matched: int
    exceptions: dict[str, int] = field(default_factory=dict)
    already: bool = False


def load_payments(session: Session, act: Act, path: Path, layout: str) -> Collected:
    """Read `path`, store every record, match by the 44 digits of the slip. RefusedError leaves the ledger unchanged."""
    file = read_payments(path, layout)
    known = session.scalar(select(SourceFile).where(SourceFile.sha256 == file.sha256))
    if known is not None:
        return Collected(file.sha256, known.records, 0, already=True)
    source = SourceFile(
        sha256=file.sha256,
        kind="payments",
        layout=layout,
        name=path.name,
        scope=file.channel,
        records=len(file.records),
        total=sum(item.amount for item in file.records),
        covered_to=file.covered_to,
        loaded_at=act.at,
    )
    session.add(source)
    session.flush()
    exceptions = _store(session, file, source.id)
    matched = len(file.records) - exceptions.total()
    body = {"sha256": file.sha256, "channel": file.channel, "covered_to": file.covered_to.isoformat()}
    body |= {"records": str(source.records), "matched": str(matched)}
    record(session, Tag.PAYMENTS_LOADED, act, f"file-{source.id}", body)
    return Collected(file.sha256, source.records, matched, dict(exceptions))


def _store(session: Session, file: PaymentFile, source_id: int) -> Counter[str]:
    slips = {digits: key for digits, key in session.execute(select(Slip.cvs_digits, Slip.id)) if digits}
    exceptions: Counter[str] = Counter()
    for item in file.records:
        slip_id = slips.get(item.digits44)
        # The amount is part of the 44 digits, so a record that finds its slip carries the slip's amount.
        exception = None if slip_id is not None else "collection.unknown-slip"
        if exception:
            exceptions[exception] += 1
        session.add(
            Receipt(
                source_file_id=source_id,
                line=item.line,
                channel=file.channel,
                kind=item.kind,
                collected_on=item.collected_on,
                digits=item.digits44,
                amount=item.amount,
                slip_id=slip_id,
                exception=exception,
            )
        )
    return exceptions
