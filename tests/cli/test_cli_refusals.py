"""Whatever is typed wrongly, or is missing, ends with exit 1 or 2, a Japanese sentence and its key; never with a traceback."""

import re
import sqlite3
from contextlib import closing

import pytest

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
JOB = ("job", "create", "R08-N02", "--tax-item", "vehicle-tax", "--levy-year", "2026", "--issued-on", "2026-05-08")
OUT = (
    "handover",
    "out",
    "M-1",
    "--serial",
    "S",
    "--ward",
    "W01",
    "--ward",
    "W02",
    "--carrier",
    "V01",
    "--carrier",
    "V02",
)
OUT += ("--seal", "1", "--case", "2", "--place", "x", "--expected-at")


def _state(folder):
    """Every path of the ward, and all that its ledger holds."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        return sorted(path for path in folder.rglob("*") if "sqlite-" not in path.name), list(ledger.iterdump())


LATE = ("late-charge", "--principal", "56400", "--due", "2026-02-02", "--paid", "2026-05-29")


def _with(words, option, value):
    changed = list(words)
    changed[changed.index(option) + 1] = value
    return tuple(changed)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        # days and moments
        (_with(JOB, "--issued-on", "2026-02-30"), ["cli.bad-date"]),
        (_with(JOB, "--issued-on", "2026-W20-1"), ["cli.bad-date"]),
        (_with(JOB, "--issued-on", "20260508"), ["cli.bad-date"]),
        (("dun", "plan", "--as-of", "今日"), ["cli.bad-date"]),
        (("dun", "plan", "R08-D01", "--as-of", "2026-02-30"), ["cli.bad-date"]),
        (("late-charge", "--principal", "1000", "--due", "2026-06-31", "--paid", "2026-07-01"), ["cli.bad-date"]),
        (("job", "pull", "R08-N01", "--deadline", "夕方"), ["cli.bad-moment"]),
        (("post", "slip", "R08-N01", "--posted-on", "2026-05-40"), ["cli.bad-date"]),
        ((*OUT, "明日"), ["cli.bad-moment"]),
        # numbers, names
        (("job", "create", "../x", *JOB[3:]), ["job.bad-id"]),
        (("job", "create", "R08-N0123456789", *JOB[3:]), ["job.bad-id"]),
        (("job", "create", "R08-N01", *JOB[3:]), ["job.exists"]),
        (_with(JOB, "--tax-item", "salt-tax"), ["tax.unknown-item"]),
        (_with(JOB, "--levy-year", "2019"), ["job.nothing-to-print"]),
        (("job", "show", "R08-X"), ["ledger.not-found"]),
        (("job", "hold", "R08-N01", "999", "--reason", "x"), ["ledger.not-found"]),
        (("compose", "R08-X"), ["ledger.not-found"]),
        (("compose", "../x"), ["ledger.not-found"]),
        (("prove", "R08-N01"), ["job.wrong-state"]),
        (("seal", "R08-N01", "--medium", "M-1"), ["job.wrong-state"]),
        (("inspect", "plan", "R08-N01"), ["job.wrong-state"]),
        (("inspect", "record", "R08-N01", "1"), ["job.wrong-state"]),
        (("inspect", "sign", "R08-X"), ["ledger.not-found"]),
        (("post", "slip", "R08-X"), ["ledger.not-found"]),
        (("post", "slip", "R08-N01", "--posted-on", "2026-05-08", "--count", "x"), ["cli.bad-count"]),
        (("post", "slip", "R08-N01", "--count", "a=1", "--count", "b=-1", "--count", "=２"), ["cli.bad-count"] * 2),
        (("post", "slip", "R08-N01", "--posted-on", "2026-05-08"), ["job.wrong-state"]),
        ((*OUT, "2026-05-08 17:00"), ["handover.no-container"]),
        (("handover", "close", "R08-N01"), ["custody.batch-unknown"]),
        (("dun", "plan", "--as-of", "2026-06-22"), ["dunning.stale-channel"] * 6),
        (("dun", "plan", "R08-D01", "--as-of", "2026-06-22"), ["dunning.stale-channel"] * 6),
        (("dun", "show", "R08-D01"), ["ledger.not-found"]),
        (("dun", "approve", "R08-D01"), ["ledger.not-found"]),
        (("dun", "run", "R08-D01"), ["ledger.not-found"]),
        (("dun", "override", "R08-D01", "pigeon", "--reason", "x"), ["dunning.override-unknown"]),
        (("dun", "override", "R08-D01", "pay-easy"), ["dunning.override-reason"]),
        (
            ("exclusion", "add", "9999999999", "holiday", "--reason", "x"),
            ["ledger.not-found", "exclusion.unknown-kind"],
        ),
        (("exclusion", "lift", "1", "--ground", "ended", "--reason", "x"), ["ledger.not-found"]),
        (
            ("exclusion", "lift-mark", "9999999999", "deceased", "--ground", "ended", "--reason", "x"),
            ["ledger.not-found"],
        ),
        (("send", "file", "nowhere"), ["send.unknown"]),
        (("job", "pull", "R08-N01", "--deadline", "2026-05-07 18:00"), ["job.wrong-state"]),
        (("job", "pull-approve", "R08-X"), ["ledger.not-found"]),
        (("job", "pull-report", "R08-N01", "--revision", "1", "--count", "0"), ["pull.not-approved"]),
        ((*LATE, "--paid-part", "2026-07-01", "--paid-part", "x"), ["cli.bad-part"] * 2),
        ((*LATE, "--paid-part", "2026-07-32:5"), ["cli.bad-date"]),
        ((*LATE[:-1], "2027-01-05"), ["dunning.rate-unknown"]),
        (("dun", "plan", "--as-of", "2026-06-22", "--tax-item", "a", "--tax-item", "b"), ["tax.unknown-item"] * 2),
        # files
        (("intake", "missing.csv", "--layout", "vehicle-tax-host"), ["flatfile.unreadable"]),
        (("intake", "host", "--layout", "vehicle-tax-host"), ["flatfile.unreadable"]),
        (("intake", "host/vehicle-tax-host.csv", "--layout", "nope"), ["flatfile.layout-unknown"]),
        (("intake", "host/vehicle-tax-host.csv", "--layout", "../ward"), ["flatfile.layout-unknown"]),
        (("collect", "load", "host"), ["flatfile.unreadable"]),
        (("collect", "load", "ward.toml"), ["flatfile.wrong-encoding"]),
        (("journal", "verify", "--against", "missing"), ["cli.file"]),
        (("journal", "verify", "--against", "host"), ["cli.file"]),
        (("journal", "verify", "--against", "ward.toml"), ["head.unreadable"]),
        (("journal", "export", "host"), ["cli.file"]),
        (("journal", "export", "no/such/folder/journal.jsonl"), ["cli.file"]),
        (("handover", "certify", "missing", "--accepted-by", "W03"), ["cli.file"]),
        (("handover", "certify", "host", "--accepted-by", "W03"), ["cli.file"]),
        (("handover", "certify", "ward.toml", "--accepted-by", "W03"), ["certificate.unreadable"]),
        (("init",), ["cli.exists", "cli.exists"]),
        (("init", "ward.toml"), ["cli.file"]),
        (("--ward", "missing.toml", "status"), ["settings.missing"]),
        (("--ward", "host", "status"), ["settings.missing"]),
        (("demo", "--out", "ward.toml"), ["cli.file"]),
        (("demo", "--out", "."), ["cli.out-not-empty"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_refused_with_every_key_and_nothing_changed(settled, words, keys):
    before = _state(settled.folder)
    said = settled(*words)
    assert (said.code, said.keys) == (1, keys), said
    assert all(JAPANESE.search(line) for line in said.err.strip().splitlines())
    assert _state(settled.folder) == before


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("nosuch",), "cli.usage"),
        (("job", "list", "--nosuch"), "cli.usage"),
        (("job", "list", "extra"), "cli.usage"),
        (("job", "show"), "cli.missing"),
        (("seal", "R08-N01"), "cli.missing"),
        (_with(JOB, "--levy-year", "令和8年"), "cli.bad-value"),
        (("job", "hold", "R08-N01", "one", "--reason", "x"), "cli.bad-value"),
        (("demo", "--payers", "19"), "cli.bad-value"),
        (
            ("handover", "load", "M", "--host", "h", "--path", "p", "--kind", "usb", "--operator", "V03"),
            "cli.bad-value",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_wrong_usage_is_exit_2_with_a_japanese_sentence(desk, words, key):
    said = desk(*words)
    assert (said.code, said.keys) == (2, [key])
    assert JAPANESE.search(said.err)


# The parser's own English stood in the brackets of a Japanese sentence.
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("stauts",), "コマンド stauts はありません。'status' のことですか"),
        (("qqq",), "コマンド qqq はありません）"),
        (("job", "show", "R08-N01", "--jsom"), "オプション --jsom はありません"),
        (("job", "list", "extra", "more"), "extra more は使われない引数です"),
        (("status", "--json=1"), "--json に値は要りません"),
        (("job", "show", "R08-N01", "--why"), "オプション --why はありません"),
        (("handover", "spoil", "R08-N01", "--sheets"), "--sheets の値がありません"),
        (_with(JOB, "--levy-year", "令和8年"), "整数で書きます"),
        (("demo", "--payers", "19"), "20 以上で書きます"),
        (
            ("handover", "load", "M", "--host", "h", "--path", "p", "--kind", "usb", "--operator", "V03"),
            "usb は使えません。'medium', 'pc',",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_the_parser_says_is_japanese(desk, words, told):
    said = desk(*words)
    assert said.code == 2
    assert told in said.err
    assert not re.search(r"No such|Did you|Option|Input|Value error|extra arg|Possible", said.err)


def test_a_file_that_is_not_there_is_said_to_be_missing_in_japanese(desk):
    """Bug: `ファイルを読めません（No such file or directory）`."""
    said = desk("intake", "absent.dat", "--layout", "resident-tax-host")
    assert (said.code, said.keys) == (1, ["flatfile.unreadable"])
    assert "見つかりません" in said.err


def test_a_table_of_nothing_says_so(desk):
    """An empty frame left open whether the list was there at all."""
    assert "期限を過ぎたもの: なし" in desk("status", "--overdue").out


def test_a_group_without_a_command_shows_its_help(desk):
    said = desk("job")
    assert said.code == 2
    assert "create" in said.out + said.err


@pytest.mark.parametrize(
    "words",
    [
        ("intake", "host/vehicle-tax-host.csv", "--layout", "vehicle-tax-host"),
        JOB,
        ("job", "hold", "R08-N01", "1", "--reason", "x"),
        ("compose", "R08-N01"),
        ("inspect", "plan", "R08-N01"),
        ("dun", "run", "R08-D01"),
        ("dun", "plan", "R08-D01", "--as-of", "2026-06-22"),
        ("exclusion", "add", "0000012345", "dispute", "--reason", "x"),
        ("send", "file", "pay-easy-centre"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("user", [None, "", "  "])
def test_nobody_acts_without_a_name(desk, words, user):
    said = desk(*words, user=user)
    assert (said.code, said.keys) == (1, ["cli.no-user"])


def test_every_fault_of_the_settings_is_told_at_once_in_japanese(desk):
    ward = desk.folder / "ward.toml"
    text = ward.read_text(encoding="utf-8")
    for old, new in (
        ('agency = "13199"', 'agency = "1319"'),
        ("handling_days = 60", "handling_days = -1"),
        ("enabled = true\norganisation", 'enabled = "perhaps"\norganisation'),
        ('mayor_name = "見本 太郎"\n', ""),
        ("sample_per_stratum = 3", "sample_per_stratum = 3\nsample_per_galaxy = 1"),
        ("workers = 0", 'workers = "many"'),
    ):
        assert old in text
        text = text.replace(old, new)
    ward.write_text(text, encoding="utf-8")
    said = desk("status")
    assert (said.code, said.keys) == (1, ["settings.invalid"] * 6)
    for field in (
        "slips.agency",
        "slips.handling_days",
        "el_qr.enabled",
        "ward.mayor_name",
        "inspection.sample_per_galaxy",
        "press.workers",
    ):
        assert f"設定項目 {field} が" in said.err
    assert not re.search(r"Input should|Extra inputs|Field required", said.err)


def test_full_width_figures_are_no_numbers_of_a_slip(desk):
    ward = desk.folder / "ward.toml"
    ward.write_text(ward.read_text(encoding="utf-8").replace('"13199"', '"１３１９９"'), encoding="utf-8")
    assert desk("status").keys == ["settings.invalid"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[ward\n", b"a = 1\na = 2\n"], ids=["utf-16", "broken", "twice"])
def test_unreadable_settings_are_named(desk, content):
    (desk.folder / "ward.toml").write_bytes(content)
    assert desk("status").keys == ["settings.unreadable"]


@pytest.mark.parametrize("url", ["nonsense", "mysql+nosuch://host/db", "sqlite+nosuch:///x"])
def test_a_ledger_address_that_no_database_answers_to(desk, url):
    ward = desk.folder / "ward.toml"
    ward.write_text(ward.read_text(encoding="utf-8").replace("sqlite:///ledger.sqlite", url), encoding="utf-8")
    assert desk("status").keys == ["ledger.url"]


def test_a_ledger_that_is_no_database(desk):
    (desk.folder / "ledger.sqlite").write_bytes(b"tax" * 1000)
    assert desk("status").keys == ["ledger.unusable"]


def test_a_missing_ledger_is_named_and_not_made(desk):
    (desk.folder / "ledger.sqlite").unlink()
    assert desk("status").keys == ["ledger.missing"]
    assert not (desk.folder / "ledger.sqlite").exists()


def test_a_ledger_of_an_older_schema_is_refused_until_it_is_migrated(desk):
    (desk.folder / "ledger.sqlite").unlink()
    sqlite3.connect(desk.folder / "ledger.sqlite").close()
    assert desk("status").keys == ["ledger.schema-old"]
    assert desk("init", ".", "--migrate").code == 0
    assert desk("status").code == 0


def test_a_ledger_of_a_newer_schema_is_refused_and_left_alone(desk):
    ledger = sqlite3.connect(desk.folder / "ledger.sqlite")
    ledger.execute("UPDATE alembic_version SET version_num = '9999'")
    ledger.commit()
    ledger.close()
    assert desk("status").keys == ["ledger.schema-old"]
    assert desk("init", ".", "--migrate").keys == ["ledger.schema-newer"]


def test_the_map_of_all_commands_and_the_version(desk):
    assert "journal" in desk("--help").out
    assert desk("--version").out.startswith("print-service ")
