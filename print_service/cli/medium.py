"""A medium before it leaves and what came of it at the vendor's: the spare, the passphrase's way, the vendor's report."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from handover.records import SecretRoute
from handover.writing_commands import deliver_secret, register_spare
from print_service.batches.custody import current, witness
from print_service.batches.export_letter import export_letter
from print_service.batches.vendor_report import compare_report, take_report
from print_service.cli.context import AsJson, act, console, ledger, moment_of, settings, show
from print_service.cli.custody_desk import Medium, Serial, custody_desk, show_paper

Kind = Annotated[str, typer.Option(help="媒体の種類 / kind of medium")]


def spare(
    medium: Medium,
    of: Annotated[str, typer.Option("--of", help="正の媒体番号 / the first medium")],
    serial: Serial,
    kind: Kind = "dvd-r",
) -> None:
    """副の登録: 正と副の両方を読み戻し、同じ容器と確かめてあるときだけ、二枚目の媒体に番号を付ける。"""
    with ledger(settings()) as session:
        who = act()
        facts = register_spare(current(session), medium=medium, of=of, serial=serial, kind=kind, at=who.at)
        witness(session, who, facts)


def passphrase(
    medium: Medium,
    route: Annotated[SecretRoute, typer.Option(help="経路 / by which road")],
    given_by: Annotated[str, typer.Option(help="渡した区の職員 / who of the ward gave or sent it")],
    received_by: Annotated[str, typer.Option(help="受け取った受託者の従事者 / who of the vendor received it")],
    delivered_at: Annotated[
        datetime, typer.Option(parser=moment_of, metavar="'YYYY-MM-DD HH:MM'", help="渡った日時（日本時間）/ when")
    ],
) -> None:
    """パスフレーズの受渡し: 封書が届いたことを記録し、手紙のPDFを消し、暗号化・書出記録（F-06）を印刷し直す。媒体の運搬者は断る。"""
    with custody_desk() as desk:
        desk.carry_out(
            deliver_secret,
            medium=medium,
            route=route,
            given_by=given_by,
            received_by=received_by,
            delivered_at=delivered_at,
            at=desk.act.at,
        )
        paper = export_letter(desk.session, desk.settings, medium, desk.pool)
        letter = desk.settings.output / "letters" / f"{medium}-passphrase.pdf"
    letter.unlink(missing_ok=True)  # only once its delivery is recorded
    show_paper(paper)


def report(
    file: Annotated[Path, typer.Argument(help="受託者の報告（JSON）/ the vendor's report")],
    by: Annotated[str, typer.Option("--by", help="報告を受けた区の職員 / who of the ward takes it")],
    confirm: Annotated[
        bool, typer.Option("--confirm", help="差異を確かめたうえで記録する / record it, differences seen")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """受託者の報告: 複製・損紙・通数を記録と突き合わせ、差異を全て挙げる。差異があれば --confirm なしには記録せず、終了コード 1。

    記録にない複製は「発見」として記録される。損紙の枚数が合わない処理は完了できない。
    """
    config, who = settings(), act()
    with ledger(config) as session:
        found = compare_report(session, config, who, file.read_bytes())
        taken = confirm or not found.differences
        copies = take_report(session, config, who, found, by) if taken else ()
    told = [{"key": fault.key, "sentence": fault.sentence} for fault in found.differences]
    if as_json:
        show({"taken": taken, "differences": told, "copies": copies}, as_json=True)
    else:
        title = f"受託者の報告 {found.report.batch}"
        show({"medium": found.medium, "taken": taken, "copies": copies}, as_json=False, title=title)
        for fault in found.differences:
            console.print(f"{fault.sentence} [{fault.key}]", style="red", markup=False, soft_wrap=True)
    if not taken:
        sys.exit(1)
