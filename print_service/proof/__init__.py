"""Step 5 prove (読み戻し): the finished PDF read back by other eyes than those that drew it."""

from print_service.proof.model import (
    Evidence,
    ExpectedMark,
    ExpectedPage,
    ExpectedText,
    Layout,
    MarkCount,
    SlipFacts,
    total,
)
from print_service.proof.prove import prove_file

__all__ = [
    "Evidence",
    "ExpectedMark",
    "ExpectedPage",
    "ExpectedText",
    "Layout",
    "MarkCount",
    "SlipFacts",
    "prove_file",
    "total",
]
