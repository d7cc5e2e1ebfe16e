"""Reading a package of Open Referral's HSDS 3: its services as rows of places, and its schedules as
rows of activities.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.area.activities.model import Times
from geo.sources.files.opening import Opened
from geo.sources.files.records import MOST_ROWS, Answer

PACKAGE = "datapackage.json"
PROFILE = "tabular-data-package"
OWN_IDS = "narhet-place"
"""The ``external_identifier_type`` of locations whose external identifier is a place's id here."""
KINDS_TAXONOMY = "narhet-kinds"
"""The taxonomy whose terms are our kinds of places and activities."""
FIELDS = {
    "organizations": ("id", "name", "description", "email", "website"),
    "services": (
        *("id", "organization_id", "name", "description", "url", "email", "status"),
        *("fees_description", "eligibility_description", "assured_date"),
    ),
    "locations": (
        *("id", "location_type", "name", "description", "latitude", "longitude"),
        *("external_identifier", "external_identifier_type"),
    ),
    "service_at_location": ("id", "service_id", "location_id", "description"),
    "addresses": (
        *("id", "location_id", "address_1", "city", "state_province", "postal_code", "country"),
        "address_type",
    ),
    "phones": ("id", "service_id", "location_id", "number"),
    "schedules": (
        *("id", "service_id", "location_id", "service_at_location_id", "valid_from", "valid_to"),
        *("dtstart", "timezone", "until", "wkst", "freq", "interval", "byday", "byweekno"),
        *("bymonthday", "opens_at", "closes_at", "notes"),
    ),
    "languages": ("id", "service_id", "name", "code"),
    "taxonomy_terms": ("id", "code", "name", "description", "taxonomy"),
    "attributes": ("id", "link_id", "link_entity", "taxonomy_term_id"),
}
"""The tables that we write, with their fields by the names of the specification."""


def notes_of(times: Times) -> str:
    """Return what HSDS has no field for: season, exceptions, public holidays, unknown weeks."""
    parts = [f"season={'/'.join(times.season)}"] if times.season else []
    parts += [f"except={day.isoformat()}" for day in times.except_days]
    parts += ["holidays=yes"] if times.holidays else []
    parts += ["weeks=unknown"] if times.weeks_unknown else []
    return "; ".join(parts)


def read_tables(file: Opened) -> dict[str, list[dict[str, str]]]:
    """Return the tables of an opened package: rows by their ``id``'s table.

    Raises
    ------
    FileFormat : a table is broken, or has more rows than a table may.
    """
    found: dict[str, list[dict[str, str]]] = {}
    for name in FIELDS:
        path = file.path.parent / f"{name}.csv"
        if not path.exists():
            found[name] = []
            continue
        try:
            text = path.read_bytes().decode("utf-8-sig")
            rows = [dict(row) for row in csv.DictReader(io.StringIO(text))]
        except (UnicodeDecodeError, csv.Error) as error:
            raise file.broken() from error
        if len(rows) > MOST_ROWS:
            raise file.broken("too_many_rows", found=len(rows), limit=MOST_ROWS)
        found[name] = [{str(key): str(cell or "") for key, cell in row.items()} for row in rows]
    return found


def places_of(tables: Mapping[str, list[dict[str, str]]]) -> Answer:
    """Return a row a location, with its address and what its services say."""
    services = {row.get("id", ""): row for row in tables["services"]}
    held = _grouped(tables["service_at_location"], "location_id")
    addresses = {row.get("location_id", ""): row for row in tables["addresses"]}
    phones = {row.get("service_id", ""): row for row in tables["phones"]}
    kinds = _kinds(tables)
    organizations = {row.get("id", ""): row for row in tables["organizations"]}
    rows = []
    for location in tables["locations"]:
        own = [services[each["service_id"]] for each in held.get(location.get("id", ""), [])
               if each.get("service_id") in services]  # fmt: skip
        if location.get("location_type", "physical") != "physical":
            continue
        address = addresses.get(location.get("id", ""), {})
        first = own[0] if own else {}
        organization = organizations.get(first.get("organization_id", ""), {})
        kind = _place_kind(own, kinds)
        alive = [each for each in own if each.get("status", "active") == "active"]
        phone = next((phones[each["id"]]["number"] for each in own if each["id"] in phones), "")
        rows.append(
            {
                "id": _place_id(location, kind),
                "name": location.get("name") or first.get("name", ""),
                "kind": kind,
                "address": address.get("address_1", "") or location.get("description", ""),
                "postcode": address.get("postal_code", ""),
                "city": address.get("city", ""),
                "lat": location.get("latitude", ""),
                "lon": location.get("longitude", ""),
                "status": "" if alive or not own else own[0].get("status", ""),
                "email": next((each["email"] for each in own if each.get("email")), ""),
                "phone": phone,
                "url": next((each["url"] for each in own if each.get("url")), ""),
                "operator": organization.get("name", ""),
                "services": ", ".join(dict.fromkeys(each.get("name", "") for each in own)),
            }
        )
    return Answer([{key: cell or None for key, cell in row.items()} for row in rows], "HSDS")


def activities_of(tables: Mapping[str, list[dict[str, str]]]) -> pd.DataFrame:
    """Return a row a schedule of a service at a location, by our names of the columns; a service
    without a schedule, whose hours are unknown, is a row too where it has a kind of activity.
    """
    locations = {row.get("id", ""): row for row in tables["locations"]}
    organizations = {row.get("id", ""): row for row in tables["organizations"]}
    services = {row.get("id", ""): row for row in tables["services"]}
    spoken = _grouped(tables["languages"], "service_id")
    kinds = _kinds(tables)
    by_at = _grouped(tables["schedules"], "service_at_location_id")
    by_service = _grouped(
        [row for row in tables["schedules"] if not row.get("service_at_location_id")], "service_id"
    )
    rows = []
    for at in tables["service_at_location"]:
        service = services.get(at.get("service_id", ""), {})
        location = locations.get(at.get("location_id", ""), {})
        if not service or not location or service.get("status", "active") != "active":
            continue
        told = kinds.get(service["id"], [])
        place_kind = _place_kind([service], kinds)
        schedules = by_at.get(at.get("id", ""), []) or by_service.get(service["id"], [])
        if not schedules and len(told) < 2:
            continue  # a place of its kind, with nothing told of when
        place = _place_id(location, place_kind)
        external = location.get("external_identifier_type") == OWN_IDS
        own = location.get("external_identifier", "") if external else f"{place_kind}-{place}"
        organization = organizations.get(service.get("organization_id", ""), {})
        row: dict[str, Any] = {
            "id": service["id"],
            "place": own if place_kind else location.get("name", ""),
            "activity": service.get("name", ""),
            "kind": told[0] if told else "",
            "organisers": organization.get("name", ""),
            "languages": ", ".join(each.get("code", "") or each.get("name", "")
                               for each in spoken.get(service["id"], [])),
            "cost": service.get("fees_description", ""),
            "audience": service.get("eligibility_description", ""),
            "contact": service.get("email", ""),
            "source": service.get("url", ""),
            "confirmed": service.get("assured_date", ""),
        }  # fmt: skip
        rows += [{**row, **_hours(schedule)} for schedule in schedules] or [row]
    frame = pd.DataFrame(rows, dtype=object)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame.where(frame.notna(), None)


def _hours(schedule: Mapping[str, str]) -> dict[str, str]:
    """Return a schedule by our names of the columns."""
    told = [part.strip() for part in schedule.get("notes", "").split(";")]
    said = [part.split("=", 1) for part in told if "=" in part]
    season = next((value.replace("/", "–") for name, value in said if name == "season"), "")
    rule = [f"FREQ={schedule.get('freq') or 'WEEKLY'}"]
    if schedule.get("byweekno"):
        rule = ["FREQ=YEARLY", f"BYWEEKNO={schedule['byweekno']}"]
    elif schedule.get("interval", "1") not in ("", "1"):
        rule.append(f"INTERVAL={schedule['interval']}")
    rule += [f"BYDAY={schedule['byday']}"] if schedule.get("byday") else []
    rule += [f"BYMONTHDAY={schedule['bymonthday']}"] if schedule.get("bymonthday") else []
    return {
        "rrule": ";".join(rule),
        "from": schedule.get("opens_at", "")[:5],
        "to": schedule.get("closes_at", "")[:5],
        "first day": schedule.get("dtstart", "")[:10],
        "valid from": schedule.get("valid_from", ""),
        "valid to": schedule.get("valid_to", ""),
        "season": season,
        "except": ", ".join(value for name, value in said if name == "except"),
        "holidays": next((("yes" if value == "yes" else value) for name, value in said
                           if name == "holidays"), ""),
    }  # fmt: skip


def _place_id(location: Mapping[str, str], kind: str) -> str:
    """Return the id of a place: our own without its kind, else the package's."""
    if location.get("external_identifier_type") == OWN_IDS:
        return location.get("external_identifier", "").removeprefix(f"{kind}-")
    return location.get("id", "")


def _place_kind(services: list[dict[str, str]], kinds: Mapping[str, list[str]]) -> str:
    """Return the kind of the place that services are at: of an activity's two the second."""
    for service in services:
        told = kinds.get(service.get("id", ""), [])
        if told:
            return told[-1]
    return ""


def _kinds(tables: Mapping[str, list[dict[str, str]]]) -> dict[str, list[str]]:
    terms = {row.get("id", ""): row.get("code") or row.get("name", "")
             for row in tables["taxonomy_terms"]}  # fmt: skip
    found: dict[str, list[str]] = {}
    for row in tables["attributes"]:
        code = terms.get(row.get("taxonomy_term_id", ""), "")
        if code:
            found.setdefault(row.get("link_id", ""), []).append(code)
    return found


def _grouped(rows: list[dict[str, str]], column: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row.get(column, ""), []).append(row)
    return found
