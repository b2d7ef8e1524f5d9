"""Step 11 by hand: load a payment file."""

from pathlib import Path
from typing import Annotated

import typer

from print_service.cli.context import AsJson, act, ledger, settings, show
from print_service.collection.load import load_payments


def collect(
    path: Annotated[Path, typer.Argument(help="収納ファイル / payment file")],
    layout: Annotated[str, typer.Option(help="ファイル定義 / layout")] = "cvs-payments-a",
    as_json: AsJson = False,
) -> None:
    """収納: 収納ファイルを取り込み、納付書に消し込む。合わない記録は例外として残す。"""
    with ledger(settings()) as session:
        collected = load_payments(session, act(), path, layout)
    show(collected, as_json=as_json, title="収納")
