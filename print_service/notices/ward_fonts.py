"""The fonts of a ward's press: what `[press]` of ward.toml says, in the press's own words.

Step 4 (compose), the glyph report and `doctor` ask here, so that all of them speak of the same fonts.
"""

from pathlib import Path

from print_service.press.gaiji import GaijiFont, WardFonts, ward_folder
from print_service.settings import GaijiFile, Settings


def ward_fonts(settings: Settings) -> WardFonts:
    """The ward's decisions about fonts; gaiji files relative to ward.toml."""
    press = settings.press
    gaiji = tuple(_gaiji_font(settings.home, font) for font in press.gaiji)
    return WardFonts(gaiji, press.mixed_design, press.aj1_as_moji_joho)


def fonts_folder(settings: Settings) -> Path:
    """The folder of the font table that the ward's press uses. Raises PressError with every fault of the gaiji files."""
    return ward_folder(settings.cache, ward_fonts(settings))


def _gaiji_font(home: Path, font: GaijiFile) -> GaijiFont:
    ranges = []
    for span in font.ranges:
        first, last = (int(point, 16) for point in span.split("-"))
        ranges.append((first, last))
    return GaijiFont(font.name, font.family, home / font.file, font.sha256, tuple(ranges), font.face)
