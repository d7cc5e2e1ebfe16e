"""Saved scenarios on the pages: a proposal is saved on Placera, and tried on Gap."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo import clock, texts
from geo.access.gaps import Gap, without_small_counts
from geo.area.model import Area
from geo.errors import NarhetError
from geo.planning import scenario
from geo.planning.siting.proposal import Proposal
from pages.shared import cache, frame, state, tables
from pages.shared.literal import literal
from pages.shared.state import t


def save(area: Area, proposal: Proposal) -> None:
    """Offer to save a proposal's sites under a name."""
    with st.expander(t("scenario.save_title"), icon=":material/bookmark_add:"):
        st.markdown(t("scenario.save_intro"))
        st.text_input(
            t("scenario.name"),
            max_chars=scenario.MOST_NAME,
            key="scenario_name",
            on_change=lambda: st.session_state.pop("scenario_saved", None),
        )
        # Before the page is drawn: an answer that comes in at that moment draws it anew.
        st.button(t("scenario.save"), key="scenario_save", on_click=_save, args=(area, proposal))
    done = st.session_state.get("scenario_saved")
    if isinstance(done, NarhetError):
        frame.say(done)
    elif done:
        st.success(t("scenario.saved", name=literal(done)), icon=":material/check:")


def _save(area: Area, proposal: Proposal) -> None:
    """Save under the name in the box; how it went is shown when the page is drawn."""
    try:
        name = st.session_state.get("scenario_name", "")
        made = scenario.of_proposal(proposal, name, state.language())
        scenario.save(area, made)
    except NarhetError as error:
        st.session_state["scenario_saved"] = error
    else:
        st.session_state["scenario_saved"] = made.name


def compare(area: Area, answer: Gap) -> None:
    """Offer to see a gap as a saved scenario would make it."""
    there = {one.id: one for one in scenario.saved_of(area.id)}
    if not there:
        return
    st.subheader(t("scenario.title"), anchor=False)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = left.selectbox(
        t("scenario.pick"),
        list(there),
        index=None,
        format_func=lambda one: there[one].scenario.name,
        placeholder=t("scenario.pick_hint"),
        key="scenario_pick",
    )
    if name is None:
        return
    one = there[name]
    if right.button(t("scenario.delete"), key="scenario_delete", width="stretch"):
        scenario.delete(area.id, name)
        st.rerun()
    try:
        changed = cache.answer_after(area, one.scenario, answer)
    except NarhetError as error:
        frame.say(error)
        return
    language = state.language()
    st.markdown(f"**{literal(scenario.effect(answer, changed, one.scenario.name, language))}**")
    rows = _by_district(answer, changed, language)
    tables.table(rows, t("scenario.by_district"), numbers=list(rows.columns[1:]))
    when = clock.local_time(one.at)
    st.caption(literal(t("scenario.saved_by", who=one.by or "–", when=when)))


def _by_district(before: Gap, changed: Gap, language: str) -> pd.DataFrame:
    """Return people beyond the limit by district, before and after; small counts hidden."""
    now = {row.name: row.beyond for row in without_small_counts(changed).districts}
    rows = [
        (
            row.name or t("gap.outside_districts"),
            _count(row.beyond, language),
            _count(now[row.name], language),
        )
        for row in without_small_counts(before).districts
        if row.name in now
    ]
    titles = [t("table.district"), t("scenario.before"), t("scenario.after")]
    return pd.DataFrame(rows, columns=titles)


def _count(people: float | None, language: str) -> str:
    return t("gap.hidden") if people is None else texts.number(round(people), language)
