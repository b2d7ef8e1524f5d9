"""Files of the other channels byte by byte: what is read from them, and what each refuses."""

from datetime import date, time

import pytest

from barcodes.payeasy import LowerBody, LowerLayout, UpperBody, lower_line, upper_line
from print_service.collection.read import read_payments
from print_service.findings import RefusedError

ON = date(2026, 9, 1)
# 91 + 9 + 99999 + 00000 + sixteen digits + re-issue + pay-by + stamp + amount; check digit 8 by hand-run of weights 3-1.
BAR_CODE = "91999999" + "00000" + "0801002601000012" + "0" + "260831" + "0" + "032500"


def check(digits):
    """The check digit, worked out beside the code under test."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def put(tmp_path, *lines, encoding="cp932"):
    path = tmp_path / "pay.dat"
    path.write_bytes(b"".join(line.encode(encoding) + b"\r\n" for line in lines))
    return path


def refused(path, layout):
    with pytest.raises(RefusedError) as refusal:
        read_payments(path, layout, ON)
    assert all(finding.sentence for finding in refusal.value.findings)
    return [(finding.key, finding.where) for finding in refusal.value.findings]


# 全銀: offsets as banks publish them for 預金口座振替


def debit_header(day="0630"):
    return (
        "1910"
        "0000013199" + "ﾐﾎﾝｸ".ljust(40) + day + "9999" + "ﾐﾎﾝ".ljust(15) + "001" + " " * 15 + "1" + "0000000" + " " * 17
    )


def debit(amount=12_000, result="0", customer="20260126010000011000"):
    account = "9999" + "ﾐﾎﾝ".ljust(15) + "001" + "ﾐﾎﾝﾁﾖｳ".ljust(15) + "    " + "1" + "1234567" + "ﾀｶｻｷ ﾀﾛｳ".ljust(30)
    return "2" + account + f"{amount:010d}" + "0" + customer + result + " " * 8


def debit_trailer(*records):
    def total(chosen):
        amounts = [int(record[80:90]) for record in chosen]
        return f"{len(amounts):06d}{sum(amounts):012d}"

    paid = [record for record in records if record[111] == "0"]
    failed = [record for record in records if record[111] != "0"]
    return ("8" + total(records) + total(paid) + total(failed)).ljust(120)


END = "9".ljust(120)


def test_direct_debits_paid_and_failed(tmp_path):
    records = [debit(), debit(8_000, "1", "20260126010000012000")]
    assert {len(record) for record in (debit_header(), *records)} == {120}
    file = read_payments(
        put(tmp_path, debit_header(), *records, debit_trailer(*records), END), "direct-debit-results", ON
    )
    first, second = file.records
    assert (first.kind, first.reference, first.collected_on, first.amount) == (
        "confirmed",
        "dd-2026-01-2601000001-1",
        date(2026, 6, 30),
        12_000,
    )
    assert (second.kind, second.remark) == ("failed", "short")
    assert file.covered_to == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("on", "year"), [(date(2026, 7, 1), 2026), (date(2026, 6, 30), 2026), (date(2026, 6, 29), 2025)]
)
def test_a_day_without_a_year_is_the_latest_such_day(tmp_path, on, year):
    path = put(tmp_path, debit_header(), debit(), debit_trailer(debit()), END)
    assert read_payments(path, "direct-debit-results", on).covered_to == date(year, 6, 30)


def test_a_debit_day_that_is_none(tmp_path):
    path = put(tmp_path, debit_header("0231"), debit(), debit_trailer(debit()), END)
    assert refused(path, "direct-debit-results") == [("collection-file.debit-day", "pay.dat:1:debit_day")]


def test_the_banks_own_totals_of_paid_and_failed_must_agree(tmp_path):
    """One debit failed, and the trailer counts it among the paid."""
    wrong = debit_trailer(debit(), debit())
    path = put(tmp_path, debit_header(), debit(), debit(result="9"), wrong, END)
    assert refused(path, "direct-debit-results") == [
        (f"flatfile.{key}-differs", f"pay.dat:4:{field}")
        for key, field in (
            ("count", "paid_count"),
            ("sum", "paid_total"),
            ("count", "failed_count"),
            ("sum", "failed_total"),
        )
    ]


# CSV of an agency's web service: thirteen columns


def web(kind="01", code=None, created="20260711", transfer="0", amount="32500"):
    code = check(BAR_CODE) if code is None else code
    return f"{kind},20260710,0930,EAN{code},080100,26010000120,0,{amount},001,見本ストア,0000123,{transfer},{created}"


def test_variant_c_tells_its_days_by_its_records(tmp_path):
    kinds = ["01", "02", "03", "12", "22", "81"]
    path = put(tmp_path, *(web(kind) for kind in kinds), web("02", created="20260714", transfer="20260720"))
    file = read_payments(path, "cvs-payments-c", ON)
    assert [record.kind for record in file.records] == [
        "provisional",
        "confirmed",
        "cancelled",
        "confirmed",
        "correction",
        "provisional",
        "confirmed",
    ]
    first = file.records[0]
    assert (first.reference, first.store, first.collected_at, first.funds_on) == (
        check(BAR_CODE),
        "001-0000123",
        time(9, 30),
        None,
    )
    assert (file.records[-1].funds_on, file.covered_to) == (date(2026, 7, 20), date(2026, 7, 14))


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (check(BAR_CODE)[:-1] + "x", "bar-code"),
        (check(BAR_CODE)[:-1], "bar-code"),
        ("92" + check(BAR_CODE)[2:], "bar-code"),
    ],
)
def test_a_bar_code_that_is_none(tmp_path, code, key):
    assert refused(put(tmp_path, web(code=code)), "cvs-payments-c") == [
        (f"collection-file.{key}", "pay.dat:1:bar_code")
    ]


def test_an_error_reply_is_no_file(tmp_path):
    path = put(tmp_path, "ERROR 401 password expired")
    assert refused(path, "cvs-payments-c") == [("collection-file.error-reply", "pay.dat")]


# A header that promises a number of records


def test_variant_d_holds_what_its_header_promises(tmp_path):
    code = check(BAR_CODE)
    data = [
        f"2,{n},{kind},20260710,0930,{code},32500,0,0001,,0000123,20260711,0,0,,," for n, kind in ((1, "1"), (2, "2"))
    ]
    header = "1,0000000001,3,20260715,{}"
    file = read_payments(put(tmp_path, header.format(2), *data), "cvs-payments-d", ON)
    assert ([record.kind for record in file.records], file.covered_to) == (
        ["provisional", "confirmed"],
        date(2026, 7, 15),
    )
    assert refused(put(tmp_path, header.format(3), *data), "cvs-payments-d") == [
        ("flatfile.count-differs", "pay.dat:1:record_count")
    ]


def test_pay_easys_header_promises_number_and_sum(tmp_path):
    header = "MPN HDR" + "01" + "13199" + "00913" + "20260715" * 2 + "00000000" + "{:07d}{:012d}" + "131990009999"
    data = "MPN DTL" + "0" + "13199" + "0801002601000012".ljust(20) + "123456" + "010" + "0001" + "123" + "01" + "00913"
    data += "20260710" + "093015" + "00000042" + "20260710" + f"{32_800:011d}" + f"{300:011d}" + "20260713" + "HMPN9001"
    path = put(tmp_path, header.format(1, 32_800).ljust(160), data.ljust(160))
    (record,) = read_payments(path, "pay-easy-payments", ON).records
    assert record.reference == "pe-13199-0801002601000012-123456-010"
    assert (record.serial, record.store) == ("00913-20260710-00000042", "0001-123-01")
    assert (record.amount, record.late_charge, record.remark, record.funds_on) == (
        32_800,
        300,
        "HMPN9001",
        date(2026, 7, 13),
    )
    wrong = put(tmp_path, header.format(2, 32_801).ljust(160), data.ljust(160))
    assert [key for key, _ in refused(wrong, "pay-easy-payments")] == ["flatfile.count-differs", "flatfile.sum-differs"]


def test_the_ocr_lines_of_a_paper_name_its_slip(tmp_path):
    """Lines made by the slip's own code, cut by the layout; a digit misread is found by its check digits."""
    upper = upper_line(UpperBody(agency="13199", category="010", levy_year="08", amount=32_500).body())
    lower = lower_line(LowerBody("0801002601000012", "123456", "000101", layout=LowerLayout(20, 6)).body())
    header = "1202607159999".ljust(160)
    data = (
        "2"
        + upper
        + lower
        + "9999"
        + "001"
        + "20260710"
        + "260710"
        + "00001"
        + f"{32_500:011d}"
        + f"{0:011d}"
        + "00000000"
    )
    trailer, end = ("8" + f"{1:07d}{32_500:012d}").ljust(160), "9".ljust(160)
    (record,) = read_payments(put(tmp_path, header, data.ljust(160), trailer, end), "bank-counter-payments", ON).records
    assert (record.reference, record.serial) == ("pe-13199-0801002601000012-123456-010", "260710-00001")
    misread = data[:80] + str((int(data[80]) + 1) % 10) + data[81:]
    assert refused(put(tmp_path, header, misread.ljust(160), trailer, end), "bank-counter-payments") == [
        ("collection-file.ocr-check", "pay.dat:2:lower_check")
    ]


def test_a_late_charge_is_part_of_the_amount(tmp_path):
    header = "12026071599000".ljust(120)
    data = (
        "21"
        + "1".rjust(16, "0")
        + "99000"
        + "0801002601000012".rjust(20, "0")
        + "123456"
        + "010"
        + "20260710"
        + "093015"
        + "01"
    )
    data += f"{300:011d}" + f"{301:011d}" + "20260711" + "20260713"
    path = put(tmp_path, header, data.ljust(120), ("8" + f"{1:07d}{300:012d}").ljust(120), END)
    assert refused(path, "el-qr-payments") == [("collection-file.late-charge", "pay.dat:2:late_charge")]
