"""Whatever ends a command early, told as staff read it: one line for each reason, Japanese, with its key in brackets.

What the rooms refuse has its sentences already; what comes from below (a file, the ledger's database, a worker process) or from
the parser of the command line gets one here. An error that is none of these is a fault of this program and keeps its traceback.
"""

from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool

import typer
from sqlalchemy.exc import DBAPIError

from barcodes.rules import MarkError
from handover.rules import RefusalError
from print_service.findings import Finding, RefusedError

REFUSED, USAGE = 1, 2

Known = RefusedError | RefusalError | MarkError | OSError | DBAPIError | BrokenProcessPool | typer.TyperException
KNOWN = (RefusedError, RefusalError, MarkError, OSError, DBAPIError, BrokenProcessPool, typer.TyperException)
"""The errors that are shown, not traced."""

_REASONS: Sequence[tuple[type[OSError], str]] = (
    (FileNotFoundError, "見つかりません"),
    (FileExistsError, "同じ名前のものがすでにあります"),
    (IsADirectoryError, "フォルダーです"),
    (NotADirectoryError, "フォルダーではありません"),
    (PermissionError, "読み書きする権限がありません"),
)


def lines_of(error: Known) -> list[str]:
    """Every reason, one a line. Empty where the help was shown instead (a group without a command)."""
    match error:
        case RefusedError():
            return [str(finding) for finding in error.findings]
        case RefusalError() | MarkError():
            return [f"{fault.sentence} [{fault.key}]" for fault in error.faults]
        case OSError():
            path = error.filename2 or error.filename or ""
            return [str(Finding("cli.file", str(path), {"reason": reason_of(error)}))]
        case DBAPIError():
            return [str(Finding("ledger.unusable", "", {"reason": str(error.orig)}))]
        case BrokenProcessPool():
            return [str(Finding("cli.worker-died"))]
        case typer.TyperException():
            return [str(finding) for finding in _usage(error)]


def code_of(error: Known) -> int:
    """The exit code: 2 when the command line itself is wrong, else 1."""
    return USAGE if isinstance(error, typer.TyperException) else REFUSED


def reason_of(error: OSError) -> str:
    """What the system says, in Japanese where it is one of the usual reasons."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    return error.strerror or type(error).__name__


def _usage(error: typer.TyperException) -> list[Finding]:
    if isinstance(error, typer.BadParameter) and error.param is not None:
        name = error.param.opts[-1] if error.param.param_type_name == "option" else error.param.name
        if not error.message:
            return [Finding("cli.missing", "", {"name": str(name)})]
        return [Finding("cli.bad-value", "", {"name": str(name), "reason": error.message})]
    return [Finding("cli.usage", "", {"reason": error.format_message()})] if error.message else []
