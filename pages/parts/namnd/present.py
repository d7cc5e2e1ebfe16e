"""Presentation: one finding at a time in large type, stepped through with the arrow keys."""

from __future__ import annotations

import streamlit as st

from geo.area.model import Area
from geo.output.report.model import Report
from pages.parts.namnd import report as report_box
from pages.shared import page
from pages.shared.literal import literal
from pages.shared.state import t

_LOOK = """
<style>
[data-testid=stHeader], [data-testid=stExpandSidebarButton], .st-key-area_switch {
  display: none !important; }
[data-testid=stMainBlockContainer] { max-width: 100% !important; padding: 1.5rem 3rem !important; }
[data-testid=stMarkdownContainer] p { font-size: 1.6rem; line-height: 1.45; }
[data-testid=stMainBlockContainer] h1 { font-size: 2.8rem; }
[data-testid=stMainBlockContainer] table { font-size: 1.3rem !important; }
[data-testid=stMetricValue], [data-testid=stMetricValue] * { font-size: 3.2rem !important; }
[data-testid=stMetricLabel] p { font-size: 1.3rem; }
button [data-testid=stMarkdownContainer] p { font-size: 1rem; }
</style>
"""
_FULL = f"<script>{page.FULL_SCREEN}</script>"


def is_on() -> bool:
    """Return whether the page shows a presentation."""
    return "present_at" in st.session_state


def start() -> None:
    """Begin at the first finding."""
    st.session_state["present_at"] = 0


def show(area: Area, report: Report) -> None:
    """Show where the presentation is, with its steps."""
    last = len(report.findings)
    at = min(max(int(st.session_state["present_at"]), 0), last)
    st.html(_LOOK + _FULL, unsafe_allow_javascript=True)
    shown, below = st.container(), st.container()
    with below:  # first, though it stands last: who sees the heading can already use the arrows
        _steps(at, last, report)
    with shown:
        _finding(area, report, at)


def _finding(area: Area, report: Report, at: int) -> None:
    if at == 0:
        st.title(literal(report.title), anchor=False)
        st.markdown(literal(report.subtitle))
        if report.demonstration:
            st.warning(t("demo.mark"), icon=":material/science:")
    else:
        found = report.findings[at - 1]
        st.title(literal(found.title), anchor=False)
        report_box.finding(area, found, key=f"present{at}", height=620, notes=False)


def _steps(at: int, last: int, report: Report) -> None:
    back, forth, close, where = st.columns([1, 1, 1, 3])
    back.button(
        t("namnd.back"), key="present_back", on_click=_go, args=(at - 1,), disabled=at == 0,
        shortcut="Left", width="stretch",
    )  # fmt: skip
    forth.button(
        t("namnd.forth"), key="present_forth", on_click=_go, args=(at + 1,), disabled=at == last,
        shortcut="Right", width="stretch", type="primary",
    )  # fmt: skip
    close.button(t("namnd.close"), key="present_close", on_click=_close, width="stretch")
    marks = [report.area_name, report.date, *report.credits]
    if report.estimated:
        marks.append(t("slides.estimated"))
    if report.demonstration:
        marks.append(t("demo.mark"))
    place = t("namnd.page_of", page=at + 1, pages=last + 1)
    where.caption(literal(" · ".join([place, *marks])))


def _go(at: int) -> None:
    st.session_state["present_at"] = at


def _close() -> None:
    del st.session_state["present_at"]
