"""The stage of the demonstration: its folder, ledger and pool, and steps that are done once however often the play is restarted.

A step is one transaction. That it was done is an entry of the journal in that same transaction, so a demonstration that was killed
goes on where its ledger stands and ends in the same bytes.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select
from sqlalchemy.orm import Session

from print_service.act import JST, Act
from print_service.demo.entropy import seeded
from print_service.ledger.database import transaction
from print_service.ledger.journal import Tag, is_recorded, record
from print_service.settings import Settings

Watch = Callable[[str, int, int], None]
"""Called with a step's title, what is done of it and how much there is; the door decides how that looks."""


@dataclass(frozen=True)
class Stage:
    """Everything a scene needs."""

    out: Path
    settings: Settings
    engine: Engine
    pool: Executor
    watch: Watch
    payers: int
    seed: int

    def entropy(self, label: str) -> Callable[[int], bytes]:
        """Seeded bytes for one purpose."""
        return seeded(self.seed, label)

    def is_done(self, name: str) -> bool:
        """Whether a step was done, in this run or an earlier one."""
        with transaction(self.engine) as session:
            return is_recorded(session, Tag.DEMO_STEP, name)

    def count(self, statement: Select[Any]) -> int:
        """A number from the ledger."""
        with transaction(self.engine) as session:
            return int(session.scalar(statement) or 0)

    @contextmanager
    def step(self, name: str, at: datetime, by: str) -> Iterator[tuple[Session, Act] | None]:
        """A transaction to be done once; gives None when it was done in an earlier run."""
        with transaction(self.engine) as session:
            if is_recorded(session, Tag.DEMO_STEP, name):
                yield None
                return
            act = Act(by, at)
            yield session, act
            record(session, Tag.DEMO_STEP, act, name, {})


def at(text: str) -> datetime:
    """A moment of the demonstration's year: `2026-04-17 10:00`, Japan time."""
    return datetime.fromisoformat(text).replace(tzinfo=JST)
