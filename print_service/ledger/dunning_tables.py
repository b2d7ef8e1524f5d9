"""The tables of the ledger 台帳 for dunning: exclusions, planned runs, what each letter states, pull lists.

Same rules as in `tables`: nothing is deleted, money is integer yen. An exclusion that was lifted, a run that was dropped and a report
of pulled pieces that did not agree all stay as rows.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from print_service.ledger.tables import Base, Json


class Exclusion(Base):
    """A person's decision that a payer (or one assessment, or one instalment of it) gets no letter, and how it ended.

    A row of origin `host` records the lifting of a mark that a host file had brought.
    """

    __tablename__ = "exclusions"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(String(10))
    payer_key: Mapped[str] = mapped_column(ForeignKey("payers.key"), index=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessments.id"))
    period: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    set_by: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime]
    lift_ground: Mapped[str | None] = mapped_column(String(30))
    lift_reason: Mapped[str | None]
    lift_asked_by: Mapped[str | None] = mapped_column(String(60))
    lift_asked_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(60))
    lifted_at: Mapped[datetime | None]


class FreshnessOverride(Base):
    """One batch may go on although one channel is behind: why, who asked, and the second person who granted it.

    It is for what was `missing` when it was asked for (days, and numbers of files as `#7`): more needs another one.
    """

    __tablename__ = "freshness_overrides"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(40))
    missing: Mapped[list[Any]]
    reason: Mapped[str]
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime]
    granted_by: Mapped[str | None] = mapped_column(String(60))
    granted_at: Mapped[datetime | None]


class DunningRun(Base):
    """A run of reminders or final demands: planned, approved by another person, frozen into the job of the same id; or dropped."""

    __tablename__ = "dunning_runs"

    batch: Mapped[str] = mapped_column(String(12), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    tax_items: Mapped[list[Any]]
    as_of: Mapped[date]
    data_as_of: Mapped[date]
    channels: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(20))
    planned_by: Mapped[str] = mapped_column(String(60))
    planned_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(60))
    approved_at: Mapped[datetime | None]
    frozen_by: Mapped[str | None] = mapped_column(String(60))
    frozen_at: Mapped[datetime | None]
    dropped_reason: Mapped[str | None]


class RunItem(Base):
    """One instalment as the plan saw it: to be written to, or excluded by a rule. Its yen are for the approver, never for the letter."""

    __tablename__ = "dunning_run_items"
    __table_args__ = (UniqueConstraint("batch", "assessment_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(ForeignKey("dunning_runs.batch"))
    payer_key: Mapped[str] = mapped_column(ForeignKey("payers.key"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    period: Mapped[int]
    unpaid: Mapped[int]
    late_charge: Mapped[int]
    exclusion: Mapped[str | None] = mapped_column(String(60))
    left_out: Mapped[str | None] = mapped_column(String(60))


class DunnedItem(Base):
    """What a letter says of one instalment, computed when its piece was made: what the pull list compares with. `paid` is all money that
    had come for it, late charge included.
    """

    __tablename__ = "dunned_items"
    __table_args__ = (UniqueConstraint("piece_id", "assessment_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    period: Mapped[int]
    paid: Mapped[int]
    unpaid: Mapped[int]
    late_charge: Mapped[int]


class PullList(Base):
    """A revision of the pull list 引抜リスト: pieces that no earlier revision named. A piece of an approved one never leaves."""

    __tablename__ = "pull_lists"
    __table_args__ = (UniqueConstraint("job_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    revision: Mapped[int]
    deadline: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(60))
    approved_at: Mapped[datetime | None]


class PullRow(Base):
    """One piece of a pull list, and why it must not leave. The reason stays in the house: the vendor's list has none."""

    __tablename__ = "pull_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("pull_lists.id"), index=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id"), unique=True)
    key: Mapped[str] = mapped_column(String(60))
    values: Mapped[Json]


class PullReport(Base):
    """How many pieces the vendor says were pulled for one revision. The newest report counts; one that differs stays."""

    __tablename__ = "pull_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("pull_lists.id"), index=True)
    pulled: Mapped[int]
    note: Mapped[str]
    reported_by: Mapped[str] = mapped_column(String(60))
    reported_at: Mapped[datetime]
