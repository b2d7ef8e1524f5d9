"""Where a finding is: file, page, piece."""

from dataclasses import dataclass
from pathlib import Path

from print_service.findings import Finding
from print_service.proof.model import ExpectedPage
from print_service.proof.words import words_of


@dataclass(frozen=True)
class Place:
    """File, page counted from 1, piece."""

    file: str
    page: int
    piece: int

    def finding(self, key: str, **values: str | int) -> Finding:
        """A finding here; file, page and piece are among its values, and the words for what it names by key."""
        where = f"{self.file} p.{self.page} piece {self.piece}"
        return Finding(
            key, where, {"file": self.file, "page": self.page, "piece": self.piece, **values, **words_of(values)}
        )


def place_of(pdf: Path, page: ExpectedPage) -> Place:
    """The place of a page."""
    return Place(pdf.name, page.page + 1, page.piece)
