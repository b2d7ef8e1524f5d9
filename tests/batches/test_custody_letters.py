"""The records of custody printed from the journal: what was recorded stands on them, in names, on as many pages as it takes."""

import hashlib
import io
import shutil
from dataclasses import replace
from datetime import date, timedelta

import pypdfium2
import pytest

from handover import (
    audit,
    contract,
    copy_commands,
    custody,
    custody_commands,
    incident,
    incident_commands,
    journal,
    writing_commands,
)
from handover import spoilage_commands as spoilage
from handover.certificate import ErasedCopy, ErasureCertificate, Level, Verification
from handover.duties import accept_contract
from handover.model import CheckKind, CopyKind, Disposal
from handover.rules import RefusalError
from print_service.batches.contract_letters import audit_letter, staff_letter
from print_service.batches.custody_letters import register_letter, transfer_letter
from print_service.batches.erasure_letters import certificate_letter, spoilage_letter
from print_service.batches.incident_letter import incident_letter
from print_service.pool import process_pool
from print_service.resources import data_dir
from print_service.settings import load_settings, template


@pytest.fixture(scope="module")
def pool():
    with process_pool(1) as pool:
        yield pool


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """Settings of a ward with the shipped contract; no ledger is needed, the journal is a list."""
    folder = tmp_path_factory.mktemp("letters")
    (folder / "ward.toml").write_text(template(), encoding="utf-8")
    shutil.copyfile(data_dir() / "contract.toml", folder / "contract.toml")
    return load_settings(folder / "ward.toml")


@pytest.fixture(scope="module")
def story(act, ward):
    """A journal in which a medium went out, was loaded nine times, and came back by two carriers."""
    return Told(act, ward)


class Told:
    def __init__(self, act, ward):
        self.act, self.entries = act, []
        self.contract = contract.load(ward.home / "contract.toml")
        self.tell("2026-04-10 10:00", accept_contract, self.contract, accepted_by="W03")
        facts = {"batch": "R08-N01", "serial": "SN-1", "kind": "dvd-r", "part": "正", "container_sha256": "ab" * 32}
        days = {"return_by": date(2026, 5, 20), "erase_by": date(2026, 5, 31), "copies_allowed": 20}
        self.tell("2026-04-17 15:00", custody_commands.register, medium="M-1", **facts, **days)
        found = {
            "batch": "R08-N01",
            "container": "R08-N01.zip",
            "container_sha256": "ab" * 32,
            "size": 9_000_000,
            "files": {},
        }
        seen = {"place": "E:/", "written": True, "approved_by": "W03", "by": "W01"}
        self.tell("2026-04-17 15:30", writing_commands.read_back, self.contract, medium="M-1", **found, **seen)
        people = {"given_by": ("W01", "W02"), "carriers": ("V01", "V02")}
        parcel = {"seal_no": "S-001", "case_no": "C-07", "place": "見本区役所 税務課"}
        arrival = self.at("2026-04-17 18:00")
        self.tell(
            "2026-04-17 16:00", custody_commands.hand_over, self.contract, medium="M-1", **people, **parcel,
            expected_at=arrival,
        )  # fmt: skip
        self.sent = self.now
        taken = {"received_by": ("V03", "V04"), "seal_no": "S-999", "seal_intact": True}
        self.tell("2026-04-17 18:00", custody_commands.receive, self.contract, medium="M-1", **taken)
        self.received = self.now
        for number in range(9):
            where = {"host": f"NAS-{number}", "path": "/" + "work/" * 8, "kind": CopyKind.RIP_CACHE}
            self.tell(f"2026-04-18 1{number}:00", copy_commands.discover, medium="M-1", **where, reported_by="V04")
        back = {"serial": "SN-1", "returned_by": ("V01", "V02"), "received_by": ("W01", "W02"), "place": "税務課"}
        self.tell("2026-05-11 10:00", custody_commands.return_medium, self.contract, medium="M-1", **back)

    @property
    def now(self):
        return custody.fold(self.entries)

    def at(self, when):
        return self.act(when).at

    def tell(self, when, command, *args, **facts):
        event = command(self.now, *args, **facts, at=self.at(when))
        last = self.entries[-1] if self.entries else None
        made = journal.next_entry(
            last, at=self.at(when), tag=str(event.tag), actor="W01", subject=event.subject, body=event.body
        )
        self.entries.append(made)
        return event


def pages(path):
    document = pypdfium2.PdfDocument(io.BytesIO(path.read_bytes()))
    found = [page.get_textpage().get_text_bounded().replace("\r\n", " ") for page in document]
    document.close()
    return found


def test_the_slip_says_who_gave_and_carried_and_its_receipt_who_took_it_and_the_broken_seal(ward, story, pool, act):
    who = act("2026-04-17 16:00")
    out = transfer_letter(ward, who, story.sent, story.sent.transfers["M-1-T01"], pool)
    (text,) = pages(out)
    for fact in (
        "様式 F-07",
        "M-1-T01",
        "区 作成　区 立会",
        "印刷 運搬一　印刷 運搬二",
        "S-001",
        "C-07",
        "SN-1",
        "□ 異常なし",
    ):
        assert fact in text
    receipt = transfer_letter(ward, who, story.received, story.received.transfers["M-1-T01"], pool)
    (text,) = pages(receipt)
    assert receipt.name == "M-1-T01-receipt.pdf"
    assert "異常あり（封印の破れ又は番号違い）" in text
    assert "印刷 作業　印刷 責任" in text


def test_the_way_back_names_every_copy_that_is_still_to_be_certified(ward, story, pool, act):
    paper = transfer_letter(ward, act("2026-05-11 10:00"), story.now, story.now.transfers["M-1-T02"], pool)
    (text,) = pages(paper)
    assert "様式 F-15" in text
    assert "封印なし（受託者が持参）" in text
    assert "全9件（うち消去証明待ち9件）" in text
    assert "NAS-3（消去証明待ち）、ほか5件" in text.replace(" ", "")


def certificate(story):
    copies = story.now.open_copies(("R08-N01",))
    first = copies[0].first_written
    rows = tuple(
        ErasedCopy(
            copy.id, copy.kind, copy.host, copy.path, copy.first_written, first + timedelta(days=20), "上書き消去（1回）",
            Level.PURGE, "見本イレーサー", "1.0", Verification.FULL, "V03", "V04", "cd" * 32,
        )
        for copy in copies
    )  # fmt: skip
    day = (first + timedelta(days=21)).date()
    number = story.contract.number
    return ErasureCertificate("E-1", number, ("R08-N01",), day, "見本印刷株式会社", "V04", "第11", True, rows)


def test_a_certificate_of_nine_copies_takes_two_pages_that_count_themselves(ward, story, pool, act):
    who = act("2026-05-12 10:00", "W03")
    paper = certificate_letter(ward, who, certificate(story), story.now, pool, "W03", CheckKind.ON_SITE)
    first, second = pages(paper)
    assert ("E-1　1／2" in first, "E-1　2／2" in second) == (True, True)
    assert [sum(f"M-1-C0{n}" in text for n in range(1, 10)) for text in (first, second)] == [6, 3]
    assert "実地　区 係長" in first
    assert "9／0" in first  # known to the ward / certified: not yet entered in this journal


def test_the_register_of_copies_has_every_movement_and_every_copy(ward, story, pool, act):
    (text,) = pages(register_letter(ward, act("2026-05-12 10:00"), story.now, "R08-N01", pool))
    assert "様式 F-08" in text
    assert all(f"M-1-C0{n}" in text for n in range(1, 10))
    assert all(number in text for number in ("M-1-T01", "M-1-T02"))
    assert "全9件（証明済 0件、未証明 9件）" in text
    with pytest.raises(RefusalError) as refusal:
        register_letter(ward, act(), story.now, "R08-X99", pool)
    assert refusal.value.keys == ("custody.batch-unknown",)


def test_the_report_of_staff_lists_everyone_with_their_training(ward, pool, act):
    (text,) = pages(staff_letter(ward, act("2026-04-10 10:00", "W03"), "W03", pool))
    assert "様式 F-01" in text
    for fact in (
        "再委託はしません",
        "プライバシーマーク",
        "印刷 運搬二",
        "令和9年4月2日まで",
        "令和8年4月10日　区 係長",
    ):
        assert fact in text.replace(" ", "").replace("\n", "") or fact in text


def test_spoiled_sheets_from_the_report_to_the_witness(ward, story, pool, act):
    told = Told.__new__(Told)
    told.__dict__.update(story.__dict__, entries=list(story.entries))
    told.tell(
        "2026-05-11 12:00", spoilage.report_spoilage, told.contract, batch="R08-N01", sheets=1203, blanks=0,
        place="施錠庫", reported_by="V03",
    )  # fmt: skip
    (text,) = pages(spoilage_letter(ward, act("2026-05-11 12:00"), told.now.spoilage["R08-N01-S01"], None, pool))
    assert "1,203枚" in text
    assert "保管中" in text
    event = told.tell(
        "2026-05-11 13:00", spoilage.dispose, told.contract, spoilage="R08-N01-S01", method=Disposal.DISSOLVED,
        disposed_on=date(2026, 5, 11), place="見本製紙", executor="V03", witness="W02", certificate="D-77",
    )  # fmt: skip
    heap = told.now.spoilage["R08-N01-S01"]
    paper = spoilage_letter(ward, act("2026-05-11 13:00"), heap, event, pool)
    (text,) = pages(paper)
    for fact in ("様式 F-16", "溶解", "見本製紙", "区 立会", "D-77", "処分済"):
        assert fact in text
    digest = hashlib.sha256(paper.read_bytes()).hexdigest()
    again = spoilage_letter(ward, act("2026-05-11 13:00"), heap, event, pool)
    assert hashlib.sha256(again.read_bytes()).hexdigest() == digest


def test_an_audit_says_every_point_and_what_is_to_be_remedied(ward, pool, act):
    points = {point: audit.Seen(kept=True) for point in audit.Point}
    points[audit.Point.LOGS] = audit.Seen(kept=False, note="点検の記録がない")
    visit = audit.Visit(
        date(2026, 10, 1), audit.AuditKind.RANDOM, "第一工場", ("W01", "W03"), ("V04",), points, date(2026, 10, 31)
    )
    (text,) = pages(audit_letter(ward, act("2026-10-02 10:00"), "A-2026-01", visit, pool))
    assert "様式 F-20" in text
    assert text.count("不適") == 2
    for fact in ("点検の記録がない", "令和8年10月31日", "抜打ち", "区 作成　区 係長", "印刷 責任"):
        assert fact in text


def test_an_incident_report_says_the_duty_its_days_and_the_nine_items(ward, pool, act):
    at = act("2026-06-01 18:00").at
    one = incident.Incident(
        "I-2026-001", incident.IncidentKind.LOSS, "R08-N01", "M-1", "handover", "1-200", "V01", at, at,
        by_vendor=True, persons=None, grounds=frozenset({incident.Ground.IMPROPER}),
        reports=((incident.ReportKind.PROVISIONAL, act("2026-06-03 10:00").at),),
    )  # fmt: skip
    names = incident_commands.ReportTexts.__dataclass_fields__
    texts = incident_commands.ReportTexts(**{name: f"{name}のこと" for name in names})
    who = act("2026-06-03 10:00", "W03")
    paper = incident_letter(ward, who, one, texts, incident.ReportKind.PROVISIONAL, "W03", pool)
    first, second = pages(paper)
    assert paper.name == "I-2026-001-provisional-1.pdf"
    for fact in (
        "様式 F-18",
        "事故報告書（速報）",
        "1／2",
        "調査中",
        "令和8年6月3日から令和8年6月5日",
        "令和8年7月30日",
    ):
        assert fact in first
    assert "不正の目的のおそれ・100人を超える（人数不明）" in first.replace(" ", "")
    assert "対象だが、区への通知により免除" in first
    assert "2／2" in second
    assert all(f"{name}のこと" in second for name in names)
    few = replace(one, persons=3, grounds=frozenset(), reports=())
    (text, _) = pages(incident_letter(ward, who, few, texts, incident.ReportKind.CONFIRMED, "W03", pool))
    assert "不要（100人以下で、他の事由もない）" in text


def test_the_longest_machines_paths_and_places_that_are_let_in_find_room_on_every_paper(ward, pool, act):
    told = Told(act, ward)
    long = {"host": "機" * 20, "path": "/作業/" * 20, "kind": CopyKind.RIP_CACHE}
    for number in range(7):
        told.tell(
            f"2026-05-1{number}:00".replace("-1", "-12 1"),
            copy_commands.discover,
            medium="M-1",
            **long,
            reported_by="部" * 20,
        )
    with pytest.raises(RefusalError) as refusal:
        told.tell(
            "2026-05-12 18:00",
            copy_commands.discover,
            medium="M-1",
            **{**long, "host": "機" * 21},
            reported_by="部" * 21,
        )
    assert refusal.value.keys == ("custody.field-long",) * 2
    who = act("2026-05-12 19:00", "W03")
    assert len(pages(register_letter(ward, who, told.now, "R08-N01", pool))) == 2
    assert len(pages(certificate_letter(ward, who, certificate(told), told.now, pool, "W03"))) >= 3
    transfer_letter(ward, who, told.now, told.now.transfers["M-1-T02"], pool)
