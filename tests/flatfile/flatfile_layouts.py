"""Two small layouts of the tests' own, and helpers that make bad files from good ones."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from print_service.findings import RefusedError
from print_service.flatfile.layout import Layout, parse_layout

_FIXED = """
name = "small"
title = "小さなファイル"
subject = "test"
encoding = "cp932"
format = "fixed"
newline = "crlf"
record_bytes = 60
kind_at = 0
[eras]
4 = { name = "平成", start = 1989-01-08, until = 2019-04-30 }
5 = { name = "令和", start = 2019-05-01 }
[[checks]]
in = "trailer"
field = "count"
[[checks]]
in = "trailer"
field = "sum"
sums = "yen"
[[checks]]
in = "end"
field = "count"
[[records]]
kind = "1"
role = "header"
fields = [
  { at = 0, width = 1, name = "kind", type = "const", value = "1", title = "区分" },
  { at = 1, width = 7, name = "made_on", type = "date", format = "eYYMMDD", title = "作成日" },
  { at = 8, width = 52, name = "rest", type = "filler", title = "予備" },
]
[[records]]
kind = "2"
role = "data"
fields = [
  { at = 0, width = 1, name = "kind", type = "const", value = "2", title = "区分" },
  { at = 1, width = 4, name = "number", type = "digits", title = "番号" },
  { at = 5, width = 7, name = "yen", type = "int", title = "金額" },
  { at = 12, width = 20, name = "name", type = "text", title = "氏名" },
  { at = 32, width = 10, name = "note", type = "text", required = false, title = "備考" },
  { at = 42, width = 8, name = "day", type = "date", format = "YYYYMMDD", required = false, title = "日付" },
  { at = 50, width = 1, name = "way", type = "code", codes = { 1 = "slip", 2 = "account" }, title = "方法" },
  { at = 51, width = 3, name = "year", type = "year", format = "eYY", title = "年度" },
  { at = 54, width = 4, name = "hour", type = "time", format = "HHMM", title = "時刻" },
  { at = 58, width = 2, name = "rest", type = "filler", title = "予備" },
]
[[records]]
kind = "8"
role = "trailer"
fields = [
  { at = 0, width = 1, name = "kind", type = "const", value = "8", title = "区分" },
  { at = 1, width = 4, name = "count", type = "int", title = "件数" },
  { at = 5, width = 9, name = "sum", type = "int", title = "合計" },
  { at = 14, width = 46, name = "rest", type = "filler", title = "予備" },
]
[[records]]
kind = "9"
role = "end"
fields = [
  { at = 0, width = 1, name = "kind", type = "const", value = "9", title = "区分" },
  { at = 1, width = 4, name = "count", type = "int", title = "全件数" },
  { at = 5, width = 55, name = "rest", type = "filler", title = "予備" },
]
"""
_CSV = """
name = "small-csv"
title = "小さなCSV"
subject = "test"
encoding = "utf-8"
format = "csv"
newline = "lf"
column_row = true
kind_at = 0
[[checks]]
in = "trailer"
field = "count"
[[checks]]
in = "trailer"
field = "sum"
sums = "yen"
[[records]]
kind = "2"
role = "data"
fields = [
  { width = 1, name = "kind", type = "const", value = "2", title = "区分" },
  { width = 4, name = "number", type = "digits", title = "番号" },
  { width = 7, name = "yen", type = "int", title = "金額" },
  { width = 20, name = "name", type = "text", title = "氏名" },
  { width = 8, name = "day", type = "date", format = "YYYYMMDD", required = false, title = "日付" },
]
[[records]]
kind = "8"
role = "trailer"
fields = [
  { width = 1, name = "kind", type = "const", value = "8", title = "区分" },
  { width = 4, name = "count", type = "int", title = "件数" },
  { width = 9, name = "sum", type = "int", title = "合計" },
]
"""
HEADER = "15080401".ljust(60)
ROW_1 = "2" + "0001" + "0001200" + "佐藤　太郎".ljust(15) + " " * 10 + "20260601" + "1" + "508" + "0930" + "  "
ROW_2 = "2" + "0002" + "0000800" + "鈴木　花子".ljust(15) + " " * 10 + "00000000" + "2" + "508" + "2359" + "  "
TRAILER = ("8" + "0002" + "000002000").ljust(60)
END = "90002".ljust(60)
CSV_LINES = ("区分,番号,金額,氏名,日付", "2,0001,1200,佐藤　太郎,20260601", "2,0002,800,鈴木　花子,", "8,2,2000")


def fixed(**changes: Any) -> Layout:
    """The fixed layout with some of its top-level statements changed."""
    return parse_layout(tomllib.loads(_FIXED) | changes)


def comma(**changes: Any) -> Layout:
    """The CSV layout with some of its top-level statements changed."""
    return parse_layout(tomllib.loads(_CSV) | changes)


def fixed_bytes(*records: str, end: bytes = b"\r\n") -> bytes:
    """Records as a CP932 file."""
    return b"".join(record.encode("cp932") + end for record in records)


def csv_bytes(*lines: str) -> bytes:
    """Lines as a UTF-8 file."""
    return "".join(line + "\n" for line in lines).encode()


GOOD = (HEADER, ROW_1, ROW_2, TRAILER, END)


def put(folder: Path, content: bytes, name: str = "bad.dat") -> Path:
    """A file of these bytes."""
    path = folder / name
    path.write_bytes(content)
    return path


def refused(act: Callable[[], object]) -> list[tuple[str, str]]:
    """(key, where) of every finding with which `act` refuses; every sentence must be writable."""
    with pytest.raises(RefusedError) as refusal:
        act()
    assert all(finding.sentence for finding in refusal.value.findings)
    return [(finding.key, finding.where) for finding in refusal.value.findings]
