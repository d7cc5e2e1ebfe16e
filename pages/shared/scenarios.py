"""Saved scenarios on the pages: a proposal is saved on Placera, and tried on Gap."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo import clock, presets, texts
from geo.access.gaps import Gap, without_small_counts
from geo.area.model import Area
from geo.errors import NarhetError
from geo.planning import scenario
from geo.planning.scenario import Scenario
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import SitingQuestion
from pages.shared import cache, frame, proposals, state, tables
from pages.shared.literal import literal
from pages.shared.state import t


def save(area: Area, proposal: Proposal) -> None:
    """Offer to save a proposal, its question and sites, under a name."""
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
    elif done is not None:
        st.success(t("scenario.saved", name=literal(done.name)), icon=":material/check:")
        if done.proposal is not None:
            _ways_on(done.proposal.question, done.id)


def _ways_on(question: SitingQuestion, saved: str) -> None:
    with st.container(horizontal=True):
        for key, way in (("to_gap", proposals.show_effect), ("to_board", proposals.to_board)):
            st.button(t(f"placera.{key}"), key=f"saved_{key}", on_click=way, args=(question, saved))


def _save(area: Area, proposal: Proposal) -> None:
    """Save under the name in the box; how it went is shown when the page is drawn."""
    try:
        name = st.session_state.get("scenario_name", "")
        made = scenario.of_proposal(proposal, name, state.language())
        scenario.save(area, made)
    except NarhetError as error:
        st.session_state["scenario_saved"] = error
    else:
        st.session_state["scenario_saved"] = made


def effect(area: Area, answer: Gap) -> None:
    """Show a gap today and after: with the scenario that was picked, or the proposal that came from
    the page Placera.
    """
    try:
        found = _picked(area) or _travelling(area, answer)
        if found is None:
            return
        changed = cache.answer_after(area, found, answer)
    except NarhetError as error:
        frame.say(error)
        return
    language = state.language()
    with st.container(border=True):
        st.markdown(f"**{literal(scenario.effect(answer, changed, found.name, language))}**")
        rows = _by_district(answer, changed, language)
        if len(rows):
            tables.table(rows, t("scenario.by_district"), numbers=list(rows.columns[1:]))
        kept = found.proposal
        if kept is not None and kept.question == proposals.current():
            _with_the_proposal()


def _with_the_proposal() -> None:
    with st.container(horizontal=True):
        st.button(
            t("placera.to_board"), key="effect_to_board", type="primary",
            icon=":material/description:", on_click=state.go, args=("namnd",),
        )  # fmt: skip
        st.button(t("scenario.change"), key="effect_change", on_click=proposals.change)
        st.button(t("scenario.leave"), key="effect_leave", on_click=_leave)


def _leave() -> None:
    proposals.leave()
    st.session_state.pop("scenario_pick", None)


def _picked(area: Area) -> Scenario | None:
    """Return the scenario picked among those saved, None where none is."""
    name = st.session_state.get("scenario_pick")
    there = {one.id: one.scenario for one in scenario.saved_of(area.id)} if name else {}
    return there.get(name or "")


def _travelling(area: Area, answer: Gap) -> Scenario | None:
    """Return what the proposal from Placera opens, where the gap is of the same kind of place; say
    so where it is of another.
    """
    question = proposals.current()
    if question is None:
        return None
    if question.kind != answer.kind:
        kinds = presets.kind(question.kind).plural(state.language()).lower()
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.info(t("scenario.other_kind", kinds=kinds), icon=":material/compare_arrows:")
        right.button(
            t("scenario.ask_that"), key="ask_that", on_click=proposals.ask_gap, args=(question,)
        )
        return None
    one = proposals.saved_one(area)
    if one is not None:
        return one.scenario
    proposal = proposals.proposed(area, question)
    if proposal is None or not proposal.sites:
        return None
    return scenario.of_proposal(proposal, t("scenario.the_proposal"), state.language())


def pick(area: Area) -> None:
    """Offer the saved scenarios; one that answers a question brings its question along."""
    there = {one.id: one for one in scenario.saved_of(area.id)}
    if not there:
        return

    def picked() -> None:
        one = there.get(st.session_state["scenario_pick"] or "")
        kept = None if one is None else one.scenario.proposal
        if one is not None and kept is not None:
            proposals.take(kept.question, one.id)
            proposals.ask_gap(kept.question)

    st.subheader(t("scenario.title"), anchor=False)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = left.selectbox(
        t("scenario.pick"),
        list(there),
        index=None,
        format_func=lambda one: there[one].scenario.name,
        placeholder=t("scenario.pick_hint"),
        key="scenario_pick",
        on_change=picked,
        help=t("scenario.pick_help"),
    )
    if name is None:
        return
    one = there[name]
    if right.button(t("scenario.delete"), key="scenario_delete", width="stretch"):
        scenario.delete(area.id, name)
        if state.get("saved") == name:
            proposals.leave()
        st.rerun()
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
