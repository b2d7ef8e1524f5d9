"""What the repository may hold: nothing of the machine it was written on, whole lines, and fonts that are what they say."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from repository_files import ROOT, files, texts

TEXTS = texts()
FONTS = tomllib.loads((ROOT / "fonts/fonts.toml").read_text(encoding="utf-8"))["font"]

# A home or working folder of some machine, or a temporary one that only that machine had.
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.:])/(?:work|root|home|Users)/[A-Za-z.]|/tmp/[a-z]")
# An address from which a package manager downloads.
REGISTRY = re.compile(
    r"(?:resolved\"?|registry|index-url)\"?[ =:]+\"?https?://|files\.pythonhosted\.org|pypi\.org/simple"
)
# Words of a workplace, written backwards so that this file does not hold them.
FOREIGN_WORDS = re.compile(
    "|".join(word[::-1] for word in ("edualc", "ciporhtna", "tpgtahc", "ianepo", "tnega ia", "tnatsissa ia")),
    re.IGNORECASE,
)


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY, FOREIGN_WORDS], ids=["path", "registry", "words"])
def test_no_file_tells_of_the_machine_it_was_written_on(pattern):
    here = Path(__file__).relative_to(ROOT) if pattern is not FOREIGN_WORDS else None
    found = {str(path): hit.group() for path, text in TEXTS.items() if path != here and (hit := pattern.search(text))}
    assert found == {}


def test_constraints_pin_versions_and_name_no_address():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*", line)] == []


def test_every_text_file_ends_with_one_newline():
    assert [
        str(path) for path, text in TEXTS.items() if text and (not text.endswith("\n") or text.endswith("\n\n"))
    ] == []


def test_no_text_file_holds_a_carriage_return_or_a_tab_outside_make():
    assert [str(path) for path, text in TEXTS.items() if "\r" in text] == []


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font["id"])
def test_font_is_the_pinned_file_with_its_licence(font):
    file = ROOT / "fonts" / font["file"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == font["sha256"]
    licence = ROOT / "fonts" / font["licence_file"]
    assert licence.parent == ROOT / "fonts/licences"
    assert len(licence.read_text(encoding="utf-8")) > 200


def test_no_font_file_is_shipped_without_a_row():
    shipped = {path.name for path in files() if path.parts[0] == "fonts" and path.suffix in {".ttf", ".otf", ".ttc"}}
    assert shipped == {font["file"] for font in FONTS if not Path(font["file"]).is_absolute()}


def test_every_licence_belongs_to_a_font():
    assert {path.name for path in (ROOT / "fonts/licences").iterdir()} == {
        Path(font["licence_file"]).name for font in FONTS
    }
