"""A map on a page: Närhet's own component (``static/map/``), the clicks on it, and the table with
the same content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from geo.area.model import Area
from geo.output.maps.folium import tiles
from geo.output.maps.screen import screen_data
from geo.output.maps.spec import MapSpec, Shown, shown_at
from geo.resources import STATIC
from pages.shared import background
from pages.shared.state import t

NAME = "narhet.map"
ABOVE_PX = 157
"""What stands above a map that fills the rest of the screen."""
PANEL_PX = 304


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
    told = st.session_state.pop(_pending(key, area, language), None)
    return read_click(told, shown) if told is not None else None


def show_map(
    spec: MapSpec,
    area: Area,
    *,
    key: str,
    height: int | None = 560,
    language: str = "sv",
    clicks: bool = True,
    panel: Mapping[str, Any] | None = None,
    clear: int = 0,
) -> None:
    """Show a map with its legend and credits; ``heard`` returns clicks on it.

    Keep ``key`` the same from run to run, and the table near: ``table_twin`` shows it. Without
    ``height`` the map fills the screen from where it begins. ``panel`` lies on it; ``clear`` is how
    many pixels of its right side something else covers.
    """
    background.remember(area)
    _register()
    component, pending = _widget(key, area, language), _pending(key, area, language)

    def clicked() -> None:
        told = st.session_state.get(component)
        if told is not None and told.get("clicked") is not None:
            st.session_state[pending] = told["clicked"]

    data = screen_data(
        spec, area, key=key, language=language, tiles=tiles(), address=background.address
    )
    data |= {
        "page": key,
        "clicks": clicks,
        "height": height or 0,
        "above": ABOVE_PX,
        "clear": PANEL_PX if panel else clear,
        "hidden": [],
        "panel": panel,
    }
    _mount()(key=component, data=data, on_clicked_change=clicked)


def table_twin(spec: MapSpec, *, expanded: bool = False) -> None:
    """Show the table that holds what the map shows."""
    with st.expander(t("map.table"), expanded=expanded):
        st.dataframe(spec.table, hide_index=True, width="stretch")


def read_click(told: object, shown: Callable[[], MapSpec]) -> Click | None:
    """Read what the component tells of a click; anything else is none.

    A click on something drawn names all that stands there, since several places may share a point.
    """
    if not isinstance(told, Mapping):
        return None
    lon, lat = told.get("lon"), told.get("lat")
    if not isinstance(lon, int | float) or not isinstance(lat, int | float):
        return None
    if told.get("drawn"):
        return Click(float(lon), float(lat), shown_at(shown(), float(lon), float(lat)))
    return Click(float(lon), float(lat))


@cache
def _mount() -> Callable[..., Any]:
    """Return what puts the component on a page. Its script is a file of ours, so that the browser
    needs to run nothing inline.
    """
    mount: Callable[..., Any] = st.components.v2.component(NAME, js="entry.js")
    return mount


def _register() -> None:
    """Tell Streamlit where the component stands: each server process, and each test, has its own
    list of components.
    """
    manager = get_bidi_component_manager()
    if manager.get(NAME) is None:
        project, _, name = NAME.partition(".")
        manifest = ComponentManifest(project, "1", [ComponentConfig(name, "map")])
        manager.register_from_manifest(manifest, STATIC)


def _widget(key: str, area: Area, language: str) -> str:
    """Return the component's own key: another area or language is another map."""
    return f"map-{key}-{area.id}-{language}"


def _pending(key: str, area: Area, language: str) -> str:
    """Return where a click waits until the page asks for it."""
    return f"{_widget(key, area, language)}-clicked"
