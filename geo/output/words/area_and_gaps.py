"""What an area holds and what a gap is, as lines of text for terminals and logs.

The parts of a way in words.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import pandas as pd

from geo import clock, presets, privacy, texts
from geo.access.defaults import for_everybody_words
from geo.access.from_point import Way
from geo.access.gaps import DistrictGap, Gap, has_range, headline, range_words, without_small_counts
from geo.access.profile_comparison import differs_by
from geo.area.model import Area
from geo.area.record_fields import approximate, place_fields
from geo.cells import finite
from geo.network.routes import Step
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import sources as source_words
from geo.output.words.repairs import repairs_line, taken_json
from geo.output.words.sources import origins, source_json, source_line, walked
from geo.output.words.spreading import estimated_words, standing_line


def area_lines(area: Area, language: str) -> list[str]:
    """Return an area in lines: counts, groups, kinds, and each source."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"show.{key}", language, **values)

    network = area.network
    lines = [f"{area.name} ({area.id}, r{area.revision}, {clock.local_time(area.created)})"]
    if area.demonstration:
        lines.append(texts.text("demo.mark", language))
    lines.append(
        say(
            "network",
            edges=network.edges,
            length=round(network.edge_m.sum() / 1000),
            share=texts.percent(network.main_length_share(), language, 1),
        )
    )
    lines += [mended] if (mended := repairs_line(area, language)) else []
    lines.append(say("districts", count=len(area.districts)))
    if area.people.empty:
        lines.append(texts.text("lacks.people", language))
    for name in area.groups:
        count = round(float(area.count(name).sum()))
        lines.append(say("group", name=presets.group(name).name(language), id=name, count=count))
    if placed := standing_line(area, language):
        lines.append(say("placed", how=placed))
    for name in area.kinds:
        kind = presets.kind(name)
        count = len(area.places_of(name))
        lines.append(say("kind", name=kind.plural(language), id=name, count=count))
    for source in area.sources:
        made = texts.text(f"made.{source.made}", language)
        lines.append(
            say(
                "source",
                part=source_words.part_name(source.part, language).lower(),
                line=source_words.source_line(source, language),
                made=made,
            )
        )
        for group, column in source.columns.items():
            lines.append(say("column", group=group, column=column))
        lines += [f"    {source_words.told_line(told, language)}" for told in source.told]
    return lines


def area_json(area: Area, language: str) -> dict[str, Any]:
    """Return what an area holds as plain data."""
    network = area.network
    return {
        "id": area.id,
        "name": area.name,
        "revision": area.revision,
        "created": area.created,
        "demonstration": area.demonstration,
        "nodes": network.nodes,
        "edges": network.edges,
        "length_m": float(network.edge_m.sum()),
        "repairs": taken_json(area),
        "districts": list(area.districts["name"]),
        "people": {name: float(area.count(name).sum()) for name in area.groups},
        "places": {name: len(area.places_of(name)) for name in area.kinds},
        "sources": [source_words.source_json(source, language) for source in area.sources],
        "left_out": [
            {
                "file": source.file,
                "row": row.row,
                "reason": texts.text(f"left_out.{row.reason}", language, **row.values),
            }
            for source, row in area.left_out
        ],
        "notices": [
            {
                "file": source.file,
                "row": row.row,
                "reason": texts.text(f"notices.{row.reason}", language, **row.values),
            }
            for source, row in area.notices
        ],
        "told": [source_words.told_json(source, told, language) for source, told in area.told],
    }


def unplaced_lines(area: Area, kind: str, language: str) -> list[str]:
    """Return the sentence on the known records of a kind that have no point, by name ("Två
    infodiskar är kända men saknar plats på kartan: …"), and the one on those whose point is only
    approximate; none where all are on the map where they are.
    """
    return [*_waiting(area, kind, language), *_approximate(area, kind, language)]


def _approximate(area: Area, kind: str, language: str) -> list[str]:
    places = area.places_of(kind)
    told = [
        f"{name} ({mark})"
        for name, details in zip(places["name"], places["details"], strict=True)
        if (mark := approximate(place_fields(details)))
    ]
    if not told:
        return []
    names = texts.listed([" ".join(each.split()) for each in told], language, most=_NAMED)
    return [texts.text("known.approximate", language, names=names)]


def _waiting(area: Area, kind: str, language: str) -> list[str]:
    waiting = area.unplaced_of(kind)
    if not waiting:
        return []
    known = presets.kind(kind)
    place = known.indefinite(language)
    key = "many" if len(waiting) > 1 else "one_neuter" if place.startswith("ett ") else "one"
    plural = known.plural(language)
    said = texts.text(
        f"known.{key}",
        language,
        place=place,
        count=texts.number_word(len(waiting), language),
        kinds=plural[:1].lower() + plural[1:],
        names=texts.listed(
            [" ".join(each.name.split()) for each in waiting], language, most=_NAMED
        ),
    )
    return [said[:1].upper() + said[1:]]


_NAMED = 6
"""So many of the records without a point are named; the rest are counted."""


def gap_lines(answer: Gap, area: Area, language: str, *, exact: bool = True) -> list[str]:
    """Return the answer in lines: the sentence, the table by district, what it rests on."""
    columns = ["district", "people", "beyond", "share_beyond"]
    rows = gap_rows(answer, area, language, exact=exact)[columns].copy()
    hidden = texts.text("gap.hidden", language)
    for name in ("people", "beyond"):
        rows[name] = [
            hidden if pd.isna(value) else texts.number(round(value), language)
            for value in rows[name]
        ]
    rows["share_beyond"] = [
        texts.percent(math.nan if value is None else value, language)
        for value in rows["share_beyond"]
    ]
    told: list[Gap | DistrictGap] = [*answer.districts, answer]
    if any(map(has_range, told)):
        rows["share_range"] = [
            range_words(row.share_low or 0.0, row.share_high or 0.0, language)
            if has_range(row)
            else ""
            for row in told
        ]
    rows.columns = [texts.text(f"table.{name}", language) for name in rows.columns]
    said = [headline(answer, language), *gap_notes(answer, area, language)]
    said += unplaced_lines(area, answer.kind, language)
    said += cut_off_lines(answer, language, exact=exact)
    rests = [row for row in gap_summary(answer, area, language) if row[1] not in said]
    return [*said, "", as_text(rows), "", *(f"{label}: {words}" for label, words in rests)]


def gap_notes(answer: Gap, area: Area, language: str) -> list[str]:
    """Return what has to be said beside the headline: that it is for all residents, although
    newcomers come first.
    """
    return for_everybody_words(area, answer.kind, answer.group, language)


def cut_off_lines(answer: Gap, language: str, *, exact: bool = False) -> list[str]:
    """Return how many live by paths that do not join the others, if anybody; a few counted people
    as a few.
    """
    few = privacy.is_small(answer.cut_off, not answer.estimated)
    if round(answer.cut_off) == 0 or (not exact and _tells_few(answer) and not few):
        return []
    people = texts.number(round(answer.cut_off), language)
    if not exact and few:
        people = texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    said = texts.text("gap.cut_off", language, people=people)
    return [said[:1].upper() + said[1:]]


def _tells_few(answer: Gap) -> bool:
    """Whether the number by other paths, or what it leaves of all unreachable, is of a few."""
    rest = answer.unreachable - answer.cut_off
    return any(privacy.is_small(each, not answer.estimated) for each in (answer.cut_off, rest))


def as_text(table: pd.DataFrame) -> str:
    """Lay a table out in columns of even width, numbers to the right."""
    cells = [[str(name) for name in table.columns]]
    cells += [[str(value) for value in row] for row in table.itertuples(index=False)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(table.columns))]
    right = [all(_numeric(row[at]) for row in cells[1:]) for at in range(len(table.columns))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    )


def _numeric(cell: str) -> bool:
    return not any(sign.isalpha() for sign in cell)


GAP_COLUMNS = (
    "district", "people", "beyond", "share_beyond", "mean_m_beyond", "note", "kind", "group",
    "limit_m", "profile", "snap_rule", "estimated", "demonstration", "area", "sources",
    "share_low", "share_high",
)  # fmt: skip
"""Columns of a gap as CSV, Excel, GeoJSON and GeoPackage; shares are from 0 to 1."""


def gap_json(
    answer: Gap, area: Area, language: str = "sv", *, exact: bool = True
) -> dict[str, Any]:
    """Return a gap as plain data: counts are people, ``limit_m`` metres, shares from 0 to 1.

    Unless ``exact``, small counts of counted people, and what would give them away, are null.
    """
    hidden = answer.small and not exact
    answer = answer if exact else without_small_counts(answer)
    some_hidden = any(row.hidden for row in answer.districts)
    return {
        "area": answer.area,
        "area_name": area.name,
        "kind": answer.kind,
        "group": answer.group,
        "limit_m": answer.limit_m,
        "profile": answer.profile,
        **{
            name: None
            if hidden and (name != "people" or answer.few_people)
            else finite(getattr(answer, name))
            for name in _MEASURES
        },
        "concentration": None if some_hidden else finite(answer.concentration),
        "cut_off": None if hidden or (not exact and _tells_few(answer)) else finite(answer.cut_off),
        "spread_ways": {way: finite(share) for way, share in answer.ways if answer.estimated},
        "places": answer.places,
        "unplaced": len(area.unplaced_of(answer.kind)),
        "unknown_rows": answer.unknown,
        "districts": [
            {
                "name": row.name or texts.text("gap.outside_districts", language),
                "people": finite(row.people),
                "beyond": finite(row.beyond),
                "share_beyond": finite(row.share_beyond),
                "mean_m_beyond": finite(row.mean_m_beyond),
                "share_low": finite(row.share_low),
                "share_high": finite(row.share_high),
                **({"hidden": True} if row.hidden else {}),
            }
            for row in answer.districts
        ],
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        "sources": [source_json(source, language) for source in answer.sources],
        "estimated": answer.estimated,
        "demonstration": answer.demonstration,
        "profile_differs_by": list(differs_by(area.network)),
        "notes": gap_notes(answer, area, language),
        "headline": headline(answer, language),
    }


_MEASURES = (
    "people", "beyond", "share_beyond", "mean_m_beyond", "unreachable", "fgt0", "fgt1", "fgt2",
    "share_low", "share_high",
)  # fmt: skip


def gap_rows(answer: Gap, area: Area, language: str, *, exact: bool = False) -> pd.DataFrame:
    """Return the table by district, the total last, each row with what its figures rest on."""
    small = answer.small and not exact
    note = texts.text("gap.hidden_note", language, smallest=privacy.SMALLEST)
    rows = [
        (
            row.name or texts.text("gap.outside_districts", language),
            row.people,
            row.beyond,
            row.share_beyond,
            row.mean_m_beyond,
            note if row.hidden else "",
        )
        for row in answer.districts
    ]
    total = texts.text("gap.whole_area", language)
    beyond = None if small else answer.beyond
    share = None if small else answer.share_beyond
    mean = None if small else answer.mean_m_beyond
    people = None if small and answer.few_people else answer.people
    rows.append((total, people, beyond, share, mean, note if small else ""))
    table = pd.DataFrame(rows, columns=list(GAP_COLUMNS[:6]))
    return table.assign(
        kind=answer.kind,
        group=answer.group,
        limit_m=answer.limit_m,
        profile=answer.profile,
        snap_rule=texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        estimated=answer.estimated,
        demonstration=answer.demonstration,
        area=area.name,
        sources="; ".join(source_line(source, language) for source in answer.sources),
        share_low=_column(answer, "share_low", hidden=small),
        share_high=_column(answer, "share_high", hidden=small),
    )


def _column(answer: Gap, name: str, *, hidden: bool) -> pd.Series:
    """Return a share of each district and of the whole area; None where hidden or unknown."""
    rows = [getattr(row, name) for row in answer.districts]
    rows.append(None if hidden else finite(getattr(answer, name)))
    return pd.Series(rows, dtype=object)


def gap_summary(answer: Gap, area: Area, language: str) -> tuple[tuple[str, str], ...]:
    """Return a file's own description: the sentence, the settings, the sources."""
    lines = [(texts.text("file.answer", language), headline(answer, language))]
    about = texts.text("defaults.about", language)
    lines += [(about, note) for note in gap_notes(answer, area, language)]
    missing = texts.text("file.unplaced", language)
    lines += [(missing, line) for line in unplaced_lines(area, answer.kind, language)]
    lines += walked(area, answer.profile, language)
    if answer.estimated:
        said = " ".join(estimated_words(area, answer, language))
        lines.append((texts.text("file.estimated", language), said))
    made_up = answer.demonstration
    return (*lines, *origins(area, answer.sources, language, demonstration=made_up))


def parts_of(way: Way, language: str) -> list[tuple[str, float]]:
    """Return a way's parts in words with metres; neighbours that read alike are one."""
    named = groupby(way.route.steps, key=lambda step: part_name(step, language))
    return [(words, sum(step.metres for step in steps)) for words, steps in named]


def part_name(step: Step, language: str) -> str:
    """Return what a part of a way is, as in ``gångväg, obelyst``."""
    part = texts.text(f"reach.part_{step.kind}", language)
    return texts.text("reach.part_unlit", language, part=part) if step.lit == 0 else part
