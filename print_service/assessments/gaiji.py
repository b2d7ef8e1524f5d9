"""External characters (外字): a host's CP932 user-defined code ↔ the Unicode text it stands for, as dated data of the
ward.

Used while step 1 reads the CP932 file. The user-defined area F040-F9FC maps to U+E000-U+E757 (Microsoft code page
932); a table says which Unicode cluster each code really is. Codes without an entry keep their private-use character:
nothing is guessed and nothing is lost. The press shows such a character only from a font file that the ward binds to it
(`print_service.press.gaiji`); else it refuses the glyph by name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from print_service.findings import refuse
from print_service.resources import data_dir

_FIRST_LEAD, _LAST_LEAD = 0xF0, 0xF9
_TRAILS = 188
_FIRST_PRIVATE = 0xE000


@dataclass(frozen=True)
class Gaiji:
    """A ward's table: `to_unicode` for `str.translate`, `to_private` from the cluster back to the private-use
    character.
    """

    name: str
    to_unicode: Mapping[int, str]
    to_private: Mapping[str, str]


def private_use(code: int) -> int:
    """The private-use code point of a CP932 user-defined code, e.g. 0xF040 → 0xE000. Raises ValueError outside
    F040-F9FC.
    """
    lead, trail = divmod(code, 0x100)
    if not (_FIRST_LEAD <= lead <= _LAST_LEAD and 0x40 <= trail <= 0xFC and trail != 0x7F):
        raise ValueError(f"{code:04X} is not a user-defined code of CP932")
    return _FIRST_PRIVATE + (lead - _FIRST_LEAD) * _TRAILS + trail - 0x40 - (trail > 0x7F)


def user_defined(character: str) -> int | None:
    """The CP932 user-defined code that maps to a private-use character, e.g. U+E000 → 0xF040; None beyond U+E757."""
    offset = ord(character) - _FIRST_PRIVATE
    if not 0 <= offset < (_LAST_LEAD - _FIRST_LEAD + 1) * _TRAILS:
        return None
    lead, trail = divmod(offset, _TRAILS)
    return (_FIRST_LEAD + lead) * 0x100 + 0x40 + trail + (trail >= 0x3F)


@cache
def load_gaiji(name: str, folder: Path | None = None) -> Gaiji:
    """The table `<name>.toml` of `folder` (default: our own); no name is the empty table. Raises RefusedError."""
    if not name:
        return Gaiji("", {}, {})
    path = (folder or data_dir() / "gaiji") / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        pairs = {
            private_use(int(code, 16)): "".join(chr(int(point, 16)) for point in points.split())
            for code, points in table["codes"].items()
        }
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        raise refuse("intake.gaiji-table", path.name, why=str(error)) from error
    back = {text: chr(point) for point, text in pairs.items()}
    if len(back) != len(pairs):
        raise refuse("intake.gaiji-table", path.name, why="一つの文字に二つのコードがあります")
    return Gaiji(name, pairs, back)
