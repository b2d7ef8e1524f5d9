"""How personal data ended, on paper: spoiled sheets (F-16) and the certificate of erasure (F-17).

Every fact comes from the journal, from the certificate or from what was just recorded; names from the contract.
"""

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from handover.certificate import ErasedCopy, ErasureCertificate
from handover.contract import Contract
from handover.model import CheckKind, Custody, Disposal, Event, Spoilage, SpoilageState
from print_service.act import Act
from print_service.batches.custody import the_contract
from print_service.batches.custody_words import COPY_KINDS, DISPOSALS, VERIFICATIONS
from print_service.batches.paper import in_pages, iso, keep, name_of, print_numbered, rows_taken, vendor_of
from print_service.press.forms import load_form
from print_service.settings import Settings


def certificate_letter(
    settings: Settings,
    act: Act,
    certificate: ErasureCertificate,
    custody: Custody,
    pool: Executor,
    accepted_by: str,
    checked: CheckKind = CheckKind.DOCUMENT,
) -> Path:
    """消去証明書 (F-17), a row for every copy, as many parts as its rows need."""
    contract = the_contract(settings)
    media = [medium for batch in certificate.batches for medium in custody.media_of(batch)]
    copies = [copy for batch in certificate.batches for copy in custody.copies_of(batch)]
    containers = {medium.container_sha256: f"{medium.batch}.zip" for medium in media}
    fields = {
        "certificate_no": certificate.number,
        "issued_on": certificate.issued_on.isoformat(),
        "batch": "・".join(certificate.batches),
        "medium_no": "・".join(medium.id for medium in media),
        "contract_no": certificate.contract,
        "issuer": settings.ward.issuer(),
        "vendor": {
            "name": certificate.issuer,
            "address": contract.address,
            "representative": name_of(contract, certificate.responsible),
        },
        "containers": [{"name": name, "sha256": sha256} for sha256, name in containers.items()],
        "counts": {"known": len(copies), "certified": sum(bool(copy.certificate) for copy in copies)},
        "deadline": max(medium.erase_by for medium in media).isoformat(),
        "check": {"kind": checked.value, "by": name_of(contract, accepted_by), "at": iso(act.at)},
    }
    keep(settings, f"{certificate.number}.json", certificate.to_bytes())
    rows = [_erased(row, contract) for row in certificate.rows]
    form = load_form("erasure_certificate", act.day)
    most = form.texts["rows_per_page"]
    parts = [fields | {"rows": part} for part in in_pages(rows, most, lambda row: rows_taken(row["host"], row["path"]))]
    return print_numbered(settings, act, "erasure_certificate", f"{certificate.number}.pdf", parts, pool)


def spoilage_letter(settings: Settings, act: Act, heap: Spoilage, disposal: Event | None, pool: Executor) -> Path:
    """損紙・予備 処分書 (F-16): none, kept until a day, or disposed of before a witness."""
    contract = the_contract(settings)
    stage = "disposed" if disposal else "kept" if heap.state is SpoilageState.KEPT else "none"
    facts: dict[str, Any] = dict(disposal.body) if disposal else {}
    fields = {
        "spoilage_no": heap.id,
        "issued_on": act.day.isoformat(),
        "issuer": settings.ward.issuer(),
        "vendor": vendor_of(contract),
        "ward_line": settings.ward.issuer()["office"],
        "contract_no": contract.number,
        "batch": heap.batch,
        "stage": stage,
        "sheets": f"{heap.sheets:,}枚",
        "blanks": f"{heap.blanks:,}枚",
        "reported_at": iso(heap.since),
        "reporter": name_of(contract, heap.reported_by),
        "kept_at": heap.place or "－",
        "dispose_by": heap.dispose_by.isoformat(),
        "method": DISPOSALS[Disposal(facts["method"])] if facts else "",
        "disposed_on": facts.get("disposed_on", ""),
        "place": facts.get("place", ""),
        "executor": name_of(contract, facts["executor"]) if facts else "",
        "witness": name_of(contract, facts["witness"]) if facts else "",
        "certificate_no": (facts.get("certificate") or "なし"),
    }
    name = f"{heap.id}{'-disposed' if disposal else ''}.pdf"
    return print_numbered(settings, act, "spoilage", name, [fields], pool)


def _erased(row: ErasedCopy, contract: Contract) -> dict[str, str]:
    return {
        "copy_id": row.copy_id,
        "kind": COPY_KINDS[row.kind],
        "host": row.host,
        "path": row.path,
        "first_written": iso(row.first_written),
        "erased_at": iso(row.erased_at),
        "method": row.method,
        "level": str(row.level),
        "tool": f"{row.tool} {row.tool_version}",
        "verification": VERIFICATIONS[row.verification],
        "executor": name_of(contract, row.executor),
        "witness": name_of(contract, row.witness),
        "evidence": row.evidence_sha256[:16],
    }
