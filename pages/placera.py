"""Placera: where the next desk, café or preschool should stand; a proposal with proof, on a map."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo import placing as plan
from geo import views_sites
from geo.area import Area, Progress
from geo.errors import AreaLacks, NarhetError, SitingError
from geo.placing import Placing, Question, SiteAnswer
from pages.parts import answers, asks, frame, mapbox, placebox, proposalbox, state
from pages.parts.literal import literal
from pages.parts.state import t

CURVE_MOST = 6


def render() -> None:
    area = frame.current_area()
    frame.begin(t("placera.title"), area)
    st.markdown(t("placera.intro"))
    if not area.groups:
        frame.say(AreaLacks(key="lacks.people"))
        return
    try:
        question = placebox.question(area)
        with st.spinner(t("placera.preparing")):
            placing = answers.placing(area, question)
        answer = asks.ask(_key(area, question), t("placera.solving"), _work(placing))
    except SitingError as error:
        placebox.say(error)
        _said_no(area)
        return
    except NarhetError as error:
        frame.say(error)
        return
    if answer is not None:
        _show(area, placing, answer)


def _key(area: Area, question: Question, *more: str) -> tuple[object, ...]:
    return (area.key, question, *more)


def _work(placing: Placing) -> Callable[[Progress], SiteAnswer]:
    def work(progress: Progress) -> SiteAnswer:
        most = max(CURVE_MOST, placing.question.count or 0)
        return plan.answered(placing, most=most, progress=progress)

    return work


def _show(area: Area, placing: Placing, answer: SiteAnswer) -> None:
    language = state.language()
    proposal = answer.proposal
    key = _key(area, placing.question)
    proposalbox.sentence(answer)
    _said_no(area)
    spec = views_sites.sites_map(area, proposal, language)
    click = mapbox.heard(lambda: spec, area, key="placera", language=language)
    if click is not None:
        _clicked(placing, click)
    left, right = st.columns([11, 9])
    with left:
        mapbox.show_map(spec, area, key="placera", language=language)
        st.caption(t("placera.map_note"))
        st.toggle(t("placera.add_spots"), key="add_spots", help=t("placera.add_spots_help"))
    with right:
        proposalbox.sites(spec.table)
        proposalbox.refusals(answer)
        proposalbox.runner_up(answer)
    proposalbox.districts(proposal)
    proposalbox.curve(answer)
    proposalbox.trade_off(answer)
    proposalbox.downloads(answer, key)
    _why_not(area, placing, answer)
    _robust(area, placing, answer)
    proposalbox.candidates(placing)
    proposalbox.sources(answer)


def _said_no(area: Area) -> None:
    """List who said no, each with a button to ask again."""
    refused = placebox.refused()
    if not refused:
        return
    names = dict(zip(area.places["id"], area.places["name"], strict=True))
    with st.container(border=True):
        st.markdown(t("placera.said_no"))
        for at, name in enumerate(refused):
            shown = names.get(name) or name
            st.button(
                t("placera.take_back", name=literal(shown)),
                key=f"back_{at}",
                icon=":material/undo:",
                on_click=placebox.take_back,
                args=(name,),
            )


def _clicked(placing: Placing, click: mapbox.Click) -> None:
    """Take a click on the map: a candidate to ask about, or a new point to choose from."""
    known = set(placing.candidates.table["id"])
    ids = [shown.id for shown in click.shown if shown.id in known]
    if ids:
        st.session_state["why_not"] = ids[0]
    elif st.session_state.get("add_spots"):
        placebox.add_spot(click.lon, click.lat)
        st.rerun()


def _why_not(area: Area, placing: Placing, answer: SiteAnswer) -> None:
    """Answer what the best choice with a certain candidate would reach."""
    st.subheader(t("placera.why_not"), anchor=False)
    candidate = proposalbox.choose_candidate(placing, answer.proposal)
    if candidate is None or not placing.question.count:
        return
    key = _key(area, placing.question, "why not", candidate)

    def work(progress: Progress) -> plan.Proposal:
        return plan.why_not(placing, candidate, progress=progress)

    try:
        other = asks.ask(key, t("placera.solving"), work)
    except NarhetError as error:
        frame.say(error)
        return
    if other is not None:
        proposalbox.why_not(answer.proposal, other, candidate)


def _robust(area: Area, placing: Placing, answer: SiteAnswer) -> None:
    """Answer how often each site stays chosen when the numbers vary."""
    st.subheader(t("placera.robust"), anchor=False)
    st.markdown(t("placera.robust_intro"))
    if not st.toggle(t("placera.robust_open"), key="robust_open"):
        return

    def work(progress: Progress) -> plan.Robustness:
        return plan.robust(placing, answer.proposal, progress=progress)

    try:
        found = asks.ask(_key(area, placing.question, "robust"), t("placera.robust"), work)
    except NarhetError as error:
        frame.say(error)
        return
    if found is not None:
        proposalbox.robust(found)
