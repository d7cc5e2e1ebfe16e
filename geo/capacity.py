"""Places against children: how many can be walked to per child, who gets one, and what one more
place changes. Knows matrices of metres, not maps.

``distances`` is children's rows × preschools: scipy CSR with entries only for pairs in reach (a
stored zero is 0 m), or dense with all pairs. Nobody in reach is a figure of its own, never a
reason to fail.
"""

from geo.assignment import (
    Assignment,
    MorePlaces,
    Question,
    assign,
    with_more_places,
)
from geo.catchments import METHODS, Catchment, catchment, floating_catchment
from geo.decays import DECAYS, Decay, Exponential, Gaussian, Linear, Logistic, Step
from geo.families import NO_FAMILY

__all__ = [
    "DECAYS", "METHODS", "NO_FAMILY", "Assignment", "Catchment", "Decay", "Exponential", "Gaussian",
    "Linear", "Logistic", "MorePlaces", "Question", "Step", "assign", "catchment",
    "floating_catchment", "with_more_places",
]  # fmt: skip
