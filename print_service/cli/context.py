"""What every command shares: settings, ledger, who acts, and how results and refusals are shown."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from print_service.act import JST, Act
from print_service.findings import Finding, refuse
from print_service.ledger.database import connect, require_current, transaction
from print_service.settings import Settings, load_settings

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

WARD_VARIABLE = "PRINT_SERVICE_WARD"
USER_VARIABLE = "PRINT_SERVICE_USER"

AsJson = Annotated[bool, typer.Option("--json", help="結果を JSON で出力する / print the result as JSON")]
Batch = Annotated[str, typer.Argument(help="処理番号（例 R08-N01）/ batch id")]


def settings() -> Settings:
    """The settings of `$PRINT_SERVICE_WARD`, else ./ward.toml."""
    return load_settings(Path(os.environ.get(WARD_VARIABLE, "ward.toml")))


@contextmanager
def database(config: Settings) -> Iterator[Engine]:
    """The ledger's engine; refuses a ledger of another schema."""
    engine = connect(config.ledger_url)
    try:
        require_current(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def ledger(config: Settings) -> Iterator[Session]:
    """One transaction on the ledger."""
    with database(config) as engine, transaction(engine) as session:
        yield session


def act() -> Act:
    """The person of `$PRINT_SERVICE_USER`, now. Without a name nothing is done: an anonymous act is no evidence."""
    user = os.environ.get(USER_VARIABLE, "")
    if not user:
        raise refuse("cli.no-user", variable=USER_VARIABLE)
    return Act(user, datetime.now(JST))


def plain(value: Any) -> Any:
    """A JSON-able copy of a result."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def show(result: Any, *, as_json: bool, title: str = "") -> None:
    """A result as a two-column table, or as JSON."""
    table = plain(result)
    if as_json:
        sys.stdout.write(json.dumps(table, ensure_ascii=False, indent=2) + "\n")
        return
    view = Table(title=title or None, show_header=False)
    for key, value in table.items():
        view.add_row(key, json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value))
    console.print(view)


def show_rows(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table with a heading."""
    view = Table(title=title)
    for column in columns:
        view.add_column(column)
    for row in rows:
        view.add_row(*(str(cell) for cell in row))
    console.print(view)


def show_findings(findings: Sequence[Finding]) -> None:
    """Refusals on standard error, one a line: place, sentence, key."""
    for finding in findings:
        errors.print(str(finding), style="red", markup=False, soft_wrap=True)
