"""A map on a page: the drawing, its legend, its credits and the table with the same content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

import streamlit as st
from streamlit_folium import st_folium

from geo.area.model import Area
from geo.output.maps import folium as folium_map
from geo.output.maps import symbols
from geo.output.maps.folium import tiles, version
from geo.output.maps.spec import LegendEntry, MapSpec, Shown, shown_at
from pages.shared import background
from pages.shared.state import t

_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0"
# Heard by a screen reader, not seen.

RETURNED = ("last_clicked", "last_object_clicked", "last_object_clicked_count")


@dataclass(frozen=True)
class Click:
    """A click on the map, once: where, and what was drawn there (nothing: the open map)."""

    lon: float
    lat: float
    shown: tuple[Shown, ...] = ()


def heard(
    shown: Callable[[], MapSpec], area: Area, *, key: str, language: str = "sv"
) -> Click | None:
    """Return a click the run it happens in, before the map is drawn again; else None.

    ``shown`` makes the map with what could be clicked, should there be a click; ``key`` and
    ``language`` are those of ``show_map``. Asked first, a click costs one run of the page.
    """
    current = click_state(st.session_state.get(_component(key, area, language)))
    remembered = f"{key}_clicked"
    before = st.session_state.get(remembered)
    st.session_state[remembered] = current
    return None if current == before else new_click(before, current, shown())


def show_map(
    spec: MapSpec, area: Area, *, key: str, height: int = 560, language: str = "sv"
) -> None:
    """Show a map with its legend and credits; ``heard`` returns clicks on it.

    Keep ``key`` the same from run to run, and the table near: ``table_twin`` shows it.
    """
    background.remember(area)
    st.html(f'<p style="{_UNSEEN}">{escape(spec.alt_text)}</p>')
    st_folium(
        folium_map.base_map(folium_map.base_view(spec, area, language), tiles()),
        key=_component(key, area, language),
        height=height,
        use_container_width=True,
        returned_objects=list(RETURNED),
        feature_group_to_add=folium_map.feature_groups(spec),
        center=(spec.focus[1], spec.focus[0]) if spec.focus else None,
    )
    _legend(spec)


def _component(key: str, area: Area, language: str) -> str:
    """Return the map component's own key: another area or language is another map."""
    return f"{key}-{area.id}-{version(area)}-{language}"


def table_twin(spec: MapSpec, *, expanded: bool = False) -> None:
    """Show the table that holds what the map shows."""
    with st.expander(t("map.table"), expanded=expanded):
        st.dataframe(spec.table, hide_index=True, width="stretch")


@dataclass(frozen=True)
class ClickState:
    """The last clicks the browser reported: on the open map, on something drawn, and how many of
    the latter.
    """

    anywhere: tuple[float, float] | None = None
    drawn: tuple[float, float] | None = None
    count: int = 0


def click_state(answer: Mapping[str, Any] | None) -> ClickState:
    """Read what the map component reports; anything it leaves out counts as no click."""
    told = answer or {}
    return ClickState(
        _position(told.get("last_clicked")),
        _position(told.get("last_object_clicked")),
        int(told.get("last_object_clicked_count") or 0),
    )


def new_click(previous: ClickState | None, current: ClickState, spec: MapSpec) -> Click | None:
    """Return the click that is new since the run before, or None.

    The browser reports the last click again at every run, so only a change counts. A click on
    something drawn goes before one on the open map, which the same press may also have made.
    """
    before = previous or ClickState()
    drawn_again = (current.drawn, current.count) != (before.drawn, before.count)
    if current.drawn is not None and drawn_again:
        lon, lat = current.drawn
        return Click(lon, lat, shown_at(spec, lon, lat))
    if current.anywhere is not None and current.anywhere != before.anywhere:
        return Click(*current.anywhere)
    return None


def _position(told: object) -> tuple[float, float] | None:
    if not isinstance(told, Mapping):
        return None
    lon, lat = told.get("lng"), told.get("lat")
    if not isinstance(lon, int | float) or not isinstance(lat, int | float):
        return None
    return float(lon), float(lat)


def _legend(spec: MapSpec) -> None:
    rows = "".join(
        f'<li style="display:flex;align-items:center;gap:.4rem">{_mark(entry)}'
        f"<span>{escape(entry.label)}</span></li>"
        for entry in spec.legend
    )
    name = escape(t("map.legend"), quote=True)
    st.html(
        f'<ul aria-label="{name}" style="display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;'
        f'list-style:none;margin:0;padding:0">{rows}</ul>'
    )
    if spec.credits:
        # Not a caption: a credit may hold signs that Markdown would read.
        credits = escape(t("map.credits", credits=", ".join(spec.credits)))
        st.html(f'<p style="font-size:.875rem;margin:0">{credits}</p>')


def _mark(entry: LegendEntry) -> str:
    colour = escape(entry.colour, quote=True)
    if entry.mark == "symbol":
        return _picture(symbols.svg(entry.symbol, entry.colour, 24), 24)
    if entry.mark == "circle":
        half = entry.size_px / 2
        shape = f'<circle cx="16" cy="16" r="{half}" fill="{colour}" stroke="#2b0a00"/>'
    elif entry.mark == "line":
        shape = _stroke("M1 16H31", colour, entry)
    else:
        shape = _stroke("M3 7H29V25H3Z", colour, entry)
    return _picture(f'<svg xmlns="{symbols.XMLNS}" viewBox="0 0 32 32">{shape}</svg>', 32)


def _picture(svg: str, size_px: int) -> str:
    """Show SVG as a picture: Streamlit takes drawings out of HTML, pictures stay."""
    return (
        f'<img alt="" width="{size_px}" height="{size_px}" src="data:image/svg+xml,{quote(svg)}">'
    )


def _stroke(path: str, colour: str, entry: LegendEntry) -> str:
    dash = f' stroke-dasharray="{escape(entry.dash, quote=True)}"' if entry.dash else ""
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="3"{dash} fill="{colour}" '
        f'fill-opacity="{entry.fill_opacity}"/>'
    )
