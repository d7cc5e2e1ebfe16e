"""A report on a page: each finding with its words, figures, map and table, as the board gets it."""

from __future__ import annotations

import streamlit as st

from geo.area.model import Area
from geo.output.report.model import Finding, Report
from pages.shared import map as map_box
from pages.shared import state, tables
from pages.shared.literal import literal
from pages.shared.state import t


def show(area: Area, report: Report) -> None:
    """Show a whole report."""
    st.header(literal(report.title), anchor=False)
    st.markdown(literal(report.subtitle))
    for at, found in enumerate(report.findings):
        st.subheader(literal(found.title), anchor=False)
        finding(area, found, key=f"report{at}")


def finding(area: Area, found: Finding, *, key: str, height: int = 460, notes: bool = True) -> None:
    """Show one finding below its title."""
    for words in found.words:
        st.markdown(literal(words))
    if found.own_words:
        st.markdown(f"> {literal(found.own_words)}".replace("\n", "\n> "))
    _figures(found)
    if found.map is not None:
        map_box.show_map(found.map, area, key=key, language=state.language(), height=height)
    if found.table is not None and len(found.table):
        numbers = _numbers(found)
        tables.table(found.table, found.title, numbers=numbers, last_is_total=found.total_last)
    if found.notes and notes:
        with st.expander(t("namnd.how_made")):
            st.markdown(literal(found.notes))


def _figures(found: Finding) -> None:
    """Show key figures large, each with a button that says what it means in plain words."""
    if not found.figures:
        return
    for start in range(0, len(found.figures), 4):
        row = found.figures[start : start + 4]
        for column, figure in zip(st.columns(4), row, strict=False):
            column.metric(literal(figure.label), figure.value)
            if figure.meaning:
                with column.popover(t("namnd.what_means")):
                    st.markdown(literal(figure.meaning))


def _numbers(found: Finding) -> set[str]:
    """Return the columns that hold numbers: where the values of the table are numbers."""
    if found.numbers is None or found.table is None:
        return set()
    shared = [name for name in found.table.columns if name in found.numbers.columns]
    return {
        name
        for name in shared
        if any(isinstance(value, int | float) for value in found.numbers[name])
    }
