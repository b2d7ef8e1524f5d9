"""Seeded bytes in place of the machine's randomness, for the demonstration only: the same seed gives the same passphrases and
salts, so that two demonstrations can be compared byte for byte. Never use it for real data: who knows the seed knows all.
"""

import hashlib
from collections.abc import Callable


def seeded(seed: int, label: str) -> Callable[[int], bytes]:
    """A source of bytes: SHAKE-256 over seed, label and a running number."""
    count = 0

    def entropy(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed}|{label}|{count}".encode()).digest(size)

    return entropy
