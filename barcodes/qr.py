"""QR of version 6-M with 255 digits, the only one the eL-QR needs, in some tens of microseconds.

Between `elqr` and `ink`. Source: ISO/IEC 18004 (numeric mode; version 6 at level M: four blocks of 27 data and 16 check codewords;
placement; format information; the eight masks and their four penalties). libzint, segno and qrcode draw the same modules, and the
tests hold this module to them. Tables are as `galois` says. A symbol is one integer that holds its rows and, above them, its columns,
so that one shift compares every module with its neighbour. A row takes six bytes: after 41 modules come seven light ones, which stand
for the quiet zone that the third penalty looks at.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache, reduce
from operator import getitem, xor
from struct import Struct
from typing import NamedTuple

from barcodes.digits import is_digits
from barcodes.galois import check_codewords, combinations
from barcodes.matrix import Modules

DIGITS = 255

_SIDE = 41
_ROW = 48
_HALF = _SIDE * _ROW
_BLOCKS, _DATA, _CHECKS = 4, 27, 16
_POLYNOMIAL, _FIRST_ROOT = 0x11D, 0
_HEAD = f"0001{DIGITS:010b}"
_HEAD_BITS = len(_HEAD)
_SPANS, _SPAN_DIGITS, _SPAN_BITS = 17, 15, 50
_CUT = Struct(f"{_SPAN_DIGITS}s" * _SPANS).unpack
_THREES = Struct("3s" * (_SPAN_DIGITS // 3)).unpack
_TENS = {b"%03d" % number: f"{number:010b}" for number in range(1000)}
_ALIGNMENT = 34  # row and column of the one alignment pattern's centre
_FORMAT_GENERATOR, _FORMAT_MASK = 0x537, 0x5412


def numeric_255(digits: str) -> Modules:
    """The symbol of exactly 255 ASCII digits, in the mask of least penalty. Raises `ValueError` for anything else."""
    if not is_digits(digits, DIGITS):
        raise ValueError(f"{len(digits)} characters are not the {DIGITS} digits of QR version 6-M")
    unmasked = reduce(xor, map(_span, range(_SPANS), _CUT(digits.encode())), _head())
    symbol = _masked(unmasked, _tables().masks)
    return Modules(_SIDE, (symbol & _ROWS).to_bytes(_HALF // 8))


# Most of an eL-QR is the same on every slip of a batch: what fifteen digits at their place set is looked up, not worked out again.
@lru_cache(maxsize=4096)
def _span(number: int, digits: bytes) -> int:
    """What the digits of one span and the check codewords that follow from them set: the symbol is the sum of its spans."""
    start = _HEAD_BITS + number * _SPAN_BITS
    bits = int("".join(map(_TENS.__getitem__, _THREES(digits))), 2)
    return _sum_of(bits << -(start + _SPAN_BITS) % 8, start // 8, (start + _SPAN_BITS + 7) // 8)


@cache
def _head() -> int:
    return _sum_of(int(_HEAD, 2) << -_HEAD_BITS % 8, 0, (_HEAD_BITS + 7) // 8)


def _sum_of(value: int, first: int, end: int) -> int:
    """What these data codewords set."""
    return reduce(xor, map(getitem, _tables().codewords[first:end], value.to_bytes(end - first)))


class _Tables(NamedTuple):
    codewords: tuple[tuple[int, ...], ...]  # of each place and value: what it and its check codewords set
    masks: tuple[int, ...]  # each with the patterns and its own format information


@cache
def _tables() -> _Tables:
    black, light = _patterns()
    path = [_bits([module]) for module in _path(black | light)]
    codewords = []
    for block in range(_BLOCKS):
        for place in range(_DATA):
            bits = []
            for value in (1 << bit for bit in range(7, -1, -1)):
                behind = [0] * (_DATA - 1 - place)
                checks = check_codewords([value, *behind], _CHECKS, _POLYNOMIAL, _FIRST_ROOT)
                indices = (place * _BLOCKS + block, *range(_BLOCKS * _DATA + block, len(path) // 8, _BLOCKS))
                bits.append(reduce(xor, (_placed(path, *each) for each in zip(indices, [value, *checks], strict=True))))
            codewords.append(combinations(bits))
    free = {(row, column) for row in range(_SIDE) for column in range(_SIDE)} - black - light
    masks = (
        _bits(black | _format_information(number) | {each for each in free if _is_masked(number, *each)})
        for number in range(8)
    )
    return _Tables(tuple(codewords), tuple(masks))


def _placed(path: list[int], index: int, codeword: int) -> int:
    return reduce(xor, (path[index * 8 + bit] for bit in range(8) if codeword >> 7 - bit & 1), 0)


def _bits(modules: Iterable[tuple[int, int]]) -> int:
    total = 0
    for row, column in modules:
        total |= 1 << (_SIDE - row) * _ROW - 1 - column
        total |= 1 << _HALF + (_SIDE - column) * _ROW - 1 - row
    return total


def _patterns() -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Black and light modules of what no data stands on; the places of the format information are light."""
    black: set[tuple[int, int]] = set()
    every: set[tuple[int, int]] = set()
    last = _SIDE - 1
    for top, left in ((0, 0), (0, last - 6), (last - 6, 0)):
        for row in range(max(top - 1, 0), min(top + 8, _SIDE)):
            for column in range(max(left - 1, 0), min(left + 8, _SIDE)):
                every.add((row, column))
                if max(abs(row - top - 3), abs(column - left - 3)) in (0, 1, 3):
                    black.add((row, column))
    for row in range(_ALIGNMENT - 2, _ALIGNMENT + 3):
        for column in range(_ALIGNMENT - 2, _ALIGNMENT + 3):
            every.add((row, column))
            if max(abs(row - _ALIGNMENT), abs(column - _ALIGNMENT)) != 1:
                black.add((row, column))
    for place in range(8, _SIDE - 8):
        every |= {(6, place), (place, 6)}
        if place % 2 == 0:
            black |= {(6, place), (place, 6)}
    black.add((_SIDE - 8, 8))
    every |= black | {place for pair in _format_places() for place in pair}
    return black, every - black


def _path(taken: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The modules of codeword after codeword: pairs of columns from the right, upwards first; column 6 is none."""
    found: list[tuple[int, int]] = []
    rights = [*range(_SIDE - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(rights):
        rows = range(_SIDE) if turn % 2 else range(_SIDE - 1, -1, -1)
        found.extend((row, column) for row in rows for column in (right, right - 1) if (row, column) not in taken)
    return found[: len(found) // 8 * 8]


def _format_places() -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Both places of each bit of the format information, from the lowest."""
    beside = [*((row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8)), (8, 7), *((8, column) for column in range(5, -1, -1))]
    apart = [*((8, _SIDE - 1 - bit) for bit in range(8)), *((_SIDE - 15 + bit, 8) for bit in range(8, 15))]
    return list(zip(beside, apart, strict=True))


def _format_information(mask: int) -> set[tuple[int, int]]:
    remainder = mask << 10  # level M is 00: the five data bits are the mask's number
    for bit in range(14, 9, -1):
        if remainder >> bit & 1:
            remainder ^= _FORMAT_GENERATOR << bit - 10
    bits = (mask << 10 | remainder) ^ _FORMAT_MASK
    return {place for bit, pair in enumerate(_format_places()) if bits >> bit & 1 for place in pair}


def _is_masked(number: int, row: int, column: int) -> bool:
    product = row * column
    return (
        (row + column) % 2,
        row % 2,
        column % 3,
        (row + column) % 3,
        (row // 2 + column // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        ((row + column) % 2 + product % 3) % 2,
    )[number] == 0


_ROWS = (1 << _HALF) - 1
_ALL = (1 << 2 * _HALF + 4) - 1
# Modules that have a neighbour in their line.
_PAIRS = reduce(xor, (((1 << _SIDE - 1) - 1) << line * _ROW + _ROW - _SIDE + 1 for line in range(2 * _SIDE)))


# Each of the three finders is charged in the three rows and columns through its middle, whatever the mask.
_LEAST_FINDER_PENALTY = 3 * 6 * 40


def _masked(unmasked: int, masks: Sequence[int]) -> int:
    """The symbol of least penalty, of several the one whose mask comes first (ISO/IEC 18004, evaluation of masking results)."""
    symbols = [unmasked ^ mask for mask in masks]
    best = (1 << 30, 0)
    for penalty, number in sorted((_even_penalty(symbol), number) for number, symbol in enumerate(symbols)):
        if penalty + _LEAST_FINDER_PENALTY > best[0]:
            break
        best = min(best, (penalty + _finder_penalty(symbols[number]), number))
    return symbols[best[1]]


def _even_penalty(symbol: int) -> int:
    """Of runs of five and more modules of a colour, of blocks of four, and of an uneven share of black."""
    same = _PAIRS ^ _PAIRS & (symbol ^ symbol << 1)  # quicker than & ~, here and below
    longer = same & same << 1
    five = longer & longer << 2
    # A run of n, at least five, has n - 4 bits here; with its two ends that is the n - 2 it costs.
    runs = five.bit_count() + (five ^ five >> 1).bit_count()
    rows, across = symbol & _ROWS, same & _ROWS
    square = across & across << _ROW
    blocks = (square ^ square & (rows ^ rows << _ROW)).bit_count()
    uneven = abs(2000 * rows.bit_count() - 1000 * _SIDE * _SIDE) // (100 * _SIDE * _SIDE)
    return runs + 3 * blocks + 10 * uneven


def _finder_penalty(symbol: int) -> int:
    """Of every 1:1:3:1:1 that has four light modules before or after it."""
    light = _ALL ^ symbol
    two = light & light << 1
    four = two & two << 2
    ends = symbol & symbol << 2
    found = ends & ends << 4 & symbol << 3 & (light & light << 4) << 1 & (four << 7 | four >> 4)
    return 40 * found.bit_count()
