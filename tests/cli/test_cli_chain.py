"""The twelve steps by hand, each command once, on the vehicle tax of a ward of twenty: what a clerk types and what comes of it."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from cli_desk import Desk, spawn
from pikepdf import Pdf
from sqlalchemy import select

from handover.certificate import ErasedCopy, ErasureCertificate, Level, Verification
from handover.model import CopyKind
from print_service.act import JST
from print_service.demo.payments import Visit, write_payment_file
from print_service.ledger.database import connect, transaction
from print_service.ledger.tables import Assessment, Slip
from print_service.settings import load_settings

pytestmark = pytest.mark.xdist_group("cli-chain")

JOB = "R08-N01"
PEOPLE = ("--ward", "W01", "--ward", "W02")
CARRIERS = ("--carrier", "V01", "--carrier", "V02")


class Play:
    """A desk, and what each step said by its name."""

    def __init__(self, folder):
        self.desk = Desk(folder)
        self.said = {}

    def do(self, name, *words, user="W01", code=0):
        said = self.said[name] = self.desk(*words, user=user)
        assert said.code == code, said
        return said

    def make(self, name, *words, user="W01"):
        """A step that makes pages, in processes of its own."""
        self.said[name] = spawn(self.desk.folder, *words, user=user)


@pytest.fixture(scope="module")
def chain(tmp_path_factory, ward_template):
    """(desk, what each step said, notices that were paid): from intake to the reminder job."""
    folder = tmp_path_factory.mktemp("chain") / "ward"
    shutil.copytree(ward_template[0], folder)
    # People of the sample contract are valid from a day that a test machine's clock need not have reached.
    contract = folder / "contract.toml"
    text = re.sub(r"valid_from = \S+", "valid_from = 2020-04-01", contract.read_text("utf-8"))
    text = re.sub(r"valid_to = \S+", "valid_to = 2099-03-31", text)
    text = re.sub(r"(declared|trained)_on = \S+", r"\1_on = 2020-04-01", text)
    contract.write_text(text.replace("training_months = 12", "training_months = 1200"), "utf-8")
    # One channel that is loaded, and letters of a day that the machine's clock has passed: keys sent today come too late for them.
    ward = folder / "ward.toml"
    text = re.sub(
        r"^(pay-easy|mobile-register|el-qr|bank-counter|direct-debit) = .*\n",
        "",
        ward.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    ward.write_text(text.replace('before_posting = "refuse"', 'before_posting = "warn"'), "utf-8")
    play = Play(folder)
    _print(play)
    copy = _send(play)
    _inspect_and_post(play)
    _return(play, copy)
    paid = _collect_and_dun(play)
    play.do("verify", "journal", "verify", "--json")
    play.do("export", "journal", "export", "journal.jsonl", "--head", "head.json")
    play.do("verify against", "journal", "verify", "--against", "head.json", "--json")
    play.do("status", "status", "--json")
    unlisted = ("--host", "NAS-9", "--path", "/old", "--kind", "server", "--reported-by", "V04")
    play.do("tomorrow", "handover", "discover", "M-1", *unlisted, "--written-at", "2199-01-01 09:00", code=1)
    play.do("discover", "handover", "discover", "M-1", *unlisted)
    play.do("outside again", "handover", "outside", "--json")
    return play.desk, play.said, paid


def _print(play):
    play.do("intake", "intake", "host/vehicle-tax-host.csv", "--layout", "vehicle-tax-host", "--json")
    order = ("--tax-item", "vehicle-tax", "--levy-year", "2026", "--issued-on", "2026-05-08")
    play.do("create", "job", "create", JOB, *order, "--json")
    play.make("compose", "compose", JOB, "--json")
    play.make("prove", "prove", JOB, "--json")
    play.make("seal", "seal", JOB, "--medium", "M-1", "--json")


def _send(play):
    arrival = f"{datetime.now(JST) + timedelta(hours=2):%Y-%m-%d %H:%M}"
    parcel = ("--seal", "S-1", "--case", "C-7", "--place", "区役所", "--expected-at", arrival)
    leave = ("handover", "out", "M-1", "--serial", "SN-1", *PEOPLE, *CARRIERS, *parcel)
    play.do("not reported", *leave, code=1)
    play.do("not ready", "handover", "contract", "check", "--json", code=1)
    play.make("accept", "handover", "contract", "accept", "--by", "W03", user="W03")
    play.do("ready", "handover", "contract", "check", "--json")
    play.do("not read back", *leave, code=1)
    (play.desk.folder / "disc").mkdir()
    play.make("read back", "read-back", "M-1", "disc", "--write", "--approved-by", "W03", "--json")
    way = ("--route", "by-hand", "--given-by", "W02", "--received-by", "V04", "--delivered-at", "2026-04-17 15:00")
    play.make("passphrase", "handover", "passphrase", "M-1", *way)
    play.make("out", *leave)
    hands = ("--vendor", "V03", "--vendor", "V04")
    play.make("receive", "handover", "receive", "M-1", *hands, "--seal", "S-1", user="V03")
    machine = ("--host", "PC-1", "--path", "D:/x", "--kind", "pc", "--operator", "V03")
    loaded = play.do("load", "handover", "load", "M-1", *machine, user="V03")
    play.do("outside", "handover", "outside", "--json")
    (copy,) = re.findall(r"M-1-C[0-9]+", loaded.out)
    return copy


def _inspect_and_post(play):
    samples = play.do("plan", "inspect", "plan", JOB, "--json").json["samples"]
    play.do("too early", "inspect", "sign", JOB, user="W03", code=1)
    for sample in samples:
        play.do("record", "inspect", "record", JOB, sample["piece"])
    play.do("unsigned", "post", "slip", JOB, "--posted-on", "2026-05-08", user="W03", code=1)
    play.do("own work", "inspect", "sign", JOB, code=1)
    play.do("sign", "inspect", "sign", JOB, "--json", user="W03")
    rows = play.do("slip", "post", "slip", JOB, "--json").json["counts"]
    counts = {row["postal_class"]: row["pieces"] for row in rows}
    play.do("miscounted", *_post({klass: count + 1 for klass, count in counts.items()}), user="W03", code=1)
    play.do("post", *_post(counts), user="W03")
    play.do("returned", "post", "returned", JOB, 1, "--reason", "あて所に尋ねあたりません")


def _return(play, copy):
    play.make("return", "handover", "return", "M-1", "--serial", "SN-1", *CARRIERS, *PEOPLE, "--place", "区役所")
    play.make("spoil", "handover", "spoil", JOB, "--sheets", "0", "--reported-by", "V03", user="V03")
    (play.desk.folder / "certificate.json").write_bytes(_certificate(play.desk, copy).to_bytes())
    play.do("open copies", "handover", "close", JOB, user="W03", code=1)
    play.make("certify", "handover", "certify", "certificate.json", "--accepted-by", "W03", user="W03")
    play.do("close", "handover", "close", JOB, user="W03")
    play.do("nothing outside", "handover", "outside", "--json")


def _collect_and_dun(play):
    paid = _payments(play.desk.folder)
    play.do("collect", "collect", "load", "payments.dat", "--json")
    play.do("collect again", "collect", "load", "payments.dat", "--json")
    play.do("dun plan", "dun", "plan", "--as-of", "2026-06-22", "--json")
    play.do("channels", "dun", "channels", "--as-of", "2026-06-22", "--json")
    order = ("--as-of", "2026-06-22", "--tax-item", "vehicle-tax")
    play.do("plan run", "dun", "plan", "R08-D01", *order, "--json")
    play.do("run early", "dun", "run", "R08-D01", code=1)
    play.do("approve own", "dun", "approve", "R08-D01", code=1)
    play.do("approve", "dun", "approve", "R08-D01", "--json", user="W03")
    play.make("dun run", "dun", "run", "R08-D01", "--json")
    play.do("show run", "dun", "show", "R08-D01", "--json")
    return paid


def _post(counts):
    given = [word for klass, count in counts.items() for word in ("--count", f"{klass}={count}")]
    return ("post", "slip", JOB, "--posted-on", "2026-05-08", *given)


def _certificate(desk, copy):
    (loaded,) = desk("journal", "show", "--subject", copy, "--json").json["entries"]
    now = datetime.now(JST)
    row = ErasedCopy(
        copy_id=copy,
        kind=CopyKind.PC,
        host="PC-1",
        path="D:/x",
        first_written=datetime.fromisoformat(loaded["at"]),
        erased_at=now,
        method="上書き消去（1回）",
        level=Level.PURGE,
        tool="見本イレーサー",
        tool_version="1.0",
        verification=Verification.FULL,
        executor="V03",
        witness="V04",
        evidence_sha256="0" * 64,
    )
    return ErasureCertificate("E-1", "R08-委-0123", (JOB,), now.date(), "見本印刷株式会社", "V04", "第11", True, (row,))


def _payments(folder):
    """Two slips of the job are paid at a store: numbers of their notices."""
    settings = load_settings(folder / "ward.toml")
    engine = connect(settings.ledger_url)
    with transaction(engine) as session:
        found = select(Slip, Assessment.notice_no).join(Assessment, Assessment.id == Slip.assessment_id)
        slips = session.execute(found.where(Slip.cvs_digits.is_not(None)).order_by(Slip.id).limit(2)).all()
    engine.dispose()
    visits = [Visit(slip.cvs_digits, slip.amount, date(2026, 5, 20), "confirmed") for slip, _ in slips]
    days = {"covered_to": date(2026, 6, 19), "covered_from": date(2026, 5, 1)}
    write_payment_file(folder / "payments.dat", visits, seed=1, **days)
    return {notice_no for _, notice_no in slips}


def test_compose_prints_every_numbered_piece(chain):
    desk, said, _ = chain
    frozen = said["create"].json["frozen"]["pieces"]
    composed = said["compose"].json
    assert (composed["pieces"], composed["held"]) == (frozen, 0)
    pdfs = sorted((desk.folder / "output" / JOB / "pages").glob("*.pdf"))
    assert sum(len(Pdf.open(pdf).pages) for pdf in pdfs) == composed["pages"]


def test_prove_reads_every_mark(chain):
    proved = chain[1]["prove"].json
    assert proved["marks_decoded"] == proved["marks_expected"] > proved["pages"]


def test_seal_shows_no_passphrase_and_the_letter_stands_apart_until_it_is_delivered(chain):
    desk, said, _ = chain
    sealed = said["seal"].json
    letter, container = (desk.folder / sealed["letter"]), (desk.folder / sealed["container"])
    assert container.is_file()
    assert not letter.exists()  # `handover passphrase` recorded its delivery and removed the PDF
    assert letter.parent not in (container.parent, *container.parents)
    words = re.findall(r"[A-Z0-9]{4,}(?:-[A-Z0-9]{4,}){3,}", said["seal"].out + said["seal"].err)
    assert words == []


def test_what_is_outside_is_told_while_it_is_outside(chain):
    said = chain[1]
    assert {row["id"] for row in said["outside"].json["outside"]} >= {"M-1"}
    assert said["nothing outside"].json == {"outside": []}


def test_no_medium_leaves_before_the_vendors_report_is_accepted(chain):
    desk, said, _ = chain
    assert set(said["not reported"].keys) == {"contract.not-reported", "custody.not-read-back"}
    assert said["not read back"].keys == ["custody.not-read-back"]
    assert not said["not ready"].json["ok"]
    assert said["ready"].json["ok"]
    papers = {path.name for path in (desk.folder / "output/letters").glob("*.pdf")}
    slips = {"M-1-T01.pdf", "M-1-T01-receipt.pdf", "M-1-T02-receipt.pdf", f"{JOB}-S01.pdf", "E-1.pdf"}
    assert papers >= slips


def test_a_copy_nobody_listed_is_outside_again_though_the_batch_was_closed(chain):
    (copy,) = chain[1]["outside again"].json["outside"]
    assert (copy["what"], copy["place"]) == ("copy", "NAS-9:/old")


def test_nothing_is_signed_unopened_or_by_the_maker(chain):
    said = chain[1]
    assert set(said["too early"].keys) == {"inspect.not-opened"}
    assert len(said["too early"].keys) == len(said["plan"].json["samples"])
    assert said["own work"].keys == ["job.same-person"]
    assert said["sign"].json["signed_by"] == "W03"


def test_nothing_is_posted_unsigned_or_miscounted(chain):
    said = chain[1]
    assert said["unsigned"].keys == ["post.unsigned"]
    assert set(said["miscounted"].keys) == {"post.count-differs"}
    assert len(said["miscounted"].keys) == len(said["slip"].json["counts"])


def test_a_batch_is_not_closed_while_a_copy_is_uncertified(chain):
    desk, said, _ = chain
    assert said["open copies"].keys == ["custody.copies-open"]
    assert re.search(r"E-1\.pdf", said["certify"].out)
    assert (desk.folder / "output/letters/E-1.pdf").is_file()


def test_collect_matches_and_knows_its_file_again(chain):
    _, said, paid = chain
    # Each visit is told twice: 速報 and 確報.
    first = said["collect"].json
    assert (first["records"], first["matched"], first["exceptions"]) == (2 * len(paid), 2 * len(paid), {})
    assert said["collect again"].json["already"]


def test_nobody_who_paid_is_dunned(chain):
    _, said, paid = chain
    rows = said["dun plan"].json["rows"]
    dunned = {row["notice_no"] for row in rows if not row["excluded"]}
    assert len(paid) == 2
    assert dunned
    assert not dunned & paid
    assert said["dun run"].json["chosen"] == len([row for row in rows if not row["excluded"]])


def test_a_run_is_shown_approved_by_another_and_printed_with_a_cover(chain):
    desk, said, _ = chain
    assert said["run early"].keys == ["dunning.run-state"]
    assert said["approve own"].keys == ["job.same-person"]
    facts = said["show run"].json["run"]
    assert (facts["state"], facts["planned_by"], facts["approved_by"]) == ("frozen", "W01", "W03")
    assert [row["channel"] for row in said["channels"].json["channels"]] == ["convenience-store"]
    assert Path(said["dun run"].json["cover"]) == desk.folder.resolve() / "output/letters/R08-D01-cover.pdf"
    assert Path(said["dun run"].json["cover"]).is_file()


def test_the_exported_journal_is_verified_by_the_vendors_program(chain):
    desk, said, _ = chain
    assert said["verify"].json["ok"]
    assert said["verify against"].json["ok"]
    done = subprocess.run(
        [sys.executable, "-m", "handover", "journal-verify", "journal.jsonl", "--head", "head.json", "--json"],
        cwd=desk.folder,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert json.loads(done.stdout)["hash"] == said["verify"].json["head"]


@pytest.mark.parametrize("kind", ["BLOB", "TEXT"])
def test_an_entry_that_was_changed_in_the_ledger_is_found(chain, tmp_path, kind):
    desk, _, _ = chain
    copy = type(desk)(tmp_path / "copy")
    shutil.copytree(desk.folder, copy.folder, ignore=shutil.ignore_patterns("output"))
    ledger = sqlite3.connect(copy.folder / "ledger.sqlite")
    spoilt = f"CAST(replace(CAST(entry AS TEXT), 'W03', 'W01') AS {kind})"
    changed = ledger.execute(f"UPDATE journal SET entry = {spoilt} WHERE tag = 'mailing:pieces:posted'")
    assert changed.rowcount == 1
    ledger.commit()
    ledger.close()
    said = copy("journal", "verify", "--json")
    assert said.code == 1
    assert not said.json["ok"]
    assert said.keys[-1] == "cli.journal-broken"
    assert said.keys[:-1] == [fault["key"] for fault in said.json["faults"]] != []


def test_status_tells_where_everything_is(chain):
    status = chain[1]["status"].json
    assert [(job["batch"], job["kind"], job["state"]) for job in status["jobs"]] == [
        (JOB, "notice", "posted"),
        ("R08-D01", "reminder", "numbered"),
    ]
    assert [(row["batch"], row["medium"], row["voided"]) for row in status["containers"]] == [(JOB, "M-1", False)]
    assert [(row["medium"], row["state"]) for row in status["media"]] == [("M-1", "closed")]


@pytest.mark.parametrize(
    ("subject", "tag"),
    [(JOB, "mailing:piece:returned"), (JOB, "handover:batch:closed"), ("M-1", "handover:medium:received")],
)
def test_the_journal_is_shown_by_subject(chain, subject, tag):
    entries = chain[0]("journal", "show", "--subject", subject, "--json").json["entries"]
    assert tag in {entry["tag"] for entry in entries}
    assert not [entry for entry in entries if subject not in entry["subject"]]


def test_every_entry_of_the_journal_names_who_acted(chain):
    entries = chain[0]("journal", "show", "--json").json["entries"]
    actors = {entry["tag"]: entry["actor"] for entry in entries}
    assert actors["inspection:container:signed"] == "W03"
    assert actors["handover:copy:loaded"] == "V03"
    assert all(entry["actor"] for entry in entries)
