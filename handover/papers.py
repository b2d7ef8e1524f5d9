"""The vendor's commands `report` and `certificate`: a form to fill in, or the canonical JSON of a filled one.

Both leave a file that the ward's program takes as it is, and print its SHA-256, which goes onto the signed paper that
travels with it: the paper vouches for the file. Nothing is written over. Called by `cli`.
"""

import argparse
import hashlib
from pathlib import Path

from handover import container, forms, manifest
from handover import report as reports
from handover.manifest import Manifest
from handover.rules import RefusalError

Answer = tuple[list[str], dict[str, object]]
"""The lines for a person, and the same facts for `--json`."""

_LARGEST_MANIFEST = manifest.LARGEST


def report(args: argparse.Namespace) -> Answer:
    """`handover report`: the blank form of a container's report, or the report of a filled form."""
    cover = container.envelope_of(args.container)
    plan = _manifest(args.opened)
    if args.blank is not None:
        return _blank(args.blank, forms.blank_report(cover, plan))
    if args.form is None:
        raise RefusalError("form.none-given")
    found = forms.read_report(args.form)
    reports.check(found, cover, plan)
    lines, facts = _written(args.out, args.form, found.to_bytes())
    counts = f"  印刷 {found.pieces}通 {found.sheets}枚  損紙 {found.spoiled}枚  予備 {found.blanks}枚"
    said = f"{counts}  印刷しなかった通 {len(found.not_printed)}通  複製 {len(found.copies)}か所"
    if plan is None:
        lines.append("  開いたフォルダー（--opened）がないため、容器の通数・枚数とは比べていません。")
    return [f"ok {found.batch} の報告を書きました。", said, *lines], {"batch": found.batch, **facts}


def certificate(args: argparse.Namespace) -> Answer:
    """`handover certificate`: the blank form of a certificate of erasure, or the certificate of a filled form."""
    if args.blank is not None:
        return _blank(args.blank, forms.blank_certificate(tuple(args.batch or ())))
    if args.form is None:
        raise RefusalError("form.none-given")
    found = forms.read_certificate(args.form)
    lines, facts = _written(args.out, args.form, found.to_bytes())
    said = f"ok 消去証明書 {found.number} を書きました（処理 {'・'.join(found.batches)}、複製 {len(found.rows)}件）。"
    return [said, *lines], {"number": found.number, "copies": len(found.rows), **facts}


def _manifest(opened: Path | None) -> Manifest | None:
    if opened is None:
        return None
    path = opened / manifest.NAME
    if not path.is_file():
        raise RefusalError("file.missing", path=path)
    with path.open("rb") as file:
        return manifest.parse(file.read(_LARGEST_MANIFEST))


def _blank(path: Path, form: str) -> Answer:
    # Notepad of every Windows shows UTF-8 with its mark; the readers of these forms take it off.
    _put(path, form.encode("utf-8-sig"))
    return [f"ok 用紙 {path} を書きました。記入してから、同じコマンドに用紙の名前を渡してください。"], {
        "form": str(path)
    }


def _written(out: Path | None, filled: Path, data: bytes) -> Answer:
    target = out or filled.with_suffix(".json")
    _put(target, data)
    digest = hashlib.sha256(data).hexdigest()
    lines = [
        f"  区に出すファイル: {target}",
        f"  そのハッシュ値（SHA-256）: {digest}",
        "  紙の書類にこの値を書いてください。",
    ]
    return lines, {"out": str(target), "sha256": digest}


def _put(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise RefusalError("form.exists", path=path) from error
    except FileNotFoundError as error:
        raise RefusalError("form.no-folder", path=path.parent) from error
