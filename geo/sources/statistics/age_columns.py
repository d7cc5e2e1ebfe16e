"""Which ages a column counts, by its name, and which columns add up to exactly the ages of a group:
``ald0_4``, ``alder_3``, ``befolkning05Til09År``, ``0-4 år``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_BEFORE = (
    "åldersgrupp|aldersgrupp|agegroup|ages|aged|age|ålder|alder|ald|aldur|ikä|ika|alter|"
    "befolkning|population|pop|bef|folk|barn|children|child|antal|personer|personen"
)
_AFTER = "åringar|åring|aringar|års|år|aars|aar|ars|ar|years|year|yrs|vuotiaat|vuotta|v|jahre"
_AGES = re.compile(
    rf"(?P<before>{_BEFORE})?[\s_.:()-]*(?P<low>\d{{1,2}})"
    rf"(?:(?:[\s_.–−-]+|\s*(?:til|till|to|bis)[\s_]*)(?P<high>\d{{1,2}}))?"
    rf"[\s_.)-]*(?:{_AFTER})?[\s_.-]*(?P<year>(?:19|20)\d\d)?"
)
WANTED = {"children_0_4": (0, 4), "children_5_9": (5, 9), "children_1_5": (1, 5)}


def ages(column: str) -> tuple[int, int, int] | None:
    """Return the first and last age that a column counts, and the year in its name (0: none); None
    where its name says no ages.

    >>> ages("ald5_9"), ages("befolkning05Til09År"), ages("alder_3"), ages("0-4 år 2024")
    ((5, 9, 0), (5, 9, 0), (3, 3, 0), (0, 4, 2024))
    >>> ages("m0_4"), ages("pop_2025")
    (None, None)
    """
    found = _AGES.fullmatch(column.strip().casefold())
    if not found:
        return None
    low = int(found["low"])
    high = int(found["high"]) if found["high"] else low
    return (low, high, int(found["year"] or 0)) if low <= high else None


def columns_of_ages(there: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return, for each of our groups of ages, the columns that together count exactly its ages; a
    group that the columns do not make is left out. Of several years the newest counts.
    """
    by_year: dict[int, dict[tuple[int, int], str]] = {}
    for column in there:
        if found := ages(column):
            by_year.setdefault(found[2], {}).setdefault(found[:2], column)
    if not by_year:
        return {}
    classes = _closed(by_year[max(by_year)])
    if not _is_known(classes):
        return {}
    made = {group: _cover(classes, *span) for group, span in WANTED.items()}
    return {group: columns for group, columns in made.items() if columns}


def _closed(classes: Mapping[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """Return classes by their last age, where a file writes the next one's first: ``0_5, 5_10``."""
    first = {low for low, high in classes if low < high}
    half_open = {(low, high) for low, high in classes if low < high and high in first}
    if len(half_open) < 2 and not ((0, 5) in half_open and (5, 10) in classes):
        return dict(classes)
    return {
        (low, high - 1 if low < high else high): column for (low, high), column in classes.items()
    }


def _is_known(classes: Mapping[tuple[int, int], str]) -> bool:
    """Return whether names of bare numbers alone are ages: only where the first five are there."""
    bare = [column for column in classes.values() if column.strip().isdigit()]
    return len(bare) < len(classes) or all((age, age) in classes for age in range(5))


def _cover(classes: Mapping[tuple[int, int], str], low: int, high: int) -> tuple[str, ...]:
    """Return the fewest classes that follow each other from the first age to the last."""
    columns, age = [], low
    while age <= high:
        last = max((b for a, b in classes if a == age and b <= high), default=None)
        if last is None:
            return ()
        columns.append(classes[age, last])
        age = last + 1
    return tuple(columns)
