"""The passphrase of one batch: generated, never invented, typed by a person from a sealed letter.

24 random symbols of 23 give 108.6 bits; 18 symbols of 54 (103 bits) is what PBKDF2 with the 1,000 rounds of AE-2
needs to stand against ten thousand graphics cards (hashcat mode 13600: 9 MH/s each). The alphabet has no two symbols
that look alike in print (no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, 6 G, U V), and its size is a prime, so one check symbol a
group finds every single wrong symbol, every exchange of two symbols in a group, and every exchange of two groups, and
names the group to look at. Stands before step 6 seal; only the verifier of a passphrase is ever stored.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable

from handover.rules import Fault, RefusalError, refuse_if

ALPHABET = "346789ACDEFHJKMNPRTVWXY"
GROUPS = 6
DATA_PER_GROUP = 4

_SIZE = len(ALPHABET)
_ACCEPT = 256 - 256 % _SIZE  # bytes from here on would favour the first symbols, so they are thrown away
_PATIENCE = 64  # draws; a sound source fails this with probability below 10^-500
_IGNORED = re.compile(r"[\s\-‐‑‒–—―−ーｰ]+")
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}  # 32 MiB, RFC 7914 §2
_SCRYPT_MEMORY = 64 * 1024 * 1024


def generate(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """A new passphrase `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`; the last symbol of each group is its check symbol.

    Refuses (`passphrase.entropy-broken`) a source of randomness that gives too few or always unusable bytes.
    """
    wanted = GROUPS * DATA_PER_GROUP
    digits: list[int] = []
    for _ in range(_PATIENCE):
        drawn = entropy(wanted)
        if len(drawn) != wanted:
            break
        digits += [byte % _SIZE for byte in drawn if byte < _ACCEPT]
        if len(digits) >= wanted:
            groups = (digits[i * DATA_PER_GROUP : (i + 1) * DATA_PER_GROUP] for i in range(GROUPS))
            return "-".join(_spell([*group, _check_digit(group, i)]) for i, group in enumerate(groups))
    raise RefusalError("passphrase.entropy-broken")


def check(text: str) -> str:
    """The passphrase in its one spelling, from text as typed (full-width, small letters, any or no hyphens and spaces).

    Refuses an empty text, symbols that never occur, a wrong length, and any group whose check symbol does not agree.
    """
    bare = _IGNORED.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not bare:
        raise RefusalError("passphrase.empty")
    width = DATA_PER_GROUP + 1
    foreign = [(place, symbol) for place, symbol in enumerate(bare) if symbol not in ALPHABET]
    refuse_if(
        Fault("passphrase.foreign-symbol", {"group": place // width + 1, "place": place % width + 1})
        for place, _ in foreign
    )
    if len(bare) != GROUPS * width:
        raise RefusalError("passphrase.wrong-length", found=len(bare), wanted=GROUPS * width)
    groups = [bare[i * width : (i + 1) * width] for i in range(GROUPS)]
    refuse_if(
        Fault("passphrase.typing-error", {"group": number + 1})
        for number, group in enumerate(groups)
        if ALPHABET.index(group[-1]) != _check_digit([ALPHABET.index(symbol) for symbol in group[:-1]], number)
    )
    return "-".join(groups)


def verifier(passphrase: str, salt: bytes) -> str:
    """What may be stored of a passphrase: `scrypt$<salt hex>$<hex>` (RFC 7914, N=2^15, r=8, p=1, 32 bytes).

    `salt`: at least 16 random bytes, fresh for each passphrase; refuses shorter ones.
    """
    if len(salt) < 16:
        raise RefusalError("passphrase.salt-short")
    digest = hashlib.scrypt(check(passphrase).encode("ascii"), salt=salt, maxmem=_SCRYPT_MEMORY, dklen=32, **_SCRYPT)
    return f"scrypt${salt.hex()}${digest.hex()}"


def _check_digit(group: list[int], number: int) -> int:
    # Distinct weights find an exchange within the group; the group's own number finds an exchange of groups.
    return (sum((place + 2) * digit for place, digit in enumerate(group)) + 7 * number) % _SIZE


def _spell(digits: list[int]) -> str:
    return "".join(ALPHABET[digit] for digit in digits)
