"""The counter beside the journal, set to where the journal stands."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to 0006."""
    op.create_table(
        "journal_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_journal_counter_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_counter"),
    )
    last = op.get_bind().execute(sa.text("SELECT seq, entry FROM journal ORDER BY seq DESC LIMIT 1")).first()
    seq, digest = (last.seq, json.loads(bytes(last.entry))["hash"]) if last else (0, "0" * 64)
    statement = sa.text("INSERT INTO journal_counter (id, seq, hash) VALUES (1, :seq, :hash)")
    op.get_bind().execute(statement, {"seq": seq, "hash": digest})
