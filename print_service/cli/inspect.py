"""Steps 8 and 9 by hand: inspection before mailing, signature, posting, returned mail."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from print_service.cli.context import AsJson, Batch, act, console, day_of, ledger, settings, show, show_rows
from print_service.findings import Finding, RefusedError
from print_service.inspection import sign as signing
from print_service.mailing.post import hindered, planned
from print_service.mailing.post import post as post_job
from print_service.mailing.returned import mark_returned

app = typer.Typer(no_args_is_help=True, help="検査（計画・記録・署名・不合格）/ inspection before mailing")
_COUNT = re.compile(r"[^=]+=[0-9]{1,9}")
post_app = typer.Typer(no_args_is_help=True, help="差出（差出票・記録・返戻）/ posting and returned mail")


@app.command()
def plan(batch: Batch, as_json: AsJson = False) -> None:
    """検査計画: 封緘した容器に対して抜取りの一覧を作る。"""
    config = settings()
    with ledger(config) as session:
        inspection = signing.plan_inspection(session, config, act(), batch)
        samples = inspection.plan["samples"]
    if as_json:
        show({"batch": batch, "container": inspection.container_sha256, "samples": samples}, as_json=True)
    else:
        show_rows(f"抜取り {batch}", ("通番", "理由"), [(s["piece"], "、".join(s["reasons"])) for s in samples])


@app.command()
def record(
    batch: Batch,
    piece: Annotated[int, typer.Argument(help="通番 / piece number")],
    fault: Annotated[str, typer.Option(help="不良の内容（なければ良）/ what is wrong; none means good")] = "",
) -> None:
    """開封した一通の結果を記録する。"""
    with ledger(settings()) as session:
        signing.record_result(session, batch, piece, ok=not fault, note=fault)


@app.command()
def sign(batch: Batch, as_json: AsJson = False) -> None:
    """合格の署名: 作成者以外が、容器のハッシュに対して行う。"""
    with ledger(settings()) as session:
        inspection = signing.sign(session, act(), batch)
        result = {"batch": batch, "container": inspection.container_sha256, "signed_by": inspection.signed_by}
    show(result, as_json=as_json, title="検査合格")


@app.command()
def reject(batch: Batch, reason: Annotated[str, typer.Option(help="理由 / why")]) -> None:
    """不合格: 記録は残る。"""
    with ledger(settings()) as session:
        signing.reject(session, act(), batch, reason)


@post_app.command("slip")
def slip(
    batch: Batch,
    posted_on: Annotated[
        date | None,
        typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="差出日を付けると差出を記録する / record the posting"),
    ] = None,
    count: Annotated[list[str] | None, typer.Option(help="受付通数 / accepted, e.g. 区内特別=120")] = None,
    as_json: AsJson = False,
) -> None:
    """差出票: 種別ごとの通数。差出日と受付通数を付けると、署名と通数を確かめて記録する。"""
    counts = _counts(count or [])
    config = settings()
    with ledger(config) as session:
        warned = posted_on is not None and config.sending.before_posting == "warn"
        told = hindered(session, config, batch, posted_on) if posted_on and warned else ()
        rows = (
            planned(session, batch) if posted_on is None else post_job(session, config, act(), batch, posted_on, counts)
        )
    if as_json:
        show({"batch": batch, "counts": rows, "warnings": told}, as_json=True)
    else:
        for warning in told:
            console.print(str(warning), markup=False, soft_wrap=True)
        show_rows(f"差出票 {batch}", ("種別", "通数"), [(row.postal_class, row.pieces) for row in rows])


@post_app.command("returned")
def returned(
    batch: Batch,
    piece: Annotated[int, typer.Argument(help="通番 / piece number")],
    reason: Annotated[str, typer.Option(help="返戻の理由 / why it came back")],
) -> None:
    """返戻: 戻った一通を記録し、その方を一斉発送から外す。"""
    with ledger(settings()) as session:
        mark_returned(session, act(), batch, piece, reason)


def _counts(items: Sequence[str]) -> dict[str, int]:
    wrong = [item for item in items if not _COUNT.fullmatch(item)]
    if wrong:
        raise RefusedError([Finding("cli.bad-count", item) for item in wrong])
    return {klass: int(number) for klass, _, number in (item.partition("=") for item in items)}
