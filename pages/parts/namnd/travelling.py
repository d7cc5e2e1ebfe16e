"""The proposal that came from the page Placera, or from those saved, as the page Nämnd takes it."""

from __future__ import annotations

import streamlit as st

from geo import presets, texts
from geo.area.model import Area
from geo.planning import scenario
from geo.planning.siting.question import SitingQuestion
from pages.shared import proposals, state
from pages.shared.literal import literal
from pages.shared.state import t


def show(area: Area) -> SitingQuestion | None:
    """Say which proposal the report is on, with ways to change or leave it; without one, offer to
    make one or to take a saved one. Returns its question.
    """
    question = proposals.current()
    if question is None:
        _offer(area)
        return None
    with st.container(border=True):
        st.markdown(literal(_words(question)))
        one = proposals.saved_one(area)
        if one is not None:
            st.caption(literal(t("namnd.from_saved", name=one.scenario.name)))
        with st.container(horizontal=True):
            st.button(t("scenario.change"), key="board_change", on_click=proposals.change)
            st.button(t("namnd.leave"), key="board_leave", on_click=proposals.leave)
    return question


def _words(question: SitingQuestion) -> str:
    """Return a question in one line: what opens, for whom, within which limit, who said no."""
    language = state.language()
    kind = presets.kind(question.kind)
    name = kind.plural(language) if question.count != 1 else kind.name(language)
    said = t(
        "namnd.on_proposal" if question.count is not None else "namnd.on_proposal_free",
        kind=name.lower(),
        count=question.count,
        group=presets.group(question.group).name(language),
        limit=texts.metres(question.limit_m, language),
    )
    if not question.excluded:
        return said
    return f"{said} {t('namnd.on_refused', count=len(question.excluded))}"


def _offer(area: Area) -> None:
    there = {one.id: one for one in scenario.saved_of(area.id) if one.scenario.proposal is not None}

    def picked() -> None:
        one = there.get(st.session_state["board_saved"] or "")
        if one is not None and one.scenario.proposal is not None:
            proposals.take(one.scenario.proposal.question, one.id)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            t("namnd.propose"),
            key="board_propose",
            icon=":material/add_location_alt:",
            on_click=state.go,
            args=("placera",),
        )
        if there:
            st.selectbox(
                t("namnd.saved"),
                list(there),
                index=None,
                format_func=lambda name: there[name].scenario.name,
                placeholder=t("namnd.saved_hint"),
                key="board_saved",
                on_change=picked,
            )
