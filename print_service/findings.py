"""A finding is what a check has to say: a stable key, where it is, the values, and one Japanese sentence from the catalogue.

The catalogue is `data/rules/*.toml`, one file a room; the ground floors (`barcodes.rules`, `handover.sentences`) keep their own
tables. The command line, the tests and the log all use the same keys; a test fails when a key is used and not catalogued.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from print_service.resources import data_dir


class Severity(StrEnum):
    """Whether a finding stops the step."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One row of the catalogue: the sentence is a `str.format` pattern over the finding's values."""

    key: str
    severity: Severity
    sentence: str


@dataclass(frozen=True)
class Finding:
    """One fault at one place. `where` is what a person can look up (file:line, piece, field)."""

    key: str
    where: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """Severity from the catalogue."""
        return catalogue()[self.key].severity

    @property
    def sentence(self) -> str:
        """The Japanese sentence a member of staff reads."""
        return catalogue()[self.key].sentence.format_map(self.values)

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence} [{self.key}]" if self.where else f"{self.sentence} [{self.key}]"


class RefusedError(Exception):
    """A step refuses: nothing was changed, and these are all the reasons."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(*self.findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)

    def __reduce__(self) -> tuple[type["RefusedError"], tuple[object, ...]]:
        return type(self), (self.findings,)


def refuse(key: str, where: str = "", **values: str | int) -> RefusedError:
    """A refusal for one reason."""
    return RefusedError([Finding(key, where, values)])


@cache
def catalogue() -> Mapping[str, Rule]:
    """Every rule of the application by key."""
    table: dict[str, Rule] = {}
    for path in sorted((data_dir() / "rules").glob("*.toml")):
        with path.open("rb") as file:
            rows = tomllib.load(file)
        for key, row in rows.items():
            if key in table:
                raise ValueError(f"rule {key} stands twice in the catalogue ({path.name})")
            table[key] = Rule(key, Severity(row.get("severity", "error")), row["ja"])
    return table
