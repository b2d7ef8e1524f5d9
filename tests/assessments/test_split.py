"""The split of an annual tax: the law's rule, an ordinance's unit, remainder and single instalment; the sum is always kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_rows import RESIDENT, resident_file

from print_service.assessments.load import load_assessments
from print_service.assessments.split import LAW, SplitRule, split_annual, split_rule
from print_service.findings import RefusedError

rules = st.builds(
    SplitRule,
    unit=st.sampled_from([100, 1_000]),
    remainder=st.sampled_from(["first", "last"]),
    single_up_to=st.sampled_from([0, 5_000, 10_000]),
    parts=st.integers(1, 6),
)


@pytest.mark.parametrize(
    ("rule", "annual", "parts"),
    [
        (LAW, 123_400, (33_400, 30_000, 30_000, 30_000)),
        (SplitRule(unit=100), 123_500, (31_100, 30_800, 30_800, 30_800)),  # 123,500 / 4 = 30,875
        (SplitRule(remainder="last"), 123_400, (30_000, 30_000, 30_000, 33_400)),
        (SplitRule(single_up_to=5_000), 5_000, (5_000,)),  # 均等割 and 森林環境税 only, in one sum
        (SplitRule(single_up_to=5_000), 5_100, (2_100, 1_000, 1_000, 1_000)),
        (SplitRule(unit=100), 300, (300,)),
        (LAW, 0, (0,)),
    ],
)
def test_the_law_and_what_an_ordinance_may_say_instead(rule, annual, parts):
    assert split_annual(annual, rule) == parts


@given(st.integers(0, 10**9), rules)
def test_the_sum_is_kept_and_only_one_instalment_has_a_remainder(annual, rule):
    parts = split_annual(annual, rule)
    assert sum(parts) == annual
    assert len(parts) in {1, rule.parts}
    others = parts[1:] if rule.remainder == "first" else parts[:-1]
    assert all(part % rule.unit == 0 and part > 0 for part in others)
    assert len(set(others)) <= 1
    assert max(parts) == (parts[0] if rule.remainder == "first" else parts[-1])


def test_a_negative_tax_is_no_tax():
    with pytest.raises(ValueError, match="negative"):
        split_annual(-1)


def test_intake_judges_a_host_file_by_the_wards_own_split(ward, act, tmp_path):
    """128,500 by hundreds is 32,200 and three times 32,100: the law refuses it, the ordinance takes it."""
    assert split_rule(ward.settings) == LAW
    first, *rest = split_annual(RESIDENT["annual"], SplitRule(unit=100))
    row = {f"instalment_{number}": amount for number, amount in enumerate([first, *rest], start=1)}
    path = resident_file(tmp_path, row)
    table = ward.settings.instalments.model_copy(update={"unit": 100})
    by_hundreds = ward.settings.model_copy(update={"instalments": table})
    with ward.session() as session:
        with pytest.raises(RefusedError) as refused:
            load_assessments(session, act(), path, "resident-tax-host", settings=ward.settings)
        assert [finding.key for finding in refused.value.findings] == ["intake.instalment-split"]
        assert load_assessments(session, act(), path, "resident-tax-host", settings=by_hundreds).assessments == 1
