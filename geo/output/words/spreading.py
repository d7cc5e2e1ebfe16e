"""Where residents stand and how much an answer rests on it, in words."""

from __future__ import annotations

import numpy as np

from geo import presets, texts
from geo.access.gaps import Gap, has_range, range_words
from geo.area import spreading
from geo.area.model import Area
from geo.area.people import RESIDENTS
from geo.texts import text

_OWN = {spreading.INSIDE: spreading.PATHS}


def placed_words(area: Area, group: str, language: str) -> str:
    """Return by which way the residents of a group stand where they do ("Av 3 828 är 3 200
    fördelade på bostadshus efter våningsyta, 628 längs gångvägarna efter längd."); "" where nobody
    is known or that is not known.
    """
    if group not in area.people or presets.group(group).origin != RESIDENTS:
        return ""
    people = area.count(group)
    of_residents = (area.people["origin"] == RESIDENTS).to_numpy(bool)
    estimated = area.people["estimated"].to_numpy(bool)
    unit = spreading.estimated_in(area.people, area.outlines)
    if not people[of_residents].sum() > 0 or (estimated & of_residents & (unit < 0)).any():
        return ""
    placed = area.outlines["placed"].map(lambda way: _OWN.get(way, way)).to_numpy(object)
    ways = np.where(unit >= 0, np.append(placed, "")[unit], "counted")
    counts = {
        way: float(people[of_residents & (ways == way)].sum())
        for way in (spreading.BUILDINGS, spreading.ADDRESSES, spreading.PATHS, "counted")
    }
    known = {way: count for way, count in counts.items() if round(count) > 0}
    if len(known) == 1:
        return text(f"spread.all_{next(iter(known))}", language)
    parts = [
        text(f"spread.some_{way}", language, count=texts.number(round(count), language))
        for way, count in known.items()
    ]
    whole = texts.number(round(sum(counts.values())), language)
    return text("spread.several", language, people=whole, parts=texts.listed(parts, language))


def standing_line(area: Area, language: str) -> str:
    """Return by which way an area's residents stand where they do; of one that does not keep the
    outlines they were estimated in, that its ranges are unknown, and what to do. "" without them.
    """
    if "all" not in area.groups:
        return ""
    of_residents = (area.people["origin"] == RESIDENTS).to_numpy(bool)
    estimated = area.people["estimated"].to_numpy(bool)
    unit = spreading.estimated_in(area.people, area.outlines)
    if (of_residents & estimated & (unit < 0)).any():
        return text("spread.not_kept", language)
    return placed_words(area, "all", language)


def range_lines(answer: Gap, language: str) -> list[str]:
    """Return the sentence that gives the share for each way of spreading people; none where only
    one way is possible, or the share is the same whole per cent.
    """
    if not has_range(answer) or len(answer.ways) < 2:
        return []
    (own, share), *others = answer.ways
    told = [
        text(f"spread.way_{way}", language, share=texts.percent(found, language))
        for way, found in others
    ]
    return [
        text(
            "spread.ways",
            language,
            between=range_words(answer.share_low, answer.share_high, language),
            own=text(f"spread.way_{own}", language, share=texts.percent(share, language)),
            others=texts.listed(told, language),
        )
    ]


def estimated_words(area: Area, answer: Gap, language: str) -> list[str]:
    """Return what is estimated of a gap: by which way people stand where they do, and what the
    other fair ways would give; none where people are counted.
    """
    if not answer.estimated:
        return []
    return [estimated_line(area, answer.group, language), *range_lines(answer, language)]


def estimated_line(area: Area, group: str, language: str) -> str:
    """Return that counts are estimated, and by which way people stand where they do."""
    placed = placed_words(area, group, language)
    if not placed:
        return text("gap.estimated", language)
    return text("spread.estimated", language, placed=placed)
