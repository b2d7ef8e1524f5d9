"""Step 4 compose by the real press: a piece that cannot be set is held by name, a finished chunk is never made again."""

import hashlib
import json
import shutil

import pypdfium2
import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from print_service.findings import RefusedError
from print_service.ledger.journal import entries
from print_service.ledger.tables import Hold, Job, PageFile, Piece, Slip
from print_service.notices.compose import (
    ChunkOrder,
    PieceOrder,
    compose_chunk,
    hold_piece,
    print_pages,
    store_pages,
)

pytestmark = pytest.mark.xdist_group("notices-press")
JOB = "R08-N01"


def pages_folder(ward):
    return ward.settings.output / JOB / "pages"


def reasons_of(result):
    return {number: [key for key, _ in reasons] for number, reasons in result.held}


def files(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def again(ward, pool):
    return tuple(print_pages(ward.engine, ward.settings, JOB, pool))


def test_a_piece_with_a_character_no_font_has_is_held_by_name(printed_ward):
    with printed_ward.session() as session:
        holds = session.scalars(select(Hold).order_by(Hold.piece_no)).all()
        states = dict(session.execute(select(Piece.number, Piece.state)).all())
    assert [(hold.piece_no, hold.step, hold.key) for hold in holds] == [
        (2, "compose", "press.missing-glyph"),
        (5, "compose", "press.missing-glyph"),
    ]
    assert holds[0].values["codepoints"] == "U+E0BB"
    assert states == {1: "composed", 2: "held", 3: "composed", 4: "composed", 5: "held"}


@pytest.fixture
def faulty_ward(numbered_ward):
    """The third piece lacks two characters and its address is too long for its form."""
    with numbered_ward.session() as session:
        piece = session.scalars(select(Piece).where(Piece.number == 3)).one()
        documents = json.loads(json.dumps(piece.documents))
        for document in documents:
            document["fields"]["addressee"] |= {"name": "渡\U000e01ef\ue0bb　一郎", "address": "見本町一丁目" * 40}
        piece.documents = documents
    return numbered_ward


def test_every_reason_of_a_held_piece_is_stored_once(faulty_ward, pool, act):
    results = again(faulty_ward, pool)
    assert again(faulty_ward, pool) == results  # as read from the finished chunks too
    with faulty_ward.session() as session:
        composed = store_pages(session, act("2026-04-17 13:30"), JOB, results)
    with faulty_ward.session() as session:
        holds = session.scalars(select(Hold).where(Hold.piece_no == 3).order_by(Hold.id)).all()
        (entry,) = [entry for entry in entries(session, "job:piece:held") if entry.subject == "R08-N01/3"]
        pieces = session.scalar(select(func.count()).where(Piece.state == "held"))
    found = [(hold.key, hold.values.get("codepoints") or hold.values["area"]) for hold in holds]
    assert len({(hold.key, *sorted(hold.values.items())) for hold in holds}) == len(holds)
    assert set(found) >= {
        ("press.missing-glyph", "U+6E21 U+E01EF"),
        ("press.missing-glyph", "U+E0BB"),
        ("press.overflow", "宛先の住所"),
    }
    assert {(hold.step, hold.payer_key) for hold in holds} == {("compose", "0000000003")}
    assert sorted(entry.body["keys"]) == ["press.missing-glyph", "press.overflow"]
    assert composed.held == pieces == 3


def test_its_slips_are_withdrawn_and_the_others_stay_issued(printed_ward):
    with printed_ward.session() as session:
        found = session.execute(select(Piece.number, Slip.state).join(Piece, Piece.id == Slip.piece_id)).all()
    assert {(number, state) for number, state in found} == {
        (1, "issued"),
        (2, "withdrawn"),
        (3, "issued"),
        (4, "issued"),
        (5, "withdrawn"),
    }


def test_each_hold_is_in_the_journal_by_piece_and_rule_without_the_name(printed_ward):
    with printed_ward.session() as session:
        held = list(entries(session, "job:piece:held"))
    assert [entry.subject for entry in held] == ["R08-N01/2", "R08-N01/5"]
    assert all(entry.body == {"keys": ["press.missing-glyph"], "step": "compose"} for entry in held)


def test_totals_count_what_was_printed_and_what_was_held(printed, printed_ward):
    with printed_ward.session() as session:
        sheets = session.scalar(select(func.sum(Piece.sheets)).where(Piece.state == "composed"))
        assert session.get_one(Job, JOB).state == "composed"
    composed = printed.composed
    assert (composed.files, composed.pieces, composed.held, composed.sheets) == (2, 3, 2, sheets)


def test_the_index_says_where_each_piece_stands_in_its_file(printed, printed_ward):
    """The piece's name is on the first page the index gives, and no held name is on any page."""
    with printed_ward.session() as session:
        pieces = session.scalars(select(Piece).where(Piece.state == "composed").order_by(Piece.number)).all()
        pages = dict(session.execute(select(PageFile.name, PageFile.pages)).all())
    assert [(p.number, p.file_name, p.first_page) for p in pieces] == [
        (1, "R08-N01-0001.pdf", 0),
        (3, "R08-N01-0002.pdf", 0),
        (4, "R08-N01-0002.pdf", pieces[1].pages),
    ]
    for name, count in pages.items():
        path = pages_folder(printed_ward) / name
        assert len(PdfReader(path).pages) == count
        document = pypdfium2.PdfDocument(path)
        assert len(document) == count
        for page in document:
            assert page.render(scale=0.1).to_numpy().min() < 200  # something is printed
        document.close()


def test_a_chunk_with_nothing_to_print_is_no_page_file(printed, printed_ward):
    with printed_ward.session() as session:
        names = session.scalars(select(PageFile.name).order_by(PageFile.name)).all()
    assert names == ["R08-N01-0001.pdf", "R08-N01-0002.pdf"]
    assert printed.results[2].pages == 0
    assert reasons_of(printed.results[2]) == {5: ["press.missing-glyph"]}


def test_the_ledger_keeps_the_hash_of_each_file(printed_ward):
    with printed_ward.session() as session:
        for row in session.scalars(select(PageFile)):
            content = (pages_folder(printed_ward) / row.name).read_bytes()
            assert (row.sha256, row.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_finished_chunks_are_taken_as_they_lie(printed, printed_ward, pool):
    before = files(pages_folder(printed_ward))
    assert again(printed_ward, pool) == printed.results
    assert files(pages_folder(printed_ward)) == before


@pytest.mark.parametrize("name", ["R08-N01-0001.pdf", "R08-N01-0001.json"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "removed"])
def test_a_damaged_chunk_is_made_again_with_the_same_bytes(printed, printed_ward, pool, name, damage):
    """A cut or foreign result file (`.json`) counts as unfinished, like the PDF itself."""
    folder = pages_folder(printed_ward)
    before = files(folder)
    path = folder / name
    if damage == "removed":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    else:
        path.write_bytes(b"\x00" + path.read_bytes()[1:])
    assert again(printed_ward, pool) == printed.results
    after = files(folder)
    assert {key: content for key, (content, _) in after.items()} == {k: content for k, (content, _) in before.items()}
    assert after["R08-N01-0002.pdf"][1] == before["R08-N01-0002.pdf"][1]


def test_a_job_killed_halfway_ends_in_the_same_bytes(printed, printed_ward, numbered_ward, pool):
    """The second chunk was never made; the first lies finished."""
    folder = pages_folder(numbered_ward)
    folder.mkdir(parents=True)
    for suffix in ("pdf", "json"):
        shutil.copy2(pages_folder(printed_ward) / f"R08-N01-0001.{suffix}", folder)
    assert again(numbered_ward, pool) == printed.results
    whole = {name: content for name, (content, _) in files(pages_folder(printed_ward)).items()}
    assert {name: content for name, (content, _) in files(folder).items()} == whole


def test_composing_again_holds_nobody_twice(printed, printed_ward, act):
    with printed_ward.session() as session:
        composed = store_pages(session, act("2026-04-17 13:30"), JOB, printed.results)
    assert composed == printed.composed
    with printed_ward.session() as session:
        assert session.scalar(select(func.count()).select_from(Hold)) == 2
        assert session.scalar(select(func.count()).select_from(PageFile)) == 2


def test_a_job_of_held_pieces_only_is_refused(printed, numbered_ward, act):
    before = numbered_ward.snapshot()
    with numbered_ward.session() as session, pytest.raises(RefusedError) as refusal:
        store_pages(session, act(), JOB, printed.results[2:])
    assert [finding.key for finding in refusal.value.findings] == ["compose.nothing-left"]
    assert numbered_ward.snapshot() == before


def test_a_piece_held_by_hand_is_not_printed_and_the_blocks_stay(numbered_ward, printed, pool, act):
    with numbered_ward.session() as session:
        hold_piece(session, act(), JOB, 1, "clerk", "job.held-by-hand", {"reason": "確認中"})
    results = again(numbered_ward, pool)
    assert [row[0] for row in results[0].index] == []
    assert results[0].held[0][0] == 2
    assert results[1].sha256 == printed.results[1].sha256


@pytest.mark.parametrize("number", [1, 2])
def test_a_printed_or_held_piece_is_not_held_again(printed_ward, act, number):
    before = printed_ward.snapshot()
    with printed_ward.session() as session, pytest.raises(RefusedError) as refusal:
        hold_piece(session, act(), JOB, number, "clerk", "job.held-by-hand", {"reason": "x"})
    assert [finding.key for finding in refusal.value.findings] == ["job.too-late-to-hold"]
    assert printed_ward.snapshot() == before


def test_another_order_under_the_same_name_is_not_taken_for_the_finished_one(printed_ward, pool):
    """The issuer's telephone number changed in ward.toml: every page is made again."""
    toml = printed_ward.out / "ward.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("03-0000-0000", "03-0000-0001"), encoding="utf-8")
    from print_service.settings import load_settings

    before = files(pages_folder(printed_ward))
    print_pages(printed_ward.engine, load_settings(toml), JOB, pool)
    after = files(pages_folder(printed_ward))
    assert all(after[name][0] != before[name][0] for name in ("R08-N01-0001.pdf", "R08-N01-0002.pdf"))


def test_the_order_of_a_chunk_is_its_hash(ward):
    def order(**changes):
        piece = PieceOrder(1, 2, ({"form": "payment_slip", "fields": {"amount": 1}},))
        facts = {
            "batch": "B",
            "name": "B-0001",
            "issued_on": "2026-06-05",
            "issuer": {},
            "pieces": (piece,),
            "engine": "",
        }
        return ChunkOrder(**{**facts, **changes}).digest()

    other = PieceOrder(1, 2, ({"form": "payment_slip", "fields": {"amount": 2}},))
    digests = [
        order(),
        order(batch="C"),
        order(name="B-0002"),
        order(issued_on="2026-06-06"),
        order(issuer=ward.settings.ward.issuer()),
        order(pieces=(other,)),
        order(engine="2"),
    ]
    assert len(set(digests)) == len(digests)
    assert order() == order()


def test_a_chunk_of_an_unknown_form_holds_the_piece_not_the_chunk(tmp_path, numbered_ward, pool):
    """A fault of one document never stops the others."""
    with numbered_ward.session() as session:
        piece = session.scalars(select(Piece).where(Piece.number == 1)).one()
    good = PieceOrder(1, piece.sheets, tuple(piece.documents))
    bad = PieceOrder(2, piece.sheets, tuple({**document, "form": "nothing"} for document in piece.documents))
    order = ChunkOrder(JOB, "X-0001", "2026-05-08", numbered_ward.settings.ward.issuer(), (bad, good), "test")
    result = pool.submit(compose_chunk, order, tmp_path, numbered_ward.settings.cache).result()
    assert reasons_of(result) == {2: ["press.form-unknown"]}
    assert [row[:2] for row in result.index] == [(1, 0)]
    assert json.loads((tmp_path / "X-0001.json").read_bytes())["order"] == order.digest()


def test_a_stored_number_that_somebody_changed_holds_its_piece_and_no_other(numbered_ward, printed, pool):
    with numbered_ward.session() as session:
        piece = session.scalars(select(Piece).where(Piece.number == 3)).one()
        documents = json.loads(json.dumps(piece.documents))
        slip = next(document for document in documents if document["form"] == "payment_slip")
        digits = slip["marks"]["cvs"]
        slip["marks"]["cvs"] = digits[:-1] + str((int(digits[-1]) + 1) % 10)
        piece.documents = documents
    results = again(numbered_ward, pool)
    assert reasons_of(results[1]) == {3: ["compose.mark-refused"]}
    assert results[1].held[0][1][0][1]["key"] == "slip.check-digit"
    assert [row[0] for row in results[1].index] == [4]
    assert results[0] == printed.results[0]
