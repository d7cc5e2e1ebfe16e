"""A file of places on its way into an area: proposed, checked, and carried out as one change that
can be undone. Reads no files itself (``geo.sources``) and keeps nothing (``geo.store``).
"""

from geo.importing.carrying import NOTE, Plan, carry_out, carry_out_all, plan
from geo.importing.kinds import by_kind
from geo.importing.leaving import only_placed
from geo.importing.placing import ADDRESS, APART, COORDINATES, HOW, LOOKUP, NAME, Asked
from geo.importing.proposing import UNPLACED, Import, propose
from geo.importing.waiting import suggested

__all__ = [
    "ADDRESS", "APART", "COORDINATES", "HOW", "LOOKUP", "NAME", "NOTE", "UNPLACED", "Asked",
    "Import", "Plan", "by_kind", "carry_out", "carry_out_all", "only_placed", "plan", "propose",
    "suggested",
]  # fmt: skip
