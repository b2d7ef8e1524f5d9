"""The templates folder of `press.py`: ours, but for a payment slip that carries a customer barcode as well.

The shipped slip stands behind a notice whose window shows the customer barcode, so it has none of its own. A slip that is posted alone
does: here its paper is ten millimetres higher, and the bars stand in the added strip. Whoever draws reads the same form.
"""

import shutil
from pathlib import Path

from print_service.resources import templates_dir

HEIGHT, HIGHER = 'height_mm = "114.3"\npages = 1', 'height_mm = "124.3"\npages = 1'
CUSTOMER = """
[zones.customer]
kind = "customer"
page = 1
x_mm = "170.0"
y_mm = "114.3"
width_mm = "85.0"
height_mm = "8.0"

[areas.fold_receipt]
"""


def templates_with_customer_slips(folder: Path) -> Path:
    """A copy of the templates below `folder`, its payment slip with a zone `customer`. Raises ValueError where the form is not as known."""
    templates = shutil.copytree(templates_dir(), folder / "templates")
    path = templates / "notices" / "payment_slip" / "form.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in ((HEIGHT, HIGHER), ("\n[areas.fold_receipt]\n", CUSTOMER)):
        if text.count(old) != 1:
            raise ValueError(f"{path}: {old!r} is not there once")
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return templates
