"""Fields that read right and look wrong: the proof against their museum, and against furniture that is no fault."""

import pytest
from field_museum import FIELD_FAULTS, SOUND

from print_service.proof import prove_file


@pytest.mark.parametrize("exhibit", FIELD_FAULTS, ids=lambda exhibit: exhibit.__name__)
def test_the_museum_is_named(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / f"{exhibit.__name__}.pdf"))
    assert FIELD_FAULTS[exhibit] in {finding.key for finding in evidence.findings}
    assert not evidence.sound
    for finding in evidence.findings:
        assert finding.sentence


@pytest.mark.parametrize("exhibit", SOUND, ids=lambda exhibit: exhibit.__name__)
def test_what_forms_may_draw_is_no_fault(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / f"{exhibit.__name__}.pdf"))
    assert [str(finding) for finding in evidence.findings] == []
