"""A point in an area by what a person calls it: coordinates, an address, or the name of a place, a
station, a housing or a district; and where about a text says that something is. Nothing is asked
outside the area, and protected housing is never found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geo import texts
from geo.area import protected
from geo.area.model import Area
from geo.area.people import RESIDENTS
from geo.area.protected import HOUSING
from geo.cells import read_point
from geo.errors import InputError
from geo.ingest.geocoding.gazetteer import Gazetteer, gazetteer
from geo.ingest.geocoding.match import SAME_SPOT_M, Match, Wanted, find
from geo.ingest.geocoding.parse import folded
from geo.types import WGS84

STATION, DISTRICT, PLACE = "station", "district", "place"
POINT, ADDRESS = "point", "address"
MOST = 8
NEAR = "near"
"""The grade and reason of a match that only says where about (a key under ``unplaced.``)."""
ABOUT = 40.0
"""Its score."""
SHORTEST = 4
"""Letters a landmark's name has at least, to be looked for in a text."""
_NUMBERS = re.compile(r"(?:(?:[-+\d.]+|nan|inf)[,;\s]*)+", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+(?:[:-][^\W_]+)*")


@dataclass(frozen=True)
class Landmark:
    """Something with a name: ``what`` is ``transitional_housing``, ``station``, ``district`` or
    ``place``; ``words`` are those of its name, folded.
    """

    name: str
    what: str
    point: shapely.Point
    words: tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """A point that words name (WGS84). ``how``: ``point``, ``address`` or what the landmark is.
    ``certain``: it may be used as it is; else it is a suggestion.
    """

    lon: float
    lat: float
    said: str
    how: str
    certain: bool = True

    def named(self, language: str) -> str:
        """Return where it is in words: "vid stationen Vällingby"; an address as it is written."""
        key = f"near.{self.how}"
        if key not in texts.catalogue(language):
            return self.said
        return texts.text(key, language, name=self.said)

    @property
    def about(self) -> bool:
        """Whether it stands for a whole district, and so is approximate."""
        return self.how == DISTRICT


@dataclass(frozen=True, eq=False)
class Finder:
    """Finds points in one area; make it once per area, since it reads all addresses and names."""

    area: Area

    @cached_property
    def known(self) -> Gazetteer:
        """The addresses and named buildings."""
        return gazetteer(self.area)

    @cached_property
    def landmarks(self) -> tuple[Landmark, ...]:
        """The housing, stations, districts and places with a name, in that order."""
        found = [*_places(self.area), *_districts(self.area)]
        ranks = (HOUSING, STATION, DISTRICT, PLACE)
        return tuple(sorted(found, key=lambda each: ranks.index(each.what)))

    def spots(self, words: str) -> list[Spot]:
        """Return the points that words may name, the likeliest first; at most ``MOST``."""
        at = _written_point(words)
        if at is not None:
            return [at]
        if not words.strip():
            return []
        match = find(self.known, Wanted(name=words, address=words))
        certain = match.certain and match.point is not None
        by_address = [_of_match(match)] if match.point is not None else []
        named = self._named(words)
        return _once([*(by_address if certain else []), *named, *by_address])[:MOST]

    def spot(self, words: str) -> Spot:
        """Return the point that words name.

        Raises
        ------
        InputError ``point_unknown`` : nothing is called so; with what is like it.
        InputError ``point_ambiguous`` : several are, and lie apart.
        InputError ``point_outside``, ``bad_point`` : coordinates not of this area, or none.
        """
        found = self.spots(words)
        if found and found[0].how == POINT:
            check_near(self.area, found[0].lon, found[0].lat)
            return found[0]
        sure = [each for each in found if each.certain]
        if not sure:
            like = ", ".join(dict.fromkeys(each.said for each in found[:3])) or "–"
            raise InputError("point_unknown", found=words[:80], nearest=like)
        first = [each for each in sure if folded(each.said) == folded(words)] or sure
        first = [each for each in first if not each.about] or first
        if any(_metres(each, first[0]) > SAME_SPOT_M for each in first[1:]):
            known = ", ".join(dict.fromkeys(each.said for each in first))
            raise InputError("point_ambiguous", found=words[:80], known=known)
        return first[0]

    def about(self, said: Iterable[str]) -> Match:
        """Return where about the first of some texts that names a landmark says that something is;
        the longest name counts, of equal ones the housing, the station, the district, the place.
        """
        for text in said:
            hit = self._within(text)
            if hit is not None:
                return Match(
                    "", ABOUT, NEAR, hit.point, hit.name, "", NEAR, near=hit.what, words=text
                )
        return Match(reason="no_address")

    def name_at(self, lon: float, lat: float, language: str) -> str:
        """Return what a person calls a point: the address or place it is near, else the district it
        is in.
        """
        here = Spot(lon, lat, "", POINT)
        known = self.known
        near = [
            (_metres(here, Spot(point.x, point.y, "", POINT)), entry.written)
            for entry, point in zip(known.entries, known.points, strict=True)
            if entry.written
            and abs(point.y - lat) < NEAR_DEGREES
            and abs(point.x - lon) < 3 * NEAR_DEGREES
        ]
        best = min(near, default=(np.inf, ""))
        if best[0] <= SAME_SPOT_M:
            return texts.text("near.close", language, name=best[1])
        spot = shapely.Point(lon, lat)
        shapes = self.area.districts.to_crs(WGS84) if len(self.area.districts) else None
        for name in () if shapes is None else shapes["name"][shapes.intersects(spot)]:
            return texts.text("near.point_in", language, district=name)
        return texts.text("near.point", language)

    def _named(self, words: str) -> list[Spot]:
        """Return landmarks by their whole name first, then those whose name has all the words, or
        begins with them.
        """
        wanted, whole = _words(words), folded(words)
        exact = [each for each in self.landmarks if folded(each.name) == whole]
        part = [
            each
            for each in self.landmarks
            if each not in exact
            and wanted
            and (set(wanted) <= set(each.words) or folded(each.name).startswith(whole))
        ]
        return [_of_landmark(each, certain=True) for each in exact] + [
            _of_landmark(each, certain=len(part) == 1 and not exact) for each in part
        ]

    def _within(self, text: str) -> Landmark | None:
        """Return the landmark with the longest name that stands in a text, its first letter large
        as in a name; the last word may be a genitive.
        """
        tokens = _TOKEN.findall(text[:500])
        small = [folded(token) for token in tokens]
        best: tuple[int, int] | None = None
        found = None
        for each in self.landmarks:
            size = len(each.words)
            letters = sum(map(len, each.words))
            if letters < SHORTEST or (best is not None and (size, letters) <= best):
                continue
            for at in range(len(tokens) - size + 1):
                *head, last = small[at : at + size]
                same = (*head, last) == each.words or (*head, last.removesuffix("s")) == each.words
                if same and tokens[at][:1].isupper():
                    best, found = (size, letters), each
                    break
        return found


def mark_of(match: Match) -> str:
    """Return how a record says that its point is approximate: where about, and by which words."""
    return where_about(match, "sv")


def where_about(match: Match, language: str) -> str:
    """Return where about a match is, and by which words: "vid stationen Hässelby strand …"."""
    where = texts.text(f"near.{match.near}", language, name=match.said)
    return texts.text("near.by", language, where=where, words=" ".join(match.words.split())[:80])


def check_near(area: Area, lon: float, lat: float) -> None:
    """Refuse a point that is far from an area: coordinates turned round, or another town."""
    spot = shapely.Point(lon, lat)
    hull = area.boundary.union_all()
    if hull.is_empty:
        return
    if hull.distance(spot) > FAR_DEGREES:
        raise InputError("point_outside", found=f"{lon:g},{lat:g}", area=area.name)


NEAR_DEGREES = 0.003
FAR_DEGREES = 0.2
"""A point farther than this from an area (some 11 km east, 22 km north) is of another."""


def _written_point(words: str) -> Spot | None:
    try:
        lon, lat = read_point(words)
    except InputError:
        if _NUMBERS.fullmatch(words.strip()):
            raise  # coordinates that are none, and no name
        return None
    return Spot(lon, lat, f"{lon:.5f},{lat:.5f}", POINT)


def _of_match(match: Match) -> Spot:
    assert match.point is not None
    how = ADDRESS if match.how != "name" else PLACE
    return Spot(match.point.x, match.point.y, match.said, how, match.certain)


def _of_landmark(each: Landmark, *, certain: bool) -> Spot:
    return Spot(each.point.x, each.point.y, each.name, each.what, certain)


def _once(spots: Sequence[Spot]) -> list[Spot]:
    """Keep of spots that lie together under one name the first."""
    kept: list[Spot] = []
    for each in spots:
        if not any(
            folded(each.said) == folded(other.said) and _metres(each, other) <= SAME_SPOT_M
            for other in kept
        ):
            kept.append(each)
    return kept


def _metres(a: Spot, b: Spot) -> float:
    up = np.cos(np.radians(a.lat))
    return float(np.hypot((a.lon - b.lon) * up, a.lat - b.lat) * 111_320.0)


def _words(text: str) -> tuple[str, ...]:
    return tuple(folded(token) for token in _TOKEN.findall(text))


def _places(area: Area) -> list[Landmark]:
    places = protected.in_the_open(area.places)
    found = []
    for name, kind, point in zip(places["name"], places["kind"], places.geometry, strict=True):
        words = _words(str(name))
        if words and point is not None and not point.is_empty:
            what = kind if kind in (HOUSING, STATION) else PLACE
            found.append(Landmark(str(name), what, shapely.point_on_surface(point), words))
    return found


def _districts(area: Area) -> list[Landmark]:
    """Return the districts, each where its residents live in the middle."""
    found = []
    shapes = area.districts.to_crs(WGS84) if len(area.districts) else area.districts
    for name, shape in zip(shapes["name"], shapes.geometry, strict=True):
        words = _words(str(name))
        if words:
            found.append(Landmark(str(name), DISTRICT, _middle(area, str(name), shape), words))
    return found


def _middle(area: Area, district: str, shape: shapely.Geometry) -> shapely.Point:
    people = area.people
    rows = people[(people["origin"] == RESIDENTS) & (people["district"] == district)]
    if rows.empty:
        return shape.representative_point()
    xy = shapely.get_coordinates(np.asarray(rows.geometry.values, dtype=object))
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return shape.representative_point()
    apart = (xy - xy.mean(axis=0)) * np.array([np.cos(np.radians(xy[:, 1].mean())), 1.0])
    return shapely.Point(xy[int(np.hypot(*apart.T).argmin())])


def with_about(match: Match, finder: Finder, said: Iterable[str]) -> Match:
    """Return a match, or where it has no point of its own, where about some texts say it is."""
    if match.point is not None or match.reason in ("other_postcode", "protected"):
        return match
    about = finder.about(said)
    return about if about.point is not None else match
