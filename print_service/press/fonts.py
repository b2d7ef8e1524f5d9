"""The press's fonts: a pinned table, its check, and a private fontconfig that shows WeasyPrint these files and no others.

Stands before everything else of step 4 (compose): `activate` must run before WeasyPrint is imported in the process, because
Pango takes its list of fonts then. A private fontconfig is what keeps an accidental system font from filling a gap in silence.
Source of the pinned facts: `fonts/fonts.toml`; fontconfig's own file format (fonts-conf(5)).
"""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from print_service.findings import Finding
from print_service.press.errors import PressError, press_error
from print_service.resources import fonts_dir


@dataclass(frozen=True)
class FontFile:
    """One font file: CSS family and weight, where it is, and the hash it must have."""

    id: str
    family: str
    weight: int
    path: Path
    face: int
    sha256: str
    licence_file: Path
    package: str = ""
    ranges: tuple[tuple[str, str], ...] = ()

    def covers(self, character: str) -> bool:
        """Whether the file may be asked for a character: a gaiji font only within its ranges."""
        return not self.ranges or any(first <= character <= last for first, last in self.ranges)


@dataclass(frozen=True)
class FontTable:
    """`fonts.toml`: the files by id, the chains in which they are asked for a character, and whether Adobe-Japan1 sequences
    may be drawn by the Moji_Joho sequence of the same shape.
    """

    files: Mapping[str, FontFile]
    chains: Mapping[str, tuple[str, ...]]
    digest: str
    aj1: bool = False


@cache
def load_fonts(folder: Path | None = None) -> FontTable:
    """The font table of `folder` (default: the shipped one). Raises PressError for an unusable table."""
    folder = folder or fonts_dir()
    source = folder / "fonts.toml"
    try:
        content = source.read_bytes()
        table = tomllib.loads(content.decode())
        files = {row["id"]: _font_file(row, folder) for row in table["font"]}
        chains = {name: tuple(ids) for name, ids in table["chains"].items()}
        for ids in chains.values():
            for font_id in ids:
                files[font_id]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise press_error("press.font-table", file=str(source), reason=f"{type(error).__name__}: {error}") from error
    return FontTable(files, chains, sha256(content).hexdigest(), bool(table.get("aj1", False)))


def _font_file(row: Mapping[str, Any], folder: Path) -> FontFile:
    return FontFile(
        id=str(row["id"]),
        family=str(row["family"]),
        weight=int(row["weight"]),
        path=folder / str(row["file"]),
        face=int(row["face"]),
        sha256=str(row["sha256"]),
        licence_file=folder / str(row["licence_file"]),
        package=str(row.get("package", "")),
        ranges=tuple((chr(first), chr(last)) for first, last in row.get("ranges", ())),
    )


def check_fonts(folder: Path | None = None) -> list[Finding]:
    """Every fault of the installed fonts: missing, changed, or two files under one CSS name. Empty when all is well."""
    found: list[Finding] = []
    seen: set[tuple[str, int]] = set()
    for font in load_fonts(folder).files.values():
        name = (font.family, font.weight)
        if name in seen:
            found.append(Finding("press.font-family-twice", font.id, {"family": font.family, "weight": font.weight}))
        seen.add(name)
        if not font.path.is_file():
            remedy = (
                f"apt-get install {font.package} で入れてください。" if font.package else "配布物を入れ直してください。"
            )
            values = {"family": font.family, "file": str(font.path), "remedy": remedy}
            found.append(Finding("press.font-missing", font.id, values))
            continue
        with font.path.open("rb") as file:
            actual = file_digest(file, "sha256").hexdigest()
        if actual != font.sha256:
            values = {"family": font.family, "file": str(font.path), "actual": actual}
            found.append(Finding("press.font-changed", font.id, values))
    return found


def activate(cache_folder: Path, folder: Path | None = None) -> Path:
    """Point this process at a private fontconfig below `cache_folder`, built when first needed. Returns its fonts.conf.

    Call before WeasyPrint is imported. Raises PressError when a font is missing or is not the pinned file.
    """
    configuration = _configuration(cache_folder, folder)
    os.environ["FONTCONFIG_FILE"] = str(configuration)
    return configuration


def _configuration(cache_folder: Path, folder: Path | None) -> Path:
    table = load_fonts(folder)
    home = cache_folder.resolve() / f"fontconfig-{_fingerprint(table)}"
    configuration = home / "fonts.conf"
    if configuration.is_file():
        return configuration
    if faults := check_fonts(folder):
        raise PressError(faults)
    cache_folder.mkdir(parents=True, exist_ok=True)
    # Built aside and renamed whole: workers of a pool may all arrive here at once.
    with tempfile.TemporaryDirectory(dir=cache_folder, prefix="fontconfig-new-") as work:
        built = Path(work) / "built"
        (built / "fonts").mkdir(parents=True)
        (built / "cache").mkdir()
        for font in table.files.values():
            (built / "fonts" / f"{font.id}{font.path.suffix}").symlink_to(font.path.resolve())
        (built / "fonts.conf").write_text(_fonts_conf(home), encoding="utf-8")
        try:
            built.rename(home)
        except OSError:
            if not configuration.is_file():
                raise
    return configuration


def _fingerprint(table: FontTable) -> str:
    """Name of the built folder: the table plus what the files look like now, so that a replaced file is checked again."""
    lines = [table.digest]
    for font in table.files.values():
        if font.path.is_file():
            status = font.path.stat()
            lines.append(f"{font.path.resolve()} {status.st_size} {status.st_mtime_ns}")
        else:
            lines.append(f"{font.path} missing")
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def font_rules(table: FontTable) -> list[str]:
    """CSS for the spans of a ward's gaiji fonts, which no style sheet of ours can name."""
    return [f'.{font.id} {{ font-family: "{font.family}" }}' for font in table.files.values() if font.ranges]


def _fonts_conf(home: Path) -> str:
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{escape(str(home / 'fonts'))}</dir>\n  <cachedir>{escape(str(home / 'cache'))}</cachedir>\n"
        "</fontconfig>\n"
    )
