"""The proposal that goes from Placera to Gap and Nämnd: its whole question stands in the address,
so that nothing of it changes on the way, and the pages share one answer to it.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo.area.model import Area
from geo.planning import scenario as planning_scenario
from geo.planning.scenario import Saved
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import SitingQuestion
from geo.types import Progress
from pages.shared import asks, cache, siting_view, state
from pages.shared.state import t


def current() -> SitingQuestion | None:
    """Return the question that was taken along, None where none was."""
    return siting_view.read(state.get("asked"))


def take(question: SitingQuestion, saved: str = "") -> None:
    """Take a question along to the other pages; ``saved``: the name its proposal is kept under."""
    state.choose("asked", siting_view.write(question))
    state.choose("saved", saved)


def leave() -> None:
    """Take no proposal along any more."""
    state.choose("asked", "")
    state.choose("saved", "")


def follow(question: SitingQuestion) -> None:
    """Let what is taken along be what the page Placera asks, when somebody changes it there: who
    says no there is not recommended elsewhere.
    """
    before = st.session_state.get("placera_asked")
    st.session_state["placera_asked"] = question
    if state.get("asked") and before is not None and before != question:
        take(question)


def show_effect(question: SitingQuestion, saved: str = "") -> None:
    """Go to the page Gap, asking who lacks what the proposal opens, today and after."""
    take(question, saved)
    ask_gap(question)
    state.go("gap")


def ask_gap(question: SitingQuestion) -> None:
    """Let the gap that is asked for be that of a proposal's kind, limit, group and profile."""
    asked = {name: getattr(question, name) for name in ("kind", "group", "profile")}
    for name, value in {**asked, "limit": f"{question.limit_m:g}"}.items():
        state.choose_firmly(name, value)


def to_board(question: SitingQuestion, saved: str = "") -> None:
    """Go to the page Nämnd with the proposal."""
    take(question, saved)
    state.go("namnd")


def change() -> None:
    """Go to the page Placera with the question that was taken along."""
    for name, value in siting_view.view_of(state.get("asked")).items():
        state.choose_firmly(name, value)
    state.choose("saved", "")
    st.session_state.pop("placera_asked", None)
    state.go("placera")


def saved_one(area: Area) -> Saved | None:
    """Return the saved proposal that was taken along; None where it was asked for anew."""
    if not state.get("saved"):
        return None
    there = {one.id: one for one in planning_scenario.saved_of(area.id)}
    one = there.get(state.get("saved"))
    kept = None if one is None else one.scenario.proposal
    return one if kept is not None and kept.question == current() else None


def key(area: Area, question: SitingQuestion, *more: object) -> tuple[object, ...]:
    """Return what an answer about a proposal is kept under; why somebody says no changes none."""
    return (area.key, replace(question, reasons=()), *more)


def proposed(area: Area, question: SitingQuestion) -> Proposal | None:
    """Return the answer to a question, for all pages the same; None while it is worked on.

    Raises
    ------
    What ``prepare``, ``propose`` and ``scenario.proposed`` raise.
    """
    placing = cache.placing(area, question)
    one = saved_one(area)
    if one is None:
        return answered(area, placing)
    scenario = one.scenario

    def work(progress: Progress) -> Proposal:
        return planning_scenario.proposed(area, scenario, placing=placing, progress=progress)

    kept = key(area, question, "saved", one.id, one.version)
    return _with(placing, asks.ask(kept, t("placera.solving"), work))


def answered(area: Area, placing: Placing) -> Proposal | None:
    """Return the answer to a question that is laid out; None while it is worked on."""

    def work(progress: Progress) -> Proposal:
        return siting_proposal.proposed(placing, progress=progress)

    return _with(placing, asks.ask(key(area, placing.question), t("placera.solving"), work))


def _with(placing: Placing, proposal: Proposal | None) -> Proposal | None:
    """Return a proposal with the reasons given now: it may have been kept with others."""
    if proposal is None:
        return None
    question = replace(proposal.question, reasons=placing.question.reasons)
    return replace(proposal, placing=replace(proposal.placing, question=question))
