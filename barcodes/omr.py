"""Optical bars for an inserter (封入封緘機のOMRマーク): a ladder of short bars, each of its own meaning.

Beside `piece`, for machines that do not read a matrix. There is no public standard and every machine differs, so the
ladder is a layout that the ward agrees with its vendor: how many places, what each means, pitch and bar size. A bar
says 1, an empty place 0; the first place is always a bar, so that the machine knows where to count from.
"""

from dataclasses import dataclass
from decimal import Decimal

from barcodes.geometry import Rect, Symbol, nearest_dot, to_dots
from barcodes.piece import PieceMark
from barcodes.rules import Fault, MarkError, fault, refuse_any

_COUNTERS = ("sheet", "left", "piece")
_FLAGS = ("start", "first", "last", "more", "front", "parity")
_MOST_BITS = 20


@dataclass(frozen=True)
class OmrLayout:
    """What an inserter expects. Raises `MarkError` with every fault.

    `places` names each place from the top: `start` (always a bar), `first` and `last` sheet of the piece, `more` (not
    the last), `front`, `parity` (makes the number of bars even; at the end), and bits of counters: `sheet.0` (lowest
    bit of the sheet number), `left.0` (of the sheets still to come), `piece.0` (of the piece number). `pitch_mm` from
    bar to bar, `bar_mm` a bar's thickness, `length_mm` its length, `quiet_mm` blank on all four sides.
    """

    places: tuple[str, ...]
    pitch_mm: Decimal = Decimal("4.2333")  # six a inch
    bar_mm: Decimal = Decimal("0.5")
    length_mm: Decimal = Decimal(8)
    quiet_mm: Decimal = Decimal(3)

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        if not self.places or self.places[0] != "start" or "start" in self.places[1:]:
            faults.append(fault("omr.start"))
        if "parity" in self.places[:-1]:
            faults.append(fault("omr.parity-place"))
        faults.extend(
            fault("omr.place", place=number, name=name[:40])
            for number, name in enumerate(self.places, start=1)
            if not _is_known(name)
        )
        if not 0 < self.bar_mm < self.pitch_mm or self.length_mm <= 0 or self.quiet_mm < 0:
            faults.append(
                fault("omr.sizes", pitch_mm=str(self.pitch_mm), bar_mm=str(self.bar_mm), length_mm=str(self.length_mm))
            )
        refuse_any(faults)

    def bits(self, mark: PieceMark) -> tuple[bool, ...]:
        """Bar or no bar at each place for one page."""
        flags = {
            "start": True,
            "first": mark.sheet == 1,
            "last": mark.sheet == mark.sheets,
            "more": mark.sheet < mark.sheets,
            "front": mark.side == "F",
        }
        counters = {"sheet": mark.sheet, "left": mark.sheets - mark.sheet, "piece": mark.piece}
        bits: list[bool] = []
        for name in self.places:
            counter, _, bit = name.partition(".")
            if name == "parity":
                bits.append(sum(bits) % 2 == 1)
            else:
                bits.append(bool(counters[counter] >> int(bit) & 1) if bit else flags[name])
        return tuple(bits)

    def symbol(self, mark: PieceMark, dpi: int = 600) -> Symbol:
        """The bars of one page at `dpi`, each at its place rounded to the nearest dot."""
        if dpi < 1:
            raise MarkError(fault("symbol.dpi", dpi=dpi))
        quiet, thick, long = to_dots(self.quiet_mm, dpi), to_dots(self.bar_mm, dpi), to_dots(self.length_mm, dpi)
        tops = [quiet + nearest_dot(self.pitch_mm * place, dpi) for place in range(len(self.places))]
        rects = tuple(Rect(quiet, top, long, thick) for top, bar in zip(tops, self.bits(mark), strict=True) if bar)
        return Symbol(dpi, long + 2 * quiet, tops[-1] + thick + quiet, rects)


def _is_known(name: str) -> bool:
    counter, dot, bit = name.partition(".")
    return name in _FLAGS or (
        counter in _COUNTERS and dot == "." and bit in {str(number) for number in range(_MOST_BITS)}
    )


def read(layout: OmrLayout, bits: tuple[bool, ...]) -> dict[str, int]:
    """What read bits say: every flag as 0 or 1, every counter as far as its bits go.

    Raises `MarkError`: another number of places, no start bar, or a wrong parity.
    """
    faults: list[Fault] = []
    if len(bits) != len(layout.places):
        raise MarkError(fault("omr.length", expected=len(layout.places), found=len(bits)))
    if not bits[0]:
        faults.append(fault("omr.no-start"))
    if layout.places[-1] == "parity" and sum(bits) % 2:
        faults.append(fault("omr.parity"))
    refuse_any(faults)
    read_values: dict[str, int] = {}
    for name, bar in zip(layout.places, bits, strict=True):
        counter, _, bit = name.partition(".")
        read_values[counter] = read_values.get(counter, 0) | int(bar) << int(bit or 0)
    return read_values
