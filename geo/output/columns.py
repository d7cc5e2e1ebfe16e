"""How a column of a table in words is read. Knows no document."""

from __future__ import annotations

import pandas as pd

_NUMBER = r"[+−-]?\d[\d\s.,\u00a0]*(%|m|km)?$"


def is_numbers(cells: pd.Series) -> bool:
    """Tell whether enough of a column's cells are numbers as people read them to set it to the
    right.
    """
    return bool(cells.astype(str).str.match(_NUMBER).mean() > 0.4)
