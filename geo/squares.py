"""People beyond the limit summed in squares of the ground, for maps. Knows gaps, and no map."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from geo import privacy
from geo.area.model import Area
from geo.gaps import Gap
from geo.types import WGS84

SQUARE_M = 250.0
"""Side of the squares people are summed in for maps: Statistics Sweden's grid in towns."""


def squares(area: Area, answer: Gap) -> gpd.GeoDataFrame:
    """Sum people beyond the limit in squares of 250 m, for the map.

    Returns
    -------
    GeoDataFrame in WGS84 with ``id`` (the square's south-west corner in kilometres), ``people``,
    ``beyond``, ``unreachable``, ``share_beyond``, ``district`` (of most of those beyond) and the
    square as geometry; only squares with somebody beyond. Sums are those of ``answer``.
    """
    xy = area.people.geometry.to_crs(area.network.crs)
    table = pd.DataFrame(
        {
            "east": np.floor(xy.x.to_numpy() / SQUARE_M),
            "north": np.floor(xy.y.to_numpy() / SQUARE_M),
            "people": answer.weights,
            "beyond": np.where(answer.metres > answer.limit_m, answer.weights, 0.0),
            "unreachable": np.where(np.isinf(answer.metres), answer.weights, 0.0),
            "district": area.people["district"].to_numpy(),
        }
    )
    table = table[np.isfinite(table["east"]) & (table["people"] > 0)]
    most = table.sort_values("beyond", ascending=False).drop_duplicates(["east", "north"])
    summed = table.groupby(["east", "north"], as_index=False)[["people", "beyond", "unreachable"]]
    cells = summed.sum().merge(most[["east", "north", "district"]], on=["east", "north"])
    cells = cells[cells["beyond"] > 0].reset_index(drop=True)
    return _square_shapes(cells, area.network.crs)


def without_small_squares(
    area: Area, answer: Gap, cells: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Return the squares of counted people that may be shown, with those beyond only; ``cells``
    are ``squares`` when they are already known.

    A square of a few, or in two districts, is left out, and then in each district the smallest,
    until what its squares leave of its sum is nobody or not few.
    """
    cells = squares(area, answer) if cells is None else cells
    beyond, people = cells["beyond"].to_numpy(float), cells["people"].to_numpy(float)
    keep = ~privacy.hidden(beyond, people, np.ones(len(cells), dtype=bool))
    district = _only_district(area, answer, cells)
    keep &= np.array([name is not None for name in district], dtype=bool)
    names = area.people["district"].to_numpy(object)
    far = np.where(answer.metres > answer.limit_m, answer.weights, 0.0)
    for name in sorted(set(names)):
        total = float(far[names == name].sum())
        inside = np.flatnonzero(keep & (district == name))
        for at in inside[np.argsort(beyond[inside], kind="stable")]:
            rest = total - float(beyond[keep & (district == name)].sum())
            if not privacy.is_small(rest, counted=True):
                break
            keep[at] = False
    keep &= not answer.small
    kept = cells[keep].reset_index(drop=True)
    return kept.assign(people=None, share_beyond=None, unreachable=None)


def _only_district(area: Area, answer: Gap, cells: gpd.GeoDataFrame) -> np.ndarray:
    """Return each square's district, None for a square with people of two."""
    names = area.people["district"].to_numpy(object)
    of_cell: dict[str, list[str]] = {}
    for name in sorted(set(names[answer.weights > 0])):
        only = replace(answer, weights=np.where(names == name, answer.weights, 0.0))
        for cell in squares(area, only)["id"]:
            of_cell.setdefault(cell, []).append(name)
    return np.array(
        [of_cell[cell][0] if len(of_cell[cell]) == 1 else None for cell in cells["id"]],
        dtype=object,
    )


def _square_shapes(cells: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    west, south = cells["east"] * SQUARE_M, cells["north"] * SQUARE_M
    kilometres = [f"{y / 1000:.2f}-{x / 1000:.2f}" for x, y in zip(west, south, strict=True)]
    columns = cells.assign(id=kilometres, share_beyond=cells["beyond"] / cells["people"])
    shapes = gpd.GeoSeries(box(west, south, west + SQUARE_M, south + SQUARE_M), crs=crs)
    return gpd.GeoDataFrame(columns.drop(columns=["east", "north"]), geometry=shapes.to_crs(WGS84))
