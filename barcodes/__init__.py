"""Marks of Japanese payment slips: digits ↔ marks ↔ geometry. Pure: no files, no clock, no database.

| module | mark | words of the field |
|---|---|---|
| `cvs` | GS1-128 of the convenience-store slip | コンビニ収納用バーコード |
| `payeasy` | Pay-easy key and the two OCR lines of the standard slip | 納付番号, 確認番号, OCR行 |
| `elqr` | eL-QR payload, its QR symbol and the eL number | 地方税統一QRコード |
| `customer`, `address` | customer barcode from a Japanese address | カスタマバーコード |
| `piece`, `omr` | the piece mark of each sheet, and bars for inserters that read no matrix | 丁合マーク, OMR |
| `display_name` | the name a bank's screen shows | 表示名 |

Under them stand `rules` (keys and Japanese sentences), `digits` (check digits), `code128`, `matrix` with `qr`, `ecc200`
and `galois` (modules), and `geometry` (whole printer dots). `ink` is the quick road of a batch: from what is stored of a
mark to PDF operators; `svg` and `png` draw the same dots. Above them stand `typed` (marks from typed words), `explain`
with `scan` and `cut` (what any reading is) and `customer_raster` (a reader of the customer barcode). A mark validates
itself on construction and reports every fault at once.
"""
