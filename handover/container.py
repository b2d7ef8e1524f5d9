"""Seal files into one encrypted, signed container; verify it and open it again, all or nothing.

`seal` writes the zip of `aeszip` around the tar of `tarstream`, reads it back from the disk, and lays the signed
envelope beside it. `verify` and `open_container` go the other way in a fixed order: envelope and its signature,
size and hash of the container, validity, shape of the zip, full decryption (the authentication code is judged at the
end of the stream), members, manifest, manifest against envelope; only then is anything left in place. Steps 6 seal
and 7 hand over; memory stays flat at any size.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO

from handover import aeszip, disk, envelope, keys, manifest, passphrase, staging, tarstream, unlock, zipshape
from handover.envelope import Envelope
from handover.manifest import Manifest, PackedFile, Terms
from handover.rules import Fault, RefusalError, refuse_if

JAPAN = timezone(timedelta(hours=9))


@dataclass(frozen=True)
class Sealed:
    """A container just written and read back: where it lies (its envelope beside it), and what both say."""

    container: Path
    envelope: Envelope
    manifest: Manifest


@dataclass(frozen=True)
class Opened:
    """A container found sound: what its envelope and manifest say, and which unfinished folders of killed runs were
    removed on the way.
    """

    envelope: Envelope
    manifest: Manifest
    swept: tuple[Path, ...] = ()


def seal(
    files: Mapping[str, Path],
    terms: Terms,
    secret: str,
    key: keys.SigningKey,
    out: Path,
    *,
    entropy: Callable[[int], bytes] = os.urandom,
    known: Mapping[str, str] | None = None,
) -> Sealed:
    """Write the container `out` and its envelope from `files` (name inside → file), replacing what stood there.

    `secret` is a passphrase of `passphrase.generate`; `entropy` gives the salt, so the same entropy gives the same
    bytes. `known` spares reading a file twice whose SHA-256 the caller already has; a file that differs from it is
    refused. What was written is read back from the disk and must have the hash it was written with before it takes
    its place; on any refusal nothing is left.
    """
    refuse_if(_seal_faults(files, terms))
    password = passphrase.check(secret).encode("ascii")
    content = _describe(files, terms, key, known or {})
    way = unlock.wrap(passphrase.check(secret), terms.recipient) if terms.recipient else unlock.Unlock()
    part = out.with_name(f".{out.name}.part")
    note = out.with_name(f".{envelope.beside(out).name}.part")
    try:
        with disk.private(part) as file:
            with aeszip.writing(file, password, entropy, tarstream.size(content)) as stream:
                tarstream.write(stream, content, files)
            disk.settle(file)
            disk.forget(file)
            if disk.measure(file) != (stream.written, stream.sha256):
                raise RefusalError("seal.read-back")
            zipshape.check_shape(file)
        cover = envelope.sign(_cover(out.name, stream.written, stream.sha256, terms, way), key)
        disk.put(note, cover.to_bytes())
        part.replace(out)
        note.replace(envelope.beside(out))
    finally:
        for rest in (part, note):
            rest.unlink(missing_ok=True)
    return Sealed(out, cover, content)


def verify(
    container: Path,
    secret: str,
    *,
    now: datetime | None = None,
    fingerprint: str | None = None,
    medium: str | None = None,
) -> Opened:
    """Whether a container is sound, reading all of it and leaving nothing on disk.

    `now` judges validity (the machine's clock when not given); `fingerprint` (64 hex digits) and `medium` are what
    the reader expects, known by another road. Refuses with the first broken stage's faults, all of that stage at
    once.
    """
    return _judge(container, secret, _nowhere, now=now, fingerprint=fingerprint, medium=medium)


def open_container(
    container: Path,
    secret: str,
    out_dir: Path,
    *,
    now: datetime | None = None,
    fingerprint: str | None = None,
    medium: str | None = None,
) -> Opened:
    """Verify a container and put its files and manifest into `out_dir`, which must be absent or empty.

    The files are decrypted beside `out_dir` into a fresh folder that gets its name only when all is found sound; on
    any refusal that folder is removed, and what a killed run left is removed first (`Opened.swept`).
    """
    _check_target(out_dir)
    swept = staging.sweep(out_dir.parent)
    cover = envelope_of(container)
    if shutil.disk_usage(out_dir.parent).free < cover.size:
        raise RefusalError("open.no-space", size=cover.size, path=out_dir.parent)
    with staging.fresh(out_dir.parent) as folder:
        opened = _judge(container, secret, staging.into(folder), now=now, fingerprint=fingerprint, medium=medium)
        _check_target(out_dir)
        staging.settle_into(folder, out_dir)
    return Opened(opened.envelope, opened.manifest, swept)


def envelope_of(container: Path) -> Envelope:
    """The envelope beside a container, signature verified, after making sure that the container is a file."""
    if container.is_dir():
        raise RefusalError("file.is-folder", path=container)
    if not container.is_file():
        raise RefusalError("file.missing", path=container)
    return envelope.read(container)


def _judge(
    container: Path,
    secret: str,
    sink: tarstream.Sink,
    *,
    now: datetime | None,
    fingerprint: str | None,
    medium: str | None,
) -> Opened:
    cover = envelope_of(container)
    today = (now or datetime.now(UTC)).astimezone(JAPAN).date()
    refuse_if(_expectation_faults(cover, container.name, fingerprint, medium))
    password = passphrase.check(secret).encode("ascii")
    with container.open("rb") as file:
        # One open file from hashing to decrypting: what was hashed is what is decrypted.
        refuse_if(_whole_faults(cover, file))
        if today > cover.valid_until:
            # Nothing is decrypted that may no longer be used.
            raise RefusalError("container.expired", until=cover.valid_until.isoformat(), today=today.isoformat())
        content = _examine(file, cover, password, sink)
    return Opened(cover, content)


def _examine(file: BinaryIO, cover: Envelope, password: bytes, sink: tarstream.Sink) -> Manifest:
    stream = aeszip.reading(file, password)
    content, faults = tarstream.read(stream, sink)
    # Whatever the content looked like, an altered ciphertext is the reason that counts: let the code be judged.
    stream.finish()
    refuse_if(faults)
    assert content is not None
    refuse_if(_tie_faults(content, cover))
    return content


def _expectation_faults(cover: Envelope, name: str, fingerprint: str | None, medium: str | None) -> Iterator[Fault]:
    if cover.container != name:
        yield Fault("envelope.other-container", {"named": cover.container, "found": name})
    found = keys.fingerprint(keys.public_from_hex(cover.public_key))
    if fingerprint is not None and found != fingerprint:
        yield Fault("envelope.other-key", {"found": keys.readable(found), "wanted": keys.readable(fingerprint)})
    if medium is not None and cover.medium != medium:
        yield Fault("envelope.other-medium", {"found": cover.medium, "wanted": medium})


def _whole_faults(cover: Envelope, file: BinaryIO) -> Iterator[Fault]:
    size, digest = disk.measure(file)
    if size != cover.size:
        yield Fault("container.size-differs", {"found": size, "wanted": cover.size})
    if digest != cover.sha256:
        yield Fault("container.hash-differs", {"batch": cover.batch})


def _tie_faults(content: Manifest, cover: Envelope) -> Iterator[Fault]:
    if content.batch != cover.batch:
        yield Fault("manifest.other-batch", {"inside": content.batch, "outside": cover.batch})
    if content.medium != cover.medium:
        yield Fault("manifest.other-medium", {"inside": content.medium, "outside": cover.medium})
    if content.key_fingerprint != keys.fingerprint(keys.public_from_hex(cover.public_key)):
        yield Fault("manifest.other-key")
    if content.recipient != cover.unlock.recipient:
        yield Fault("manifest.other-recipient")
    if (content.created_at, content.valid_until) != (cover.created_at, cover.valid_until):
        yield Fault("manifest.other-validity")


def _seal_faults(files: Mapping[str, Path], terms: Terms) -> Iterator[Fault]:
    if not files:
        yield Fault("seal.no-files")
    for name, path in files.items():
        if (fault := manifest.name_fault(name)) is not None:
            yield fault
        if not path.is_file():
            yield Fault("file.missing", {"path": path})
    if manifest.names_collide(files):
        yield Fault("seal.names-collide")
    for name in sorted(terms.pages.keys() - files.keys()):
        yield Fault("seal.pages-of-unknown", {"name": name})
    yield from _terms_faults(terms)


def _terms_faults(terms: Terms) -> Iterator[Fault]:
    if not manifest.BATCH.fullmatch(terms.batch):
        yield Fault("seal.batch-name", {"batch": terms.batch})
    if not manifest.MEDIUM.fullmatch(terms.medium):
        yield Fault("seal.medium-name", {"medium": terms.medium})
    if terms.created_at.tzinfo is None:
        yield Fault("time.no-zone")
    elif terms.valid_until < terms.created_at.astimezone(JAPAN).date():
        yield Fault("seal.already-expired", {"until": terms.valid_until.isoformat()})
    if terms.recipient and not unlock.RECIPIENT.fullmatch(terms.recipient):
        yield Fault("age.recipient", {"recipient": terms.recipient})
    if min(terms.copies_allowed, terms.pieces, terms.sheets, *terms.pages.values()) < 0:
        yield Fault("seal.negative-count")


def _describe(files: Mapping[str, Path], terms: Terms, key: keys.SigningKey, known: Mapping[str, str]) -> Manifest:
    rows = []
    for name in sorted(files):
        if name in known:
            size, digest = files[name].stat().st_size, known[name]
        else:
            with files[name].open("rb") as file:
                size, digest = disk.measure(file)
        rows.append(PackedFile(name, size, digest, terms.pages.get(name)))
    return Manifest(
        batch=terms.batch,
        medium=terms.medium,
        created_at=terms.created_at,
        valid_until=terms.valid_until,
        copies_allowed=terms.copies_allowed,
        pieces=terms.pieces,
        sheets=terms.sheets,
        files=tuple(rows),
        key_fingerprint=keys.fingerprint(key.public_key()),
        recipient=terms.recipient,
    )


def _cover(name: str, size: int, digest: str, terms: Terms, way: unlock.Unlock) -> Envelope:
    return Envelope(
        batch=terms.batch,
        medium=terms.medium,
        container=name,
        size=size,
        sha256=digest,
        created_at=terms.created_at,
        valid_until=terms.valid_until,
        public_key="",
        unlock=way,
    )


def _nowhere(_name: str) -> None:
    return None


def _check_target(out_dir: Path) -> None:
    if out_dir.is_symlink() or (out_dir.exists() and not out_dir.is_dir()):
        raise RefusalError("open.target-not-folder", path=out_dir)
    if out_dir.is_dir() and any(out_dir.iterdir()):
        raise RefusalError("open.target-not-empty", path=out_dir)
    if not out_dir.parent.is_dir():
        raise RefusalError("open.no-parent", path=out_dir.parent)
