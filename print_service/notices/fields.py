"""From what a piece stores to what a form asks: issuer and control line for all, the printed shapes of numbers for slips."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from barcodes import cvs, elqr
from barcodes.payeasy import PayeasyKey


def complete(document: Mapping[str, Any], issuer: Mapping[str, str], control: Mapping[str, Any]) -> dict[str, Any]:
    """Every field of the document's form."""
    fields = {**document["fields"], "issuer": dict(issuer), "control": dict(control)}
    if document["form"] == "payment_slip":
        fields |= _slip_fields(document)
    return fields


def _slip_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    digits, payload = document["marks"]["cvs"], document["marks"]["el_qr"]
    text = cvs.parse(digits).text() if digits else None
    return {
        "key": document["key"],
        "number_groups": PayeasyKey(**document["key"]).number_groups(),
        "cvs": {"text1": text[0], "text2": text[1]} if text else None,
        "has_el_qr": payload is not None,
        "el_number": asdict(elqr.parse(payload).el_number()) if payload else None,
        "ocr_lines": document["marks"]["ocr"],
    }
