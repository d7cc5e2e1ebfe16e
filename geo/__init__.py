"""Närhet's planner: who can walk to what, and what to do about it.

What stands in ``__all__`` is promised to those who use Närhet from Python, and each is loaded when
it is first used; the rest of ``geo`` may move. ``docs/python.md`` shows each by an example.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from geo.network.kernels import cache  # noqa: F401  (first: numba reads its cache folder once)
from geo.sources.files import _gdal  # noqa: F401  (first: GDAL reads its settings once)

if TYPE_CHECKING:
    from geo.access.gaps import gap
    from geo.catalog import list_areas, open_area
    from geo.models.assignment.assign import assign
    from geo.models.catchments import floating_catchment
    from geo.models.location.max_coverage.solve import max_coverage
    from geo.models.location.p_center.solve import p_center
    from geo.models.location.p_median.solve import p_median
    from geo.models.location.set_cover.least_cost import cover_all
    from geo.network.distances import nearest, within
    from geo.network.isochrones import isochrones
    from geo.network.nearest_field import NearestField
    from geo.network.routes import route
    from geo.output.report.make import make_report

    __version__: str

__all__ = [
    "NearestField",
    "assign",
    "cover_all",
    "floating_catchment",
    "gap",
    "isochrones",
    "list_areas",
    "make_report",
    "max_coverage",
    "nearest",
    "open_area",
    "p_center",
    "p_median",
    "route",
    "within",
]

_HOME = {
    "NearestField": "geo.network.nearest_field",
    "assign": "geo.models.assignment.assign",
    "cover_all": "geo.models.location.set_cover.least_cost",
    "floating_catchment": "geo.models.catchments",
    "gap": "geo.access.gaps",
    "isochrones": "geo.network.isochrones",
    "list_areas": "geo.catalog",
    "make_report": "geo.output.report.make",
    "max_coverage": "geo.models.location.max_coverage.solve",
    "nearest": "geo.network.distances",
    "open_area": "geo.catalog",
    "p_center": "geo.models.location.p_center.solve",
    "p_median": "geo.models.location.p_median.solve",
    "route": "geo.network.routes",
    "within": "geo.network.distances",
}
"""The module where each promised name lives now."""


def __getattr__(name: str) -> Any:
    """Return a promised name, loading its module the first time; or the version."""
    if name == "__version__":
        found: Any = import_module("geo.resources").version()
    elif name in _HOME:
        found = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the promised names beside those that are loaded."""
    return sorted({*globals(), *__all__, "__version__"})
