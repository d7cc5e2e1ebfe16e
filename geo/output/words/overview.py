"""An area at a glance in words: its sentence, the table of all kinds by district, plain data."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo import presets, privacy
from geo.access.defaults import NEWCOMERS, has_people
from geo.access.gaps import DistrictGap, Gap, has_range, range_words
from geo.access.overview import Overview, shown_share
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.texts import metres, number, percent, text

NOTHING = "–"
MOST_FIGURES = 5


def sentence(found: Overview, language: str) -> str:
    """Return which district is served least, in one sentence."""
    least = found.least_served
    if least is None:
        return text("oversikt.no_least" if found.gaps else "oversikt.no_kinds", language)
    key = "oversikt.least" if len(found.gaps) > 1 else "oversikt.least_one"
    return text(key, language, name=least.name, count=least.least, of=len(found.gaps))


def lacking_lines(found: Overview, language: str) -> list[str]:
    """Return a sentence for each kind that a question would begin with and the area has none of."""
    return [
        text("oversikt.lacking", language, kinds=presets.kind(kind).plural(language).lower())
        for kind in found.lacking
    ]


def overview_table(found: Overview, language: str) -> pd.DataFrame:
    """Return the share beyond of each kind by district, least served first, the area last."""
    heads = [_head(gap, language) for gap in found.gaps]
    rows = [
        [
            row.name,
            *(_cell(each, gap, language) for each, gap in zip(row.gaps, found.gaps, strict=True)),
        ]
        for row in found.districts
    ]
    whole = [_cell(gap, gap, language) for gap in found.gaps]
    return pd.DataFrame(
        [*rows, [text("oversikt.whole", language), *whole]],
        columns=[text("oversikt.district", language), *heads],
    )


def shares(found: Overview) -> list[list[float | None]]:
    """Return the shares of ``overview_table``, None where one is hidden or of nobody."""
    rows = [
        [
            None if gap.small else shown_share(each)
            for each, gap in zip(row.gaps, found.gaps, strict=True)
        ]
        for row in found.districts
    ]
    return [*rows, [shown_share(gap) for gap in found.gaps]]


def overview_lines(found: Overview, language: str) -> list[str]:
    """Return an area at a glance for a terminal."""
    lines = [sentence(found, language), *lacking_lines(found, language)]
    if not found.gaps:
        return lines
    table = overview_table(found, language)
    wide = max(map(len, table.iloc[:, 0]))
    for at, name in enumerate(table.columns[1:], 1):
        lines += ["", name]
        lines += [f"  {row.iloc[0]:<{wide}}  {row.iloc[at]}" for _, row in table.iterrows()]
    return lines


def overview_json(found: Overview) -> dict[str, Any]:
    """Return an area at a glance as plain data; a share is null where hidden or of nobody."""
    kinds = [gap.kind for gap in found.gaps]
    table = shares(found)
    least = found.least_served
    return {
        "area": found.area,
        "least_served": least.name if least else None,
        "lacking": list(found.lacking),
        "kinds": [
            {
                "kind": gap.kind,
                "group": gap.group,
                "limit_m": gap.limit_m,
                "places": gap.places,
                "estimated": gap.estimated,
                "share_beyond": share,
            }
            for gap, share in zip(found.gaps, table[-1], strict=True)
        ],
        "districts": [
            {
                "name": row.name,
                "least_served_of": row.least,
                "share_beyond": dict(zip(kinds, values, strict=True)),
            }
            for row, values in zip(found.districts, table, strict=False)
        ],
    }


def _head(gap: Gap, language: str) -> str:
    return text(
        "oversikt.head",
        language,
        kind=presets.kind(gap.kind).name(language),
        group=presets.group(gap.group).name(language).lower(),
        limit=metres(gap.limit_m, language),
    )


def _cell(row: DistrictGap | Gap | None, gap: Gap, language: str) -> str:
    if row is None or (not gap.small and row.share_beyond != row.share_beyond):
        return NOTHING
    if gap.small or row.share_beyond is None:
        return text("gap.hidden", language)
    share = percent(row.share_beyond, language)
    if not has_range(row):
        return share
    low, high = row.share_low, row.share_high
    assert low is not None and high is not None
    return f"{share} ({range_words(low, high, language)})"


def introduction(area: Area, language: str) -> str:
    """Return how large an area is: residents, districts and walking paths."""
    known = "all" in area.groups
    return text(
        "oversikt.size" if known else "oversikt.size_unknown",
        language,
        people=number(round(float(area.count("all").sum())), language) if known else "",
        districts=len(area.districts),
        km=number(round(float(area.network.edge_m.sum()) / 1000), language),
    )


def key_figures(area: Area, language: str) -> list[tuple[str, str]]:
    """Return what one would count first, newcomers before all: a figure and what it is of."""
    found = []
    if has_people(area, NEWCOMERS):
        people = round(float(area.count(NEWCOMERS).sum()))
        few = privacy.is_small(people, counted=True)
        shown = text("gap.fewer", language, smallest=privacy.SMALLEST)
        found.append(
            (shown if few else number(people, language), text("oversikt.newcomers", language))
        )
    kinds = [HOUSING, *(kind for kind in area.kinds if kind != HOUSING)]
    for kind in kinds:
        count = len(area.places_of(kind))
        name = presets.kind(kind).plural(language).lower()
        if count:
            found.append((number(count, language), name))
    return found[:MOST_FIGURES]
