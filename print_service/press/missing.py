"""Why a cluster cannot be shown, as the key of a rule whose sentence tells staff what to do about it.

`press.glyphs` only says that no font of a chain has it; here every pinned font is asked, so that the answer is whether the stored
text, the fonts or a setting must change. Used by the glyph report before step 4 (compose) and after it.
"""

import unicodedata
from functools import cached_property

from print_service.press.fonts import FontTable
from print_service.press.glyphs import FontGlyphs, font_chains, is_private_use, is_variation_selector

_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})


class Diagnosis:
    """The fonts of one table; each is opened when it is first asked."""

    def __init__(self, table: FontTable) -> None:
        self._table = table
        self.chains = font_chains(table)

    @cached_property
    def _fonts(self) -> tuple[FontGlyphs, ...]:
        return tuple(map(FontGlyphs, self._table.files.values()))

    def why_missing(self, cluster: str) -> str:
        """The rule key for a cluster that its chain does not show."""
        if any(map(is_private_use, cluster)):
            return "glyph.private-use"
        if any(unicodedata.category(character) in _INVISIBLE for character in cluster):
            return "glyph.invisible"
        elsewhere = any(font.has(cluster) for font in self._fonts)
        if any(map(is_variation_selector, cluster)):
            return "glyph.variant-of-other-design" if elsewhere else "glyph.variant-unknown"
        if elsewhere:
            return "glyph.other-design"
        return "glyph.mark" if len(cluster) > 1 or unicodedata.combining(cluster) else "glyph.no-font"

    def how_replaced(self, cluster: str, chain: str) -> str:
        """The rule key for a cluster that its chain shows otherwise than by its own sequence in the first font; else empty."""
        found = self.chains[chain]
        if found.fonts[0].has(cluster):
            return ""
        (run,) = found.split(cluster)
        if run.stored:
            return "glyph.drawn-by-same-shape"
        return "" if run.font.startswith("gaiji-") else "glyph.drawn-in-other-design"
