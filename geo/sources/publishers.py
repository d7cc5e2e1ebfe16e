"""Who published a file, on what terms and from when, as far as the file gives it away: what it
states of itself, the columns it has, the codes in them. Never a guess: a licence is the file's own
or the publisher's published terms, a date stands in the file, and what is not known is unknown.
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from geo.resources import DATA
from geo.sources.osm.features import LICENCE as OSM_LICENCE

HEAD_BYTES = 262_144
"""How much of a file is looked at: its head and its first rows."""
_TEXT = (".geojson", ".json", ".csv", ".tsv", ".txt", ".osm", ".xml", ".kml")
_LICENCE = ("license", "licence", "licens")
_DATE = ("date", "datum", "timestamp", "updated", "uppdaterad", "generated", "timestamp_osm_base")
_TITLE = ("attribution", "källa", "copyright")
_DAY = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True)
class Published:
    """What a file gives away of where it is from; "" is unknown."""

    title: str = ""
    licence: str = ""
    date: str = ""

    def title_of(self, file: Path) -> str:
        """Return what a source is called that was read of the file: publisher and file name."""
        return f"{self.title} ({file.name})" if self.title else file.name


def published(path: Path, columns: Iterable[str] = ()) -> Published:
    """Return what a file gives away of who published it, on what terms and from when.

    Parameters
    ----------
    columns : names of columns that were read of it; a year in one (``pop_2025``) is the date of
        what it holds.
    """
    head = _head(path)
    stated = _stated(head)
    names = {name.lower() for name in (*_names(head), *columns)}
    found = [each for each in _known() if _fits(each, head, names, stated)]
    first = _first_of_each(found)
    known = Published()
    if first:
        licences = [str(each.get("licence", "")) for each in first]
        known = Published(
            " + ".join(dict.fromkeys(str(each["title"]) for each in first)),
            " + ".join(dict.fromkeys(licences)) if all(licences) else "",
        )
    told = Published(
        known.title or _of(stated, _TITLE),
        _of(stated, _LICENCE) or known.licence,
        _day(_of(stated, _DATE)) or _year(columns),
    )
    if "openstreetmap" in told.title.lower() and not told.licence:
        told = replace(told, licence=OSM_LICENCE)
    return told


def _head(path: Path) -> str:
    """Return the beginning of a text file; "" where it is none."""
    name = path.name.lower()
    packed = name.endswith(".gz")
    if not name.removesuffix(".gz").endswith(_TEXT):
        return ""
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            raw = file.read(HEAD_BYTES)
    except (OSError, EOFError):
        return ""
    try:
        return raw.decode("utf-8-sig", errors="strict" if len(raw) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _stated(head: str) -> dict[str, str]:
    """Return what a GeoJSON file says of itself beside its features."""
    if not head.lstrip().startswith("{"):
        return {}
    before = re.split(r'"(?:features|elements)"\s*:', head, maxsplit=1)[0]
    pairs = re.findall(r'"(\w+)"\s*:\s*("(?:[^"\\]|\\.)*")', before)
    stated: dict[str, str] = {}
    for name, value in pairs:  # the first: a coordinate system has a name of its own
        with suppress(ValueError):
            stated.setdefault(name.lower(), str(json.loads(value))[:200])
    return stated


def _names(head: str) -> Iterable[str]:
    """Return the names of properties or columns."""
    if head.lstrip().startswith("{"):
        return re.findall(r'"(\w+)"\s*:', head)
    line = next((line for line in head.splitlines() if line.count(";") + line.count(",") > 0), "")
    return [cell.strip().strip('"') for cell in re.split(r"[;,\t]", line)]


@cache
def _known() -> tuple[dict[str, Any], ...]:
    with (DATA / "publishers.toml").open("rb") as file:
        return tuple(tomllib.load(file)["publisher"])


def _fits(each: dict[str, Any], head: str, names: set[str], stated: dict[str, str]) -> bool:
    if not set(each.get("columns_all", ())) <= names:
        return False
    if "columns_any" in each and not set(each["columns_any"]) & names:
        return False
    if "values" in each and not re.search(each["values"], head):
        return False
    return "collection" not in each or bool(re.search(each["collection"], stated.get("name", "")))


def _first_of_each(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries, one per publisher: a file of DeSO often names its RegSO as well."""
    by_name: dict[str, dict[str, Any]] = {}
    for each in found:
        by_name.setdefault(str(each["title"]).split(",")[0], each)
    return list(by_name.values())


def _of(stated: dict[str, str], names: Iterable[str]) -> str:
    return next((stated[name].strip() for name in names if stated.get(name, "").strip()), "")


def _day(text: str) -> str:
    found = _DAY.search(text)
    return found[0] if found else text if _YEAR.fullmatch(text) else ""


def _year(columns: Iterable[str]) -> str:
    years = [year for column in columns for year in _YEAR.findall(column)]
    return max(years, default="")
