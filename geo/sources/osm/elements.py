"""The elements of an OpenStreetMap file, whichever way it was written: XML as a server or an editor
saves it, or the JSON that Overpass answers with.

An editor keeps what was deleted, and an extract that is cut by a box lacks the nodes beyond it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import count, groupby
from pathlib import Path
from typing import IO, Any

from osmnx._osm_xml import _overpass_json_from_xml

Element = dict[str, Any]


def read_elements(path: Path, unpacked: IO[bytes]) -> list[Element]:
    """Return nodes, ways and relations as Overpass has them; ``unpacked`` is the file's content."""
    begins = unpacked.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    unpacked.seek(0)
    if begins.startswith(b"{"):
        found = with_nodes(json.load(unpacked)["elements"])
    else:
        found = _overpass_json_from_xml(path, "utf-8")["elements"]
    return whole(element for element in found if not _is_gone(element))


def whole(elements: Iterable[Element]) -> list[Element]:
    """Return elements whose ways have all their nodes: a way keeps the stretches between missing
    ones, each as a way with a number of its own.
    """
    every = list(elements)
    known = {each["id"] for each in every if each["type"] == "node" and "lat" in each}
    numbers = count(1 + max((each["id"] for each in every), default=0))
    kept = []
    for each in every:
        if each["type"] != "way":
            kept.append(each)
            continue
        for at, run in enumerate(_runs(each.get("nodes", []), known)):
            number = each["id"] if at == 0 else next(numbers)
            kept.append({**each, "id": number, "nodes": run, "tags": {**each.get("tags", {})}})
    return kept


def with_nodes(elements: list[Element]) -> list[Element]:
    """Return elements with the nodes that an answer with geometry (``out geom``) leaves out, and
    the ways that only its relations hold.
    """
    fresh = count(-1, -1)
    spots: dict[tuple[float, float], int] = {}
    made: list[Element] = []
    given = {each["id"] for each in elements if each["type"] == "node"}
    ways = {each["id"] for each in elements if each["type"] == "way"}

    def node(point: dict[str, float] | None, number: int | None) -> int:
        if point is None:
            return next(fresh)  # beyond the box: a node that nobody has
        at = (float(point["lon"]), float(point["lat"]))
        if number is None:
            number = spots.setdefault(at, next(fresh))
        if number not in given:
            given.add(number)
            made.append({"type": "node", "id": number, "lon": at[0], "lat": at[1], "tags": {}})
        return number

    def nodes(drawn: list[dict[str, float] | None], numbers: list[int]) -> list[int]:
        same = len(numbers) == len(drawn)
        return [node(point, numbers[at] if same else None) for at, point in enumerate(drawn)]

    kept = []
    for each in elements:
        each = {"tags": {}, **each}
        if each["type"] == "way" and "geometry" in each:
            each["nodes"] = nodes(each.pop("geometry"), each.get("nodes", []))
        for member in each.get("members", ()):
            if member["type"] == "way" and "geometry" in member and member["ref"] not in ways:
                ways.add(member["ref"])
                drawn = nodes(member["geometry"], [])
                made.append({"type": "way", "id": member["ref"], "nodes": drawn, "tags": {}})
        kept.append(each)
    return [*made, *kept]


def _is_gone(element: Element) -> bool:
    return element.get("action") == "delete" or element.get("visible") in ("false", False)


def _runs(nodes: list[int], known: set[int]) -> Iterator[list[int]]:
    """Yield the stretches of two and more known nodes in a row."""
    for there, run in groupby(nodes, lambda node: node in known):
        stretch = list(run)
        if there and len(stretch) > 1:
            yield stretch
