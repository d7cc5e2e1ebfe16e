"""Open Referral's Human Services Data Specification 3 (HSDS): an area's services as a tabular data
package, with organisations, places and schedules, as directories of services exchange them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from geo import presets
from geo.area import languages, protected
from geo.area.activities.derived import activities_of
from geo.area.activities.model import Activity, Times, activity_kinds, counted
from geo.area.model import Area
from geo.area.record_fields import place_fields, plain_record
from geo.cells import written
from geo.output.files.formats import unformula
from geo.sources.files.field_names import fields
from geo.sources.files.hsds import (
    FIELDS,
    KINDS_TAXONOMY,
    OWN_IDS,
    PACKAGE,
    PROFILE,
    notes_of,
)
from geo.sources.files.row_kinds import listed

_NUMBERS = frozenset({"latitude", "longitude", "number"})
_SPACE = uuid.UUID("6f1d9a52-1c1e-5d0b-9f53-6b3b5b9f7a10")
"""Ids of the package are made in it, so that the same place has the same id in each package."""
_POSTCODE = re.compile(r"(?P<street>.+?),?\s+(?P<code>\d{3}\s?\d{2})\s+(?P<city>[^\d,]{2,60})")
_PHONE = re.compile(r"[+\d][\d\s()/-]{5,20}")


def to_hsds(area: Area, today: date) -> bytes:
    """Return the services of an area as a zip with a table a file and ``datapackage.json``.

    Each activity is a service with its schedules; a place without any is a service of its kind.
    Transitional housing is no service, and never in it; a contact is in it as mail or number alone,
    so that no private person is named.
    """
    tables: dict[str, dict[str, dict[str, str]]] = {name: {} for name in FIELDS}
    places = protected.in_the_open(area.places)
    places = places[places["kind"] != protected.HOUSING]
    county = listed()["counties"].get(_county(area), "")
    by_place: dict[str, list[Activity]] = {}
    for activity in counted(activities_of(area), today):
        by_place.setdefault(activity.place, []).append(activity)
    for record, point in zip(places.to_dict("records"), places.geometry, strict=True):
        told = plain_record(place_fields(str(record["details"])))
        own = str(record["id"])
        location = _id("location", own)
        _put(
            tables, "locations", id=location, location_type="physical", name=str(record["name"]),
            latitude=f"{point.y:.6f}", longitude=f"{point.x:.6f}", external_identifier=own,
            external_identifier_type=OWN_IDS,
        )  # fmt: skip
        _address(tables, location, str(record["address"]), county)
        kind = str(record["kind"])
        owner = _first(told, "operator") or str(record["name"]) or presets.kind(kind).name("sv")
        held = by_place.get(own, [])
        for activity in held:
            _activity(tables, activity, location, owner, kind)
        if not held:
            service = _service(
                tables,
                own,
                owner,
                (kind,),
                name=str(record["name"]) or presets.kind(kind).name("sv"),
                email=_mail(_first(told, "email")),
                url=_first(told, "url"),
                description=_first(told, "note"),
            )
            _phone(tables, service, _first(told, "phone"))
            _at(tables, service, location)
    return _packed(tables)


def count(content: bytes) -> tuple[int, int]:
    """Return how many services and places a package holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        there = set(archive.namelist())
        lines = [
            archive.read(name).count(b"\n") - 1 if name in there else 0
            for name in ("services.csv", "locations.csv")
        ]
    return lines[0], lines[1]


def _county(area: Area) -> str:
    """Return the code of the county that most of the area's residents live in, "" for unknown."""
    units = area.people["unit"].astype(str).str[:2] if len(area.people) else ()
    found = [unit for unit in units if unit in listed()["counties"]]
    return max(set(found), key=found.count) if found else ""


def _activity(tables: Any, activity: Activity, location: str, owner: str, place_kind: str) -> None:
    kind = activity_kinds().get(activity.kind)
    service = _service(
        tables,
        f"activity {activity.id} {activity.place}",
        ", ".join(activity.organisers) or owner,
        (activity.kind, place_kind),
        name=activity.name or (kind.name("sv") if kind else activity.kind),
        email=_mail(activity.contact),
        url=activity.source if activity.source.startswith("http") else "",
        fees_description=activity.cost,
        assured_date=activity.confirmed.isoformat() if activity.confirmed else "",
        eligibility_description=", ".join(activity.audience),
    )
    _phone(tables, service, activity.contact)
    at = _at(tables, service, location)
    for code in activity.languages:
        own = _id("language", f"{service} {code}")
        name = languages.name(code, "sv")
        _put(tables, "languages", id=own, service_id=service, name=name, code=code)
    for number, times in enumerate(activity.times or ()):
        _schedule(tables, service, at, f"{service} {number}", times, activity)


def _schedule(
    tables: Any, service: str, at: str, own: str, times: Times, activity: Activity
) -> None:
    rule = dict(part.split("=", 1) for part in times.rrule.split(";") if "=" in part)
    weekly = rule.get("FREQ") == "YEARLY" and "BYWEEKNO" in rule
    _put(
        tables, "schedules", id=_id("schedule", own), service_id=service,
        service_at_location_id=at,
        valid_from=activity.valid_from.isoformat() if activity.valid_from else "",
        valid_to=activity.valid_to.isoformat() if activity.valid_to else "",
        dtstart=times.first.isoformat(), timezone="1", wkst="MO",
        freq="WEEKLY" if weekly or rule.get("FREQ") not in ("MONTHLY",) else "MONTHLY",
        interval=rule.get("INTERVAL", "1"), byday=rule.get("BYDAY", ""),
        byweekno=rule.get("BYWEEKNO", ""), bymonthday=rule.get("BYMONTHDAY", ""),
        opens_at=times.start.isoformat("seconds"), closes_at=times.end.isoformat("seconds"),
        notes=notes_of(times),
    )  # fmt: skip


def _service(tables: Any, own: str, organiser: str, kinds: tuple[str, ...], **cells: str) -> str:
    organization = _id("organization", organiser)
    _put(tables, "organizations", id=organization, name=organiser, description=organiser)
    service = _id("service", own)
    about = {"id": service, "organization_id": organization, "status": "active"}
    _put(tables, "services", **about, **cells)
    for code in dict.fromkeys(filter(None, kinds)):
        term = _id("term", code)
        _put(
            tables, "taxonomy_terms", id=term, code=code, name=code, description=code,
            taxonomy=KINDS_TAXONOMY,
        )  # fmt: skip
        _put(
            tables, "attributes", id=_id("attribute", f"{service} {code}"), link_id=service,
            link_entity="service", taxonomy_term_id=term,
        )  # fmt: skip
    return service


def _at(tables: Any, service: str, location: str) -> str:
    own = _id("at", f"{service} {location}")
    _put(tables, "service_at_location", id=own, service_id=service, location_id=location)
    return own


def _address(tables: Any, location: str, address: str, county: str) -> None:
    """Put an address where all that the specification requires of one is known."""
    match = _POSTCODE.fullmatch(address)
    if match is None or not county:
        if address:
            tables["locations"][location]["description"] = address
        return
    _put(
        tables, "addresses", id=_id("address", location), location_id=location,
        address_1=match["street"], city=match["city"].strip(), state_province=county,
        postal_code=match["code"], country="SE", address_type="physical",
    )  # fmt: skip


def _phone(tables: Any, service: str, told: str) -> None:
    match = _PHONE.search(told)
    if match is not None:
        own = _id("phone", f"{service} {match[0]}")
        _put(tables, "phones", id=own, number=match[0].strip(), service_id=service)


def _mail(told: str) -> str:
    match = re.search(r"[^@\s,;]+@[^@\s,;]+\.[a-z]{2,}", told, re.IGNORECASE)
    return match[0] if match else ""


def _first(told: Mapping[str, Any], field: str) -> str:
    return next((written(told[name]) for name in fields()[field].names if told.get(name)), "")


def _id(sort: str, own: str) -> str:
    return str(uuid.uuid5(_SPACE, f"{sort} {own}"))


def _put(tables: Any, table: str, **cells: str) -> None:
    tables[table][cells["id"]] = cells


def _packed(tables: Mapping[str, Mapping[str, Mapping[str, str]]]) -> bytes:
    stream = io.BytesIO()
    filled = {name: rows for name, rows in tables.items() if rows}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_dated(PACKAGE), json.dumps(_package(filled), indent=1))
        for name, rows in filled.items():
            archive.writestr(_dated(f"{name}.csv"), _table(FIELDS[name], rows.values()))
    return stream.getvalue()


def _dated(name: str) -> zipfile.ZipInfo:
    """Return a member with a fixed day, so that the same services are the same bytes."""
    member = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _table(fields: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = list(fields)
    writer.writerow(names)
    for row in rows:
        cells = {name: row.get(name, "") for name in names}
        writer.writerow(
            [each if name in _NUMBERS else unformula(each) for name, each in cells.items()]
        )
    return stream.getvalue()


def _package(tables: Iterable[str]) -> dict[str, Any]:
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "profile": "tabular-data-resource",
            "schema": {
                "fields": [{"name": each, "type": "string"} for each in FIELDS[name]],
                "primaryKey": "id",
            },
        }
        for name in tables
    ]
    return {"name": "human_services_data", "profile": PROFILE, "resources": resources}
