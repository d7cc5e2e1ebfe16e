"""From OpenStreetMap features to addresses: points with a street and a house number, and buildings
and places that have a name. Does not know what they are looked up for.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area.provenance import ADDRESSES, no_addresses
from geo.sources import osm_tables
from geo.types import WGS84

ADDRESS_TAGS: dict[str, bool | str | list[str]] = {"addr:housenumber": True}
"""What to ask for beside buildings and places, which are read anyway."""
COLUMN_OF = {
    "street": "addr:street",
    "number": "addr:housenumber",
    "postcode": "addr:postcode",
    "city": "addr:city",
}
PLACE_KEY = "addr:place"
"""Stands for the street where houses are numbered after a village or an island."""
SAME_DEGREES = 5
"""Decimals within which a point is the same: a metre."""


def addresses_table(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the addresses among features (see ``osm_tables``), in the shape of ``Area.addresses``.

    A feature counts with a street and a house number, or with a name if it is a building or of
    some use: a street's own name is no address. What stands twice at a spot stands once.
    """
    texts = {name: _texts(features, key) for name, key in COLUMN_OF.items()}
    texts["street"] = texts["street"].where(texts["street"] != "", _texts(features, PLACE_KEY))
    name = _texts(features, "name:sv")
    texts["name"] = name.where(name != "", _texts(features, "name"))
    used = features[["building", *osm_tables.OTHER_USE_KEYS]].notna().any(axis=1)
    addressed = (texts["street"] != "") & (texts["number"] != "")
    kept = (addressed | (used & (texts["name"] != ""))).to_numpy(bool)
    if not kept.any():
        return no_addresses()
    points = shapely.point_on_surface(np.asarray(features.geometry.values, dtype=object)[kept])
    table = pd.DataFrame({key: column[kept] for key, column in texts.items()})
    table = table.assign(source=osm_tables.TITLE)[list(ADDRESSES)].reset_index(drop=True)
    spot = np.round(shapely.get_coordinates(points), SAME_DEGREES)
    once = ~table.assign(x=spot[:, 0], y=spot[:, 1]).duplicated()
    rows = table[once].reset_index(drop=True)
    return gpd.GeoDataFrame(rows, geometry=points[once.to_numpy(bool)], crs=WGS84)


def _texts(features: gpd.GeoDataFrame, key: str) -> pd.Series:
    """Return a tag as text without doubled spaces, empty where it is missing."""
    if key not in features:
        return pd.Series("", index=features.index, dtype=object)
    cells = features[key].astype(object)
    return cells.where(cells.notna(), "").astype(str).str.split().str.join(" ").astype(object)
