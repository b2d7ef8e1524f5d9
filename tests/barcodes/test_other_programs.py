"""Every mark against programs that are not ours: zint's command line module for module, zxing-cpp at each allowed resolution."""

import shutil
import subprocess
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
import zxingcpp
from mark_raster import raster, read
from PIL import Image

from barcodes import code128
from barcodes.customer import CustomerBarcode
from barcodes.cvs import DOTS_PER_MODULE, CvsBarcode
from barcodes.elqr import ElQr
from barcodes.matrix import data_matrix, qr
from barcodes.piece import PieceMark

CVS = CvsBarcode("912345", "000020250600001234567", 0, date(2026, 6, 30), 0, 48_200)
EL_QR = ElQr(12_300, "999", "9" * 20, "123456", "99000", "999", 2026, 2026, "01", date(2026, 6, 30), date(2026, 7, 31))
PIECE = PieceMark("R08-N01", 12, 1, 6, "F")

needs_zint = pytest.mark.skipif(shutil.which("zint") is None, reason="zint is not installed (apt-test.txt)")


def zint(*words):
    """Rows of modules of zint's --dump, as integers of bits."""
    done = subprocess.run(["zint", *words, "--dump"], check=True, capture_output=True, text=True)
    return [
        [int(bit) for nibble in row.replace(" ", "") for bit in f"{int(nibble, 16):04b}"]
        for row in done.stdout.splitlines()
    ]


@needs_zint
@pytest.mark.parametrize("free", ["000020250600001234567", "987654321098765432109", "0" * 21])
def test_convenience_store_bars_are_zints(free):
    digits = CvsBarcode("912345", free, 9, None, 1, 300_000).digits()
    ours = [int(not white) for white in raster(code128.symbol(digits, 600, 1, 1, 0))[0]]
    assert zint("-b", "GS1_128", "-d", f"[91]{digits[2:]}")[0][:288] == ours
    assert len(ours) == 288


@needs_zint
@pytest.mark.parametrize("digits", ["3-30-8-403", "6-7LB106", "", "1-2-3A"])
def test_customer_bars_are_zints(digits):
    above, _, below = zint("-b", "JAPANPOST", "-d", "2630023" + digits)
    kinds = {(1, 1): "F", (1, 0): "A", (0, 1): "D", (0, 0): "T"}
    theirs = "".join(kinds[above[x], below[x]] for x in range(0, 133, 2))
    assert CustomerBarcode("2630023", digits).bars() == theirs


@needs_zint
@pytest.mark.parametrize("text", ["1234567890", PIECE.payload()])
def test_data_matrix_is_zints(text):
    ours = [[int(module) for module in row] for row in data_matrix(text).rows()]
    theirs = zint("-b", "DATAMATRIX", "--square", "-d", text)
    assert [row[: len(ours)] for row in theirs] == ours


@needs_zint
@pytest.mark.parametrize(("version", "text"), [("6", EL_QR.payload()), ("2", PIECE.payload())], ids=["el-qr", "piece"])
def test_qr_symbols_are_zints_with_one_of_its_masks(version, text):
    ours = [[int(module) for module in row] for row in qr(text, "M").rows()]
    words = ("-b", "QRCODE", "--secure=2", f"--vers={version}", "-d", text)
    masked = [zint(*words, f"--mask={mask}") for mask in range(8)]
    assert ours in [[row[: len(ours)] for row in theirs] for theirs in masked]


SYMBOLS = {
    **{f"cvs at {dpi}": (CVS.symbol(dpi), "]C1", CVS.digits()) for dpi in DOTS_PER_MODULE},
    **{f"el-qr at {dpi}": (EL_QR.symbol(dpi), "]Q1", EL_QR.payload()) for dpi in DOTS_PER_MODULE},
    **{f"piece at {dpi}": (PIECE.symbol(dpi), "]d1", PIECE.payload()) for dpi in DOTS_PER_MODULE},
    **{f"piece as QR at {dpi}": (PIECE.symbol(dpi, kind="qr"), "]Q1", PIECE.payload()) for dpi in DOTS_PER_MODULE},
}


@pytest.mark.parametrize("name", SYMBOLS)
@pytest.mark.parametrize("quarter", [0, 1, 2])
def test_zxing_reads_every_mark_inside_its_own_quiet_zone(name, quarter):
    symbol, identifier, text = SYMBOLS[name]
    (found,) = read(np.rot90(raster(symbol, frame=20), quarter))
    assert (found.symbology_identifier, found.text) == (identifier, text)


@pytest.mark.parametrize("name", SYMBOLS)
def test_zxing_reads_every_mark_two_degrees_askew(name):
    symbol, identifier, text = SYMBOLS[name]
    image = Image.fromarray(raster(symbol)).rotate(2, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    (found,) = read(np.asarray(image))
    assert (found.symbology_identifier, found.text) == (identifier, text)


@pytest.mark.parametrize("batch", ["A", "R08-N01", "R08-N01-ABCD"])
@pytest.mark.parametrize("kind", ["data-matrix", "qr"])
def test_a_piece_mark_fits_ten_or_twelve_millimetres_whatever_the_batch(batch, kind):
    symbol = PieceMark(batch, 999_999, 99, 99, "B").symbol(600, kind=kind)
    assert symbol.width_mm <= (Decimal(10) if kind == "data-matrix" else Decimal(12))
    (found,) = read(raster(symbol, frame=20))
    wanted = zxingcpp.BarcodeFormat.DataMatrix if kind == "data-matrix" else zxingcpp.BarcodeFormat.QRCode
    assert found.format == wanted
