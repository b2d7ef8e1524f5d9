"""Copies at the vendor's: every load makes one, one that nobody listed is recorded when it is known of, and a certificate
covers them all or is refused; what the ward rejects is kept as a record.

The same manner as `custody_commands`: all faults at once, or the event to record. Forms F-08 load log and F-17
certificate of erasure; special terms (特記事項) 9 no copying, 11 and 12 erasure.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from handover import canonical_json
from handover.certificate import ErasureCertificate
from handover.certificate import check as check_certificate
from handover.contract import Contract, Role, Side
from handover.custody_checks import blank_faults, known, long_faults, step_faults, table_faults, zone_faults
from handover.custody_table import CERTIFICATE_TABLE, Tag
from handover.days import day_of
from handover.duties import duty_faults, work_faults
from handover.model import (
    CertificateEvent,
    CertificateState,
    CheckKind,
    CopyKind,
    Custody,
    Event,
    Medium,
    MediumEvent,
)
from handover.rules import Fault, RefusalError, refuse_if

_CERTIFICATE = re.compile(r"[A-Za-z0-9-]{1,40}")


def load(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    host: str,
    path: str,
    kind: CopyKind,
    operator: str,
    at: datetime,
) -> Event:
    """The vendor reads the medium into a machine, which makes a copy with its own id (F-08).

    No more copies at once than the medium allows; refused as well when work may not begin: `duties.work_faults`.
    """
    item = known(custody, medium)
    held = sum(copy.medium == medium for copy in custody.open_copies((item.batch,)))

    def faults() -> Iterator[Fault]:
        yield from step_faults(item, MediumEvent.LOAD, at)
        on = day_of(at)
        yield from work_faults(custody, contract, on)
        yield from duty_faults(
            contract, [operator], on=on, side=Side.VENDOR, role=Role.HANDLER, trained=True, duty="取込み"
        )
        yield from blank_faults(host=host, path=path)
        if held >= item.copies_allowed:
            yield Fault("custody.copies-exceeded", {"medium": medium, "allowed": item.copies_allowed})

    refuse_if(faults())
    facts = {"host": host, "path": path, "kind": kind.value, "by": operator}
    return _copy_event(custody, Tag.LOADED, item, facts, at)


def discover(
    custody: Custody,
    *,
    medium: str,
    host: str,
    path: str,
    kind: CopyKind,
    reported_by: str,
    at: datetime,
    holder: str = "",
) -> Event:
    """A copy nobody announced is known of now; it is recorded whatever the count allowed, even after the batch was
    closed.

    `at` is when the copy came to be, as far as known; `reported_by` is a person's id or the name of an office,
    `holder` who has the copy where that is not the vendor.
    """
    item = known(custody, medium)
    # A copy may be older than the last change of place: only the table is asked, not the clock.
    refuse_if(
        [
            *table_faults(item, MediumEvent.DISCOVER),
            *blank_faults(host=host, path=path, reported_by=reported_by),
            *long_faults(holder=holder),
            *zone_faults(at),
        ]
    )
    facts = {"host": host, "path": path, "kind": kind.value, "by": reported_by, "holder": holder.strip()}
    return _copy_event(custody, Tag.DISCOVERED, item, facts, at)


def certify(
    custody: Custody,
    contract: Contract,
    certificate: ErasureCertificate,
    *,
    accepted_by: str,
    at: datetime,
    checked: CheckKind = CheckKind.DOCUMENT,
    evidence: Iterable[str] | None = None,
) -> Event:
    """The ward accepts a certificate that covers every open copy of its batches; one copy missing refuses it whole.

    `checked` says how the ward checked it; `evidence`, where given, are the SHA-256 of the files of evidence the ward
    holds, and every row's must be among them.
    """
    copies = custody.open_copies(certificate.batches)
    faults = [*zone_faults(at), *_certificate_faults(custody, contract, certificate, at)]
    faults += duty_faults(contract, [accepted_by], on=day_of(at), side=Side.WARD, role=Role.SUPERVISOR, duty="確認")
    try:
        check_certificate(certificate, copies)
    except RefusalError as error:
        faults += error.faults
    if not copies:
        faults.append(Fault("custody.nothing-to-certify", {"batches": " ".join(certificate.batches)}))
    if evidence is not None:
        held = frozenset(evidence)
        rows = (row for row in certificate.rows if row.evidence_sha256 not in held)
        faults += [Fault("certificate.evidence-missing", {"copy": row.copy_id}) for row in rows]
    refuse_if(faults)
    body = {
        "at": at.isoformat(),
        "contract": certificate.contract,
        "batches": list(certificate.batches),
        "copies": [copy.id for copy in copies],
        "sha256": canonical_json.sha256_hex(certificate.to_bytes()),
        "accepted_by": accepted_by,
        "checked": checked.value,
    }
    return Event(Tag.CERTIFIED, f"certificate:{certificate.number}", body)


def reject(
    custody: Custody,
    contract: Contract,
    certificate: ErasureCertificate,
    *,
    rejected_by: str,
    reason: str,
    at: datetime,
) -> Event:
    """The ward rejects a certificate: a record, and its number is used up. Covers nothing; the copies stay open."""
    faults = [*zone_faults(at), *_number_faults(custody, certificate.number, CertificateEvent.REJECT)]
    faults += duty_faults(contract, [rejected_by], on=day_of(at), side=Side.WARD, role=Role.SUPERVISOR, duty="確認")
    refuse_if([*faults, *blank_faults(reason=reason)])
    body = {
        "at": at.isoformat(),
        "batches": list(certificate.batches),
        "sha256": canonical_json.sha256_hex(certificate.to_bytes()),
        "rejected_by": rejected_by,
        "reason": reason,
    }
    return Event(Tag.CERTIFICATE_REJECTED, f"certificate:{certificate.number}", body)


def _copy_event(custody: Custody, tag: Tag, medium: Medium, facts: dict[str, str], at: datetime) -> Event:
    made = sum(copy.medium == medium.id for copy in custody.copies.values())
    body = {"at": at.isoformat(), "medium": medium.id, "batch": medium.batch, **facts}
    return Event(tag, f"copy:{medium.id}-C{made + 1:02d}", body)


def _certificate_faults(
    custody: Custody, contract: Contract, certificate: ErasureCertificate, at: datetime
) -> Iterator[Fault]:
    if not _CERTIFICATE.fullmatch(certificate.number):
        yield Fault("certificate.number-form", {"number": certificate.number})
    yield from _number_faults(custody, certificate.number, CertificateEvent.ACCEPT)
    if certificate.contract != contract.number:
        yield Fault("certificate.other-contract", {"found": certificate.contract, "wanted": contract.number})
    for batch in certificate.batches:
        if not custody.media_of(batch):
            yield Fault("custody.batch-unknown", {"batch": batch})
    if certificate.issued_on > day_of(at):
        yield Fault("certificate.dates", {"copy": "-"})
    yield from duty_faults(
        contract, [certificate.responsible], on=certificate.issued_on, side=Side.VENDOR, duty="消去証明"
    )
    for row in certificate.rows:
        on = day_of(row.erased_at)
        yield from duty_faults(contract, [row.executor], on=on, side=Side.VENDOR, role=Role.HANDLER, duty="消去")
        yield from duty_faults(contract, [row.witness], on=on, duty="立会い")


def _number_faults(custody: Custody, number: str, event: CertificateEvent) -> Iterator[Fault]:
    outcome = CERTIFICATE_TABLE[custody.certificates.get(number, CertificateState.UNKNOWN)][event]
    if not isinstance(outcome, CertificateState):
        yield Fault(outcome, {"number": number})
