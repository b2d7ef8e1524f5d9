"""What hand-over refuses, each under a stable key with the sentence staff and vendor read.

Every module of this room raises `RefusalError`; one error may carry several faults, because a person who corrects a
list or a certificate wants them all at once. The keys are what the command line, the tests and the application use;
the sentences say what is wrong and what to do next. Rules follow the printing contract's special terms (特記事項) and
NIST SP 800-88 for erasure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from handover.sentences import SENTENCES


@dataclass(frozen=True)
class Fault:
    """One broken rule: its key and the values its sentence is filled with."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.key not in SENTENCES:
            raise KeyError(self.key)

    @property
    def sentence(self) -> str:
        """The Japanese sentence, filled."""
        return SENTENCES[self.key].format_map(self.values)


class RefusalError(Exception):
    """Work refused for one or more faults; `key` is the first fault's, `str()` holds every sentence, one a line."""

    faults: tuple[Fault, ...]

    def __init__(self, key: str, /, **values: object) -> None:
        self.faults = (Fault(key, values),)
        super().__init__(key)

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Self:
        """One error for all of at least one fault."""
        found = tuple(faults)
        error = cls(found[0].key, **found[0].values)
        error.faults = found
        return error

    @property
    def key(self) -> str:
        """The key of the first fault."""
        return self.faults[0].key

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all faults, in the order found."""
        return tuple(fault.key for fault in self.faults)

    @property
    def values(self) -> Mapping[str, object]:
        """The values of the first fault."""
        return self.faults[0].values

    def __str__(self) -> str:
        return "\n".join(fault.sentence for fault in self.faults)


def refuse_if(faults: Iterable[Fault]) -> None:
    """Raise one `RefusalError` for all faults; do nothing when there is none."""
    found = tuple(faults)
    if found:
        raise RefusalError.of(found)
