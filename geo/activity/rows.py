"""One row of a table of activities: its cells by field, and what is told of those that can not be
read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.activity import cells
from geo.area.provenance import LeftOut
from geo.cells import is_unknown, to_number, written

_SHOWN = 60


@dataclass(frozen=True)
class Row:
    """A row's number in the file, its cells by our field, the columns they stand in, and the list
    that what can not be used is told to.
    """

    number: int
    cells: Mapping[str, Any]
    columns: Mapping[str, str]
    told: list[LeftOut]

    def tell(self, reason: str, field: str, found: str | None = None, **values: Any) -> None:
        """Tell what can not be used: a key under ``left_out.``, with the cell and column."""
        shown = (self.text(field) if found is None else found)[:_SHOWN]
        column = self.columns.get(field, field)
        self.told.append(LeftOut(self.number, reason, {"found": shown, "column": column, **values}))

    def has(self, field: str) -> bool:
        """Whether anything known stands in a field."""
        return not is_unknown(self.cells.get(field))

    def text(self, field: str) -> str:
        """Return a field as text, "" where nothing is known."""
        return " ".join(written(self.cells[field]).split()) if self.has(field) else ""

    def listed(self, field: str, signs: str) -> tuple[str, ...]:
        """Return the parts of a field, apart by any of some signs."""
        parts = re.split(f"[{re.escape(signs)}]", self.text(field))
        return tuple(part.strip() for part in parts if part.strip())

    def answer(self, field: str) -> bool | None:
        """Return a field's yes or no; None where it is empty or neither, which is told."""
        if not self.has(field):
            return None
        found = cells.yes_or_no(self.cells[field])
        if found is None:
            self.tell("activity_not_yes_or_no", field)
        return found

    def count(self, field: str) -> int | None:
        """Return a field's number of people; None where it is empty or no such number."""
        if not self.has(field):
            return None
        number = to_number(self.cells[field])
        if number is None or number < 0 or number != int(number):
            self.tell("not_a_number", field)
            return None
        return int(number)

    def day(self, field: str) -> date | None:
        """Return a field's day; None where it is empty or no day."""
        if not self.has(field):
            return None
        found = cells.day(self.cells[field])
        if found is None:
            self.tell("activity_bad_day", field)
        return found
