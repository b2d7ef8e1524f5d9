"""Step 8 inspect 検査: which pieces are opened, by a stated rule.

Sampling finds systematic faults, so it is stratified (print-outsourcing measurements): from each PDF file (partition) and postal
class the first piece, the last piece and some at random; further the thickest piece, the largest amount, and every piece whose
name needs a character beyond the plain fonts' usual range. The draw is seeded by the container's hash: it can be repeated by an
auditor and cannot be foreseen before sealing.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.ledger.states import PieceState
from print_service.ledger.tables import Piece

RULE = "stratified-1"


@dataclass(frozen=True)
class Sample:
    """A piece to open, and why."""

    number: int
    reasons: tuple[str, ...]


def sample(session: Session, batch: str, container_sha256: str, per_stratum: int) -> Sequence[Sample]:
    """The sample list of a sealed batch."""
    pieces = session.scalars(
        select(Piece).where(Piece.job_id == batch, Piece.state == PieceState.COMPOSED).order_by(Piece.number)
    ).all()
    draw = random.Random(container_sha256)  # noqa: S311
    reasons: dict[int, list[str]] = {}
    strata = sorted(pieces, key=lambda piece: (piece.file_name or "", piece.postal_class, piece.number))
    for (file_name, klass), group in groupby(strata, key=lambda piece: (piece.file_name, piece.postal_class)):
        numbers = [piece.number for piece in group]
        label = f"{file_name}・{klass}"
        reasons.setdefault(numbers[0], []).append(f"{label}の先頭")
        reasons.setdefault(numbers[-1], []).append(f"{label}の末尾")
        for number in draw.sample(numbers, min(per_stratum, len(numbers))):
            reasons.setdefault(number, []).append(f"{label}の無作為")
    reasons.setdefault(max(pieces, key=lambda piece: (piece.sheets, -piece.number)).number, []).append("最も厚い通")
    dearest = max(pieces, key=lambda piece: (_amount(piece), -piece.number))
    reasons.setdefault(dearest.number, []).append("最も高額な通")
    for piece in pieces:
        if is_unusual(_name(piece)):
            reasons.setdefault(piece.number, []).append("外字・異体字を含む宛名")
    return [Sample(number, tuple(reasons[number])) for number in sorted(reasons)]


def is_unusual(name: str) -> bool:
    """Whether a name holds a variation selector, a supplementary-plane character, or one outside JIS X 0208."""
    try:
        name.encode("iso2022_jp")
    except UnicodeEncodeError:
        return True
    return False


def _name(piece: Piece) -> str:
    fields: Mapping[str, Mapping[str, str]] = piece.documents[0]["fields"]
    return fields["addressee"]["name"]


def _amount(piece: Piece) -> int:
    """The largest sum of money that the piece's documents name, yen."""
    names = ("annual", "total", "amount")
    return max(int(document["fields"].get(name) or 0) for document in piece.documents for name in names)
