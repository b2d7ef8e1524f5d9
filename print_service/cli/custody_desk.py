"""What every custody command has at hand: one transaction, the settings, who acts, and a worker that prints."""

import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer
from sqlalchemy.orm import Session

from handover.contract import Contract
from handover.model import Custody, Event, Transfer
from handover.reasons import of_toml
from print_service.act import Act
from print_service.batches.custody import carry_out, current
from print_service.batches.custody_letters import transfer_letter
from print_service.cli.context import act, ledger, settings, show
from print_service.findings import refuse
from print_service.pool import process_pool
from print_service.settings import Settings

Medium = Annotated[str, typer.Argument(help="媒体番号 / medium, e.g. M-2026-001")]
Ward = Annotated[list[str], typer.Option("--ward", help="区の職員番号（二人以上）/ ward staff, twice or more")]
Vendor = Annotated[list[str], typer.Option("--vendor", help="受託者の従事者番号（二人以上）/ vendor staff")]
Carrier = Annotated[list[str], typer.Option("--carrier", help="運搬者（二人以上）/ carriers, two or more")]
Seal = Annotated[str, typer.Option(help="封印番号 / seal number")]
Case = Annotated[str, typer.Option(help="施錠ケースの番号 / locked case")]
Serial = Annotated[str, typer.Option(help="媒体の製造番号 / serial number")]
Place = Annotated[str, typer.Option(help="場所 / place")]
Broken = Annotated[bool, typer.Option("--broken", help="封印が破れていた / the seal was broken")]
Supervisor = Annotated[str, typer.Option("--by", help="判断する区の監督者 / supervisor of the ward")]


P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """One custody command at work."""

    session: Session
    settings: Settings
    act: Act
    pool: Executor

    @property
    def custody(self) -> Custody:
        """Custody as it stands in this transaction."""
        return current(self.session)

    def carry_out(
        self, command: Callable[Concatenate[Custody, Contract, P], Event], *args: P.args, **facts: P.kwargs
    ) -> Event:
        """Let a custody command decide on what the journal and the contract say, and keep its event."""
        return carry_out(self.session, self.settings, self.act, command, *args, **facts)

    def slip(self, medium: str) -> Path:
        """The paper of a medium's latest transfer."""
        now = self.custody
        transfer: Transfer = now.transfers_of(medium)[-1]
        return transfer_letter(self.settings, self.act, now, transfer, self.pool)


@contextmanager
def custody_desk() -> Iterator[Desk]:
    """A transaction in which a custody step is recorded and its paper printed: both or neither."""
    config = settings()
    who = act()
    with process_pool(1) as pool, ledger(config) as session:
        yield Desk(session, config, who, pool)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file somebody filled in; refuses one that is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse("handover.no-toml", str(path), path=str(path), reason=of_toml(error)) from error


def show_paper(paper: Path, **facts: Any) -> None:
    """What came of a step, and where its paper lies."""
    show({**facts, "letter": str(paper)}, as_json=False)
