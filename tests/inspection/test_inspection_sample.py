"""Which pieces are opened: by a stated rule, drawn from the container's hash.

Public incidents behind it: 北区 2018 (two of five printers shifted), 仙台市 2004 (a restart in the middle, missed by later sampling), 上越市
2019 (a partition of which the city did not know), 練馬区 2022 (names in another set of gaiji).
"""

import hashlib
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from print_service.inspection.plan import is_unusual, sample
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Piece

BATCH, RESIDENT = "R08-N01", "R08-N02"
ONE, OTHER = "1" * 64, "2" * 64


def numbers(samples):
    return {one.number for one in samples}


def reasons(samples):
    return {one.number: one.reasons for one in samples}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_stratum_gives_its_first_its_last_and_some_at_random(sealed, data):
    """Direct rows: the pieces lie in files, classes and thicknesses as drawn; rolled back after each example."""
    per_stratum = data.draw(st.integers(1, 4))
    with sealed.ward.session() as session:
        pieces = session.scalars(select(Piece).where(Piece.job_id == BATCH).order_by(Piece.number)).all()
        for piece in pieces:
            piece.file_name = data.draw(st.sampled_from(["a.pdf", "b.pdf", "c.pdf"]))
            piece.postal_class = data.draw(st.sampled_from(["区内特別", "一般"]))
            piece.sheets = data.draw(st.integers(1, 9))
        session.flush()
        found = reasons(sample(session, BATCH, ONE, per_stratum))
        strata = {}
        for piece in pieces:
            strata.setdefault((piece.file_name, piece.postal_class), []).append(piece.number)
        for (file_name, klass), mine in strata.items():
            assert f"{file_name}・{klass}の先頭" in found[min(mine)]
            assert f"{file_name}・{klass}の末尾" in found[max(mine)]
            drawn = [number for number in mine if f"{file_name}・{klass}の無作為" in found.get(number, ())]
            assert len(drawn) == min(per_stratum, len(mine))
        assert max(piece.sheets for piece in pieces) in {
            p.sheets for p in pieces if "最も厚い通" in found.get(p.number, ())
        }
        session.rollback()


def test_the_thickest_piece_is_opened(sealed):
    """The owner of three vehicles has the notice and three slips: four sheets."""
    thick = sealed.numbers()[sealed.ward.plan.cases["three-vehicles"]]
    assert "最も厚い通" in reasons(sealed.sample(ONE, 1))[thick]


def test_the_largest_amount_is_opened(sealed):
    """2,528,800 yen a year, by far the largest of the ward."""
    rich = sealed.numbers(RESIDENT)[sealed.ward.plan.cases["above-limit"]]
    assert "最も高額な通" in reasons(sealed.sample(ONE, 1, RESIDENT))[rich]


@pytest.mark.parametrize(
    ("batch", "cases"),
    [
        (BATCH, ["variant-taka-saki", "plane-2-hashi", "plane-2-tsuchi", "variation-selector"]),
        (RESIDENT, ["variant-taka-saki", "plane-2-yoshi", "variation-selector", "no-glyph"]),
    ],
)
def test_every_unusual_name_is_opened_and_only_these(sealed, batch, cases):
    """練馬区 2022: the vendor's gaiji were others. 髙﨑, 𠮷田, 𣘺本, 𡈽屋, 渡邉 with a selector, and a private-use character."""
    found = reasons(sealed.sample(ONE, 1, batch))
    unusual = {number for number, why in found.items() if "外字・異体字を含む宛名" in why}
    assert unusual == {sealed.numbers(batch)[sealed.ward.plan.cases[case]] for case in cases}


@pytest.mark.parametrize("name", ["髙橋　一", "山﨑　一", "𠮷田　一", "渡邉\U000e010f　一", "\ue000田　一", "①商店"])
def test_names_outside_the_plain_set_are_unusual(name):
    assert is_unusual(name)


@pytest.mark.parametrize("name", ["高橋　一", "株式会社見本運輸", "JOHN SMITH", "アレクサンドラ・マリア", "渡邊　一"])
def test_names_within_jis_x_0208_are_not_unusual(name):
    """渡邊 is in the second level of JIS X 0208."""
    assert not is_unusual(name)


def test_the_same_container_gives_the_same_sample(sealed):
    assert sealed.sample(ONE) == sealed.sample(ONE)


def test_another_container_gives_another_sample(sealed):
    """Who prints cannot know what will be opened: the draws of many hashes reach every piece."""
    draws = [sealed.sample(hashlib.sha256(bytes([seed])).hexdigest(), 1) for seed in range(40)]
    assert len({frozenset(numbers(draw)) for draw in draws}) > 5
    assert set().union(*map(numbers, draws)) == set(sealed.numbers().values())


def test_every_piece_is_opened_once_though_for_several_reasons(sealed):
    found = sealed.sample(ONE)
    assert [one.number for one in found] == sorted(numbers(found))
    assert all(one.reasons for one in found)


def test_a_small_stratum_is_opened_whole(sealed):
    assert numbers(sealed.sample(ONE, 1_000)) == set(sealed.numbers().values())


def test_a_piece_that_was_held_back_is_not_in_the_sample(sealed):
    """Direct row: the press held it back; nobody can open what was not printed."""
    with sealed.ward.session() as session:
        mine = (Piece.job_id == BATCH, Piece.number == 1)
        session.scalars(select(Piece).where(*mine)).one().state = PieceState.HELD
    found = sealed.sample(ONE, 1_000)
    assert numbers(found) == set(sealed.numbers().values()) - {1}
    assert any("区内特別の先頭" in why for why in reasons(found)[2])


def test_the_plan_keeps_rule_and_reasons_and_is_what_the_container_draws(sealed):
    """C-18: plan, seed and result are stored; an auditor draws the same again from the hash."""
    planned = sealed.plan()
    container = sealed.container()
    assert planned == [one.number for one in sealed.sample(container.sha256)]


def test_strata_are_contiguous_in_the_sealed_order(sealed):
    """Postal order keeps a class together, so first and last of a class are where a machine starts and stops."""
    with sealed.ward.session() as session:
        order = select(Piece.postal_class).where(Piece.job_id == BATCH).order_by(Piece.number)
        classes = [klass for klass, _ in groupby(session.scalars(order))]
    assert len(classes) == len(set(classes)) == 2
