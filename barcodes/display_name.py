"""The name a bank's screen shows for a Pay-easy payment (表示名): kana of 24 and kanji of 12 characters.

Beside `payeasy`; made separately from the printed name, which stays as it was given. Sources: lengths from the manual
of a biller's server; that a bank shows ■ for a character outside JIS level 1 and 2 from a municipal notice. So such a
character is told and never replaced. Which characters the kana field takes is not public: here the set of bank
transfers (half-width kana, digits, capitals and a few signs).
"""

from dataclasses import dataclass

from barcodes.rules import Fault, fault, refuse_any

KANA_LENGTH, KANJI_LENGTH = 24, 12

_KANA = frozenset("ｦｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ()-./｢｣")
_FIRST_BYTE, _LAST_BYTE = 0xA1, 0xF4  # rows 1 to 84 of JIS X 0208, level 2 ends in row 84


@dataclass(frozen=True)
class DisplayName:
    """One name for bank screens. Raises `MarkError` with every fault: too long, or each character that cannot show.

    `kana` 0-24 half-width characters, `kanji` 0-12 characters of JIS X 0208. A biller's own name (`biller`) must have
    at least one of each.
    """

    kana: str
    kanji: str
    biller: bool = False

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        if self.biller and not (self.kana and self.kanji):
            faults.append(fault("payeasy.name-empty"))
        for name, text, limit in (("カナ", self.kana, KANA_LENGTH), ("漢字", self.kanji, KANJI_LENGTH)):
            if len(text) > limit:
                faults.append(fault("payeasy.name-too-long", field=name, length=len(text), limit=limit))
        faults.extend(
            fault("payeasy.name-kana", place=place, character=_shown(character))
            for place, character in enumerate(self.kana, start=1)
            if character not in _KANA
        )
        faults.extend(
            fault("payeasy.name-kanji", place=place, character=_shown(character))
            for place, character in enumerate(self.kanji, start=1)
            if not is_level_1_or_2(character)
        )
        refuse_any(faults)


def is_level_1_or_2(character: str) -> bool:
    """Whether a character is in JIS X 0208 (level 1, level 2, or its kana, figures and signs)."""
    try:
        code = character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and _FIRST_BYTE <= code[0] <= _LAST_BYTE and code[1] >= _FIRST_BYTE


def _shown(character: str) -> str:
    return f"{character}（U+{ord(character):04X}）" if character.isprintable() else f"U+{ord(character):04X}"
