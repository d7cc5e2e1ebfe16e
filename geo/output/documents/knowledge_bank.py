"""The knowledge bank as a document: what is in reach, nearest first. Its PDF is one printed page,
dense or as a leaflet.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo import texts
from geo.access.knowledge_bank.model import Bank, Start
from geo.area import protected
from geo.area.model import Area
from geo.output.documents import leaflet
from geo.output.documents.answer import AnswerDocument, Layer, pages
from geo.output.files.xlsx import Sheet
from geo.output.maps.knowledge_bank import bank_map, bank_table, numbers_of
from geo.output.words import knowledge_bank as words
from geo.output.words.knowledge_bank import bank_json, bank_rows, rests_on
from geo.output.words.sources import credit
from geo.types import WGS84


def bank_document(
    bank: Bank, area: Area, language: str = "sv", *, day: str, as_leaflet: bool = False
) -> AnswerDocument:
    """Return what is in reach as a document; ``as_leaflet``: its PDF is the leaflet."""
    headline, asked = (
        words.count_words(bank, language),
        words.question_words(bank.question, language),
    )
    title, notes = words.title(bank, language), words.restricted_note(bank, language)
    rows = bank_rows(bank, area, language)
    places = _points(rows, area)
    first, *rests = rests_on(bank, area, language)
    question = bank.question
    return AnswerDocument(
        id="bank",
        title=title,
        headline=headline,
        language=language,
        day=day,
        area=area,
        lines=tuple(words.lines(bank, language)),
        rows=rows,
        sheets=(Sheet("bank", rows),),
        layers=(Layer("bank", places), *_start(bank.start, language)),
        shapes=places[places.geometry.notna()].reset_index(drop=True),
        data=lambda: bank_json(bank, area, language),
        summary=(
            (texts.text("file.answer", language), headline),
            (texts.text("file.question", language), f"{title}. {asked}"),
            *((texts.text("file.note", language), note) for note in notes),
            *rests,
        ),
        findings=lambda: pages(
            language,
            [headline, asked, *notes, *words.speakers_words(bank, language)],
            bank_map(area, bank, bank.all, language),
            _tables(bank, language),
            (first, *rests),
        ),
        credit=credit(area),
        settings={
            "limit_m": question.limit_m,
            "profile": question.profile,
            "week": question.monday.isoformat(),
            "language": question.language,
        },
        demonstration=area.demonstration,
        own={".pdf": lambda: leaflet.pdf_bytes(bank, area, language, as_leaflet=as_leaflet)},
    )


READ = [0, 1, 2, 4, 6, 7, 9]
"""Columns of ``bank_table`` that a page or a slide has room for: the workbook has them all."""


def _tables(bank: Bank, language: str) -> list[tuple[str, pd.DataFrame]]:
    """Return each list with its title, numbers as on the map and places beside the names."""
    numbers = numbers_of(bank.all)
    found = []
    for title, entries in words.sections(bank, language):
        whole = bank_table(entries, bank, numbers, language)
        parts = [(words.name_words(each, language), words.where_words(each)) for each in entries]
        named = [", ".join(filter(None, each)) for each in parts]
        found.append((title, whole.assign(**{whole.columns[1]: named}).iloc[:, READ]))
    return found


def _points(rows: pd.DataFrame, area: Area) -> gpd.GeoDataFrame:
    """Return rows with the points of their places, where they may have one."""
    known = protected.in_the_open(area.places)
    where = dict(zip(known["id"].astype(str), known.geometry, strict=True))
    points = [where.get(str(place)) for place in rows["place_id"]]
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(points, index=rows.index, crs=WGS84))


def _start(start: Start, language: str) -> tuple[Layer, ...]:
    """Return where one walks from as a layer; of protected housing there is none."""
    if start.restricted:
        return ()
    table = pd.DataFrame({"name": [words.start_name(start, language)]})
    point = gpd.points_from_xy([start.lon], [start.lat])
    return (Layer("start", gpd.GeoDataFrame(table, geometry=point, crs=WGS84)),)
