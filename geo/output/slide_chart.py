"""A finding's numbers as a native chart: bars by district, or by variant. Knows no words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.util import Pt

from geo.output.slide_package import clean
from geo.report import Finding

CHARTED = {"districts": -1, "sensitivity": 2, "proposal": 3}
"""Which column of a finding's numbers is drawn; below zero: the last share in them."""
BAR_COLOUR = "B34700"
FEWEST_BARS, MOST_BARS = 3, 25


@dataclass(frozen=True)
class Bars:
    """Bars to draw: a name and a value each (None: not told), and whether they are shares."""

    title: str
    names: tuple[str, ...]
    values: tuple[float | None, ...]
    share: bool


def charted(finding: Finding) -> Bars | None:
    """Return the bars of a finding, None where it has none that say more than its table."""
    numbers = finding.numbers
    if finding.id not in CHARTED or numbers is None:
        return None
    rows = numbers.iloc[:-1] if finding.total_last else numbers
    column = _column(rows, CHARTED[finding.id])
    if column is None or not FEWEST_BARS <= len(rows) <= MOST_BARS:
        return None
    values = tuple(_value(each) for each in rows.iloc[:, column])
    if not any(value for value in values):
        return None
    label = 1 if finding.id == "proposal" else 0  # the first column is the site's number
    names = tuple(clean(str(each)) for each in rows.iloc[:, label])
    share = all(value is None or 0 <= value <= 1 for value in values)
    return Bars(str(numbers.columns[column]), names, values, share)


def add_chart(slide: Any, bars: Bars, placed: tuple[Any, Any, Any, Any]) -> Any:
    """Add bars as a chart that can be edited, each with its value."""
    data = CategoryChartData(number_format="0%" if bars.share else "#,##0")
    data.categories = list(reversed(bars.names))
    data.add_series(clean(bars.title), tuple(reversed(bars.values)))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *placed, data)
    chart = frame.chart
    chart.has_legend = False
    chart.has_title = True
    chart.chart_title.text_frame.text = clean(bars.title)
    chart.chart_title.text_frame.paragraphs[0].font.size = Pt(14)
    chart.font.size = Pt(11)
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.number_format = "0%" if bars.share else "#,##0"
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    fill = plot.series[0].format.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(BAR_COLOUR)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    return frame


def _column(rows: pd.DataFrame, wanted: int) -> int | None:
    if wanted >= 0:
        return wanted if wanted < rows.shape[1] else None
    shares = [
        at
        for at in range(1, rows.shape[1])
        if (known := [value for each in rows.iloc[:, at] if (value := _value(each)) is not None])
        and all(0 <= value <= 1 for value in known)
        and any(value not in (0.0, 1.0) for value in known)
    ]
    return shares[-1] if shares else None


def _value(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if pd.isna(value) else float(value)
