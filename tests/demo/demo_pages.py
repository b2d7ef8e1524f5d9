"""What stands on the finished pages, read with zxing-cpp and pdfium here and not by the application: marks and text."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import zxingcpp

DPI = 300


@dataclass(frozen=True)
class Page:
    """One page: its piece mark taken apart, the contents of its other symbols by format, its text."""

    batch: str
    piece: int
    sheet: int
    sheets: int
    side: str
    symbols: dict[str, str]
    text: str

    @property
    def is_slip(self) -> bool:
        """Whether it is a payment slip: the collector's part says 領収済通知書."""
        return "領収済通知書" in self.text


def read(pdf: Path) -> list[Page]:
    """Every page of a file."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return list(_pages(document))
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument) -> Iterator[Page]:
    formats = [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128]
    for page in document:
        picture = page.render(scale=DPI / 72, grayscale=True).to_numpy().squeeze()
        found = zxingcpp.read_barcodes(picture, formats=formats, text_mode=zxingcpp.TextMode.Plain)
        marks = [one.text for one in found if one.format == zxingcpp.BarcodeFormat.DataMatrix]
        assert len(marks) == 1, marks
        others = {str(one.format): one.text for one in found if one.format != zxingcpp.BarcodeFormat.DataMatrix}
        yield Page(*take_apart(marks[0]), others, page.get_textpage().get_text_range())


def take_apart(payload: str) -> tuple[str, int, int, int, str]:
    """(batch, piece, sheet, sheets, side) of `PS1:<batch>:<piece>:<sheet>/<sheets>:<F|B>:<check>`, the check digits recomputed."""
    head, _, check = payload.rpartition(":")
    # Two figures: the sum of place times code over everything before the last colon, modulo 97.
    assert check == f"{sum(place * ord(letter) for place, letter in enumerate(head, start=1)) % 97:02d}"
    form, batch, piece, count, side = head.split(":")
    assert form == "PS1"
    sheet, sheets = count.split("/")
    return batch, int(piece), int(sheet), int(sheets), side
