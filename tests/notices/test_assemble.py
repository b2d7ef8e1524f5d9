"""Many small PDFs become one file: a balanced page tree, the right counts, the same bytes, readable by other readers."""

import io
import time

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from print_service.press.assemble import assemble

KIDS = 32


def piece(*widths):
    """A PDF of pages that are told apart by their widths in points; size and resources stand on the tree, not the page."""
    pdf = pikepdf.new()
    for width in widths:
        pdf.add_blank_page(page_size=(width, 500))
    root = pdf.Root.Pages
    root.Rotate = 0
    root.Resources = pikepdf.Dictionary(ProcSet=pikepdf.Array([pikepdf.Name.PDF]))
    root.CropBox = pikepdf.Array([0, 0, 400, 500])
    for page in pdf.pages:
        del page.obj["/Resources"]
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def numbered(counts):
    """(piece number, PDF) for so many pages each; the n-th page of all is 500 + n points wide."""
    pieces, first = [], 0
    for number, count in enumerate(counts, start=1):
        pieces.append((number, piece(*range(500 + first, 500 + first + count))))
        first += count
    return pieces


def tree(content):
    """(depth, pages, widest node) of the page tree, checking every /Count, /Type and /Parent on the way."""
    with pikepdf.open(io.BytesIO(content)) as pdf:

        def walk(node):
            if node.Type == pikepdf.Name.Page:
                return 0, 1, 0
            assert node.Type == pikepdf.Name.Pages
            below = []
            for kid in node.Kids:
                assert kid.Parent.objgen == node.objgen
                below.append(walk(kid))
            assert len({depth for depth, _, _ in below}) <= 1, "every page is equally deep"
            total = sum(pages for _, pages, _ in below)
            assert node.Count == total
            return 1 + max(depth for depth, _, _ in below), total, max(len(node.Kids), *(w for _, _, w in below))

        assert "/Parent" not in pdf.Root.Pages
        return walk(pdf.Root.Pages)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=30))
def test_the_page_tree_is_balanced_and_counts_its_pages(counts):
    content, index = assemble(numbered(counts))
    depth, pages, widest = tree(content)
    assert pages == sum(counts)
    assert widest <= KIDS
    assert depth == (1 if pages <= KIDS else 2)
    assert [(number, count) for number, _, count in index] == list(enumerate(counts, start=1))
    assert [first for _, first, _ in index] == [sum(counts[:place]) for place in range(len(counts))]


def test_a_thousand_and_twenty_five_pages_are_three_deep():
    """32 × 32 is 1,024."""
    content, _ = assemble(numbered([1025]))
    assert tree(content) == (3, 1025, 32)


@pytest.mark.parametrize("counts", [[1], [32], [33], [3, 70, 1]])
def test_every_page_stands_in_order_for_other_readers(counts):
    content, _ = assemble(numbered(counts))
    expected = [500 + n for n in range(sum(counts))]
    assert [round(float(page.mediabox.width)) for page in PdfReader(io.BytesIO(content), strict=True).pages] == expected
    document = pypdfium2.PdfDocument(content)
    assert len(document) == len(expected)
    assert [round(page.get_mediabox()[2]) for page in document] == expected
    document.close()


def test_what_a_page_inherits_goes_with_it():
    content, _ = assemble([(1, piece(500)), (2, piece(600))])
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            assert [int(number) for number in page.obj.CropBox] == [0, 0, 400, 500]
            assert "/ProcSet" in page.obj.Resources


def test_the_same_pieces_give_the_same_bytes_at_any_time():
    """An identifier made of the clock, as PDF writers like it (ISO 32000-1, 14.4), changes by the second."""
    pieces = numbered([3, 1, 40])
    once = assemble(pieces)
    time.sleep(1.1)
    assert assemble(pieces) == once
    assert assemble(pieces)[0] != assemble(pieces[:2])[0]
