"""Rules of intake, each with a spoilt record: sums, rounding, split, one payer one name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_rows import RESIDENT, read_file, refused, resident_file, vehicle_file

from print_service.assessments.split import split_annual


@pytest.mark.parametrize(
    ("annual", "parts"),
    [
        (123_400, (33_400, 30_000, 30_000, 30_000)),  # 地方税法 20条の4の2⑥, worked
        (5_000, (2_000, 1_000, 1_000, 1_000)),  # 均等割 and 森林環境税 only
        (3_900, (3_900,)),
        (4_000, (1_000, 1_000, 1_000, 1_000)),
        (100, (100,)),
        (1_250_000, (314_000, 312_000, 312_000, 312_000)),
    ],
)
def test_the_split_into_instalments(annual, parts):
    assert split_annual(annual) == parts


@given(st.integers(1, 10**8).map(lambda hundreds: hundreds * 100))
def test_every_split_adds_up_and_only_the_first_has_a_fraction(annual):
    first, *rest = split_annual(annual)
    assert first + sum(rest) == annual
    assert all(part % 1_000 == 0 and 0 < part <= first for part in rest)
    assert len(set(rest)) <= 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"forest": 2_000}, [("intake.levy-parts", "r.dat:2:annual")]),
        (
            {"ward_total": 77_200},
            [("intake.levy-total", "r.dat:2:ward_total"), ("intake.levy-parts", "r.dat:2:annual")],
        ),
        (
            {"ward_total": 77_150, "forest": 950},
            [("intake.levy-total", "r.dat:2:ward_total"), ("intake.tax-rounding", "r.dat:2:ward_total")],
        ),
        ({"metropolis_credits": 2_000}, [("intake.levy-total", "r.dat:2:metropolis_total")]),
        ({"instalment_4": 31_000}, [("intake.instalments-sum", "r.dat:2:instalment_1")]),
        (
            {"instalment_1": 32_125, "instalment_2": 32_125, "instalment_3": 32_125, "instalment_4": 32_125},
            [("intake.instalment-split", "r.dat:2:instalment_1")],
        ),
        (
            {"instalment_1": 128_500, "instalment_2": 0, "instalment_3": 0, "instalment_4": 0},
            [("intake.instalment-split", "r.dat:2:instalment_1")],
        ),
        ({"income_other": 1}, [("intake.lines-sum", "r.dat:2:total_income")]),
        ({"deduction_life": 28_000}, [("intake.lines-sum", "r.dat:2:total_deductions")]),
        ({"taxable": 1_260_500}, [("intake.base-rounding", "r.dat:2:taxable")]),
        ({"annual": 0}, [("intake.amount-not-positive", "r.dat:2:annual")]),
        ({"postcode": "0000000"}, [("intake.postcode", "r.dat:2:postcode")]),
        ({"method": "account"}, [("intake.account-missing", "r.dat:2:bank")]),
        ({"bank": "見本銀行"}, [("intake.account-surplus", "r.dat:2:bank")]),
        (
            {"method": "account", "bank": "見本銀行", "branch": "本店", "number_masked": "1234567"},
            [("intake.account-not-masked", "r.dat:2:number_masked")],
        ),
        ({"levy_year": 2025}, [("intake.levy-year-differs", "r.dat:2:levy_year")]),
    ],
)
def test_a_record_against_a_rule(tmp_path, change, expected):
    assert refused(resident_file(tmp_path, change)) == expected


def test_a_vehicle_tax_with_a_fraction_or_of_nothing(tmp_path):
    path = vehicle_file(tmp_path, {"annual": 10_850}, {"annual": 0, "notice_no": "2602000002"})
    assert refused(path) == [
        ("intake.tax-rounding", "v.csv:2:annual"),
        ("intake.amount-not-positive", "v.csv:3:annual"),
    ]


def test_a_notice_number_used_twice(tmp_path):
    path = vehicle_file(tmp_path, {}, {"notice_no": "2602000002"}, {})
    assert refused(path) == [("intake.notice-no-repeated", "v.csv:4:notice_no")]


def test_one_payer_with_two_names_or_marks(tmp_path):
    other = {"notice_no": "2602000002", "name": "髙崎　太郎", "building": "", "protected": "yes"}
    assert refused(vehicle_file(tmp_path, {}, other)) == [
        ("intake.payer-differs", "v.csv:3:building"),
        ("intake.payer-differs", "v.csv:3:name"),
        ("intake.payer-differs", "v.csv:3:protected"),
    ]


def test_a_name_that_differs_by_a_variation_selector_is_another_name(tmp_path):
    """Names are compared as stored, never normalised."""
    one, two = {"name": "渡邉\U000e010f"}, {"name": "渡邉", "notice_no": "2602000002"}
    assert refused(vehicle_file(tmp_path, one, two)) == [("intake.payer-differs", "v.csv:3:name")]


def test_faults_of_format_and_of_contents_come_together(tmp_path):
    path = resident_file(tmp_path, {}, {"notice_no": "2601000002", "forest": 2_000})
    content = path.read_bytes().replace(b"82601000001", b"82601000001")
    content = content.replace(b"22601000001", b"22601A00001", 1)
    path.write_bytes(content)
    assert refused(path) == [
        ("flatfile.not-digits", "r.dat:2:notice_no"),
        ("intake.levy-parts", "r.dat:3:annual"),
    ]


def test_the_row_used_here_is_sound(tmp_path):
    _, _, (assessment,) = read_file(resident_file(tmp_path, {}), "resident-tax-host")
    assert assessment.annual == RESIDENT["annual"]
    assert json.loads(json.dumps(assessment.facts)) == assessment.facts
