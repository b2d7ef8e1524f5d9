"""What the screen says of many findings: nothing new is left out, and nothing is said three hundred times."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from sheet_museum import shifted_by_one_piece

from print_service.findings import Finding
from print_service.proof import prove_file
from print_service.proof.telling import EACH, told

KEYS = ("proof.foreign-piece", "proof.margin", "proof.window")


def margin(page, form="notice-1"):
    values = {"file": "a.pdf", "page": page, "piece": page, "form": form, "zone": "1, 2, 3, 4"}
    return Finding("proof.margin", f"a.pdf p.{page}", values)


def test_a_fault_of_the_form_is_told_three_times_and_counted():
    findings = [margin(page) for page in range(1, 301)]
    *shown, more = told([*findings, margin(301, "notice-2")])
    assert shown == [*findings[:3], margin(301, "notice-2")]
    assert more.key == "proof.more-alike"
    assert more.values == {"rule": "proof.margin（notice-1）", "more": 297, "pages": 297}
    assert "297 件" in more.sentence


def test_of_another_ones_page_its_owner_is_told_and_the_rest_counted(tmp_path):
    evidence = prove_file(*shifted_by_one_piece(tmp_path / "s.pdf"))
    *shown, following = told(evidence.findings)
    assert [(f.key, f.values["page"]) for f in shown] == [
        ("proof.foreign-piece", 2),
        ("proof.sheet-missing", 2),
        ("proof.mark-twice", 3),
        ("proof.mark-twice", 3),
    ]
    # name, address, amount, number, bars and the amount they say
    assert (following.key, following.values) == ("proof.more-following", {"more": 6, "pages": 1})


def test_few_findings_are_told_as_they_are():
    findings = [margin(1), margin(2), margin(3)]
    assert told(findings) == findings


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(1, 6)), max_size=60))
def test_every_finding_is_shown_or_counted_once(drawn):
    findings = [Finding(key, f"p.{page}", {"file": "a.pdf", "page": page}) for key, page in drawn]
    said = told(findings)
    shown = [finding for finding in said if not finding.key.startswith("proof.more-")]
    counted = sum(int(finding.values["more"]) for finding in said if finding.key.startswith("proof.more-"))
    assert len(shown) + counted == len(findings)
    assert max(Counter(finding.key for finding in shown).values(), default=0) <= EACH
    assert all(page in {f.values["page"] for f in findings} for page in (f.values["page"] for f in shown))
    assert bool(shown) == bool(findings)
