"""Step 11 collect 収納, its way out: payable keys 調定データ for the Pay-easy centre and the mobile register.

A slip can be paid there from the day its key is loaded, not before. A file says what is new, what changed and what is withdrawn since the
last one (`payable`). What was sent stays in the ledger key by key. Practice: register, update and delete of 納付情報 at a shared centre,
payable from the next day. Rows go from the ledger to the file and back as a stream: a million keys need no more memory than a thousand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, islice

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.calendar import business_days_after, ward_calendar
from print_service.collection.payable import OPERATIONS, Row, Told, centre_of, destinations, judged, pending
from print_service.files import sha256_of
from print_service.findings import refuse
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write
from print_service.ledger.journal import Tag, record
from print_service.ledger.sent_tables import SentFile, SentKey
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Piece
from print_service.settings import Settings

_BLOCK = 2000
# By table, not by class: many rows go to the driver in one call.
_KEYS = insert(SentKey.__table__)  # type: ignore[arg-type]  # declared as FromClause


@dataclass(frozen=True)
class Sent:
    """A file that was written and recorded. Yen; `counts` by operation."""

    destination: str
    path: str
    sha256: str
    records: int
    total: int
    counts: dict[str, int]
    payable_from: date


def send_keys(session: Session, settings: Settings, act: Act, destination: str) -> Sent:
    """Write the next file for a centre into `<output>/sent` and record every key in it. Refuses `send.nothing`."""
    rows = pending(session, settings, destination, act.day)
    first = next(rows, None)
    if first is None:
        raise refuse("send.nothing", destination, title=destinations()[destination].title)
    mine = SentFile.destination == destination
    number = (session.scalar(select(func.max(SentFile.number)).where(mine)) or 0) + 1
    payable_from = business_days_after(act.day, settings.sending.payable_after_days, ward_calendar(settings))
    path = settings.output / "sent" / f"{destination}-{number:04d}.dat"
    path.parent.mkdir(parents=True, exist_ok=True)
    header: dict[str, Value] = {
        "agency": settings.slips.agency,
        "sent_on": act.day,
        "payable_from": payable_from,
        "file_number": number,
    }
    tally = _Tally()
    file = SentFile(
        destination=destination,
        number=number,
        name=path.name,
        sha256="",
        records=0,
        total=0,
        counts=tally.counts,
        sent_by=act.by,
        sent_at=act.at,
        payable_from=payable_from,
    )
    session.add(file)
    session.flush()
    entered = _entered(session, file, chain([first], rows), tally)
    write(path, load_layout(destinations()[destination].layout), entered, header=header)
    file.sha256, file.records, file.total, file.counts = sha256_of(path), tally.records, tally.total, dict(tally.counts)
    session.flush()
    body = {
        "sha256": file.sha256,
        "records": file.records,
        "total": file.total,
        "payable_from": payable_from.isoformat(),
    }
    record(session, Tag.KEYS_SENT, act, f"{destination}-{number:04d}", body | tally.counts)
    return Sent(destination, str(path), file.sha256, file.records, file.total, dict(tally.counts), payable_from)


def not_payable(session: Session, settings: Settings, batch: str, posted_on: date) -> Mapping[str, int]:
    """Centre → slips of a batch that will lie in payers' hands while the centre does not take them yet."""
    by = posted_on + timedelta(days=settings.sending.days_in_mail)
    missing = {}
    for key in settings.sending.destinations:
        mine = (Piece.job_id == batch, Piece.state == PieceState.COMPOSED)
        slips = judged(session, centre_of(settings, key), *mine)
        count = sum(told.payable and not _is_ready(told, by) for _, _, _, told in slips)
        if count:
            missing[key] = count
    return missing


def sent_files(session: Session) -> Sequence[SentFile]:
    """Every file that was sent, in order."""
    return session.scalars(select(SentFile).order_by(SentFile.id)).all()


@dataclass
class _Tally:
    """What a file holds, counted while it is written."""

    records: int = 0
    total: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OPERATIONS, 0))


def _entered(session: Session, file: SentFile, rows: Iterable[Row], tally: _Tally) -> Iterator[Mapping[str, Value]]:
    """The records of a file; each is entered in the ledger as it is written, in blocks."""
    waiting = iter(rows)
    while block := list(islice(waiting, _BLOCK)):
        keys = [
            {
                "sent_file_id": file.id,
                "destination": file.destination,
                "slip_id": row.slip.id,
                "operation": row.operation,
                "amount": row.slip.amount,
                "pay_by": row.slip.pay_by,
            }
            for row in block
        ]
        session.connection().execute(_KEYS, keys)
        for row in block:
            tally.records += 1
            tally.total += row.slip.amount
            tally.counts[row.operation] += 1
            yield _values(row)


def _is_ready(told: Told, by: date) -> bool:
    return told.operation not in (None, "withdraw") and told.payable_from is not None and told.payable_from <= by


def _values(row: Row) -> dict[str, Value]:
    slip = row.slip
    return {
        "operation": row.operation,
        "agency": slip.agency,
        "number": slip.number,
        "confirmation": slip.confirmation,
        "category": slip.category,
        "cvs_digits": slip.cvs_digits,
        "amount": slip.amount,
        "due": slip.due,
        "pay_by": slip.pay_by,
        "levy_year": row.assessment.levy_year,
        "period": slip.period,
        "payer_kana": _shown(row.payer.kana),
    }


def _shown(kana: str) -> str:
    """The name as a cash machine shows it: at most 24 half-width characters, nothing where the stored reading has others."""
    fits = all(letter == " " or "\uff61" <= letter <= "\uff9f" or letter.isascii() for letter in kana)
    return kana[:24].rstrip() if fits else ""
