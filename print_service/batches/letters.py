"""Paper that goes with a batch but never into it: the passphrase letter and the certificate of erasure, as PDF.

The letters lie in `<output>/letters`, the containers in `<output>/media`: secret and container never share a folder.
"""

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from handover import keys
from handover.certificate import ErasureCertificate
from print_service.act import Act
from print_service.batches.custody import the_contract
from print_service.batches.seal import SealedBatch
from print_service.files import write_atomically
from print_service.notices.compose import issuer_fields
from print_service.notices.letters import print_letter
from print_service.settings import Settings


def passphrase_letter(settings: Settings, act: Act, batch: str, sealed: SealedBatch, medium: str, pool: Executor) -> Path:
    """合い言葉の通知: printed once, to be brought to the vendor by another road than the medium."""
    fields = {
        "issuer": issuer_fields(settings),
        "issued_on": act.day.isoformat(),
        "batch": batch,
        "medium": medium,
        "vendor": the_contract(settings).vendor,
        "passphrase_groups": sealed.passphrase.split("-"),
        "key_fingerprint": keys.readable(sealed.key_fingerprint),
    }
    return _print(settings, act, "passphrase", f"{medium}-passphrase.pdf", fields, pool)


def certificate_letter(settings: Settings, act: Act, certificate: ErasureCertificate, pool: Executor) -> Path:
    """消去証明書 (form F-17), a row for every copy."""
    rows = [
        {
            "copy_id": row.copy_id,
            "kind": str(row.kind),
            "host": row.host,
            "path": row.path,
            "first_written": row.first_written.isoformat(timespec="minutes"),
            "erased_at": row.erased_at.isoformat(timespec="minutes"),
            "method": row.method,
            "level": str(row.level),
            "tool": f"{row.tool} {row.tool_version}",
            "verification": str(row.verification),
            "executor": row.executor,
            "witness": row.witness,
        }
        for row in certificate.rows
    ]
    fields = {
        "issuer": issuer_fields(settings),
        "issued_on": certificate.issued_on.isoformat(),
        "number": certificate.number,
        "contract": certificate.contract,
        "vendor": certificate.issuer,
        "responsible": certificate.responsible,
        "clause": certificate.clause,
        "batches": list(certificate.batches),
        "rows": rows,
    }
    return _print(settings, act, "erasure_certificate", f"{certificate.number}.pdf", fields, pool)


def _print(settings: Settings, act: Act, form: str, name: str, fields: dict[str, Any], pool: Executor) -> Path:
    folder = settings.output / "letters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / name, print_letter(settings, pool, form, act.day, fields))
    return folder / name
