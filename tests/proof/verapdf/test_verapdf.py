"""The validator tells an archive copy from a plain file: WeasyPrint writes both (veraPDF 1.31, PDF/A-3b)."""

import subprocess
import sys

import pytest
import verapdf

pytestmark = pytest.mark.xdist_group("verapdf")
# In a process of its own: WeasyPrint binds the fonts of whoever imports it first.
_WRITE = """
import sys, weasyprint
html = '<html lang="ja"><head><title>見本</title></head><body><p>0123</p></body></html>'
weasyprint.HTML(string=html).write_pdf(sys.argv[1], pdf_variant="pdf/a-3b")
weasyprint.HTML(string=html).write_pdf(sys.argv[2])
"""


def test_an_archive_copy_complies_and_a_plain_file_does_not(validate_pdf_a, tmp_path):
    files = [tmp_path / "archive.pdf", tmp_path / "plain.pdf"]
    subprocess.run([sys.executable, "-c", _WRITE, *map(str, files)], check=True, capture_output=True)
    archive, plain, noise = validate_pdf_a([*(file.read_bytes() for file in files), b"%PDF-1.7\nnothing"])
    assert (archive.compliant, dict(archive.failed)) == (True, {})
    assert archive.assertions > 100
    assert not plain.compliant
    assert "6.6.2.1-1" in plain.failed  # ISO 19005-3, 6.6.2.1: the catalogue has no metadata
    assert (noise.compliant, set(noise.failed)) == (False, {"unreadable"})


def test_without_java_nothing_is_claimed(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert verapdf.java() is None
