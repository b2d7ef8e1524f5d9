"""The control file for the inserter: one row a piece, no personal data, every row checkable by itself."""

import csv
import hashlib
import io

import pytest
from sqlalchemy import select

from print_service.batches.control import Controlled, write_control
from print_service.ledger.tables import Payer, Piece


@pytest.fixture
def composed(loaded_ward, tmp_path):
    loaded_ward.noticed()
    loaded_ward.compose_blank()
    path = tmp_path / "allocation.csv"
    with loaded_ward.session() as session:
        totals = write_control(session, "R08-N02", path)
        pieces = session.scalars(select(Piece).order_by(Piece.number)).all()
    assert totals == Controlled(len(pieces), sum(piece.sheets for piece in pieces))
    return loaded_ward, pieces, path.read_bytes()


def test_lines_end_with_crlf_and_columns_are_named(composed):
    _, pieces, content = composed
    lines = content.split(b"\r\n")
    assert lines[0] == (
        b"batch_id,piece_no,total_pieces,sheets_total,postal_code7,postal_class,pdf_file,page_from,page_to,row_sha256"
    )
    assert len(lines) == len(pieces) + 2
    assert lines[-1] == b""
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_hash_of_a_row_is_sha_256_over_the_row_before_its_last_comma(composed):
    _, pieces, content = composed
    for line in content.decode().splitlines()[1:]:
        row, _, digest = line.rpartition(",")
        assert hashlib.sha256(row.encode()).hexdigest() == digest
        edited = row.replace(f",{len(pieces)},", f",{len(pieces) + 1},", 1)
        assert hashlib.sha256(edited.encode()).hexdigest() != digest


def test_pages_run_on_from_one_without_gap_or_overlap(composed):
    _, pieces, content = composed
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    expected = 1
    for piece, row in zip(pieces, rows, strict=True):
        assert (row["batch_id"], row["pdf_file"]) == ("R08-N02", piece.file_name)
        assert (row["sheets_total"], int(row["page_from"])) == (str(piece.sheets), piece.first_page + 1)
        assert int(row["page_from"]) == expected
        expected += piece.pages
        assert int(row["page_to"]) == expected - 1
        assert (row["piece_no"], row["total_pieces"]) == (f"{piece.number:06d}", str(len(pieces)))
        assert (row["postal_code7"], row["postal_class"]) == (piece.postcode, piece.postal_class)


def test_no_name_address_payer_key_or_amount_is_in_it(composed):
    ward, pieces, content = composed
    text = content.decode()
    with ward.session() as session:
        for piece in pieces:
            payer = session.get_one(Payer, piece.payer_key)
            assert not any(fact and fact in text for fact in (payer.name, payer.kana, payer.address, payer.building))
            cells = {cell for line in text.splitlines()[1:] for cell in line.split(",")[:-1]}
            assert piece.payer_key not in cells
