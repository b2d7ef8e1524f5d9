"""The tables of the ledger 台帳 for collection. Same rules as in `tables`: nothing is deleted, money is integer yen.

A receipt is a record of a file as it came. Payments are worked out from receipts and can be worked out again; exceptions too, but
who settled one, and why, is a fact of its own and stays.
"""

from datetime import date, datetime, time

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from print_service.ledger.tables import Base, Json

UNMATCHED = text("assessment_id IS NULL")


class Receipt(Base):
    """One record of a payment file 収納 as it came, and the slip or instalment it names, if that is ours (step 11)."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("source_file_id", "line"),
        Index("ix_receipts_unmatched", "reference", sqlite_where=UNMATCHED, postgresql_where=UNMATCHED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_file_id: Mapped[int] = mapped_column(ForeignKey("source_files.id"))
    line: Mapped[int]
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(80))
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("slips.id"))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessments.id"), index=True)
    period: Mapped[int | None]
    differs: Mapped[str] = mapped_column(String(20))
    collected_on: Mapped[date]
    collected_at: Mapped[time | None]
    store: Mapped[str] = mapped_column(String(40))
    serial: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)
    late_charge: Mapped[int] = mapped_column(BigInteger)
    data_date: Mapped[date]
    funds_on: Mapped[date | None]
    remark: Mapped[str] = mapped_column(String(20))


class CoveredDay(Base):
    """A day of which a channel's file tells, or of which the provider said that there was nothing, as a person recorded with the reason."""

    __tablename__ = "covered_days"
    __table_args__ = (UniqueConstraint("channel", "day", "source_file_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    source_file_id: Mapped[int | None] = mapped_column(ForeignKey("source_files.id"))
    reason: Mapped[str | None] = mapped_column(String(400))
    recorded_by: Mapped[str | None] = mapped_column(String(60))
    recorded_at: Mapped[datetime | None]


class Payment(Base):
    """Money that stands after every receipt was weighed: once for each time a payer paid. Worked out, never written by hand.

    `counted` yen pay the slip from its `counted_from`-th yen on; what is paid beyond the slip counts for nothing until staff settle it.
    """

    __tablename__ = "payments"
    __table_args__ = (
        Index("ix_payments_assessment_id_period", "assessment_id", "period"),
        Index("ix_payments_channel_collected_on", "channel", "collected_on"),
        Index("ix_payments_unmatched", "reference", sqlite_where=UNMATCHED, postgresql_where=UNMATCHED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessments.id"))
    period: Mapped[int | None]
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("slips.id"))
    channel: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(80))
    collected_on: Mapped[date]
    collected_at: Mapped[time | None]
    store: Mapped[str] = mapped_column(String(40))
    serial: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)
    late_charge: Mapped[int] = mapped_column(BigInteger)
    counted: Mapped[int] = mapped_column(BigInteger)
    counted_from: Mapped[int] = mapped_column(BigInteger)
    provisional_on: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    funds_on: Mapped[date | None]


class PaymentException(Base):
    """Money, or a record of it, that does not fit: work for staff until settled, or until a later file explains it."""

    __tablename__ = "payment_exceptions"
    __table_args__ = (UniqueConstraint("key", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessments.id"), index=True)
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("slips.id"))
    period: Mapped[int | None]
    channel: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(80), index=True)
    collected_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    values: Mapped[Json]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(60))
    settled_reason: Mapped[str | None] = mapped_column(String(400))
