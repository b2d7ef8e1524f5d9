"""Canonical JSON: one spelling for one fact, so that it can be hashed, signed and compared byte for byte.

Keys sorted, UTF-8, no spaces, a newline at the end, no floating-point numbers, no key twice. Manifest, envelope,
certificate and journal are all written so, and bytes that are not in this spelling are refused on reading. (RFC 8785
has the same aim; without numbers other than integers the two agree except for the newline and the order of keys
beyond the basic plane.)
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NoReturn


def dump(value: object) -> bytes:
    """The canonical bytes of a JSON value; ValueError for a float, a lone surrogate or a type JSON does not have."""
    _no_floats(value)
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return text.encode("utf-8") + b"\n"


def load(data: bytes) -> dict[str, Any]:
    """The object these bytes spell; ValueError unless they are exactly its canonical spelling."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_no_double_key, parse_float=_no_float)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004  malformed data, not a programmer's mistake
    if dump(value) != data:
        raise ValueError("not in canonical form")
    return value


def sha256_hex(data: bytes) -> str:
    """SHA-256 of bytes, 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def _no_double_key(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"floating-point number {text}")


def _no_floats(value: object) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, float):
            raise ValueError(f"floating-point number {item}")  # noqa: TRY004  as above
        if isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                raise ValueError("a key is not text")
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
