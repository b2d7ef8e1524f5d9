"""Marks as ink: the proof against a museum of coloured and damaged ones, and the measures by themselves."""

from dataclasses import replace

import numpy as np
import pytest
import segno
import zxingcpp
from ink_museum import INK, bars_in_red, piece_mark_with_white_in_its_middle, sound
from proof_pages import HEIGHT, WIDTH, ZONES, Page, cvs_text, gs1_128, piece_mark, piece_text, qr_text, write

from print_service.proof import ExpectedMark, ExpectedPage, prove_file
from print_service.proof.decode import decode
from print_service.proof.modules import wrong_modules
from print_service.proof.raster import Raster


@pytest.mark.parametrize("exhibit", INK, ids=lambda exhibit: exhibit.__name__)
def test_the_museum_is_named(exhibit, tmp_path):
    evidence = prove_file(*exhibit(tmp_path / "a.pdf"))
    assert INK[exhibit] in {finding.key for finding in evidence.findings}
    assert not evidence.sound


def test_black_marks_are_sound(tmp_path):
    evidence = prove_file(*sound(tmp_path / "a.pdf"))
    assert [str(finding) for finding in evidence.findings] == []


def test_a_finding_says_the_colour(tmp_path):
    (finding,) = prove_file(*bars_in_red(tmp_path / "a.pdf")).findings
    assert finding.values["found"] == "255, 0, 0"
    assert "コンビニ用バーコード に、黒でないインク（赤・緑・青の値 255, 0, 0。" in finding.sentence


def test_a_finding_says_how_many_modules_are_wrong(tmp_path):
    """Four by four of them are white; those that should be are not counted."""
    findings = prove_file(*piece_mark_with_white_in_its_middle(tmp_path / "a.pdf")).findings
    (values,) = [finding.values for finding in findings if finding.key == "proof.mark-damaged"]
    assert values["of"] == 20 * 20
    assert 0 < int(values["number"]) <= 16


@pytest.mark.parametrize(("dots", "dpi"), [(4, 600), (2, 300), (3, 400), (3, 480)])
def test_the_thinnest_bars_are_black_wherever_they_fall_between_pixels(dots, dpi, tmp_path):
    """Widths of the module table at technoveins.co.jp/t/barcheck/cvsbar.htm."""
    offsets = [i * 0.0847 / 16 for i in range(16)]
    module = 25.4 / dpi * dots
    write(tmp_path / "o.pdf", [Page([gs1_128(cvs_text(i), dx=dx, module=module)]) for i, dx in enumerate(offsets)])
    pages = [
        ExpectedPage(i, i, WIDTH, HEIGHT, (ExpectedMark("gs1-128", ZONES["gs1-128"], cvs_text(i)),))
        for i in range(len(offsets))
    ]
    assert prove_file(tmp_path / "o.pdf", pages).findings == ()


@pytest.mark.parametrize("module", [0.25, 0.2822, 0.3, 0.3387, 0.4])
def test_modules_are_right_wherever_they_fall_between_pixels(module, tmp_path):
    marks = [piece_mark(piece_text(i), module=module) for i in range(8)]
    moved = [replace(mark, x=mark.x + 0.0847 * i / 8, y=mark.y + 0.0847 * (7 - i) / 8) for i, mark in enumerate(marks)]
    write(tmp_path / "o.pdf", [Page([mark]) for mark in moved])
    pages = [
        ExpectedPage(i, i, WIDTH, HEIGHT, (ExpectedMark("piece", ZONES["piece"], piece_text(i)),)) for i in range(8)
    ]
    assert prove_file(tmp_path / "o.pdf", pages).findings == ()


def enlarged(modules, turns=0):
    """A raster of four pixels a module with four modules of blank around."""
    dark = np.pad(np.rot90(modules, turns), 4).repeat(4, axis=0).repeat(4, axis=1)
    return Raster(np.where(dark, 0, 255).astype(np.uint8), 300)


def data_matrix(text):
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    return np.array(symbol.to_image(scale=1, add_quiet_zones=False)) == 0


@pytest.mark.parametrize("turns", range(4))
def test_a_turned_symbol_is_no_damaged_one(turns):
    raster = enlarged(data_matrix(piece_text(1)), turns)
    (symbol,) = decode(raster, ("piece",), thorough=True)
    assert wrong_modules(raster, symbol) == (0, 400)


@pytest.mark.parametrize("at", [(5, 0), (7, 7), (19, 9), (17, 17)])
def test_a_single_wrong_module_is_counted(at):
    modules = data_matrix(piece_text(1))
    modules[at] ^= True
    raster = enlarged(modules)
    (symbol,) = decode(raster, ("piece",), thorough=True)
    assert wrong_modules(raster, symbol) == (1, 400)


@pytest.mark.parametrize("mask", range(8))
def test_a_qr_may_have_any_mask(mask):
    """Encoders weigh the masks differently; a symbol of another than ours is sound."""
    matrix = segno.make_qr(qr_text(1), error="m", boost_error=False, mask=mask).matrix
    raster = enlarged(np.array([[bool(cell) for cell in row] for row in matrix]))
    (symbol,) = decode(raster, ("el-qr",))
    assert symbol.mask == mask
    assert wrong_modules(raster, symbol) == (0, 41 * 41)


def test_a_qr_of_another_level_is_another_symbol():
    matrix = segno.make_qr(qr_text(1), error="l", boost_error=False).matrix
    raster = enlarged(np.array([[bool(cell) for cell in row] for row in matrix]))
    (symbol,) = decode(raster, ("el-qr",))
    assert wrong_modules(raster, symbol)[0] > 100
