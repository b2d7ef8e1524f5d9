"""Returned mail 返戻: the piece is marked, and its payer leaves mass mail until staff find the address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.findings import refuse
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Payer, Piece


def mark_returned(session: Session, act: Act, batch: str, number: int, reason: str) -> None:
    """Record that a posted piece came back. Refuses a piece that was never posted."""
    piece = session.scalar(select(Piece).where(Piece.job_id == batch, Piece.number == number))
    if piece is None:
        raise refuse("ledger.not-found", batch, kind="通", id=f"{batch}/{number}")
    if piece.state != PieceState.POSTED:
        raise refuse("mailing.not-posted", f"{batch}/{number}")
    piece.state = PieceState.RETURNED
    payer = session.get_one(Payer, piece.payer_key)
    payer.returned = True
    record(session, Tag.MAIL_RETURNED, act, f"{batch}/{number}", {"reason": reason})
