"""Activities as the table an area keeps, and back. A cell that is empty or cannot be read is
unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, time
from functools import lru_cache
from typing import Any

import pandas as pd

from geo.area.activities.model import Activity, Times
from geo.area.activities.occurrences import read_rule
from geo.area.provenance import ACTIVITIES, no_activities

_YES_NO = {"yes": True, "no": False}
_VISITING = "visiting"


def to_table(activities: Iterable[Activity]) -> pd.DataFrame:
    """Return activities as ``Area.activities`` holds them: text, "" where nothing is known.

    ``times`` is a JSON list; organisers, languages and audiences are apart by semicolons; dates are
    ISO; ``details`` is a JSON record with ``visiting`` and what else was reported.
    """
    rows = [_row(activity) for activity in activities]
    return pd.DataFrame(rows, columns=list(ACTIVITIES), dtype=object) if rows else no_activities()


def from_table(frame: pd.DataFrame) -> tuple[Activity, ...]:
    """Return the activities of a table, in its order."""
    cells = [_cells(frame, column) for column in ACTIVITIES]
    return tuple(_activity(row) for row in zip(*cells, strict=True))


def times_text(times: tuple[Times, ...] | None) -> str:
    """Return times as a cell holds them; unknown is ""."""
    if times is None:
        return ""
    return json.dumps([_time_record(each) for each in times])


def read_times(text: str) -> tuple[Times, ...] | None:
    """Return the times of a cell, None where it is empty or cannot be read."""
    try:
        return tuple(_times(record) for record in json.loads(text)) if text else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _row(activity: Activity) -> dict[str, Any]:
    drop_in = {True: "yes", False: "no", None: ""}[activity.drop_in]
    return {
        "id": activity.id,
        "place": activity.place,
        "kind": activity.kind,
        "name": activity.name,
        "times": times_text(activity.times),
        "organisers": "; ".join(name.replace(";", ",") for name in activity.organisers),
        "languages": ";".join(activity.languages),
        "audience": ";".join(activity.audience),
        "cost": activity.cost,
        "drop_in": drop_in,
        "seats": "" if activity.seats is None else str(activity.seats),
        "contact": activity.contact,
        "source": activity.source,
        "confirmed": _iso(activity.confirmed),
        "valid_from": _iso(activity.valid_from),
        "valid_to": _iso(activity.valid_to),
        "demonstration": activity.demonstration,
        "details": _details(activity),
    }


def _cells(frame: pd.DataFrame, column: str) -> list[Any]:
    """Return a column's cells: texts, or whether it is invented."""
    cells = frame[column].tolist() if column in frame else [""] * len(frame)
    if column == "demonstration":
        return [bool(cell or False) for cell in cells]
    return [cell.strip() if isinstance(cell, str) else "" for cell in cells]


@lru_cache(maxsize=8192)
def _activity(row: tuple[Any, ...]) -> Activity:
    """Return one row's activity, ``row`` in the order of ``ACTIVITIES``. Kept: a change tried in a
    copy of an area reads all the other rows again.
    """
    cells = dict(zip(ACTIVITIES, row, strict=True))

    def said(name: str) -> str:
        text: str = cells[name]
        return text

    seats, record = said("seats"), _record(said("details"))
    return Activity(
        id=said("id"),
        place=said("place"),
        kind=said("kind"),
        name=said("name"),
        times=read_times(said("times")),
        organisers=_listed(said("organisers")),
        languages=_listed(said("languages")),
        audience=_listed(said("audience")),
        cost=said("cost"),
        drop_in=_YES_NO.get(said("drop_in")),
        seats=int(seats) if seats.isdecimal() else None,
        contact=said("contact"),
        source=said("source"),
        confirmed=_day(said("confirmed")),
        valid_from=_day(said("valid_from")),
        valid_to=_day(said("valid_to")),
        visiting=record.get(_VISITING) is True,
        demonstration=cells["demonstration"],
        told=tuple(
            (column, text)
            for column, text in record.items()
            if isinstance(text, str) and column != _VISITING
        ),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _details(activity: Activity) -> str:
    told = {column: text for column, text in activity.told if column != _VISITING}
    visiting = {_VISITING: True} if activity.visiting else {}
    return json.dumps({**visiting, **told}, ensure_ascii=False)


def _record(details: str) -> dict[str, Any]:
    try:
        record = json.loads(details or "{}")
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _time_record(times: Times) -> dict[str, Any]:
    record: dict[str, Any] = {
        "rrule": times.rrule,
        "first": times.first.isoformat(),
        "from": f"{times.start:%H:%M}",
        "to": f"{times.end:%H:%M}",
    }
    if times.season:
        record["season"] = list(times.season)
    if times.holidays:
        record["holidays"] = True
    if times.weeks_unknown:
        record["weeks_unknown"] = True
    if times.except_days:
        record["except"] = [day.isoformat() for day in times.except_days]
    return record


def _times(record: dict[str, Any]) -> Times:
    """Read one record; whatever is wrong with it raises."""
    rule = read_rule(record["rrule"])
    if rule is None:
        raise ValueError(record["rrule"])
    season = record.get("season")
    return Times(
        rrule=rule,
        first=date.fromisoformat(record["first"]),
        start=time.fromisoformat(record["from"]),
        end=time.fromisoformat(record["to"]),
        season=(str(season[0]), str(season[1])) if season else None,
        holidays=record.get("holidays") is True,
        except_days=tuple(date.fromisoformat(day) for day in record.get("except", ())),
        weeks_unknown=record.get("weeks_unknown") is True,
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
