"""How a container is opened: with a passphrase brought by letter, or with the private key of the one it was made for.

There is one container format. For a vendor with an age key (https://age-encryption.org/v1, X25519) the passphrase of
the zip is drawn as always, encrypted to the vendor's recipient `age1…` and put, armoured, into the signed envelope:
nobody ever reads it, no letter is printed, and no further file can be lost. Wrapping the secret and not the payload
keeps one shape for every check, every tool and every medium; the payload streams as before. What age itself draws
(an ephemeral key) comes from the operating system, so such an envelope is new each time, though its container is not.
Stands between `envelope` and `passphrase`; pyrage (or the vendor's own `age` program) does the cryptography.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handover.rules import RefusalError

RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")  # Bech32 (BIP 173) of 32 bytes; its checksum is judged by age
_LARGEST_IDENTITY = 64 * 1024


@dataclass(frozen=True)
class Unlock:
    """`recipient` is empty for a passphrase; else `wrapped` is the passphrase as an armoured age file."""

    recipient: str = ""
    wrapped: str = ""

    def to_json(self) -> dict[str, str]:
        """The object that stands in the envelope."""
        if not self.recipient:
            return {"by": "passphrase"}
        return {"by": "age", "recipient": self.recipient, "secret": self.wrapped}


def parse(found: Any) -> Unlock:
    """The fact of an envelope's object; ValueError for anything else."""
    if found == {"by": "passphrase"}:
        return Unlock()
    if not isinstance(found, dict) or found.keys() != {"by", "recipient", "secret"} or found["by"] != "age":
        raise ValueError("unlock")
    if not isinstance(found["secret"], str) or not RECIPIENT.fullmatch(str(found["recipient"])):
        raise ValueError("unlock")
    return Unlock(found["recipient"], found["secret"])


def wrap(secret: str, recipient: str) -> Unlock:
    """The secret encrypted to a recipient `age1…`; refuses one that age does not know."""
    import pyrage  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415  only the ward, for vendors with a key

    try:
        to = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise RefusalError("age.recipient", recipient=recipient) from error
    return Unlock(recipient, pyrage.encrypt(secret.encode("ascii"), [to], armored=True).decode("ascii"))


def unwrap(unlock: Unlock, identity: Path) -> str:
    """The secret, decrypted with an identity file as `age-keygen` writes it.

    Refuses `age.not-used` (the container opens with a passphrase), `file.missing`, `age.identity` (no identity in the
    file), `age.other-identity` (not the one it was made for) and `age.no-tool`.
    """
    if not unlock.recipient:
        raise RefusalError("age.not-used")
    if not identity.is_file():
        raise RefusalError("file.missing", path=identity)
    try:
        import pyrage  # noqa: PLC0415  the vendor may have the `age` program only
    except ImportError:
        return _with_program(unlock, identity)
    with identity.open("rb") as file:
        text = file.read(_LARGEST_IDENTITY).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines]
    except pyrage.IdentityError as error:
        raise RefusalError("age.identity", path=identity) from error
    if not found:
        raise RefusalError("age.identity", path=identity)
    try:
        secret: bytes = pyrage.decrypt(unlock.wrapped.encode("utf-8"), found)
    except pyrage.DecryptError as error:
        raise RefusalError("age.other-identity", recipient=unlock.recipient) from error
    return secret.decode("ascii", "replace")


def _with_program(unlock: Unlock, identity: Path) -> str:
    program = shutil.which("age")
    if program is None:
        raise RefusalError("age.no-tool")
    command = [program, "--decrypt", "--identity", str(identity)]
    done = subprocess.run(command, input=unlock.wrapped.encode("utf-8"), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise RefusalError("age.other-identity", recipient=unlock.recipient)
    return done.stdout.decode("ascii", "replace")
