"""What `write` writes, `read` reads back equal: both formats, whatever the values."""

import contextlib
import random
import tempfile
from datetime import date, time
from pathlib import Path

import pytest
from flat_file import read
from flatfile_layouts import comma, csv_bytes, fixed, fixed_bytes, put
from hypothesis import given, settings
from hypothesis import strategies as st

from print_service.findings import RefusedError
from print_service.flatfile.lines import Source, blocks, lines
from print_service.flatfile.write import UnwritableError, write


def _is_cp932(raw):
    try:
        return raw.decode("cp932") < "\ue000" or raw.decode("cp932") > "\uf8ff"
    except UnicodeDecodeError:
        return False


_KANJI = st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, categories=("Lu", "Ll", "Lo", "Nd", "Po"))


# Two spellings of one character (NEC and IBM extensions) are why decoding comes first.
_CP932 = sorted(
    {
        raw.decode("cp932")
        for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD))
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))
        if (raw := bytes((lead, trail))) and _is_cp932(raw)
    }
    | {chr(point) for point in (*range(0x20, 0x7F), *range(0xFF61, 0xFFA0))}
)


def _texts(alphabet, most):
    return st.text(alphabet, min_size=1, max_size=most).map(lambda text: text.rstrip(" 　")).filter(bool)


_cp932_text = _texts(st.sampled_from(_CP932), 10)
_any_text = _texts(st.one_of(_KANJI, st.sampled_from("𠮷𣘺髙﨑,\"' 　\U000e010f")), 20)
_fixed_row = st.fixed_dictionaries(
    {
        "number": st.from_regex(r"[0-9]{4}", fullmatch=True),
        "yen": st.integers(0, 9_999_999),
        "name": _cp932_text,
        "note": st.one_of(st.just(""), _texts(st.sampled_from(_CP932), 5)),
        "day": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 12, 31))),
        "way": st.sampled_from(["slip", "account"]),
        "year": st.integers(1990, 2117),
        "hour": st.times().map(lambda moment: time(moment.hour, moment.minute)),
    }
)
_csv_row = st.fixed_dictionaries(
    {
        "number": st.from_regex(r"[0-9]{4}", fullmatch=True),
        "yen": st.integers(0, 9_999_999),
        "name": _any_text,
        "day": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 12, 31))),
    }
)


def _back(layout, rows, header=None):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "round.dat"
        write(path, layout, rows, header=header)
        assert [entry.name for entry in path.parent.iterdir()] == ["round.dat"]
        file = read(path, layout)
    return file, [{name: record[name] for name in row} for record, row in zip(file.records, rows, strict=True)]


@settings(deadline=None, max_examples=60)
@given(st.lists(_fixed_row, min_size=1, max_size=5), st.dates(date(1989, 1, 8), date(2100, 1, 1)))
def test_a_fixed_file_reads_back_equal(rows, made_on):
    file, back = _back(fixed(), rows, {"made_on": made_on})
    assert back == rows
    assert file.header["made_on"] == made_on
    assert file.trailer["sum"] == sum(row["yen"] for row in rows)


@settings(deadline=None, max_examples=60)
@given(st.lists(_csv_row, min_size=1, max_size=5))
def test_a_csv_file_reads_back_equal(rows):
    assert _back(comma(), rows)[1] == rows


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_refused_and_never_crash(content):
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), content)
        for layout in (fixed(), fixed(newline="none"), comma()):
            with pytest.raises(RefusedError):
                read(path, layout)


@settings(deadline=None, max_examples=100)
@given(st.integers(), st.sampled_from(["fixed", "csv"]))
def test_a_good_file_with_one_byte_changed_never_crashes(seed, kind):
    rng = random.Random(seed)
    layout = fixed() if kind == "fixed" else comma()
    from flatfile_layouts import CSV_LINES, GOOD

    content = bytearray(fixed_bytes(*GOOD) if kind == "fixed" else csv_bytes(*CSV_LINES))
    content[rng.randrange(len(content))] = rng.randrange(256)
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(RefusedError):
        assert len(read(put(Path(folder), bytes(content)), layout).records) == 2


@given(st.lists(st.binary(max_size=9).filter(lambda raw: b"\n" not in raw and not raw.endswith(b"\r")), max_size=8))
def test_lines_are_cut_as_bytes_splitlines_would(records):
    import io

    content = b"".join(record + b"\r\n" for record in records)
    source = Source(io.BytesIO(content))
    assert [line.raw for line in lines(source, 100)] == records
    assert source.size == len(content)


@given(st.binary(max_size=50), st.integers(1, 12))
def test_blocks_hold_every_byte_once(content, size):
    import io

    source = Source(io.BytesIO(content))
    assert b"".join(line.raw for line in blocks(source, size)) == content


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": "𠮷"}, "U\\+20BB7"),
        ({"name": "寿" * 11}, "22 bytes"),
        ({"yen": 12_345_678}, "does not fit"),
        ({"yen": -1}, "does not fit"),
        ({"number": None}, "required"),
        ({"way": "cash"}, "way"),
    ],
)
def test_what_the_layout_cannot_hold_is_not_written(tmp_path, change, word):
    row = {"number": "0001", "yen": 1, "name": "佐藤", "way": "slip", "year": 2026, "hour": time(9, 0)}
    with pytest.raises(UnwritableError, match=word):
        write(tmp_path / "out.dat", fixed(), [row | change], header={"made_on": date(2026, 4, 1)})
    assert not list(tmp_path.iterdir())
