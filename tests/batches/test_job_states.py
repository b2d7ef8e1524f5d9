"""A job walks through the pipeline in its order only: every other step is refused and changes nothing."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from print_service.findings import RefusedError
from print_service.ledger.states import JAPANESE, JobState, get_job

JOB = "R08-N02"
# (state, step) → next state, as the pipeline is told in steps 3 to 9; whatever is not here must be refused.
WAY = {
    ("frozen", "number"): "numbered",
    ("numbered", "compose"): "composed",
    ("composed", "compose"): "composed",
    ("composed", "prove"): "proved",
    ("proved", "seal"): "sealed",
    ("sealed", "seal"): "sealed",
    ("inspected", "seal"): "sealed",
    ("sealed", "inspect"): "inspected",
    ("inspected", "post"): "posted",
}
STRAIGHT = ["number", "compose", "prove", "seal", "inspect", "post"]


@pytest.fixture(scope="module")
def frozen_folder(tmp_path_factory, ward_template, copied_ward):
    folder = tmp_path_factory.mktemp("frozen") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load()
        ward.freeze()
    return folder


def step(ward, name, medium):
    if name == "post":
        ward.post(JOB, date(2026, 6, 5))
    elif name == "seal":
        ward.seal(JOB, medium)
    else:
        actions = {
            "number": ward.number,
            "compose": ward.compose_blank,
            "prove": ward.prove_blank,
            "inspect": ward.inspect_only,
        }
        actions[name](JOB)


def state(ward):
    with ward.session() as session:
        return get_job(session, JOB).state


@settings(max_examples=6)
@given(st.lists(st.sampled_from(STRAIGHT), min_size=1, max_size=8))
@example([*STRAIGHT, *STRAIGHT])
@example(["number", "compose", "prove", "seal", "inspect", "seal", "post", "inspect", "post"])
def test_a_job_goes_only_where_the_pipeline_leads(frozen_folder, copied_ward, ward_template, steps):
    with (
        tempfile.TemporaryDirectory() as scratch,
        copied_ward(frozen_folder, ward_template[1], Path(scratch) / "ward") as ward,
    ):
        expected = "frozen"
        for number, name in enumerate(steps):
            onward = WAY.get((expected, name))
            if name == "post":
                ward.send_keys(date(2026, 6, 4))  # keys go ahead of the letters; sending them is no part of posting
            before = ward.snapshot()
            try:
                step(ward, name, f"M-2026-{number:03d}")
            except RefusedError:
                assert onward is None, (expected, name)
                assert ward.snapshot() == before
            else:
                assert onward is not None, (expected, name)
                expected = onward
            assert state(ward) == expected


def test_the_refusal_says_in_japanese_where_the_job_stands_and_what_is_needed(loaded_ward):
    loaded_ward.freeze()
    with pytest.raises(RefusedError, match="現在「抽出済」です。この操作は「読み戻し済・封緘済・検査合格」"):
        loaded_ward.seal()


def test_every_state_has_its_japanese_word():
    assert set(JAPANESE) == set(JobState)


def test_an_unknown_job_is_refused_by_name(ward):
    with ward.session() as session, pytest.raises(RefusedError, match=r"R08-N99.*ledger\.not-found"):
        get_job(session, "R08-N99")
