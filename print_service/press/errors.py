"""What the press refuses: every error carries findings, so that staff see which piece, which form, which character.

    RefusedError
    └── PressError            a form, a font or a value cannot be printed
        └── MissingGlyphError no font has the exact character: the piece is held back by name

Errors cross process borders (pieces are printed in a pool), so they pickle with their findings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from print_service.findings import Finding, RefusedError
from print_service.press.model import Form


class PressError(RefusedError):
    """The press refuses to print; `findings` are all the reasons."""

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (self.findings,)


def press_error(key: str, where: str = "", **values: str | int) -> PressError:
    """A refusal for one reason."""
    return PressError([Finding(key, where, values)])


def form_fault(key: str, form: Form, where: str, **values: str | int) -> Finding:
    """A fault of a form at a line of its template."""
    return Finding(key, where, {"form": form.id, "where": where, **values})


def unique(faults: Iterable[Finding]) -> list[Finding]:
    """The faults in order, each once."""
    return list({str(fault): fault for fault in faults}.values())


@dataclass(frozen=True)
class MissingGlyph:
    """One cluster (base character with its selector or combining marks) that no font of the chain has."""

    text: str
    cluster: str

    @property
    def codepoints(self) -> str:
        """`U+9089 U+E01EF`."""
        return codepoints(self.cluster)


class MissingGlyphError(PressError):
    """No font shows these clusters exactly; `missing` names each with the text it stands in."""

    def __init__(self, missing: Iterable[MissingGlyph], where: str = "") -> None:
        self.missing = tuple(missing)
        self.where = where
        super().__init__(
            Finding(
                "press.missing-glyph",
                where,
                {"text": glyph.text, "cluster": glyph.cluster, "codepoints": glyph.codepoints},
            )
            for glyph in self.missing
        )

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (self.missing, self.where)


def codepoints(cluster: str) -> str:
    """`U+9089 U+E010F` for a cluster."""
    return " ".join(f"U+{ord(character):04X}" for character in cluster)
