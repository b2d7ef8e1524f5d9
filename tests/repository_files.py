"""The files of the repository: everything below its top that .gitignore does not name."""

import os
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_IGNORED = [line for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split() if not line.startswith("#")]


def files() -> list[Path]:
    """Every file, sorted."""
    found = []
    for folder, below, names in os.walk(ROOT):
        place = Path(folder).relative_to(ROOT)
        below[:] = sorted(name for name in below if name != ".git" and not _is_ignored(place / name))
        found += [place / name for name in names if name != ".git" and not _is_ignored(place / name)]
    return sorted(found)


def texts() -> dict[Path, str]:
    """Path → content of every file that holds no zero byte."""
    contents = {path: (ROOT / path).read_bytes() for path in files()}
    return {path: content.decode() for path, content in contents.items() if b"\0" not in content}


def _is_ignored(path: Path) -> bool:
    return any(
        fnmatch(str(path), line.strip("/")) if line.startswith("/") else fnmatch(path.name, line.rstrip("/"))
        for line in _IGNORED
    )
