"""Places by what a file calls them: their id, or else their name. Knows nothing of activities."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from geo.restricted import in_the_open
from geo.sources.cells import plain


@dataclass(frozen=True)
class Found:
    """The place a text means; "" where none does or several do, which ``names`` then lists."""

    id: str = ""
    names: tuple[str, ...] = ()


class Places:
    """The places of an area that may be found by name: no protected housing is among them."""

    def __init__(self, places: gpd.GeoDataFrame) -> None:
        there = in_the_open(places)
        ids, names = ([str(cell) for cell in there[column]] for column in ("id", "name"))
        kinds = [str(cell) for cell in there["kind"]]
        self.kinds = dict(zip(ids, kinds, strict=True))
        self.names = dict(zip(ids, names, strict=True))
        self._exact: dict[str, list[str]] = {}
        self._plain: dict[str, list[str]] = {}
        for place, name in self.names.items():
            self._exact.setdefault(name, []).append(place)
            self._plain.setdefault(plain(name), []).append(place)

    def find(self, text: str) -> Found:
        """Return the place with an id, else with a name: as written before without case, spaces and
        punctuation.
        """
        wanted = text.strip()
        if wanted in self.names:
            return Found(wanted)
        key = plain(wanted)
        hits = self._exact.get(wanted) or (self._plain.get(key, []) if key else [])
        if len(hits) == 1:
            return Found(hits[0])
        return Found("", tuple(f"{self.names[hit]} ({hit})" for hit in hits))
