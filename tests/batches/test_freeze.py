"""Step 2 freeze: who gets an envelope, who is held back and why, in which order, and what lies in each."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from print_service.findings import RefusedError, catalogue
from print_service.ledger.tables import Assessment, Hold, Job, Payer, Piece, PieceAssessment


def keys(refusal):
    return [finding.key for finding in refusal.value.findings]


def pieces(ward, batch="R08-N02"):
    with ward.session() as session:
        return session.scalars(select(Piece).where(Piece.job_id == batch).order_by(Piece.number)).all()


def piece_of(ward, case, batch):
    (piece,) = [piece for piece in pieces(ward, batch) if piece.payer_key == ward.plan.cases[case]]
    return piece


def forms(piece):
    return Counter(document["form"] for document in piece.documents)


@pytest.mark.parametrize(
    ("case", "tax_item", "key"),
    [
        ("protected", "resident-tax", "freeze.protected-address"),
        ("returned", "resident-tax", "freeze.returned-mail"),
        ("deceased", "vehicle-tax", "freeze.deceased"),
    ],
)
def test_who_may_not_get_mass_mail_is_held_back_with_the_rule(loaded_ward, case, tax_item, key):
    frozen = loaded_ward.freeze("R08-N01", tax_item)
    payer = loaded_ward.plan.cases[case]
    with loaded_ward.session() as session:
        (hold,) = session.scalars(select(Hold).where(Hold.payer_key == payer))
        assert (hold.job_id, hold.step, hold.key, hold.piece_no) == ("R08-N01", "freeze", key, None)
        assert session.scalar(select(func.count()).where(Piece.payer_key == payer)) == 0
    assert frozen.held[key] == 1
    assert key in catalogue()


def test_a_protected_address_stands_in_no_piece(loaded_ward):
    loaded_ward.freeze()
    with loaded_ward.session() as session:
        address = session.get_one(Payer, loaded_ward.plan.cases["protected"]).address
    assert address not in str([piece.documents for piece in pieces(loaded_ward)])


@pytest.mark.parametrize("tax_item", ["resident-tax", "vehicle-tax"])
def test_nobody_is_dropped_silently(loaded_ward, tax_item):
    """Every payer with a live assessment is in a piece or in a hold, and every instalment is covered by one piece."""
    loaded_ward.freeze("R08-N01", tax_item)
    with loaded_ward.session() as session:
        owing = set(session.scalars(select(Assessment.payer_key).where(Assessment.tax_item == tax_item)))
        held = set(session.scalars(select(Hold.payer_key)))
        covered = session.execute(
            select(Assessment.payer_key, PieceAssessment.assessment_id, PieceAssessment.period)
            .join(PieceAssessment, PieceAssessment.assessment_id == Assessment.id)
            .where(Assessment.tax_item == tax_item)
        ).all()
    assert {row.payer_key for row in covered} | held == owing
    assert {row.payer_key for row in covered} & held == set()
    assert max(Counter(map(tuple, covered)).values()) == 1


def test_pieces_are_numbered_from_one_in_postal_order(ward):
    """The ward's own post codes (160, 161, 162, 169) first, then the rest, each by the seven digits."""
    codes = ["9000001", "1690075", "0600001", "1600022", "1590001", "1610031"]
    rows = [{"payer_key": f"{n:010d}", "postcode": code} for n, code in enumerate(codes)]
    ward.load(ward.write_vehicles("v.csv", *rows))
    ward.freeze("R08-N01", "vehicle-tax")
    assert [(piece.number, piece.postcode, piece.postal_class) for piece in pieces(ward, "R08-N01")] == [
        (1, "1600022", "区内特別"),
        (2, "1610031", "区内特別"),
        (3, "1690075", "区内特別"),
        (4, "0600001", "一般"),
        (5, "1590001", "一般"),
        (6, "9000001", "一般"),
    ]


def test_within_a_post_code_the_order_is_that_of_address_building_and_payer(ward):
    rows = [
        {"payer_key": "0000000004", "address": "い", "building": ""},
        {"payer_key": "0000000003", "address": "あ", "building": "２０１"},
        {"payer_key": "0000000002", "address": "あ", "building": "１０１"},
        {"payer_key": "0000000001", "address": "い", "building": ""},
    ]
    ward.load(ward.write_vehicles("v.csv", *rows))
    ward.freeze("R08-N01", "vehicle-tax")
    assert [piece.payer_key[-1] for piece in pieces(ward, "R08-N01")] == ["2", "3", "1", "4"]


@pytest.mark.parametrize(("case", "vehicles"), [("three-vehicles", 3), ("company-two-vehicles", 2), ("company", 1)])
def test_all_vehicles_of_one_owner_lie_in_one_piece_with_a_slip_each(loaded_ward, case, vehicles):
    loaded_ward.freeze("R08-N01", "vehicle-tax")
    piece = piece_of(loaded_ward, case, "R08-N01")
    assert forms(piece) == {"vehicle_tax": 1, "payment_slip": vehicles}
    listed = piece.documents[0]["fields"]["vehicles"]
    assert len({row["notice_no"] for row in listed}) == vehicles
    assert piece.documents[0]["fields"]["total"] == sum(row["amount"] for row in listed)
    requested = [document["request"]["amount"] for document in piece.documents[1:]]
    assert requested == [row["amount"] for row in listed]


def test_more_vehicles_than_a_page_holds_go_on_on_a_second_notice_with_one_total(ward):
    """The form lists six."""
    ward.load(ward.write_vehicles("v.csv", *({"plate": f"見本 580 あ {n:02d}-00"} for n in range(8))))
    ward.freeze("R08-N01", "vehicle-tax")
    (piece,) = pieces(ward, "R08-N01")
    notices = [document["fields"] for document in piece.documents if document["form"] == "vehicle_tax"]
    assert [(len(fields["vehicles"]), fields["part"]) for fields in notices] == [
        (6, {"number": 1, "of": 2}),
        (2, {"number": 2, "of": 2}),
    ]
    assert {fields["total"] for fields in notices} == {8 * 10_800}
    assert forms(piece)["payment_slip"] == 8


def test_two_people_of_one_name_and_address_get_two_pieces(ward):
    """名寄せ is by the payer key, never by the name."""
    ward.load(ward.write_vehicles("v.csv", {"payer_key": "0000000001"}, {"payer_key": "0000000002"}))
    assert ward.freeze("R08-N01", "vehicle-tax").pieces == 2


def test_account_transfer_payers_get_a_notice_without_slips(loaded_ward):
    loaded_ward.freeze()
    piece = piece_of(loaded_ward, "account", "R08-N02")
    assert forms(piece) == {"resident_tax": 1}
    assert piece.documents[0]["fields"]["method"] == "account"
    assert piece.documents[0]["fields"]["account"]["number_masked"].startswith("****")


def test_four_instalments_get_a_slip_each_and_one_for_the_whole_year(loaded_ward):
    loaded_ward.freeze()
    requests = [d["request"] for d in piece_of(loaded_ward, "plane-2-yoshi", "R08-N02").documents if "request" in d]
    assert [(request["period"], request["label"]) for request in requests] == [
        (0, "全期"),
        (1, "第1期"),
        (2, "第2期"),
        (3, "第3期"),
        (4, "第4期"),
    ]
    whole, *parts = [request["amount"] for request in requests]
    assert whole == sum(parts)
    assert [request["due"] for request in requests] == [
        "2026-06-30",
        "2026-06-30",
        "2026-08-31",
        "2026-11-02",
        "2027-02-01",
    ]


def test_a_tax_of_one_instalment_gets_one_slip_called_the_whole_year(loaded_ward):
    """No separate whole-year slip: the same money could be paid twice."""
    loaded_ward.freeze()
    requests = [d["request"] for d in piece_of(loaded_ward, "one-instalment", "R08-N02").documents if "request" in d]
    assert [(request["period"], request["label"]) for request in requests] == [(1, "全期")]


def test_slips_are_taken_sixty_days_beyond_the_due_date(loaded_ward):
    """ward.toml handling_days = 60: 1 June + 60 days is 31 July."""
    loaded_ward.freeze("R08-N01", "vehicle-tax")
    limits = {d["request"]["pay_by"] for p in pieces(loaded_ward, "R08-N01") for d in p.documents if "request" in d}
    assert limits == {"2026-07-31"}


def test_every_document_bears_the_addressee_as_stored_and_the_day_of_issue(loaded_ward):
    loaded_ward.freeze()
    piece = piece_of(loaded_ward, "variation-selector", "R08-N02")
    for document in piece.documents:
        assert document["fields"]["addressee"]["name"] == "渡邉\U000e010f\u3000健一"
        assert document["fields"]["issued_on"] == "2026-06-05"


def test_a_job_id_is_never_used_again(loaded_ward):
    loaded_ward.freeze("R08-N01", "vehicle-tax")
    before = loaded_ward.snapshot()
    for tax_item in ("vehicle-tax", "resident-tax"):
        with pytest.raises(RefusedError) as refusal:
            loaded_ward.freeze("R08-N01", tax_item)
        assert keys(refusal) == ["job.exists"]
    assert loaded_ward.snapshot() == before


def test_a_job_of_nothing_is_refused_and_leaves_no_trace(ward):
    before = ward.snapshot()
    with pytest.raises(RefusedError) as refusal:
        ward.freeze()
    assert keys(refusal) == ["job.nothing-to-print"]
    assert ward.snapshot() == before


def test_a_job_of_held_payers_only_is_refused(ward):
    ward.load(ward.write_vehicles("v.csv", {"protected": "yes"}))
    with pytest.raises(RefusedError) as refusal:
        ward.freeze("R08-N01", "vehicle-tax")
    assert keys(refusal) == ["job.nothing-to-print"]


def test_nobody_gets_the_same_notice_from_a_second_job(loaded_ward):
    loaded_ward.freeze("R08-N01", "vehicle-tax")
    with pytest.raises(RefusedError) as refusal:
        loaded_ward.freeze("R08-N03", "vehicle-tax")
    assert keys(refusal) == ["job.nothing-to-print"]


def test_a_superseded_assessment_is_not_noticed(ward):
    first = ward.load(ward.write_vehicles("a.csv", {}))
    ward.load(ward.write_vehicles("b.csv", {"annual": 2_000}), supersedes=first.sha256)
    ward.freeze("R08-N01", "vehicle-tax")
    (piece,) = pieces(ward, "R08-N01")
    assert [d["request"]["amount"] for d in piece.documents if "request" in d] == [2_000]


def test_the_job_keeps_its_maker_and_parameters(loaded_ward):
    loaded_ward.freeze()
    with loaded_ward.session() as session:
        job = session.get_one(Job, "R08-N02")
    assert (job.kind, job.tax_items, job.levy_year, job.issued_on, job.state, job.maker) == (
        "notice",
        ["resident-tax"],
        2026,
        date(2026, 6, 5),
        "frozen",
        "W01",
    )
