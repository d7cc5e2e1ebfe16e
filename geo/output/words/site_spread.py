"""Whether a proposal holds however the people it rests on are spread, in words, as a table and as
plain data.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from geo import texts
from geo.output.words import proposal as proposal_words
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.spread import SpreadHolds
from geo.texts import number_word, text


def spread_lines(found: SpreadHolds | None, proposal: Proposal, language: str) -> list[str]:
    """Return the sentence on whether the proposal is best under each way of spreading people, and
    how many it then gains; none where people are counted, or no site is recommended.
    """
    if found is None or proposal.spans_all:
        return []
    worse = found.worse
    most = max((round(way.more or 0.0) for way in worse), default=0)
    more = ""
    if most and proposal.question.balance is None:
        more = text("sites.spread_more", language, more=texts.number(most, language))
    key = "gain" if found.holds is None else "holds"
    if worse:
        key = "one" if len(proposal.sites) == 1 else "many"
    times = number_word(len(worse), language)
    if len(worse) == 1:
        times = text("sites.spread_once", language)
    said = text(
        f"sites.spread_{key}",
        language,
        number=number_word(len(found.ways), language),
        times=times,
        gain=between(found.low, found.high, language),
        limit=texts.metres(proposal.question.limit_m, language),
        more=more,
    )
    steady = [site for site in proposal.sites if all(site.id in way.best for way in found.ways)]
    if not worse or not steady:
        return [said]
    places = proposal_words.places(steady, language)
    return [f"{said} {text('sites.spread_steady', language, places=places)}"]


def between(low: float, high: float, language: str) -> str:
    """Return a range of people in whole numbers, one where both are the same."""
    first, last = (texts.number(round(value), language) for value in (low, high))
    return first if first == last else f"{first}–{last}"


def spread_table(found: SpreadHolds, proposal: Proposal, language: str) -> pd.DataFrame:
    """Return what the proposal and the best sites gain under each way, as a table in words."""
    asked = any(way.best for way in found.ways)
    rows = []
    for way in found.ways:
        row = [text(f"sites.spread_way_{way.way}", language), _people(way.gain, language)]
        if asked:
            others = [one for one in way.best if one not in proposal.ids]
            named = [proposal_words.name_of(proposal.placing, one, language) for one in others]
            row += [_people(way.best_gain, language), texts.listed(named, language)]
        rows.append(row)
    names = ("way", "gain", *(("best", "instead") if asked else ()))
    columns = [text(f"sites.spread_column_{name}", language) for name in names]
    return pd.DataFrame(rows, columns=columns)


def spread_json(found: SpreadHolds | None) -> dict[str, Any]:
    """Return the ways as plain data, and the range of the gain; None where people are counted."""
    if found is None:
        return {"holds": None, "gain_low": None, "gain_high": None, "spread_ways": []}
    return {
        "holds": found.holds,
        "gain_low": found.low,
        "gain_high": found.high,
        "spread_ways": [{**asdict(way), "best": list(way.best)} for way in found.ways],
    }


def _people(value: float | None, language: str) -> str:
    return "" if value is None else texts.number(round(value), language)
