"""Preschools over the internet: Stockholm's own list of its services, and for other municipalities
Skolverket's school unit register.

As documented, Skolverket's open register holds schools from preschool class upwards and no
preschools, and nobody has seen its code for them; it is asked all the same, so that they are used
the day they are there. Neither service reports how many children or places a preschool has: that
stays unknown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.area.provenance import PLACES, LeftOut, Source
from geo.cells import to_number, written
from geo.errors import InputError
from geo.sources.http import Line, Refused, Steps, address
from geo.types import SWEREF99_TM, WGS84, Progress

SERVICE = "Skolverket"
SKOLVERKET_URL = "https://api.skolverket.se/skolenhetsregistret"
TIMEOUT_S = 60.0
KIND = "preschool"
PRESCHOOL = "FS"
"""The national code of the school form preschool (SS 12000)."""
MOST_UNITS = 2000
STOCKHOLM = "Stockholms stad"
STOCKHOLM_CODE = "0180"
STOCKHOLM_URL = "https://apigw.stockholm.se/NoAuth/VirtualhittaserviceDMZ/Rest/serviceunits"
STOCKHOLM_CRS = "EPSG:3011"
STOCKHOLM_PRESCHOOL = "2"
"""The service type preschool in Stockholm's list."""
PAGE = 100
REGISTER = "Skolverket, Skolenhetsregistret v2"
LICENCES = {REGISTER: "CC0 1.0"}
_OWNERS = {"KOMMUN": "Kommunal", "ENSKILD": "Enskild", "REGION": "Region", "STAT": "Statlig"}


@dataclass(frozen=True, eq=False)
class Preschools:
    """Preschools as rows of ``Area.places``, and where they are from; units without a position are
    in the source's ``left_out``.
    """

    places: gpd.GeoDataFrame
    source: Source


def fetch_preschools(
    municipality: str, *, progress: Progress | None = None, timeout_s: float = TIMEOUT_S
) -> Preschools:
    """Fetch a municipality's preschools.

    ``NARHET_STOCKHOLM_URL`` and ``NARHET_SKOLVERKET_URL`` name other servers.

    Raises
    ------
    InputError ``no_preschools`` : neither service has any there.
    Offline, ServiceSlow, OnlineError ``service_answer`` : a service did not help; Cancelled.
    """
    steps = Steps(progress)
    steps.say("progress.fetch_preschools", 0.05)
    found = None
    if municipality == STOCKHOLM_CODE:
        found = _from_stockholm(Line(STOCKHOLM, timeout_s=timeout_s, check=steps.again), steps)
    if found is None:
        line = Line(SERVICE, timeout_s=timeout_s, check=steps.again)
        found = _from_register(line, municipality, steps)
    if found is None:
        raise InputError("no_preschools", found=municipality)
    return found


def _from_register(line: Line, municipality: str, steps: Steps) -> Preschools | None:
    """Ask Skolverket's register for units of the form preschool, and then each for its details."""
    url = f"{address('NARHET_SKOLVERKET_URL', SKOLVERKET_URL)}/v2/school-units"
    asked = {"municipality_code": municipality, "school_type": PRESCHOOL, "status": "AKTIV"}
    try:
        answer = line.json(url, asked)
    except Refused:
        return None  # it has no such form of school, or no such unit
    listed = _get(answer, "data", "attributes")
    if not isinstance(listed, list):
        raise line.unusable("unreadable_answer")
    codes = [written(_get(unit, "schoolUnitCode")) for unit in listed][:MOST_UNITS]
    units = []
    for number, code in enumerate(code for code in codes if code):
        steps.say("progress.fetch_preschools", 0.1 + 0.8 * number / len(codes))
        try:
            units.append(_unit(code, line.json(f"{url}/{code}", {})))
        except Refused:
            continue  # closed between the two questions
    units = [unit for unit in units if unit["is_preschool"]]
    if not units:
        return None
    day = written(_get(answer, "meta", "extractDate"))[:10]
    return _preschools(units, REGISTER, day)


def _unit(code: str, answer: Any) -> dict[str, Any]:
    about = _get(answer, "data", "attributes") or {}
    owner = _get(answer, "included", "attributes") or {}
    every = [one for one in about.get("addresses") or [] if isinstance(one, dict)]
    visits = [one for one in every if one.get("type") == "BESOKSADRESS"]
    # Only a visiting address is where the preschool is: mail may go to the owner's office.
    visited: Mapping[str, Any] = visits[0] if visits else {}
    return {
        "id": code,
        "name": written(about.get("schoolName") or about.get("displayName")),
        "address": written(visited.get("streetAddress")),
        "point": _point(visited.get("geoCoordinates") or {}),
        "is_preschool": PRESCHOOL in (about.get("schoolTypes") or [PRESCHOOL]),
        "details": {
            "skolenhetskod": code,
            "huvudman": _owner(owner.get("organizerType")),
            "huvudman_namn": written(owner.get("displayName")),
            "postnummer": written(visited.get("postalCode")),
            "ort": written(visited.get("locality")),
            "webb": written(about.get("url")),
        },
    }


def _point(given: Mapping[str, Any]) -> shapely.Point | None:
    """Return a position in WGS84: from SWEREF 99 TM where the register has it, else as stated."""
    east, north = (
        to_number(given.get("coordinateSweRefE")),
        to_number(given.get("coordinateSweRefN")),
    )
    if east and north:
        return gpd.GeoSeries([shapely.Point(east, north)], crs=SWEREF99_TM).to_crs(WGS84).iloc[0]
    lat, lon = to_number(given.get("latitude")), to_number(given.get("longitude"))
    return shapely.Point(lon, lat) if lat and lon else None


def _from_stockholm(line: Line, steps: Steps) -> Preschools | None:
    """Ask Stockholm's list of services for preschools, a hundred at a time."""
    units: list[dict[str, Any]] = []
    for page in range(MOST_UNITS // PAGE):
        steps.say("progress.fetch_preschools", min(0.9, 0.1 + page / 10))
        asked = {
            "filter[servicetype.id]": STOCKHOLM_PRESCHOOL,
            "page[limit]": str(PAGE),
            "page[offset]": str(len(units)),
        }
        try:
            answer = line.json(address("NARHET_STOCKHOLM_URL", STOCKHOLM_URL), asked)
        except Refused:
            return None
        listed = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise line.unusable("unreadable_answer")
        known = {unit["id"] for unit in units}
        fresh = [unit for unit in map(_service, listed) if unit["id"] not in known]
        units += fresh
        total = _get(answer, "meta", "totalCount")
        if not fresh or (isinstance(total, int) and len(units) >= total):
            break
    return _preschools(units, "Stockholms stad, Hitta service", "") if units else None


def _service(listed: Mapping[str, Any]) -> dict[str, Any]:
    number = written(listed.get("id"))
    place = _get(listed, "attributes", "location")
    east, north = (to_number(_get(place, name)) for name in ("east", "north"))
    point = None
    if east and north:
        there = gpd.GeoSeries([shapely.Point(east, north)], crs=STOCKHOLM_CRS)
        point = there.to_crs(WGS84).iloc[0]
    return {
        "id": number,
        "name": written(_get(listed, "attributes", "name")),
        "address": "",
        "point": point,
        "details": {"stockholm_id": number},
    }


def _preschools(units: list[dict[str, Any]], title: str, day: str) -> Preschools:
    placed = [(row, unit) for row, unit in enumerate(units, 1) if unit["point"] is not None]
    lost = tuple(
        LeftOut(row, "no_position", {"found": unit["name"] or unit["id"]})
        for row, unit in enumerate(units, 1)
        if unit["point"] is None
    )
    frame = pd.DataFrame(
        {
            "id": [f"{KIND}-{unit['id'] or row}" for row, unit in placed],
            "name": [" ".join(unit["name"].split()) for _, unit in placed],
            "kind": KIND,
            "address": [unit["address"] for _, unit in placed],
            "district": "",
            "source": title,
            "demonstration": False,
            "details": [_json(unit["details"]) for _, unit in placed],
        },
        index=[row for row, _ in placed],
        columns=list(PLACES),
    )
    shapes = [unit["point"] for _, unit in placed]
    places = gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)
    source = Source(
        KIND, title, LICENCES.get(title, ""), day, "fetched", rows=len(units), left_out=lost
    )
    return Preschools(places, source)


def _json(details: Mapping[str, str]) -> str:
    """Return what is known as a JSON record; what is not is left out, not made up."""
    return json.dumps({name: text for name, text in details.items() if text}, ensure_ascii=False)


def _owner(code: Any) -> str:
    return _OWNERS.get(written(code).upper(), written(code).capitalize())


def _get(answer: Any, *names: str) -> Any:
    for name in names:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer
