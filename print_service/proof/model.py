"""What a proof expects of a finished PDF and what it found: the nouns of step 5.

The caller turns ledger and form into `ExpectedPage` rows; `prove.prove_file` answers with one `Evidence` a file, whose
JSON goes into the journal by its hash. Zones are millimetres from the page's top left, as in form.toml.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from print_service.findings import Finding, Severity

Kind = Literal["gs1-128", "el-qr", "piece", "customer", "ocr"]
Box = tuple[Decimal, Decimal, Decimal, Decimal]


@dataclass(frozen=True)
class ExpectedMark:
    """One mark: its kind, its zone (x, y, width, height in mm from the top left) and its text.

    An empty text says that the zone is there and must hold no readable mark, as on a slip above 300,000 yen. The text of
    a customer bar code is what its 67 bars have room for, that of OCR lines the upper and the lower with a space between.
    """

    kind: Kind
    zone: Box
    text: str


@dataclass(frozen=True)
class ExpectedPage:
    """One page of the file (counted from 0): the piece it belongs to, its size in mm and its marks."""

    piece: int
    page: int
    width_mm: Decimal
    height_mm: Decimal
    marks: tuple[ExpectedMark, ...] = ()


@dataclass(frozen=True)
class MarkCount:
    """Marks of one kind: how many the ledger expects, how many were read from the file and were equal."""

    expected: int
    decoded: int

    def __add__(self, other: "MarkCount") -> "MarkCount":
        return MarkCount(self.expected + other.expected, self.decoded + other.decoded)


@dataclass(frozen=True)
class Evidence:
    """What one file was found to be. `finer` marks needed a second look at twice the stated dpi."""

    file: str
    sha256: str
    pages: int
    dpi: int
    decoder: str
    counts: Mapping[str, MarkCount]
    finer: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether the file may go on to sealing: no finding of severity error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def to_json(self) -> str:
        """The evidence file: keys sorted, so that the same file gives the same bytes."""
        tree = {
            "file": self.file,
            "sha256": self.sha256,
            "pages": self.pages,
            "dpi": self.dpi,
            "decoder": self.decoder,
            "finer": self.finer,
            "sound": self.sound,
            "counts": {kind: {"expected": n.expected, "decoded": n.decoded} for kind, n in self.counts.items()},
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
        return json.dumps(tree, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def total(evidences: Iterable[Evidence]) -> dict[str, MarkCount]:
    """The counts of several files together, by kind."""
    sums: dict[str, MarkCount] = {}
    for evidence in evidences:
        for kind, count in evidence.counts.items():
            sums[kind] = sums.get(kind, MarkCount(0, 0)) + count
    return dict(sorted(sums.items()))
