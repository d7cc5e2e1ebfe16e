"""The places a check looks at, taken apart once for all rules: where they lie in metres, and their
address (street, numbers, postcode), name and record in a form that can be compared. Also which rows
belong together when pairs of them do. Restricted housing is never among them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from rapidfuzz import fuzz
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.area import protected
from geo.area.model import Area
from geo.area.record_fields import cell, place_fields, plain_record
from geo.cells import is_unknown, plain, written
from geo.ingest.checks.thresholds import Fix, Problem, Severity, Thresholds, thresholds
from geo.types import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Rows:
    """Places side by side, those that are checked first; the rest are only compared with.

    ``xy``: metres of the network's coordinate system, NaN without a point; ``records``: details as
    they stand; ``own``: how many are checked; ``row_of``: row of the file by id.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    written: tuple[str, ...]
    sources: tuple[str, ...]
    xy: Floats
    records: tuple[dict[str, Any], ...]
    own: int
    row_of: Mapping[str, int]

    def __len__(self) -> int:
        """Return how many places there are, compared ones included."""
        return len(self.ids)

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """Addresses as they are compared."""
        return tuple(address(text) for text in self.written)

    @cached_property
    def fields(self) -> tuple[dict[str, Any], ...]:
        """Records under plain-compared names."""
        return tuple(plain_record(record) for record in self.records)

    @cached_property
    def postcodes(self) -> tuple[str, ...]:
        """Postcodes, from the record or else the address; empty where unknown."""
        return tuple(
            postcode(written(self.field(row, "postcode"))) or postcode(self.written[row])
            for row in range(len(self))
        )

    @cached_property
    def placed(self) -> Bools:
        """Which places have a point."""
        return np.asarray(np.isfinite(self.xy).all(axis=1), dtype=bool)

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.xy[self.placed])

    def standing_at(self, xy: Floats, within_m: float) -> Ints:
        """Return the places within a distance of a spot (metres)."""
        there = np.flatnonzero(self.placed)
        return np.asarray(there[self._tree.query_ball_point(xy, within_m)], dtype=np.int64)

    @property
    def rule(self) -> Thresholds:
        """What the check calls wrong."""
        return thresholds()

    def field(self, row: int, name: str) -> Any:
        """Return one of our fields from a place's record, None where it has none."""
        return cell(self.fields[row], self.rule.columns[name])

    def column(self, row: int, name: str) -> str:
        """Return the record's own name of one of our fields, as a fix must write it."""
        known = self.rule.columns[name]
        there = {plain(own): own for own in reversed(list(self.records[row]))}
        telling = (there[key] for key in known if key in there)
        return next((own for own in telling if not is_unknown(self.records[row][own])), name)

    def name(self, row: int) -> str:
        """Return what a place is called: its name, else its id."""
        return self.names[row] or self.ids[row]

    def problem(
        self,
        code: str,
        row: int,
        *,
        severity: Severity = "warning",
        values: Mapping[str, Any] | None = None,
        others: tuple[int, ...] = (),
        fix: Fix | None = None,
    ) -> Problem:
        """Return a problem of a place."""
        return Problem(
            code=code,
            record=self.ids[row],
            row=int(self.row_of.get(self.ids[row], 0)),
            values={"name": self.name(row), **(values or {})},
            others=tuple(self.ids[other] for other in others),
            severity=severity,
            fix=fix,
        )


def rows_of(
    places: gpd.GeoDataFrame,
    area: Area,
    *,
    row_of: Mapping[str, int],
    against: gpd.GeoDataFrame | None,
) -> Rows:
    """Take places apart; those of ``against`` that have an id of ``places`` are passed over, since
    they are what the record was.
    """
    mine = _open(places)
    parts = [mine]
    if against is not None:
        theirs = _open(against)
        parts.append(theirs[~theirs["id"].isin(set(mine["id"]))])
    columns = {
        name: tuple(written(cell) for part in parts for cell in part[name])
        for name in ("id", "name", "kind", "address", "source")
    }
    return Rows(
        ids=columns["id"],
        names=columns["name"],
        kinds=columns["kind"],
        written=columns["address"],
        sources=columns["source"],
        xy=np.vstack([_metres(part, area.network.crs) for part in parts]),
        records=tuple(place_fields(str(text)) for part in parts for text in part["details"]),
        own=len(mine),
        row_of=row_of,
    )


def _open(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the places without restricted housing, whether it came through its door yet or not."""
    seen = protected.in_the_open(places)
    hidden = np.array(
        [
            kind == protected.HOUSING and protected.says_restricted(place_fields(str(details)))
            for kind, details in zip(seen["kind"], seen["details"], strict=True)
        ],
        dtype=bool,
    )
    return seen[~hidden]


def _metres(places: gpd.GeoDataFrame, crs: str) -> Floats:
    xy = np.full((len(places), 2), np.nan)
    points = np.asarray(places.geometry.to_crs(crs).values, dtype=object)
    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    if there.any():
        xy[there] = shapely.get_coordinates(shapely.centroid(points[there]))
    xy[~np.isfinite(xy).all(axis=1)] = np.nan
    return xy


NEIGHBOURS = 20
"""Points nearest to a point that are looked at."""
WINDOW = 12
"""Rows of one key that a row is compared with, in the order of their names: enough for all where a
key is as rare as names and addresses are."""


def groups_of(count: int, pairs: NDArray[np.int64]) -> Ints:
    """Label ``count`` rows so that rows joined by pairs, or by a chain of pairs, share a label."""
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    links = coo_array(
        (np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count)
    )
    label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return label


def near_pairs(xy: Floats, placed: Bools, within_m: float) -> Iterator[tuple[int, int]]:
    """Return pairs of rows within a distance, at most ``NEIGHBOURS`` a row: bounded also where all
    stand on one point.
    """
    there = np.flatnonzero(placed)
    if len(there) < 2:
        return
    k = min(NEIGHBOURS + 1, len(there))
    metres, found = cKDTree(xy[there]).query(xy[there], k=k, distance_upper_bound=within_m)
    at, column = np.nonzero(np.isfinite(metres))
    for one, other in zip(there[at], there[found[at, column]], strict=True):
        if one < other:
            yield int(one), int(other)
        elif other < one:
            yield int(other), int(one)


def key_pairs(keys: Sequence[str], order: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Return pairs of rows with one key, each row with the ``WINDOW`` next of it in ``order``."""
    by_key: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key:
            by_key.setdefault(key, []).append(row)
    for rows in by_key.values():
        ordered = sorted(rows, key=lambda row: (order[row], row))
        for at, one in enumerate(ordered):
            for other in ordered[at + 1 : at + 1 + WINDOW]:
                yield min(one, other), max(one, other)


def each_once(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return pairs in order, each once."""
    return sorted(set(pairs))


SHORT = 4
"""Words up to this long keep their s."""

_NUMBERS = re.compile(
    r"^(?P<street>\D*?[^\W\d_][^\d]*?)\s*\b(?P<low>\d{1,4})(?!\d)\s*(?P<letter>[a-zA-Z](?![^\W\d_]))?"
    r"(?:\s*[-–—/]\s*(?P<high>\d{1,4})?(?!\d))?"
)
_POSTCODE = re.compile(r"(?<!\d)(\d{3})\s?(\d{2})(?!\d)")
_ENDINGS = (
    *((r"\bg\.?$", "gata"), (r"\bv\.?$", "väg"), (r"\bgr\.?$", "gränd")),
    *((r"(?<=\w)gr\.$", "gränd"), (r"(?<=\w)gt?\.$", "gatan"), (r"(?<=\w)v\.$", "vägen")),
)
_LETTERS = str.maketrans("åäöÅÄÖ", "\ue000\ue001\ue002\ue003\ue004\ue005")
_BACK = str.maketrans("\ue000\ue001\ue002\ue003\ue004\ue005", "åäöåäö")


@dataclass(frozen=True)
class Address:
    """A written address: ``street`` as it is compared, house numbers from ``low`` to ``high`` (0:
    none), a letter; all empty where nothing stands.
    """

    street: str = ""
    low: int = 0
    high: int = 0
    letter: str = ""

    def meets(self, other: Address) -> bool:
        """Return whether both can be one house: one street and numbers in common; letters of one
        number are one house.
        """
        if not self.street or self.street != other.street:
            return False
        return self.low <= other.high and other.low <= self.high

    def gap(self, other: Address) -> int | None:
        """Return how many numbers lie between two addresses of one street; None where either has
        none.
        """
        if not self.low or not other.low:
            return None
        return max(0, self.low - other.high, other.low - self.high)


@lru_cache(maxsize=65_536)
def address(text: str) -> Address:
    """Read an address.

    >>> address("Åsögatan 197-201")
    Address(street='åsögatan', low=197, high=201, letter='')
    >>> address("Tensta Alle´ 40").street == address("Tensta allé 10 A, 163 64 Spånga").street
    True
    """
    first = _POSTCODE.sub(" ", text.split(",")[0]).strip()
    found = _NUMBERS.match(first)
    if found is None:
        return Address(street_key(first))
    low = int(found["low"])
    high = int(found["high"] or 0)
    return Address(
        street_key(found["street"]), low, max(low, high), (found["letter"] or "").casefold()
    )


@lru_cache(maxsize=65_536)
def street_key(name: str) -> str:
    """Return a street's name as names are compared: case, accents and punctuation gone, short
    forms written out.

    >>> street_key("Storg."), street_key("S:t Görans v."), street_key("Karen  Blixens gata")
    ('storgatan', 'sankt görans väg', 'karen blixens gata')
    """
    text = " ".join(name.casefold().split())
    text = re.sub(r"\bs:ta?\b", "sankt", text)
    for ending, whole in _ENDINGS:
        text = re.sub(ending, whole, text)
    return _folded(text)


def postcode(text: str) -> str:
    """Return the five digits of the first postcode in a text, empty when none.

    >>> postcode("Provgatan 1, 123 45 Ort"), postcode("Provgatan 12")
    ('12345', '')
    """
    found = _POSTCODE.search(text)
    return f"{found[1]}{found[2]}" if found else ""


@lru_cache(maxsize=65_536)
def core(name: str) -> str:
    """Return the words of a name that identify the place, without the genitive's s, sorted; all of
    them where none do.

    >>> core("Förskolan Ekbacken"), core("Ekbackens förskola"), core("Biblioteket")
    ('ekbacken', 'ekbacken', 'biblioteket')
    """
    words = _folded(name.casefold()).split()
    telling = [
        word.removesuffix("s") if len(word) > SHORT else word
        for word in words
        if word not in thresholds().same.words
    ]
    return " ".join(sorted(telling or words))


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0–100, by their identifying words; 0 where a number
    distinguishes them or either is empty.

    >>> round(likeness("Förskolan Alprosen", "Förskolan Asprosen")), likeness("Vega 1", "Vega 2")
    (88, 0.0)
    """
    mine, theirs = core(one), core(other)
    if not mine or not theirs or _numbers(mine) != _numbers(theirs):
        return 0.0
    return float(fuzz.ratio(mine, theirs))


@lru_cache(maxsize=65_536)
def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _folded(text: str) -> str:
    """Fold accents but not å, ä and ö, which are letters of their own; signs become spaces."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).translate(_LETTERS))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_BACK)
    return " ".join(re.sub(r"[\W_]+", " ", kept.replace("´", "").replace("`", "")).split())
