"""The validator as a fixture; skipped only where Java is absent."""

import pytest
import verapdf


@pytest.fixture(scope="session")
def validate_pdf_a():
    """Bytes of several PDFs and a flavour → verdicts."""
    if verapdf.java() is None:
        pytest.skip("no Java here")
    return verapdf.validate_all
