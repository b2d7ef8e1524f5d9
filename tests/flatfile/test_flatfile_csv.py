"""CSV files: strict RFC 4180 without line breaks in cells, columns exactly as the layout names them."""

import pytest
from flat_file import read
from flatfile_layouts import CSV_LINES, comma, csv_bytes, put, refused

COLUMNS, ROW_1, ROW_2, TRAILER = CSV_LINES


def keys(tmp_path, *lines):
    return refused(lambda: read(put(tmp_path, csv_bytes(*lines), "bad.csv"), comma()))


def test_a_good_file(tmp_path):
    file = read(put(tmp_path, csv_bytes(*CSV_LINES)), comma())
    assert [record["name"] for record in file.records] == ["佐藤　太郎", "鈴木　花子"]
    assert (file.records[0].line, file.records[1]["day"]) == (2, None)


def test_quoted_cells(tmp_path):
    row = '"2","0001",1200,"山田, ""太郎""",'
    file = read(put(tmp_path, csv_bytes(COLUMNS, row, ROW_2, TRAILER)), comma())
    assert file.records[0]["name"] == '山田, "太郎"'


def test_variation_selectors_and_plane_2_stay_as_given(tmp_path):
    name = "渡邉\U000e010f　𠮷"
    file = read(put(tmp_path, csv_bytes(COLUMNS, ROW_1.replace("佐藤　太郎", name), ROW_2, TRAILER)), comma())
    assert file.records[0]["name"] == name


@pytest.mark.parametrize(
    ("row", "key", "where"),
    [
        ('2,0001,1200,"佐藤,20260601', "flatfile.csv-quotes", "bad.csv:2"),
        ('2,0001,1200,佐"藤,20260601', "flatfile.csv-quotes", "bad.csv:2"),
        ('2,0001,1200,"佐"藤,20260601', "flatfile.csv-quotes", "bad.csv:2"),
        ("2,0001,1200,佐藤,20260601,個人番号", "flatfile.csv-surplus-columns", "bad.csv:2"),
        ("2,0001,1200,佐藤", "flatfile.csv-missing-columns", "bad.csv:2"),
        ("2,0001,1200,佐藤\u202e,20260601", "flatfile.control-character", "bad.csv:2:name"),
        ("2,0001,1200,佐\ufffd,20260601", "flatfile.control-character", "bad.csv:2:name"),
        ("2,0001,1200,佐\t藤,20260601", "flatfile.control-character", "bad.csv:2:name"),
        ("2,001,1200,佐藤,20260601", "flatfile.not-digits", "bad.csv:2:number"),
        ("2,0001,１２００,佐藤,20260601", "flatfile.not-a-number", "bad.csv:2:yen"),
        (f"2,0001,1200,{'寿' * 21},20260601", "flatfile.text-too-long", "bad.csv:2:name"),
        ("2,0001,1200,佐藤,20261301", "flatfile.not-a-date", "bad.csv:2:day"),
        ("5,0001,1200,佐藤,", "flatfile.unknown-record", "bad.csv:2"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, row, key, where):
    assert (key, where) in keys(tmp_path, COLUMNS, row, ROW_2, TRAILER)


def test_all_faults_come_in_one_pass(tmp_path):
    found = keys(tmp_path, COLUMNS, "2,X,1200,,20260601", "2,0002,800,鈴木,20260631", "8,3,2000")
    assert found == [
        ("flatfile.not-digits", "bad.csv:2:number"),
        ("flatfile.missing", "bad.csv:2:name"),
        ("flatfile.not-a-date", "bad.csv:3:day"),
        ("flatfile.count-differs", "bad.csv:4:count"),
    ]


def test_a_blank_line(tmp_path):
    found = keys(tmp_path, COLUMNS, ROW_1, "", ROW_2, TRAILER)
    assert ("flatfile.blank-line", "bad.csv:3") in found


def test_the_row_of_column_names(tmp_path):
    assert keys(tmp_path, ROW_1, ROW_2, TRAILER) == [("flatfile.csv-columns-missing", "bad.csv:1")]
    renamed = keys(tmp_path, COLUMNS.replace("氏名", "名前"), ROW_1, ROW_2, TRAILER)
    assert renamed == [("flatfile.csv-columns", "bad.csv:1")]
    surplus = keys(tmp_path, COLUMNS + ",個人番号", ROW_1, ROW_2, TRAILER)
    assert surplus == [("flatfile.csv-columns", "bad.csv:1")]


def test_the_byte_order_mark_is_as_the_layout_says(tmp_path):
    with_mark = put(tmp_path, b"\xef\xbb\xbf" + csv_bytes(*CSV_LINES), "mark.csv")
    without = put(tmp_path, csv_bytes(*CSV_LINES), "plain.csv")
    assert len(read(with_mark, comma(bom=True)).records) == 2
    assert refused(lambda: read(with_mark, comma())) == [("flatfile.bom-unexpected", "mark.csv:1")]
    assert refused(lambda: read(without, comma(bom=True))) == [("flatfile.bom-missing", "plain.csv:1")]


def test_cp932_given_as_utf8_is_one_clear_sentence(tmp_path):
    path = put(tmp_path, "\n".join(CSV_LINES).encode("cp932"), "bad.csv")
    assert refused(lambda: read(path, comma())) == [("flatfile.wrong-encoding", "bad.csv")]


def test_one_broken_byte_is_a_fault_of_its_field(tmp_path):
    content = csv_bytes(*CSV_LINES).replace("藤".encode(), b"\x93")
    path = put(tmp_path, content, "bad.csv")
    assert refused(lambda: read(path, comma())) == [("flatfile.undecodable", "bad.csv:2:name")]


def test_truncated_in_the_last_line(tmp_path):
    path = put(tmp_path, csv_bytes(*CSV_LINES)[:-7], "bad.csv")
    assert refused(lambda: read(path, comma())) == [("flatfile.csv-missing-columns", "bad.csv:4")]


def test_data_behind_the_trailer(tmp_path):
    assert keys(tmp_path, *CSV_LINES, ROW_1) == [("flatfile.record-after-trailer", "bad.csv:5")]
    assert keys(tmp_path, *CSV_LINES, "garbage") == [("flatfile.record-after-end", "bad.csv:5")]


def test_a_long_line_is_one_fault(tmp_path):
    path = put(tmp_path, csv_bytes(COLUMNS, "2," + "9" * 200_000, ROW_2, TRAILER), "bad.csv")
    assert ("flatfile.record-too-long", "bad.csv:2") in refused(lambda: read(path, comma()))
