"""Before `press.py` measures a contender: every mark of its pages must be read, and every line found in their text."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pypdf
import pypdfium2
import zxingcpp
from press_marks import words
from press_page import Job, Leaf, Page, Record

from barcodes.customer_raster import read as read_customer
from print_service.press.model import Zone


def check(who: str, job: Job, records: Sequence[Record], files: Sequence[bytes]) -> None:
    """Raises ValueError for a page too few or too many, a mark that is not read, a line that is not there."""
    drawn = list(_pages(files))
    pages = [page for record in records for page in record.pages]
    if len(drawn) != len(pages):
        raise ValueError(f"{who}: {len(drawn)} pages, not {len(pages)}")
    for page, (picture, text) in zip(pages, drawn, strict=True):
        leaf = job.leaves[page.leaf]
        missing = [*_unread(picture, leaf, page), *_unsaid(text, leaf, page)]
        if missing:
            raise ValueError(f"{who}: {leaf.name}: not there: {missing}")


def _pages(files: Sequence[bytes]) -> Iterator[tuple[Any, str]]:
    """Each page as grey pixels at 600 dpi, and its text."""
    for pdf in files:
        document = pypdfium2.PdfDocument(pdf)
        for number, page in enumerate(pypdf.PdfReader(io.BytesIO(pdf)).pages):
            image = document[number].render(scale=600 / 72, grayscale=True).to_numpy()
            yield image.reshape(image.shape[:2]), page.extract_text()


def _unread(picture: Any, leaf: Leaf, page: Page) -> Iterator[str]:
    for name, said in page.marks.items():
        zone = leaf.zones[name]
        inside = np.ascontiguousarray(_within(picture, zone))
        if zone.kind == "customer":
            reading = read_customer([bytes(row) for row in inside])
            found = [reading.postcode + reading.digits]
        else:
            plain = zxingcpp.TextMode.Plain
            found = [each.text for each in zxingcpp.read_barcodes(inside, text_mode=plain)]
        if found != [words(said)]:
            yield f"{name} {words(said)} (read: {found})"


def _within(picture: Any, zone: Zone) -> Any:
    left, top, width, height = (
        round(float(mm) * 600 / 25.4) for mm in (zone.x_mm, zone.y_mm, zone.width_mm, zone.height_mm)
    )
    return picture[top : top + height, left : left + width]


def _unsaid(text: str, leaf: Leaf, page: Page) -> Iterator[str]:
    solid = _solid(text)
    lines = [texts for _, texts in leaf.ground] + [texts for texts in page.texts if texts]
    yield from (run for texts in lines for run in texts if _solid(run) not in solid)


def _solid(text: str) -> str:
    return re.sub(r"\s", "", text)
