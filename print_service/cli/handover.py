"""Steps 7 and 10 by hand: media out, received, loaded, returned, certified; and what is outside the building now."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from handover import certificate as certificates
from handover import copy_commands, custody_commands, spoilage_commands
from handover.model import CheckKind, CopyKind, Disposal
from print_service.batches.custody import Outing, carry_out, current, hand_out, outside, witness
from print_service.batches.custody_letters import certificate_letter, register_letter, spoilage_letter
from print_service.batches.custody_words import OUTSIDE
from print_service.cli import audit, contract, incident
from print_service.cli.context import AsJson, act, day_of, ledger, moment_of, settings, show, show_rows
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
from print_service.files import sha256_of

app = typer.Typer(no_args_is_help=True, help="授受・返却・消去証明 / media, copies, certificates of erasure")
app.add_typer(contract.app, name="contract")
app.add_typer(incident.app, name="incident")
app.add_typer(audit.app, name="audit")

BatchName = Annotated[str, typer.Argument(help="処理番号 / batch")]
Arrival = Annotated[
    datetime,
    typer.Option(parser=moment_of, metavar="'YYYY-MM-DD HH:MM'", help="到着予定（日本時間）/ expected arrival"),
]
Kind = Annotated[str, typer.Option(help="媒体の種類 / kind of medium")]
Host = Annotated[str, typer.Option(help="機器 / machine")]
CopyPath = Annotated[str, typer.Option(help="場所 / path on the machine")]
KindOfCopy = Annotated[CopyKind, typer.Option(help="複製の種類 / kind of copy")]


@app.command()
def spare(
    medium: Medium,
    of: Annotated[str, typer.Option("--of", help="正の媒体番号 / the first medium")],
    serial: Serial,
    kind: Kind = "dvd-r",
) -> None:
    """副の登録: 正と同じ容器を書いた二枚目の媒体に番号を付ける。"""
    with ledger(settings()) as session:
        who = act()
        facts = custody_commands.register_spare(
            current(session), medium=medium, of=of, serial=serial, kind=kind, at=who.at
        )
        witness(session, who, facts)


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
    kind: Kind = "dvd-r",
) -> None:
    """引渡し: 封緘した媒体を名簿の二人の運搬者に手渡し、媒体授受票（F-07）を印刷する。届・認証・研修が切れていれば断る。"""
    with custody_desk() as desk:
        outing = Outing(medium, serial, kind, tuple(ward), tuple(carrier), seal, case, place, expected_at)
        hand_out(desk.session, desk.settings, desk.act, outing)
        paper = desk.slip(medium)
    show_paper(paper)


@app.command()
def receive(medium: Medium, vendor: Vendor, seal: Seal, broken: Broken = False) -> None:
    """受領: 運搬者でない受託者の二人が封印を確かめて受け取り、受領書（F-07）で授受が終わる。"""
    with custody_desk() as desk:
        carry_out(
            desk.session,
            desk.settings,
            desk.act,
            custody_commands.receive,
            medium=medium,
            received_by=vendor,
            seal_no=seal,
            seal_intact=not broken,
            at=desk.act.at,
        )
        paper = desk.slip(medium)
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
    config = settings()
    with ledger(config) as session:
        who = act()
        event = carry_out(
            session,
            config,
            who,
            copy_commands.load,
            medium=medium,
            host=host,
            path=path,
            kind=kind,
            operator=operator,
            at=who.at,
        )
    show({"copy": event.subject.removeprefix("copy:")}, as_json=False)


@app.command()
def discover(
    medium: Medium,
    host: Host,
    path: CopyPath,
    kind: KindOfCopy,
    reported_by: Annotated[str, typer.Option(help="報告した人又は部署 / who reported it")],
    holder: Annotated[str, typer.Option(help="持っている者（受託者でないとき）/ who has it, if not the vendor")] = "",
) -> None:
    """発見: 届け出のない複製を記録する。完了した処理も、その複製が証明されるまで開き直す。"""
    with ledger(settings()) as session:
        who = act()
        facts = copy_commands.discover(
            current(session),
            medium=medium,
            host=host,
            path=path,
            kind=kind,
            reported_by=reported_by,
            holder=holder,
            at=who.at,
        )
        witness(session, who, facts)
    show({"copy": facts.subject.removeprefix("copy:")}, as_json=False)


@app.command("send-back")
def send_back(
    medium: Medium, vendor: Vendor, carrier: Carrier, seal: Seal, case: Case, place: Place, expected_at: Arrival
) -> None:
    """返送: 受託者の二人が封をした媒体を二人の運搬者に渡し、媒体返却書（F-15）を印刷する。"""
    with custody_desk() as desk:
        carry_out(
            desk.session,
            desk.settings,
            desk.act,
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
        carry_out(
            desk.session,
            desk.settings,
            desk.act,
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
def spoil(
    batch: BatchName,
    sheets: Annotated[int, typer.Option(help="個人情報のある損紙の枚数（なければ 0）/ sheets with personal data")],
    reported_by: Annotated[str, typer.Option(help="報告した取扱者 / handler who reports")],
    blanks: Annotated[int, typer.Option(help="白紙・予備の枚数 / blanks")] = 0,
    place: Annotated[str, typer.Option(help="保管場所 / where they are kept")] = "",
) -> None:
    """損紙: 枚数の報告を記録し、損紙・予備処分書（F-16）を印刷する。0枚でも報告がなければ処理は完了できない。"""
    with custody_desk() as desk:
        event = carry_out(
            desk.session,
            desk.settings,
            desk.act,
            spoilage_commands.report_spoilage,
            batch=batch,
            sheets=sheets,
            blanks=blanks,
            place=place,
            reported_by=reported_by,
            at=desk.act.at,
        )
        heap = desk.custody.spoilage[event.subject.removeprefix("spoilage:")]
        paper = spoilage_letter(desk.settings, desk.act, heap, None, desk.pool)
    show_paper(paper, spoilage=heap.id)


@app.command()
def dispose(
    spoilage: Annotated[str, typer.Argument(help="損紙の報告番号（例 R08-N01-S01）/ report of spoiled sheets")],
    method: Annotated[Disposal, typer.Option(help="方法 / how they ended")],
    on: Annotated[date, typer.Option("--on", parser=day_of, metavar="YYYY-MM-DD", help="処分日 / day")],
    place: Place,
    executor: Annotated[str, typer.Option(help="実施者 / who did it")],
    witness_: Annotated[str, typer.Option("--witness", help="立会者 / who watched")],
    certificate: Annotated[str, typer.Option(help="処分証明の番号 / number of the paper")] = "",
) -> None:
    """損紙の処分: 立会いのもとでの処分を記録し、損紙・予備処分書（F-16）を印刷する。"""
    with custody_desk() as desk:
        event = carry_out(
            desk.session,
            desk.settings,
            desk.act,
            spoilage_commands.dispose,
            spoilage=spoilage,
            method=method,
            disposed_on=on,
            place=place,
            executor=executor,
            witness=witness_,
            certificate=certificate,
            at=desk.act.at,
        )
        heap = desk.custody.spoilage[spoilage]
        paper = spoilage_letter(desk.settings, desk.act, heap, event, desk.pool)
    show_paper(paper)


@app.command()
def certify(
    certificate: Annotated[Path, typer.Argument(help="消去証明書（JSON）/ certificate of erasure")],
    accepted_by: Annotated[str, typer.Option(help="確認した監督者 / supervisor who accepts it")],
    checked: Annotated[CheckKind, typer.Option(help="区の確認の方法 / how the ward checked it")] = CheckKind.DOCUMENT,
    evidence: Annotated[
        list[Path] | None, typer.Option("--evidence", help="証拠ファイル（全ての行の分）/ files of evidence")
    ] = None,
) -> None:
    """消去証明: 全ての複製を覆う証明書だけを受け入れ、PDF（F-17）にする。"""
    found = certificates.parse(certificate.read_bytes())
    held = [sha256_of(path) for path in evidence] if evidence else None
    with custody_desk() as desk:
        carry_out(
            desk.session,
            desk.settings,
            desk.act,
            copy_commands.certify,
            found,
            accepted_by=accepted_by,
            checked=checked,
            evidence=held,
            at=desk.act.at,
        )
        paper = certificate_letter(desk.settings, desk.act, found, desk.custody, desk.pool, accepted_by, checked)
    show_paper(paper, certificate=found.number)


@app.command()
def reject(
    certificate: Annotated[Path, typer.Argument(help="消去証明書（JSON）/ certificate of erasure")],
    rejected_by: Annotated[str, typer.Option(help="確認した監督者 / supervisor who rejects it")],
    reason: Annotated[str, typer.Option(help="理由（個人情報を書かない）/ why, without personal data")],
) -> None:
    """消去証明の不受理: 理由とともに記録に残す。番号は使用済みになり、複製は証明待ちのまま残る。"""
    config = settings()
    found = certificates.parse(certificate.read_bytes())
    with ledger(config) as session:
        who = act()
        carry_out(session, config, who, copy_commands.reject, found, rejected_by=rejected_by, reason=reason, at=who.at)


@app.command()
def close(batch: BatchName) -> None:
    """完了: 媒体が全て戻り、知られている複製が全て証明され、損紙の始末が済んだときだけ閉じる。"""
    with ledger(settings()) as session:
        who = act()
        witness(session, who, custody_commands.close(current(session), batch=batch, at=who.at))


@app.command()
def register(batch: BatchName) -> None:
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
