"""What stands outside the fields: there, another piece's name, address or number is looked for, and long numbers that are nobody's.

A string of the form is compared as a whole. The page's own strings are also read line by line, spelled in one way (full width, groups
of figures), and another's text is looked for within them: a label before it or a 様 behind it does not hide it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from print_service.findings import Finding
from print_service.proof.content import Run
from print_service.proof.model import ExpectedPage
from print_service.proof.owners import Owners
from print_service.proof.place import Place
from print_service.proof.texts import BODY, LINE_MM, solid
from print_service.proof.words import OUTSIDE

_GAP_EM = 1000.0
_LONG_NUMBER = re.compile(r"[0-9]{10,}")
_BETWEEN_FIGURES = re.compile(r"(?<=[0-9])[-‐−ー・,. ](?=[0-9])")


def check_outside(
    place: Place, expected: ExpectedPage, outside: Sequence[Run], own: Sequence[Run], owners: Owners
) -> Iterator[Finding]:
    """Names, addresses and numbers of other pieces that stand outside the zones, long numbers that are nobody's, and what the
    record says there though nobody has compared it with the ledger.

    `outside` are all such strings, `own` what the page itself draws. What the form's version says, and what is declared of the record,
    is nobody's: an office may stand where a payer lives.
    """
    declared = f"{expected.layout.texts}\n{expected.also or ''}"
    unknown = [run for run in outside if solid(run.text) not in declared]
    told = set()
    for run in unknown:
        owner = owners.of_texts((run.text,), place.piece)
        if owner is not None:
            told.add(owner)
            yield _foreign(place, run.text, _around([run]), owner)
    theirs = solid(" ".join(text.text for text in expected.texts))
    ids = {id(run) for run in own}
    ours = [run for run in unknown if id(run) in ids]
    for line in _lines(ours):
        text = solid("".join(run.text for run in line))
        owner = owners.within(text, place.piece, theirs)
        owner = owner or owners.within(_plain(text), place.piece, _plain(theirs))
        if owner is not None and owner not in told:
            told.add(owner)
            yield _foreign(place, text, _around(line), owner)
    if told:
        return
    yield from _numbers_of_nobody(place, theirs, outside)
    if expected.also is not None:
        for run in ours:
            yield place.finding("proof.text-undeclared", found=run.text, zone=_around([run]))


def _numbers_of_nobody(place: Place, theirs: str, outside: Sequence[Run]) -> Iterator[Finding]:
    for run in outside:
        for number in _LONG_NUMBER.findall(unicodedata.normalize("NFKC", run.text)):
            if number not in theirs:
                yield place.finding("proof.number-unexpected", expected="", found=number, zone=_around([run]))


def _foreign(place: Place, found: str, zone: str, owner: int) -> Finding:
    return place.finding("proof.foreign-text", field=OUTSIDE, expected="なし", found=found, zone=zone, owner=owner)


def _lines(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Strings that stand on one line with less than an em between them."""
    line: list[Run] = []
    for run in sorted(runs, key=lambda run: (round(run.place(0.0)[1] / LINE_MM), run.place(run.starts[0])[0])):
        if line and not _follows(line[-1], run):
            yield line
            line = []
        line.append(run)
    if line:
        yield line


def _follows(before: Run, run: Run) -> bool:
    (end, down), (start, next_down) = before.place(before.starts[-1]), run.place(run.starts[0])
    return abs(next_down - down) < LINE_MM and start - end < _GAP_EM * abs(before.matrix[0])


def _plain(text: str) -> str:
    """Without white space, in half width, the figures of a number together."""
    return _BETWEEN_FIGURES.sub("", solid(unicodedata.normalize("NFKC", text)))


def _around(runs: Sequence[Run]) -> str:
    (x, top), (right, bottom) = runs[0].place(runs[0].starts[0], BODY[0]), runs[-1].place(runs[-1].starts[-1], BODY[1])
    return f"{x:.1f}, {top:.1f}, {right - x:.1f}, {bottom - top:.1f}"
