"""The split of a year's tax: 地方税法20条の4の2第6項, amounts by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.findings import RefusedError
from print_service.slips.instalments import split


@pytest.mark.parametrize(
    ("annual", "amounts"),
    [
        (123_400, (33_400, 30_000, 30_000, 30_000)),
        (5_000, (2_000, 1_000, 1_000, 1_000)),
        (4_000, (1_000, 1_000, 1_000, 1_000)),
        (3_900, (3_900,)),
        (100, (100,)),
        (0, ()),
    ],
)
def test_fractions_below_a_thousand_go_to_the_first(annual, amounts):
    assert split(annual) == amounts


def test_one_instalment_takes_it_all():
    assert split(10_800, parts=1) == (10_800,)


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_the_parts_are_the_whole_and_only_the_first_is_odd(annual, parts):
    amounts = split(annual, parts)
    assert sum(amounts) == annual
    assert len(amounts) in (0, 1, parts)
    assert all(amount == amounts[-1] and amount % 1000 == 0 for amount in amounts[1:])
    assert not amounts or 0 <= amounts[0] - amounts[-1] < 1000 * parts


def test_a_negative_tax_is_refused():
    with pytest.raises(RefusedError) as refused:
        split(-1)
    assert refused.value.findings[0].key == "slips.annual-negative"
    with pytest.raises(ValueError, match="at least one"):
        split(1000, parts=0)
