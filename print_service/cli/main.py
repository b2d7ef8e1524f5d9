"""`print-service`: the map of all commands, and the one place where a refusal becomes an exit code.

Exit codes: 0 done, 1 refused (every reason on standard error with its key), 2 wrong usage.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import print_service
from print_service.cli import (
    batch,
    collect,
    demo,
    dun,
    exclusion,
    glyphs,
    handover,
    inspect,
    journal,
    late_charge,
    mark,
    pull,
    refusals,
    send,
    setup,
)
from print_service.cli.context import WARD_VARIABLE, WHY_VARIABLE, show_refusal

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True)

app.command()(demo.demo)
app.command()(setup.init)
app.command()(setup.doctor)
app.command()(setup.status)
app.command()(batch.intake)
batch.job_app.command()(glyphs.glyphs)
app.add_typer(batch.job_app, name="job")
app.command()(batch.compose)
app.command()(batch.prove)
app.command()(batch.seal)
app.command("read-back")(batch.read_back_written)
app.add_typer(handover.app, name="handover")
app.add_typer(inspect.app, name="inspect")
app.add_typer(inspect.post_app, name="post")
app.add_typer(collect.app, name="collect")
app.add_typer(dun.app, name="dun")
app.command("late-charge")(late_charge.late_charge)
app.add_typer(exclusion.app, name="exclusion")
app.add_typer(send.app, name="send")
batch.job_app.command("pull")(pull.pull)
batch.job_app.command("pull-approve")(pull.pull_approve)
batch.job_app.command("pull-report")(pull.pull_report)
app.add_typer(mark.app, name="mark")
app.add_typer(journal.app, name="journal")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"print-service {print_service.__version__}")
        raise typer.Exit


@app.callback()
def main(
    ward: Annotated[
        Path | None,
        typer.Option("--ward", envvar=WARD_VARIABLE, help="設定ファイル / settings of the ward (ward.toml)"),
    ] = None,
    why: Annotated[
        str | None, typer.Option("--why", envvar=WHY_VARIABLE, help="理由（記録に残る）/ reason, kept in the journal")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="版 / version")
    ] = False,
) -> None:
    """税の通知書・納付書を作り、封緘して委託先へ渡し、収納を取り込み、納めていない方だけに督促します。"""
    if ward is not None:
        os.environ[WARD_VARIABLE] = str(ward)
    if why is not None:
        os.environ[WHY_VARIABLE] = why


def run() -> NoReturn:
    """Entry point: refusals are shown, never traced."""
    try:
        sys.exit(app(standalone_mode=False))
    except refusals.KNOWN as error:
        show_refusal(refusals.lines_of(error))
        sys.exit(refusals.code_of(error))
