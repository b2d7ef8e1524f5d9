"""Step 5 prove (読み戻し): a finished PDF read back and compared with the ledger, page by page.

A file's pages are read in parts (`part`), in this process or in several; here the parts become one evidence: what is wrong with the
file as a whole, pages and sheets that are lost, marks that stand twice. `prove_file` is a pure function of its arguments.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pypdfium2 as pdfium

from print_service.findings import Finding
from print_service.proof.decode import KINDS
from print_service.proof.look import OCR, Reading
from print_service.proof.model import Evidence, ExpectedPage, MarkCount
from print_service.proof.owners import owners_of
from print_service.proof.part import Part, PartOrder, merged, read_part
from print_service.proof.pinned_fonts import SHIPPED, FontRules
from print_service.proof.place import Place
from print_service.proof.telling import rank
from print_service.proof.texts import owned_texts

PART_PAGES = 240
SECOND_PER_STRATUM = 3
SWEEP_EVERY = 100
_DECODER = f"zxing-cpp, pdfium {pdfium.version.PDFIUM_INFO.version}"


def prove_file(
    pdf: Path,
    expected: Sequence[ExpectedPage],
    *,
    dpi: int = 300,
    second: bool = False,
    fonts: FontRules = SHIPPED,
) -> Evidence:
    """Evidence for one file whose pages should be exactly `expected`.

    Whatever is wrong with the file becomes a finding; only a wrong expectation (a page named twice, an unknown kind of
    mark) raises ValueError. `second` lets a second decoder confirm a sample; `fonts` pins further ones.
    """
    orders = part_orders(pdf, expected, dpi=dpi, second=second, fonts=fonts)
    return join_parts(pdf, expected, [read_part(order) for order in orders], dpi=dpi)


def part_orders(
    pdf: Path,
    expected: Sequence[ExpectedPage],
    *,
    dpi: int = 300,
    second: bool = False,
    fonts: FontRules = SHIPPED,
) -> list[PartOrder]:
    """The file's pages in parts of some hundred; at least one."""
    pages = sorted(expected, key=lambda page: page.page)
    _require_sense(pages)
    owners = owners_of(pages, ((page.piece, text) for page in pages for text in owned_texts(page)))
    sample = frozenset(_sample(pages)) if second else frozenset()
    firsts = {page.layout.name: page.page for page in reversed(pages)}
    sweep = frozenset(firsts.values()) | {page.page for page in pages if page.page % SWEEP_EVERY == 0}
    return [
        PartOrder(pdf, tuple(pages[start : start + PART_PAGES]), owners, dpi, sample, sweep, fonts)
        for start in range(0, max(1, len(pages)), PART_PAGES)
    ]


def join_parts(pdf: Path, expected: Sequence[ExpectedPage], parts: Sequence[Part], *, dpi: int = 300) -> Evidence:
    """The evidence of a file from its parts, in their order."""
    pages = sorted(expected, key=lambda page: page.page)
    whole = merged([part.reading for part in parts])
    fault = next((part.fault for part in parts if part.fault), "")
    if len({part.sha256 for part in parts}) > 1:
        fault = "proof.file-changed"
    first = parts[0]
    if fault:
        findings = [Finding(fault, pdf.name, {"file": pdf.name})]
        whole = Reading()
    else:
        of_pages = [*whole.findings, *_twice(pdf, whole), *_lost_sheets(pdf, first.count, pages, whole)]
        of_pages.sort(key=lambda finding: (int(finding.values["page"]), rank(finding)))
        findings = [*_page_counts(pdf, first.count, pages), *of_pages]
    wanted = Counter(mark.kind for page in pages for mark in page.marks if mark.text)
    kinds = sorted({mark.kind for page in pages for mark in page.marks})
    return Evidence(
        file=pdf.name,
        sha256=first.sha256,
        pages=0 if fault else first.count,
        dpi=dpi,
        decoder=_DECODER,
        counts={kind: MarkCount(wanted[kind], whole.decoded[kind]) for kind in kinds},
        finer=whole.finer,
        findings=tuple(findings),
        checks={
            name: MarkCount(number, whole.right_checks[name]) for name, number in sorted(whole.expected_checks.items())
        },
    )


def _require_sense(pages: Sequence[ExpectedPage]) -> None:
    twice = [page for page, n in Counter(page.page for page in pages).items() if n > 1]
    unknown = {mark.kind for page in pages for mark in page.marks} - {*KINDS, OCR}
    if twice or unknown:
        raise ValueError(f"pages expected twice: {twice}; unknown kinds of mark: {sorted(unknown)}")


def _sample(pages: Iterable[ExpectedPage]) -> Iterator[int]:
    """Pages for the second decoder: the first of each stratum, which is a form's page with the kinds of marks it carries."""
    taken: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for page in pages:
        stratum = page.layout.name, tuple(mark.kind for mark in page.marks if mark.text)
        taken[stratum] += 1
        if taken[stratum] <= SECOND_PER_STRATUM:
            yield page.page


def _page_counts(pdf: Path, count: int, pages: Sequence[ExpectedPage]) -> Iterator[Finding]:
    wanted = pages[-1].page + 1 if pages else 0
    if count != wanted:
        yield Finding("proof.page-count", pdf.name, {"file": pdf.name, "expected": wanted, "found": count})
    listed = {page.page for page in pages}
    for page in range(count):
        if page not in listed:
            yield Finding("proof.page-unlisted", f"{pdf.name} p.{page + 1}", {"file": pdf.name, "page": page + 1})


def _lost_sheets(pdf: Path, count: int, pages: Sequence[ExpectedPage], whole: Reading) -> Iterator[Finding]:
    """Sides of sheets whose piece mark stands nowhere in the file: the page is beyond its end, or has another's mark."""
    read_at = {page: text for kind, text, _, page in whole.seen if kind == "piece"}
    read = set(read_at.values())
    for page in pages:
        for mark in page.marks:
            if mark.kind != "piece" or not mark.text:
                continue
            whole.expected_checks["sheets"] += 1
            whole.right_checks["sheets"] += mark.text in read
            if mark.text not in read and (page.page >= count or page.page in read_at):
                yield Place(pdf.name, page.page + 1, page.piece).finding("proof.sheet-missing", expected=mark.text)


def _twice(pdf: Path, whole: Reading) -> Iterator[Finding]:
    earlier: dict[tuple[str, str], tuple[int, int]] = {}
    for kind, text, piece, page in whole.seen:
        owner, first = earlier.setdefault((kind, text), (piece, page))
        if first != page:
            place = Place(pdf.name, page + 1, piece)
            yield place.finding("proof.mark-twice", kind=kind, found=text, owner=owner, owner_page=first + 1)
