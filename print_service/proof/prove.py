"""Step 5 prove (読み戻し): a finished PDF's marks, decoded from its raster and compared with the ledger, page by page.

A page is drawn by pdfium only where a mark should be, read by `decode` and `ocr_lines`, and judged by `rules`. Every fiftieth page, the
first among them, and every page on which something would not read, is also looked at whole: a mark where none belongs
is a fault of the form and so repeats, and a mark beside its zone is named as misplaced. `prove_file` is a pure function
of its arguments; several files go to several processes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium

from print_service.findings import Finding
from print_service.proof.decode import CUSTOMER, KINDS, Symbol, decode
from print_service.proof.model import Box, Evidence, ExpectedMark, ExpectedPage, MarkCount
from print_service.proof.ocr_lines import lines_in_picture, lines_in_text
from print_service.proof.quiet import shortages
from print_service.proof.raster import INK_BELOW, MARGIN_MM, Raster, page_raster, size_mm, zone_raster
from print_service.proof.rules import Owners, Place, check_ground, check_lines, check_symbol, place_of

SIZE_TOLERANCE_MM = Decimal("0.2")
SWEEP_EVERY = 50
OCR = "ocr"
_DECODER = f"zxing-cpp, pdfium {pdfium.version.PDFIUM_INFO.version}"


@dataclass
class _Reading:
    """What grows while a file is read."""

    findings: list[Finding] = field(default_factory=list)
    decoded: Counter[str] = field(default_factory=Counter)
    finer: int = 0
    seen: dict[tuple[str, str], ExpectedPage] = field(default_factory=dict)


def prove_file(pdf: Path, expected: Sequence[ExpectedPage], *, dpi: int = 300) -> Evidence:
    """Evidence for one file whose pages should be exactly `expected`.

    Whatever is wrong with the file becomes a finding; only a wrong expectation (a page named twice, an unknown kind of
    mark) raises ValueError.
    """
    pages = sorted(expected, key=lambda page: page.page)
    _require_sense(pages)
    reading = _Reading()
    data = pdf.read_bytes() if pdf.is_file() else None
    count = _read(pdf, data, pages, dpi, reading)
    wanted = Counter(mark.kind for page in pages for mark in page.marks if mark.text)
    kinds = sorted({mark.kind for page in pages for mark in page.marks})
    return Evidence(
        file=pdf.name,
        sha256=hashlib.sha256(data).hexdigest() if data is not None else "",
        pages=count,
        dpi=dpi,
        decoder=_DECODER,
        counts={kind: MarkCount(wanted[kind], reading.decoded[kind]) for kind in kinds},
        finer=reading.finer,
        findings=tuple(reading.findings),
    )


def _require_sense(pages: Sequence[ExpectedPage]) -> None:
    twice = [page for page, n in Counter(page.page for page in pages).items() if n > 1]
    unknown = {mark.kind for page in pages for mark in page.marks} - {*KINDS, OCR}
    if twice or unknown:
        raise ValueError(f"pages expected twice: {twice}; unknown kinds of mark: {sorted(unknown)}")


def _read(pdf: Path, data: bytes | None, pages: Sequence[ExpectedPage], dpi: int, reading: _Reading) -> int:
    """Read the file into `reading`; returns its number of pages, 0 where it cannot be opened."""
    fault = "proof.file-missing" if data is None else _damage(data)
    document = None
    if fault is None:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError:
            fault = "proof.unreadable-pdf"
    if document is None:
        reading.findings.append(Finding(fault or "proof.unreadable-pdf", pdf.name, {"file": pdf.name}))
        return 0
    try:
        count = len(document)
        reading.findings += _page_counts(pdf, count, pages)
        owners: Owners = {
            (mark.kind, mark.text): (page.piece, page.page) for page in pages for mark in page.marks if mark.text
        }
        for expected in pages:
            if expected.page < count:
                _open_page(document, expected, place_of(pdf, expected), dpi, (owners, reading))
        return count
    finally:
        document.close()


def _open_page(
    document: pdfium.PdfDocument, expected: ExpectedPage, place: Place, dpi: int, file: tuple[Owners, _Reading]
) -> None:
    try:
        page = document[expected.page]
    except pdfium.PdfiumError:
        file[1].findings.append(place.finding("proof.page-unreadable"))
        return
    try:
        _read_page(_Look(page, expected, place, dpi, *file))
    finally:
        page.close()


def _damage(data: bytes) -> str | None:
    """Key of what is wrong with the file as a file: pdfium would silently mend a torn one and show what is left."""
    if b"%PDF-" not in data[:1024]:
        return "proof.not-a-pdf"
    tail = re.search(rb"startxref\s+([0-9]{1,12})\s+%%EOF\s*\Z", data[-1024:])
    if tail is None or not re.match(rb"xref|[0-9]+\s+[0-9]+\s+obj", data[int(tail[1]) : int(tail[1]) + 32]):
        return "proof.truncated-pdf"
    return None


def _page_counts(pdf: Path, count: int, pages: Sequence[ExpectedPage]) -> list[Finding]:
    wanted = pages[-1].page + 1 if pages else 0
    found = []
    if count != wanted:
        found.append(Finding("proof.page-count", pdf.name, {"file": pdf.name, "expected": wanted, "found": count}))
    listed = {page.page for page in pages}
    found += [
        Finding("proof.page-unlisted", f"{pdf.name} p.{page + 1}", {"file": pdf.name, "page": page + 1})
        for page in range(count)
        if page not in listed
    ]
    return found


@dataclass(frozen=True)
class _Look:
    """One open page with all that judging it needs."""

    page: pdfium.PdfPage
    expected: ExpectedPage
    place: Place
    dpi: int
    owners: Owners
    reading: _Reading

    def report(self, key: str, **values: str | int) -> None:
        """A finding on this page."""
        self.reading.findings.append(self.place.finding(key, **values))


def _read_page(look: _Look) -> None:
    expected = look.expected
    if look.page.get_rotation():
        look.report("proof.page-rotated", degrees=look.page.get_rotation())
        return
    width, height = size_mm(look.page)
    if max(abs(width - expected.width_mm), abs(height - expected.height_mm)) > SIZE_TOLERANCE_MM:
        wanted, found = f"{expected.width_mm}×{expected.height_mm}", f"{width}×{height}"
        look.report("proof.page-size", expected=wanted, found=found)
    unread = [mark for mark in expected.marks if not _read_zone(look, mark)]
    if unread or expected.page % SWEEP_EVERY == 0:
        _sweep(look, unread)


def _read_zone(look: _Look, mark: ExpectedMark) -> bool:
    """Judge one zone; False where a mark should be and none was read, which `_sweep` then explains."""
    raster = zone_raster(look.page, mark.zone, look.dpi)
    if raster is None:
        look.report("proof.zone-outside-page", kind=mark.kind, zone=_zone_text(mark.zone))
        return True
    if mark.kind == OCR:
        return _read_lines(look, mark, raster)
    if not mark.text:
        for symbol in decode(raster, KINDS, thorough=True):
            _report_unexpected(look, raster, symbol)
        return True
    symbols = decode(raster, (mark.kind,)) or decode(raster, (mark.kind,), thorough=True)
    if not symbols or not symbols[0].check_holds:
        finer = zone_raster(look.page, mark.zone, look.dpi * 2)
        again = decode(finer, (mark.kind,), thorough=True) if finer is not None else ()
        if again and finer is not None:
            symbols, raster = again, finer
            look.reading.finer += 1
    if not symbols:
        return False
    if len(symbols) > 1:
        texts = " / ".join(symbol.text for symbol in symbols)
        look.report("proof.mark-ambiguous", kind=mark.kind, expected=mark.text, found=texts, number=len(symbols))
        return True
    findings = check_symbol(look.place, mark, symbols[0], look.owners)
    look.reading.decoded[mark.kind] += not findings
    look.reading.findings += findings
    look.reading.findings += check_ground(look.place, mark, shortages(raster, symbols[0]))
    if mark.kind != CUSTOMER:  # one address may have many letters
        _note_twice(look, mark, symbols[0].text)
    return True


def _read_lines(look: _Look, mark: ExpectedMark, raster: Raster) -> bool:
    printed, text = lines_in_picture(raster, mark.zone), lines_in_text(look.page, mark.zone)
    if not mark.text:
        if printed or text:
            found, at = " ".join(printed or text), f"{mark.zone[0]}, {mark.zone[1]}"
            look.report("proof.mark-unexpected", kind=mark.kind, expected="", found=found, at=at)
        return True
    if any("?" in line for line in printed):
        finer = zone_raster(look.page, mark.zone, look.dpi * 2)
        printed = lines_in_picture(finer, mark.zone) if finer is not None else printed
        look.reading.finer += 1
    if not printed:
        zone = _zone_text(mark.zone)
        look.report("proof.mark-missing", kind=mark.kind, expected=mark.text, found=" ".join(text), zone=zone)
        return True
    findings = check_lines(look.place, mark, printed, text, look.owners)
    look.reading.decoded[mark.kind] += not findings
    look.reading.findings += findings
    _note_twice(look, mark, " ".join(printed))
    return True


def _note_twice(look: _Look, mark: ExpectedMark, text: str) -> None:
    earlier = look.reading.seen.setdefault((mark.kind, text), look.expected)
    if earlier.page != look.expected.page:
        owner, page = earlier.piece, earlier.page + 1
        look.report("proof.mark-twice", kind=mark.kind, found=text, owner=owner, owner_page=page)


def _sweep(look: _Look, unread: Sequence[ExpectedMark]) -> None:
    """Look at the whole page: explain marks that were not read, name marks that no zone is for."""
    raster = page_raster(look.page, look.dpi)
    stray = [
        symbol
        for symbol in decode(raster, KINDS, thorough=bool(unread))
        if not any(_within(raster, symbol, mark.zone) for mark in look.expected.marks)
    ]
    for mark in unread:
        twins = [symbol for symbol in stray if (symbol.kind, symbol.text) == (mark.kind, mark.text)]
        stray = [symbol for symbol in stray if symbol not in twins]
        _report_unread(look, mark, twins, raster)
    for symbol in stray:
        _report_unexpected(look, raster, symbol)


def _report_unread(look: _Look, mark: ExpectedMark, twins: Sequence[Symbol], raster: Raster) -> None:
    zone, key, found = zone_raster(look.page, mark.zone, look.dpi), "proof.mark-missing", ""
    if twins:
        x, y = raster.mm(twins[0].left, twins[0].top)
        key, found = "proof.mark-misplaced", f"{x}, {y}"
    elif zone is not None and (zone.pixels < INK_BELOW).any():
        key = "proof.mark-unreadable"
    look.report(key, kind=mark.kind, expected=mark.text, found=found, zone=_zone_text(mark.zone))


def _report_unexpected(look: _Look, raster: Raster, symbol: Symbol) -> None:
    x, y = raster.mm(symbol.left, symbol.top)
    look.report("proof.mark-unexpected", kind=symbol.kind, expected="", found=symbol.text, at=f"{x}, {y}")


def _within(raster: Raster, symbol: Symbol, zone: Box) -> bool:
    x, y = raster.mm(*symbol.centre)
    return (
        zone[0] - MARGIN_MM <= x <= zone[0] + zone[2] + MARGIN_MM
        and zone[1] - MARGIN_MM <= y <= zone[1] + zone[3] + MARGIN_MM
    )


def _zone_text(zone: Box) -> str:
    return ", ".join(str(side) for side in zone)
