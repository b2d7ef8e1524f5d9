"""Receipts keep what a file says; payments and exceptions are worked out from them."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UNMATCHED: dict[str, Any] = {
    "sqlite_where": sa.text("assessment_id IS NULL"),
    "postgresql_where": sa.text("assessment_id IS NULL"),
}


def upgrade() -> None:
    """Go to 0002."""
    with op.batch_alter_table("slips") as batch:
        batch.create_index(batch.f("ix_slips_number"), ["number"])
    _receipts()
    _payments()
    _exceptions()
    _work_out()
    with op.batch_alter_table("receipts") as batch:
        batch.drop_column("exception")


def _receipts() -> None:
    with op.batch_alter_table("receipts") as batch:
        batch.drop_index(batch.f("ix_receipts_digits"))
        batch.drop_index(batch.f("ix_receipts_slip_id"))
        batch.alter_column("digits", new_column_name="reference", type_=sa.String(length=80), existing_nullable=False)
        batch.alter_column("amount", type_=sa.BigInteger(), existing_nullable=False)
        batch.add_column(sa.Column("assessment_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("period", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("differs", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("collected_at", sa.Time(), nullable=True))
        batch.add_column(sa.Column("store", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("serial", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("late_charge", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("data_date", sa.Date(), nullable=True))
        batch.add_column(sa.Column("funds_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("remark", sa.String(length=20), nullable=True))
    op.execute(
        "UPDATE receipts SET differs = '', store = '', serial = '', late_charge = 0, remark = '', data_date = collected_on, "
        "assessment_id = (SELECT assessment_id FROM slips WHERE slips.id = receipts.slip_id), "
        "period = (SELECT period FROM slips WHERE slips.id = receipts.slip_id)"
    )
    with op.batch_alter_table("receipts") as batch:
        for name, kind in (("differs", 20), ("store", 40), ("serial", 40), ("remark", 20)):
            batch.alter_column(name, existing_type=sa.String(length=kind), nullable=False)
        batch.alter_column("late_charge", existing_type=sa.BigInteger(), nullable=False)
        batch.alter_column("data_date", existing_type=sa.Date(), nullable=False)
        batch.create_foreign_key(batch.f("fk_receipts_assessment_id"), "assessments", ["assessment_id"], ["id"])
        batch.create_index(batch.f("ix_receipts_assessment_id"), ["assessment_id"])
        batch.create_index("ix_receipts_unmatched", ["reference"], **_UNMATCHED)


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("collected_at", sa.Time(), nullable=True),
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("late_charge", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("counted_from", sa.BigInteger(), nullable=False),
        sa.Column("provisional_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("funds_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_payments_assessment_id")),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name=op.f("fk_payments_slip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_assessment_id_period", "payments", ["assessment_id", "period"])
    op.create_index("ix_payments_channel_collected_on", "payments", ["channel", "collected_on"])
    op.create_index("ix_payments_unmatched", "payments", ["reference"], **_UNMATCHED)


def _exceptions() -> None:
    op.create_table(
        "payment_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=60), nullable=True),
        sa.Column("settled_reason", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_payment_exceptions_assessment_id")
        ),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name=op.f("fk_payment_exceptions_slip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_exceptions")),
        sa.UniqueConstraint("key", "subject", name=op.f("uq_payment_exceptions_key_subject")),
    )
    op.create_index(op.f("ix_payment_exceptions_assessment_id"), "payment_exceptions", ["assessment_id"])
    op.create_index(op.f("ix_payment_exceptions_reference"), "payment_exceptions", ["reference"])


def _work_out() -> None:
    """What was paid under the old rule stays paid: one payment a slip, on the first day whose own records stand.

    `collect recompute` then finds doubles and exceptions; without this nobody would be paid until it is run, and would be dunned.
    """
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT r.slip_id, r.kind, r.channel, r.reference, r.collected_on, r.amount, s.assessment_id, s.period "
            "FROM receipts r JOIN slips s ON s.id = r.slip_id ORDER BY r.slip_id, r.collected_on, r.id"
        ).columns(collected_on=sa.Date())
    )
    table = sa.table(
        "payments",
        *(
            sa.column(name)
            for name in ("assessment_id", "period", "slip_id", "channel", "reference", "store", "serial")
        ),
        *(sa.column(name, sa.Date()) for name in ("collected_on", "provisional_on", "confirmed_on")),
        *(sa.column(name) for name in ("amount", "late_charge", "counted", "counted_from")),
    )
    rows = [row for _, receipts in groupby(found, key=lambda one: one.slip_id) for row in _paid(list(receipts))]
    if rows:
        connection.execute(sa.insert(table), rows)


def _paid(receipts: list[Any]) -> Iterator[dict[str, Any]]:
    if not _stands(receipts):
        return
    days = [list(mine) for _, mine in groupby(receipts, key=lambda one: one.collected_on)]
    first = next((mine for mine in days if _stands(mine)), days[0])[0]
    yield {
        **{name: getattr(first, name) for name in ("assessment_id", "period", "slip_id", "channel", "reference")},
        "store": "",
        "serial": "",
        "late_charge": 0,
        "counted_from": 0,
        "amount": first.amount,
        "counted": first.amount,
        "collected_on": first.collected_on,
        "provisional_on": _told_on(receipts, "provisional"),
        "confirmed_on": _told_on(receipts, "confirmed"),
    }


def _stands(receipts: list[Any]) -> bool:
    kinds = [one.kind for one in receipts]
    return "confirmed" in kinds or kinds.count("provisional") > kinds.count("cancelled")


def _told_on(receipts: list[Any], kind: str) -> date | None:
    return min((one.collected_on for one in receipts if one.kind == kind), default=None)
