"""Ratios against named rivals, measured in one run on one machine: `make bench`.

Each rival does the same work on the same records; what counts is the ratio, the absolute figures depend on the machine.
"""

import io
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "templates"))

import pyzipper
from barcode.codex import Gs1_128

from barcodes import cvs
from handover import container, keys, passphrase
from handover.manifest import Terms
from print_service.press.forms import load_form
from print_service.press.weasy import WeasyPress
from print_service.resources import templates_dir

DAY = date(2026, 6, 5)
SLIPS = 40
MEBIBYTES = 128


def rate(work: Callable[[], int]) -> float:
    """Units a second of the best of three rounds, after one to warm up."""
    work()
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        count = work()
        best = max(best, count / (time.perf_counter() - start))
    return best


def pages(cache: Path) -> list[tuple[str, float]]:
    """Slip pages a second: our press, and WeasyPrint laying out the same page whole each time."""
    press = WeasyPress(templates_dir(), cache)
    import weasyprint  # noqa: PLC0415 (after the press has set the fonts)
    from samples import filling  # noqa: PLC0415

    fillings = [filling("payment_slip") for _ in range(5)]

    def ours() -> int:
        for _ in range(SLIPS // 5):
            press.print_piece(fillings)
        return SLIPS

    form = load_form("payment_slip", DAY)
    setter = press._setter
    bodies = [
        setter.render(f"notices/payment_slip/{file}", form.id, form=form, texts=form.texts, **values)
        for file, values in (("ground.html", {}), ("form.html", dict(fillings[0].fields)))
    ]
    style = (
        press._css(form)
        + ".page { position: absolute; left: 0; top: 0 } .sheet { position: relative; height: 114.3mm }"
    )
    sheet = f'<div class="sheet">{bodies[0]}{bodies[1]}</div>'
    html = f'<html lang="ja"><head><title>x</title><style>{style}</style></head><body>{sheet * 5}</body></html>'

    def whole() -> int:
        for _ in range(SLIPS // 5):
            weasyprint.HTML(string=html).write_pdf(io.BytesIO(), font_config=press._font_config)
        return SLIPS

    return [("print-service press (slip pages/s)", rate(ours)), ("WeasyPrint, whole pages", rate(whole))]


def containers(folder: Path) -> list[tuple[str, float]]:
    """MiB sealed a second: seal with read-back, a bare pyzipper entry, 7-Zip."""
    payload = folder / "payload.pdf"
    payload.write_bytes(secrets.token_bytes(MEBIBYTES << 20))
    secret, key = passphrase.generate(), keys.create()
    now = datetime.now(UTC)
    terms = Terms("R08-N01", "M-1", now, now.date(), 1, 1, 1)

    def ours() -> int:
        container.seal({"payload.pdf": payload}, terms, secret, key, folder / "ours.zip")
        return MEBIBYTES

    def bare() -> int:
        with pyzipper.AESZipFile(folder / "bare.zip", "w", encryption=pyzipper.WZ_AES) as file:
            file.setpassword(secret.encode())
            file.write(payload, "payload.pdf")
        return MEBIBYTES

    def seven() -> int:
        (folder / "seven.zip").unlink(missing_ok=True)
        command = ["7z", "a", "-tzip", "-mem=AES256", "-mx0", f"-p{secret}", str(folder / "seven.zip"), str(payload)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return MEBIBYTES

    return [
        ("handover.seal with read-back (MiB/s)", rate(ours)),
        ("pyzipper, one entry, not read back", rate(bare)),
        ("7-Zip", rate(seven)),
    ]


def symbols() -> list[tuple[str, float]]:
    """GS1-128 symbols a second."""
    digits = cvs.CvsBarcode("912345", "0" * 21, 0, date(2026, 6, 30), 0, 48200).digits()

    def ours() -> int:
        for _ in range(2000):
            cvs.parse(digits).symbol(600)
        return 2000

    def rival() -> int:
        for _ in range(200):
            Gs1_128(digits).build()
        return 200

    return [("barcodes.cvs to rectangles (symbols/s)", rate(ours)), ("python-barcode to modules", rate(rival))]


def main() -> None:
    """Print every table."""
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}, one core\n")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tables = (pages(folder / "fonts"), containers(folder), symbols())
    print("| what | rate | ours is |\n|---|---|---|")
    for table in tables:
        own = table[0][1]
        for name, value in table:
            print(f"| {name} | {value:,.1f} | {own / value:.2f} × |")


if __name__ == "__main__":
    main()
