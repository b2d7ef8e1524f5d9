"""The bench for marks: make one from its facts, draw it, or have any reading explained.

Needs no ward and no ledger. Words are taken as typed and judged together by `barcodes.typed`, so that every fault of a mark is
told at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from barcodes import cvs as cvs_marks
from barcodes import typed
from barcodes.customer import CustomerBarcode, check_print
from barcodes.elqr import ElQr
from barcodes.explain import OCR, Explanation, symbol_of
from barcodes.explain import explain as explained
from barcodes.geometry import Symbol
from print_service.cli.context import AsJson, show
from print_service.cli.mark_pictures import OcrLine, write_pictures

app = typer.Typer(no_args_is_help=True, help="マーク（作成・作図・読み取りの説明）/ marks: make, draw, explain")

Svg = Annotated[Path | None, typer.Option("--svg", help="SVG に描く / draw into an SVG file")]
Png = Annotated[Path | None, typer.Option("--png", help="PNG に描く（1ドット1画素）/ draw into a PNG, a pixel a dot")]
Dpi = Annotated[str, typer.Option("--dpi", help="印字の解像度 / resolution of the printer")]

_USUAL_DPI = 600


@dataclass(frozen=True)
class _Sheet:
    """Where and how to draw, and how to show the result."""

    svg: Path | None
    png: Path | None
    as_json: bool
    title: str

    def show(self, result: Mapping[str, object], drawing: Symbol | OcrLine) -> None:
        size: dict[str, object] = {"dpi": drawing.dpi}
        if isinstance(drawing, Symbol):
            size |= {"width_mm": f"{float(drawing.width_mm):.3f}", "height_mm": f"{float(drawing.height_mm):.3f}"}
        pictures = write_pictures(drawing, self.svg, self.png)
        show({**result, **size, **pictures}, as_json=self.as_json, title=self.title)


@app.command()
def cvs(
    issuer: Annotated[str, typer.Option(help="請求書発行企業コード 6桁 / issuer")],
    free: Annotated[str, typer.Option(help="自由使用欄 21桁 / free area")],
    pay_by: Annotated[str, typer.Option(help="支払期限日 2026-06-30、無期限は 999999 / handling limit")],
    amount: Annotated[str, typer.Option(help="支払金額（円）/ yen")],
    reissue: Annotated[str, typer.Option(help="再発行区分 0-9 / re-issues")] = "0",
    stamp: Annotated[str, typer.Option(help="印紙フラグ 0-1 / revenue stamp")] = "0",
    due: Annotated[str | None, typer.Option(help="納期限（支払期限日との前後を確かめる）/ legal due date")] = None,
    height: Annotated[str, typer.Option(help="バーの高さ（mm）/ height of the bars")] = "10.5",
    dpi: Dpi = "600",
    svg: Svg = None,
    png: Png = None,
    as_json: AsJson = False,
) -> None:
    """コンビニ収納用バーコード（GS1-128）の44桁と目視文字。"""

    def made() -> cvs_marks.CvsBarcode:
        return typed.cvs_mark(
            issuer=issuer, free=free, reissue=reissue, pay_by=pay_by, amount=amount, stamp=stamp, due=due
        )

    def dots() -> int:
        return typed.resolution(dpi)

    def tall() -> Decimal:
        return typed.length("バーの高さ", height)

    typed.judge(
        made,
        lambda: cvs_marks.check_print(dots(), cvs_marks.LEAST_HEIGHT_MM),
        lambda: cvs_marks.check_print(_USUAL_DPI, tall()),
    )
    mark = made()
    symbol = mark.symbol(dots(), tall())
    result = {"digits": mark.digits(), "text": mark.text()}
    _Sheet(svg, png, as_json, "コンビニ収納用バーコード").show(result, symbol)


@app.command()
def ocr(
    upper: Annotated[str | None, typer.Option(help="上段の本体 37桁 / body of the upper line")] = None,
    lower: Annotated[str | None, typer.Option(help="下段の本体 42桁 / body of the lower line")] = None,
    dpi: Dpi = "600",
    svg: Svg = None,
    png: Png = None,
    as_json: AsJson = False,
) -> None:
    """OCR行: チェックデジット2桁を付けた39桁（上段）または44桁（下段）。"""
    typed.judge(lambda: typed.ocr_line(upper=upper, lower=lower), lambda: typed.resolution(dpi))
    digits = typed.ocr_line(upper=upper, lower=lower)
    result = {"digits": digits, "check_digits": digits[:2]}
    _Sheet(svg, png, as_json, "OCR行").show(result, OcrLine(digits, typed.resolution(dpi)))


@app.command("el-qr")
def el_qr(
    amount: Annotated[str, typer.Option(help="払込金額（円）/ yen")],
    item: Annotated[str, typer.Option(help="税目・料金番号 3桁 / tax item")],
    case_key: Annotated[str, typer.Option(help="案件特定キー 20桁 / case key")],
    confirmation: Annotated[str, typer.Option(help="確認番号 6桁 / confirmation number")],
    organisation: Annotated[str, typer.Option(help="共通納税機関コード 5桁 / organisation")],
    office: Annotated[str, typer.Option(help="税務事務所コード 3桁 / tax office")],
    levy_year: Annotated[str, typer.Option(help="賦課年度（西暦）/ year levied in")],
    tax_year: Annotated[str, typer.Option(help="課税年度（西暦）/ year taxed for")],
    period: Annotated[str, typer.Option(help="期別 2桁 / instalment")],
    due: Annotated[str, typer.Option(help="納期限 2026-06-30 / legal due date")],
    pay_by: Annotated[str, typer.Option(help="支払期限 2026-07-31 / handling limit")],
    dpi: Dpi = "600",
    svg: Svg = None,
    png: Png = None,
    as_json: AsJson = False,
) -> None:
    """eL-QR（地方税統一QRコード）の255桁と eL番号。"""

    def made() -> ElQr:
        return typed.el_qr(
            amount=amount,
            item=item,
            case_key=case_key,
            confirmation=confirmation,
            organisation=organisation,
            office=office,
            levy_year=levy_year,
            tax_year=tax_year,
            period=period,
            due=due,
            pay_by=pay_by,
        )

    typed.judge(made, lambda: typed.resolution(dpi))
    mark = made()
    number = mark.el_number()
    parts = [number.agency, number.number_groups(), number.confirmation, number.category]
    _Sheet(svg, png, as_json, "eL-QR").show(
        {"payload": mark.payload(), "el_number": parts}, mark.symbol(typed.resolution(dpi))
    )


@app.command()
def customer(
    postcode: Annotated[str, typer.Option(help="郵便番号 263-0023 / post code")],
    address: Annotated[str, typer.Option(help="住所と方書 / address with its building line")],
    town: Annotated[
        str | None, typer.Option(help="町域名（ここまでの数字は取らない）/ town, whose figures do not count")
    ] = None,
    points: Annotated[str, typer.Option(help="大きさ 8-11.5ポイント / point size")] = "10",
    dpi: Dpi = "600",
    svg: Svg = None,
    png: Png = None,
    as_json: AsJson = False,
) -> None:
    """カスタマバーコード: 住所表示番号（13桁に切る前）、チェックデジット、67本のバー。"""

    def made() -> CustomerBarcode:
        return CustomerBarcode.from_address(postcode, address, town)

    def dots() -> int:
        return typed.resolution(dpi)

    def size() -> Decimal:
        return typed.length("ポイント数", points)

    typed.judge(made, lambda: check_print(_USUAL_DPI, size()), dots, lambda: check_print(dots(), size()))
    mark = made()
    symbol = mark.symbol(dots(), size())
    result = {"digits": mark.digits, "check": mark.check(), "bars": mark.bars()}
    _Sheet(svg, png, as_json, "カスタマバーコード").show(result, symbol)


@app.command(context_settings={"ignore_unknown_options": True})
def explain(
    reading: Annotated[list[str], typer.Argument(help="読み取った文字（何でもよい）/ whatever a scanner read")],
    dpi: Dpi = "600",
    svg: Svg = None,
    png: Png = None,
    as_json: AsJson = False,
) -> None:
    """読み取った文字が何のマークで、正しいか、どこが違うかを説明する。"""
    answer = explained(" ".join(reading))
    pictures = write_pictures(_drawing(answer, dpi), svg, png) if svg or png else {}
    findings = [{"key": each.key, "sentence": each.sentence, "values": each.values} for each in answer.findings]
    result = {"kind": answer.kind, "valid": answer.valid, "fields": answer.fields, "findings": findings}
    show({**result, **pictures}, as_json=as_json, title="読み取りの説明")


def _drawing(answer: Explanation, dpi: str) -> Symbol | OcrLine:
    dots = typed.resolution(dpi)
    if answer.valid and answer.kind == OCR and answer.fields["line"] != "both":
        return OcrLine(answer.body, dots)
    return symbol_of(answer, dots)
