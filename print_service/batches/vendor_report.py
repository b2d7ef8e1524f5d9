"""Between steps 7 and 10: the vendor's report after printing (`handover report` on its side) is held against journal and ledger, and
taken once somebody of the ward has seen what differs.
"""

from sqlalchemy.orm import Session

from handover import report as reports
from handover.reconcile import Comparison, Content, compare, take
from print_service.act import Act
from print_service.batches.custody import current, the_contract, witness
from print_service.batches.read_back import sealed_record
from print_service.settings import Settings


def compare_report(session: Session, settings: Settings, act: Act, data: bytes) -> Comparison:
    """The report of these bytes and every difference; nothing is recorded."""
    report = reports.parse(data)
    now = current(session)
    known = any(medium.container_sha256 == report.container_sha256 for medium in now.media_of(report.batch))
    sealed = sealed_record(session, report.container_sha256) if known else None
    content = Content(sealed.pieces, sealed.sheets) if sealed else Content(0, 0)
    return compare(now, the_contract(settings), report, content, at=act.at)


def take_report(session: Session, settings: Settings, act: Act, found: Comparison, taken_by: str) -> tuple[str, ...]:
    """Record the report and its unlisted copies as discovered ones; the numbers of these copies."""
    events = take(current(session), the_contract(settings), found, taken_by=taken_by, at=act.at)
    for event in events:
        witness(session, act, event)
    return tuple(event.subject.removeprefix("copy:") for event in events[1:])
