"""The comparison on the gap page: where the verdict flips between two ways of walking."""

from __future__ import annotations

import streamlit as st

from geo import presets, texts
from geo.access import profile_comparison
from geo.access.gaps import Gap
from geo.access.profile_comparison import Flips
from geo.area.model import Area
from geo.output.maps import from_point as from_point_map
from geo.output.words import spreading
from pages.shared import cache, state, tables
from pages.shared import map as map_box
from pages.shared.state import t

BEYOND = "with_stroller"


def show(area: Area, answer: Gap) -> None:
    """Show a switch, and when it is on the comparison for the gap's kind, limit and group."""
    if not st.toggle(t("flips.open"), key="flips_open"):
        return
    st.markdown(t("flips.intro"))
    pair, basis = _choices(answer.profile)
    if pair[0] == pair[1]:
        st.info(t("flips.same"))
        return
    found = cache.flips(area, answer.kind, answer.limit_m, answer.group, pair, basis)
    _words(area, found)
    if not found.tells:
        return
    _map_and_table(area, found)


def _choices(profile: str) -> tuple[tuple[str, str], str]:
    language = state.language()
    names = list(presets.profiles())
    first = names[0] if profile == BEYOND else profile

    def label(name: str) -> str:
        return presets.profile(name).name(language)

    columns = st.columns(3)
    within = columns[0].selectbox(
        t("flips.within"), names, names.index(first), format_func=label, key="flips_within"
    )
    beyond = columns[1].selectbox(
        t("flips.beyond"), names, names.index(BEYOND), format_func=label, key="flips_beyond"
    )
    basis = columns[2].radio(
        t("flips.basis"),
        profile_comparison.BASES,
        format_func=lambda name: t(f"flips.basis_{name}"),
        help=t("flips.basis_help"),
        key="flips_basis",
    )
    return (within, beyond), basis


def _words(area: Area, found: Flips) -> None:
    """Return in words the answer, what it compares, and what the network leaves unknown."""
    language = state.language()
    if found.tells:
        st.markdown(f"**{profile_comparison.headline(found, language)}**")
    if found.basis == "minutes":
        st.markdown(
            t(
                "flips.time_words",
                minutes=texts.number(found.minutes, language, 1),
                limit=texts.metres(found.limit_m, language),
                other=texts.metres(found.other_limit_m, language),
                within=presets.profile(found.within).name(language),
                beyond=presets.profile(found.beyond).name(language),
            )
        )
    for doubt in found.doubts:
        st.warning(t(doubt), icon=":material/help:")
    if found.tells and found.gap.estimated:
        estimated = spreading.estimated_line(area, found.gap.group, language)
        st.info(estimated, icon=":material/calculate:")


def _map_and_table(area: Area, found: Flips) -> None:
    language = state.language()
    left, right = st.columns([11, 9])
    spec = from_point_map.flips_map(area, found, language)
    with left:
        map_box.show_map(spec, area, key="flips", language=language)
    with right:
        names = list(spec.table.columns)
        tables.table(spec.table, t("flips.by_district"), numbers=names[1:], last_is_total=True)
