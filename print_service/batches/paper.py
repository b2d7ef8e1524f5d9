"""How a record of custody becomes paper: its parts numbered, printed and kept in the folder of letters; and how records write moments and
names.

Below `custody_letters`, `erasure_letters`, `contract_letters`, `incident_letter` and `export_letter`. They lie in `<output>/letters`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path
from typing import Any

from handover.contract import Contract
from handover.custody_checks import columns
from print_service.act import JST, Act
from print_service.eras import wareki
from print_service.files import write_atomically
from print_service.notices.letters import print_letter_parts
from print_service.settings import Settings


def print_numbered(
    settings: Settings, act: Act, form: str, name: str, parts: Sequence[dict[str, Any]], pool: Executor
) -> Path:
    """Print a form's parts, each told which it is of how many."""
    numbered = [part | {"part": {"number": number, "of": len(parts)}} for number, part in enumerate(parts, start=1)]
    return print_parts(settings, act, form, name, numbered, pool)


def print_parts(
    settings: Settings, act: Act, form: str, name: str, parts: Sequence[dict[str, Any]], pool: Executor
) -> Path:
    """Print a form's parts into the folder of letters, which only its owner may read."""
    return keep(settings, name, print_letter_parts(settings, pool, form, act.day, parts))


def keep(settings: Settings, name: str, content: bytes) -> Path:
    """Put a file into the folder of letters, for its owner's eyes only."""
    folder = settings.output / "letters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / name, content, 0o600)
    return folder / name


def in_pages(rows: Sequence[Any], most: int, weight: Callable[[Any], int] = lambda _: 1) -> list[list[Any]]:
    """Rows by pages of at most so much weight; no rows are one empty page."""
    pages: list[list[Any]] = [[]]
    used = 0
    for row in rows:
        if used + weight(row) > most:
            pages.append([])
            used = 0
        pages[-1].append(row)
        used += weight(row)
    return pages


def rows_taken(host: str, path: str) -> int:
    """How many ordinary rows a copy's row takes: a long machine or path wraps."""
    return 2 if columns(host) > 20 or columns(path) > 52 else 1


def moment(at: datetime) -> str:
    """A moment as letters write it, in Japan's time."""
    local = at.astimezone(JST)
    return f"{wareki(local.date())} {local:%H:%M}"


def iso(at: datetime) -> str:
    """A moment in Japan's time, as forms take it."""
    return at.astimezone(JST).isoformat()


def short_moment(at: datetime) -> str:
    """A moment in Japan's time, as a table's cell has room for it."""
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M}"


def name_of(contract: Contract, person: str) -> str:
    """A person's name; who reported a copy may also be an office, which is its own name."""
    return contract.people[person].name if person in contract.people else person


def names_of(contract: Contract, people: Sequence[str]) -> list[str]:
    """Their names, as `name_of`."""
    return [name_of(contract, person) for person in people]


def vendor_of(contract: Contract) -> dict[str, str]:
    """The vendor as every record names it: name, address, who is responsible."""
    return {
        "name": contract.vendor,
        "address": contract.address,
        "representative": f"取扱責任者 {name_of(contract, contract.responsible)}",
    }
