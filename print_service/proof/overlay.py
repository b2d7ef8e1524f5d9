"""Pictures of what offends: a page with the zones of its findings framed in red, beside the evidence.

For the people who must decide what to mend; nothing is judged here.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from print_service.findings import Finding
from print_service.proof.model import Evidence

DPI = 100
_MOST_PAGES = 50
_AROUND_MM = 0.8
_RED = (220, 0, 0)


def write_pictures(pages: Path, evidence: Evidence, folder: Path) -> Iterator[Path]:
    """A PNG for each of the first fifty pages of the file that have findings, written to `folder` as `<file>-p<page>.png`."""
    by_page: dict[int, list[Finding]] = {}
    for finding in evidence.findings:
        page = finding.values.get("page")
        if isinstance(page, int) and 0 < page <= evidence.pages:
            by_page.setdefault(page, []).append(finding)
    if not by_page:
        return
    document = pdfium.PdfDocument(pages / evidence.file)
    try:
        for page, findings in sorted(by_page.items())[:_MOST_PAGES]:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{Path(evidence.file).stem}-p{page}.png"
            _picture(document[page - 1], findings).save(path, optimize=False)
            yield path
    finally:
        document.close()


def _picture(page: pdfium.PdfPage, findings: Sequence[Finding]) -> Image.Image:
    grey = page.render(scale=DPI / 72, grayscale=True).to_numpy()
    grey = np.array(grey[:, :, 0] if grey.ndim == 3 else grey)
    image = Image.fromarray(grey).convert("RGB")
    draw, per_mm = ImageDraw.Draw(image, "RGBA"), DPI / 25.4
    for x, y, width, height in (box for finding in findings if (box := _zone(finding.values)) is not None):
        left, top = (x - _AROUND_MM) * per_mm, (y - _AROUND_MM) * per_mm
        right, bottom = (x + width + _AROUND_MM) * per_mm, (y + height + _AROUND_MM) * per_mm
        draw.rectangle((left, top, right, bottom), fill=(*_RED, 40), outline=_RED, width=3)
    if all(_zone(finding.values) is None for finding in findings):
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=_RED, width=6)
    return image


def _zone(values: Mapping[str, str | int]) -> tuple[float, float, float, float] | None:
    sides = str(values.get("zone", "")).split(", ")
    try:
        x, y, width, height = (float(side) for side in sides)
    except ValueError:
        return None
    return x, y, width, height
