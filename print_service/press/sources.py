"""The files of a form as text: UTF-8 or a fault that names the file.

`press.forms` reads form.toml and looks through the folders with it, `press.setting` reads the templates whose characters it checks.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from print_service.findings import Finding
from print_service.press.errors import PressError, press_error

_TEXTS = frozenset({".html", ".css", ".toml"})


def source_text(path: Path) -> str:
    """The text of a form's file. Raises PressError (`press.source-missing`, `press.source-encoding`)."""
    try:
        return _decoded(path, path.read_bytes())
    except FileNotFoundError as error:
        raise press_error("press.source-missing", str(path), path=str(path)) from error


def source_digest(folders: tuple[Path, ...]) -> str:
    """SHA-256 over names and bytes of all files in the folders. Raises PressError naming every file that cannot be part of a form."""
    digest = sha256()
    faults: list[Finding] = []
    for folder in folders:
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.is_dir():
                faults.append(Finding("press.source-folder", str(path), {"path": str(path)}))
                continue
            content = path.read_bytes()
            faults += _wrong_encoding(path, content)
            digest.update(f"{folder.name}/{path.name} {len(content)}\n".encode())
            digest.update(content)
    if faults:
        raise PressError(faults)
    return digest.hexdigest()


def _wrong_encoding(path: Path, content: bytes) -> Iterator[Finding]:
    try:
        _decoded(path, content if path.suffix in _TEXTS else b"")
    except PressError as error:
        yield from error.findings


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise press_error("press.source-encoding", f"{path}:{line}", path=str(path), line=line) from error
