"""Text maps and spans: the proof against a museum of those that lie, and sound ones beside it."""

import pytest
from glyph_museum import (
    GLYPHS,
    name_in_a_span,
    one_glyph_for_letter_and_mark,
    one_glyph_for_two_figures,
    span_with_a_glyph_more,
)

from print_service.proof import prove_file


@pytest.mark.parametrize("exhibit", GLYPHS, ids=lambda exhibit: exhibit.__name__)
def test_the_museum_is_named(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / "a.pdf"))
    assert GLYPHS[exhibit] in {finding.key for finding in evidence.findings}
    assert not evidence.sound
    assert evidence.checks["glyphs"].decoded < evidence.checks["glyphs"].expected


@pytest.mark.parametrize("exhibit", [name_in_a_span, one_glyph_for_letter_and_mark])
def test_a_span_and_a_letter_of_two_characters_are_sound(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / "a.pdf"))
    assert [str(finding) for finding in evidence.findings] == []


@pytest.mark.parametrize(
    ("exhibit", "page", "expected", "found"),
    [(span_with_a_glyph_more, 2, "48,200", "848,200"), (one_glyph_for_two_figures, 1, "48", "4")],
)
def test_a_finding_says_what_is_drawn_and_for_which_text(exhibit, page, expected, found, tmp_path):
    """A span is at fault where it stands, not every page that has one of its glyphs."""
    findings = prove_file(*exhibit(tmp_path / "a.pdf")).findings
    (glyphs,) = [finding.values for finding in findings if finding.key == "proof.glyph-differs"]
    assert (glyphs["page"], glyphs["expected"], glyphs["found"]) == (page, expected, found)
