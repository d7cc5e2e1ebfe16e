"""Which places of a list a week plan may visit, and what each asks of a visit. Knows the list, not
the roads.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo.outreach import Row
from geo.reaching.rounds import Visit
from geo.reaching.rules import needs
from geo.reaching.telling import spot_name


def visits_of(rows: Sequence[Row], language: str) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
    """Return the places to visit, and the names of protected ones, whose door is not known.

    A visit lasts as long as the longest of the needs there asks for.
    """
    open_ = [row for row in rows if not row.spot.restricted and row.lacking]
    names = tuple(spot_name(row.spot, language) for row in rows if row.spot.restricted)
    return tuple(_visit(row, language) for row in open_), names


def _visit(row: Row, language: str) -> Visit:
    spot = row.spot
    return Visit(
        id=f"{spot.kind}:{spot.id}",
        name=spot_name(spot, language),
        lon=spot.lon,
        lat=spot.lat,
        score=row.score,
        minutes=max(needs()[need.need].visit_minutes for need in row.lacking),
        languages=tuple(spoken.language for spoken in spot.spoken),
        needs=tuple(need.need for need in row.lacking),
    )
