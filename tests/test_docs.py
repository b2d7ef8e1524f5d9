"""Help that cannot rot: the reference is what the code says, every rule that is used has its sentence, README knows the map."""

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from repository_files import ROOT, files

from barcodes.rules import SENTENCES as MARK_SENTENCES
from handover.sentences import SENTENCES as HANDOVER_SENTENCES
from print_service.findings import catalogue

PACKAGES = ("print_service", "handover", "barcodes")
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
OURS = {key: rule.sentence for key, rule in catalogue().items()}


def test_the_reference_is_what_the_code_says():
    made = subprocess.run(
        [sys.executable, ROOT / "scripts/write-reference", "-"], check=True, capture_output=True, encoding="utf-8"
    )
    assert (ROOT / "docs/reference.md").read_text(encoding="utf-8") == made.stdout, "run scripts/write-reference"


def _targets() -> list[str]:
    return re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("target", _targets())
def test_readme_names_every_make_target(target):
    assert f"make {target}" in README


def test_make_help_lists_every_target():
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert [line.split()[0] for line in shown.stdout.splitlines()] == _targets()


@pytest.mark.parametrize("folder", sorted({path.parts[0] for path in files() if len(path.parts) > 1}))
def test_readme_names_every_top_level_folder(folder):
    assert f"{folder}/" in README


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README))))
def test_links_of_readme_lead_somewhere(link):
    assert (ROOT / link).exists()


@dataclass(frozen=True)
class Use:
    """A rule key written in the code, and the names of the values given with it where they can be read off."""

    key: str
    place: str
    values: frozenset[str] | None


RAISERS = {"refuse", "press_error", "Finding", "RefusalError", "Fault", "fault"}
"""What takes a rule's key as its first argument."""


def _uses() -> Iterator[tuple[str, Use]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (use := _use(node, path)):
                    yield package, use


def _use(node: ast.Call, path: Path) -> Use | None:
    name = getattr(node.func, "id", None)
    if name not in RAISERS or not node.args or not isinstance(key := node.args[0], ast.Constant):
        return None
    place = f"{path.relative_to(ROOT)}:{node.lineno}"
    return Use(str(key.value), place, _values(node))


def _values(node: ast.Call) -> frozenset[str] | None:
    given = [one for one in node.args[1:] if isinstance(one, ast.Dict)]
    if len(given) == 1 and all(isinstance(key, ast.Constant) for key in given[0].keys):
        return frozenset(str(key.value) for key in given[0].keys if isinstance(key, ast.Constant))
    names = [word.arg for word in node.keywords]
    if given or None in names or (getattr(node.func, "id", "") in {"Finding", "Fault"} and len(node.args) > 1):
        return None
    return frozenset(name for name in names if name and name != "where")


def _sentence(package: str, use: Use) -> str | None:
    # The application may speak with the words of the ground floors; they know only their own.
    everything = {**OURS, **HANDOVER_SENTENCES, **MARK_SENTENCES}
    return {"print_service": everything, "handover": HANDOVER_SENTENCES, "barcodes": MARK_SENTENCES}[package].get(
        use.key
    )


def test_every_rule_that_is_used_has_its_sentence():
    assert [use for package, use in _uses() if _sentence(package, use) is None] == []


def test_every_value_a_sentence_shows_is_given_where_the_rule_is_used():
    wrong = []
    for package, use in _uses():
        wanted = {name for _, name, _, _ in string.Formatter().parse(_sentence(package, use) or "") if name}
        if use.values is not None and not wanted <= use.values:
            wrong.append((use, wanted - use.values))
    assert wrong == []


@pytest.mark.parametrize("table", [OURS, HANDOVER_SENTENCES, MARK_SENTENCES], ids=["application", "handover", "marks"])
def test_no_sentence_waits_for_a_rule_that_nobody_uses(table):
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "sentences.py" and (package, path.name) != ("barcodes", "rules.py")
    )
    assert [key for key in table if f'"{key}"' not in code] == []
