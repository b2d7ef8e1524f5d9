"""Many small PDFs become one file with a balanced page tree.

pikepdf's `pages.append` walks the whole tree each time (quadratic); here page objects are copied once and the tree is built by
hand, at most 32 kids a node. The file identifier is derived from the content: same pieces, same bytes.
"""

import io
from collections.abc import Sequence

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf

_KIDS = 32
_INHERITED = ("/MediaBox", "/CropBox", "/Resources", "/Rotate")


def assemble(pieces: Sequence[tuple[int, bytes]]) -> tuple[bytes, tuple[tuple[int, int, int], ...]]:
    """(piece number, PDF bytes) in order → one PDF and its index of (piece number, first page from 0, page count)."""
    target = Pdf.new()
    pages: list[Object] = []
    index: list[tuple[int, int, int]] = []
    for number, content in pieces:
        with Pdf.open(io.BytesIO(content)) as source:
            index.append((number, len(pages), len(source.pages)))
            pages.extend(_copy(target, page.obj) for page in source.pages)
    target.Root.Pages = _tree(target, pages)
    out = io.BytesIO()
    target.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate, compress_streams=True)
    return out.getvalue(), tuple(index)


def _copy(target: Pdf, page: Object) -> Object:
    for key in _INHERITED:
        parent = page.get("/Parent")
        while key not in page and parent is not None:
            if key in parent:
                page[key] = parent[key]
            parent = parent.get("/Parent")
    del page["/Parent"]
    return target.copy_foreign(page)


def _tree(target: Pdf, kids: list[Object]) -> Object:
    counts = [1] * len(kids)
    while True:
        nodes: list[Object] = []
        totals: list[int] = []
        for start in range(0, max(len(kids), 1), _KIDS):
            group = kids[start : start + _KIDS]
            total = sum(counts[start : start + _KIDS])
            node = target.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(group), Count=total))
            for kid in group:
                kid["/Parent"] = node
            nodes.append(node)
            totals.append(total)
        if len(nodes) == 1:
            return nodes[0]
        kids, counts = nodes, totals
