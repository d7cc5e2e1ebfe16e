"""Placera: where the next desk, café or preschool should stand; a proposal with proof, on a map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from geo import texts
from geo.area.model import Area
from geo.errors import AreaLacks, NarhetError, SitingError
from geo.output.words import proposal as proposal_words
from geo.planning.siting import alternatives, curves, robustness
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import SitingQuestion
from geo.planning.siting.spread import SpreadHolds, spread_holds
from geo.types import Progress
from pages.parts.placera import proposal as proposal_box
from pages.parts.placera import question as question_box
from pages.shared import asks, cache, frame, proposals, stage, state
from pages.shared import housing as housing_box
from pages.shared import map as map_box
from pages.shared import scenarios as scenarios_box
from pages.shared.literal import literal
from pages.shared.state import t

CURVE_LEAST, CURVE_MOST = 6, 20
"""The curve goes to as many sites as are proposed, but so far at least, and no farther."""

SIDE_PX = 344
"""How wide what lies on the map's right side is."""

BEST_MOST, BEST_WITHIN = 5, 0.05
"""So many of the best choices are shown, none worse than the proposal by more than this share."""


def render() -> None:
    area = frame.current_area()
    head, row, floor = stage.begin(t("placera.title"), area)
    if not area.groups:
        frame.say(AreaLacks(key="lacks.people"))
        return
    asks.begin()
    placing: Placing | None = None
    try:
        question = question_box.question(area, row)
        with floor, st.spinner(t("placera.preparing")):
            placing = cache.placing(area, question)
        proposals.follow(question)
        with floor:
            proposal = proposals.answered(area, placing)
    except SitingError as error:
        question_box.say(error)
        _said_no(area, placing)
        return
    except NarhetError as error:
        frame.say(error)
        return
    if proposal is not None:
        _show(area, placing, proposal, head, floor)


def _show(area: Area, placing: Placing, proposal: Proposal, head: Any, floor: Any) -> None:
    """Show the proposal at once, and the other answers as they come."""
    language = state.language()
    varied = cache.kept().get(proposals.key(area, placing.question, "robust"))
    if varied is not None:
        proposal = robustness.with_shares(proposal, varied)
    stage.answer(head, literal(proposal_words.headline(proposal, language)))
    spec = cache.sites_screen(area, proposal, language)
    click = map_box.heard(lambda: spec, area, key="placera", language=language)
    if click is not None:
        _clicked(placing, click)
    with floor:
        clear = SIDE_PX if proposal.sites else 0
        map_box.show_map(spec, area, key="placera", language=language, height=None, clear=clear)
        beside = st.container(key="stage_side") if proposal.sites else st.container()
    with beside:
        if proposal.sites:
            _onward(placing.question)
        frame.unplaced(area, proposal.question.kind)
        proposal_box.refusals(proposal)
        second_box = st.container()
    _said_no(area, placing)
    st.caption(t("placera.map_note"))
    st.toggle(t("placera.add_spots"), key="add_spots", help=t("placera.add_spots_help"))
    housing_box.ask(area, placing.question.kind, placing.question.group)
    if proposal.nobody_gains:
        st.info(t("placera.nobody_next"), icon=":material/lightbulb:")
    proposal_box.about(proposal)
    if not proposal.sites:  # nothing to refuse, compare or vary
        _without_sites(placing, proposal)
        return
    proposal_box.sites(spec.table)
    proposal_box.districts(proposal)
    below = st.container()
    _why_not(area, placing, proposal)
    varying = st.container()
    with second_box:
        second, spread = _runner_up(area, placing, proposal)
    with below:
        curve = _curve(area, placing, proposal)
        trade_off = _trade_off(area, placing, proposal)
        answer = SiteAnswer(proposal, second, varied, curve, trade_off, spread)
        proposal_box.downloads(answer)
        scenarios_box.save(area, proposal)
    with varying:
        _best(area, placing, proposal)
        _robust(area, placing, proposal)
    proposal_box.candidates(placing)
    proposal_box.sources(answer)


def _without_sites(placing: Placing, proposal: Proposal) -> None:
    """Show what an answer that proposes nothing rests on."""
    answer = SiteAnswer(proposal)
    proposal_box.downloads(answer)
    proposal_box.candidates(placing)
    proposal_box.sources(answer)


def _onward(question: SitingQuestion) -> None:
    """Offer the ways on: what the proposal changes, and the paper for the board."""
    with st.container(horizontal=True):
        st.button(
            t("placera.to_gap"),
            key="to_gap",
            icon=":material/compare_arrows:",
            on_click=proposals.show_effect,
            args=(question,),
        )
        st.button(
            t("placera.to_board"),
            key="to_board",
            type="primary",
            icon=":material/description:",
            on_click=proposals.to_board,
            args=(question,),
        )


def _said_no(area: Area, placing: Placing | None) -> None:
    """List who said no and why, each with a button to ask again."""
    refused = question_box.refused()
    if not refused:
        return
    names = dict(zip(area.places["id"], area.places["name"], strict=True))
    with st.container(border=True):
        st.markdown(t("placera.said_no"))
        for at, name in enumerate(refused):
            shown = names.get(name) or name
            if placing is not None:
                shown = proposal_words.name_of(placing, name, state.language())
            why, back = st.columns([2, 1], vertical_alignment="bottom")
            question_box.ask_why(name, shown, at, where=why)
            back.button(
                t("placera.take_back", name=literal(shown)),
                key=f"back_{at}",
                icon=":material/undo:",
                on_click=question_box.take_back,
                args=(name,),
            )


def _clicked(placing: Placing, click: map_box.Click) -> None:
    """Take a click on the map: a candidate to ask about, or a new point to choose from."""
    known = set(placing.candidates.table["id"])
    ids = [shown.id for shown in click.shown if shown.id in known]
    if ids:
        st.session_state["why_not"] = ids[0]
    elif st.session_state.get("add_spots"):
        question_box.add_spot(click.lon, click.lat)
        st.rerun()


def _asked(key: tuple[object, ...], title: str, work: Callable[[Progress], Any]) -> Any:
    """Ask beside the page; what goes wrong is shown where the answer would stand."""
    try:
        return asks.ask(key, title, work)
    except NarhetError as error:
        frame.say(error)
        return None


def _runner_up(
    area: Area, placing: Placing, proposal: Proposal
) -> tuple[Proposal | None, SpreadHolds | None]:
    """Show what the best other choice is and whether the proposal holds however people are spread,
    and return both.
    """

    def work(progress: Progress) -> tuple[Proposal | None, SpreadHolds | None]:
        second = alternatives.runner_up(placing, proposal, progress=progress)
        return second, spread_holds(placing, proposal, progress=progress)

    key = proposals.key(area, placing.question, "runner-up")
    found = _asked(key, t("placera.second_working"), work)
    second, spread = found or (None, None)
    if second is not None:
        proposal_box.runner_up(proposal, second)
    if spread is not None:
        proposal_box.spread(proposal, spread)
    return second, spread


def _curve(area: Area, placing: Placing, proposal: Proposal) -> curves.Curve | None:
    """Show and return what each further site, or part of the budget, gives."""
    money = placing.question.budget is not None
    most = CURVE_LEAST if money else min(max(CURVE_LEAST, len(proposal.sites)), CURVE_MOST)

    def work(progress: Progress) -> curves.Curve:
        return curves.curve(placing, most, progress=progress)

    title = t("placera.curve_budget" if money else "placera.curve")
    st.subheader(title, anchor=False)
    found: curves.Curve | None = _asked(
        proposals.key(area, placing.question, "curve", most), title, work
    )
    if found is not None:
        proposal_box.curve(found, proposal)
    return found


def _trade_off(area: Area, placing: Placing, proposal: Proposal) -> tuple[curves.TradePoint, ...]:
    """Show and return what either group gains as the weight between them moves, if one is set."""
    question = placing.question
    if question.balance is None:
        return ()

    def work(progress: Progress) -> tuple[curves.TradePoint, ...]:
        return curves.trade_off(area, question, progress=progress)

    st.subheader(t("placera.trade_off"), anchor=False)
    key = proposals.key(area, replace(question, balance=0.5), "trade-off")
    found: tuple[curves.TradePoint, ...] | None = _asked(key, t("placera.trade_off"), work)
    if found is not None:
        proposal_box.trade_off(found, proposal)
    return found or ()


def _why_not(area: Area, placing: Placing, proposal: Proposal) -> None:
    """Show what the best choice with a certain candidate would reach."""
    st.subheader(t("placera.why_not"), anchor=False)
    candidate = proposal_box.choose_candidate(placing, proposal)
    if candidate is None:
        return

    def work(progress: Progress) -> Proposal:
        return alternatives.why_not(placing, candidate, progress=progress)

    key = proposals.key(area, placing.question, "why not", candidate)
    other = _asked(key, t("placera.why_not_table"), work)
    if other is not None:
        proposal_box.why_not(proposal, other, candidate)


def _best(area: Area, placing: Placing, proposal: Proposal) -> None:
    """Show which other choices are nearly as good: figures do not hold all reasons."""
    language = state.language()
    st.subheader(t("placera.best"), anchor=False)
    share = texts.percent(BEST_WITHIN, language)
    st.markdown(t("placera.best_intro", number=BEST_MOST, share=share))
    if not st.toggle(t("placera.best_open"), key="best_open"):
        return

    def work(progress: Progress) -> tuple[Proposal, ...]:
        return alternatives.best_answers(
            placing, proposal, k=BEST_MOST, within=BEST_WITHIN, progress=progress
        )

    found = _asked(proposals.key(area, placing.question, "best"), t("placera.best"), work)
    if found is not None:
        proposal_box.best(found)


def _robust(area: Area, placing: Placing, proposal: Proposal) -> None:
    """Show how often each site stays chosen when the numbers vary."""
    st.subheader(t("placera.robust"), anchor=False)
    st.markdown(t("placera.robust_intro"))
    if not st.toggle(t("placera.robust_open"), key="robust_open"):
        return
    key = proposals.key(area, placing.question, "robust")
    fresh = cache.kept().get(key) is None

    def work(progress: Progress) -> robustness.Robustness:
        return robustness.robust(placing, proposal, progress=progress)

    found = _asked(key, t("placera.robust"), work)
    if found is None:
        return
    proposal_box.robust(found, placing)
    if fresh:  # the table and the files above show it as well
        st.rerun()
