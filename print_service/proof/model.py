"""What a proof expects of a finished PDF and what it found: the nouns of step 5.

The caller turns ledger and form into `ExpectedPage` rows; `prove.prove_file` answers with one `Evidence` a file, whose
JSON goes into the journal by its hash. Zones are millimetres from the top left of the paper as cut, as in form.toml.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from print_service.findings import Finding, Severity

Kind = Literal["gs1-128", "el-qr", "piece", "customer", "ocr"]
Box = tuple[Decimal, Decimal, Decimal, Decimal]


def zone_text(zone: Box) -> str:
    """A zone as findings name it: x, y, width, height in mm."""
    return ", ".join(map(str, zone))


@dataclass(frozen=True)
class ExpectedMark:
    """One mark: its kind, its zone (x, y, width, height in mm from the top left) and its text.

    An empty text says that the zone is there and must hold no readable mark, as on a slip above 300,000 yen. The text of
    a customer bar code is what its 67 bars have room for, that of OCR lines the upper and the lower with a space between.
    `ink` is where the form puts the ink of the mark (x, y, width, height; 0 for a length that depends on what it says).
    """

    kind: Kind
    zone: Box
    text: str
    ink: Box | None = None


@dataclass(frozen=True)
class ExpectedText:
    """One field: the name of its zone in form.toml, the zone, and its text, line by line (a line may be broken further).

    Its kind for counting is the name up to the first hyphen: `name-window` is a name. An empty text: nothing may stand there.
    """

    zone_name: str
    zone: Box
    text: str

    @property
    def kind(self) -> str:
        """name, address, amount, date, number or another word before the first hyphen of the zone's name."""
        return self.zone_name.partition("-")[0]


@dataclass(frozen=True)
class SlipFacts:
    """What the marks of a slip must agree with: yen, due date, last day of handling."""

    amount: int
    due: date
    pay_by: date


@dataclass(frozen=True)
class Layout:
    """What a page of a form has in common with every other: its own wording, and where ink may not be.

    `wording` must stand on the page; `texts` are all texts of its version, a line each, without white space; `other_wording` belongs to other versions of the form (first day of validity, text). `folds` are
    lines (width or height 0) that marks keep clear of and that may show in the margin, `windows` show nothing but zones,
    `keep_out` holds no ink at all. `margin_mm` is what the printer cannot print: nothing may stand there but what runs into a bleed.
    """

    name: str = ""
    wording: tuple[str, ...] = ()
    texts: str = ""
    other_wording: tuple[tuple[str, str], ...] = ()
    folds: tuple[Box, ...] = ()
    windows: tuple[Box, ...] = ()
    keep_out: tuple[tuple[str, Box], ...] = ()
    margin_mm: Decimal = Decimal(0)
    fold_clear_mm: Decimal = Decimal(0)


NO_LAYOUT = Layout()


@dataclass(frozen=True)
class ExpectedPage:
    """One page of the file (counted from 0): the piece it belongs to, its size as cut in mm, its marks and its fields.

    `bleed_mm` is printed beyond each edge and cut off. `also` is what the record may say outside the fields, a line each, without white
    space; None where that is not asked.
    """

    piece: int
    page: int
    width_mm: Decimal
    height_mm: Decimal
    marks: tuple[ExpectedMark, ...] = ()
    texts: tuple[ExpectedText, ...] = ()
    layout: Layout = NO_LAYOUT
    slip: SlipFacts | None = None
    bleed_mm: Decimal = Decimal(0)
    also: str | None = None


@dataclass(frozen=True)
class MarkCount:
    """Marks, fields or glyphs of one kind: how many the ledger expects, how many were read from the file and were equal."""

    expected: int
    decoded: int

    def __add__(self, other: "MarkCount") -> "MarkCount":
        return MarkCount(self.expected + other.expected, self.decoded + other.decoded)


@dataclass(frozen=True)
class Evidence:
    """What one file was found to be. `finer` marks needed a second look at twice the stated dpi.

    `counts` are marks by kind; `checks` are fields by kind (`text-name`), glyphs, places of marks, pages free of stray ink, sheets,
    and marks confirmed by a second decoder.
    """

    file: str
    sha256: str
    pages: int
    dpi: int
    decoder: str
    counts: Mapping[str, MarkCount]
    finer: int
    findings: tuple[Finding, ...]
    checks: Mapping[str, MarkCount] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether the file may go on to sealing: no finding of severity error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def to_json(self) -> str:
        """The evidence as one line of canonical JSON: keys sorted, no spaces, so that the same file gives the same bytes."""
        tree = {
            "file": self.file,
            "sha256": self.sha256,
            "pages": self.pages,
            "dpi": self.dpi,
            "decoder": self.decoder,
            "finer": self.finer,
            "sound": self.sound,
            "counts": _counts(self.counts),
            "checks": _counts(self.checks),
            "findings": [
                {
                    "key": finding.key,
                    "severity": finding.severity.value,
                    "where": finding.where,
                    "values": dict(finding.values),
                    "sentence": finding.sentence,
                }
                for finding in self.findings
            ],
        }
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def _counts(counts: Mapping[str, MarkCount]) -> dict[str, dict[str, int]]:
    return {kind: {"expected": n.expected, "decoded": n.decoded} for kind, n in counts.items()}


def total(evidences: Iterable[Evidence]) -> dict[str, MarkCount]:
    """The counts of marks of several files together, by kind."""
    return add_up(evidence.counts for evidence in evidences)


def add_up(many: Iterable[Mapping[str, MarkCount]]) -> dict[str, MarkCount]:
    """Counts added by key, keys in order."""
    sums: dict[str, MarkCount] = {}
    for counts in many:
        for kind, count in counts.items():
            sums[kind] = sums.get(kind, MarkCount(0, 0)) + count
    return dict(sorted(sums.items()))
