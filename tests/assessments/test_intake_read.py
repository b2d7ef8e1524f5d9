"""What intake makes of a sound host file, and how external characters become Unicode."""

import hashlib
from datetime import date

import pytest
from intake_rows import HEADER, RESIDENT, read_file, refused, resident_file, vehicle_file

from print_service.assessments.gaiji import load_gaiji, private_use
from print_service.assessments.model import Account, Instalment
from print_service.findings import RefusedError


def test_a_resident_tax_record(tmp_path):
    path = resident_file(tmp_path, {})
    reader, (payer,), (assessment,) = read_file(path, "resident-tax-host")
    assert reader.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (reader.header.text("municipality"), reader.header.get("created_on")) == ("131999", date(2026, 5, 1))
    assert (reader.layout.name, reader.payers) == ("resident-tax-host", 1)
    assert (payer.key, payer.addressee.name, payer.addressee.honorific) == ("0000012345", "髙﨑　太郎", "様")
    assert not (payer.protected)
    assert not (payer.deceased)
    assert not (payer.returned)
    assert assessment.tax_item == "resident-tax"
    assert assessment.instalments[0] == Instalment(1, 32_500)
    assert [part.amount for part in assessment.instalments] == [32_500, 32_000, 32_000, 32_000]
    assert assessment.account is None
    assert assessment.facts == {
        "income": [{"label": "給与所得", "amount": 2_180_000}],
        "deductions": [{"label": "社会保険料控除", "amount": 490_000}, {"label": "基礎控除", "amount": 430_000}],
        "total_income": 2_180_000,
        "total_deductions": 920_000,
        "taxable": 1_260_000,
        "levy": {
            "ward": {"income_levy": 75_600, "credits": 1_500, "per_capita": 3_000, "total": 77_100},
            "metropolis": {"income_levy": 50_400, "credits": 1_000, "per_capita": 1_000, "total": 50_400},
            "forest": 1_000,
        },
    }


def test_an_account_payer(tmp_path):
    change = {"method": "account", "bank": "見本銀行", "branch": "本店", "number_masked": "****123"}
    _, _, (assessment,) = read_file(resident_file(tmp_path, change), "resident-tax-host")
    assert assessment.method == "account"
    assert assessment.account == Account("見本銀行", "本店", "****123")


def test_a_vehicle_record_and_several_vehicles_of_one_owner(tmp_path):
    path = vehicle_file(tmp_path, {}, {"notice_no": "2602000002", "plate": "見本区 い 5678", "annual": 2_000})
    _, payers, assessments = read_file(path, "vehicle-tax-host")
    assert (len(payers), [assessment.annual for assessment in assessments]) == (1, [10_800, 2_000])
    assert assessments[0].facts == {"plate": "見本 580 あ 12-34", "kind": "軽自動車 四輪 乗用 自家用"}
    assert assessments[0].instalments == (Instalment(1, 10_800),)


def test_one_instalment_when_the_tax_is_too_small_to_split(tmp_path):
    change = dict.fromkeys((name for name in RESIDENT if name.startswith(("income_", "deduction_"))), 0)
    change |= dict.fromkeys(("total_income", "total_deductions", "taxable", "instalment_2", "instalment_3"), 0)
    change |= dict.fromkeys(("ward_income_levy", "ward_credits", "metropolis_income_levy", "metropolis_credits"), 0)
    change |= {"ward_per_capita": 1_500, "ward_total": 1_500, "metropolis_per_capita": 500, "metropolis_total": 500}
    change |= {"annual": 3_000, "instalment_1": 3_000, "instalment_4": 0}
    _, _, (assessment,) = read_file(resident_file(tmp_path, change), "resident-tax-host")
    assert assessment.instalments == (Instalment(1, 3_000),)


def test_gaiji_of_the_cp932_file_become_unicode_and_back(tmp_path):
    name = "渡邉\U000e010f　𠮷𣘺"
    path = resident_file(tmp_path, {"name": name})
    assert b"\xf0\x40" in path.read_bytes()
    assert b"\xf0\x41" in path.read_bytes()
    reader, (payer,), _ = read_file(path, "resident-tax-host")
    assert payer.addressee.name == name
    assert reader.faults.warnings == ()


def test_an_unmapped_gaiji_stays_private_and_is_a_warning(tmp_path):
    name = f"見{chr(private_use(0xF0FC))}　一郎"
    reader, (payer,), _ = read_file(resident_file(tmp_path, {"name": name}), "resident-tax-host")
    assert payer.addressee.name == name
    (warning,) = reader.faults.warnings
    assert (warning.key, warning.where) == ("flatfile.gaiji-unmapped", "r.dat:2:name")


def test_ibm_extended_characters_are_read_in_both_spellings(tmp_path):
    """髙 is FBFC in files written by Windows and EEE0 in others (NEC and IBM extensions of CP932)."""
    path = resident_file(tmp_path, {"name": "髙橋"})
    content = path.read_bytes()
    assert b"\xee\xe0" in content
    path.write_bytes(content.replace(b"\xee\xe0", b"\xfb\xfc"))
    _, (payer,), _ = read_file(path, "resident-tax-host")
    assert payer.addressee.name == "髙橋"


def test_the_levy_year_is_the_headers(tmp_path):
    path = resident_file(tmp_path, {}, header={**HEADER, "levy_year": 2025})
    assert refused(path) == [("intake.levy-year-differs", "r.dat:2:levy_year")]


def test_a_layout_of_another_subject(tmp_path):
    with pytest.raises(RefusedError) as refusal:
        read_file(resident_file(tmp_path, {}), "cvs-payments-a")
    assert [finding.key for finding in refusal.value.findings] == ["intake.layout-subject"]


@pytest.mark.parametrize(("code", "point"), [(0xF040, 0xE000), (0xF080, 0xE03F), (0xF140, 0xE0BC), (0xF9FC, 0xE757)])
def test_the_user_defined_area_of_cp932(code, point):
    """Microsoft code page 932, and Python's own codec as the second opinion."""
    assert private_use(code) == point
    assert code.to_bytes(2, "big").decode("cp932") == chr(point)


@pytest.mark.parametrize("code", [0xF03F, 0xF07F, 0xEFFC, 0xFA40, 0xF0FD])
def test_codes_outside_the_area_are_refused(code):
    with pytest.raises(ValueError, match="user-defined"):
        private_use(code)


@pytest.mark.parametrize(
    "text",
    ['[codes]\nF07F = "4E00"\n', '[codes]\nF040 = "4E00"\nF041 = "4E00"\n', '[codes]\nF040 = "hello"\n', "", "codes ="],
)
def test_a_faulty_gaiji_table(tmp_path, text):
    (tmp_path / "ours.toml").write_text(text)
    with pytest.raises(RefusedError, match="gaiji-table"):
        load_gaiji("ours", tmp_path)


def test_every_gaiji_of_the_ward_has_a_glyph():
    """Each cluster is in IPAmj Mincho: its base in the cmap, its sequence among the font's variation sequences."""
    font_tools = pytest.importorskip("fontTools.ttLib")
    from pathlib import Path

    path = Path("/usr/share/fonts/truetype/ipamj/ipamjm.ttf")
    if not path.is_file():
        pytest.skip("IPAmj Mincho (fonts-ipamj-mincho) is not installed")
    with font_tools.TTFont(path, lazy=True) as font:
        plain = font.getBestCmap()
        sequences = next(table for table in font["cmap"].tables if table.format == 14).uvsDict
    for cluster in load_gaiji("mihon-ku").to_private:
        base, *selector = (ord(character) for character in cluster)
        assert base in plain
        assert not selector or base in {point for point, _ in sequences[selector[0]]}
    assert private_use(0xF0FC) not in plain
