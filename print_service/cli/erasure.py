"""Step 10 by hand: spoiled sheets from the report to the witness, certificates of erasure accepted or rejected."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from handover import certificate as certificates
from handover import copy_commands, spoilage_commands
from handover.model import CheckKind, Disposal
from print_service.batches.erasure_letters import certificate_letter, spoilage_letter
from print_service.cli.context import day_of
from print_service.cli.custody_desk import Place, custody_desk, show_paper
from print_service.files import sha256_of

BatchName = Annotated[str, typer.Argument(help="処理番号 / batch")]


def spoil(
    batch: BatchName,
    sheets: Annotated[int, typer.Option(help="個人情報のある損紙の枚数（なければ 0）/ sheets with personal data")],
    reported_by: Annotated[str, typer.Option(help="報告した取扱者 / handler who reports")],
    blanks: Annotated[int, typer.Option(help="白紙・予備の枚数 / blanks")] = 0,
    place: Annotated[str, typer.Option(help="保管場所 / where they are kept")] = "",
) -> None:
    """損紙: 枚数の報告を記録し、損紙・予備処分書（F-16）を印刷する。0枚でも報告がなければ処理は完了できない。"""
    with custody_desk() as desk:
        event = desk.carry_out(
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
        event = desk.carry_out(
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
        desk.carry_out(
            copy_commands.certify,
            found,
            accepted_by=accepted_by,
            checked=checked,
            evidence=held,
            at=desk.act.at,
        )
        paper = certificate_letter(desk.settings, desk.act, found, desk.custody, desk.pool, accepted_by, checked)
    show_paper(paper, certificate=found.number)


def reject(
    certificate: Annotated[Path, typer.Argument(help="消去証明書（JSON）/ certificate of erasure")],
    rejected_by: Annotated[str, typer.Option(help="確認した監督者 / supervisor who rejects it")],
    reason: Annotated[str, typer.Option(help="理由（個人情報を書かない）/ why, without personal data")],
) -> None:
    """消去証明の不受理: 理由とともに記録に残す。番号は使用済みになり、複製は証明待ちのまま残る。"""
    found = certificates.parse(certificate.read_bytes())
    with custody_desk() as desk:
        desk.carry_out(copy_commands.reject, found, rejected_by=rejected_by, reason=reason, at=desk.act.at)
