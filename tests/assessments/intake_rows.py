"""One sound record of each host file, to be spoilt by the tests, written by the layouts we ship."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from print_service.assessments.gaiji import load_gaiji
from print_service.assessments.model import Assessment, Payer
from print_service.assessments.read import AssessmentReader
from print_service.findings import RefusedError
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write

WHO = {
    "payer_key": "0000012345",
    "levy_year": 2026,
    "postcode": "1600022",
    "address": "東京都新宿区新宿一丁目1番1号",
    "building": "見本マンション101",
    "name": "髙﨑　太郎",
    "kana": "ﾀｶｻｷ ﾀﾛｳ",
    "honorific": "様",
    "protected": "no",
    "deceased": "no",
    "returned": "no",
    "method": "slip",
    "bank": "",
    "branch": "",
    "number_masked": "",
}
_ZERO = (
    *("income_pension", "income_business", "income_real_estate", "income_dividend", "income_other"),
    *("deduction_mutual_aid", "deduction_life", "deduction_earthquake", "deduction_medical", "deduction_spouse"),
    *("deduction_dependants", "deduction_personal"),
)
# By hand: 2,180,000 - 920,000 = 1,260,000; 6 % = 75,600, 4 % = 50,400; less 1,500 and 1,000; plus 3,000 and 1,000; plus 1,000.
RESIDENT: Mapping[str, Any] = {
    **WHO,
    "notice_no": "2601000001",
    **dict.fromkeys(_ZERO, 0),
    "income_salary": 2_180_000,
    "total_income": 2_180_000,
    "deduction_social": 490_000,
    "deduction_basic": 430_000,
    "total_deductions": 920_000,
    "taxable": 1_260_000,
    "ward_income_levy": 75_600,
    "ward_credits": 1_500,
    "ward_per_capita": 3_000,
    "ward_total": 77_100,
    "metropolis_income_levy": 50_400,
    "metropolis_credits": 1_000,
    "metropolis_per_capita": 1_000,
    "metropolis_total": 50_400,
    "forest": 1_000,
    "annual": 128_500,
    "instalment_1": 32_500,
    "instalment_2": 32_000,
    "instalment_3": 32_000,
    "instalment_4": 32_000,
}
VEHICLE: Mapping[str, Any] = {
    **WHO,
    "notice_no": "2602000001",
    "plate": "見本 580 あ 12-34",
    "vehicle_kind": "軽自動車 四輪 乗用 自家用",
    "annual": 10_800,
}
HEADER: Mapping[str, Any] = {"municipality": "131999", "levy_year": 2026, "created_on": date(2026, 5, 1)}


def resident_file(folder: Path, *changes: Mapping[str, Any], header: Mapping[str, Any] = HEADER) -> Path:
    """A resident tax file of one record for each mapping of changes."""
    layout, path = load_layout("resident-tax-host"), folder / "r.dat"
    rows = [{**RESIDENT, **change} for change in changes]
    write(path, layout, rows, header=header, gaiji=load_gaiji(layout.gaiji).to_private)
    return path


def vehicle_file(folder: Path, *changes: Mapping[str, Any]) -> Path:
    """A vehicle tax file of one record for each mapping of changes."""
    path = folder / "v.csv"
    write(path, load_layout("vehicle-tax-host"), [{**VEHICLE, **change} for change in changes])
    return path


def read_file(path: Path, layout: str) -> tuple[AssessmentReader, list[Payer], list[Assessment]]:
    """The reader at its end, the payers it met and the assessments; RefusedError with all faults of the file."""
    reader = AssessmentReader(path, layout)
    entries = list(reader)
    reader.finish()
    return reader, [payer for payer, _ in entries if payer is not None], [assessment for _, assessment in entries]


def refused(path: Path) -> list[tuple[str, str]]:
    """(key, where) of every finding with which intake refuses the file."""
    layout = "resident-tax-host" if path.suffix == ".dat" else "vehicle-tax-host"
    with pytest.raises(RefusedError) as refusal:
        read_file(path, layout)
    assert all(finding.sentence for finding in refusal.value.findings)
    return [(finding.key, finding.where) for finding in refusal.value.findings]
