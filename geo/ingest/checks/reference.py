"""What is known of where an address lies: the address points of the area, and the other places of
the file. Returns how far off a place is, and where it should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.area.model import Area
from geo.cells import written
from geo.ingest.checks.rows import Address, Rows, postcode, street_key
from geo.ingest.checks.rows import address as read
from geo.ingest.checks.thresholds import AddressRule
from geo.types import Floats, Ints


@dataclass(frozen=True, eq=False)
class Known:
    """Address points: where each lies (metres, and WGS84), its address and its postcode, and which
    of them each street and postcode has.
    """

    xy: Floats
    lonlat: Floats
    addresses: tuple[Address, ...]
    postcodes: tuple[str, ...]
    streets: dict[str, Ints]
    rounds: dict[str, Ints]

    def exact(self, wanted: Address) -> Ints:
        """Return the points that can be the house an address means; the same letter first."""
        if not wanted.low:
            return np.zeros(0, dtype=np.int64)
        there = self.streets.get(wanted.street, np.zeros(0, dtype=np.int64))
        meets = [int(at) for at in there if self.addresses[at].meets(wanted)]
        meets.sort(key=lambda at: self.addresses[at].letter != wanted.letter)
        return np.array(meets, dtype=np.int64)


@dataclass(frozen=True)
class Off:
    """How far a place lies from what is known of its address: ``metres`` to the nearest of it, how
    much of that is too much (``excess_m``, at most 0 when none), whether the house itself is known.
    """

    metres: float
    excess_m: float
    exact: bool


def known_addresses(area: Area) -> Known:
    """Return the address points of an area."""
    table = area.addresses
    points = table.geometry
    there = ~(points.is_empty | points.isna()).to_numpy(bool)
    table = table[there]
    addresses = tuple(
        _known(written(street), written(number))
        for street, number in zip(table["street"], table["number"], strict=True)
    )
    postcodes = tuple(postcode(written(text)) for text in table["postcode"])
    return Known(
        xy=_xy(table.to_crs(area.network.crs)),
        lonlat=_xy(table),
        addresses=addresses,
        postcodes=postcodes,
        streets=_groups(found.street for found in addresses),
        rounds=_groups(postcodes),
    )


def off_known(rows: Rows, row: int, known: Known) -> Off | None:
    """Compare a place with the address points of its street; None where the street is unknown."""
    wanted = rows.addresses[row]
    there = known.streets.get(wanted.street) if wanted.street else None
    if there is None:
        return None
    rule = rows.rule.address
    houses = known.exact(wanted)
    if len(houses):
        metres = float(_far(known.xy[houses], rows.xy[row]).min())
        return Off(metres, metres - rule.off_m, exact=True)
    metres_off = _far(known.xy[there], rows.xy[row])
    allowed = [allowed_m(wanted, known.addresses[at], rule) for at in there]
    best = int((metres_off - allowed).argmin())
    return Off(float(metres_off[best]), float(metres_off[best] - allowed[best]), exact=False)


def off_peers(rows: Rows, row: int, peers: Sequence[int]) -> list[tuple[int, Off]]:
    """Compare a place with each other place on its street."""
    rule, mine = rows.rule.address, rows.addresses[row]
    apart = _far(rows.xy[list(peers)], rows.xy[row])
    found = []
    for peer, metres in zip(peers, apart.tolist(), strict=True):
        theirs = rows.addresses[peer]
        meets = mine.low > 0 and mine.meets(theirs)
        allowed = rule.off_m if meets else allowed_m(mine, theirs, rule)
        found.append((peer, Off(metres, metres - allowed, exact=meets)))
    return found


def allowed_m(one: Address, other: Address, rule: AddressRule) -> float:
    """Return how far apart two addresses of one street may lie."""
    gap = one.gap(other)
    return rule.street_m if gap is None else rule.off_m + rule.metres_a_number * gap


def _known(street: str, number: str) -> Address:
    told = any(sign.isdigit() for sign in number)
    return read(f"{street} {number}") if told else Address(street_key(street))


def _far(points: Floats, point: Floats) -> Floats:
    return np.asarray(np.hypot(points[:, 0] - point[0], points[:, 1] - point[1]))


def _xy(table: gpd.GeoDataFrame) -> Floats:
    if table.empty:
        return np.zeros((0, 2))
    centres = shapely.centroid(np.asarray(table.geometry.values, dtype=object))
    return np.asarray(shapely.get_coordinates(centres))


def _groups(keys: Iterable[str]) -> dict[str, Ints]:
    found: dict[str, list[int]] = {}
    for at, key in enumerate(keys):
        if key:
            found.setdefault(key, []).append(at)
    return {key: np.array(rows, dtype=np.int64) for key, rows in found.items()}
