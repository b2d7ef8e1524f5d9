"""Marks of Japanese payment slips: digits ↔ marks ↔ geometry. Pure: no files, no clock, no database.

| module | mark | words of the field |
|---|---|---|
| `cvs` | GS1-128 of the convenience-store slip | コンビニ収納用バーコード |
| `payeasy` | Pay-easy key and the two OCR lines of the standard slip | 納付番号, 確認番号, OCR行 |
| `elqr` | eL-QR payload, its QR symbol and the eL number | 地方税統一QRコード |
| `customer`, `address` | customer barcode from a Japanese address | カスタマバーコード |
| `piece` | the piece mark of each sheet | 丁合マーク |

Under them stand `rules` (keys and Japanese sentences), `digits` (check digits), `code128`, `matrix` and `geometry`
(whole printer dots); `svg` writes any symbol out. A mark validates itself on construction and reports every fault at
once.
"""
