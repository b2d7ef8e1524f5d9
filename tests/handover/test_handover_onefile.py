"""The one file on the medium: the same bytes everywhere, and nothing but Python needed to use it."""

import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from handover import container, instructions, medium, onefile
from handover.container import JAPAN, envelope_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def complete(batch):
    medium.complete(batch.path)
    return batch


def alone(folder, *args, secret="", cwd=None):
    """The zipapp in a Python with neither site-packages nor environment nor the current folder on its path."""
    command = [sys.executable, "-I", "-S", str(folder / onefile.NAME), *map(str, args)]
    done = subprocess.run(command, input=secret + "\n", capture_output=True, text=True, check=False, cwd=cwd or folder)
    assert "Traceback" not in done.stderr
    return done


def test_the_same_source_gives_the_same_bytes_in_another_process():
    probe = "import hashlib; from handover import onefile; print(hashlib.sha256(onefile.build()).hexdigest())"
    runs = [subprocess.run([sys.executable, *flags, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
            for flags in ([], ["-O"])]  # fmt: skip
    assert runs[0].stdout == runs[1].stdout


def test_it_holds_source_only_in_order_of_name_and_of_the_format_s_first_day(complete):
    with zipfile.ZipFile(complete.folder / onefile.NAME) as archive:
        entries = archive.infolist()
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert all(name == "__main__.py" or (name.startswith("handover/") and name.endswith(".py")) for name in names)


def test_it_verifies_and_opens_with_python_alone(complete, tmp_path):
    done = alone(complete.folder, "verify", complete.path.name, "--on", "2026-06-06", secret=complete.secret)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ok R08-N01")
    other = "3" if complete.secret[0] != "3" else "4"
    refused = alone(complete.folder, "verify", complete.path.name, secret=other + complete.secret[1:])
    assert (refused.returncode, "[passphrase.typing-error]" in refused.stderr) == (1, True)


def test_it_finds_a_byte_flipped_with_python_alone(complete):
    data = bytearray(complete.path.read_bytes())
    data[700] ^= 1
    complete.path.write_bytes(data)
    done = alone(complete.folder, "verify", complete.path.name, "--on", "2026-06-06", secret=complete.secret)
    assert (done.returncode, "[container.hash-differs]" in done.stderr) == (1, True)


def test_it_writes_the_forms_with_python_alone(complete, tmp_path):
    form = tmp_path / "form.toml"
    done = alone(complete.folder, "report", complete.path.name, "--form", form, "--json")
    assert (done.returncode, json.loads(done.stdout)["form"]) == (0, str(form))
    assert form.read_bytes().decode("utf-8-sig").startswith("# 印刷作業の報告（処理 R08-N01")


def test_it_calls_itself_by_its_file_s_name(complete):
    """Bug: the usage told of a command `handover` that a vendor does not have."""
    assert alone(complete.folder, "--help").stdout.startswith("使い方: handover.pyz ")
    assert "使い方: handover.pyz open " in alone(complete.folder, "open").stderr


def test_the_page_s_way_of_reporting_works_beside_a_medium_that_cannot_be_written(complete, tmp_path):
    """The forms lie in a folder of the vendor's machine, whose name may be Japanese, and are compared with what was opened."""
    page = (complete.folder / instructions.NAME).read_bytes().decode("utf-8-sig")
    assert "--form 作業\\報告.toml --opened 出力先のフォルダー" in page
    work = tmp_path / "作業 場所"
    work.mkdir()
    out, form = work / "出力 1", work / "報告.toml"
    # Opened as of a day on which it was valid.
    container.open_container(complete.path, complete.secret, out, now=datetime(2026, 6, 6, 9, tzinfo=JAPAN))
    assert alone(complete.folder, "report", complete.path.name, "--form", form, "--opened", out).returncode == 0
    text = form.read_bytes().decode("utf-8-sig")
    assert "容器の中の予定: 通数 2、枚数 7" in text
    days = text.replace("2000-01-01", "2026-06-08").replace("= ''", "= 'V01'")
    form.write_bytes(days.replace("pieces = 0", "pieces = 2").replace("sheets = 0", "sheets = 6").encode("utf-8-sig"))
    done = alone(complete.folder, "report", complete.path.name, form, "--opened", out)
    assert (done.returncode, "[report.sheets-differ]" in done.stderr) == (1, True)
    form.write_bytes(days.replace("pieces = 0", "pieces = 2").replace("sheets = 0", "sheets = 7").encode("utf-8-sig"))
    done = alone(complete.folder, "report", complete.path.name, form, "--opened", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert (work / "報告.json").is_file()


def test_the_page_names_every_file_and_is_readable_where_it_lands(complete):
    data = (complete.folder / instructions.NAME).read_bytes()
    page = data.decode("utf-8-sig")
    assert data.startswith(b"\xef\xbb\xbf")  # the mark by which the editor of Windows knows UTF-8
    assert "\n" not in page.replace("\r\n", "")
    for name in ("R08-N01.zip", "R08-N01.zip.envelope.json", "handover.pyz", "README-ja.txt", "M-0001", "2026-07-31"):
        assert name in page
    for told in ("Python 3.11", "7-Zip", "署名を確かめられず", "pip install pycryptodomex", "certutil"):
        assert told in page
    assert complete.secret not in page
    assert page.encode() == instructions.text(envelope_of(complete.path)).decode("utf-8-sig").encode()


def test_the_page_of_a_container_for_an_age_key_tells_of_the_key(make):
    recipient = "age1jmj738v4klcwaw77sg2yprygqdh8pg7vkayrjlz4pqhux8334pksdmta4r"
    page = instructions.text(envelope_of(make("by-key", recipient=recipient).path)).decode("utf-8-sig")
    assert "--identity" in page
    assert "パスフレーズは使いません" in page
    assert "パスフレーズを尋ねられたら" not in page
