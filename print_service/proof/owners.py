"""Whose is it: every mark and every payer's text of a file, so that what stands on the wrong page can be called by its owner."""

import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from print_service.proof.model import ExpectedPage

_SHORTEST = 4  # shorter texts (a building's number) belong to too many


@dataclass(frozen=True)
class Owners:
    """Piece and page (from 0) of each mark by kind and text; pieces of each text, white space left out."""

    marks: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    texts: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Callable[[bytes], "Owners"], tuple[bytes]]:
        # Every part of a file takes them along; they are packed once, and unpacked once in each process.
        return _unpacked, (self._packed,)

    def within(self, text: str, piece: int, but: str) -> int | None:
        """A piece, not this one, a text of which stands within `text`; what is part of `but` as well does not count."""
        if text not in self._parts:
            spans = ((start, start + length) for length in self._lengths for start in range(len(text) - length + 1))
            self._parts[text] = [text[start:end] for start, end in spans if text[start:end] in self.texts]
        for found in self._parts[text]:
            if piece not in self.texts[found] and found not in but:
                return min(self.texts[found])
        return None

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """Which owned texts stand within a text that was asked for: a form says the same on every page."""
        return {}

    @cached_property
    def _lengths(self) -> list[int]:
        """Lengths of the texts that are looked for within others, the longest first."""
        return sorted({len(text) for text in self.texts if len(text) >= _SHORTEST}, reverse=True)

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps((dict(self.marks), dict(self.texts)))

    def of_mark(self, kind: str, text: str) -> tuple[int, int] | None:
        """Piece and page that a mark belongs to."""
        return self.marks.get((kind, text))

    def of_texts(self, texts: Iterable[str], piece: int) -> int | None:
        """A piece, not this one, that one of the texts belongs to; None where it is this one's as well, or nobody's."""
        for text in texts:
            pieces = self.texts.get("".join(text.split()))
            if pieces and piece not in pieces:
                return min(pieces)
        return None


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Owners:
    return Owners(*pickle.loads(packed))  # noqa: S301 - what this program packed itself, from its own pool


def owners_of(pages: Sequence[ExpectedPage], texts: Iterable[tuple[int, str]]) -> Owners:
    """The owners of a file's marks and of (piece, text) pairs."""
    found: dict[str, set[int]] = {}
    for piece, text in texts:
        if len(text) >= _SHORTEST or not text.isascii():
            found.setdefault(text, set()).add(piece)
    marks: dict[tuple[str, str], tuple[int, int]] = {}
    marks |= {(mark.kind, mark.text): (page.piece, page.page) for page in pages for mark in page.marks if mark.text}
    return Owners(marks, {text: frozenset(pieces) for text, pieces in found.items()})
