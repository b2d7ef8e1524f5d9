"""Cover sheet and pull list on paper, read back from the PDF: who answers for the run, which channel was behind, which pieces to pull."""

import csv
from datetime import date, datetime

import pypdfium2
import pytest

from print_service.act import JST
from print_service.batches.freshness import override
from print_service.dunning.cover import cover_sheet
from print_service.mailing.pull import approve_pull, list_pieces
from print_service.mailing.pull_paper import write_pull_list
from print_service.pool import process_pool

TAX, STORE = "resident-tax", "convenience-store"
RUN = date(2026, 7, 21)
BATCH = "R08-D01"

pytestmark = pytest.mark.xdist_group("one-worker-pool")


def words(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pdf), len(pdf)


def test_the_cover_sheet_names_the_people_the_channels_and_why_one_was_let_through(dunned):
    dunned.ward.fresh(RUN, STORE)
    for by, reason in (("W01", "代行会社の休業により送信なし"), ("W03", "")):
        with dunned.ward.session() as session:
            override(session, dunned.ward.settings, dunned.act(f"{RUN} 08:00", by), BATCH, STORE, reason)
    dunned.remind(BATCH, RUN, TAX)
    with dunned.ward.session() as session, process_pool(1) as pool:
        path = cover_sheet(session, dunned.ward.settings, dunned.act(f"{RUN} 10:30"), BATCH, pool)
    text, pages = words(path)
    assert pages == 1
    assert "代行会社の休業により送信なし（申出W01、承認W03）" in text
    assert "コンビニエンスストアなしなし2026-07-13" in text
    assert "令和8年7月20日（超過" in text  # 地方税法329条
    assert "令和8年7月31日" in text  # 331条
    assert "徴収猶予・換価の猶予0" in text  # an explicit zero


def test_the_vendors_pull_list_is_made_on_paper_and_as_csv_when_it_is_approved(dunned):
    dunned.pay(RUN)
    dunned.remind(BATCH, RUN, TAX)
    dunned.ward.sealed(BATCH, "M-D01")
    limit = datetime(2026, 7, 21, 18, tzinfo=JST)
    with dunned.ward.session() as session:
        list_pieces(session, dunned.act(f"{RUN} 15:00"), BATCH, limit, {2: "窓口で納付", 5: "住所の確認"})
    with dunned.ward.session() as session, process_pool(1) as pool:
        act = dunned.act(f"{RUN} 16:00", "W03")
        pdf, table = write_pull_list(session, dunned.ward.settings, act, approve_pull(session, act, BATCH), pool)
    text, pages = words(pdf)
    assert pages == 1
    assert all(
        part in text
        for part in ("R08-D01", "第1版", "2通（累計2通）", "000002", "000005", "令和8年7月21日18:00", "W03")
    )
    assert "窓口" not in text
    with table.open(encoding="utf-8", newline="") as stream:
        assert [row["piece_no"] for row in csv.DictReader(stream)] == ["000002", "000005"]
