"""What makes a PDF one for the archive (PDF/A-3b), and how the press's files are put together and saved.

Shared by `press.write` and `press.cut`. The pages are one ink, black, so the output intent is a grey profile, written here: white
point D50, gamma 2.2. No dates and no producer: a file depends on its pages alone, and its identifier is derived from its bytes.
Sources: ISO 19005-3 6.2.3 (output intent), 6.6 (metadata); ICC.1:2001-04 6.3.1.1 (monochrome output profiles); ISO 32000-1 7.7.3.
"""

import io
import re
import struct
from collections.abc import Sequence
from xml.sax.saxutils import escape, unescape

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, Stream, String

_TITLE = re.compile(r'<rdf:li xml:lang="x-default">(.*?)</rdf:li>', re.DOTALL)
KIDS = 32  # of a node of the page tree


def new_document(title: str) -> Pdf:
    """An empty document that declares itself PDF/A-3b, with its title and a grey output intent."""
    pdf = Pdf.new()
    metadata = Stream(pdf, _METADATA.format(title=escape(title)).encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    condition = String("Grey, D50, gamma 2.2")
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=condition,
        Info=condition,
        DestOutputProfile=Stream(pdf, _grey_profile(), N=1),
    )
    pdf.Root.Metadata = pdf.make_indirect(metadata)
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    pdf.Root.Lang = String("ja-JP")
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    return pdf


def title_of(pdf: Pdf) -> str:
    """The title that `new_document` gave it."""
    found = _TITLE.search(pdf.Root.Metadata.read_bytes().decode())
    return unescape(found[1]) if found else ""


class PageTree:
    """Takes page after page and hangs them, `KIDS` to a node, under a balanced tree."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._leaves: list[Object] = []
        self._kids: list[Object] = []

    def add(self, page: Dictionary) -> None:
        """The next page; it gets its Parent here."""
        if not self._kids:
            self._leaves.append(self._pdf.make_indirect(Dictionary(Type=Name.Pages)))
        page.Parent = self._leaves[-1]
        self._kids.append(self._pdf.make_indirect(page))
        if len(self._kids) == KIDS:
            self._fill()

    def close(self) -> None:
        """Make it the document's tree; one node without kids when there was no page."""
        self._fill()
        nodes = self._leaves or [self._above([])]
        while len(nodes) > 1:
            nodes = [self._above(nodes[start : start + KIDS]) for start in range(0, len(nodes), KIDS)]
        self._pdf.Root.Pages = nodes[0]

    def _fill(self) -> None:
        if self._kids:
            self._leaves[-1].Kids = Array(self._kids)
            self._leaves[-1].Count = len(self._kids)
            self._kids = []

    def _above(self, nodes: Sequence[Object]) -> Object:
        total = sum(int(node.Count) for node in nodes)
        parent = self._pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(nodes), Count=total))
        for node in nodes:
            node.Parent = parent
        return parent


def save(pdf: Pdf) -> bytes:
    """The bytes of the document: PDF 1.7, small objects in compressed streams, identifier from the content."""
    out = io.BytesIO()
    pdf.save(
        out,
        min_version="1.7",
        deterministic_id=True,
        object_stream_mode=ObjectStreamMode.generate,
        compress_streams=True,
    )
    return out.getvalue()


_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


def _grey_profile() -> bytes:
    """An ICC 2.1 output profile of one tag table: description, copyright, white point, tone curve."""
    illuminant = struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    text = b"Grey, D50, gamma 2.2\0"
    # Three descriptions by the standard: ASCII, then an empty Unicode one and an empty Macintosh one.
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0" + b"No rights reserved\0",
        b"wtpt": b"XYZ \0\0\0\0" + illuminant,
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)),
    }
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for signature, content in tags.items():
        table += struct.pack(">4sII", signature, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    version, date = bytes((2, 0x10, 0, 0)), (2026, 1, 1, 0, 0, 0)
    header = struct.pack(">II4s4s4s4s6H4s28x", start + len(body), 0, version, b"prtr", b"GRAY", b"XYZ ", *date, b"acsp")
    return header + illuminant + bytes(128 - len(header) - len(illuminant)) + table + body
