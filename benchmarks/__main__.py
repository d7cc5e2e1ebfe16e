"""Print speed and memory of building an area and of walking in it, each as a ratio to a peer.

Medians of several runs, after one that is not counted. Times of another machine differ; ratios
differ less.
"""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

from benchmarks import distances, memory
from benchmarks.data import measured_area
from benchmarks.timing import Row, as_text


def main() -> int:
    """Measure everything and print one table."""
    area, what = measured_area()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "scipy"))
    network = area.network
    print(f"Närhet benchmarks on {what}")
    print(
        f"{network.nodes:,} nodes, {network.edges:,} edges, {len(area.people):,} points of people,"
        f" {len(area.places_of('preschool')):,} preschools"
    )
    print(f"Python {platform.python_version()}, {libraries}, {platform.machine()}\n")
    rows: list[Row] = [
        *distances.nearest_of_everybody(area),
        *distances.pairs(area),
        *memory.builds(),
        *memory.one_gap(area),
    ]
    print(as_text(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
