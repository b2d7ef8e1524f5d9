"""The manifest: what a container holds, written inside it as its first file and so under the passphrase's protection.

Names every file with size and SHA-256, the batch, the medium it was made for, how long it may be used, how many
copies may be made of it, for whose age key it was made if for one, and the fingerprint of the key that signs the envelope: whoever knows the passphrase thereby
knows the key. Bytes are canonical JSON. Stands in step 6 seal, read again at the vendor's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from handover import canonical_json
from handover.rules import Fault, RefusalError
from handover.unlock import RECIPIENT

FORMAT = "print-service-manifest/2"
NAME = "manifest.json"
LARGEST = 16 * 1024 * 1024  # bytes; some hundred thousand files

BATCH = re.compile(r"[A-Z0-9-]{1,12}")
MEDIUM = re.compile(r"[A-Z0-9-]{1,24}")
HEX64 = re.compile(r"[0-9a-f]{64}")
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Terms:
    """What the ward decides about one container: for which batch and medium, until when, how many copies, what is in
    it.

    `valid_until` is the last day of use in Japan; `pages` gives the page count of those files that have pages;
    `recipient` is the vendor's age key `age1…`, empty where a passphrase is used.
    """

    batch: str
    medium: str
    created_at: datetime
    valid_until: date
    copies_allowed: int
    pieces: int
    sheets: int
    pages: Mapping[str, int] = field(default_factory=dict)
    recipient: str = ""


@dataclass(frozen=True)
class PackedFile:
    """One file of the container: name, size in bytes, SHA-256 in hex, pages where it has pages."""

    name: str
    size: int
    sha256: str
    pages: int | None = None


@dataclass(frozen=True)
class Manifest:
    """The content of one container (see the module)."""

    batch: str
    medium: str
    created_at: datetime
    valid_until: date
    copies_allowed: int
    pieces: int
    sheets: int
    files: tuple[PackedFile, ...]
    key_fingerprint: str
    recipient: str = ""

    def to_bytes(self) -> bytes:
        """The canonical JSON that is stored and hashed."""
        files = []
        for file in self.files:
            row: dict[str, object] = {"name": file.name, "size": file.size, "sha256": file.sha256}
            if file.pages is not None:
                row["pages"] = file.pages
            files.append(row)
        return canonical_json.dump(
            {
                "format": FORMAT,
                "batch": self.batch,
                "medium": self.medium,
                "created_at": self.created_at.isoformat(),
                "valid_until": self.valid_until.isoformat(),
                "copies_allowed": self.copies_allowed,
                "pieces": self.pieces,
                "sheets": self.sheets,
                "files": files,
                "key_fingerprint": self.key_fingerprint,
                "recipient": self.recipient,
            }
        )


def parse(data: bytes) -> Manifest:
    """The manifest of these bytes; refuses (`manifest.unreadable`) what is not exactly one, spelled canonically."""
    try:
        found = canonical_json.load(data)
        if found.pop("format", None) != FORMAT:
            raise ValueError("format")  # noqa: TRY301  one door for all malformed content
        manifest = _build(found)
        if manifest.to_bytes() != data:
            raise ValueError("not the canonical spelling")  # noqa: TRY301
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError("manifest.unreadable", detail=str(error)) from error
    return manifest


def name_fault(name: str) -> Fault | None:
    """Why a file may not bear this name in a container, or None.

    Names must extract to the same place on any system: relative, ASCII letters, digits and `._-`, at most 100
    characters, no name Windows keeps for devices.
    """
    values = {"name": name}
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return Fault("tar.name-absolute", values)
    parts = re.split(r"[/\\]", name)
    if ".." in parts:
        return Fault("tar.name-climbs", values)
    sound = all(_PART.fullmatch(part) and not _RESERVED.fullmatch(part) and part[-1] != "." for part in parts)
    if not sound or "\\" in name or len(name) > 100:
        return Fault("tar.name-unsafe", values)
    return None


def names_collide(names: Iterable[str]) -> bool:
    """Whether two names (or the manifest's own) would fall on one place, capitals aside, or one is the other's
    folder.
    """
    places = [NAME, *(name.lower() for name in names)]
    taken = set(places)
    folders = {name[:at] for name in places for at, letter in enumerate(name) if letter == "/"}
    return len(taken) != len(places) or not taken.isdisjoint(folders)


def _build(found: dict[str, Any]) -> Manifest:
    files = tuple(PackedFile(**row) for row in found.pop("files"))
    manifest = Manifest(
        created_at=instant(found.pop("created_at")),
        valid_until=date.fromisoformat(found.pop("valid_until")),
        files=files,
        **found,
    )
    numbers = (manifest.copies_allowed, manifest.pieces, manifest.sheets, *(file.size for file in files))
    pages = [file.pages for file in files if file.pages is not None]
    if not all(type(number) is int and number >= 0 for number in (*numbers, *pages)):
        raise ValueError("a count is not a number")
    if not all(HEX64.fullmatch(digits) for digits in (manifest.key_fingerprint, *(file.sha256 for file in files))):
        raise ValueError("a hash is not one")
    if not (BATCH.fullmatch(manifest.batch) and MEDIUM.fullmatch(manifest.medium)):
        raise ValueError("batch or medium")
    if manifest.recipient and not RECIPIENT.fullmatch(manifest.recipient):
        raise ValueError("recipient")
    if any(name_fault(file.name) for file in files) or names_collide(file.name for file in files):
        raise ValueError("a file name")
    return manifest


def instant(text: str) -> datetime:
    """A moment with its zone from ISO text; ValueError when the zone is absent."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
