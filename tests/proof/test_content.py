"""The reader of strings: against pdfium on whole pages, and against places computed by hand (ISO 32000-1, 9.4)."""

import ctypes

import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from proof_fonts import OCR_B, embed, shown
from proof_sheets import sheet, write_sheets
from pypdfium2 import raw

from print_service.proof.content import Reader
from print_service.proof.pdf_tokens import operations

PT = 25.4 / 72


def runs(content: bytes):
    """The runs of a page 100 points high whose font F is OCR-B (0.723 em a character)."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 100))
    page = pdf.pages[0].obj
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=embed(pdf, OCR_B, "0123456789")))
    page.Contents = pdf.make_stream(content)
    return Reader().page(page).runs


def places(content: str):
    """Text and left end of the baseline in points from the bottom left."""
    found = []
    for run in runs(content.encode()):
        x, y = run.place(run.starts[0])
        found.append((run.text, round(x / PT, 3), round(100 - y / PT, 3)))
    return found


ONE, TWO = shown(OCR_B, "1"), shown(OCR_B, "2")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"BT /F 10 Tf 20 30 Td {ONE} Tj 5 -8 Td {TWO} Tj ET", [("1", 20, 30), ("2", 25, 22)]),
        (f"BT /F 10 Tf 12 TL 20 30 Td {ONE} Tj T* {TWO} Tj ET", [("1", 20, 30), ("2", 20, 18)]),
        (f"BT /F 10 Tf 20 30 Td 0 -12 TD {ONE} ' ET", [("1", 20, 6)]),
        (f"BT /F 10 Tf 20 30 Td {ONE} Tj {TWO} Tj ET", [("1", 20, 30), ("2", 27.23, 30)]),
        (f"BT /F 10 Tf 2 Tc 20 30 Td {ONE} Tj {TWO} Tj ET", [("1", 20, 30), ("2", 29.23, 30)]),
        (f"BT /F 10 Tf 50 Tz 20 30 Td {ONE} Tj {TWO} Tj ET", [("1", 20, 30), ("2", 23.615, 30)]),
        (f"BT /F 10 Tf 3 Ts 20 30 Td {ONE} Tj ET", [("1", 20, 33)]),
        (f"q 2 0 0 2 4 6 cm BT /F 10 Tf 1 0 0 1 5 5 Tm [{ONE} -1000 {TWO}] TJ ET Q", [("12", 14, 16)]),
        (f"q 1 0 0 1 50 0 cm Q BT /F 10 Tf 1 2 Td {ONE} Tj ET", [("1", 1, 2)]),
        (f"/Span <</ActualText (x)>> BDC BT /F 10 Tf 1 2 Td {ONE} Tj {TWO} Tj ET EMC", [("x", 1, 2), ("", 8.23, 2)]),
        (f"0 0 1 rg 1 2 3 4 re f /a gs BT /F 10 Tf 1 2 Td {ONE} Tj ET", [("1", 1, 2)]),
        (f"BT /F 10 Tf 1 2 Td (unfinished Tj ET BT {ONE} Tj", []),
    ],
)
def test_places_by_hand(content, expected):
    assert places(content) == expected


def test_an_inline_image_is_stepped_over_whatever_its_bytes_say():
    data = b"(Tj EI BT <00"
    image = b"BI /W 104 /H 1 /IM true ID " + data + b" EI"
    assert [run.text for run in runs(image + f" BT /F 10 Tf 1 2 Td {ONE} Tj ET".encode())] == ["1"]


def test_a_form_is_read_where_it_is_drawn(tmp_path):
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 100))
    page = pdf.pages[0].obj
    font = pikepdf.Dictionary(F=embed(pdf, OCR_B, "0123456789"))
    form = pdf.make_stream(f"BT /F 10 Tf 1 2 Td {ONE} Tj ET".encode())
    form.stream_dict = pikepdf.Dictionary(
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 9, 9],
        Matrix=[1, 0, 0, 1, 10, 0],
        Resources=pikepdf.Dictionary(Font=font),
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(G=pdf.make_indirect(form)))
    page.Contents = pdf.make_stream(b"q 1 0 0 1 0 50 cm /G Do Q /G Do")
    found = [run.place(0) for run in Reader().page(page).runs]
    assert [(round(x / PT), round(100 - y / PT)) for x, y in found] == [(11, 52), (11, 2)]


def test_every_character_stands_where_pdfium_says(tmp_path):
    """pdfium reads texts without ActualText well; its box of a character begins at the outline, ours at the origin."""
    path = write_sheets(tmp_path / "s.pdf", [sheet(1), sheet(3)])
    document = pdfium.PdfDocument(path)
    with pikepdf.open(path) as pdf:
        reader = Reader()
        for number, page in enumerate(pdf.pages):
            own = reader.page(page.obj).runs
            theirs = document[number].get_textpage()
            text = "".join(theirs.get_text_range().split())
            assert "".join("".join(run.text.split()) for run in own) == text
            x, y = ctypes.c_double(), ctypes.c_double()
            origins = []
            for at in range(theirs.count_chars()):
                if not chr(raw.FPDFText_GetUnicode(theirs, at)).isspace():
                    raw.FPDFText_GetCharOrigin(theirs, at, x, y)
                    origins.append((x.value * PT, 297 - y.value * PT))
            ours = [
                run.place(start)
                for run in own
                for start, character in zip(run.starts, run.text, strict=False)
                if not character.isspace()
            ]
            for (left, down), (their_left, their_down) in zip(ours, origins, strict=True):
                assert abs(left - their_left) < 0.02
                assert abs(down - their_down) < 0.02
            theirs.close()
    document.close()


@given(st.binary(max_size=200))
def test_no_bytes_make_a_traceback(noise):
    for word, operands in operations(noise):
        assert isinstance(word, bytes)
        assert isinstance(operands, list)
