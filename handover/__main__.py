"""`python -m handover`: the vendor's side, with no application and no ledger beside it."""

from handover.cli import run

__all__ = ["run"]

if __name__ == "__main__":
    run()
