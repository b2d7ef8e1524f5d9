"""Written files, judged by qpdf's own check, an XML parser, a colour library and rasters."""

from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from PIL import Image, ImageCms
from press_files import FONTS, hashes, line, notice, page, raster, read_by_pdfium, used_glyphs

from print_service.press.write import Static, points, write

BLACK_PAGE = b"0 g -100 -100 2000 2000 re f"


@pytest.fixture
def opened():
    with pikepdf.open(BytesIO(notice(100))) as pdf:
        yield pdf


def test_the_file_is_sound_and_says_pdf_1_7(opened):
    assert opened.check_pdf_syntax() == []
    assert opened.pdf_version == "1.7"


def test_pages_stand_in_order_in_a_balanced_tree(opened):
    def walk(node, depth):
        if node.Type == pikepdf.Name.Page:
            yield node, depth
            return
        leaves = [leaf for kid in node.Kids for leaf in walk(kid, depth + 1)]
        assert len(node.Kids) <= 32
        assert node.Count == len(leaves)
        assert all(kid.Parent.objgen == node.objgen for kid in node.Kids)
        yield from leaves

    leaves = list(walk(opened.Root.Pages, 0))
    assert {depth for _, depth in leaves} == {2}
    assert [leaf.objgen for leaf, _ in leaves] == [page.obj.objgen for page in opened.pages]


def test_each_page_shows_its_own_text():
    digits = used_glyphs("ocr-b", "0123456789")
    pages = [page(line("ocr-b", [digits[number // 10], digits[number % 10]])) for number in range(40)]
    file = write(pages, {}, {"ocr-b": (FONTS["ocr-b"], digits)}, "")
    assert [read_by_pdfium(file, number) for number in range(40)] == [f"{number:02d}" for number in range(40)]


def test_pages_share_their_resources_and_a_static_is_there_once(opened):
    assert len({page.obj.Resources.objgen for page in opened.pages}) == 1
    forms = [
        thing for thing in opened.objects if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form"
    ]
    assert len(forms) == 1


def test_boxes_stand_around_the_trimmed_page(opened):
    """A4 is 595.2756 x 841.8898 points, 3 mm are 8.5039; two dots of 600 dpi are 0.24."""
    leaf = opened.pages[0]
    outer = [Decimal("-8.5039"), Decimal("-8.5039"), Decimal("603.7795"), Decimal("850.3937")]
    assert list(leaf.BleedBox) == outer
    left, bottom, right, top = leaf.MediaBox
    assert (left, right, top) == (Decimal("-8.64"), Decimal("603.84"), Decimal("850.5298"))
    assert all(
        Decimal(0) <= gap < Decimal("0.24")
        for gap in (outer[0] - left, outer[1] - bottom, right - outer[2], top - outer[3])
    )
    assert (right - left) % Decimal("0.24") == (top - bottom) % Decimal("0.24") == 0
    assert list(leaf.TrimBox) == [0, 0, Decimal("595.2756"), Decimal("841.8898")]


def test_without_bleed_all_boxes_are_the_page():
    with pikepdf.open(BytesIO(write([page(b"", "25.4", "254")], {}, {}, ""))) as pdf:
        leaf = pdf.pages[0]
        assert list(leaf.MediaBox) == list(leaf.BleedBox) == list(leaf.TrimBox) == [0, 0, 72, 720]


@pytest.mark.parametrize(
    ("mm", "text"), [("25.4", "72"), ("254", "720"), ("297", "841.8898"), ("3", "8.5039"), ("0", "0")]
)
def test_points_are_printed_without_exponent(mm, text):
    assert str(points(Decimal(mm))) == text


def test_a_static_page_may_fill_the_bleed():
    ground = Static("ground", Decimal(50), Decimal(40), BLACK_PAGE)
    drawn = raster(write([page(b"/ground Do", "50", "40", "2.54")], {"ground": ground}, {}, ""), dpi=100)
    assert drawn.shape == (178, 217)
    assert (drawn[1:-1, 1:-1] == 0).all()


def test_statics_and_fonts_may_be_filled_while_pages_are_made():
    statics, fonts = {}, {}

    def pages():
        glyphs = used_glyphs("mj", "税額")
        yield page(line("mj", glyphs) + b"/late Do")
        statics["late"] = Static("late", Decimal(210), Decimal(297), line("mj", glyphs[:1], y=100))
        fonts["mj"] = (FONTS["mj"], glyphs)

    assert read_by_pdfium(write(pages(), statics, fonts, "")).split() == ["税額", "税"]


def test_the_file_declares_itself_pdf_a_3b_with_its_title_and_no_dates(opened):
    """ISO 19005-3 6.6.2 and 6.6.4; nothing in the file is a date."""
    metadata = ET.fromstring(opened.Root.Metadata.read_bytes().decode())
    spaces = {"a": "http://www.aiim.org/pdfa/ns/id/", "dc": "http://purl.org/dc/elements/1.1/"}
    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    assert metadata.findtext(".//a:part", namespaces=spaces) == "3"
    assert metadata.findtext(".//a:conformance", namespaces=spaces) == "B"
    assert metadata.findtext(f".//dc:title//{rdf}li", namespaces=spaces) == "試験 <A&B>"
    assert "/Info" not in opened.trailer
    assert b"Date" not in opened.Root.Metadata.read_bytes()
    assert len(opened.trailer.ID) == 2


def test_the_output_intent_is_one_ink(opened):
    """ISO 19005-3 6.2.3; the profile as Little CMS reads it: half a grey tone of gamma 2.2 is L* 54."""
    (intent,) = opened.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 1
    grey = ImageCms.ImageCmsProfile(BytesIO(intent.DestOutputProfile.read_bytes()))
    profile = grey.profile
    assert (profile.xcolor_space.strip(), profile.device_class, profile.version) == ("GRAY", "prtr", 2.1)
    assert profile.media_white_point[0] == pytest.approx((0.9642, 1.0, 0.8249), abs=1e-4)
    to_lab = ImageCms.buildTransform(grey, ImageCms.createProfile("LAB"), "L", "LAB")
    lightness, a, b = ImageCms.applyTransform(Image.new("L", (1, 1), 128), to_lab).getpixel((0, 0))
    assert (round(lightness * 100 / 255), a, b) == (54, 128, 128)


def test_same_pages_same_bytes_in_any_process():
    first, second = hashes("1"), hashes("2")
    assert len(first.split()) == 2
    assert first == second


def test_another_page_is_another_identifier():
    first, second = (
        pikepdf.open(BytesIO(write([page(content)], {}, {}, ""))).trailer.ID[1] for content in (b"", b"q Q")
    )
    assert bytes(first) != bytes(second)


def test_a_file_without_pages_is_a_file():
    """Every piece may have been held back; the caller throws such a file away."""
    with pikepdf.open(BytesIO(write([], {}, {}, ""))) as pdf:
        assert len(pdf.pages) == 0


def test_a_page_costs_little_beyond_its_content():
    few, many = (len(write([page(b"q Q")] * count, {}, {}, "")) for count in (100, 1100))
    assert (many - few) / 1000 < 120
