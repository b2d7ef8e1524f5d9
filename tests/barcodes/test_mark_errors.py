"""The keys of a refused mark: each has its sentence, each sentence is used, and errors survive between processes."""

import pickle
import re
from pathlib import Path

import barcodes
from barcodes.rules import SENTENCES, MarkError, fault

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(barcodes.__file__).parent.glob("*.py"))


def test_every_key_raised_has_a_sentence_and_every_sentence_is_raised():
    assert set(re.findall(r'fault\(\s*"([a-z0-9.-]+)"', SOURCE)) == set(SENTENCES)


def test_values_of_every_call_fill_their_sentence():
    for key, arguments in re.findall(r'fault\(\s*"([a-z0-9.-]+)"((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)', SOURCE):
        given = set(re.findall(r"(?:^|,)\s*(\w+)=", arguments))
        assert set(re.findall(r"{(\w+)}", SENTENCES[key])) <= given, key


def test_the_first_fault_names_the_error_and_all_are_in_its_text():
    error = MarkError(fault("slip.too-low", height_mm="9"), fault("slip.dpi-unlisted", dpi=1))
    assert error.key == "slip.too-low"
    assert error.values == {"height_mm": "9"}
    assert str(error).splitlines() == [
        "バーの高さ9 mmは10 mm以上にしてください。 [slip.too-low]",
        "1 dpiはモジュール幅の表にありません。300・400・480・600 dpiのいずれかで印字してください。 [slip.dpi-unlisted]",
    ]


def test_an_error_survives_the_trip_between_worker_processes():
    error = MarkError(fault("slip.too-low", height_mm="9"), fault("slip.dpi-unlisted", dpi=1))
    again = pickle.loads(pickle.dumps(error))
    assert again.faults == error.faults
    assert str(again) == str(error)
