"""The vendor's report after printing, held against what the journal knows: copies, spoiled sheets and counts.

`compare` says every difference by name and changes nothing; `take` gives the events to record once a person of the ward has
seen them: the report with its differences, and every copy nobody listed as a discovered copy. Between steps 7 and 10.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from handover import canonical_json, copy_commands, custody
from handover.contract import Contract, Side
from handover.custody_checks import zone_faults
from handover.custody_table import Tag
from handover.days import day_of
from handover.duties import duty_faults
from handover.model import Copy, Custody, Event, Medium, MediumState
from handover.report import PrintReport, ReportedCopy, field_faults
from handover.rules import Fault, refuse_if


@dataclass(frozen=True)
class Content:
    """What the ward sealed into a container: pieces and sheets."""

    pieces: int
    sheets: int


@dataclass(frozen=True)
class Comparison:
    """A report and what it says otherwise than the journal; `unlisted` are copies nobody recorded, made of `medium`."""

    report: PrintReport
    medium: str
    unlisted: tuple[ReportedCopy, ...]
    differences: tuple[Fault, ...]


def compare(now: Custody, contract: Contract, report: PrintReport, content: Content, *, at: datetime) -> Comparison:
    """Every difference between a report and the journal. Refuses a report of a container the journal does not know or that never
    left, by nobody of the vendor's, from the future, or taken before.
    """
    media = [medium for medium in now.media_of(report.batch) if medium.container_sha256 == report.container_sha256]
    refuse_if([*_report_faults(now, contract, report, media, at)])
    left = [medium for medium in media if medium.state is not MediumState.REGISTERED]
    medium = next((one for one in left if one.id == report.medium), left[0])
    names = {one.id for one in media}
    copies = [copy for copy in now.copies_of(report.batch) if copy.medium in names]
    listed = {_place(copy) for copy in copies}
    named = {_place(copy) for copy in report.copies}
    unlisted = {_place(copy): copy for copy in report.copies if _place(copy) not in listed}
    differences = [
        *(Fault("report.copy-unlisted", _where(copy)) for copy in unlisted.values()),
        *(
            Fault("report.copy-unnamed", {"copy": copy.id, **_where(copy)})
            for copy in copies
            if _place(copy) not in named
        ),
        *_count_faults(now, report, content),
    ]
    return Comparison(report, medium.id, tuple(unlisted.values()), tuple(differences))


def take(now: Custody, contract: Contract, found: Comparison, *, taken_by: str, at: datetime) -> Sequence[Event]:
    """The report is taken with its differences, by one of the ward's staff who has seen them: the events, in order."""
    refuse_if(duty_faults(contract, [taken_by], on=day_of(at), side=Side.WARD, duty="報告の受領"))
    report = found.report
    number = f"{report.medium}-R{sum(one.medium == report.medium for one in now.reports.values()) + 1:02d}"
    body = {
        "at": at.isoformat(),
        "batch": report.batch,
        "medium": report.medium,
        "container_sha256": report.container_sha256,
        "sha256": canonical_json.sha256_hex(report.to_bytes()),
        "printed_on": report.printed_on.isoformat(),
        "pieces": report.pieces,
        "not_printed": len(report.not_printed),
        "sheets": report.sheets,
        "spoiled": report.spoiled,
        "blanks": report.blanks,
        "copies": len(report.copies),
        "differences": [fault.key for fault in found.differences],
        "reported_by": report.reported_by,
        "taken_by": taken_by,
    }
    events = [Event(Tag.REPORTED, f"report:{number}", body)]
    for copy in found.unlisted:
        now = custody.apply(now, events[-1].tag, events[-1].subject, events[-1].body)
        events.append(
            copy_commands.discover(
                now,
                medium=found.medium,
                host=copy.host,
                path=copy.path,
                kind=copy.kind,
                reported_by=report.reported_by,
                at=copy.first_written,
            )
        )
    return events


def _report_faults(
    now: Custody, contract: Contract, report: PrintReport, media: Sequence[Medium], at: datetime
) -> Iterator[Fault]:
    if not now.media_of(report.batch):
        yield Fault("custody.batch-unknown", {"batch": report.batch})
    elif not media:
        yield Fault("report.container-unknown", {"batch": report.batch})
    elif all(medium.state is MediumState.REGISTERED for medium in media):
        yield Fault("custody.not-handed-over", {"medium": " ".join(medium.id for medium in media)})
    if canonical_json.sha256_hex(report.to_bytes()) in {one.sha256 for one in now.reports.values()}:
        yield Fault("report.known", {"report": report.batch})
    yield from zone_faults(at)
    yield from field_faults(report)
    if report.reported_at > at or any(copy.first_written > report.reported_at for copy in report.copies):
        yield Fault("report.dates")
    yield from duty_faults(
        contract, [report.reported_by], on=day_of(report.reported_at), side=Side.VENDOR, duty="印刷の報告"
    )


def _count_faults(now: Custody, report: PrintReport, content: Content) -> Iterator[Fault]:
    missing = len(report.not_printed)
    if report.pieces + missing != content.pieces:
        yield Fault("report.pieces-differ", {"printed": report.pieces, "missing": missing, "wanted": content.pieces})
    if report.sheets > content.sheets or (not missing and report.sheets != content.sheets):
        yield Fault("report.sheets-differ", {"printed": report.sheets, "wanted": content.sheets})
    heaps = now.spoilage_of(report.batch)
    known = (sum(heap.sheets for heap in heaps), sum(heap.blanks for heap in heaps))
    if not heaps or known != (report.spoiled, report.blanks):
        values = {"spoiled": report.spoiled, "blanks": report.blanks, "known": known[0], "known_blanks": known[1]}
        yield Fault("report.spoilage-differs", {"batch": report.batch, **values})


def _place(copy: Copy | ReportedCopy) -> tuple[str, str, str]:
    return copy.kind.value, copy.host, copy.path


def _where(copy: Copy | ReportedCopy) -> dict[str, object]:
    return {"host": copy.host, "path": copy.path}
