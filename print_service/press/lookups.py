"""Which glyphs a font's own rules may change in Japanese horizontal text when nobody asks for a feature.

Read from `GSUB` and `GPOS` with fontTools: the input glyphs of every lookup behind a feature that HarfBuzz turns on by itself, the lookups
those call included. `press.shaping` sets every other character without a shaper.
Sources: OpenType 1.9 chapters GSUB, GPOS; HarfBuzz hb-ot-shape.cc (features on by default).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

_ALWAYS_ON = frozenset(
    {
        *("rvrn", "ltra", "ltrm", "rand"),
        *("abvm", "blwm", "ccmp", "locl", "mark", "mkmk", "rlig"),
        *("calt", "clig", "curs", "dist", "kern", "liga", "rclt"),
        *("ljmo", "vjmo", "tjmo"),
    }
)
_LANGUAGE = "JAN "
_LANGUAGES = frozenset({_LANGUAGE, "ENG ", "ELL ", "RUS "})
_JAPANESE = frozenset({"hani", "kana"})


def changeable_glyphs(path: Path, face: int, present: frozenset[int]) -> frozenset[int]:
    """Glyph numbers that are input of a lookup which is on without being asked for, in any script, in a text of `present` glyphs.

    A ligature with a glyph that is not present (か with a combining ゚) cannot come about and does not count.
    """
    with TTFont(path, fontNumber=face, lazy=True) as font:
        names = {
            name
            for tag in ("GSUB", "GPOS")
            if tag in font
            for lookup in _lookups_on(font[tag].table)
            for name in _inputs(font, tag, lookup, present)
        }
        if "kern" in font:
            names |= {name for table in font["kern"].kernTables for pair in table.kernTable for name in pair}
        return frozenset(map(font.getGlyphID, names))


def _lookups_on(table: Any) -> Iterator[Any]:
    """Lookups of the features that are on, and the lookups they call."""
    if table.LookupList is None:
        return
    waiting = list(_indices_on(table))
    seen: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        lookup = table.LookupList.Lookup[index]
        yield lookup
        waiting += [record.LookupListIndex for record in _calls(lookup)]


def _indices_on(table: Any) -> Iterator[int]:
    records = table.FeatureList.FeatureRecord if table.FeatureList else []
    for script in table.ScriptList.ScriptRecord if table.ScriptList else []:
        for system in _systems(script):
            for index in system.FeatureIndex:
                if records[index].FeatureTag in _ALWAYS_ON:
                    yield from records[index].Feature.LookupListIndex
            if system.ReqFeatureIndex != _NO_FEATURE:
                yield from records[system.ReqFeatureIndex].Feature.LookupListIndex


def _systems(script: Any) -> Iterator[Any]:
    """Language systems that may be asked: Japanese for its own scripts; elsewhere Pango may change the language."""
    records = script.Script.LangSysRecord
    own = [row.LangSys for row in records if row.LangSysTag == _LANGUAGE]
    if script.ScriptTag in _JAPANESE:
        yield from own or filter(None, [script.Script.DefaultLangSys])
    else:
        yield from (row.LangSys for row in records if row.LangSysTag in _LANGUAGES)
        if script.Script.DefaultLangSys is not None:
            yield script.Script.DefaultLangSys


_NO_FEATURE = 0xFFFF


def _subtables(lookup: Any) -> Iterator[Any]:
    for subtable in lookup.SubTable:
        yield getattr(subtable, "ExtSubTable", subtable)


def _calls(lookup: Any) -> Iterator[Any]:
    for subtable in _subtables(lookup):
        yield from _records_below(subtable)


def _records_below(table: Any) -> Iterator[Any]:
    """Every SubstLookupRecord and PosLookupRecord of a contextual subtable, whatever its format."""
    for name, value in vars(table).items():
        if name in {"SubstLookupRecord", "PosLookupRecord"}:
            yield from value
        elif name.endswith(("RuleSet", "Rule", "ClassSet", "ClassRule")):
            for row in value if isinstance(value, list) else [value]:
                if row is not None:
                    yield from _records_below(row)


def _inputs(font: TTFont, tag: str, lookup: Any, present: frozenset[int]) -> Iterator[str]:
    for subtable in _subtables(lookup):
        kind = subtable.LookupType if hasattr(subtable, "LookupType") else lookup.LookupType
        if tag == "GSUB":
            yield from _substituted(font, kind, subtable, present)
        else:
            yield from _positioned(font, kind, subtable)


def _substituted(font: TTFont, kind: int, table: Any, present: frozenset[int]) -> Iterator[str]:
    if kind in {1, 2}:
        yield from table.mapping
    elif kind == 3:
        yield from table.alternates
    elif kind == 4:
        for first, ligatures in table.ligatures.items():
            for ligature in ligatures:
                glyphs = [first, *ligature.Component]
                if present.issuperset(map(font.getGlyphID, glyphs)):
                    yield from glyphs
    elif kind == 8:
        yield from table.Coverage.glyphs
    else:
        yield from _context(font, table)


def _positioned(font: TTFont, kind: int, table: Any) -> Iterator[str]:
    if kind in {1, 3}:
        yield from table.Coverage.glyphs
    elif kind == 2:
        yield from table.Coverage.glyphs
        yield from _second_of_pairs(font, table)
    elif kind in {4, 5}:
        yield from table.MarkCoverage.glyphs
    elif kind == 6:
        yield from table.Mark1Coverage.glyphs
    else:
        yield from _context(font, table)


def _second_of_pairs(font: TTFont, table: Any) -> Iterator[str]:
    if table.Format == 1:
        for pairs in table.PairSet:
            for pair in pairs.PairValueRecord:
                yield pair.SecondGlyph
    else:
        # Class 0 is every glyph not named; it moves only where second glyphs have values of their own.
        yield from font.getGlyphOrder() if table.ValueFormat2 else table.ClassDef2.classDefs


def _context(font: TTFont, table: Any) -> Iterator[str]:
    """Input glyphs of a (chained) contextual subtable. Rules by class may name class 0, so these take every glyph for an input."""
    if table.Format == 3:
        for coverage in getattr(table, "InputCoverage", None) or table.Coverage:
            yield from coverage.glyphs
    elif table.Format == 2:
        yield from font.getGlyphOrder()
    else:
        yield from table.Coverage.glyphs
        yield from _rule_inputs(table)


def _rule_inputs(table: Any) -> Iterator[str]:
    for name, value in vars(table).items():
        if name == "Input":
            yield from value
        elif name.endswith(("RuleSet", "Rule")):
            for row in value if isinstance(value, list) else [value]:
                if row is not None:
                    yield from _rule_inputs(row)
