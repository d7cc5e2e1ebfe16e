"""A network as plain array files beside its GeoParquet table, mapped into memory when opened. Knows
how a network is laid out, and nothing of areas or checksums.

The table is the truth and the file others read; the arrays are a copy that opens at once, takes no
memory until looked at, and is shared by all processes that have the area open. Lines become shapes
the first time somebody asks for them.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.folder import Arrays
from geo.network.walk_network import WalkNetwork

STAR = ("star_first", "star_neighbour", "star_edge")
TEXTS = ("highway", "surface")
KINDS = {
    **dict.fromkeys(("node_xy", "edge_m", "width_m", "slope", "vertex_xy"), "f8"),
    **dict.fromkeys(("edge_u", "edge_v", "vertex_first"), "i8"),
    **dict.fromkeys((*STAR, "highway", "surface"), "i4"),
    **dict.fromkeys(("highway_names", "surface_names"), "U"),
    "steps": "b1",
    "lit": "i1",
}
"""The arrays and what each holds; a copy of any other make is not used."""


class StoredNetwork(WalkNetwork):
    """A network over stored arrays: the same in every way, but its shapes are made when first
    asked for.
    """

    _vertex_xy: NDArray[np.float64]
    _vertex_first: NDArray[np.int64]

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """The edges' lines, as ``WalkNetwork`` has them."""
        with _collector_at_rest():
            lines: NDArray[np.object_] = shapely.from_ragged_array(
                shapely.GeometryType.LINESTRING, self._vertex_xy, (self._vertex_first,)
            )
        return lines


def to_arrays(network: WalkNetwork) -> dict[str, NDArray[Any]]:
    """Return a network as arrays of numbers: ``vertex_xy[vertex_first[e]:vertex_first[e + 1]]`` is
    the line of edge ``e``, ``highway_names[highway[e]]`` its class, and ``star_*`` the forward
    star.
    """
    _, vertices, (first,) = shapely.to_ragged_array(network.geometry)
    arrays: dict[str, NDArray[Any]] = {
        "node_xy": network.node_xy,
        "edge_u": network.edge_u,
        "edge_v": network.edge_v,
        "edge_m": network.edge_m,
        "steps": network.steps,
        "lit": network.lit,
        "width_m": network.width_m,
        "slope": network.slope,
        "vertex_xy": vertices,
        "vertex_first": first.astype(np.int64),
        **dict(zip(STAR, network.star, strict=True)),
    }
    for name in TEXTS:
        code, known = pd.factorize(getattr(network, name), sort=True)
        arrays[name] = code.astype(np.int32)
        arrays[f"{name}_names"] = np.asarray(known, dtype=np.str_)
    return arrays


def from_arrays(crs: str, arrays: Arrays) -> WalkNetwork | None:
    """Return the network of arrays that ``to_arrays`` made; None where they are of another make."""
    if set(arrays) != set(KINDS) or any(
        not (array.dtype == KINDS[name] or array.dtype.kind == KINDS[name])
        for name, array in arrays.items()
    ):
        return None
    network = object.__new__(StoredNetwork)
    for field in fields(WalkNetwork):
        if field.name in TEXTS:
            names = arrays[f"{field.name}_names"].astype(object)
            network.__dict__[field.name] = names[arrays[field.name]]
        elif field.name in arrays:
            network.__dict__[field.name] = arrays[field.name]
        elif field.default_factory is not MISSING:
            network.__dict__[field.name] = field.default_factory()
    network.__dict__.update(
        crs=crs,
        star=tuple(arrays[name] for name in STAR),
        _vertex_xy=arrays["vertex_xy"],
        _vertex_first=arrays["vertex_first"],
    )
    return network


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from looking through all objects again and again while very many
    are made: that takes several times as long as making them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
