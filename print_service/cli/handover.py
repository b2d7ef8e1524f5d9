"""Steps 7 and 10 by hand: media out, received, loaded, returned, certified; and what is outside the building now."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from handover import certificate as certificates
from handover import custody, custody_commands
from handover.model import CopyKind
from print_service.batches.custody import Outing, carry_out, current, hand_out, witness
from print_service.batches.letters import certificate_letter
from print_service.cli.context import AsJson, act, ledger, moment_of, settings, show, show_rows
from print_service.cli.words import OUTSIDE
from print_service.pool import process_pool

app = typer.Typer(no_args_is_help=True, help="授受・返却・消去証明 / media, copies, certificates of erasure")

Medium = Annotated[str, typer.Argument(help="媒体番号 / medium, e.g. M-2026-001")]
Ward = Annotated[list[str], typer.Option("--ward", help="区の職員番号（二人以上）/ ward staff, twice or more")]
Vendor = Annotated[list[str], typer.Option("--vendor", help="受託者の従事者番号（二人以上）/ vendor staff")]
Seal = Annotated[str, typer.Option(help="封印番号 / seal number")]


@app.command()
def out(
    medium: Medium,
    serial: Annotated[str, typer.Option(help="媒体の製造番号 / serial number")],
    ward: Ward,
    carrier: Annotated[list[str], typer.Option("--carrier", help="運搬者（二人以上）/ carriers, two or more")],
    seal: Seal,
    case: Annotated[str, typer.Option(help="施錠ケースの番号 / locked case")],
    place: Annotated[str, typer.Option(help="引渡し場所 / place")],
    expected_at: Annotated[
        datetime,
        typer.Option(parser=moment_of, metavar="'YYYY-MM-DD HH:MM'", help="到着予定（日本時間）/ expected arrival"),
    ],
    kind: Annotated[str, typer.Option(help="媒体の種類 / kind of medium")] = "dvd-r",
) -> None:
    """引渡し: 封緘した媒体を、名簿にある二人の運搬者に手渡す。"""
    config = settings()
    outing = Outing(medium, serial, kind, tuple(ward), tuple(carrier), seal, case, place, expected_at)
    with ledger(config) as session:
        hand_out(session, config, act(), outing)


@app.command()
def receive(
    medium: Medium,
    vendor: Vendor,
    seal: Seal,
    broken: Annotated[bool, typer.Option("--broken", help="封印が破れていた / the seal was broken")] = False,
) -> None:
    """受領: 受託者の二人が封印を確かめて受け取る。"""
    config = settings()
    with ledger(config) as session:
        who = act()
        carry_out(
            session,
            config,
            who,
            custody_commands.receive,
            medium=medium,
            received_by=vendor,
            seal_no=seal,
            seal_intact=not broken,
            at=who.at,
        )


@app.command()
def load(
    medium: Medium,
    host: Annotated[str, typer.Option(help="機器 / machine")],
    path: Annotated[str, typer.Option(help="場所 / path on the machine")],
    kind: Annotated[CopyKind, typer.Option(help="複製の種類 / kind of copy")],
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
            custody_commands.load,
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
    host: Annotated[str, typer.Option(help="機器 / machine")],
    path: Annotated[str, typer.Option(help="場所 / path on the machine")],
    kind: Annotated[CopyKind, typer.Option(help="複製の種類 / kind of copy")],
    reported_by: Annotated[str, typer.Option(help="報告した人又は部署 / who reported it")],
) -> None:
    """発見: 届け出のない複製を記録する。完了した処理も、その複製が証明されるまで開き直す。"""
    with ledger(settings()) as session:
        who = act()
        facts = custody_commands.discover(
            current(session), medium=medium, host=host, path=path, kind=kind, reported_by=reported_by, at=who.at
        )
        witness(session, who, facts)
    show({"copy": facts.subject.removeprefix("copy:")}, as_json=False)


@app.command("return")
def return_medium(
    medium: Medium,
    serial: Annotated[str, typer.Option(help="媒体の製造番号 / serial number")],
    carrier: Annotated[list[str], typer.Option("--carrier", help="運搬者（二人以上）/ carriers")],
    ward: Ward,
    place: Annotated[str, typer.Option(help="返却場所 / place")],
) -> None:
    """返却: 媒体が戻る。"""
    config = settings()
    with ledger(config) as session:
        who = act()
        carry_out(
            session,
            config,
            who,
            custody_commands.return_medium,
            medium=medium,
            serial=serial,
            returned_by=carrier,
            received_by=ward,
            place=place,
            at=who.at,
        )


@app.command()
def certify(
    certificate: Annotated[Path, typer.Argument(help="消去証明書（JSON）/ certificate of erasure")],
    accepted_by: Annotated[str, typer.Option(help="確認した監督者 / supervisor who accepts it")],
) -> None:
    """消去証明: 全ての複製を覆う証明書だけを受け入れ、PDF にする。"""
    config = settings()
    found = certificates.parse(certificate.read_bytes())
    with ledger(config) as session, process_pool(1) as pool:
        who = act()
        carry_out(session, config, who, custody_commands.certify, found, accepted_by=accepted_by, at=who.at)
        media = [medium for batch in found.batches for medium in current(session).media_of(batch)]
        letter = certificate_letter(config, who, found, media, pool)
    show({"certificate": found.number, "letter": str(letter)}, as_json=False)


@app.command()
def close(batch: Annotated[str, typer.Argument(help="処理番号 / batch")]) -> None:
    """完了: 媒体が全て戻り、知られている複製が全て証明されたときだけ閉じる。"""
    with ledger(settings()) as session:
        who = act()
        witness(session, who, custody_commands.close(current(session), batch=batch, at=who.at))


@app.command()
def outside(as_json: AsJson = False) -> None:
    """いま庁外にある個人データ: 何が、誰の手に、いつまで。"""
    with ledger(settings()) as session:
        rows = custody.outside(current(session))
    if as_json:
        show({"outside": rows}, as_json=True)
    else:
        columns = ("種別", "番号", "処理", "保持者", "場所", "期限")
        show_rows(
            "庁外にある個人データ",
            columns,
            [(OUTSIDE[r.what], r.id, r.batch, r.holder, r.place, r.until) for r in rows],
        )
