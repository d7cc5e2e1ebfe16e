"""Närhet's planner: who can walk to what, and what to do about it."""

from geo.network.kernels import cache  # noqa: F401  (first: numba reads its cache folder once)
from geo.sources.files import _gdal  # noqa: F401  (first: GDAL reads its settings once)
