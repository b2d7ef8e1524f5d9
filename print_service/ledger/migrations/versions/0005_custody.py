"""Custody, incidents and audits are told by the journal alone: no table of their own, so this step changes nothing."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to 0005: the number is taken, the ledger stays as it is."""
