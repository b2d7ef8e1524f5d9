"""The nouns of the press: forms with their zones, what is filled into them, and the finished piece.

The press knows pages, fields and marks; it knows nothing of tax. Form and its parts come from `form.toml` (`press.forms`);
Lengths are millimetres from a page's top left corner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from barcodes.ink import Ink


@dataclass(frozen=True)
class Zone:
    """A named rectangle on a page of the form; for marks it holds the whole symbol with its quiet zone."""

    name: str
    kind: str
    page: int
    x_mm: Decimal
    y_mm: Decimal
    width_mm: Decimal
    height_mm: Decimal


@dataclass(frozen=True)
class Paper:
    """The form's paper as cut; with `duplex`, pages 1-2 are the two sides of one sheet. `bleed_mm` is printed beyond each edge."""

    width_mm: Decimal
    height_mm: Decimal
    pages: int
    duplex: bool
    bleed_mm: Decimal = Decimal(0)

    @property
    def sheets(self) -> int:
        """Sheets of paper the form takes."""
        return (self.pages + 1) // 2 if self.duplex else self.pages


@dataclass(frozen=True)
class Form:
    """One version of a form: paper, mark zones, other named areas (window, folds), wording, and the fields it wants."""

    id: str
    title: str
    paper: Paper
    zones: Mapping[str, Zone]
    areas: Mapping[str, Zone]
    texts: Mapping[str, Any]
    fields: tuple[str, ...]
    valid_from: date
    folder: Path
    sha256: str


@dataclass(frozen=True)
class Filling:
    """A form with the fields and marks of one record; `marks` maps a zone's name to the mark in it."""

    form: Form
    fields: Mapping[str, object]
    marks: Mapping[str, Ink]


@dataclass(frozen=True)
class PrintedPiece:
    """One addressee's pages as a PDF of its own."""

    pdf: bytes
    pages: int
