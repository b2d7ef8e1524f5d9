"""Reed–Solomon check codewords over GF(256), and why a matrix symbol can be looked up instead of drawn.

Under `qr` and `ecc200`. Check codewords, interleaving and placement are linear over GF(2): the modules of a symbol are the exclusive or
of what each data codeword contributes alone. So a table holds, for each place and each of its 256 values, one integer of all modules;
it is filled from what single bits contribute. Source: ISO/IEC 18004 and ISO/IEC 16022, annexes on error detection and correction.
"""

from collections.abc import Sequence
from functools import cache


def check_codewords(data: Sequence[int], count: int, polynomial: int, first_root: int) -> list[int]:
    """The `count` check codewords of `data`: field polynomial as bits, generator roots from 2 to the `first_root` on."""
    feedback = _feedback(count, polynomial, first_root)
    remainder = [0] * count
    for codeword in data:
        first, *rest = remainder
        remainder = [kept ^ fed for kept, fed in zip([*rest, 0], feedback[codeword ^ first], strict=True)]
    return remainder


@cache
def _feedback(count: int, polynomial: int, first_root: int) -> tuple[tuple[int, ...], ...]:
    """What one step of the division takes off the remainder, for each of the 256 factors."""
    powers = [1]
    for _ in range(254):
        doubled = powers[-1] << 1
        powers.append(doubled ^ polynomial if doubled > 255 else doubled)
    logarithms = {value: place for place, value in enumerate(powers)}

    def product(left: int, right: int) -> int:
        return powers[(logarithms[left] + logarithms[right]) % 255] if left and right else 0

    generator = [1]
    for root in range(first_root, first_root + count):
        scaled = [product(each, powers[root]) for each in generator]
        generator = [high ^ low for high, low in zip([*generator, 0], [0, *scaled], strict=True)]
    return tuple(tuple(product(factor, weight) for weight in generator[1:]) for factor in range(256))


def combinations(bits: Sequence[int]) -> tuple[int, ...]:
    """For every value of a codeword the exclusive or of its bits' integers; `bits` from the highest bit to the lowest."""
    found = [0]
    for bit in reversed(bits):
        found.extend([each ^ bit for each in found])
    return tuple(found)
