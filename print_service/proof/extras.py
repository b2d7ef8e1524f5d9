"""What a page shows here and not there: comments, stamps and form fields laid over it, layers that are switched on or off.

A viewer, a printer and this proof may each draw another page then (ISO 32000-1, 8.11 and 12.5), so neither may be there at all.
"""

from collections.abc import Iterator

import pikepdf

from print_service.findings import Finding
from print_service.proof.place import Place


def check_extras(place: Place, page: pikepdf.Object, root: pikepdf.Object) -> Iterator[Finding]:
    """Annotations of the page, layers of its file."""
    annotations = page.get("/Annots")
    if annotations is not None and len(annotations.as_list()):
        kinds = sorted({str(each.get("/Subtype", "?")).lstrip("/") for each in annotations.as_list()})
        yield place.finding("proof.page-annotated", found="・".join(kinds))
    if "/OCProperties" in root:
        yield place.finding("proof.page-layers")
