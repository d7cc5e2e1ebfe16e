"""Which languages a housing's record says its residents speak, and how many speak each. Knows
nothing of activities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import privacy
from geo.activity import languages
from geo.activity.counts import counted_parts
from geo.meeting.terms import columns_of
from geo.places import place_fields
from geo.sources.cells import plain, written

FEW_AS = 3.0
"""What 1 to 4 speakers count as: no sum of them tells more than that they are few."""


@dataclass(frozen=True)
class Spoken:
    """A language (BCP 47) and how many residents speak it; None where nobody told how many."""

    language: str
    people: float | None = None


def spoken_at(details: str, people: float = np.nan) -> tuple[Spoken, ...]:
    """Return the languages of a housing's record, as in ``tigrinja 24, arabiska (15)`` or ``ti;
    ar``; per cent are of its ``people``. What is no language we know is passed over; 1 to 4
    speakers are ``FEW_AS``.

    >>> spoken_at('{"språk": "ti 24, arabiska (15), ankspråk"}')
    (Spoken(language='ti', people=24.0), Spoken(language='ar', people=15.0))
    """
    record = {plain(key): value for key, value in place_fields(details).items()}
    texts = (written(record.get(plain(name))) for name in columns_of("languages"))
    told = next((text for text in texts if text), "")
    found: dict[str, float | None] = {}
    for name, count in counted_parts(told, None if np.isnan(people) else people):
        for code in languages.known_in(name):
            found.setdefault(code, count)
    return tuple(Spoken(code, _safe(count)) for code, count in found.items())


def _safe(count: float | None) -> float | None:
    if count is None:
        return None
    return FEW_AS if privacy.is_small(count, counted=True) else count
