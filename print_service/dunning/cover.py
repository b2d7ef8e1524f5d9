"""The cover sheet 表紙 of a dunning run, as PDF: what the run is, who answers for it, how far payments were loaded, who is kept out.

Made when the run is frozen. A channel that was behind and let through stands on it with its reason and both names.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.batches.exclusions import RULES, policies
from print_service.dunning.shown import RunFacts, run_facts
from print_service.files import write_atomically
from print_service.notices.letters import print_letter
from print_service.settings import Settings

FORM = "dunning_cover"
TITLES: Mapping[str, str] = {
    "dunning.notice-not-posted": "納税通知書の差出記録がない",
    "dunning.money-to-settle": "処理の済んでいない納付がある",
    "dunning.no-debit-result": "口座振替の結果が届いていない",
    "dunning.channel-not-built": "口座振替の結果を取り込む設定がない",
    "dunning.below-least": "催告の最低額に満たない",
    "dunning.settled-since-plan": "計画の後に納付された",
}
"""What a rule is called on paper; the kinds of exclusion have their own titles."""


def cover_sheet(session: Session, settings: Settings, act: Act, batch: str, pool: Executor) -> Path:
    """Print `<output>/letters/<batch>-cover.pdf`."""
    facts = run_facts(session, settings, batch)
    folder = settings.output / "letters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{batch}-cover.pdf"
    write_atomically(path, print_letter(settings, pool, FORM, act.day, cover_fields(settings, facts, act.day)))
    return path


def cover_fields(settings: Settings, facts: RunFacts, issued_on: date) -> dict[str, Any]:
    """The fields of the form."""
    return {
        "batch": facts.batch,
        "kind": facts.kind,
        "issued_on": issued_on.isoformat(),
        "as_of": facts.as_of.isoformat(),
        "data_as_of": facts.data_as_of.isoformat(),
        "issuer": settings.ward.issuer(),
        "planned_by": facts.planned_by,
        "approved_by": facts.approved_by or "",
        "frozen_by": facts.frozen_by or "",
        "payers": facts.payers,
        "instalments": facts.instalments,
        "pieces": facts.pieces,
        "unpaid": facts.unpaid,
        "late_charge": facts.late_charge,
        "late": facts.late,
        "deadline": facts.deadline and facts.deadline.isoformat(),
        "seizure_day": facts.seizure_day and facts.seizure_day.isoformat(),
        "channels": [_channel(row) for row in facts.channels],
        "excluded": [{"title": rule_title(key), "count": count} for key, count in facts.excluded.items()],
    }


def _channel(row: Mapping[str, Any]) -> dict[str, Any]:
    granted = row["override"]
    return {
        "title": row["title"],
        "last_file": row["last_file"] or "なし",
        "covered_to": row["covered_to"] or "なし",
        "needed_to": row["needed_to"],
        "lag": f"{row['lag']}日",
        "state": "遅れ（承認）"
        if granted
        else f"反映済（空 {row['empty_days']}日）"
        if row["empty_days"]
        else "反映済",
        "override": granted
        and f"{row['title']}：{granted['reason']}（申出 {granted['asked_by']}、承認 {granted['granted_by']}）",
    }


def rule_title(rule: str) -> str:
    """What a rule that keeps somebody out is called on paper and on the screen."""
    kinds = {key: policies()[kind].title for kind, key in RULES.items()}
    return kinds.get(rule) or TITLES[rule]
