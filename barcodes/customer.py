"""The customer barcode (カスタマバーコード) of Japan Post: postcode and address digits as 67 bars of four heights.

From an address (`digits_from_address`) to characters, check digit, bars and whole dots; and from bars back. Source:
日本郵便 「郵便番号・バーコードマニュアル」pages 12, 13, 18-22 (structure, dimensions by point size with tolerances, 2
mm of blank on four sides, cutting at thirteen, check digit, dedicated and box postcodes), bar patterns also in zint
and BWIPP.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product
from math import floor

from barcodes.address import digits_from_address
from barcodes.digits import is_digits
from barcodes.geometry import Rect, Symbol, to_dots, to_mm
from barcodes.rules import Fault, MarkError, fault, refuse_any

__all__ = ["CustomerBarcode", "CustomerReading", "check_print", "digits_from_address", "is_catch_all", "parse"]

_CHARACTERS: tuple[str, ...] = (*"0123456789-", "CC1", "CC2", "CC3", "CC4", "CC5", "CC6", "CC7", "CC8")
_PATTERNS = "FTT FFT FDA DFA FAD FTF DAF AFD ADF TFF TFT DAT DTA ADT TDA ATD TAD TTF FFF"
_BARS_OF = dict(zip(_CHARACTERS, _PATTERNS.split(), strict=True))
_CHARACTER_OF = {bars: character for character, bars in _BARS_OF.items()}
_VALUE_OF = {character: value for value, character in enumerate(_CHARACTERS)}
_START, _STOP = "FD", "DF"
_BARS = 67
_PAD = "CC4"
_ADDRESS_CHARACTERS = 13
_BLANK_MM = Decimal(2)
# Of the nominal dimension at 10 points: what the manual allows, in mm.
_LONG = (Decimal("3.40"), Decimal("3.6"), Decimal("3.60"))
_TIMING = (Decimal("1.05"), Decimal("1.2"), Decimal("1.35"))
_BAR = (Decimal("0.50"), Decimal("0.6"), Decimal("0.70"))
_SPACE = (Decimal("0.45"), Decimal("0.6"), Decimal("0.60"))
_PITCH = (Decimal("0.95"), Decimal("1.2"), Decimal("1.30"))


@dataclass(frozen=True)
class CustomerBarcode:
    """One customer barcode: `postcode` 7 digits, `digits` the uncut address digits (0-9, A-Z, hyphen; may be empty).

    A dedicated postcode (個別番号) has no address digits; a box number stands there for a box postcode. Raises
    `MarkError`, also for a catch-all postcode (代表番号), which gets no barcode at all.
    """

    postcode: str
    digits: str

    def __post_init__(self) -> None:
        faults = _postcode_faults(self.postcode)
        if any(character not in "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ" for character in self.digits):
            faults.append(fault("customer.digits", digits=self.digits))
        refuse_any(faults)

    @classmethod
    def from_address(cls, postcode: str, address: str, town: str | None = None) -> "CustomerBarcode":
        """The barcode of an address; the postcode may carry its hyphen, `town` is as in `digits_from_address`."""
        plain = postcode[:3] + postcode[4:] if postcode[3:4] == "-" else postcode
        try:
            digits = digits_from_address(address, town)
        except MarkError as error:
            refuse_any([*_postcode_faults(plain), *error.faults])
            raise
        return cls(plain, digits)

    def characters(self) -> tuple[str, ...]:
        """The 20 characters before the check digit: postcode, then 13, cut or filled with CC4.

        A letter is two characters; when only its control code fits, that alone stays.
        """
        address = [part for character in self.digits for part in _spelled(character)][:_ADDRESS_CHARACTERS]
        return (*self.postcode, *address, *[_PAD] * (_ADDRESS_CHARACTERS - len(address)))

    def check(self) -> str:
        """The check character (`5`, `-` or `CC8`): all 21 values sum to a multiple of nineteen."""
        return _check(self.characters())

    def bars(self) -> str:
        """The 67 bars, `F` full, `A` upper, `D` lower, `T` timing."""
        return _START + "".join(_BARS_OF[character] for character in (*self.characters(), self.check())) + _STOP

    def symbol(self, dpi: int = 600, points: Decimal = Decimal(10)) -> Symbol:
        """The bars at a size of 8 to 11.5 `points`, with 2 mm of blank on all four sides.

        Every dimension is a whole number of dots within the manual's tolerance, nearest to nominal. Raises `MarkError`
        for another size (`customer.point-size`) or a resolution too coarse for the tolerances (`customer.dpi`).
        """
        width, height, places = in_dots(dpi, points)
        return Symbol(dpi, width, height, tuple(place[kind] for place, kind in zip(places, self.bars(), strict=True)))


@dataclass(frozen=True)
class CustomerReading:
    """What bars say: `postcode`, `digits` as far as they fitted, `cut` the control code of a letter that did not, and
    the `check` character.
    """

    postcode: str
    digits: str
    cut: str
    check: str


@cache
def check_print(dpi: int, points: Decimal) -> None:
    """Whether any such barcode can be printed so. Raises `MarkError` as `CustomerBarcode.symbol` does."""
    if dpi < 1:
        raise MarkError(fault("symbol.dpi", dpi=dpi))
    if not Decimal(8) <= points <= Decimal("11.5"):
        raise MarkError(fault("customer.point-size", points=str(points)))
    _dimensions(dpi, points)


def _postcode_faults(postcode: str) -> list[Fault]:
    if not is_digits(postcode, 7):
        return [fault("customer.postcode", postcode=postcode[:40])]
    return [fault("customer.catch-all-postcode", postcode=postcode)] if is_catch_all(postcode) else []


def is_catch_all(postcode: str) -> bool:
    """Whether a postcode stands for "not listed below" (代表番号): in the post's own list exactly those that end in
    00.
    """
    return postcode.endswith("00")


def parse(bars: str) -> CustomerReading:
    """What 67 bars of F, A, D, T say. Raises `MarkError` for a wrong frame, pattern, check digit or order of
    characters.
    """
    if len(bars) != _BARS or any(bar not in "FADT" for bar in bars):
        raise MarkError(fault("customer.bars", length=len(bars)))
    faults: list[Fault] = []
    if bars[:2] != _START or bars[-2:] != _STOP:
        faults.append(fault("customer.frame", start=bars[:2], stop=bars[-2:]))
    triples = [bars[index : index + 3] for index in range(2, 65, 3)]
    faults.extend(
        fault("customer.character", position=position, bars=triple)
        for position, triple in enumerate(triples, start=1)
        if triple not in _CHARACTER_OF
    )
    refuse_any(faults)
    *characters, found = (_CHARACTER_OF[triple] for triple in triples)
    expected = _check(tuple(characters))
    if expected != found:
        faults.append(fault("customer.check-digit", expected=expected, found=found))
    postcode = "".join(characters[:7])
    read = _read(characters[7:])
    if read is None or not is_digits(postcode):
        raise MarkError(*faults, fault("customer.order", characters=" ".join(characters)))
    refuse_any(faults)
    return CustomerReading(postcode, *read, found)


def _spelled(character: str) -> tuple[str, ...]:
    if "A" <= character <= "Z":
        control, digit = divmod(ord(character) - ord("A"), 10)
        return (f"CC{control + 1}", str(digit))
    return (character,)


def _check(characters: tuple[str, ...]) -> str:
    total = sum(_VALUE_OF[character] for character in characters)
    return _CHARACTERS[-total % 19]


def _read(characters: list[str]) -> tuple[str, str] | None:
    digits = ""
    place = 0
    while place < len(characters) and characters[place] != _PAD:
        character = characters[place]
        if len(character) == 1:
            digits += character
        elif character not in ("CC1", "CC2", "CC3"):
            return None
        elif place == len(characters) - 1:
            return digits, character
        elif not is_digits(characters[place + 1]) or (character == "CC3" and characters[place + 1] > "5"):
            return None
        else:
            place += 1
            digits += chr(ord("A") + 10 * (int(character[2]) - 1) + int(characters[place]))
        place += 1
    return (digits, "") if all(character == _PAD for character in characters[place:]) else None


@cache
def in_dots(dpi: int, points: Decimal) -> tuple[int, int, tuple[dict[str, Rect], ...]]:
    """Width and height of the box, and at each of the 67 places the rectangle of each kind of bar.

    Raises `MarkError` as `CustomerBarcode.symbol` does.
    """
    check_print(dpi, points)
    bar, space, timing, long = _dimensions(dpi, points)
    blank = to_dots(_BLANK_MM, dpi)
    half = (long - timing) // 2
    down = {"F": (0, long), "A": (0, half + timing), "D": (half, half + timing), "T": (half, timing)}
    places = tuple(
        {kind: Rect(blank + index * (bar + space), blank + top, bar, height) for kind, (top, height) in down.items()}
        for index in range(_BARS)
    )
    return places[-1]["F"].x + bar + blank, long + 2 * blank, places


def _dimensions(dpi: int, points: Decimal) -> tuple[int, int, int, int]:
    def allowed(limits: tuple[Decimal, Decimal, Decimal]) -> tuple[list[int], Fraction]:
        least, nominal, most = (Fraction(limit) * Fraction(points) / 10 for limit in limits)
        dots_per_mm = 1 / to_mm(1, dpi)
        return list(range(to_dots(least, dpi), floor(most * dots_per_mm) + 1)), nominal * dots_per_mm

    bars, bar_mark = allowed(_BAR)
    spaces, space_mark = allowed(_SPACE)
    pitches, _ = allowed(_PITCH)
    timings, timing_mark = allowed(_TIMING)
    longs, long_mark = allowed(_LONG)
    # Upper and lower halves must be equal, or the post's reader sees the timing bars off centre.
    across = [(bar, space) for bar, space in product(bars, spaces) if bar + space in pitches]
    down = [(timing, long) for timing, long in product(timings, longs) if (long - timing) % 2 == 0]
    if not across or not down:
        raise MarkError(fault("customer.dpi", dpi=dpi, points=str(points)))
    bar, space = min(across, key=lambda pair: abs(pair[0] - bar_mark) + abs(pair[1] - space_mark))
    timing, long = min(down, key=lambda pair: abs(pair[0] - timing_mark) + abs(pair[1] - long_mark))
    return bar, space, timing, long
