"""The tables of the ledger 台帳, in the order of the pipeline.

Nothing here is ever deleted or overwritten by a later step: a changed host file makes a new version of an assessment and marks
the old one superseded; a refused inspection is a row. Money is integer yen, dates are dates, names are stored as given.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Names of constraints are fixed, so that migrations can speak of them on every database."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {Json: JSON, list[Any]: JSON, datetime: DateTime(timezone=True)}  # noqa: RUF012


class SourceFile(Base):
    """A file that was loaded whole: host file or payment file (step 1, step 11)."""

    __tablename__ = "source_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    layout: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(String(60))
    records: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    covered_to: Mapped[date | None]
    file_number: Mapped[int | None]
    loaded_at: Mapped[datetime]
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("source_files.id"))


class Payer(Base):
    """A payer 納税義務者 as the newest file describes them; a mark that holds letters back is never lifted by a file."""

    __tablename__ = "payers"

    key: Mapped[str] = mapped_column(String(10), primary_key=True)
    postcode: Mapped[str] = mapped_column(String(7))
    address: Mapped[str]
    building: Mapped[str]
    name: Mapped[str]
    kana: Mapped[str]
    honorific: Mapped[str]
    protected: Mapped[bool]
    deceased: Mapped[bool]
    returned: Mapped[bool]
    source_file_id: Mapped[int] = mapped_column(ForeignKey("source_files.id"))


class Assessment(Base):
    """An assessment 調定: one live version per notice number."""

    __tablename__ = "assessments"
    __table_args__ = (
        Index(
            "uq_assessments_live",
            "tax_item",
            "levy_year",
            "notice_no",
            unique=True,
            sqlite_where=text("superseded = 0"),
            postgresql_where=text("not superseded"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tax_item: Mapped[str] = mapped_column(String(20))
    levy_year: Mapped[int]
    notice_no: Mapped[str] = mapped_column(String(10))
    payer_key: Mapped[str] = mapped_column(ForeignKey("payers.key"), index=True)
    method: Mapped[str] = mapped_column(String(10))
    account: Mapped[Json | None]
    annual: Mapped[int]
    facts: Mapped[Json]
    source_file_id: Mapped[int] = mapped_column(ForeignKey("source_files.id"))
    superseded: Mapped[bool] = mapped_column(default=False)


class Instalment(Base):
    """An instalment 期別 of an assessment, with its rolled due date 納期限."""

    __tablename__ = "instalments"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    number: Mapped[int]
    due: Mapped[date] = mapped_column(index=True)
    amount: Mapped[int]


class Job(Base):
    """A job 処理: one batch of pieces, from freeze to posting. Its id is printed on every sheet."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    tax_items: Mapped[list[Any]]
    levy_year: Mapped[int]
    issued_on: Mapped[date]
    data_as_of: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20))
    maker: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]


class Hold(Base):
    """A payer or a piece held back 保留, and a rule that holds it: a row for each reason."""

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    payer_key: Mapped[str] = mapped_column(ForeignKey("payers.key"))
    piece_no: Mapped[int | None]
    step: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    values: Mapped[Json]


class Piece(Base):
    """One envelope. Numbered in postal order, never renumbered; `documents` is all that will be printed in it."""

    __tablename__ = "pieces"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    number: Mapped[int]
    payer_key: Mapped[str] = mapped_column(ForeignKey("payers.key"), index=True)
    postcode: Mapped[str] = mapped_column(String(7))
    postal_class: Mapped[str] = mapped_column(String(20))
    documents: Mapped[list[Any]]
    sheets: Mapped[int]
    pages: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str | None] = mapped_column(String(60))
    first_page: Mapped[int | None]


class PieceAssessment(Base):
    """Which instalments a piece speaks of: the evidence a reminder needs."""

    __tablename__ = "piece_assessments"
    __table_args__ = (UniqueConstraint("piece_id", "assessment_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"), index=True)
    period: Mapped[int]


class Slip(Base):
    """A payment slip 納付書. A key once issued is never issued again; period 0 is the whole year 全期."""

    __tablename__ = "slips"
    __table_args__ = (UniqueConstraint("agency", "number", "confirmation", "category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id"), index=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"), index=True)
    position: Mapped[int]
    period: Mapped[int]
    issue: Mapped[int]
    amount: Mapped[int]
    due: Mapped[date]
    pay_by: Mapped[date]
    agency: Mapped[str] = mapped_column(String(5))
    number: Mapped[str] = mapped_column(String(20), index=True)
    confirmation: Mapped[str] = mapped_column(String(6))
    category: Mapped[str] = mapped_column(String(3))
    cvs_digits: Mapped[str | None] = mapped_column(String(44), unique=True)
    cvs_refusal: Mapped[str | None] = mapped_column(String(60))
    el_qr: Mapped[str | None] = mapped_column(String(255), unique=True)
    state: Mapped[str] = mapped_column(String(20))


class PageFile(Base):
    """A finished PDF of a chunk of pieces (step 4) and what was read back from it (step 5)."""

    __tablename__ = "page_files"
    __table_args__ = (UniqueConstraint("job_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    name: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    pages: Mapped[int]
    marks_expected: Mapped[int | None]
    marks_decoded: Mapped[int | None]
    evidence: Mapped[Json | None]


class Container(Base):
    """A sealed container (step 6). The passphrase is not here, only a verifier of it."""

    __tablename__ = "containers"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    medium: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    verifier: Mapped[str]
    sealed_at: Mapped[datetime]
    voided: Mapped[bool] = mapped_column(default=False)


class Inspection(Base):
    """An inspection 検査: the plan, what was found, and who signed which container (step 8)."""

    __tablename__ = "inspections"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    container_sha256: Mapped[str] = mapped_column(String(64))
    plan: Mapped[Json]
    results: Mapped[Json]
    decision: Mapped[str] = mapped_column(String(20))
    planned_by: Mapped[str] = mapped_column(String(60))
    signed_by: Mapped[str | None] = mapped_column(String(60))
    signed_at: Mapped[datetime | None]


class Posting(Base):
    """What was handed to the post office 差出, a row per postal class (step 9)."""

    __tablename__ = "postings"
    __table_args__ = (UniqueConstraint("job_id", "postal_class"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    container_sha256: Mapped[str] = mapped_column(String(64))
    posted_on: Mapped[date]
    postal_class: Mapped[str] = mapped_column(String(20))
    pieces: Mapped[int]


class JournalRow(Base):
    """An entry of the hash-chained journal, kept as the canonical bytes that were hashed."""

    __tablename__ = "journal"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
