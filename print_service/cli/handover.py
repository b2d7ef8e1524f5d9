"""Steps 7 and 10 by hand: media out, received, loaded, returned, certified; and what is outside the building now."""

from datetime import datetime
from typing import Annotated

import typer

from handover import copy_commands, custody_commands
from handover.model import CopyKind
from print_service.batches.custody import Along, Outing, close_batch, current, hand_out, outside, witness
from print_service.batches.custody_letters import register_letter
from print_service.batches.custody_words import OUTSIDE
from print_service.cli import audit, contract, erasure, forms, incident
from print_service.cli import medium as medium_commands
from print_service.cli.context import AsJson, act, ledger, moment_of, settings, show, show_rows
from print_service.cli.custody_desk import (
    Broken,
    Carrier,
    Case,
    Medium,
    Place,
    Seal,
    Serial,
    Vendor,
    Ward,
    custody_desk,
    show_paper,
)
from print_service.findings import refuse

app = typer.Typer(no_args_is_help=True, help="授受・返却・消去証明 / media, copies, certificates of erasure")
app.add_typer(contract.app, name="contract")
app.add_typer(incident.app, name="incident")
app.add_typer(audit.app, name="audit")
app.command()(medium_commands.spare)
app.command()(medium_commands.passphrase)
app.command()(medium_commands.report)
app.command()(forms.form)
app.command()(erasure.spoil)
app.command()(erasure.dispose)
app.command()(erasure.certify)
app.command()(erasure.reject)

Arrival = Annotated[
    datetime,
    typer.Option(parser=moment_of, metavar="'YYYY-MM-DD HH:MM'", help="到着予定（日本時間）/ expected arrival"),
]
Host = Annotated[str, typer.Option(help="機器 / machine")]
CopyPath = Annotated[str, typer.Option(help="場所 / path on the machine")]
KindOfCopy = Annotated[CopyKind, typer.Option(help="複製の種類 / kind of copy")]


@app.command()
def out(
    medium: Medium,
    serial: Serial,
    ward: Ward,
    carrier: Carrier,
    seal: Seal,
    case: Case,
    place: Place,
    expected_at: Arrival,
    kind: medium_commands.Kind = "dvd-r",
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="媒体番号,製造番号,封印番号",
            help="同じケースで運ぶ媒体（何度でも）/ a further medium in the same case",
        ),
    ] = None,
) -> None:
    """引渡し: 封緘し、読み戻した媒体を名簿の二人の運搬者に手渡し、媒体授受票（F-07）を印刷する。届・認証・研修が切れていれば断る。"""
    along = tuple(Along(*_parts(text, 3, "--also")) for text in also or ())
    with custody_desk() as desk:
        outing = Outing(medium, serial, kind, tuple(ward), tuple(carrier), seal, case, place, expected_at, along)
        hand_out(desk.session, desk.settings, desk.act, outing)
        paper = desk.slip(medium)
    show_paper(paper)


@app.command()
def receive(
    medium: Medium,
    vendor: Vendor,
    seal: Seal,
    broken: Broken = False,
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="媒体番号,封印番号",
            help="同時に受け取る、封印に異常のない媒体（何度でも）/ a further medium, its seal whole",
        ),
    ] = None,
) -> None:
    """受領: 運搬者でない受託者の二人が封印を確かめて受け取り、受領書（F-07）で授受が終わる。"""
    others = [_parts(text, 2, "--also") for text in also or ()]
    rows = [(medium, seal, not broken), *((number, seal_no, True) for number, seal_no in others)]
    with custody_desk() as desk:
        for number, seal_no, intact in rows:
            desk.carry_out(
                custody_commands.receive,
                medium=number,
                received_by=vendor,
                seal_no=seal_no,
                seal_intact=intact,
                at=desk.act.at,
            )
        papers = {desk.slip(number): None for number, _, _ in rows}
    for paper in papers:
        show_paper(paper)


@app.command()
def load(
    medium: Medium,
    host: Host,
    path: CopyPath,
    kind: KindOfCopy,
    operator: Annotated[str, typer.Option(help="取扱者 / operator")],
) -> None:
    """読込み: 受託者の機器に読み込む。読込みのたびに複製番号が付く。"""
    with custody_desk() as desk:
        event = desk.carry_out(
            copy_commands.load,
            medium=medium,
            host=host,
            path=path,
            kind=kind,
            operator=operator,
            at=desk.act.at,
        )
    show({"copy": event.subject.removeprefix("copy:")}, as_json=False)


@app.command()
def discover(
    medium: Medium,
    host: Host,
    path: CopyPath,
    kind: KindOfCopy,
    reported_by: Annotated[str, typer.Option(help="報告した人又は部署 / who reported it")],
    written_at: Annotated[
        datetime | None,
        typer.Option(
            parser=moment_of, metavar="'YYYY-MM-DD HH:MM'", help="作られた日時（分かるとき）/ since when, if known"
        ),
    ] = None,
    holder: Annotated[str, typer.Option(help="持っている者（受託者でないとき）/ who has it, if not the vendor")] = "",
) -> None:
    """発見: 届け出のない複製を記録する。完了した処理も、その複製が証明されるまで開き直す。"""
    with ledger(settings()) as session:
        who = act()
        if written_at is not None and written_at > who.at:
            raise refuse("cli.bad-value", name="--written-at", reason="今より後です")
        facts = copy_commands.discover(
            current(session),
            medium=medium,
            host=host,
            path=path,
            kind=kind,
            reported_by=reported_by,
            holder=holder,
            at=written_at or who.at,
        )
        witness(session, who, facts)
    show({"copy": facts.subject.removeprefix("copy:")}, as_json=False)


@app.command("send-back")
def send_back(
    medium: Medium, vendor: Vendor, carrier: Carrier, seal: Seal, case: Case, place: Place, expected_at: Arrival
) -> None:
    """返送: 受託者の二人が封をした媒体を二人の運搬者に渡し、媒体返却書（F-15）を印刷する。"""
    with custody_desk() as desk:
        desk.carry_out(
            custody_commands.send_back,
            medium=medium,
            given_by=vendor,
            carriers=carrier,
            seal_no=seal,
            case_no=case,
            place=place,
            expected_at=expected_at,
            at=desk.act.at,
        )
        paper = desk.slip(medium)
    show_paper(paper)


@app.command("return")
def return_medium(
    medium: Medium,
    serial: Serial,
    carrier: Carrier,
    ward: Ward,
    place: Place,
    seal: Annotated[str, typer.Option(help="封印番号（返送を記録したとき）/ seal number of the way back")] = "",
    broken: Broken = False,
) -> None:
    """返却: 媒体が戻る。製造番号を照合し、媒体返却書（F-15）の受領書を印刷する。"""
    with custody_desk() as desk:
        desk.carry_out(
            custody_commands.return_medium,
            medium=medium,
            serial=serial,
            returned_by=carrier,
            received_by=ward,
            place=place,
            seal_no=seal,
            seal_intact=not broken,
            at=desk.act.at,
        )
        paper = desk.slip(medium)
    show_paper(paper)


@app.command()
def close(batch: erasure.BatchName) -> None:
    """完了: 媒体が全て戻り、知られている複製が全て証明され、全ての通と損紙の始末が済んだときだけ閉じる。"""
    with ledger(settings()) as session:
        close_batch(session, act(), batch)


@app.command()
def register(batch: erasure.BatchName) -> None:
    """保管・出納簿: 処理の媒体の出納と全ての複製の台帳（F-08）を印刷する。"""
    with custody_desk() as desk:
        paper = register_letter(desk.settings, desk.act, desk.custody, batch, desk.pool)
    show_paper(paper)


@app.command("outside")
def what_is_outside(as_json: AsJson = False) -> None:
    """いま庁外にある個人データ: 何が、誰の手に、どこに、いつまで。媒体・複製・印刷物・損紙。"""
    with ledger(settings()) as session:
        rows = outside(session)
    if as_json:
        show({"outside": rows}, as_json=True)
    else:
        columns = ("種別", "番号", "処理", "保持者", "場所", "期限")
        show_rows(
            "庁外にある個人データ",
            columns,
            [(OUTSIDE[r.what], r.id, r.batch, r.holder, r.place, r.until) for r in rows],
        )


def _parts(text: str, count: int, name: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != count or not all(parts):
        raise refuse("cli.bad-value", name=name, reason=text)
    return parts
