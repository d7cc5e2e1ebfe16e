"""Where to open: location models, each answer with its bound and gap. Knows matrices, not maps.

``reach`` and ``distances`` are demand × candidates: scipy CSR with entries only for pairs in reach,
or dense. Demand that no candidate reaches is counted apart, and never a reason to fail.
"""

from geo.location.answers import NOBODY, Siting
from geo.location.centre import p_center
from geo.location.coverage import max_coverage
from geo.location.covering import cover_all
from geo.location.median import p_median

__all__ = ["NOBODY", "Siting", "cover_all", "max_coverage", "p_center", "p_median"]
