"""Step 4 before and after: which characters of a job cannot be printed, for the people who put them right."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from print_service.cli.context import AsJson, Batch, console, ledger, settings, show, show_rows
from print_service.files import write_atomically
from print_service.notices.glyph_report import GlyphRow, glyph_report

_COLUMNS = ("通番", "宛名番号", "様式", "項目", "文字列", "文字", "符号位置", "状態", "理由と対処", "キー")
_ON_SCREEN = (
    "通番",
    "宛名番号",
    "項目",
    "状態",
    "理由と対処",
    "キー",
)  # the sentence says the text, the character and its code


def glyphs(
    batch: Batch,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="表計算で開ける CSV に書き出す / write the list to this file")
    ] = None,
    replaced: Annotated[
        bool,
        typer.Option("--replaced", help="別の表記や書体で印字する文字も挙げる / also what is printed by other means"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """文字の点検: 印字できない文字を宛名ごとに挙げる。印字の前は予測、後は保留の理由。"""
    config = settings()
    with ledger(config) as session:
        rows = list(glyph_report(session, config, batch, replaced=replaced))
    if csv_file is not None:
        write_atomically(csv_file, _csv(rows))
    if as_json:
        show(
            {
                "batch": batch,
                "pieces": len({row.piece for row in rows if not row.printed}),
                "characters": [
                    {
                        **{name: getattr(row, name) for name in GlyphRow.__dataclass_fields__},
                        "sentence": row.sentence,
                    }
                    for row in rows
                ],
            },
            as_json=True,
        )
    elif csv_file is not None:
        console.print(f"{csv_file} に {len(rows)} 件を書き出しました。", markup=False, soft_wrap=True)
    elif rows:
        show_rows(f"文字の点検 {batch}", _ON_SCREEN, map(_on_screen, rows))
    else:
        console.print("印字できない文字はありません。")


def _cells(row: GlyphRow) -> Sequence[str]:
    return (
        *(str(row.piece), row.payer_key, row.form, row.field, row.text, row.cluster),
        *(row.codepoints, _state(row), row.sentence, row.key),
    )


def _on_screen(row: GlyphRow) -> Sequence[str]:
    return str(row.piece), row.payer_key, row.field, _state(row), row.sentence, row.key


def _state(row: GlyphRow) -> str:
    return "印字する" if row.printed else "保留中" if row.held else "印字で保留になる"


def _csv(rows: Sequence[GlyphRow]) -> bytes:
    """With a byte order mark: spreadsheets of the office read UTF-8 by it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows(map(_cells, rows))
    return out.getvalue().encode("utf-8-sig")
