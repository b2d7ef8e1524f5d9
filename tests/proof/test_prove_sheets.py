"""Fields, spellings, glyphs, versions and ink: the proof against a museum of notices, and each reader against what it reads."""

import pytest
from sheet_museum import SHEETS, ruled_and_shaded, sound

from print_service.proof import MarkCount, prove_file


def keys(evidence):
    return {finding.key for finding in evidence.findings}


def test_sound_notices_have_every_field_and_no_finding(tmp_path):
    evidence = prove_file(*sound(tmp_path / "a.pdf"))
    assert [str(finding) for finding in evidence.findings] == []
    assert evidence.checks["text-name"] == evidence.checks["text-amount"] == MarkCount(3, 3)
    assert evidence.checks["place"] == MarkCount(6, 6)
    assert evidence.checks["glyphs"].expected == evidence.checks["glyphs"].decoded > 40


def test_rules_between_figures_and_light_shading_are_the_forms_right(tmp_path):
    evidence = prove_file(*ruled_and_shaded(tmp_path / "a.pdf"))
    assert [str(finding) for finding in evidence.findings] == []
    assert evidence.checks["wording-seen"] == MarkCount(3, 3)


@pytest.mark.parametrize("exhibit", SHEETS, ids=lambda exhibit: exhibit.__name__)
def test_the_museum_is_named(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / f"{exhibit.__name__}.pdf"))
    assert SHEETS[exhibit] in keys(evidence)
    assert not evidence.sound
    for finding in evidence.findings:
        assert finding.sentence
