"""Postal order 郵便順 and postal class: what the post office sorts by, decided before pieces get their numbers.

区内特別郵便 groups the ward's own post codes (print-outsourcing practice: separate envelopes for 区内特別 and the rest); within
a class pieces follow the seven digits, whose leading five are the delivering office.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LOCAL = "区内特別"
OTHER = "一般"


@dataclass(frozen=True, order=True)
class PostalKey:
    """Sort key of a piece: class, post code, address, then the payer so that the order is total."""

    postal_class_rank: int
    postcode: str
    address: str
    building: str
    payer_key: str


def postal_class(postcode: str, local_postcodes: Sequence[str]) -> str:
    """区内特別 when the post code is the ward's own."""
    return LOCAL if postcode.startswith(tuple(local_postcodes)) else OTHER


def postal_key(postcode: str, address: str, building: str, payer_key: str, local_postcodes: Sequence[str]) -> PostalKey:
    """Where the piece stands in postal order."""
    rank = 0 if postal_class(postcode, local_postcodes) == LOCAL else 1
    return PostalKey(rank, postcode, address, building, payer_key)
