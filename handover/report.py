"""What the vendor reports back after printing: pieces, sheets, spoiled sheets, and every copy that was made.

One canonical JSON file a container, bound to it by batch, medium and SHA-256, so that the ward takes the counts of
exactly what it handed over. Pieces that were not printed are named by number, so that every piece is accounted for;
copies are listed by host and path, because a certificate of erasure can cover only what was listed. Facts: the
reconciliation of counts and spoiled sheets asked by printing contracts (受託者の報告, 損紙). Between steps 7 and 10.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from handover import canonical_json
from handover.custody_checks import long_faults
from handover.days import day_of
from handover.envelope import Envelope
from handover.manifest import BATCH, HEX64, MEDIUM, Manifest, instant
from handover.model import CopyKind
from handover.rules import Fault, RefusalError, refuse_if

FORMAT = "print-service-report/1"


@dataclass(frozen=True)
class ReportedCopy:
    """One place where the batch's data were written at the vendor's."""

    kind: CopyKind
    host: str
    path: str
    first_written: datetime


@dataclass(frozen=True)
class PrintReport:
    """One report; `spoiled` are sheets with personal data, `blanks` spare ones without; `not_printed` piece numbers;
    `reported_by` a person's id.
    """

    batch: str
    medium: str
    container_sha256: str
    printed_on: date
    pieces: int
    sheets: int
    spoiled: int
    blanks: int
    not_printed: tuple[int, ...]
    copies: tuple[ReportedCopy, ...]
    reported_by: str
    reported_at: datetime
    note: str

    def to_bytes(self) -> bytes:
        """The canonical JSON, as sent and hashed."""
        facts: dict[str, object] = {
            **vars(self),
            "printed_on": self.printed_on.isoformat(),
            "reported_at": self.reported_at.isoformat(),
            "not_printed": list(self.not_printed),
            "copies": [
                {"kind": str(one.kind), "host": one.host, "path": one.path, "first_written": _iso(one)}
                for one in self.copies
            ],
        }
        return canonical_json.dump({"format": FORMAT, **facts})


def parse(data: bytes) -> PrintReport:
    """The report of canonical JSON; refuses (`report.unreadable`) anything else."""
    try:
        found = canonical_json.load(data)
        if found.pop("format", None) != FORMAT:
            raise ValueError("format")  # noqa: TRY301  one door for all malformed content
        report = build(found)
        if report.to_bytes() != data:
            raise ValueError("not the canonical spelling")  # noqa: TRY301
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusalError("report.unreadable", detail=str(error)) from error
    return report


def build(found: Mapping[str, Any]) -> PrintReport:
    """The report of plain values; ValueError, KeyError or TypeError for what is none."""
    facts = dict(found)
    copies = tuple(
        ReportedCopy(
            **{**row, "kind": CopyKind(row["kind"]), "first_written": instant(row["first_written"])},
        )
        for row in facts.pop("copies")
    )
    report = PrintReport(
        printed_on=date.fromisoformat(facts.pop("printed_on")),
        reported_at=instant(facts.pop("reported_at")),
        not_printed=tuple(facts.pop("not_printed")),
        copies=copies,
        **facts,
    )
    numbers = (report.pieces, report.sheets, report.spoiled, report.blanks, *report.not_printed)
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("a count is not a number")
    texts = [report.reported_by, report.note, *(text for one in copies for text in (one.host, one.path))]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a field of the wrong kind")
    if not (BATCH.fullmatch(report.batch) and MEDIUM.fullmatch(report.medium) and HEX64.fullmatch(_hash(report))):
        raise ValueError("batch, medium or hash")
    return report


def check(report: PrintReport, envelope: Envelope, manifest: Manifest | None = None) -> None:
    """Refuse, all faults at once, a report that is not of this container, or whose counts do not account for what the
    manifest (where it is known) says was in it.
    """
    refuse_if([*_tie_faults(report, envelope), *field_faults(report), *_count_faults(report, manifest)])


def _tie_faults(report: PrintReport, envelope: Envelope) -> Iterator[Fault]:
    found = (report.batch, report.medium, report.container_sha256)
    if found != (envelope.batch, envelope.medium, envelope.sha256):
        yield Fault("report.other-container", {"batch": envelope.batch, "medium": envelope.medium})


def field_faults(report: PrintReport) -> Iterator[Fault]:
    """What is wrong with a report whatever the container: empty or overlong fields, a piece twice, dates out of order."""
    if not report.reported_by.strip():
        yield Fault("report.field-empty", {"field": "reported_by"})
    for one in report.copies:
        if not one.host.strip() or not one.path.strip():
            yield Fault("report.field-empty", {"field": "copies"})
        yield from long_faults(host=one.host, path=one.path)
    if len(set(report.not_printed)) != len(report.not_printed) or 0 in report.not_printed:
        yield Fault("report.pieces-twice")
    if report.printed_on > day_of(report.reported_at):
        yield Fault("report.dates")


def _count_faults(report: PrintReport, manifest: Manifest | None) -> Iterator[Fault]:
    if manifest is None:
        return
    missing = len(report.not_printed)
    if report.pieces + missing != manifest.pieces:
        values = {"printed": report.pieces, "missing": missing, "wanted": manifest.pieces}
        yield Fault("report.pieces-differ", values)
    if report.sheets > manifest.sheets or (not missing and report.sheets != manifest.sheets):
        yield Fault("report.sheets-differ", {"printed": report.sheets, "wanted": manifest.sheets})


def _iso(copy: ReportedCopy) -> str:
    return copy.first_written.isoformat()


def _hash(report: PrintReport) -> str:
    return report.container_sha256
