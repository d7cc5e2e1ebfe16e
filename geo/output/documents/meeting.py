"""An answer about meeting places as a document: when, in which language and with whom people meet.
Small counts of counted people are left out of all of it.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo import texts
from geo.access.meeting.answer import Answer, question_of
from geo.access.meeting.hours import Hours
from geo.access.meeting.language import Languages
from geo.access.meeting.mix import Arenas
from geo.access.meeting.supply import supply_of
from geo.area import protected
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.documents.answer import AnswerDocument, Layer, pages
from geo.output.files.xlsx import Lines, Sheet
from geo.output.maps import meeting as maps
from geo.output.maps.places_and_gaps import places_map
from geo.output.maps.spec import MapSpec
from geo.output.words import meeting as words
from geo.output.words.meeting_rows import meeting_json, meeting_rows
from geo.output.words.sources import credit
from geo.types import WGS84


def meeting_document(
    answer: Answer, area: Area, language: str = "sv", *, day: str
) -> AnswerDocument:
    """Return an answer about meeting places as a document."""
    question = question_of(answer)
    rows = meeting_rows(answer, area, language)
    shapes = _shapes(rows, area)
    asked = texts.text(f"moten.ask_{question.measure}", language)
    headline, lines = words.headline(answer, language), words.meeting_lines(answer, area, language)
    notes = words.notes(answer, language)
    rests_on = words.rests_on(answer, area, language)
    sorts = list(dict.fromkeys(str(what) for what in rows["what"]))
    return AnswerDocument(
        id="meeting",
        title=f"{asked} {area.name}",
        headline=headline,
        language=language,
        day=day,
        area=area,
        lines=tuple(lines),
        rows=rows,
        sheets=(
            *(Sheet(name, rows[rows["what"] == name], frozen=(1, 4)) for name in sorts),
            Lines("answer", tuple(lines)),
        ),
        layers=tuple(_layer(name, rows[rows["what"] == name], shapes) for name in sorts),
        shapes=gpd.GeoDataFrame(rows.loc[shapes.index].reset_index(drop=True),
                                geometry=shapes.to_list(), crs=WGS84),
        data=lambda: meeting_json(answer, area, language),
        summary=(
            (texts.text("file.answer", language), headline),
            (texts.text("file.question", language), words.asked(answer, language)),
            *((texts.text("file.note", language), note) for note in notes),
            *rests_on,
        ),
        findings=lambda: pages(
            language,
            [headline, words.asked(answer, language), *words.more_words(answer, language), *notes],
            _map(answer, area, language),
            _tables(answer, area, language),
            rests_on,
        ),
        credit=credit(area),
        settings={
            "measure": question.measure,
            "week": question.monday.isoformat(),
            "limit_m": question.limit_m,
            "group": question.group,
            "profile": question.profile,
        },
        demonstration=area.demonstration,
        estimated=_estimated(answer),
    )  # fmt: skip


def _estimated(answer: Answer) -> bool:
    match answer:
        case Hours():
            return not answer.counted
        case Arenas():
            return answer.estimated
        case _:
            return False


def _map(answer: Answer, area: Area, language: str) -> MapSpec | None:
    """Return the map of arenas, else of the kinds of places where something that counts happens."""
    if isinstance(answer, Arenas):
        return maps.arena_map(area, answer, language)
    rows = supply_of(area, question_of(answer)).rows
    kinds = dict.fromkeys([*([HOUSING] if HOUSING in area.kinds else []),
                           *area.places["kind"].iloc[rows]])  # fmt: skip
    return places_map(area, list(kinds), language) if kinds else None


def _tables(answer: Answer, area: Area, language: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the tables of the page, with their titles."""

    def said(key: str) -> str:
        return texts.text(f"moten.{key}", language)

    match answer:
        case Hours():
            homes = maps.units_table(answer, answer.homes, said("home"), language)
            districts = () if answer.question.housing else answer.districts
            named = maps.units_table(answer, districts, texts.text("table.district", language),
                                     language)  # fmt: skip
            hours = maps.hours_table(answer, language)
            return [
                (said("by_home"), homes), (said("by_district"), named), (said("by_hour"), hours)
            ]  # fmt: skip
        case Languages():
            homes = maps.home_language_table(answer, area, language)
            spoken = maps.language_table(answer, area, language)
            return [(said("by_language"), spoken), (said("by_home"), homes)]
        case Arenas():
            homes = maps.home_arena_table(answer, language)
            arenas = maps.arena_table(answer, language)
            return [(said("by_home"), homes), (said("arenas"), arenas)]
        case _:
            return [(said("contact_table"), maps.contact_table(answer, language))]


def _layer(name: str, rows: pd.DataFrame, shapes: gpd.GeoSeries) -> Layer:
    """Return the rows of a sort, with the shapes of those that have one."""
    if not rows.index.isin(shapes.index).any():
        return Layer(name, rows)
    return Layer(name, gpd.GeoDataFrame(rows, geometry=shapes.reindex(rows.index), crs=WGS84))


def _shapes(rows: pd.DataFrame, area: Area) -> gpd.GeoSeries:
    """Return the shapes of the rows of districts, and of places that may be drawn as points."""
    known = protected.in_the_open(area.places)
    where = dict(zip(known["id"].astype(str), known.geometry, strict=True))
    where |= {
        f"district {name}": shape
        for name, shape in zip(area.districts["name"], area.districts.geometry, strict=True)
    }
    keys = [
        f"district {name}" if what == "district" else str(id_)
        for what, id_, name in zip(rows["what"], rows["id"], rows["name"], strict=True)
    ]
    drawn = {at: where[key] for at, key in zip(rows.index, keys, strict=True) if key in where}
    return gpd.GeoSeries(drawn, crs=WGS84)
