"""The finished page, rastered at 300 dpi: every mark reads, where its zone says (pypdfium2 and zxing-cpp, none of the drawing code)."""

import pypdfium2
import pytest
import samples
import zxingcpp

from print_service.press.forms import load_form

DPI = 300


def zone_image(pdf, form, zone):
    page = pypdfium2.PdfDocument(pdf)[zone.page - 1]
    image = page.render(scale=DPI / 72, grayscale=True).to_pil()
    corners = (zone.x_mm, zone.y_mm, zone.x_mm + zone.width_mm, zone.y_mm + zone.height_mm)
    return image.crop(tuple(int(corner * DPI / 254 * 10) for corner in corners))


def read(pdf, form, name):
    found = zxingcpp.read_barcodes(zone_image(pdf, form, form.zones[name]))
    return [code.text for code in found]


@pytest.mark.parametrize("form_id", ["resident_tax", "vehicle_tax", "payment_slip", "reminder", "final_demand"])
def test_the_piece_mark_reads_on_every_side(press, form_id):
    filling = samples.filling(form_id)
    pdf = press.print_piece([filling]).pdf
    control = filling.fields["control"]
    for name, side in (("piece_mark", "F"), ("piece_mark_back", "B")):
        if name in filling.form.zones:
            body = (
                f"PS1:{control['batch']}:{control['piece']:06d}:{control['sheet']:02d}/{control['sheets']:02d}:{side}"
            )
            check = sum((place + 1) * ord(letter) for place, letter in enumerate(body)) % 97
            assert read(pdf, filling.form, name) == [f"{body}:{check:02d}"]


def test_the_slip_s_bar_code_and_qr_read(press):
    pdf = press.print_piece([samples.filling("payment_slip")]).pdf
    form = load_form("payment_slip", samples.DAY)
    assert [text.replace("(", "").replace(")", "") for text in read(pdf, form, "cvs")] == [
        samples.cvs_barcode(48_200).digits()
    ]
    assert read(pdf, form, "el_qr") == [samples.el_qr(48_200).payload()]


def test_above_the_limit_there_is_a_sentence_and_no_bar_code(press):
    pdf = press.print_piece([samples.filling("payment_slip", amount=300_001)]).pdf
    form = load_form("payment_slip", samples.DAY)
    assert read(pdf, form, "cvs") == []
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "30万円を超えるため" in text.replace("\r\n", "")
    assert "(91)" not in text


@pytest.mark.parametrize("form_id", ["resident_tax", "vehicle_tax", "reminder", "final_demand"])
def test_the_customer_bar_code_has_67_bars_and_2_mm_of_blank(press, form_id):
    form = load_form(form_id, samples.DAY)
    zone = form.zones["customer"]
    image = zone_image(press.print_piece([samples.filling(form_id, addressee=samples.LONGEST)]).pdf, form, zone)
    ink = image.point(lambda level: 255 * (level < 128))
    left, top, _, bottom = ink.getbbox()
    blank = 2 * DPI / 25.4
    assert min(left, top) >= blank - 1.5
    assert image.height - bottom >= blank - 1.5
    middle = ink.crop((0, (top + bottom) // 2, ink.width, (top + bottom) // 2 + 1)).tobytes()
    assert sum(before == 0 and here == 255 for before, here in zip(b"\0" + middle, middle, strict=False)) == 67
    window = form.areas["window"]
    assert window.x_mm <= zone.x_mm
    assert zone.x_mm + zone.width_mm <= window.x_mm + window.width_mm
    assert window.y_mm <= zone.y_mm
    assert zone.y_mm + zone.height_mm <= window.y_mm + window.height_mm
