"""Exclusions, dunning runs and pull lists get their tables."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to 0003."""
    op.create_table(
        "dunning_runs",
        sa.Column("batch", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tax_items", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("data_as_of", sa.Date(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("planned_by", sa.String(length=60), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_by", sa.String(length=60), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_dunning_runs")),
    )
    op.create_table(
        "freshness_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=60), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freshness_overrides")),
        sa.UniqueConstraint("batch", "channel", name=op.f("uq_freshness_overrides_batch_channel")),
    )
    op.create_table(
        "pull_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_pull_lists_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_lists")),
        sa.UniqueConstraint("job_id", "revision", name=op.f("uq_pull_lists_job_id_revision")),
    )
    op.create_table(
        "pull_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("pulled", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reported_by", sa.String(length=60), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["pull_lists.id"], name=op.f("fk_pull_reports_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_reports")),
    )
    with op.batch_alter_table("pull_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pull_reports_list_id"), ["list_id"], unique=False)

    op.create_table(
        "dunned_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("unpaid", sa.Integer(), nullable=False),
        sa.Column("late_charge", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_dunned_items_assessment_id")),
        sa.ForeignKeyConstraint(["piece_id"], ["pieces.id"], name=op.f("fk_dunned_items_piece_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunned_items")),
        sa.UniqueConstraint(
            "piece_id", "assessment_id", "period", name=op.f("uq_dunned_items_piece_id_assessment_id_period")
        ),
    )
    op.create_table(
        "dunning_run_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=12), nullable=False),
        sa.Column("payer_key", sa.String(length=10), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("unpaid", sa.Integer(), nullable=False),
        sa.Column("late_charge", sa.Integer(), nullable=False),
        sa.Column("exclusion", sa.String(length=60), nullable=True),
        sa.Column("left_out", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_dunning_run_items_assessment_id")),
        sa.ForeignKeyConstraint(["batch"], ["dunning_runs.batch"], name=op.f("fk_dunning_run_items_batch")),
        sa.ForeignKeyConstraint(["payer_key"], ["payers.key"], name=op.f("fk_dunning_run_items_payer_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_run_items")),
        sa.UniqueConstraint(
            "batch", "assessment_id", "period", name=op.f("uq_dunning_run_items_batch_assessment_id_period")
        ),
    )
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("payer_key", sa.String(length=10), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("set_by", sa.String(length=60), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lift_ground", sa.String(length=30), nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=True),
        sa.Column("lift_asked_by", sa.String(length=60), nullable=True),
        sa.Column("lift_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=60), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_exclusions_assessment_id")),
        sa.ForeignKeyConstraint(["payer_key"], ["payers.key"], name=op.f("fk_exclusions_payer_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusions")),
    )
    with op.batch_alter_table("exclusions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exclusions_payer_key"), ["payer_key"], unique=False)

    op.create_table(
        "pull_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["pull_lists.id"], name=op.f("fk_pull_rows_list_id")),
        sa.ForeignKeyConstraint(["piece_id"], ["pieces.id"], name=op.f("fk_pull_rows_piece_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_rows")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_pull_rows_piece_id")),
    )
    with op.batch_alter_table("pull_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pull_rows_list_id"), ["list_id"], unique=False)
