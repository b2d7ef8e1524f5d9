"""A ward's own characters 外字: font files that the ward supplies, each bound to private-use code points, a name and a hash.

A private-use character means something else in every font, so such a file is asked for its own ranges and for nothing else, and no
other font is ever asked for a private-use character. `ward_folder` writes the shipped font table together with the ward's files,
in the shape of `fonts/fonts.toml`; the press, the private fontconfig and the proof read it like the shipped one.
Sources: Unicode Standard 23.5 (private-use areas); OpenType `name`, `OS/2` fsType (embedding). How a host's private codes become
private-use characters: `print_service.assessments.gaiji`.
"""

import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from itertools import combinations
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont, TTLibError

from print_service.files import write_atomically
from print_service.findings import Finding
from print_service.press.errors import PressError
from print_service.press.fonts import load_fonts
from print_service.press.glyphs import is_private_use
from print_service.resources import fonts_dir

Range = tuple[int, int]


@dataclass(frozen=True)
class GaijiFont:
    """One file: our name for it, the family name inside it, the hash it must have, first and last code point of its ranges."""

    name: str
    family: str
    file: Path
    sha256: str
    ranges: tuple[Range, ...]
    face: int = 0

    @property
    def id(self) -> str:
        """Its id in the font table, and the CSS class of its spans."""
        return f"gaiji-{self.name}"


@dataclass(frozen=True)
class WardFonts:
    """What a ward decides about fonts: its gaiji files; whether a name may take a character from a font of another design when
    the name font lacks it; whether an Adobe-Japan1 sequence may be drawn by the Moji_Joho sequence of the same shape.
    """

    gaiji: tuple[GaijiFont, ...] = field(default=())
    mixed_design: bool = True
    aj1_as_moji_joho: bool = True


AS_SHIPPED = WardFonts()


def ward_folder(cache_folder: Path, ward: WardFonts, folder: Path | None = None) -> Path:
    """The folder whose `fonts.toml` the ward's press uses: the shipped one, or one made below `cache_folder`.

    Raises PressError with every fault of the ward's files.
    """
    folder = folder or fonts_dir()
    if ward == AS_SHIPPED:
        return folder
    if faults := check_gaiji(ward, folder):
        raise PressError(faults)
    content = _table(ward, folder).encode()
    made = cache_folder.resolve() / f"fonts-{sha256(content).hexdigest()[:16]}"
    made.mkdir(parents=True, exist_ok=True)
    if not (made / "fonts.toml").is_file():
        write_atomically(made / "fonts.toml", content)
    return made


def check_gaiji(ward: WardFonts, folder: Path | None = None) -> list[Finding]:
    """Every fault of the ward's gaiji files; empty when all is well."""
    found = [*_shared(ward.gaiji)]
    taken = {font.family for font in load_fonts(folder).files.values()}
    for font in ward.gaiji:
        found += _range_faults(font)
        if not font.file.is_file():
            remedy = "外字フォントを置くか、ward.toml の press.gaiji を直してください。"
            values = {"family": font.family, "file": str(font.file), "remedy": remedy}
            found.append(Finding("press.font-missing", font.id, values))
            continue
        with font.file.open("rb") as file:
            actual = file_digest(file, "sha256").hexdigest()
        if actual != font.sha256:
            values = {"family": font.family, "file": str(font.file), "actual": actual}
            found.append(Finding("press.gaiji-changed", font.id, values))
            continue
        found += _content_faults(font, taken)
        taken.add(font.family)
    return found


def _shared(fonts: tuple[GaijiFont, ...]) -> Iterator[Finding]:
    """Names and code points that two files claim."""
    for one, other in combinations(fonts, 2):
        if one.name == other.name:
            yield Finding("press.gaiji-name-twice", one.id, {"name": one.name})
        for first, last in one.ranges:
            for begin, end in other.ranges:
                if first <= end and begin <= last:
                    values = {"one": one.name, "other": other.name, "codepoint": f"U+{max(first, begin):04X}"}
                    yield Finding("press.gaiji-range-twice", one.id, values)


def _range_faults(font: GaijiFont) -> Iterator[Finding]:
    for first, last in font.ranges:
        one_area = (first <= 0xF8FF) == (last <= 0xF8FF) and first >> 16 == last >> 16
        if first > last or not one_area or not is_private_use(chr(first)) or not is_private_use(chr(last)):
            values = {"name": font.name, "range": f"U+{first:04X}-U+{last:04X}"}
            yield Finding("press.gaiji-range", font.id, values)


_RESTRICTED = 0x0002


def _content_faults(font: GaijiFont, taken: set[str]) -> Iterator[Finding]:
    values: dict[str, str | int] = {"name": font.name, "file": str(font.file)}
    try:
        # From memory: fontTools leaves a file open that it cannot read.
        with TTFont(io.BytesIO(font.file.read_bytes()), fontNumber=font.face, lazy=True) as opened:
            families = {row.toUnicode() for row in opened["name"].names if row.nameID in {1, 16}}
            characters = set(opened.getBestCmap() or {})
            embedding = opened["OS/2"].fsType if "OS/2" in opened else 0
    except (TTLibError, OSError, KeyError, ValueError, AssertionError) as error:
        yield Finding("press.gaiji-unreadable", font.id, {**values, "reason": str(error) or type(error).__name__})
        return
    if font.family not in families:
        yield Finding(
            "press.gaiji-family", font.id, {**values, "family": font.family, "names": "・".join(sorted(families))}
        )
    for family in sorted(families & taken):
        yield Finding("press.font-family-twice", font.id, {"family": family, "weight": 400})
    if not any(first <= point <= last for point in characters for first, last in font.ranges):
        yield Finding("press.gaiji-empty", font.id, values)
    if embedding & 0xF == _RESTRICTED:
        yield Finding("press.gaiji-embedding", font.id, values)


def _table(ward: WardFonts, folder: Path) -> str:
    """The shipped table with absolute paths, the ward's files, and chains that end with them (only they have their characters)."""
    table = tomllib.loads((folder / "fonts.toml").read_text(encoding="utf-8"))
    own = [font.id for font in ward.gaiji]
    chains = dict(table["chains"])
    if not ward.mixed_design:
        chains["name"] = chains["name"][:1]
    lines = ["# Made by print-service from its own fonts.toml and [press] of ward.toml.", ""]
    lines += [f"aj1 = {_value(bool(table.get('aj1')) and ward.aj1_as_moji_joho)}", ""]
    for row in table["font"]:
        paths = {key: str((folder / row[key]).resolve()) for key in ("file", "licence_file")}
        lines += _rows("[[font]]", {**row, **paths})
    for font in ward.gaiji:
        lines += _rows("[[font]]", _gaiji_row(font))
    lines += _rows("[chains]", {name: ids if name == "ocr" else [*ids, *own] for name, ids in chains.items()})
    return "\n".join(lines)


def _gaiji_row(font: GaijiFont) -> dict[str, Any]:
    return {
        "id": font.id,
        "family": font.family,
        "weight": 400,
        "file": str(font.file.resolve()),
        "face": font.face,
        "sha256": font.sha256,
        "licence": "the ward's own",
        "licence_file": "fonts.toml",
        "purpose": "the ward's private-use characters",
        "ranges": [list(span) for span in font.ranges],
    }


def _rows(head: str, values: Mapping[str, Any]) -> list[str]:
    return [head, *(f"{key} = {_value(value)}" for key, value in values.items()), ""]


def _value(value: Any) -> str:
    """A TOML value; JSON writes strings, numbers, booleans and lists of these alike."""
    return json.dumps(value, ensure_ascii=False)
