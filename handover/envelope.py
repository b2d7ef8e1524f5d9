"""The envelope: a small plain file beside the container, signed, that says which container this is without opening
it.

`<container>.envelope.json` names batch, medium, the container's file, size and SHA-256, its validity and the public
key, says whether a passphrase or an age key opens it, and bears that key's Ed25519 signature over the canonical bytes of everything else. AE-2 protects only the
content of an entry, so names, sizes and the container as a whole are protected here (see the WinZip AES
specification, "file names and sizes").
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from handover import canonical_json, keys, unlock
from handover.manifest import BATCH, HEX64, MEDIUM, instant
from handover.rules import RefusalError
from handover.unlock import Unlock

FORMAT = "print-service-envelope/2"
_LARGEST = 64 * 1024


@dataclass(frozen=True)
class Envelope:
    """One signed envelope; `size` in bytes, hashes and keys in hex, `signature` 128 hex digits (empty before
    signing).
    """

    batch: str
    medium: str
    container: str
    size: int
    sha256: str
    created_at: datetime
    valid_until: date
    public_key: str
    unlock: Unlock = Unlock()  # noqa: RUF009  frozen
    signature: str = ""

    def to_bytes(self) -> bytes:
        """The canonical JSON that stands in the file."""
        return canonical_json.dump({**self._facts(), "signature": self.signature})

    def signed_bytes(self) -> bytes:
        """The canonical JSON without the signature: what is signed."""
        return canonical_json.dump(self._facts())

    def _facts(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "batch": self.batch,
            "medium": self.medium,
            "container": self.container,
            "size": self.size,
            "sha256": self.sha256,
            "created_at": self.created_at.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "public_key": self.public_key,
            "unlock": self.unlock.to_json(),
        }


def beside(container: Path) -> Path:
    """Where the envelope of a container lies."""
    return container.with_name(beside_name(container.name))


def beside_name(container: str) -> str:
    """The name of a container's envelope."""
    return container + ".envelope.json"


def sign(envelope: Envelope, key: keys.SigningKey) -> Envelope:
    """The envelope with this key's public half and signature."""
    named = replace(envelope, public_key=keys.public_hex(key.public_key()), signature="")
    return replace(named, signature=key.sign(named.signed_bytes()).hex())


def parse(data: bytes) -> Envelope:
    """The envelope of these bytes, signature not yet judged; refuses (`envelope.unreadable`) anything else."""
    try:
        found = canonical_json.load(data)
        if found.pop("format", None) != FORMAT:
            raise ValueError("format")  # noqa: TRY301  one door for all malformed content
        envelope = _build(found)
        if envelope.to_bytes() != data:
            raise ValueError("not the canonical spelling")  # noqa: TRY301
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError("envelope.unreadable", detail=str(error)) from error
    return envelope


def read(container: Path) -> Envelope:
    """The envelope beside a container, its signature verified.

    Refuses `envelope.missing`, `envelope.unreadable` and `envelope.signature`.
    """
    path = beside(container)
    if not path.is_file():
        raise RefusalError("envelope.missing", path=path.name)
    with path.open("rb") as file:
        envelope = parse(file.read(_LARGEST))
    key = keys.public_from_hex(envelope.public_key)
    if not keys.signed_by(key, bytes.fromhex(envelope.signature), envelope.signed_bytes()):
        raise RefusalError("envelope.signature")
    return envelope


def _build(found: dict[str, Any]) -> Envelope:
    envelope = Envelope(
        created_at=instant(found.pop("created_at")),
        valid_until=date.fromisoformat(found.pop("valid_until")),
        unlock=unlock.parse(found.pop("unlock")),
        **found,
    )
    keys.public_from_hex(envelope.public_key)
    if not re.fullmatch(r"[0-9a-f]{128}", envelope.signature) or not HEX64.fullmatch(envelope.sha256):
        raise ValueError("signature or hash")
    if type(envelope.size) is not int or envelope.size < 0:
        raise ValueError("size")
    if not (BATCH.fullmatch(envelope.batch) and MEDIUM.fullmatch(envelope.medium)):
        raise ValueError("batch or medium")
    if not isinstance(envelope.container, str):
        raise TypeError("container")
    return envelope
