"""The ward's secrets: files beside ward.toml that only this program reads, never in the ledger and never in a container.

`confirmation.key` keys the 確認番号 of slips; `signing.pem` signs envelopes. `create` makes them once and never replaces them.
"""

import os
from collections.abc import Callable
from pathlib import Path

from handover import keys
from print_service.files import write_atomically
from print_service.findings import refuse
from print_service.settings import Settings


def folder(settings: Settings) -> Path:
    """Where the secrets lie."""
    return settings.home / "secrets"


def create(settings: Settings, entropy: Callable[[int], bytes] = os.urandom) -> None:
    """Make the secrets that are missing, readable by their owner only."""
    place = folder(settings)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    confirmation, secret = place / "confirmation.key", entropy(32)
    key = keys.create(entropy)
    if not confirmation.exists():
        write_atomically(confirmation, secret, mode=0o600)
    if not (place / "signing.pem").exists():
        keys.save(key, place / "signing.pem")
    if not (place / "signing.pub.pem").exists():
        keys.save_public(keys.load(place / "signing.pem").public_key(), place / "signing.pub.pem")


def confirmation_secret(settings: Settings) -> bytes:
    """32 secret bytes, or `vault.missing`."""
    path = folder(settings) / "confirmation.key"
    if not path.is_file() or path.stat().st_size != 32:
        raise refuse("vault.missing", str(path), name=path.name)
    return path.read_bytes()


def signing_key(settings: Settings) -> keys.SigningKey:
    """The ward's Ed25519 key, or `vault.missing`."""
    path = folder(settings) / "signing.pem"
    if not path.is_file():
        raise refuse("vault.missing", str(path), name=path.name)
    return keys.load(path)
