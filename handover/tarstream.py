"""The inside: a plain tar, written chunk by chunk with headers that depend on name and size alone, and read back
strictly.

Headers are old GNU tar (magic `ustar `, POSIX.1-1988 ustar fields, base-256 for sizes over 8 GiB): mode 0600, owner
0, time 0. A reader therefore knows every header byte beforehand; links, devices, directories, extension headers and
names that climb are refused by name, and anything else that differs is refused as foreign. The first member is the
manifest. Stands inside step 6 seal.
"""

import hashlib
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from handover import manifest as manifests
from handover.manifest import Manifest, PackedFile
from handover.rules import Fault, RefusalError

CHUNK = 1 << 20
_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)


class Readable(Protocol):
    """What a tar is read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; none at the end."""


class Writable(Protocol):
    """What a tar is written to."""

    def write(self, data: bytes, /) -> object:
        """Take these bytes."""


Sink = Callable[[str], BinaryIO | None]
"""Opens the place a member goes to by its name, or gives None to read it and keep nothing."""


def header(name: str, size: int) -> bytes:
    """The one header block of a member of this name and size in bytes."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime, info.uid, info.gid = size, 0o600, 0, 0, 0
    return info.tobuf(format=tarfile.GNU_FORMAT, encoding="ascii")


def size(manifest: Manifest) -> int:
    """How many bytes the tar of this manifest and its files has."""
    sizes = [len(manifest.to_bytes()), *(file.size for file in manifest.files)]
    return sum(_BLOCK + length + _padding(length) for length in sizes) + len(_END)


def write(stream: Writable, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write the manifest and its files; refuses (`seal.source-changed`) a file that is no longer what the manifest
    says.
    """
    data = manifest.to_bytes()
    stream.write(header(manifests.NAME, len(data)) + data + bytes(_padding(len(data))))
    for file in manifest.files:
        stream.write(header(file.name, file.size))
        digest, left = hashlib.sha256(), file.size
        with sources[file.name].open("rb") as source:
            while left and (chunk := source.read(min(CHUNK, left))):
                digest.update(chunk)
                stream.write(chunk)
                left -= len(chunk)
            grown = source.read(1)
        if left or grown or digest.hexdigest() != file.sha256:
            raise RefusalError("seal.source-changed", name=file.name)
        stream.write(bytes(_padding(file.size)))
    stream.write(_END)


@dataclass
class _Walk:
    """What has been seen of a tar so far."""

    stream: Readable
    open_sink: Sink
    faults: list[Fault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    expected: dict[str, PackedFile] = field(default_factory=dict)

    def exact(self, size: int) -> bytes:
        data = self.stream.read(size)
        while len(data) < size:
            more = self.stream.read(size - len(data))
            if not more:
                raise RefusalError("tar.broken")
            data += more
        return data


def read(stream: Readable, open_sink: Sink) -> tuple[Manifest | None, tuple[Fault, ...]]:
    """Read a tar to the end of its members; give its manifest (None when unreadable) and every fault found on the way.

    Only members the manifest names, with sound names, seen for the first time, are ever given to `open_sink`.
    """
    walk = _Walk(stream, open_sink)
    manifest = None
    try:
        manifest = _first(walk)
        walk.expected = {file.name: file for file in manifest.files}
        while _member(walk):
            pass
    except RefusalError as error:
        walk.faults += error.faults
    else:
        walk.faults += [Fault("tar.member-missing", {"name": name}) for name in walk.expected if name not in walk.seen]
    return manifest, tuple(walk.faults)


def _first(walk: _Walk) -> Manifest:
    block = walk.exact(_BLOCK)
    info = _parse(block)
    if info.name != manifests.NAME or not info.isreg() or info.size > manifests.LARGEST:
        raise RefusalError("manifest.missing")
    _same_header(walk, info, block)
    data = walk.exact(info.size)
    walk.exact(_padding(info.size))
    manifest = manifests.parse(data)
    walk.seen.add(manifests.NAME)
    _keep(walk, manifests.NAME, [data])
    return manifest


def _member(walk: _Walk) -> bool:
    """Take one member; False at the end of the tar."""
    block = walk.exact(_BLOCK)
    if block == bytes(_BLOCK):
        if walk.exact(_BLOCK) != bytes(_BLOCK) or walk.stream.read(1):
            raise RefusalError("tar.appended")
        return False
    info = _parse(block)
    if not info.isreg():
        # The length of what follows such a member depends on the writer, so nothing behind it can be judged.
        raise RefusalError("tar.member-kind", name=info.name, kind=_kind(info))
    fault = _name_fault(walk, info.name)
    walk.seen.add(info.name)
    _same_header(walk, info, block)
    if fault:
        walk.faults.append(fault)
        _discard(walk, info.size)
    else:
        _take(walk, walk.expected[info.name], info.size)
    walk.exact(_padding(info.size))
    return True


def _name_fault(walk: _Walk, name: str) -> Fault | None:
    if (fault := manifests.name_fault(name)) is not None:
        return fault
    if name in walk.seen:
        return Fault("tar.member-twice", {"name": name})
    if name not in walk.expected:
        return Fault("tar.member-extra", {"name": name})
    return None


def _take(walk: _Walk, wanted: PackedFile, size: int) -> None:
    if size != wanted.size:
        walk.faults.append(Fault("manifest.size-differs", {"name": wanted.name, "found": size, "wanted": wanted.size}))
        _discard(walk, size)
        return
    digest = hashlib.sha256()

    def chunks() -> Iterable[bytes]:
        left = size
        while left:
            chunk = walk.exact(min(CHUNK, left))
            digest.update(chunk)
            left -= len(chunk)
            yield chunk

    _keep(walk, wanted.name, chunks())
    if digest.hexdigest() != wanted.sha256:
        walk.faults.append(Fault("manifest.hash-differs", {"name": wanted.name}))


def _keep(walk: _Walk, name: str, chunks: Iterable[bytes]) -> None:
    sink = walk.open_sink(name)
    if sink is None:
        for _ in chunks:
            pass
        return
    with sink:
        for chunk in chunks:
            sink.write(chunk)


def _discard(walk: _Walk, size: int) -> None:
    while size:
        size -= len(walk.exact(min(CHUNK, size)))


def _parse(block: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise RefusalError("tar.broken") from error
    info.name = info.name.encode("utf-8", "replace").decode("utf-8")
    if info.size < 0:
        raise RefusalError("tar.broken")
    return info


def _same_header(walk: _Walk, info: tarfile.TarInfo, block: bytes) -> None:
    if manifests.name_fault(info.name) is None and header(info.name, info.size) != block:
        walk.faults.append(Fault("tar.header-foreign", {"name": info.name}))


def _kind(info: tarfile.TarInfo) -> str:
    kinds = {
        tarfile.SYMTYPE: "シンボリックリンク",
        tarfile.LNKTYPE: "ハードリンク",
        tarfile.DIRTYPE: "フォルダー",
        tarfile.CHRTYPE: "装置",
        tarfile.BLKTYPE: "装置",
        tarfile.FIFOTYPE: "装置",
    }
    return kinds.get(info.type, "拡張")


def _padding(size: int) -> int:
    return -size % _BLOCK
