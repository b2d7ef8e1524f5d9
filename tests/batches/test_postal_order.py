"""Postal order is a total order: every piece has one place, whatever order the host's file had."""

from hypothesis import given, settings
from hypothesis import strategies as st

from print_service.batches.postal import LOCAL, OTHER, postal_class, postal_key

LOCAL_CODES = ("160", "169")
codes = st.builds("{}{:04d}".format, st.sampled_from(["060", "159", "160", "161", "169", "900"]), st.integers(0, 9999))
pieces = st.tuples(codes, st.text(max_size=5), st.text(max_size=5), st.integers(0, 99))


@settings(max_examples=40)
@given(st.lists(pieces, unique_by=lambda piece: piece[3]), st.randoms())
def test_the_order_does_not_depend_on_the_input_order_and_keeps_classes_and_codes_together(found, dice):
    def ordered(rows):
        return sorted(rows, key=lambda p: postal_key(p[0], p[1], p[2], f"{p[3]:010d}", LOCAL_CODES))

    once = ordered(found)
    shuffled = list(found)
    dice.shuffle(shuffled)
    assert ordered(shuffled) == once
    codes = [piece[0] for piece in once]
    local = [code for code in codes if code[:3] in LOCAL_CODES]
    assert codes == sorted(local) + sorted(code for code in codes if code[:3] not in LOCAL_CODES)


@given(codes)
def test_a_code_is_local_by_its_leading_digits(code):
    assert (postal_class(code, LOCAL_CODES) == LOCAL) == (code[:3] in {"160", "169"})
    assert postal_class(code, LOCAL_CODES) in {LOCAL, OTHER}
