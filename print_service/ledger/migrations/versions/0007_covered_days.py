"""Each payment file tells of days, not only up to a day: a file lost between two others leaves a gap that can be seen.

An override is for what was missing when it was asked for, so a batch may have more than one for a channel.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to 0007."""
    op.create_table(
        "covered_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_file_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("recorded_by", sa.String(length=60), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_file_id"], ["source_files.id"], name=op.f("fk_covered_days_source_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covered_days")),
        sa.UniqueConstraint(
            "channel", "day", "source_file_id", name=op.f("uq_covered_days_channel_day_source_file_id")
        ),
    )
    op.execute(
        "INSERT INTO covered_days (channel, day, source_file_id) "
        "SELECT scope, covered_to, id FROM source_files WHERE kind = 'payments' AND covered_to IS NOT NULL"
    )
    with op.batch_alter_table("source_files") as batch:
        batch.add_column(sa.Column("file_number", sa.Integer(), nullable=True))
    with op.batch_alter_table("freshness_overrides") as batch:
        batch.drop_constraint(batch.f("uq_freshness_overrides_batch_channel"), type_="unique")
        batch.add_column(sa.Column("missing", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    with op.batch_alter_table("freshness_overrides") as batch:
        batch.alter_column("missing", existing_type=sa.JSON(), server_default=None)
