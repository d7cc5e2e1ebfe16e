"""What the command ``place`` does: one record gets its point; and points that options name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo import texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.cells import read_point
from geo.cli.console import Options
from geo.errors import HousingHidden, InputError

if TYPE_CHECKING:
    from geo.store.model import Edit, Record


def place(options: Options) -> None:
    """Give one record its point: by coordinates, a name, an address, or as the work list suggests;
    logged, and undone by the batch that is printed.
    """
    from geo.ingest import edits
    from geo.ingest.geocoding.finder import Finder
    from geo.store.model import PLACE
    from geo.store.protection import ground_of
    from geo.store.store import store_of
    from geo.store.write import user

    area = open_area(options.area, options.home)
    store = store_of(area.id, options.home)
    store.take(area, user(options.who))
    record = store.record(options.id, PLACE)
    if edits.is_hidden(record):
        raise HousingHidden()
    ways = [options.at, options.address, options.suggested]
    if sum(map(bool, ways)) != 1:
        raise InputError("place_no_point", name=record.name)
    if options.suggested:
        edit, said = _suggested(area, record, options.lang)
    else:
        spot = Finder(area).spot(options.at or options.address)
        about = spot.named("sv") if spot.about else ""
        edit, said = edits.moved(record, spot.lon, spot.lat, about=about), spot.named(options.lang)
        if options.address:
            edit = edits.with_address(edit, options.address)
    batch = store.write([edit], who=user(options.who), ground=ground_of(area))
    key = "placed_one" if batch else "placed_one_already"
    values = {"name": record.name, "said": said, "batch": str(batch), "area": area.id}
    print(texts.text(f"importing.{key}", options.lang, **values))


def _suggested(area: Area, record: Record, language: str) -> tuple[Edit, str]:
    """Return a record placed where the work list suggests, and where that is in words."""
    from geo.ingest import edits
    from geo.ingest.places.propose import suggested
    from geo.output.words.imports import suggestion_words, why_unplaced

    match = suggested(area, [record])[0]
    if match.point is None:
        why = why_unplaced(match.reason, language)
        raise InputError("no_suggestion", name=record.name, why=why)
    return edits.placed(record, match), suggestion_words(match, language)


def point(area: Area, words: str) -> tuple[float, float]:
    """Return the point that words name: longitude and latitude, an address, or a name.

    Raises
    ------
    InputError ``point_unknown``, ``point_ambiguous`` : what is like it in the area.
    """
    if is_point(words):
        return read_point(words)
    from geo.ingest.geocoding.finder import Finder  # names and addresses take a while to read

    found = Finder(area).spot(words)
    return found.lon, found.lat


def point_words(area: Area, words: str) -> str:
    """Return the point that words name as ``lon,lat``, as questions read it."""
    if is_point(words):
        return words
    lon, lat = point(area, words)
    return f"{lon},{lat}"


def is_point(words: str) -> bool:
    """Return whether words are a longitude and a latitude."""
    try:
        read_point(words)
    except InputError:
        return False
    return True
