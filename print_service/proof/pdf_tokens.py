"""A content stream as operators with their operands (ISO 32000-1, 7.8.2), as far as strings on a page need them.

What paints paths or sets colour is stepped over in one go, and so are inline images; `content` follows the rest.
"""

import re
from collections.abc import Iterator
from typing import Any

_NUMBER = rb"[-+]?(?:\d+\.?\d*|\.\d+)"
# What paints paths or sets colour is stepped over in one go; possessive, so that nothing is tried twice.
_SKIPPED = rb"(?:(?:\s*+/[^\s/\[\]<>()]++\s++gs|[-+.\d\s]++(?:re|rg|RG|[mlcvyhfnSsBbgGkKwJj]\*?|W\*?))(?=[\s/\[]|$))++"
_TOKEN = re.compile(
    rb"(?P<skipped>" + _SKIPPED + rb")"
    rb"|(?P<numbers>" + _NUMBER + rb"(?:\s++" + _NUMBER + rb")*+)"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>"
    rb"|/(?P<name>[^\s/\[\]<>()%{}]*)"
    rb"|(?P<shown>\[[<>0-9A-Fa-f\s.+-]*\])"
    rb"|(?P<open>\()"
    rb"|(?P<mark>\[|\]|<<|>>)"
    rb"|(?P<comment>%[^\r\n]*)"
    rb"|(?P<word>[A-Za-z'\"*][A-Za-z0-9'\"*]*)"
)
_SHOWN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(" + _NUMBER + rb")")
_PLAIN = re.compile(rb"([^()\\\r]*+)\)")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")


class NameOperand(bytes):
    """A name among the operands."""


def operations(data: bytes) -> Iterator[tuple[bytes, list[Any]]]:
    """Operator and operands in order: numbers as float, strings as bytes, names as NameOperand, arrays and dictionaries nested.

    Path and colour operators may be left out. Broken syntax is stepped over.
    """
    operands: list[Any] = []
    collected: list[tuple[bytes, int]] = []
    at, match_at = 0, _TOKEN.search
    while (match := match_at(data, at)) is not None:
        at, kind = match.end(), match.lastgroup
        if kind == "word":
            if match["word"] == b"BI":
                at = _past_inline_image(data, at)
            else:
                yield match["word"], operands
            operands = []
        elif kind == "numbers":
            operands += map(float, match["numbers"].split())
        elif kind == "skipped":
            operands = []
        elif kind == "open":
            text, at = _literal(data, at)
            operands.append(text)
        elif kind == "mark":
            _nest(match["mark"], operands, collected)
        elif kind in _SIMPLE:
            operands.append(_SIMPLE[kind](match[kind]))


def _bytes(hexadecimal: bytes) -> bytes:
    digits = b"".join(hexadecimal.split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _name(raw: bytes) -> NameOperand:
    return NameOperand(_HASH.sub(lambda found: bytes([int(found[1], 16)]), raw) if b"#" in raw else raw)


def _shown(array: bytes) -> list[bytes | float]:
    return [float(number) if number else _bytes(text) for text, number in _SHOWN.findall(array)]


_SIMPLE = {"hex": _bytes, "name": _name, "shown": _shown}


def _nest(mark: bytes, operands: list[Any], collected: list[tuple[bytes, int]]) -> None:
    if mark in {b"[", b"<<"}:
        collected.append((mark, len(operands)))
        return
    if not collected:
        return
    kind, start = collected.pop()
    inner = operands[start:]
    del operands[start:]
    if kind == b"[":
        operands.append(inner)
    else:
        operands.append(
            {bytes(key): value for key, value in zip(inner[::2], inner[1::2], strict=False) if isinstance(key, bytes)}
        )


def _literal(data: bytes, at: int) -> tuple[bytes, int]:
    """A string in parentheses, which may be nested, from behind the first; the place behind the last."""
    plain = _PLAIN.match(data, at)
    if plain is not None:
        return plain[1], plain.end()
    out, depth = bytearray(), 1
    while at < len(data):
        byte = data[at : at + 1]
        at += 1
        if byte == b"\\":
            octal = re.match(rb"[0-7]{1,3}", data[at : at + 3])
            if octal:
                out.append(int(octal[0], 8) & 255)
                at += len(octal[0])
                continue
            following = data[at : at + 1]
            at += 1
            if following not in {b"\n", b"\r"}:
                out += _ESCAPES.get(following, following)
            continue
        depth += (byte == b"(") - (byte == b")")
        if depth == 0:
            break
        out += byte
    return bytes(out), at


_IMAGE_HEAD = re.compile(rb"\bID\s")
_IMAGE_SIZE = re.compile(rb"/(W|Width|H|Height|BPC|BitsPerComponent|L|Length|F|Filter|IM|ImageMask)\s*(/?[\w\[]+)")
_IMAGE_END = re.compile(rb"\sEI(?=\s|$)")


def _past_inline_image(data: bytes, at: int) -> int:
    """The place behind an inline image whose dictionary begins at `at`; by its size where that is plain, else by its end mark."""
    head = _IMAGE_HEAD.search(data, at)
    if head is None:
        return len(data)
    size = {
        key[:1] if key != b"BitsPerComponent" else b"BPC": value
        for key, value in _IMAGE_SIZE.findall(data, at, head.end())
    }
    body = head.end()
    if b"L" in size:
        body += int(size[b"L"])
    elif b"F" not in size and {b"W", b"H"} <= size.keys() and (b"I" in size or size.get(b"B") == b"1"):
        body += (int(size[b"W"]) + 7) // 8 * int(size[b"H"])
    found = _IMAGE_END.search(data, max(head.end(), body - 1))
    return len(data) if found is None else found.end()
