"""Whatever ends a command early, told as staff read it: one line for each reason, Japanese, with its key in brackets.

What the rooms refuse has its sentences already; what comes from below (a file, the ledger's database, a worker process) or from
the parser of the command line gets one here. An error that is none of these is a fault of this program and keeps its traceback.
"""

import re
from concurrent.futures.process import BrokenProcessPool

import typer
from sqlalchemy.exc import DBAPIError

from barcodes.rules import MarkError
from handover.reasons import of_system
from handover.rules import RefusalError
from print_service.findings import Finding, RefusedError

REFUSED, USAGE = 1, 2

Known = RefusedError | RefusalError | MarkError | OSError | DBAPIError | BrokenProcessPool | typer.TyperException
KNOWN = (RefusedError, RefusalError, MarkError, OSError, DBAPIError, BrokenProcessPool, typer.TyperException)
"""The errors that are shown, not traced."""

_SAID = (
    (r"No such command '(.+)'\. Did you mean (.+)\?", r"コマンド \1 はありません。\2 のことですか"),
    (r"No such command '(.+)'\.", r"コマンド \1 はありません"),
    (
        r"No such option: (\S+) (?:Did you mean |\(Possible options: )(.+)[?)]",
        r"オプション \1 はありません。\2 のことですか",
    ),
    (r"No such option: (\S+)", r"オプション \1 はありません"),
    (r"Option '(.+)' requires an argument\.", r"\1 の値がありません"),
    (r"Option '(.+)' does not take a value\.", r"\1 に値は要りません"),
    (r"Got unexpected extra argument\S* \((.+)\)", r"\1 は使われない引数です"),
    (r"(?:Value error, )?'(.+)' is not one of (.+)\.", r"\1 は使えません。\2 のどれかを書きます"),
    (r"Input should be a valid integer.*", "整数で書きます"),
    (r"Input should be greater than or equal to (.+)", r"\1 以上で書きます"),
    (r"Input should be less than or equal to (.+)", r"\1 以下で書きます"),
)
"""What the parser of the command line says, in Japanese."""


def lines_of(error: Known) -> list[str]:
    """Every reason, one a line. Empty where the help was shown instead (a group without a command)."""
    match error:
        case RefusedError():
            return [str(finding) for finding in error.findings]
        case RefusalError() | MarkError():
            return [f"{fault.sentence} [{fault.key}]" for fault in error.faults]
        case OSError():
            path = error.filename2 or error.filename or ""
            return [str(Finding("cli.file", str(path), {"reason": of_system(error)}))]
        case DBAPIError():
            return [str(Finding("ledger.unusable", "", {"reason": str(error.orig)}))]
        case BrokenProcessPool():
            return [str(Finding("cli.worker-died"))]
        case typer.TyperException():
            return [str(finding) for finding in _usage(error)]


def code_of(error: Known) -> int:
    """The exit code: 2 when the command line itself is wrong, else 1."""
    return USAGE if isinstance(error, typer.TyperException) else REFUSED


def _usage(error: typer.TyperException) -> list[Finding]:
    if isinstance(error, typer.BadParameter) and error.param is not None:
        name = error.param.opts[-1] if error.param.param_type_name == "option" else error.param.name
        if not error.message:
            return [Finding("cli.missing", "", {"name": str(name)})]
        return [Finding("cli.bad-value", "", {"name": str(name), "reason": _in_japanese(error.message)})]
    return [Finding("cli.usage", "", {"reason": _in_japanese(error.format_message())})] if error.message else []


def _in_japanese(message: str) -> str:
    found = next(((old, new) for old, new in _SAID if re.fullmatch(old, message)), None)
    return re.sub(*found, message) if found else message
