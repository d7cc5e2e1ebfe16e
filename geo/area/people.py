"""Who needs to get there: residents of statistical areas, placed by ``geo.area.spreading``, and
residents of transitional housing.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import presets
from geo.area.record_fields import place_fields
from geo.cells import plain, to_number
from geo.types import WGS84

RESIDENTS = "residents"
HOUSING = "transitional_housing"
NEW_RESIDENTS = "up_to_five_years"
"""The group of residents of statistical areas who are new in the country."""


def of_housing(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the people of transitional housing: one row per place, groups from its details.

    Parameters
    ----------
    places : rows of ``Area.places``; other kinds are passed over. A group that no column reports is
        NaN.
    """
    housing = places[places["kind"] == HOUSING]
    records = [
        {plain(column): value for column, value in place_fields(details).items()}
        for details in housing["details"]
    ]
    columns: dict[str, object] = {
        "id": housing["id"].to_numpy(object),
        "origin": HOUSING,
        "unit": housing["id"].to_numpy(object),
        "district": housing["district"].to_numpy(object),
        "estimated": False,
    }
    for name, group in presets.groups().items():
        if group.origin == HOUSING:
            columns[name] = np.array(
                [_first_number(record, group.columns) for record in records], dtype=np.float64
            )
    return gpd.GeoDataFrame(
        columns,
        index=pd.RangeIndex(len(housing)),
        geometry=np.asarray(housing.geometry.values, dtype=object),
        crs=WGS84,
    )


def with_districts(points: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.Series:
    """Return each point's district by name, empty outside all; on a shared border the first in the
    table.
    """
    names = np.full(len(points), "", dtype=object)
    if len(points) and len(districts):
        shapes = np.asarray(districts.geometry.values, dtype=object)
        where = points.geometry.to_crs(districts.crs) if points.crs else points.geometry
        tree = shapely.STRtree(shapes)
        point, district = tree.query(np.asarray(where.values, dtype=object), predicate="intersects")
        order = np.lexsort((district, point))
        first, at = np.unique(point[order], return_index=True)
        names[first] = districts["name"].to_numpy(object)[district[order][at]]
    return pd.Series(names, index=points.index, name="district", dtype=object)


def _first_number(record: dict[str, object], columns: tuple[str, ...]) -> float:
    """Return the first of the columns that holds a count; text, negative and missing are
    unknown.
    """
    for column in columns:
        number = to_number(record.get(plain(column)))
        if number is not None and number >= 0:
            return number
    return float("nan")
