"""Finding a point without typing coordinates: by address, by the name of a place, a station, a
housing or a district of the area, or by a click on a map. Nothing is asked outside the area.

What was chosen is kept apart from the widgets: a run that is broken off between two of them never
loses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from geo.area.model import Area
from geo.errors import InputError
from geo.ingest.geocoding.finder import POINT, Spot, check_near
from pages.shared import cache, state
from pages.shared.literal import literal
from pages.shared.state import t

Point = tuple[float, float]
OFFERED = 5


def ask(
    area: Area,
    key: str,
    found: Callable[[float, float], None],
    *,
    where: Any = st,
    label: str = "",
    width: int | None = None,
) -> None:
    """Show a field to find a point by words; ``found`` gets its longitude and latitude. Where words
    may mean several, they are offered as buttons.
    """
    words_key = f"{key}_words"

    def looked() -> None:
        words = str(st.session_state[words_key]).strip()
        st.session_state[f"{key}_offered"] = st.session_state[f"{key}_refused"] = None
        if not words:
            return
        try:
            spots = cache.finder(area).spots(words)
            if spots and spots[0].how == POINT:
                check_near(area, spots[0].lon, spots[0].lat)
        except InputError as error:  # figures that are no point, or one of another town
            st.session_state[f"{key}_refused"] = (area.key, error)
            return
        if spots and spots[0].certain and not _rivals(spots):
            take(spots[0])
        else:
            st.session_state[f"{key}_offered"] = (area.key, words, tuple(spots[:OFFERED]))

    def take(spot: Spot) -> None:
        st.session_state[f"{key}_offered"] = None
        found(spot.lon, spot.lat)

    where.text_input(
        label or t("point.find"),
        key=words_key,
        placeholder=t("point.hint"),
        help=t("point.help") if width is None else None,
        on_change=looked,
        max_chars=200,
        **state.in_a_sentence(width),
    )
    refused, offered = (st.session_state.get(f"{key}_{name}") for name in ("refused", "offered"))
    if refused and refused[0] == area.key:
        where.error(literal(refused[1].message(state.language())), icon=":material/error:")
    if offered and offered[0] == area.key:
        _offer(key, offered[1], offered[2], take, where)


def keep(area: Area, key: str, lon: float, lat: float) -> None:
    """Keep a point that was chosen, by words or a click."""
    st.session_state[f"{key}_point"] = (area.key, (lon, lat))


def kept(area: Area, key: str) -> Point | None:
    """Return the point that was chosen in this area, None where none was."""
    known, point = st.session_state.get(f"{key}_point", ("", None))
    return point if known == area.key else None


def name(area: Area, lon: float, lat: float) -> str:
    """Return what a person calls a point: near an address or a place, or in a district."""
    return cache.point_name(area, lon, lat, state.language())


def _rivals(spots: list[Spot]) -> bool:
    """Return whether another sure spot is called the same and is no district."""
    first = spots[0]
    return any(each.certain and each.said == first.said and not each.about for each in spots[1:])


def _offer(
    key: str, words: str, spots: tuple[Spot, ...], take: Callable[[Spot], None], where: Any
) -> None:
    if not spots:
        where.caption(literal(t("point.nothing", found=words)))
        return
    where.caption(t("point.which"))
    for at, spot in enumerate(spots):
        said = spot.named(state.language())
        where.button(
            literal(said if spot.certain else t("point.unsure", name=said)),
            key=f"{key}_offer_{at}",
            icon=":material/location_on:",
            on_click=take,
            args=(spot,),
        )
