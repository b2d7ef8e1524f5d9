"""Where templates and fonts are: the repository's top level in a checkout, inside the package in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PACKED = _PACKAGE / "_resources"


def _root() -> Path:
    return _PACKED if _PACKED.is_dir() else _PACKAGE.parent


def templates_dir() -> Path:
    """Folder that holds `notices/` and `letters/`, one folder a form below each."""
    return _root() / "templates"


def fonts_dir() -> Path:
    """Folder of `fonts.toml` and of the font files we ship."""
    return _root() / "fonts"


def data_dir() -> Path:
    """Folder of the dated TOML tables."""
    return _PACKAGE / "data"
