"""An import without the rows that have no place on the map: a list of a whole country should not
fill the work list of one area. Knows no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.area.model import Area
from geo.area.protected import HOUSING
from geo.checking.fixes import fixed
from geo.checking.problems import Fix
from geo.importing.proposing import Import


def only_placed(found: Import, area: Area, fixes: Sequence[Fix]) -> tuple[Import, tuple[Fix, ...]]:
    """Return an import, and fixes of it, that put nothing new on the work list.

    A row whose point a fix takes away goes too, unless the area has its place already: then that
    point is wrong there as well, and the fix stands. Housing is returned as it is: a row of it may
    say that what the area knows of it must be forgotten.
    """
    if found.kind == HOUSING:
        return found, tuple(fixes)
    _, lost = fixed(found.places, fixes)
    apart = set(lost) - set(area.places["id"].astype(str))
    places = found.places[~found.places["id"].isin(apart)]
    rest = tuple(fix for fix in fixes if fix.record not in apart)
    return replace(
        found,
        places=places,
        how=found.how[places.index],
        score=found.score[places.index],
        said=found.said[places.index],
        unplaced=found.unplaced.iloc[:0],
    ), rest
