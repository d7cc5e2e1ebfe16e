"""A workbook to fill in with who goes out: the table that a week of rounds is planned from."""

from __future__ import annotations

import pandas as pd

from geo import texts
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.area.protected import in_the_open
from geo.output.files.xlsx import Lines, Sheet, xlsx_of
from geo.planning.outreach.staff import COLUMNS

WIDTHS = ((0, 2, 24.0), (3, 9, 16.0))


def staff_template(area: Area, language: str = "sv") -> bytes:
    """Return the workbook: one example of a person, who starts at a place of the area, and how each
    column is written.
    """
    open_ = in_the_open(area.places)
    starts = open_["name"][open_["kind"] != HOUSING].astype(str)
    start = next((name for name in starts if name), "")
    example = [texts.text("outreach.template_name", language), "sv, ar", start, "9-12, 13-16"]
    table = pd.DataFrame([[*example, *[""] * (len(COLUMNS) - len(example))]], columns=list(COLUMNS))
    lines = tuple(
        texts.text(f"outreach.template_{line}", language)
        for line in ("first", "languages", "start", "hours")
    )
    return xlsx_of(
        [
            Sheet(texts.text("outreach.template_sheet", language), table, widths=WIDTHS),
            Lines(texts.text("outreach.template_how", language), lines),
        ]
    )
