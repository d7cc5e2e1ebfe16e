"""Karta: everything in the area on a map; click anywhere to see what is in reach from there."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from geo import presets, privacy, texts
from geo.access import from_point
from geo.access.defaults import defaults
from geo.access.from_point import Here
from geo.area.model import Area
from geo.errors import AreaLacks, NarhetError
from geo.output.maps import places_and_gaps as places_and_gaps_map
from pages.parts.karta import reach as reach_box
from pages.shared import cache, choices, frame, point, stage, state, tables
from pages.shared import map as map_box
from pages.shared import readiness as readiness_box
from pages.shared.state import t

Spot = (
    tuple[str, Literal["place"], tuple[str, ...]]
    | tuple[str, Literal["point"], tuple[float, float]]
)
# What was clicked: the area's key, and places by their ids or the point itself.
NUMBERS = ("place.metres", "place.minutes")
SIDE_PX = 344


def render() -> None:
    area = frame.current_area()
    head, row, floor = stage.begin(t("karta.title"), area)
    _search(area, row)
    limit_box, walking = row.container(width="content"), row.container(width="content")
    profile = choices.profile(where=walking, width=96)
    kind = reach_box.choose_kind(area, where=row, width=96)
    usual = defaults(area, kind or "").limit_m
    limit_m = choices.limit(where=limit_box, usual=usual, own=False, width=96)
    layers_box = row.popover(t("karta.layers"), icon=":material/layers:") if area.kinds else floor
    with layers_box:
        kinds = _layers(area)
    language = state.language()
    click = map_box.heard(
        lambda: places_and_gaps_map.places_map(area, kinds, language),
        area,
        key="karta",
        language=language,
    )
    if click is not None:
        _remember(area, click)
    spot: Spot | None = st.session_state.get("spot")
    if spot and spot[0] != area.key:
        del st.session_state["spot"]
        spot = None
    with floor:
        reach = _reach(area, spot, limit_m, profile)
        walk = reach_box.walk(area, reach, kind)
        focus = st.session_state.pop("focus", None)
        layers = walk.layers(area, language) if walk else ()
        spec = places_and_gaps_map.places_map(
            area, kinds, language, here=reach, reach=layers, focus=focus
        )
        clear = SIDE_PX if spot else 0
        map_box.show_map(spec, area, key="karta", language=language, height=None, clear=clear)
        side = st.container(key="stage_side") if spot else None
    stage.answer(head, _sentence(reach, language))
    if side is not None:
        with side:
            _side(area, spot, reach, walk)
    readiness_box.show(area, where="karta")
    map_box.table_twin(spec)


def _sentence(reach: Here | None, language: str) -> str:
    """Return what the map says: how far one gets from the chosen point, else what to do."""
    if reach is None:
        return t("karta.intro")
    limit = texts.metres(reach.limit_m, language)
    return t("karta.reached", limit=limit, count=len(reach.place))


def _layers(area: Area) -> list[str]:
    """Choose which kinds are drawn; all at first."""

    def label(kind: str) -> str:
        return f"{presets.kind(kind).plural(state.language())} ({len(area.places_of(kind))})"

    if not area.kinds:
        frame.say(AreaLacks(key="lacks.places"))
        return []
    chosen = st.pills(
        t("karta.layers"),
        area.kinds,
        selection_mode="multi",
        default=area.kinds,
        format_func=label,
        key=f"layers_{area.id}",
    )
    return [kind for kind in area.kinds if kind in chosen]


def _search(area: Area, where: st.delta_generator.DeltaGenerator) -> None:
    """Find a place by name; choosing one moves the map there."""
    rows = places_and_gaps_map.findable(area).set_index("id")
    unknown = t("source.unknown")

    def label(place: str) -> str:
        row = rows.loc[place]
        return f"{row['name'] or unknown} – {presets.kind(row['kind']).name(state.language())}"

    key = f"search_{area.id}"

    def go() -> None:
        place = st.session_state[key]
        if place is not None:
            point = rows.loc[place].geometry
            st.session_state["spot"] = (area.key, "place", (place,))
            st.session_state["focus"] = (point.x, point.y)

    def walk_from(lon: float, lat: float) -> None:
        st.session_state["spot"] = (area.key, "point", (lon, lat))
        st.session_state["focus"] = (lon, lat)

    point.ask(area, "karta", walk_from, where=where, width=220)
    where.selectbox(
        t("karta.search"),
        list(rows.index),
        index=None,
        format_func=label,
        placeholder=t("karta.search_hint"),
        key=key,
        on_change=go,
        **state.in_a_sentence(180),
    )


def _remember(area: Area, click: map_box.Click) -> None:
    """Keep what was clicked: places, or else the point itself."""
    known = set(area.places["id"])
    places = tuple(shown.id for shown in click.shown if shown.id in known)
    if places:
        st.session_state["spot"] = (area.key, "place", places)
    else:
        st.session_state["spot"] = (area.key, "point", (click.lon, click.lat))


def _reach(area: Area, spot: Spot | None, limit_m: float, profile: str) -> Here | None:
    """Return what is in reach of the chosen point or place; show why where that fails."""
    if spot is None:
        return None
    if spot[1] == "point":
        lon, lat = spot[2]
    else:
        point = area.places.set_index("id").loc[spot[2][0]].geometry
        lon, lat = point.x, point.y
    try:
        return cache.here(area, lon, lat, limit_m, profile)
    except NarhetError as error:
        frame.say(error)
        return None


def _side(area: Area, spot: Spot | None, reach: Here | None, walk: reach_box.Walk | None) -> None:
    """Show what was chosen, and what can be walked to from there."""
    language = state.language()
    if spot is None:
        st.info(t("karta.click_hint"))
        return
    if st.button(t("karta.clear")):
        st.session_state.pop("spot", None)
        st.rerun()
    if spot[1] == "place":
        for place in spot[2]:
            lines = from_point.record(area, place, language)
            tables.record(lines, lines[0][1])
    if reach is None:
        return
    if walk is not None:
        walk.show(area)
    limit = texts.metres(reach.limit_m, language)
    found = places_and_gaps_map.reach_table(area, reach, language)
    st.markdown(t("karta.reached", limit=limit, count=len(found)))
    if reach.people == reach.people:  # known
        fewer = t("gap.fewer", smallest=privacy.SMALLEST)
        people = fewer if reach.few else texts.number(round(reach.people), language)
        st.markdown(t("karta.people_within", people=people, limit=limit))
    if len(found):
        tables.table(found.head(30), t("karta.in_reach"), numbers={t(key) for key in NUMBERS})
        if len(found) > 30:
            st.caption(t("karta.more", count=len(found) - 30))
