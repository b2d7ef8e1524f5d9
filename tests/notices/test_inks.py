"""What is stored of a mark is checked again before it is drawn: a ledger that somebody mended by hand prints nothing wrong."""

from datetime import date

import pytest

from barcodes.elqr import ElQr
from barcodes.rules import MarkError
from print_service.notices.marks import inks
from print_service.press.forms import load_form

CVS = "91912345000020250600001234567026063000482002"
EL_QR = ElQr(
    48_200, "010", "08010000123456012345", "123456", "13199", "000", 2026, 2026, "01", date(2026, 6, 30), date(2026, 8, 31)
).payload()  # fmt: skip


def drawn(**marks):
    document = {"marks": {"cvs": None, "el_qr": None, "customer": None, **marks}}
    return inks(load_form("payment_slip", date(2026, 6, 5)), document, "R08-N01", 1, 1, 1)


def test_every_mark_that_is_stored_is_drawn():
    assert set(drawn(cvs=CVS, el_qr=EL_QR)) == {"piece_mark", "cvs", "el_qr"}
    assert set(drawn()) == {"piece_mark"}


@pytest.mark.parametrize(
    ("marks", "key"),
    [
        ({"cvs": CVS[:-1] + "0"}, "slip.check-digit"),
        ({"cvs": CVS[:-1]}, "slip.digits"),
        ({"el_qr": EL_QR[:-5] + "99999"}, "elqr.crc"),
        ({"customer": "26300233ー30"}, "customer.digits"),
    ],
)
def test_a_stored_mark_that_is_none_is_refused(marks, key):
    with pytest.raises(MarkError) as caught:
        drawn(**marks)
    assert caught.value.key == key
