"""Paper that goes with a batch but never into it: the passphrase letter and the certificate of erasure, as PDF.

The letters lie in `<output>/letters`, the containers in `<output>/media`: secret and container never share a folder.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from handover import keys
from handover.certificate import ErasedCopy, ErasureCertificate, Verification
from handover.contract import Contract
from handover.model import CopyKind, Medium
from print_service.act import Act
from print_service.batches.custody import the_contract
from print_service.batches.seal import SealedBatch
from print_service.files import write_atomically
from print_service.notices.compose import issuer_fields
from print_service.notices.letters import print_letter
from print_service.settings import Settings

KINDS = {
    CopyKind.MEDIUM: "媒体",
    CopyKind.PC: "端末",
    CopyKind.SERVER: "サーバー",
    CopyKind.SPOOL: "印刷スプール",
    CopyKind.RIP_CACHE: "RIPキャッシュ",
    CopyKind.INSERTER: "封入機",
    CopyKind.BACKUP: "バックアップ",
    CopyKind.MAIL: "メール添付",
}
VERIFICATIONS = {Verification.FULL: "全件読出し", Verification.SAMPLE: "抜取り"}


def passphrase_letter(
    settings: Settings, act: Act, batch: str, sealed: SealedBatch, medium: str, pool: Executor
) -> Path:
    """パスフレーズの通知: printed once, to be brought to the vendor by another road than the medium."""
    contract = the_contract(settings)
    fields = {
        "issuer": issuer_fields(settings),
        "addressee": {
            "postcode": contract.postcode,
            "address": contract.address,
            "building": contract.workplace,
            "name": contract.vendor,
            "honorific": "御中",
        },
        "issued_on": act.day.isoformat(),
        "control": None,
        "batch": batch,
        "medium_no": medium,
        "container": sealed.container.name,
        "passphrase_groups": sealed.passphrase.split("-"),
        "key_fingerprint": keys.readable(sealed.key_fingerprint),
        "recipient_role": "取扱責任者",
    }
    return _print(settings, act, "passphrase", f"{medium}-passphrase.pdf", fields, pool)


def certificate_letter(
    settings: Settings, act: Act, certificate: ErasureCertificate, media: Sequence[Medium], pool: Executor
) -> Path:
    """消去証明書 (form F-17), a row for every copy."""
    contract = the_contract(settings)
    fields = {
        "certificate_no": certificate.number,
        "issued_on": certificate.issued_on.isoformat(),
        "batch": "・".join(certificate.batches),
        "medium_no": "・".join(medium.id for medium in media),
        "contract_no": certificate.contract,
        "issuer": issuer_fields(settings),
        "vendor": {
            "name": certificate.issuer,
            "address": contract.address,
            "representative": contract.people[certificate.responsible].name,
        },
        "part": {"number": 1, "of": 1},
        "rows": [_row(row, contract) for row in certificate.rows],
        "containers": [{"name": f"{medium.batch}.zip", "sha256": medium.container_sha256} for medium in media],
    }
    return _print(settings, act, "erasure_certificate", f"{certificate.number}.pdf", fields, pool)


def _row(row: ErasedCopy, contract: Contract) -> dict[str, str]:
    return {
        "copy_id": row.copy_id,
        "kind": KINDS[row.kind],
        "host": row.host,
        "path": row.path,
        "first_written": row.first_written.isoformat(),
        "erased_at": row.erased_at.isoformat(),
        "method": row.method,
        "level": str(row.level),
        "tool": f"{row.tool} {row.tool_version}",
        "verification": VERIFICATIONS[row.verification],
        "executor": contract.people[row.executor].name,
        "witness": contract.people[row.witness].name,
    }


def _print(settings: Settings, act: Act, form: str, name: str, fields: dict[str, Any], pool: Executor) -> Path:
    folder = settings.output / "letters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / name, print_letter(settings, pool, form, act.day, fields))
    return folder / name
