"""The parts of the page Uppsökande: controls, the list, a place's reasons and proposals, files."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from geo import presets
from geo.access.meeting.question import MeetingQuestion
from geo.area.model import Area
from geo.area.newcomers import availabilities
from geo.errors import NarhetError
from geo.output.documents.outreach import CALENDAR, outreach_document
from geo.output.words import outreach as outreach_words
from geo.output.words.outreach_tables import (
    answer_words,
    mark,
    people_words,
    proposals_table,
    summary,
)
from geo.planning.outreach import spots
from geo.planning.outreach.brief import Brief, Outreach, Row, briefed
from geo.planning.outreach.proposals import Proposal
from geo.planning.outreach.question import (
    ORDERS,
    WHEN,
    WHERE,
    OutreachQuestion,
    equal,
    groups_of,
    weights_of,
    written,
)
from geo.planning.outreach.rounds import Plan
from geo.planning.outreach.rules import needs
from geo.types import Progress
from pages.shared import asks, choices, frame, state, tables
from pages.shared.downloads import offer_answer
from pages.shared.literal import literal
from pages.shared.state import t

TOP = 20
"""So many places the list shows, and the map."""
HEAVIEST, STEP = 5.0, 0.5


def question(area: Area) -> OutreachQuestion:
    """Show the controls and return what they ask.

    Raises
    ------
    NarhetError : the link asks for something that cannot be.
    """
    first, second, third = st.columns(3)
    fourth, fifth, sixth = st.columns(3)
    choices.limit(where=first, usual=MeetingQuestion.limit_m)
    choices.profile(where=second)
    when = _when(third)
    group = _group(area, fourth)
    where = state.select(
        "whom",
        t("uppsokande.where"),
        WHERE,
        lambda name: t(f"uppsokande.where_{name}"),
        where=fifth,
    )
    order = state.select(
        "order",
        t("uppsokande.order"),
        ORDERS,
        lambda name: t(f"uppsokande.order_{name}"),
        where=sixth,
    )
    _weights()
    return OutreachQuestion.read(
        {
            "limit": state.get("limit"),
            "profile": state.get("profile"),
            "when": when,
            "week": state.get("week"),
            "group": group,
            "weights": state.get("weights"),
            "where": where,
            "order": order,
        },
        area,
    )


def choose(answer: Outreach) -> Row:
    """Choose a place of the list; the first unless the address says another."""
    language = state.language()
    rows = {key_of(row): row for row in answer.shown}
    name = state.select(
        "spot",
        t("uppsokande.choose"),
        list(rows),
        lambda key: f"{rows[key].number}. {spots.spot_name(rows[key].spot, language)}",
    )
    return rows[name]


def key_of(row: Row) -> str:
    """Return what a place is called in the address."""
    return f"{row.spot.kind}:{row.spot.id}"


def reasons(answer: Outreach, row: Row) -> None:
    """Show which needs a place has: how many, how sure, why; and what is not known there."""
    language = state.language()
    st.subheader(literal(spots.spot_name(row.spot, language)), anchor=False)
    people = literal(people_words(row, language))
    score, count = (
        outreach_words.score_words(row, language),
        outreach_words.in_need_sentence(row, language),
    )
    st.markdown(t("uppsokande.about", people=people, score=score, count=literal(count)))
    for need in row.lacking:
        said = t(
            "uppsokande.need",
            need=_sentence(needs()[need.need].name(language)),
            count=outreach_words.lacking_words(need, language),
            sure=outreach_words.sure_words(need, language),
        )
        st.markdown(
            f"- **{literal(said)}** {literal(outreach_words.why(answer, row, need, language))}"
        )
    for need in row.unknown:
        name = literal(needs()[need.need].name(language))
        st.markdown(
            f"- {t('uppsokande.need_unknown', need=name)} "
            f"{literal(outreach_words.why(answer, row, need, language))}"
        )


def proposals(brief: Brief, row: Row) -> tuple[Proposal, ...]:
    """Show what each need of a place gets, or why it gets nothing, and return what was proposed:
    its own, and what is offered for the area.
    """
    language, answer, at = state.language(), brief.answer, brief.rows.index(row)
    own = brief.proposals[at]
    for need in brief.answers[at]:
        name = _sentence(needs()[need.need].name(language))
        said = answer_words(brief, row, need.need, language)
        st.markdown(f"- **{literal(name)}**: {literal(said)}")
    for number, each in enumerate(own, start=1):
        with st.container(border=True):
            said = outreach_words.proposal_words(answer, each, language)
            st.markdown(f"**{number}. {literal(said)}**")
            _effects(each, language)
    shared = [(each, each.for_spot(row.spot.id)) for each in brief.shared]
    here = [(each, made) for each, made in shared if made is not None]
    for once, made in here:
        with st.container(border=True):
            said = outreach_words.proposal_words(answer, made, language)
            st.markdown(f"**{mark(once)}. {literal(said)}**")
            _effects(made, language)
    st.caption(t("uppsokande.proposals_note"))
    return (*own, *(made for _, made in here))


def _effects(proposal: Proposal, language: str) -> None:
    for effect in proposal.effects:
        st.markdown(f"- {literal(outreach_words.effect_words(effect, language))}")


def shared(brief: Brief) -> None:
    """Show what is offered once for the area: what, for which places, and its effect."""
    if brief.shared:
        language = state.language()
        st.subheader(t("uppsokande.shared"), anchor=False)
        st.caption(t("outreach.shared_note"))
        table = proposals_table(brief, language).iloc[: len(brief.shared)]
        tables.table(table, t("uppsokande.shared"), numbers=set())


def ranking(table: pd.DataFrame, count: int) -> None:
    """Show the ranked list: the table beside the map."""
    caption = t("uppsokande.list", shown=len(table), count=count)
    numbers = {table.columns[at] for at in (0, 4, 5)}
    tables.table(table, caption, numbers=numbers)


def brief_of(area: Area, answer: Outreach, top: int, title: str) -> Brief | None:
    """Return what could be done for the first places of the list; None while it is worked on."""

    def run(progress: Progress) -> Brief:
        return briefed(answer, top, progress=progress)

    try:
        found: Brief | None = asks.ask((area.key, answer.question, "proposals", top), title, run)
    except NarhetError as error:
        frame.say(error)
        return None
    return found


def downloads(area: Area, answer: Outreach, plan: Plan | None) -> None:
    """Make files of the list and the plan when asked, and offer them."""
    st.subheader(t("uppsokande.files"), anchor=False)
    st.markdown(t("uppsokande.files_intro", count=min(TOP, len(answer.shown))))
    if not st.toggle(t("uppsokande.files_open"), key="outreach_files"):
        return
    language = state.language()
    made = brief_of(area, answer, TOP, t("uppsokande.files"))
    if made is not None:
        brief = replace(made, plan=plan)
        stem = f"uppsokande-{answer.area}-{answer.question.meeting.monday.isoformat()}"
        offer_answer(
            lambda day: outreach_document(brief, language, day=day),
            stem,
            key="outreach_file",
            more=() if plan is None else (CALENDAR,),
        )


def rests_on(answer: Outreach) -> None:
    """Show weights, settings and sources."""
    with st.expander(t("gap.rests_on")):
        for label, words in summary(answer, state.language()):
            st.text(f"{label}: {words}")


def _when(where: st.delta_generator.DeltaGenerator) -> str:
    language = state.language()
    known = availabilities()
    if state.get("free") not in known:
        st.session_state["view"]["free"] = WHEN
    return state.select(
        "free",
        t("uppsokande.when"),
        list(known),
        lambda name: known[name].name(language),
        where=where,
        help_text=t("uppsokande.when_help"),
    )


def _group(area: Area, where: st.delta_generator.DeltaGenerator) -> str:
    language = state.language()
    known = groups_of(area)
    if not known:
        return ""
    return state.select(
        "residents",
        t("uppsokande.group"),
        known,
        lambda name: presets.group(name).name(language),
        where=where,
        help_text=t("uppsokande.group_help"),
    )


def _weights() -> None:
    """Show a slider a need; what is chosen stands in the address."""
    language = state.language()
    try:
        weights = weights_of(state.get("weights"))
    except NarhetError as error:
        frame.say(error)
        weights = equal()
        state.choose("weights", "")
    with st.expander(t("uppsokande.weights"), expanded=not weights.are_equal):
        st.caption(t("outreach.formula"))
        columns = st.columns(len(needs()))
        for column, (need, value) in zip(columns, weights.items(), strict=True):
            key = f"weigh_{need}"
            st.session_state[key] = min(value, HEAVIEST)
            name = needs()[need].name(language)
            column.slider(_sentence(name), 0.0, HEAVIEST, step=STEP, key=key, on_change=_weighed)
        if not weights.are_equal:
            st.button(t("uppsokande.equal"), on_click=state.choose, args=("weights", ""))


def _sentence(name: str) -> str:
    return name[0].upper() + name[1:]


def _weighed() -> None:
    """Keep the sliders' weights, unless all are zero: then nothing would be ranked."""
    told = {need: str(st.session_state[f"weigh_{need}"]) for need in needs()}
    if any(float(value) for value in told.values()):
        state.choose("weights", written(weights_of(told)))
