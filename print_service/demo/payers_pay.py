"""Who pays in the demonstration: a seeded choice of slips that are carried to a store, the same for the same seed.

Most payments are confirmed later, some stay provisional, a few are revoked by the store (速報取消): these still owe.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.collection.model import Kind
from print_service.demo.payments import Visit
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Piece, Slip


@dataclass(frozen=True)
class Season:
    """Payments of one file: slips of these jobs, paid between two days; the share of slips that are paid, in percent."""

    batches: tuple[str, ...]
    first: date
    last: date
    whole_year: int
    instalment: int

    @property
    def days(self) -> int:
        """Days on which somebody may pay."""
        return (self.last - self.first).days + 1


def visits(session: Session, season: Season, seed: int) -> Sequence[Visit]:
    """Draw the slips that are paid in a season: a whole year's or a first instalment's, never both of one notice."""
    return list(_draw(session, season, random.Random(f"{seed}/{season.first}")))  # noqa: S311


def _draw(session: Session, season: Season, dice: random.Random) -> Iterator[Visit]:
    found = session.scalars(
        select(Slip)
        .join(Piece, Piece.id == Slip.piece_id)
        .where(Piece.job_id.in_(season.batches), Piece.state == PieceState.POSTED, Slip.cvs_digits.is_not(None))
        .order_by(Slip.assessment_id, Slip.period)
    )
    whole: set[int] = set()
    for slip in found:
        share = season.whole_year if slip.period == 0 else season.instalment
        roll, fate, day = dice.randrange(100), dice.randrange(100), dice.randrange(season.days)
        if slip.period > 1 or slip.assessment_id in whole or roll >= share or slip.cvs_digits is None:
            continue
        if slip.period == 0:
            whole.add(slip.assessment_id)
        yield Visit(slip.cvs_digits, slip.amount, season.first + timedelta(day), _outcome(fate))


def _outcome(roll: int) -> Kind:
    if roll < 5:
        return "cancelled"
    return "provisional" if roll < 25 else "confirmed"
