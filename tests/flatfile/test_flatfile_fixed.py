"""Fixed-length files: what is read, and every bad file of the intake issue by name (key, file:line:field)."""

import gzip
import io
import tracemalloc
import zipfile
from datetime import date, time

import pytest
from flat_file import read
from flatfile_layouts import END, GOOD, HEADER, ROW_1, ROW_2, TRAILER, fixed, fixed_bytes, put, refused

from print_service.findings import RefusedError


def keys(tmp_path, content, **limits):
    return refused(lambda: read(put(tmp_path, content), fixed(), **limits))


def replaced(row, at, text):
    raw = row if isinstance(row, bytes) else row.encode("cp932")
    new = text if isinstance(text, bytes) else text.encode("cp932")
    return raw[:at] + new + raw[at + len(new) :]


def file_with(row_1, *, sum_=TRAILER):
    lines = [HEADER.encode(), row_1, ROW_2.encode("cp932"), sum_.encode(), END.encode()]
    return b"".join(line + b"\r\n" for line in lines)


def test_a_good_file_gives_typed_values(tmp_path):
    content = fixed_bytes(*GOOD)
    file = read(put(tmp_path, content), fixed())
    assert file.records[0].as_dict() == {
        "kind": "2",
        "number": "0001",
        "yen": 1200,
        "name": "佐藤　太郎",
        "note": "",
        "day": date(2026, 6, 1),
        "way": "slip",
        "year": 2026,
        "hour": time(9, 30),
    }
    assert file.records[1]["day"] is None
    assert file.header["made_on"] == date(2026, 4, 1)  # 5080401 is 令和8年4月1日
    assert (file.trailer["count"], file.size, file.records[0].line) == (2, len(content), 2)


def test_the_last_record_may_lack_its_line_end(tmp_path):
    assert len(read(put(tmp_path, fixed_bytes(*GOOD)[:-2]), fixed()).records) == 2


def test_records_without_line_ends(tmp_path):
    content = fixed_bytes(*GOOD, end=b"")
    assert len(read(put(tmp_path, content), fixed(newline="none")).records) == 2
    assert refused(lambda: read(put(tmp_path, content[:-1]), fixed(newline="none"))) == [
        ("flatfile.truncated", "bad.dat:5")
    ]


@pytest.mark.parametrize(
    ("at", "text", "key", "field"),
    [
        (1, "00A1", "flatfile.not-digits", "number"),
        (1, "    ", "flatfile.missing", "number"),
        (5, "   1200", "flatfile.not-a-number", "yen"),
        (5, "-000120", "flatfile.not-a-number", "yen"),
        (12, b"\x8d ", "flatfile.undecodable", "name"),
        (12, b"\x07", "flatfile.control-character", "name"),
        (12, b"\x1b$B", "flatfile.control-character", "name"),
        (12, b"\xa0", "flatfile.control-character", "name"),
        (12, b"\x80", "flatfile.control-character", "name"),
        (12, " " * 20, "flatfile.missing", "name"),
        (42, "20260229", "flatfile.not-a-date", "day"),
        (50, "3", "flatfile.code-unknown", "way"),
        (51, "608", "flatfile.era-unknown", "year"),
        (51, "432", "flatfile.era-out-of-range", "year"),
        (51, "500", "flatfile.era-out-of-range", "year"),
        (54, "2460", "flatfile.not-a-time", "hour"),
        (58, "AB", "flatfile.filler-not-blank", "rest"),
    ],
)
def test_a_faulty_field_is_named(tmp_path, at, text, key, field):
    found = keys(tmp_path, file_with(replaced(ROW_1, at, text)))
    assert found == [(key, f"bad.dat:2:{field}")]


def test_an_era_date_before_its_era_is_refused(tmp_path):
    content = fixed_bytes(HEADER.replace("5080401", "5010430"), *GOOD[1:])
    assert keys(tmp_path, content) == [("flatfile.era-out-of-range", "bad.dat:1:made_on")]


def test_a_double_byte_character_cut_by_the_field_end(tmp_path):
    shifted = replaced(ROW_1, 31, "佐".encode("cp932"))
    assert keys(tmp_path, file_with(shifted)) == [("flatfile.undecodable", "bad.dat:2:name")]


def test_all_faults_come_in_one_pass(tmp_path):
    first = replaced(replaced(ROW_1, 1, "00A1"), 50, "3")
    content = b"".join(
        line + b"\r\n"
        for line in (HEADER.encode(), first, replaced(ROW_2, 12, b"\x00"), b"80003000002001".ljust(60), END.encode())
    )
    assert keys(tmp_path, content) == [
        ("flatfile.not-digits", "bad.dat:2:number"),
        ("flatfile.code-unknown", "bad.dat:2:way"),
        ("flatfile.control-character", "bad.dat:3:name"),
        ("flatfile.count-differs", "bad.dat:4:count"),
        ("flatfile.sum-differs", "bad.dat:4:sum"),
    ]


def test_a_sum_with_an_unreadable_summand_is_not_a_second_fault(tmp_path):
    assert keys(tmp_path, file_with(replaced(ROW_1, 5, "12 0000"))) == [("flatfile.not-a-number", "bad.dat:2:yen")]


def test_a_personal_name_never_stands_in_a_sentence(tmp_path):
    with pytest.raises(RefusedError) as refusal:
        read(put(tmp_path, file_with(replaced(ROW_1, 31, b"\x8d"))), fixed())
    assert "佐藤" not in str(refusal.value)


def test_many_faults_are_capped_and_the_rest_counted(tmp_path):
    rows = [ROW_1.replace("0930", "9930")] * 1_500
    content = fixed_bytes(HEADER, *rows, "81500001800000".ljust(60), "91500".ljust(60))
    with pytest.raises(RefusedError) as refusal:
        read(put(tmp_path, content), fixed())
    assert len(refusal.value.findings) == 1_001
    assert refusal.value.findings[-1].key == "flatfile.more-faults"
    assert refusal.value.findings[-1].values == {"more": 500}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((ROW_1, ROW_2, TRAILER, END), [("flatfile.header-missing", "bad.dat:1")]),
        ((HEADER, ROW_1, ROW_2, END), [("flatfile.trailer-missing", "bad.dat:4")]),
        ((HEADER, ROW_1, ROW_2, TRAILER), [("flatfile.end-missing", "bad.dat:4")]),
        (
            (HEADER, ROW_1, ROW_2),
            [("flatfile.trailer-missing", "bad.dat:3"), ("flatfile.end-missing", "bad.dat:3")],
        ),
        ((HEADER, HEADER, ROW_1, ROW_2, TRAILER, END), [("flatfile.header-repeated", "bad.dat:2")]),
        ((HEADER, ROW_1, ROW_2, TRAILER, TRAILER, END), [("flatfile.trailer-repeated", "bad.dat:5")]),
        ((HEADER, ROW_1, ROW_2, TRAILER, ROW_1, END), [("flatfile.record-after-trailer", "bad.dat:5")]),
        ((HEADER, ROW_1, ROW_2, TRAILER, END, ROW_1), [("flatfile.record-after-end", "bad.dat:6")]),
        ((HEADER, ROW_1, ROW_2, TRAILER, END, "X".ljust(60)), [("flatfile.record-after-end", "bad.dat:6")]),
        ((HEADER, "5".ljust(60), ROW_1, ROW_2, TRAILER, END), [("flatfile.unknown-record", "bad.dat:2")]),
        (
            (HEADER, "80000000000000".ljust(60), "90000".ljust(60)),
            [("flatfile.no-data", "bad.dat:3")],
        ),
        (
            (HEADER, ROW_1, TRAILER, END),
            [
                ("flatfile.count-differs", "bad.dat:3:count"),
                ("flatfile.sum-differs", "bad.dat:3:sum"),
                ("flatfile.count-differs", "bad.dat:4:count"),
            ],
        ),
    ],
)
def test_the_order_of_records_and_the_totals(tmp_path, records, expected):
    assert keys(tmp_path, fixed_bytes(*records)) == expected


def test_a_second_header_without_a_header_first(tmp_path):
    assert keys(tmp_path, fixed_bytes(ROW_1, HEADER, ROW_2, TRAILER, END)) == [
        ("flatfile.header-missing", "bad.dat:1"),
        ("flatfile.data-before-header", "bad.dat:2"),
    ]


def test_several_groups_only_where_the_layout_allows_them(tmp_path):
    one = (HEADER, ROW_1, ("8" + "0001" + "000001200").ljust(60))
    two = (HEADER, ROW_2, ("8" + "0001" + "000000800").ljust(60))
    path = put(tmp_path, fixed_bytes(*one, *two, END))
    file = read(path, fixed(many_groups=True))
    assert [len(group.records) for group in file.groups] == [1, 1]
    assert [record["number"] for record in file.records] == ["0001", "0002"]
    assert ("flatfile.header-repeated", "bad.dat:4") in refused(lambda: read(path, fixed()))


def test_truncated_last_record(tmp_path):
    assert keys(tmp_path, fixed_bytes(*GOOD)[:-30]) == [("flatfile.truncated", "bad.dat:5")]


def test_truncated_in_the_middle_of_the_data(tmp_path):
    assert keys(tmp_path, fixed_bytes(*GOOD[:2])[:-9]) == [
        ("flatfile.truncated", "bad.dat:2"),
        ("flatfile.trailer-missing", "bad.dat:2"),
        ("flatfile.end-missing", "bad.dat:2"),
    ]


def test_a_stray_line_feed_breaks_its_record_in_two(tmp_path):
    found = keys(tmp_path, file_with(replaced(ROW_1, 36, b"\n")))
    assert ("flatfile.record-length", "bad.dat:2") in found
    assert ("flatfile.record-length", "bad.dat:3") in found


def test_a_record_of_another_length(tmp_path):
    assert keys(tmp_path, fixed_bytes(HEADER, ROW_1 + " ", ROW_2, TRAILER, END)) == [
        ("flatfile.record-length", "bad.dat:2")
    ]


def test_line_ends_changed_in_transfer(tmp_path):
    found = keys(tmp_path, fixed_bytes(*GOOD, end=b"\n"))
    assert found == [("flatfile.newline", f"bad.dat:{line}") for line in range(1, 6)]


def test_utf8_given_as_cp932_is_one_clear_sentence(tmp_path):
    content = "".join(record + "\r\n" for record in GOOD).encode()
    assert keys(tmp_path, content) == [("flatfile.wrong-encoding", "bad.dat")]


def test_utf16_is_one_clear_sentence(tmp_path):
    assert keys(tmp_path, "".join(GOOD).encode("utf-16")) == [("flatfile.wrong-encoding", "bad.dat")]


def test_an_empty_file(tmp_path):
    assert keys(tmp_path, b"") == [("flatfile.empty", "bad.dat")]


def test_a_file_of_nuls(tmp_path):
    assert keys(tmp_path, bytes(1_000_000)) == [("flatfile.nul-bytes", "bad.dat")]


def test_a_zip_bombs_worth_of_nothing(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("host.dat", bytes(20_000_000))
    for content in (gzip.compress(bytes(20_000_000)), packed.getvalue()):
        assert keys(tmp_path, content) == [("flatfile.not-text", "bad.dat")]


def test_a_sparse_giant_is_refused_by_its_size(tmp_path):
    path = tmp_path / "bad.dat"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)
    assert refused(lambda: read(path, fixed())) == [("flatfile.too-large", "bad.dat")]


def test_a_hundred_megabytes_of_one_line_cost_no_memory(tmp_path):
    path = tmp_path / "bad.dat"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"2" * 1024**2)
    tracemalloc.start()
    found = refused(lambda: read(path, fixed()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0] == ("flatfile.record-too-long", "bad.dat:1")
    assert peak < 8 * 1024**2


def test_what_is_not_a_file(tmp_path):
    assert refused(lambda: read(tmp_path, fixed())) == [("flatfile.unreadable", tmp_path.name)]
    assert refused(lambda: read(tmp_path / "absent.dat", fixed())) == [("flatfile.unreadable", "absent.dat")]
