"""Says what a file is before it is read as text: nothing, NULs, an archive, or text of another encoding.

One clear sentence instead of a thousand faults. Magic numbers: RFC 1952 (gzip), PKWARE APPNOTE 4.3.7 (zip), and the
formats' own specifications for the others. An archive is never opened here, so what it would unpack to does not
matter.
"""

import codecs

from print_service.flatfile.layout import Layout

SAMPLE = 1 << 16

_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"%PDF-", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE (Excel 97-2003)"),
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CANDIDATES = ("utf-8", "cp932", "euc_jp")


def binary_kind(head: bytes) -> str | None:
    """The name of the binary format that starts so, or None."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def is_nothing(head: bytes) -> bool:
    """True when the file starts with nothing but NUL bytes."""
    return bool(head) and not head.strip(b"\x00")


def other_encoding(head: bytes, layout: Layout) -> str | None:
    """The encoding the text is really in, when most of its records with non-ASCII bytes do not decode as the layout
    says.

    One broken byte is a fault of its field, not another encoding: more than half of the records must fail, and all of
    them must be right in the other encoding.
    """
    if head.startswith(_UTF16):
        return "utf-16"
    if layout.newline:
        records = head.split(b"\n")
    else:
        records = [head[i : i + layout.record_bytes] for i in range(0, len(head), layout.record_bytes)]
    complete = records[:-1] if len(head) >= SAMPLE else records
    telling = [record for record in complete if not record.isascii()]
    wrong = sum(not _decodes(record, layout.encoding) for record in telling)
    if not telling or wrong * 2 <= len(telling):
        return None
    for encoding in _CANDIDATES:
        if encoding != layout.encoding and all(_decodes(record, encoding) for record in telling):
            return encoding
    return None


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
