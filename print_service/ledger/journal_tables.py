"""The counter beside the journal: how far this ledger believes its journal to have come.

One row, moved in the transaction that writes an entry. Rows cut off the journal's end leave it ahead; a restored backup takes it
back together with the journal. `handover.journal` says what that tells.
"""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from print_service.ledger.tables import Base


class JournalCounter(Base):
    """Number and hash of the last entry written; (0, sixty-four zeros) before the first."""

    __tablename__ = "journal_counter"
    __table_args__ = (CheckConstraint("id = 1", name="ck_journal_counter_one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
