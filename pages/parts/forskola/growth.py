"""Where to add preschool places, on the page Förskola: the least that reaches a target, proven."""

from __future__ import annotations

import streamlit as st

from geo.access.preschools.model import PreschoolAnswer
from geo.area.model import Area
from geo.errors import NarhetError
from geo.output.words import preschool_plans as plans_words
from geo.planning.preschool_expansion import GrowthAnswer, where_to_add
from geo.types import Progress
from pages.shared import asks, frame, state
from pages.shared.literal import literal
from pages.shared.state import t


def show(area: Area, answer: PreschoolAnswer) -> GrowthAnswer | None:
    """Ask for a target, show where places must be added to reach it, and return it."""
    st.subheader(t("forskola.growth"), anchor=False)
    st.markdown(t("forskola.growth_intro"))
    if not st.toggle(t("forskola.growth_open"), key="growth_open"):
        return None
    target = st.slider(t("forskola.growth_target"), 50, 100, 95, format="%d %%", key="growth")
    asked = answer.question
    key = (area.key, "growth", asked.limit_m, asked.profile, asked.when, target)

    def work(progress: Progress) -> GrowthAnswer:
        return where_to_add(area, answer, target=target / 100, progress=progress)

    try:
        found: GrowthAnswer | None = asks.ask(key, t("forskola.growth"), work)
    except NarhetError as error:
        frame.say(error)
        return None
    if found is not None:
        first, *rest = plans_words.growth_lines(found, state.language())
        st.markdown(f"**{literal(first)}**")
        for line in rest:
            st.markdown(literal(line.strip()))
    return found
