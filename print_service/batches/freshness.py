"""The gate before a letter that says "you have not paid": every channel is loaded up to its cut-off, or two people answer for it.

Asked when a run is planned, again when it is frozen, and again before it is posted. An override is for one batch and one channel; its
reason and both names stand in the ledger and on the run's cover sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.collection.freshness import ChannelFreshness, freshness
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger.dunning_tables import FreshnessOverride
from print_service.ledger.journal import Tag, record
from print_service.settings import Settings


@dataclass(frozen=True)
class Gate:
    """How far payments are known on a day.

    `known_to`: every channel told of all payments up to and on it, overridden ones apart: who fell due later may have paid unseen.
    `data_as_of`: the same with the overridden channels, as letters say it.
    """

    channels: tuple[ChannelFreshness, ...]
    overrides: tuple[FreshnessOverride, ...]
    known_to: date
    data_as_of: date

    def rows(self) -> list[dict[str, Any]]:
        """The table of channels in plain values, for ledger, screen and cover sheet."""
        granted = {row.channel: row for row in self.overrides}
        return [_row(channel, granted.get(channel.channel) if channel.stale else None) for channel in self.channels]


def gate(session: Session, settings: Settings, batch: str, on: date) -> Gate:
    """The table of channels, and how far they tell. Refuses every channel that is behind and not overridden (`dunning.stale-channel`)."""
    channels = freshness(session, settings, on)
    by_key = {channel.channel: channel for channel in channels}
    granted = [row for row in _granted(session, batch) if row.channel in by_key and _holds(row, by_key[row.channel])]
    open_ = {row.channel for row in granted}
    behind = [_stale(channel) for channel in channels if channel.stale and channel.channel not in open_]
    if behind:
        raise RefusedError(behind)
    fresh = [c.known_to for c in channels if c.known_to and not (c.stale and c.channel in open_)]
    every = [c.known_to for c in channels if c.known_to]
    used = tuple({row.channel: row for row in granted if by_key[row.channel].stale}.values())
    return Gate(channels, used, min(fresh, default=on), min(every, default=on))


def channel_rows(session: Session, settings: Settings, on: date) -> list[dict[str, Any]]:
    """The table of channels on a day, whoever is behind."""
    return [_row(channel, None) for channel in freshness(session, settings, on)]


def override(
    session: Session, settings: Settings, act: Act, batch: str, channel: str, reason: str
) -> FreshnessOverride:
    """Let one batch go on although a channel is behind: the first call asks, the call of another person grants.

    It is for what is missing on that day; when more is missing later, it has to be asked for again. Refuses a channel the ward does not
    offer, a missing reason, and the same person twice.
    """
    known = {row.channel: row for row in freshness(session, settings, act.day)}
    if channel not in known:
        raise refuse("dunning.override-unknown", channel, channel=channel, known="・".join(known))
    mine = (FreshnessOverride.batch == batch, FreshnessOverride.channel == channel)
    row = session.scalar(select(FreshnessOverride).where(*mine).order_by(FreshnessOverride.id.desc()).limit(1))
    if row is None or (row.granted_by is not None and not _holds(row, known[channel])):
        if not reason.strip():
            raise refuse("dunning.override-reason", channel)
        missing = _missing(known[channel])
        asked = {"reason": reason, "asked_by": act.by, "asked_at": act.at}
        row = FreshnessOverride(batch=batch, channel=channel, missing=missing, **asked)
        session.add(row)
        session.flush()
        record(session, Tag.OVERRIDE_ASKED, act, batch, {"channel": channel, "missing": missing, "reason": reason})
        return row
    if row.granted_by is not None:
        raise refuse("dunning.override-granted", channel, by=row.granted_by)
    if row.asked_by == act.by:
        raise refuse("job.same-person", batch, action="収納の遅れの承認", maker=act.by)
    row.granted_by, row.granted_at = act.by, act.at
    record(session, Tag.OVERRIDE_GRANTED, act, batch, {"channel": channel})
    return row


def _granted(session: Session, batch: str) -> tuple[FreshnessOverride, ...]:
    mine = (FreshnessOverride.batch == batch, FreshnessOverride.granted_by.is_not(None))
    ordered = select(FreshnessOverride).where(*mine).order_by(FreshnessOverride.channel, FreshnessOverride.id)
    return tuple(session.scalars(ordered))


def _missing(channel: ChannelFreshness) -> list[str]:
    return [*(day.isoformat() for day in channel.missing), *(f"#{number}" for number in channel.missing_files)]


def _holds(row: FreshnessOverride, channel: ChannelFreshness) -> bool:
    """Whether all that is missing now was missing when two people answered for it."""
    return set(_missing(channel)) <= set(row.missing)


def missing_words(days: Sequence[date], numbers: Sequence[int], named: int = 10) -> str:
    """What is missing as a person reads it: the first days one by one, then how many more; and numbers of files."""
    words = [f"{day.month}月{day.day}日" for day in days[:named]]
    words += [f"ほか{len(days) - named}日"] if len(days) > named else []
    words += [f"ファイル通番 {'・'.join(map(str, numbers[:named]))}"] if numbers else []
    return "、".join(words) or "なし"


def _stale(channel: ChannelFreshness) -> Finding:
    covered = channel.covered_to.isoformat() if channel.covered_to else "なし"
    values = {
        "channel": channel.channel,
        "title": channel.title,
        "file": channel.last_file or "なし",
        "covered": covered,
        "needed": channel.needed_to.isoformat(),
        "missing": missing_words(channel.missing, channel.missing_files),
    }
    return Finding("dunning.stale-channel", channel.channel, values)


def _row(channel: ChannelFreshness, granted: FreshnessOverride | None) -> dict[str, Any]:
    return {
        "channel": channel.channel,
        "title": channel.title,
        "last_file": channel.last_file,
        "covered_to": channel.covered_to.isoformat() if channel.covered_to else None,
        "known_to": channel.known_to.isoformat() if channel.known_to else None,
        "needed_to": channel.needed_to.isoformat(),
        "missing": [day.isoformat() for day in channel.missing],
        "missing_files": list(channel.missing_files),
        "empty_days": channel.empty_days,
        "lag": channel.expected_lag_business_days,
        "stale": channel.stale,
        "override": granted
        and {"reason": granted.reason, "asked_by": granted.asked_by, "granted_by": granted.granted_by},
    }
