"""Which characters of a job cannot be printed, piece by piece: before step 4 (compose) as a forecast, after it with what was held.

Every text of every frozen piece is asked of the same font chains that the press uses, and nothing is laid out. A piece whose stored
JSON holds no character but those every chain's first font shows is passed over unparsed, and every other text is judged once,
however many pieces hold it. Rows carry a rule key (`glyph.*`) whose sentence says what staff can do.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from print_service.assessments.gaiji import user_defined
from print_service.findings import Finding
from print_service.ledger.states import PieceState, get_job
from print_service.ledger.tables import Hold, Piece
from print_service.notices.ward_fonts import fonts_folder
from print_service.press.errors import codepoints
from print_service.press.fonts import load_fonts
from print_service.press.glyphs import clusters, is_private_use
from print_service.press.missing import Diagnosis
from print_service.settings import Settings

_MISSING = "press.missing-glyph"
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class GlyphRow:
    """One character of one field of one piece. `held`: the piece is held back already; `printed`: it is printed all the same."""

    piece: int
    payer_key: str
    form: str
    field: str
    text: str
    cluster: str
    codepoints: str
    key: str
    host_code: str
    held: bool
    printed: bool

    @property
    def sentence(self) -> str:
        """Why, and what to do."""
        host = f"、ホストのコード {self.host_code}" if self.host_code else ""
        values = {"text": self.text, "cluster": self.cluster, "codepoints": self.codepoints, "host": host}
        return Finding(self.key, "", values).sentence


def glyph_report(session: Session, settings: Settings, batch: str, *, replaced: bool = False) -> Iterator[GlyphRow]:
    """Rows in order of pieces: what cannot be printed; with `replaced` also what is printed by another sequence or design.

    Raises RefusedError (`ledger.not-found`), PressError for a ward's font that cannot be used.
    """
    get_job(session, batch)
    judge = _Judge(Diagnosis(load_fonts(fonts_folder(settings))), replaced=replaced)
    holds: dict[int, list[Hold]] = {}
    for hold in session.scalars(select(Hold).where(Hold.job_id == batch, Hold.key == _MISSING).order_by(Hold.id)):
        holds.setdefault(hold.piece_no or 0, []).append(hold)
    pieces = (
        select(Piece.number, Piece.payer_key, Piece.state, cast(Piece.documents, String))
        .where(Piece.job_id == batch)
        .order_by(Piece.number)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for number, payer_key, state, stored in session.execute(pieces):
        if number not in holds and judge.passes(stored):
            continue
        held = state == PieceState.HELD
        named = set()
        for form, field, fault in judge.faults(json.loads(stored)):
            named.add(fault.cluster)
            yield _row(number, payer_key, form, field, fault, held=held)
        for hold in holds.get(number, ()):
            if hold.values["cluster"] not in named:
                values = hold.values
                fault = _Fault(values["text"], values["cluster"], "glyph.held-by-press", printed=False)
                yield _row(number, payer_key, "", "", fault, held=True)


@dataclass(frozen=True)
class _Fault:
    text: str
    cluster: str
    key: str
    printed: bool


def _row(number: int, payer_key: str, form: str, field: str, fault: _Fault, *, held: bool) -> GlyphRow:
    lone = fault.cluster[0] if is_private_use(fault.cluster[0]) else ""
    code = user_defined(lone) if lone else None
    host = f"{code:04X}" if code else ""
    points = codepoints(fault.cluster)
    return GlyphRow(
        number, payer_key, form, field, fault.text, fault.cluster, points, fault.key, host, held, fault.printed
    )


class _Judge:
    """Texts against the chains of one font table; remembers every text that needed more than a glance."""

    def __init__(self, diagnosis: Diagnosis, *, replaced: bool) -> None:
        self._diagnosis = diagnosis
        self._replaced = replaced
        self._known: dict[tuple[str, str], tuple[_Fault, ...]] = {}
        self._at_once = {name: chain.fonts[0].characters for name, chain in diagnosis.chains.items()}

        escaped = frozenset.intersection(*(self._at_once[name] for name in _CHAINS))
        self._escapes = frozenset(f"{ord(character):04x}" for character in escaped if character <= "\uffff")

    def passes(self, stored: str) -> bool:
        """Whether stored JSON is ASCII and escapes only what each chain's first font shows; a quick look that may say no too often."""
        return stored.isascii() and self._escapes.issuperset(_ESCAPE.findall(stored))

    def faults(self, documents: list[Any]) -> Iterator[tuple[str, str, _Fault]]:
        """(form, field, fault) of one piece. A text that stands on several of its sheets is named once."""
        seen = set()
        for document in documents:
            for field, text in _texts("", document["fields"]):
                chain = _CHAINS[field in _NAMES]
                if (chain, text) in seen or self._at_once[chain].issuperset(text):
                    continue
                seen.add((chain, text))
                for fault in self._judged(chain, text):
                    yield document["form"], field, fault

    def _judged(self, chain: str, text: str) -> tuple[_Fault, ...]:
        found = self._known.get((chain, text))
        if found is None:
            found = self._known[chain, text] = tuple(self._judge(chain, text))
        return found

    def _judge(self, chain: str, text: str) -> Iterator[_Fault]:
        shows = self._diagnosis.chains[chain].shows
        # A line break is the form's business, not a character.
        for cluster in dict.fromkeys(clusters(text.replace("\n", ""))):
            if not shows(cluster):
                yield _Fault(text, cluster, self._diagnosis.why_missing(cluster), printed=False)
            elif self._replaced and (key := self._diagnosis.how_replaced(cluster, chain)):
                yield _Fault(text, cluster, key, printed=True)


_ESCAPE = re.compile(r"\\u(....)")
_CHAINS = ("plain", "name")
# What forms set by the chain of names (filter `mj`); everything else goes by the plain chain.
_NAMES = frozenset(f"addressee.{part}" for part in ("address", "building", "name"))


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if not (value.isascii() and value.isprintable()):
            yield path, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(f"{path}.{key}" if path else key, below)
    elif isinstance(value, list):
        for number, below in enumerate(value, start=1):
            yield from _texts(f"{path}[{number}]", below)
