"""The synthetic agency's file passes the reader it is made for, and tells what the visits say."""

from datetime import date

import pytest

from barcodes.digits import modulo10
from print_service.collection.read import read_payments
from print_service.demo.payments import LAYOUT, Visit, write_payment_file


def slip(number, amount=32_500):
    body = f"91999999000000801{number:012d}0260831{0}{amount:06d}"
    assert len(body) == 43
    return body + str(modulo10(body))


def visits():
    outcomes = ("provisional", "confirmed", "cancelled") * 4
    return [Visit(slip(n), 32_500, date(2026, 7, 1 + n), outcome) for n, outcome in enumerate(outcomes)]


def test_the_file_reads_back_as_the_visits(tmp_path):
    path = tmp_path / "pay.dat"
    count = write_payment_file(path, visits(), seed=1, covered_to=date(2026, 7, 20))
    file = read_payments(path, LAYOUT, date(2026, 9, 1))
    assert (len(file.records), file.covered_to) == (count, date(2026, 7, 20))
    told = {}
    for record in file.records:
        told.setdefault(record.reference, []).append(record.kind)
        assert record.data_date <= file.covered_to
    for visit in visits():
        expected = ["provisional"] if visit.outcome == "provisional" else ["provisional", visit.outcome]
        assert told[visit.digits44] == expected


def test_same_seed_same_bytes(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_payment_file(tmp_path / name, visits(), seed=seed, covered_to=date(2026, 7, 20))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_nobody_pays(tmp_path):
    assert write_payment_file(tmp_path / "pay.dat", [], seed=1, covered_to=date(2026, 7, 20)) == 0
    assert read_payments(tmp_path / "pay.dat", LAYOUT, date(2026, 9, 1)).records == ()


@pytest.mark.parametrize(
    "visit",
    [
        Visit(slip(1), 32_400, date(2026, 7, 1), "confirmed"),
        Visit(slip(1), 32_500, date(2026, 7, 21), "confirmed"),
    ],
)
def test_a_visit_that_cannot_be(tmp_path, visit):
    with pytest.raises(ValueError, match="visit 0"):
        write_payment_file(tmp_path / "pay.dat", [visit], seed=1, covered_to=date(2026, 7, 20))
