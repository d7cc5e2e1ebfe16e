"""Start: an area at a glance. Who is served least, what is known and missing, where to go on."""

from __future__ import annotations

import streamlit as st

from geo import presets
from geo.access.overview import Overview
from geo.area.model import Area
from geo.output.words import overview as overview_words
from pages.parts.placera.question import NEVER
from pages.shared import cache, frame, page, state, tables
from pages.shared import readiness as readiness_box
from pages.shared.literal import literal
from pages.shared.state import t

MOST_VISITED = 3

_STYLE = """
<style>
.stMain { background: #f7f6f2; }
.st-key-front h1 { font-size: 42px; line-height: 44px; font-weight: 720; padding: 0 0 10px;
  letter-spacing: -.8px; }
.st-key-front h2 { font-size: 25px; line-height: 30px; padding: 4px 0 0; }
.st-key-front h3 { font-size: 18px; padding: 0; }
.st-key-front [data-testid=stMetricValue] { font-size: 32px; font-weight: 730; }
.st-key-front [data-testid=stMetricLabel] p { font-size: 14px; color: #465863; }
.st-key-front_missing, .st-key-front_table, [class*=st-key-front_door_] { background: #fff;
  border: 1px solid #dce2e4 !important; border-radius: 12px; padding: 16px; }
.st-key-front_figures { gap: 12px 36px; }
.st-key-front_figures > * { flex: none; height: auto; }
.st-key-front_missing p { font-size: 14.5px; }
@media (max-width: 700px) { .st-key-front h1 { font-size: 30px; line-height: 34px; } }
</style>
"""


def render() -> None:
    """Show the front page of the open area."""
    area = frame.current_area()
    language = state.language()
    st.html(_STYLE)
    with st.container(key="front", gap="medium"):
        known, missing = st.columns([2.1, 1], gap="large")
        with known:
            frame.begin(literal(area.name), area)
            st.markdown(literal(overview_words.introduction(area, language)))
            _figures(area)
            with st.spinner(t("gap.computing")):
                found = cache.overview(area)
            _table(found)
        with missing, st.container(key="front_missing", gap="small"):
            readiness_box.lacking(area, where="oversikt")
        _doors()
        _visited()


def _figures(area: Area) -> None:
    figures = overview_words.key_figures(area, state.language())
    with st.container(key="front_figures", horizontal=True):
        for value, label in figures:
            st.metric(label, value, width="content")


def _table(found: Overview) -> None:
    """Show who is served least, and each kind by district."""
    language = state.language()
    with st.container(key="front_table", gap="small"):
        st.header(literal(overview_words.sentence(found, language)), anchor=False)
        for line in overview_words.lacking_lines(found, language):
            st.markdown(literal(line))
        for kind in found.lacking:
            if kind not in NEVER:
                _place_one(kind)
        if not found.gaps:
            return
        rows = overview_words.overview_table(found, language)
        tables.table(
            rows,
            t("oversikt.table"),
            numbers=list(rows.columns[1:]),
            last_is_total=True,
            bars=overview_words.shares(found),
        )
        st.caption(t("oversikt.note"))


def _place_one(kind: str) -> None:
    kinds = presets.kind(kind).plural(state.language()).lower()

    def go() -> None:
        state.choose("open", kind)
        state.go("placera")

    label = t("defaults.to_place", kinds=kinds)
    icon = ":material/add_location_alt:"
    st.button(label, key="front_place", type="primary", icon=icon, on_click=go)


def _doors() -> None:
    """Show what one comes to do, and the pages where it is done."""
    doors = [section for section in page.SECTIONS if section.name != "ground"]
    for column, door in zip(st.columns(len(doors)), doors, strict=True):
        with column, st.container(key=f"front_door_{door.name}", gap="small", height="stretch"):
            st.subheader(f":material/{door.icon}: {t(f'oversikt.door_{door.name}')}", anchor=False)
            st.markdown(t(f"oversikt.told_{door.name}"))
            with st.container(horizontal=True, gap="small"):
                for address in door.pages:
                    _to(address, f"front_{address}")


def _visited() -> None:
    """Offer the pages of this visit again, the latest first; each keeps its question."""
    pages = state.visited()[:MOST_VISITED]
    if not pages:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{t('oversikt.go_on')}**", width="content")
        for address in pages:
            _to(address, f"front_again_{address}", icon=":material/history:")


def _to(address: str, key: str, icon: str | None = None) -> None:
    st.button(t(f"shell.{address}"), key=key, icon=icon, on_click=state.go, args=(address,))
