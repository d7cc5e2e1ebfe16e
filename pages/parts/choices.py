"""The controls that several pages share: kind, limit, group, profile. Reads and remembers, computes
nothing.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo import presets, texts
from geo.area import Area
from pages.parts import state
from pages.parts.state import t

OWN = "own"


def kind(area: Area, *, where: Any = st) -> str:
    """Choose a kind of place that the area has."""
    language = state.language()
    return state.select(
        "kind",
        t("choose.kind"),
        area.kinds,
        lambda name: presets.kind(name).name(language),
        where=where,
    )


def group(area: Area, *, where: Any = st) -> str:
    """Choose a group of people that the area knows."""
    language = state.language()

    def label(name: str) -> str:
        words = presets.group(name).name(language)
        return words[0].upper() + words[1:]

    return state.select("group", t("choose.group"), area.groups, label, where=where)


def profile(*, where: Any = st) -> str:
    """Choose a walking profile."""
    language = state.language()
    return state.select(
        "profile",
        t("choose.profile"),
        list(presets.profiles()),
        lambda name: presets.profile(name).name(language),
        where=where,
        help_text="\n\n".join(
            f"**{row.name(language)}**: {row.source(language)}"
            for row in presets.profiles().values()
        ),
    )


def limit(*, where: Any = st) -> float:
    """Choose a distance limit: a preset with its source, or one's own number of metres."""
    language = state.language()
    chosen = f"{presets.limit_m(state.get('limit')):g}"
    known = {str(row.metres): row for row in presets.limits()}

    def label(name: str) -> str:
        if name == OWN:
            return t("choose.own_limit")
        return f"{texts.metres(known[name].metres, language)} – {known[name].source(language)}"

    if "pick_limit_kind" not in st.session_state:
        st.session_state["pick_limit_kind"] = chosen if chosen in known else OWN
    name = where.selectbox(
        t("choose.limit"), [*known, OWN], format_func=label, key="pick_limit_kind"
    )
    if name == OWN:
        if "pick_limit_own" not in st.session_state:
            st.session_state["pick_limit_own"] = int(float(chosen))
        own = where.number_input(
            t("choose.own_metres"), min_value=1, max_value=20_000, step=50, key="pick_limit_own"
        )
        name = str(int(own))
    state.choose("limit", name)
    return float(name)
