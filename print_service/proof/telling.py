"""What of a proof's findings a person is told on the screen: causes before consequences, a fault of the form a few times and how often.

The evidence keeps every one. Two swapped pages differ in everything they carry, and a rule drawn through a field stands on
every page of the form: of either, all that is new to the reader fits in some lines.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from print_service.findings import Finding

EACH = 3
_WHOSE_PAGE = ("proof.foreign-piece", "proof.foreign-batch", "proof.sheet-missing", "proof.sheet-order")
_PAPER = (
    *("proof.page-unreadable", "proof.page-rotated", "proof.trim-outside", "proof.page-unit"),
    *("proof.page-cropped", "proof.page-size", "proof.page-bleed"),
)
_RANK = dict.fromkeys(_WHOSE_PAGE, 0) | dict.fromkeys(_PAPER, 1)
_Kind = tuple[str, ...]


def rank(finding: Finding) -> int:
    """What is wrong with a page as a whole comes before what follows from that: first whose page it is, then its paper."""
    return _RANK.get(finding.key, 2)


def told(findings: Iterable[Finding]) -> list[Finding]:
    """The findings less what follows from a page being another's, each kind of fault three times; then how many more."""
    findings = list(findings)
    causes = {_page(finding) for finding in findings if rank(finding) == 0}
    consequences = Counter(_page(finding) for finding in findings if rank(finding) and _page(finding) in causes)
    seen: Counter[_Kind] = Counter()
    pages: dict[_Kind, set[_Kind]] = {}
    shown = []
    for finding in findings:
        page = _page(finding)
        if rank(finding) and page in causes:
            continue
        kind = _kind(finding)
        seen[kind] += 1
        if seen[kind] <= EACH:
            shown.append(finding)
        else:
            pages.setdefault(kind, set()).add(page)
    return [*shown, *_more(seen, pages), *_following(consequences)]


def _more(seen: Counter[_Kind], pages: dict[_Kind, set[_Kind]]) -> Iterator[Finding]:
    for kind, others in pages.items():
        key, *about = kind
        rule = f"{key}（{'、'.join(filter(None, about))}）" if any(about) else key
        yield Finding("proof.more-alike", "", {"rule": rule, "more": seen[kind] - EACH, "pages": len(others)})


def _following(consequences: Counter[_Kind]) -> Iterator[Finding]:
    if consequences:
        yield Finding("proof.more-following", "", {"more": consequences.total(), "pages": len(consequences)})


def _page(finding: Finding) -> _Kind:
    return str(finding.values.get("file", "")), str(finding.values.get("page", ""))


def _kind(finding: Finding) -> _Kind:
    """Its key, and which field, mark, form or font it is about."""
    return (finding.key, *(str(finding.values.get(name, "")) for name in ("item", "mark", "form", "font")))
