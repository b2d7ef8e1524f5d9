"""A slip's state from its records: 速報 provisional, 確報 confirmed, 速報取消 cancelled, in whatever order they come.

Rules: the store's report counts as paid, reconciliation makes it final, a cancellation takes back one report (practice of the agencies'
file formats, see `print_service.collection.match`).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.collection.match import SlipState, slip_state

P, C, X = "provisional", "confirmed", "cancelled"
records = st.lists(st.sampled_from([P, C, X]), max_size=8)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([], SlipState.UNPAID),
        ([P], SlipState.PROVISIONAL),
        ([C], SlipState.CONFIRMED),  # the provisional record was in a file that got lost
        ([X], SlipState.UNPAID),
        ([P, C], SlipState.CONFIRMED),
        ([P, X], SlipState.UNPAID),
        ([P, P], SlipState.PROVISIONAL),  # paid twice, in two stores
        ([P, P, X], SlipState.PROVISIONAL),  # one of two payments revoked: the other stands
        ([P, P, X, X], SlipState.UNPAID),
        ([P, X, P], SlipState.PROVISIONAL),  # revoked, then paid again
        ([P, C, P, X], SlipState.CONFIRMED),  # paid; a second payment was revoked
        ([P, C, P, C], SlipState.CONFIRMED),
    ],
)
def test_the_state_that_records_add_up_to(kinds, state):
    assert slip_state(kinds) is state


@given(records.flatmap(lambda kinds: st.tuples(st.just(kinds), st.permutations(kinds))))
def test_the_order_of_loading_never_matters(case):
    kinds, shuffled = case
    assert slip_state(kinds) is slip_state(shuffled)


@given(records)
def test_a_confirmed_record_is_never_undone(kinds):
    assert slip_state([*kinds, C]) is SlipState.CONFIRMED


@given(records)
def test_a_report_and_its_cancellation_leave_nothing_behind(kinds):
    assert slip_state([*kinds, P, X]) is slip_state(kinds)


@given(st.lists(st.sampled_from([P, X]), max_size=8))
def test_without_confirmation_a_slip_is_paid_when_more_was_reported_than_revoked(kinds):
    assert (slip_state(kinds) is SlipState.PROVISIONAL) == (kinds.count(P) > kinds.count(X))


def test_a_record_of_an_unknown_kind_is_no_state():
    with pytest.raises(KeyError):
        slip_state(["refunded"])
