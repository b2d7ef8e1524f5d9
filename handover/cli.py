"""The vendor's command line: verify a container, open it, report back, and check an exported journal, offline.

    handover verify CONTAINER [--key PEM|FINGERPRINT] [--medium NO] [--identity FILE] [--on DATE]
    handover open CONTAINER [--out FOLDER] [--key PEM|FINGERPRINT] [--medium NO] [--identity FILE]
    handover report CONTAINER [FORM] [--form FILE] [--opened FOLDER] [--out FILE]
    handover certificate [FORM] [--form FILE] [--batch NO] [--out FILE]
    handover journal-verify FILE [--head FILE]... [--key PEM|FINGERPRINT]

The passphrase comes from HANDOVER_PASSPHRASE, else from the first line of standard input when that is no terminal,
else from a prompt; never from the command line, where other users could read it. A container made for an age key takes
`--identity` instead. Exit 0 sound (a line beginning with `ok`), 1 refused (keys in brackets on standard error), 2 wrong
usage. Messages are Japanese. The same program runs as one file (`onefile`) on the medium.
"""

import argparse
import getpass
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import NoReturn

from handover import container, journal, keys, onefile, papers, unlock
from handover.container import JAPAN, Opened
from handover.envelope import Envelope
from handover.papers import Answer
from handover.reasons import of_system
from handover.rules import Fault, RefusalError, refuse_if
from handover.usage import Parser

OK, REFUSED, USAGE = 0, 1, 2
_LONGEST_LINE = 1 << 20


def run() -> NoReturn:
    """The entry point of `handover` and `python -m handover`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Windows console without UTF-8 lacks some characters; a message must not end in an error of its own.
            stream.reconfigure(errors="replace")
    end_cleanly()
    sys.exit(main(sys.argv[1:]))


def end_cleanly() -> None:
    """Let a `kill`, a closed terminal and Ctrl-C end this process through its finally clauses, which remove what was decrypted,
    and no second signal cut that short.
    """
    for ending in _ENDINGS:
        signal.signal(ending, _leave)


# Windows has SIGBREAK for a closed console and no SIGHUP.
_ENDINGS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


def _leave(number: int, _frame: object) -> NoReturn:
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(128 + number)


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit code (argparse itself leaves with 2 on wrong usage)."""
    args = _parser().parse_args(argv)
    work: Callable[[argparse.Namespace], Answer] = args.work
    try:
        lines, facts = work(args)
    except RefusalError as error:
        return _refuse(error, as_json=args.json)
    except OSError as error:
        return _refuse(
            RefusalError("file.system", path=error.filename or "ファイル", detail=of_system(error)), as_json=args.json
        )
    if args.json:
        lines = [json.dumps({"ok": True, **facts}, ensure_ascii=False)]
    sys.stdout.write("\n".join(lines) + "\n")
    return OK


def _verify(args: argparse.Namespace) -> Answer:
    now = datetime.combine(args.on, time(12), JAPAN) if args.on else None
    envelope = container.envelope_of(args.container)
    fingerprint = _fingerprint(args.key)
    secret = _secret(envelope, args.identity)
    opened = container.verify(args.container, secret, now=now, fingerprint=fingerprint, medium=args.medium)
    return _sound("検証しました", opened, args.key)


def _open(args: argparse.Namespace) -> Answer:
    envelope = container.envelope_of(args.container)
    out = args.out or Path(envelope.batch)
    fingerprint = _fingerprint(args.key)
    secret = _secret(envelope, args.identity)
    opened = container.open_container(args.container, secret, out, fingerprint=fingerprint, medium=args.medium)
    lines, facts = _sound("開きました", opened, args.key)
    lines += [f"  出力先: {out}（複製です。場所を控え、作業が終わったら消去して証明してください）"]
    lines += [f"  前に中断した開封の残りを消しました: {folder}" for folder in opened.swept]
    return lines, {**facts, "out": str(out), "swept": [str(folder) for folder in opened.swept]}


def _sound(done: str, opened: Opened, key: str | None) -> Answer:
    content = opened.manifest
    lines = [
        f"ok {content.batch} を{done}。",
        f"  媒体 {content.medium}  ファイル {len(content.files)}件  通数 {content.pieces}  枚数 {content.sheets}",
        f"  使用期限 {content.valid_until.isoformat()}  複製できる数 {content.copies_allowed}",
        f"  署名鍵の指紋 {keys.readable(content.key_fingerprint)}",
    ]
    if key is None:
        lines.append("  指紋を、区から別に知らされたものと見比べてください。")
    facts: dict[str, object] = {
        "batch": content.batch,
        "medium": content.medium,
        "pieces": content.pieces,
        "sheets": content.sheets,
        "valid_until": content.valid_until.isoformat(),
        "copies_allowed": content.copies_allowed,
        "key_fingerprint": content.key_fingerprint,
        "files": [file.name for file in content.files],
    }
    return lines, facts


def _journal(args: argparse.Namespace) -> Answer:
    fingerprint = _fingerprint(args.key)
    data = [_bytes(path) for path in args.head or ()]
    heads = [journal.read_head(one, fingerprint) for one in data]
    entries, faults = _entries(args.file)
    report = journal.verify(entries, *heads)
    refuse_if([*faults, *report.faults])
    last = report.last
    facts: dict[str, object] = {
        "count": report.count,
        "seq": last.seq if last else 0,
        "hash": last.hash if last else journal.GENESIS,
        "head_seq": max((head.seq for head in heads), default=None),
    }
    lines = [f"ok 記録 {report.count}件がつながっています。", f"  最後の記録のハッシュ {facts['hash']}"]
    signers = dict.fromkeys(journal.signer_of(one) for one in data)
    lines += [f"  控えに署名した鍵の指紋 {keys.readable(signer)}" for signer in signers]
    if heads and fingerprint is None:
        lines.append("  指紋を、区から別に知らされたものと見比べてください（--key で照合できます）。")
    if not heads:
        lines.append("  控え（--head）がないため、末尾の切り取りと作り直しは確かめていません。")
    return lines, facts


def _entries(path: Path) -> tuple[list[journal.Entry], list[Fault]]:
    entries: list[journal.Entry] = []
    faults: list[Fault] = []
    _require_file(path)
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            try:
                entries.append(journal.parse(line))
            except RefusalError:
                faults.append(Fault("journal.unreadable-line", {"line": number}))
    return entries, faults


def _bytes(path: Path) -> bytes:
    _require_file(path)
    with path.open("rb") as file:
        return file.read(_LONGEST_LINE)


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise RefusalError("file.missing", path=path)


def _fingerprint(given: str | None) -> str | None:
    if given is None:
        return None
    try:
        return keys.parse_fingerprint(given)
    except RefusalError:
        if not Path(given).is_file():
            raise
    return keys.fingerprint(keys.load_public(Path(given)))


def _secret(envelope: Envelope, identity: Path | None) -> str:
    if identity is not None:
        return unlock.unwrap(envelope.unlock, identity)
    if envelope.unlock.recipient:
        raise RefusalError("age.needs-identity")
    return _passphrase(envelope.batch)


def _passphrase(batch: str) -> str:
    given = os.environ.get("HANDOVER_PASSPHRASE")
    if given is not None:
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        try:
            return sys.stdin.readline(_LONGEST_LINE) if sys.stdin else ""
        except UnicodeDecodeError:
            return ""
    try:
        return getpass.getpass(f"処理 {batch} のパスフレーズ: ")
    except EOFError:
        return ""


def _refuse(error: RefusalError, *, as_json: bool) -> int:
    if as_json:
        faults = [
            {"key": fault.key, "sentence": fault.sentence, "values": {k: str(v) for k, v in fault.values.items()}}
            for fault in error.faults
        ]
        sys.stdout.write(json.dumps({"ok": False, "key": error.key, "faults": faults}, ensure_ascii=False) + "\n")
    for fault in error.faults:
        sys.stderr.write(f"拒否 [{fault.key}] {fault.sentence}\n")
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    # As one file it is called by that file's name, as the page on the medium says.
    name = onefile.NAME if sys.argv[0].endswith(onefile.NAME) else "handover"
    parser = Parser(prog=name, description="区から預かった媒体を検証し、開きます。")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = Parser(add_help=False)
    common.add_argument("--key", metavar="PEM|FINGERPRINT", help="区の公開鍵のファイル、または指紋")
    common.add_argument("--json", action="store_true", help="結果を JSON で出します")

    verify = commands.add_parser("verify", parents=[common], help="容器を検証します（何も残しません）")
    verify.add_argument("container", type=Path, help="容器（.zip）。送り状は隣から読みます")
    verify.add_argument("--medium", help="この媒体番号のものであること")
    verify.add_argument("--identity", type=Path, metavar="FILE", help="受託者の age の秘密鍵（鍵で開く容器のとき）")
    verify.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="この日付での有効期限を見ます")
    verify.set_defaults(work=_verify)

    opening = commands.add_parser("open", parents=[common], help="検証してから、フォルダーに開きます")
    opening.add_argument("container", type=Path, help="容器（.zip）。送り状は隣から読みます")
    opening.add_argument("--out", type=Path, help="出力先（なければ処理番号のフォルダー）")
    opening.add_argument("--medium", help="この媒体番号のものであること")
    opening.add_argument("--identity", type=Path, metavar="FILE", help="受託者の age の秘密鍵（鍵で開く容器のとき）")
    opening.set_defaults(work=_open)
    _paper_parsers(commands)

    chain = commands.add_parser("journal-verify", parents=[common], help="書き出した記録のつながりを検証します")
    chain.add_argument("file", type=Path, help="書き出した記録（JSON Lines）")
    chain.add_argument(
        "--head", type=Path, action="append", metavar="FILE", help="別に保管した、署名付きの控え（何度でも）"
    )
    chain.set_defaults(work=_journal)
    return parser


def _paper_parsers(commands: "argparse._SubParsersAction[Parser]") -> None:
    told = commands.add_parser("report", help="印刷の結果（通数・枚数・損紙・複製の場所）を区に報告します")
    told.add_argument("container", type=Path, help="容器（.zip）。送り状は隣から読みます")
    told.add_argument(
        "--opened", type=Path, metavar="FOLDER", help="容器を開いたフォルダー（通数・枚数を突き合わせます）"
    )
    told.set_defaults(work=papers.report)
    erased = commands.add_parser("certificate", help="消去証明書を作ります（複製の全てについて）")
    erased.add_argument("--batch", action="append", metavar="NO", help="処理番号（用紙に入れます。何度でも）")
    erased.set_defaults(work=papers.certificate)
    for paper in (told, erased):
        paper.add_argument("form", nargs="?", type=Path, metavar="FORM", help="記入した用紙")
        paper.add_argument("--form", dest="blank", type=Path, metavar="FILE", help="空の用紙をここに作ります")
        paper.add_argument("--out", type=Path, metavar="FILE", help="区に出す JSON（なければ用紙と同じ名前の .json）")
        paper.add_argument("--json", action="store_true", help="結果を JSON で出します")
