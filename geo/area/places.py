"""The places of an area: their fields, and the checks a file of them has to pass."""

from __future__ import annotations

import json
from typing import Any

from geo.area import provenance

PLACE_COLUMNS = (*provenance.PLACES, "geometry")
"""The columns of ``Area.places``, in order."""


def place_fields(details: str) -> dict[str, Any]:
    """Return a place's ``details`` as a record; an empty text holds nothing.

    >>> place_fields('{"antal_barn": 11}')
    {'antal_barn': 11}
    """
    record = json.loads(details) if details else {}
    return record if isinstance(record, dict) else {}
