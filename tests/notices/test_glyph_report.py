"""The glyph report says before printing who would be held and why, and after it who is; the press is its judge."""

import pytest
from gaiji_font import BMP, bound, build
from sqlalchemy import select

from print_service.ledger.tables import Hold
from print_service.notices.glyph_report import glyph_report
from print_service.settings import GaijiFile

pytestmark = pytest.mark.xdist_group("notices-press")
JOB = "R08-N01"
NO_GLYPH = "見\ue0bb　一郎"


def rows(ward, settings=None, **options):
    with ward.session() as session:
        return list(glyph_report(session, settings or ward.settings, JOB, **options))


def settings_of(ward, **press):
    return ward.settings.model_copy(update={"press": ward.settings.press.model_copy(update=press)})


@pytest.fixture
def named(ward):
    """A numbered vehicle tax job for owners of these names, in postal order."""

    def job(*names, **fields):
        owners = [
            {"payer_key": f"{n:010d}", "name": name, "postcode": f"160{n:04d}", **fields}
            for n, name in enumerate(names, start=1)
        ]
        ward.load(ward.write_vehicles("owners.csv", *owners))
        ward.freeze(JOB, "vehicle-tax")
        return ward

    return job


def test_before_printing_it_names_piece_payer_field_character_and_remedy(numbered_ward):
    found = rows(numbered_ward)
    assert [(row.piece, row.payer_key, row.field, row.codepoints) for row in found] == [
        (2, "0000000002", "addressee.name", "U+E0BB"),
        (5, "0000000005", "addressee.name", "U+E0BB"),
    ]
    assert {row.key for row in found} == {"glyph.private-use"}
    assert not any(row.held or row.printed for row in found)
    assert "ホストのコード F0FC" in found[0].sentence
    assert "press.gaiji" in found[0].sentence


def test_after_printing_it_names_the_pieces_the_press_held_and_no_other(printed_ward):
    with printed_ward.session() as session:
        held = set(session.scalars(select(Hold.piece_no)))
    found = rows(printed_ward)
    assert {row.piece for row in found} == held == {2, 5}
    assert all(row.held for row in found)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("渡\U000e01ef　一郎", "glyph.variant-unknown"),
        ("渡\u3099　一郎", "glyph.mark"),
        ("\U000f0000　一郎", "glyph.private-use"),
        ("\U0001f600　一郎", "glyph.no-font"),
    ],
)
def test_every_reason_has_its_own_remedy(named, name, key):
    (row,) = rows(named(name))
    assert (row.key, row.text) == (key, name)
    assert row.codepoints in row.sentence


def test_one_character_on_several_sheets_of_a_piece_is_one_row(named):
    ward = named(NO_GLYPH, NO_GLYPH)
    assert [row.piece for row in rows(ward)] == [1, 2]


def test_what_a_ward_forbids_is_named_as_what_the_setting_would_allow(named):
    ward = named("渡邉\U000e0102", "∑\u9fef")
    assert rows(ward) == []
    own_design = settings_of(ward, mixed_design=False)
    assert [(row.cluster, row.key) for row in rows(ward, own_design)] == [
        ("邉\U000e0102", "glyph.variant-of-other-design"),
        ("∑", "glyph.other-design"),
        ("\u9fef", "glyph.other-design"),
    ]


def test_replaced_characters_are_listed_when_asked_and_are_printed(named):
    ward = named("辻\U000e0100　邉\U000e0102")
    found = rows(ward, replaced=True)
    assert [(row.cluster, row.key, row.printed) for row in found] == [
        ("辻\U000e0100", "glyph.drawn-by-same-shape", True),
        ("邉\U000e0102", "glyph.drawn-in-other-design", True),
    ]


def test_a_registered_gaiji_font_clears_the_report(named, tmp_path):
    ward = named(f"見{BMP}　一郎", NO_GLYPH)
    font = bound(build(tmp_path / "mihon.ttf", BMP))
    gaiji = GaijiFile(name="mihon", file=font.file, family=font.family, sha256=font.sha256, ranges=("E000-E757",))
    assert [row.codepoints for row in rows(ward)] == ["U+E000", "U+E0BB"]
    assert [row.codepoints for row in rows(ward, settings_of(ward, gaiji=(gaiji,)))] == ["U+E0BB"]


def test_a_hold_that_the_pieces_do_not_explain_is_not_lost(numbered_ward):
    """A character of a template or of ward.toml is in no piece; the hold knows it."""
    with numbered_ward.session() as session:
        values = {"text": "税務課\ue000", "cluster": "\ue000", "codepoints": "U+E000"}
        session.add(
            Hold(
                job_id=JOB,
                payer_key="0000000001",
                piece_no=1,
                step="compose",
                key="press.missing-glyph",
                values=values,
            )
        )
    found = [row for row in rows(numbered_ward) if row.piece == 1]
    assert [(row.key, row.cluster, row.held) for row in found] == [("glyph.held-by-press", "\ue000", True)]
