"""The work list: places that wait for a position, and what each may be."""

from __future__ import annotations

from collections.abc import Sequence

from geo.addresses.gazetteer import gazetteer
from geo.addresses.matching import Match, Wanted, find
from geo.area.model import Area
from geo.area.protected import HOUSING
from geo.store.model import Record


def suggested(area: Area, records: Sequence[Record]) -> list[Match]:
    """Return for each place without a point what the area knows of its address and name now; a
    match that is ``certain`` is one that a person may take unseen. Housing is not looked for.
    """
    known = gazetteer(area)
    found = []
    for record in records:
        name, address, kind = (str(record.fields[key]) for key in ("name", "address", "kind"))
        wanted = Wanted(name, address, kind=kind)
        found.append(Match(reason="protected") if kind == HOUSING else find(known, wanted))
    return found
