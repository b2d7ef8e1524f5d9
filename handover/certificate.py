"""The certificate of erasure (消去証明書, form F-17): one row for every copy, and refused while any known copy is
without one.

Fields of a row follow the sample certificate of NIST SP 800-88 Rev. 1 (Appendix G) as kept by Rev. 2 (Clear, Purge,
Destroy), the header the contract's special terms 11 and 12. Evidence (a tool's log, a photograph) is bound by its
SHA-256. Stands in step 10 return; the application renders it as PDF.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from handover import canonical_json
from handover.days import day_of
from handover.manifest import HEX64, instant
from handover.model import Copy, CopyKind
from handover.rules import Fault, RefusalError, refuse_if

FORMAT = "print-service-erasure/1"


class Level(StrEnum):
    """How thoroughly (NIST SP 800-88): logical, against laboratory effort, or the medium itself destroyed."""

    CLEAR = "Clear"
    PURGE = "Purge"
    DESTROY = "Destroy"


class Verification(StrEnum):
    """How the erasure was verified: everything read again, or a sample."""

    FULL = "full"
    SAMPLE = "sample"


@dataclass(frozen=True)
class ErasedCopy:
    """One row: which copy, when and how it was erased, who did it and who watched (person ids), the evidence's hash."""

    copy_id: str
    kind: CopyKind
    host: str
    path: str
    first_written: datetime
    erased_at: datetime
    method: str
    level: Level
    tool: str
    tool_version: str
    verification: Verification
    executor: str
    witness: str
    evidence_sha256: str


@dataclass(frozen=True)
class ErasureCertificate:
    """One certificate; `responsible` is a person's id, `clause` the contract clause it is given under."""

    number: str
    contract: str
    batches: tuple[str, ...]
    issued_on: date
    issuer: str
    responsible: str
    clause: str
    no_other_copies: bool
    rows: tuple[ErasedCopy, ...]

    def to_bytes(self) -> bytes:
        """The canonical JSON, as filed and hashed."""
        return canonical_json.dump(
            {
                "format": FORMAT,
                "number": self.number,
                "contract": self.contract,
                "batches": list(self.batches),
                "issued_on": self.issued_on.isoformat(),
                "issuer": self.issuer,
                "responsible": self.responsible,
                "clause": self.clause,
                "no_other_copies": self.no_other_copies,
                "rows": [_row_json(row) for row in self.rows],
            }
        )


def parse(data: bytes) -> ErasureCertificate:
    """The certificate of canonical JSON; refuses (`certificate.unreadable`) anything else."""
    try:
        found = canonical_json.load(data)
        if found.pop("format", None) != FORMAT:
            raise ValueError("format")  # noqa: TRY301  one door for all malformed content
        certificate = _build(found)
        if certificate.to_bytes() != data:
            raise ValueError("not the canonical spelling")  # noqa: TRY301
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusalError("certificate.unreadable", detail=str(error)) from error
    return certificate


def check(certificate: ErasureCertificate, known: Sequence[Copy]) -> None:
    """Refuse, all faults at once, a certificate that does not cover exactly these copies or contradicts what is known
    of one.
    """
    refuse_if([*_header_faults(certificate), *_cover_faults(certificate, known), *_row_faults(certificate, known)])


def _header_faults(certificate: ErasureCertificate) -> Iterator[Fault]:
    if not certificate.no_other_copies:
        yield Fault("certificate.no-statement")
    for name in ("number", "contract", "issuer", "responsible", "clause"):
        if not getattr(certificate, name).strip():
            yield Fault("certificate.field-empty", {"copy": "-", "field": name})
    if not certificate.batches:
        yield Fault("certificate.field-empty", {"copy": "-", "field": "batches"})


def _cover_faults(certificate: ErasureCertificate, known: Sequence[Copy]) -> Iterator[Fault]:
    rows = Counter(row.copy_id for row in certificate.rows)
    names = {copy.id for copy in known}
    for copy in known:
        if copy.id not in rows:
            yield Fault("certificate.copy-missing", {"copy": copy.id, "host": copy.host, "path": copy.path})
    for name, times in rows.items():
        if times > 1:
            yield Fault("certificate.copy-twice", {"copy": name})
        if name not in names:
            yield Fault("certificate.copy-unknown", {"copy": name})


def _row_faults(certificate: ErasureCertificate, known: Sequence[Copy]) -> Iterator[Fault]:
    by_id = {copy.id: copy for copy in known}
    for row in certificate.rows:
        values: dict[str, object] = {"copy": row.copy_id}
        copy = by_id.get(row.copy_id)
        if copy is not None and (row.kind, row.host, row.path) != (copy.kind, copy.host, copy.path):
            yield Fault("certificate.place-differs", {**values, "host": copy.host, "path": copy.path})
        for name in ("method", "tool", "tool_version", "executor", "witness"):
            if not getattr(row, name).strip():
                yield Fault("certificate.field-empty", {**values, "field": name})
        if row.executor == row.witness:
            yield Fault("certificate.witness-is-executor", values)
        if not HEX64.fullmatch(row.evidence_sha256):
            yield Fault("certificate.evidence", values)
        if row.erased_at.tzinfo is None or row.first_written.tzinfo is None:
            yield Fault("time.no-zone")
            continue
        written = copy.first_written if copy is not None else row.first_written
        if row.erased_at < written or day_of(row.erased_at) > certificate.issued_on:
            yield Fault("certificate.dates", values)


def _row_json(row: ErasedCopy) -> dict[str, object]:
    return {
        **{name: str(value) for name, value in vars(row).items()},
        "first_written": row.first_written.isoformat(),
        "erased_at": row.erased_at.isoformat(),
    }


def _build(found: dict[str, Any]) -> ErasureCertificate:
    rows = tuple(
        ErasedCopy(
            **{
                **row,
                "kind": CopyKind(row["kind"]),
                "level": Level(row["level"]),
                "verification": Verification(row["verification"]),
                "first_written": instant(row["first_written"]),
                "erased_at": instant(row["erased_at"]),
            }
        )
        for row in found.pop("rows")
    )
    certificate = ErasureCertificate(
        batches=tuple(found.pop("batches")),
        issued_on=date.fromisoformat(found.pop("issued_on")),
        rows=rows,
        **found,
    )
    texts = [certificate.number, certificate.contract, certificate.issuer, certificate.responsible, certificate.clause]
    texts += certificate.batches
    if not all(isinstance(text, str) for text in texts) or type(certificate.no_other_copies) is not bool:
        raise TypeError("a field of the wrong kind")
    return certificate
