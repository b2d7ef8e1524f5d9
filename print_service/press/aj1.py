"""Adobe-Japan1 variation sequences that IPAmj Mincho can show: each beside the Moji_Joho sequence of the same shape.

IPAmj Mincho carries none of the 14,684 Adobe-Japan1 sequences, and host files do (辻 with one dot is U+8FBB U+E0100 there, U+8FBB
U+E0102 in Moji_Joho). The table holds only pairs on which independent published sources agree; `scripts/write-aj1-moji-joho`
says which. Used by `press.glyphs`. The stored spelling never changes: the target is what is drawn.
"""

import tomllib
from collections.abc import Mapping
from functools import cache

from print_service.resources import data_dir


@cache
def aj1_to_moji_joho() -> Mapping[str, str]:
    """Adobe-Japan1 sequence → Moji_Joho sequence, or the bare character where that is the only shape."""
    with (data_dir() / "aj1-moji-joho.toml").open("rb") as file:
        table = tomllib.load(file)
    return {
        base + chr(int(selector, 16)): base + (chr(int(target, 16)) if target else "")
        for selector, targets in table.items()
        for target, bases in targets.items()
        for base in "".join(bases.split())
    }
