"""Preschool places against children as a document: how many are short, where and why, and what was
asked besides: people who arrive, whom to call, more places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import presets, texts
from geo.access.preschools.call_list import CallList, calls_for
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.surge import SurgeAnswer
from geo.area import protected
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.errors import NarhetError
from geo.models.assignment.assign import MorePlaces
from geo.output.documents.answer import AnswerDocument, Layer, pages
from geo.output.files.xlsx import Lines, Sheet
from geo.output.maps import preschools as tables
from geo.output.maps.preschools import preschools_map, surge_map
from geo.output.report.model import Finding, KeyFigure
from geo.output.words import preschool_plans as plans
from geo.output.words import preschools as words
from geo.output.words.preschool_rows import (
    housing_words,
    preschool_lines,
    preschool_rows,
    preschool_summary,
    reasons_line,
    unreachable_words,
)
from geo.output.words.sources import credit
from geo.planning.preschool_expansion import GrowthAnswer
from geo.types import WGS84

_SHEETS = (
    ("districts", ("area", "district")),
    ("housing", ("transitional_housing",)),
    ("preschools", ("preschool",)),
)
"""The workbook's sheets, and which rows each holds."""


@dataclass(frozen=True, eq=False)
class Besides:
    """The other answers about the same preschools; None: not asked, or refused.

    Attributes
    ----------
    surge : what people who arrive would need. calls : whom to call for a housing or a district.
    more : what more places at one preschool would change. growth : where to add places.
    refused : what could not be answered, by name, and why.
    """

    surge: SurgeAnswer | None = None
    calls: CallList | None = None
    more: MorePlaces | None = None
    growth: GrowthAnswer | None = None
    refused: Mapping[str, NarhetError] = field(default_factory=dict)


def preschool_document(
    answer: PreschoolAnswer,
    area: Area,
    language: str = "sv",
    *,
    day: str,
    exact: bool = False,
    besides: Besides | None = None,
) -> AnswerDocument:
    """Return preschool places against children as a document.

    Small counts of counted children are hidden unless ``exact``, and with them of ``besides`` what
    would give them away.
    """
    shown = answer if exact else words.without_small_counts(answer)
    other = besides or Besides()
    if not exact:
        other = _without_small_counts(other, shown, area)
    question = answer.question
    rows = preschool_rows(answer, area, language, exact=exact)
    shapes = _shapes(rows, area)
    summary = preschool_summary(answer, area, language, exact=exact)
    parts = _lines(other, answer, language)
    is_point = shapes.geom_type == "Point"
    layers = (Layer("districts", shapes[~is_point]), Layer("places", shapes[is_point]))
    return AnswerDocument(
        id="preschools",
        title=texts.text("preschools.file_title", language, area=area.name),
        headline=words.headline(shown, language),
        language=language,
        day=day,
        area=area,
        lines=(
            *preschool_lines(shown, language),
            *(line for _, lines in parts for line in ("", *lines)),
        ),
        rows=rows,
        sheets=(
            *(
                Sheet(name, rows[rows["what"].isin(kinds)], frozen=(1, 3), widths=((2, 2, 32),))
                for name, kinds in _SHEETS
            ),
            *(Lines(name, lines) for name, lines in parts),
        ),
        layers=tuple(layer for layer in layers if len(layer.rows)),
        shapes=shapes,
        data=lambda: {
            **words.preschools_json(answer, area, language, exact=exact),
            **_json(other, answer, language),
        },
        summary=summary,
        findings=lambda: pages(
            language,
            [
                words.headline(shown, language),
                *reasons_line(shown, language),
                " ".join(unreachable_words(shown, language)),
            ],
            preschools_map(area, answer, language, exact=exact),
            [*_parts(shown, language), *_besides(other, answer, area, language)],
            summary[1:],
        ),
        credit=credit(area),
        settings={**asdict(question), "when": question.when.isoformat()},
        demonstration=answer.demonstration,
        estimated=answer.estimated,
    )


def _shapes(rows: pd.DataFrame, area: Area) -> gpd.GeoDataFrame:
    """Return the rows that have a place, with it: districts, housing and preschools; what is
    protected has none.
    """
    by_name = dict(zip(area.districts["name"], area.districts.geometry, strict=True))
    known = protected.in_the_open(area.places)
    points = dict(zip(known["id"].astype(str), known.geometry, strict=True))
    shapes = [
        by_name.get(name) if what == "district" else points.get(id_)
        for what, id_, name in zip(rows["what"], rows["id"], rows["name"], strict=True)
    ]
    return gpd.GeoDataFrame(
        rows[[shape is not None for shape in shapes]].reset_index(drop=True),
        geometry=[shape for shape in shapes if shape is not None],
        crs=WGS84,
    )


def _without_small_counts(other: Besides, shown: PreschoolAnswer, area: Area) -> Besides:
    """Return what may be disclosed of the other answers."""
    if other.calls:
        which = other.calls.housing or other.calls.district
        other = replace(other, calls=calls_for(area, shown, which))
    return replace(other, more=None, growth=None) if shown.few else other


def _lines(
    other: Besides, answer: PreschoolAnswer, language: str
) -> list[tuple[str, tuple[str, ...]]]:
    """Return each other answer as its name and lines."""
    found = []
    if other.surge:
        found.append(("surge", tuple(plans.surge_lines(other.surge, language))))
    if other.calls:
        found.append(("calls", tuple(plans.call_lines(other.calls, language))))
    if other.more:
        found.append(("more", (plans.more_words(other.more, answer, language),)))
    if other.growth:
        found.append(("growth", tuple(plans.growth_lines(other.growth, language))))
    return found


def _json(other: Besides, answer: PreschoolAnswer, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if other.surge:
        found["surge"] = plans.surge_json(other.surge, language)
    if other.calls:
        found["calls"] = plans.calls_json(other.calls, language)
    if other.more:
        found["more"] = plans.more_json(other.more, answer, language)
    if other.growth:
        found["growth"] = plans.growth_json(other.growth)
    for name, error in other.refused.items():
        found[name] = {"error": error.code, "text": error.message(language)}
    return found


def _parts(shown: PreschoolAnswer, language: str) -> Iterator[Finding]:
    """Yield the figures and tables of the page, as it shows them."""

    def word(key: str, **values: Any) -> str:
        return texts.text(f"forskola.{key}", language, **values)

    figures = tables.key_figures(shown, language)
    yield Finding("figures", word("in_all"), figures=tuple(KeyFigure(*each) for each in figures))
    yield Finding("gaps", word("by_district"), table=tables.district_table(shown, language))
    homes = tuple(housing_words(row, shown, language) for row in shown.housing)
    yield Finding("housing", presets.kind(HOUSING).plural(language), homes)
    title = word("preschools", count=len(shown.preschools))
    yield Finding("preschools", title, table=tables.preschool_table(shown, language))


def _besides(
    other: Besides, answer: PreschoolAnswer, area: Area, language: str
) -> Iterator[Finding]:
    """Yield a page per other answer."""

    def word(key: str) -> str:
        return texts.text(f"forskola.{key}", language)

    if other.surge:
        surge = other.surge
        needs = [need for need in surge.needs if need.kind not in surge.lacking]
        said = [plans.need_words(need, surge.limit_m, language) for need in needs]
        drawn = surge_map(area, surge, language)
        yield Finding(
            "surge",
            word("surge"),
            (drawn.title, *said, *plans.surge_notes(surge, language)),
            map=drawn,
            table=tables.surge_table(surge, language),
        )
        for need in needs:
            kind = presets.kind(need.kind).plural(language).lower()
            title = texts.text("forskola.surge_weeks", language, kind=kind)
            yield Finding(f"weeks-{need.kind}", title, table=tables.week_table(need, language))
    if other.calls:
        title, *lines = plans.call_lines(other.calls, language)
        table = tables.calls_table(other.calls, language)
        table = table.drop(columns=table.columns[-1])  # the lines say what to ask
        yield Finding("calls", title.rstrip(":"), tuple(lines), table=table)
    if other.more:
        yield Finding("more", word("more"), (plans.more_words(other.more, answer, language),))
    if other.growth:
        lines = plans.growth_lines(other.growth, language)
        yield Finding("growth", word("growth"), tuple(line.strip() for line in lines))
