"""What every command shares: settings, ledger, who acts, and how results and refusals are shown."""

import json
import os
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from print_service.act import JST, Act
from print_service.cli.words import FIELDS
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger.database import connect, require_current, transaction
from print_service.settings import Settings, load_settings
from print_service.taxitems import tax_item

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

WARD_VARIABLE = "PRINT_SERVICE_WARD"
USER_VARIABLE = "PRINT_SERVICE_USER"
PLACE_VARIABLE = "PRINT_SERVICE_PLACE"
WHY_VARIABLE = "PRINT_SERVICE_WHY"

AsJson = Annotated[bool, typer.Option("--json", help="結果を JSON で出力する / print the result as JSON")]
Batch = Annotated[str, typer.Argument(help="処理番号（例 R08-N01）/ batch id")]


def day_of(text: str) -> date:
    """A day written 2026-06-30, or `cli.bad-date`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise refuse("cli.bad-date", text=text) from None
    if day.isoformat() != text:  # fromisoformat also takes week dates and days without hyphens
        raise refuse("cli.bad-date", text=text)
    return day


def moment_of(text: str) -> datetime:
    """A moment written `2026-06-30 17:00` (Japan time when it names no zone), or `cli.bad-moment`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise refuse("cli.bad-moment", text=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def require_tax_items(keys: Sequence[str], on: date) -> tuple[str, ...]:
    """The tax items as given; `tax.unknown-item` for each that has no definition on that day."""
    findings: list[Finding] = []
    for key in keys:
        try:
            tax_item(key, on)
        except RefusedError as error:
            findings += error.findings
    if findings:
        raise RefusedError(findings)
    return tuple(keys)


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
    """The person of `$PRINT_SERVICE_USER`, now, at `$PRINT_SERVICE_PLACE` (else this machine), for the reason of `--why`.

    Without a name nothing is done: an anonymous act is no evidence.
    """
    user = os.environ.get(USER_VARIABLE, "").strip()
    if not user:
        raise refuse("cli.no-user", variable=USER_VARIABLE)
    place = os.environ.get(PLACE_VARIABLE, "").strip() or socket.gethostname()
    return Act(user, datetime.now(JST), place, os.environ.get(WHY_VARIABLE, "").strip())


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
    """A result line by line, or as JSON. Lines are not cut, so that a path can be copied from them."""
    table = plain(result)
    if as_json:
        sys.stdout.write(json.dumps(table, ensure_ascii=False, indent=2) + "\n")
        return
    if title:
        console.print(title, style="bold", markup=False)
    names = {key: FIELDS.get(key, key) for key in table}
    width = max(map(cell_len, names.values()), default=0)
    for key, value in table.items():
        padding = " " * (width - cell_len(names[key]))
        console.print(f"  {names[key]}{padding}  {_spoken(value)}", markup=False, soft_wrap=True)


def _spoken(value: Any) -> str:
    """A value as a person reads it: yes and no in Japanese, a table's names too."""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, dict) and "sentence" in value:
        return f"{value['sentence']} [{value['key']}]"
    if isinstance(value, dict):
        return "、".join(f"{FIELDS.get(key, key)} {_spoken(item)}" for key, item in value.items()) or "なし"
    if isinstance(value, list):
        return "、".join(map(_spoken, value)) or "なし"
    return "なし" if value is None else str(value)


def show_rows(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table with a heading; of no rows, that there are none."""
    view = Table(title=title)
    for column in columns:
        view.add_column(column, overflow="fold")
    for row in rows:
        view.add_row(*(escape(str(cell)) for cell in row))
    console.print(view if view.row_count else f"{title}: なし", markup=False)


def show_refusal(lines: Iterable[object]) -> None:
    """Refusals on standard error, one a line: place, sentence, key."""
    for line in lines:
        errors.print(str(line), style="red", markup=False, soft_wrap=True)
