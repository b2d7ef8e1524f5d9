import ast
import pickle
import re
from pathlib import Path

import pytest

from handover.rules import Fault, RefusalError
from handover.sentences import SENTENCES

ROOM = Path(__file__).parents[2] / "handover"
KEY = re.compile(r"[a-z]+\.[a-z0-9-]+")
NOT_KEYS = {"payload.tar", "manifest.json", "contract.toml", "handover.pyz", "unfinished.lock"}


def keys_in_code(room=ROOM):
    found = set()
    for path in room.rglob("*.py"):
        if path.name == "sentences.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                found.add(node.value)
    return found - NOT_KEYS


def test_every_key_in_the_code_has_its_sentence_and_every_sentence_its_use():
    # The application speaks some of these sentences too, like those of the counter it keeps beside the journal.
    elsewhere = keys_in_code(ROOM.parent / "print_service") & set(SENTENCES)
    assert keys_in_code() | elsewhere == set(SENTENCES)


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_every_sentence_says_what_to_do(key):
    sentence = SENTENCES[key]
    assert sentence.rstrip().endswith(("。", "）。"))
    assert re.search(r"してください|ください|使われません|必要です|行います|違います", sentence)


def test_an_unknown_key_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        Fault("no.such-key")


def test_one_error_carries_several_faults_through_a_process_pool():
    error = RefusalError.of([Fault("people.both-sides", {"people": "a"}), Fault("custody.part", {"part": "x"})])
    again = pickle.loads(pickle.dumps(error))
    assert again.keys == ("people.both-sides", "custody.part")
    assert str(again).count("\n") == 1
