"""What is sent ahead to the centres gets its tables."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to 0004."""
    op.create_table(
        "sent_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("sent_by", sa.String(length=60), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payable_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_files")),
        sa.UniqueConstraint("destination", "number", name=op.f("uq_sent_files_destination_number")),
    )
    op.create_table(
        "sent_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sent_file_id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(length=40), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["sent_file_id"], ["sent_files.id"], name=op.f("fk_sent_keys_sent_file_id")),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name=op.f("fk_sent_keys_slip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_keys")),
        sa.UniqueConstraint("sent_file_id", "slip_id", name=op.f("uq_sent_keys_sent_file_id_slip_id")),
    )
    with op.batch_alter_table("sent_keys", schema=None) as batch_op:
        batch_op.create_index("ix_sent_keys_slip_destination", ["slip_id", "destination"], unique=False)
