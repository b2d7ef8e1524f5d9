"""Step 5 prove (読み戻し): the finished PDF read back by other eyes than those that drew it."""

from print_service.proof.model import Evidence, ExpectedMark, ExpectedPage, MarkCount, total
from print_service.proof.prove import prove_file

__all__ = ["Evidence", "ExpectedMark", "ExpectedPage", "MarkCount", "prove_file", "total"]
