"""Square Data Matrix (ECC 200) of one region in the ASCII encodation, for marks that are printed by the hundred thousand.

Between `piece` and `ink`. Source: ISO/IEC 16022 (ASCII encodation and padding, sizes from 10 to 26 modules, symbol character
placement of its annex F). Other encodations are libzint's business: `matrix.data_matrix` asks it once for each shape of text whether
ASCII gives the symbol that it would make. Tables are as `galois` says.
"""

import re
from functools import cache, reduce
from operator import getitem, xor

from barcodes.galois import check_codewords, combinations

# Modules of a side with its finder: data and check codewords.
SIZES = {
    10: (3, 5),
    12: (5, 7),
    14: (8, 10),
    16: (12, 12),
    18: (18, 14),
    20: (22, 18),
    22: (30, 20),
    24: (36, 24),
    26: (44, 28),
}

_POLYNOMIAL, _FIRST_ROOT = 0x12D, 1
_PAD = 129
_CHARACTERS = re.compile("[0-9]{2}|.", re.DOTALL)
_CODEWORDS = {chr(code): code + 1 for code in range(128)} | {f"{pair:02d}": 130 + pair for pair in range(100)}


def codewords(text: str) -> list[int]:
    """The ASCII encodation: two digits are one codeword, any other ASCII character is one. Raises `KeyError` outside ASCII."""
    return [_CODEWORDS[part] for part in _CHARACTERS.findall(text)]


def packed(text: str) -> tuple[int, bytes]:
    """Side in modules and rows, each padded to whole bytes, of the smallest of `SIZES`.

    Raises `ValueError` for text that needs more than 44 codewords, `KeyError` outside ASCII.
    """
    data = codewords(text)
    side = next((side for side, (room, _) in SIZES.items() if room >= len(data)), None)
    if side is None:
        raise ValueError(f"{len(data)} codewords do not fit a Data Matrix of one region")
    base, contributions = _tables(side)
    if len(data) < len(contributions):
        data = [*data, *_padding(len(data), len(contributions))]
    symbol = reduce(xor, map(getitem, contributions, data), base)
    return side, symbol.to_bytes(side * _row_bytes(side))


def _row_bytes(side: int) -> int:
    return -(-side // 8)


@cache
def _padding(used: int, room: int) -> tuple[int, ...]:
    """The first pad as it is, the others randomised by their place (253-state algorithm)."""
    later = (_PAD + 149 * place % 253 + 1 for place in range(used + 2, room + 1))
    return (_PAD, *(each - 254 if each > 254 else each for each in later))


@cache
def _tables(side: int) -> tuple[int, tuple[tuple[int, ...], ...]]:
    room, count = SIZES[side]
    places = _placement(side - 2)
    row_bits = 8 * _row_bytes(side)

    def module(row: int, column: int) -> int:
        return 1 << (side - row) * row_bits - 1 - column

    def drawn(number: int, codeword: int) -> int:
        found = (place for bit, place in enumerate(places[number]) if codeword >> 7 - bit & 1)
        return reduce(xor, (module(row + 1, column + 1) for row, column in found), 0)

    base = 0
    for place in range(side):
        base |= module(place, 0) | module(side - 1, place)
        base |= module(0, place) if place % 2 == 0 else module(place, side - 1)
    covered = {place for eight in places for place in eight}
    if (side - 3, side - 3) not in covered:
        base |= module(side - 2, side - 2) | module(side - 3, side - 3)
    contributions = []
    for number in range(room):
        bits = []
        for value in (1 << bit for bit in range(7, -1, -1)):
            checks = check_codewords([value, *[0] * (room - 1 - number)], count, _POLYNOMIAL, _FIRST_ROOT)
            bits.append(reduce(xor, map(drawn, range(room, room + count), checks), drawn(number, value)))
        contributions.append(combinations(bits))
    return base, tuple(contributions)


_UTAH = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
# Rows and columns from the near edge, or with a minus from the far one; when each is used, `_corner` says.
_CORNERS = (
    ((-1, 0), (-1, 1), (-1, 2), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)),
    ((-3, 0), (-2, 0), (-1, 0), (0, -4), (0, -3), (0, -2), (0, -1), (1, -1)),
    ((-3, 0), (-2, 0), (-1, 0), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)),
    ((-1, 0), (-1, -1), (0, -3), (0, -2), (0, -1), (1, -3), (1, -2), (1, -1)),
)


def _corner(size: int, row: int, column: int) -> int | None:
    if column == 0 and row == size:
        return 0
    if column == 0 and row == size - 2 and size % 4:
        return 2 if size % 8 == 4 else 1
    return 3 if column == 2 and row == size + 4 and size % 8 == 0 else None


def _placement(size: int) -> list[list[tuple[int, int]]]:
    """Of each codeword the (row, column) of its eight bits, highest first, in a mapping matrix of `size`."""
    found: list[list[tuple[int, int]]] = []
    taken: set[tuple[int, int]] = set()

    def put(eight: list[tuple[int, int]]) -> None:
        found.append(eight)
        taken.update(eight)

    def utah(row: int, column: int) -> None:
        if 0 <= row < size and 0 <= column < size and (row, column) not in taken:
            put([_wrapped(row + down, column + right, size) for down, right in _UTAH])

    row, column = 4, 0
    while row < size or column < size:
        corner = _corner(size, row, column)
        if corner is not None:
            put([(down % size, right % size) for down, right in _CORNERS[corner]])
        while row >= 0 and column < size:
            utah(row, column)
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < size and column >= 0:
            utah(row, column)
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1
    return found


def _wrapped(row: int, column: int, size: int) -> tuple[int, int]:
    shift = 4 - (size + 4) % 8
    if row < 0:
        row, column = row + size, column + shift
    if column < 0:
        row, column = row + shift, column + size
    return row, column
