"""The vendor's program as one file: this room as a zipapp that any Python 3.11 or newer runs without installing.

All modules of the room go in, stored uncompressed in order of name with the format's first date, so that the same
source gives the same bytes on every machine and its SHA-256 can be told beforehand. Signature, hash, decryption and
reports need nothing but Python's standard library and the OpenSSL that Python brings (see `aesctr`, `ed25519`).
Format: PEP 441. Written onto every medium in step 6 seal.
"""

import io
import zipfile
from importlib import resources

NAME = "handover.pyz"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_START = b"from handover.cli import run\n\nrun()\n"


def build() -> bytes:
    """The bytes of `handover.pyz`."""
    sources = {"__main__.py": _START}
    for file in resources.files("handover").iterdir():
        if file.name.endswith(".py"):
            # Line ends are those of the repository whatever the checkout made of them.
            sources[f"handover/{file.name}"] = file.read_bytes().replace(b"\r\n", b"\n")
    raw = io.BytesIO(b"#!/usr/bin/env python3\n")
    raw.seek(0, io.SEEK_END)
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(sources):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, sources[name])
    return raw.getvalue()
