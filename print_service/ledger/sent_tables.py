"""The tables of the ledger 台帳 for what is sent ahead of the letters 調定データ: files of payable keys, and each key in them.

Same rules as in `tables`: nothing is deleted. What a centre knows of a key is the newest row for it.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from print_service.ledger.tables import Base, Json


class SentFile(Base):
    """A file of payable keys for one destination; its keys can be paid from `payable_from` on."""

    __tablename__ = "sent_files"
    __table_args__ = (UniqueConstraint("destination", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    destination: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    records: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[Json]
    sent_by: Mapped[str] = mapped_column(String(60))
    sent_at: Mapped[datetime]
    payable_from: Mapped[date]


class SentKey(Base):
    """One slip's key in a sent file: inserted, changed or withdrawn, with what was said of it."""

    __tablename__ = "sent_keys"
    __table_args__ = (
        UniqueConstraint("sent_file_id", "slip_id"),
        Index("ix_sent_keys_slip_destination", "slip_id", "destination"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sent_file_id: Mapped[int] = mapped_column(ForeignKey("sent_files.id"))
    destination: Mapped[str] = mapped_column(String(40))
    slip_id: Mapped[int] = mapped_column(ForeignKey("slips.id"))
    operation: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    pay_by: Mapped[date]
