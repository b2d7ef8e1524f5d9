"""The catalogue of rules: every key the code speaks of has its sentence, and a refusal carries all its findings anywhere."""

import ast
import copy
import pickle
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import print_service
from handover.sentences import SENTENCES
from print_service.findings import Finding, RefusedError, Severity, catalogue, refuse
from print_service.pool import process_pool
from print_service.resources import data_dir

KEY = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
# What else is written with a dot: endings of file names and columns of tables.
NO_RULES = {
    "toml",
    "html",
    "css",
    "json",
    "csv",
    "dat",
    "pdf",
    "zip",
    "key",
    "pem",
    "py",
    "sqlite",
    "conf",
    "jsonl",
    "id",
}
RULES = sorted((data_dir() / "rules").glob("*.toml"))


def keys_in_code():
    """Every text in the application that has the shape of a rule's key, whatever it is given to: `refuse`, `Finding`,
    `faults.add`, a returned exclusion, a table. A room's name is whatever stands before the dot in the catalogue.
    """
    rooms = {key.partition(".")[0] for key in catalogue()}
    for path in sorted(Path(print_service.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                room, _, name = node.value.partition(".")
                if room in rooms and name not in NO_RULES:
                    yield node.value, f"{path.name}:{node.lineno}"


def test_every_key_in_the_code_is_catalogued():
    found = list(keys_in_code())
    assert {key for key, _ in found} >= {
        "freeze.deceased",
        "job.exists",
        "flatfile.no-data",
        "dunning.channel-not-built",
    }
    assert [where for key, where in found if key not in catalogue() and key not in SENTENCES] == []


def test_every_catalogued_key_is_used():
    assert set(catalogue()) - {key for key, _ in keys_in_code()} == set()


def test_no_key_stands_in_two_files():
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in RULES]
    assert sum(map(len, tables)) == len(catalogue()) > 100


def test_every_sentence_is_japanese_and_ends():
    sentences = {rule.key: rule.sentence for rule in catalogue().values()}
    assert [key for key, text in sentences.items() if not re.search(r"[ぁ-ん]", text)] == []
    assert [key for key, text in sentences.items() if text[-1] not in "。）}"] == []
    assert [key for key in sentences if not KEY.fullmatch(key)] == []


def test_a_finding_is_shown_with_place_sentence_and_key():
    finding = Finding("job.exists", "R08-N01", {"id": "R08-N01"})
    expected = "R08-N01: 処理番号 R08-N01 はすでに使われています。番号は再使用しません。 [job.exists]"
    assert str(finding) == expected
    assert str(Finding("inspect.no-plan")).endswith("[inspect.no-plan]")


def test_severity_comes_from_the_catalogue():
    assert Finding("freeze.deceased").severity is Severity.WARNING
    assert Finding("job.exists").severity is Severity.ERROR


def test_an_uncatalogued_key_or_a_missing_value_is_an_error_of_the_program():
    with pytest.raises(KeyError, match=r"no\.such"):
        _ = Finding("no.such").sentence
    with pytest.raises(KeyError, match="id"):
        _ = Finding("job.exists").sentence


def test_a_refusal_says_every_reason_a_line_each():
    error = RefusedError([Finding("job.exists", "a", {"id": "a"}), Finding("inspect.no-plan", "b")])
    first, second = str(error).splitlines()
    assert first.startswith("a: ")
    assert second.startswith("b: ")


@settings(max_examples=30)
@given(
    st.lists(st.builds(Finding, st.sampled_from(sorted(catalogue())), st.text(), st.dictionaries(st.text(), st.text())))
)
def test_a_refusal_pickles_and_copies_with_all_its_findings(findings):
    error = RefusedError(findings)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is RefusedError
        assert again.findings == error.findings == tuple(findings)


@pytest.mark.xdist_group("one-worker-pool")
def test_a_refusal_comes_back_whole_from_a_worker_process():
    with process_pool(1) as pool, pytest.raises(RefusedError) as caught:
        pool.submit(_refuse_in_a_worker).result()
    assert caught.value.findings == (Finding("job.exists", "x", {"id": "見本"}),)


def _refuse_in_a_worker():
    raise refuse("job.exists", "x", id="見本")
