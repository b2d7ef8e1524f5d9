"""A paper of custody printed once more from the journal."""

from typing import Annotated

import typer

from print_service.batches.print_again import FORMS, print_again
from print_service.cli.custody_desk import custody_desk, show_paper

_NUMBERS = "F-01 契約番号、F-06 媒体番号、F-07・F-15 授受票番号、F-08 処理番号、F-16 損紙の報告番号、F-17 証明書番号、F-18 事故番号、F-20 調査番号"


def form(
    form: Annotated[str, typer.Argument(metavar="F-XX", help=f"様式: {'・'.join(FORMS)} / which form")],
    number: Annotated[str, typer.Argument(metavar="番号", help=f"{_NUMBERS} / of what")],
) -> None:
    """再印刷: 記録から様式をもう一度印刷する。契約と区の設定が同じなら、初めに印刷したものと1バイトも違わない（F-08 は今の状態）。"""
    with custody_desk() as desk:
        papers = print_again(desk.session, desk.settings, desk.act, form, number, desk.pool)
    for paper in papers:
        show_paper(paper)
