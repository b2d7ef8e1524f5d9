"""The setting `press.bar_reduction`: every bar of the linear marks loses so many dots, the symbol keeps its box."""

import re
from datetime import date
from decimal import Decimal

from print_service.notices.marks import inks
from print_service.press.forms import load_form

# A published number with the ward's own length: any valid 44 digits will do (check digit by mod 10, weights 3-1).
DOCUMENT = {
    "marks": {
        "cvs": "91912345000020250600001234567026063000482002",
        "el_qr": None,
        "customer": "2630023" + "3-30-8-403",
    }
}


def drawn(form, reduction):
    return inks(load_form(form, date(2026, 6, 5)), DOCUMENT, "R08-N01", 1, 1, 1, bar_reduction=reduction)


def inked(ink):
    """Dots of width in all bars together: third number of each `re`."""
    return sum(Decimal(width) for width in re.findall(r"(?m)^\S+ \S+ (\S+) \S+ re$", ink.operators.decode()))


def test_each_of_the_79_bars_of_a_gs1_128_is_one_dot_narrower():
    plain, narrow = drawn("payment_slip", 0)["cvs"], drawn("payment_slip", 1)["cvs"]
    assert inked(plain) - inked(narrow) == 79
    assert (plain.width, plain.height) == (narrow.width, narrow.height)


def test_each_of_the_67_bars_of_a_customer_bar_code_too():
    plain, narrow = drawn("resident_tax", 0)["customer"], drawn("resident_tax", 1)["customer"]
    assert inked(plain) - inked(narrow) == 67


def test_the_piece_mark_is_a_matrix_and_stays_as_it_is():
    assert drawn("payment_slip", 2)["piece_mark"] == drawn("payment_slip", 0)["piece_mark"]
