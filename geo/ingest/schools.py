"""Preschools put into an Area as places: from the services that list them, or from a downloaded
file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.area import people
from geo.area import record_fields as area_places
from geo.area.model import Area
from geo.area.provenance import LeftOut, Source
from geo.area.record_fields import cell, plain_record, rules
from geo.errors import InputError
from geo.ingest import place_files
from geo.ingest.build import MARGIN_M, Inputs, with_places
from geo.ingest.residents import municipality_of
from geo.sources.skolverket import KIND, Preschools, fetch_preschools
from geo.sources.statistics.scb import check_municipality
from geo.types import WGS84, Progress


@dataclass(frozen=True)
class AskSchools:
    """What a person asks for: a municipality's preschools ("" is the area's own), or a file's."""

    municipality: str = ""
    file: Path | None = None


@dataclass(frozen=True, eq=False)
class AddedSchools:
    """The area with its preschools. ``added`` came now, of which ``with_children`` report how many
    children they have; ``others`` were there before from elsewhere, and may be the same ones.
    """

    area: Area
    source: Source
    added: int
    with_children: int
    others: int


def add_schools(area: Area, ask: AskSchools, *, progress: Progress | None = None) -> AddedSchools:
    """Return an area with preschools put in; they replace those of the same source, and
    OpenStreetMap's. Of what a service has, those up to 1,000 m outside the area are kept.

    Raises
    ------
    InputError ``bad_municipality`` : none given, and the area's people show none.
    InputError ``no_preschools``, OnlineError : as in ``fetch_preschools``; OutsideArea : all lie
    far away.
    InputError : the file cannot be used. Cancelled.
    """
    if ask.file:
        made = with_places(area, KIND, ask.file, Inputs())
        source = next(s for s in made.sources if s.part == KIND and s.file == ask.file.name)
    else:
        found = fetch_preschools(_municipality(area, ask), progress=progress)
        made, source = _with_fetched(area, found)
    places = made.places.assign(district=people.with_districts(made.places, made.districts))
    made = replace(made, places=places, _snaps={})
    own = made.places_of(KIND)
    ours = own[own["source"] == source.title]
    return AddedSchools(made, source, len(ours), _with_children(ours), len(own) - len(ours))


def _with_fetched(area: Area, found: Preschools) -> tuple[Area, Source]:
    kept, far = place_files.near(
        found.places,
        area.metric_boundary,
        area.network.crs,
        far_m=MARGIN_M,
        file=found.source.title,
    )
    # The service has a whole municipality; the rest of it is no list of what went wrong here.
    lost = (LeftOut(0, "elsewhere", {"count": len(far)}),) if far else ()
    source = replace(found.source, left_out=(*found.source.left_out, *lost))
    of_kind = area.places["kind"] == KIND
    stale = of_kind & (
        (area.places["source"] == source.title)
        | area.places["id"].astype(str).str.startswith("osm-")
    )
    others = area.places[~stale]
    taken = set(others["id"])
    kept = kept.assign(
        id=[f"{name}-2" if name in taken else name for name in kept["id"].astype(str)]
    )
    rows = pd.concat([pd.DataFrame(others), pd.DataFrame(kept)], ignore_index=True)
    sources = tuple(s for s in area.sources if not (s.part == KIND and s.title == source.title))
    places = gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)
    return replace(area, places=places, sources=(*sources, source), _snaps={}), source


def _municipality(area: Area, ask: AskSchools) -> str:
    if ask.municipality:
        return check_municipality(ask.municipality)
    town = municipality_of(area)
    if not town:
        raise InputError("bad_municipality", found="–")
    return town


def _with_children(places: gpd.GeoDataFrame) -> int:
    """Count the preschools whose record reports how many children or places they have."""
    names = [rules().columns[field] for field in ("places", "enrolled")]
    records = [plain_record(area_places.place_fields(details)) for details in places["details"]]
    return sum(any(cell(record, n) is not None for n in names) for record in records)
