"""One piece of a finished file as a PDF of its own: for the person it is about, or for whoever must look at it.

After step 4. A page file holds thousands of payers; copying pages out of it would carry the characters of all of them. What is cut
out is what was printed: the file must still be the one the ledger knows. The journal says who took whose piece out.
"""

from hashlib import file_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.findings import refuse
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import get_job
from print_service.ledger.tables import PageFile, Piece
from print_service.press.cut import cut
from print_service.settings import Settings


def cut_piece(session: Session, settings: Settings, act: Act, batch: str, number: int) -> bytes:
    """The pages of one piece. Refuses `ledger.not-found`, `cut.not-printed`, `cut.file-missing`, `cut.file-changed`."""
    get_job(session, batch)
    where = f"{batch}/{number}"
    piece = session.scalar(select(Piece).where(Piece.job_id == batch, Piece.number == number))
    if piece is None:
        raise refuse("ledger.not-found", batch, kind="通", id=where)
    if piece.file_name is None or piece.first_page is None:
        raise refuse("cut.not-printed", where, piece=where)
    path = settings.output / batch / "pages" / piece.file_name
    if not path.is_file():
        raise refuse("cut.file-missing", where, path=str(path))
    known = session.scalars(select(PageFile).where(PageFile.job_id == batch, PageFile.name == piece.file_name)).one()
    with path.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != known.sha256:
            raise refuse("cut.file-changed", where, path=str(path))
    pdf = cut(path, piece.first_page, piece.pages)
    record(session, Tag.PIECE_CUT, act, where, {"file": piece.file_name})
    return pdf
