"""Payment files of convenience stores, variant A: what is read, and each fault of a record by name."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barcodes.digits import modulo10
from print_service.collection.read import read_payments
from print_service.findings import RefusedError

# 91 + 9 + 99999 + 00000 + free key 16 + re-issue + pay-by + stamp + amount + check digit, the latter by hand-run of the rule.
BODY = "91" + "9" + "99999" + "00000" + "0801000012345601" + "0" + "260831" + "0" + "032500"
DIGITS = BODY + str(modulo10(BODY))
ON = date(2026, 9, 1)


def header(day="20260715"):
    return f"1{day}9999900000".ljust(120)


def data(kind="01", digits=DIGITS, day="20260710", transfer="00000000"):
    text = f"2{kind}{day}0930{digits}" + "   " + "1234567" + day + transfer + " " * 8 + "00000000" + "0001"
    return text.ljust(120)


def trailer(*amounts):
    return f"8{len(amounts):07d}{sum(amounts):012d}".ljust(120)


def put(tmp_path, *records):
    path = tmp_path / "pay.dat"
    path.write_bytes(b"".join(record.encode("cp932") + b"\r\n" for record in records))
    return path


def refused(path, layout="cvs-payments-a"):
    with pytest.raises(RefusedError) as refusal:
        read_payments(path, layout, ON)
    assert all(finding.sentence for finding in refusal.value.findings)
    return [(finding.key, finding.where) for finding in refusal.value.findings]


@pytest.mark.parametrize(
    "digits",
    [
        "91" + "912345" + "0123456789012345678901" + "010331" + "0" + "123000" + "3",
        "91" + "942386" + "1789539178539356927301" + "030731" + "1" + "031290" + "3",
    ],
)
def test_the_check_digit_of_published_bar_codes(digits):
    """Two vectors of public programs for 標準料金代理収納."""
    assert len(digits) == 44
    assert modulo10(digits[:-1]) == int(digits[-1])


@given(st.from_regex(r"[0-9]{43}", fullmatch=True), st.integers(0, 42), st.integers(1, 9))
def test_the_check_digit_finds_every_single_error(body, place, shift):
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]
    assert modulo10(body) != modulo10(wrong)


def test_a_file_of_all_three_kinds(tmp_path):
    records = [data("01"), data("02", transfer="20260720"), data("03")]
    path = put(tmp_path, header(), *records, trailer(32_500, 32_500, 32_500), "90000003".ljust(120))
    file = read_payments(path, "cvs-payments-a", ON)
    assert [payment.kind for payment in file.records] == ["provisional", "confirmed", "cancelled"]
    first, second, _ = file.records
    assert (first.line, first.reference, first.amount, first.store) == (2, DIGITS, 32_500, "0001-1234567")
    assert (first.collected_on, first.collected_at) == (date(2026, 7, 10), time(9, 30))
    assert (first.funds_on, second.funds_on) == (None, date(2026, 7, 20))
    assert (file.channel, file.covered_to) == ("convenience-store", date(2026, 7, 15))


def test_several_groups_and_an_empty_one(tmp_path):
    groups = [header("20260714"), trailer(), header(), data(), trailer(32_500)]
    file = read_payments(put(tmp_path, *groups, "90000001".ljust(120)), "cvs-payments-a", ON)
    assert (len(file.records), file.covered_to) == (1, date(2026, 7, 15))


def test_all_faults_of_a_file_in_one_pass(tmp_path):
    wrong = DIGITS[:-1] + str((int(DIGITS[-1]) + 1) % 10)
    records = [data(digits=wrong), data("04"), data(day="20260716"), data(transfer="20260709")]
    path = put(tmp_path, header(), *records, trailer(1), "90000004".ljust(120))
    assert refused(path) == [
        ("collection-file.check-digit", "pay.dat:2:check_digit"),
        ("flatfile.code-unknown", "pay.dat:3:data_kind"),
        ("collection-file.collected-after-file", "pay.dat:4:collected_on"),
        ("collection-file.transfer-before-payment", "pay.dat:5:transfer_date"),
        ("flatfile.count-differs", "pay.dat:6:record_count"),
        ("flatfile.sum-differs", "pay.dat:6:amount_total"),
    ]


def test_a_bar_code_that_is_no_91_code(tmp_path):
    path = put(tmp_path, header(), data(digits="92" + DIGITS[2:]), trailer(32_500), "90000001".ljust(120))
    assert refused(path) == [("flatfile.const-differs", "pay.dat:2:ai")]


def test_a_layout_of_another_subject(tmp_path):
    path = put(tmp_path, header())
    assert refused(path, "resident-tax-host") == [("collection-file.layout-subject", "resident-tax-host")]
