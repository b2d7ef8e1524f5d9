"""Paper that goes with a batch but never into it: the passphrase letter, as PDF. Records of custody are `paper` and above.

The letters lie in `<output>/letters`, the containers in `<output>/media`: secret and container never share a folder.
"""

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from handover import keys
from print_service.act import Act
from print_service.batches.custody import the_contract
from print_service.batches.seal import SealedBatch
from print_service.files import write_atomically
from print_service.notices.letters import print_letter
from print_service.settings import Settings


def passphrase_letter(
    settings: Settings, act: Act, batch: str, sealed: SealedBatch, medium: str, pool: Executor
) -> Path:
    """パスフレーズの通知: printed once, to be brought to the vendor by another road than the medium."""
    contract = the_contract(settings)
    fields = {
        "issuer": settings.ward.issuer(),
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
        "tool_sha256": keys.readable(sealed.tool_sha256),
        "recipient_role": "取扱責任者",
    }
    return _print(settings, act, "passphrase", f"{medium}-passphrase.pdf", fields, pool)


def _print(settings: Settings, act: Act, form: str, name: str, fields: dict[str, Any], pool: Executor) -> Path:
    folder = settings.output / "letters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / name, print_letter(settings, pool, form, act.day, fields), 0o600)
    return folder / name
