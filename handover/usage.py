"""The vendor's command line in Japanese: what Python's own parser says in English of arguments it misses or does not know.

Standard library only, since it runs on the vendor's machine. Used by `cli`.
"""

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn


class _Help(argparse.HelpFormatter):
    """Python's own help with the words it says of itself in Japanese."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "使い方: " if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        words = {"positional arguments": "引数", "options": "オプション"}
        super().start_section(words.get(heading or "", heading))


_SAID = (
    (r"the following arguments are required: (.+)", r"\1 を指定してください"),
    (r"unrecognized arguments: (.+)", r"\1 は使われない引数です"),
    (r"argument (.+): expected (?:one|at least one|\d+) arguments?", r"\1 の値がありません"),
    (r"argument (.+): invalid choice: (.+) \(choose from (.+)\)", r"\1 の \2 は使えません（\3 のどれか）"),
    (
        r"argument (.+): invalid fromisoformat value: (.+)",
        r"\1 の値 \2 は日付ではありません（2026-06-08 のように書きます）",
    ),
    (r"argument (.+): invalid .+ value: (.+)", r"\1 の値 \2 が正しくありません"),
    (r"argument (.+): not allowed with argument (.+)", r"\1 と \2 は同時に使えません"),
    (r"ambiguous option: (.+) could match (.+)", r"\1 は \2 のどれか分かりません"),
)


class Parser(argparse.ArgumentParser):
    """A parser whose help and refusals are Japanese; wrong usage exits with 2."""

    def __init__(self, *, add_help: bool = True, **how: Any) -> None:
        super().__init__(**{**how, "add_help": False, "formatter_class": _Help})
        if add_help:
            self.add_argument("-h", "--help", action="help", help="この説明を出して終わります")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and where to look."""
        said = next((re.sub(f"^{old}$", new, message) for old, new in _SAID if re.fullmatch(old, message)), message)
        self.print_usage(sys.stderr)
        self.exit(2, f"使い方が違います: {said}。--help で使い方を確かめてください。\n")
