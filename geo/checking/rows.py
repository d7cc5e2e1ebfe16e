"""The places a check looks at, taken apart once for all rules: where they lie in metres, what
their address, name and record say. Restricted housing is never among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.area import protected
from geo.area.model import Area
from geo.area.places import place_fields
from geo.area.record_fields import cell, plain_record
from geo.cells import is_unknown, plain, written
from geo.checking.problems import Fix, Problem, Severity
from geo.checking.thresholds import Thresholds, thresholds
from geo.checking.written import Address, address, postcode
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
        """How many places there are, compared ones included."""
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
        """Return what a place's record says of one of our fields, None where nothing."""
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
