"""One piece of a printed file alone: its own words and characters, nobody else's, and the journal says who took it."""

import re
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from print_service.findings import RefusedError
from print_service.ledger.journal import entries
from print_service.ledger.tables import Piece
from print_service.notices.cut_out import cut_piece

pytestmark = pytest.mark.xdist_group("notices-press")
JOB = "R08-N01"


def characters_of(pdf):
    """Every character that a font of the file can say (ToUnicode), from its own text."""
    said = set()
    with pikepdf.open(BytesIO(pdf)) as document:
        for font in document.objects:
            if isinstance(font, pikepdf.Dictionary) and "/ToUnicode" in font:
                for code in re.findall(rb"<([0-9a-fA-F]+)>", font.ToUnicode.read_bytes()):
                    if len(code) % 4 == 0:
                        said.update(bytes.fromhex(code.decode()).decode("utf-16-be", "ignore"))
    return said


def test_a_piece_is_cut_out_with_its_own_characters_only(printed_ward, act):
    with printed_ward.session() as session:
        mine, theirs = (session.scalars(select(Piece).where(Piece.number == number)).one() for number in (3, 4))
        pdf = cut_piece(session, printed_ward.settings, act("2026-06-01 10:00"), JOB, 3)
        record = list(entries(session, "job:piece:cut-out"))[-1]
        names = [piece.documents[0]["fields"]["addressee"]["name"] for piece in (mine, theirs)]
    pages = PdfReader(BytesIO(pdf)).pages
    text = "".join(page.extract_text() for page in pages)
    assert len(pages) == mine.pages
    assert names[0] in text
    assert (record.subject, record.body) == ("R08-N01/3", {"file": mine.file_name})
    own = set(text) | {" "}
    others = set(names[1]) - own
    assert others
    assert others.isdisjoint(characters_of(pdf))


def test_what_was_not_printed_or_has_changed_is_not_cut_out(printed_ward, act):
    who = act("2026-06-01 10:00")
    folder = printed_ward.settings.output / JOB / "pages"

    def refusal(number):
        with printed_ward.session() as session, pytest.raises(RefusedError) as caught:
            cut_piece(session, printed_ward.settings, who, JOB, number)
        return caught.value.findings[0].key

    path = folder / "R08-N01-0002.pdf"
    content = path.read_bytes()
    try:
        assert (refusal(2), refusal(99)) == ("cut.not-printed", "ledger.not-found")
        path.write_bytes(content + b"\n")
        assert refusal(3) == "cut.file-changed"
        path.unlink()
        assert refusal(3) == "cut.file-missing"
    finally:
        path.write_bytes(content)
