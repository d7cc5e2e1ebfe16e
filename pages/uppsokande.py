"""Uppsökande: where outreach would matter and why, what could be done there, a week of rounds."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo.area.model import Area
from geo.errors import AreaLacks, NarhetError
from geo.output.maps import outreach as outreach_map
from geo.output.words import outreach as outreach_words
from geo.planning.outreach import brief as outreach_brief
from geo.planning.outreach.brief import Brief, Outreach, Row
from geo.planning.outreach.question import OutreachQuestion
from geo.types import Progress
from pages.parts.uppsokande import list as list_box
from pages.parts.uppsokande import plan as plan_box
from pages.shared import asks, frame, state
from pages.shared import map as map_box
from pages.shared.literal import literal
from pages.shared.state import t


def render() -> None:
    area = frame.current_area()
    frame.begin(t("uppsokande.title"), area)
    st.markdown(t("uppsokande.intro"))
    if not area.groups:
        frame.say(AreaLacks(key="lacks.people"))
        return
    try:
        question = list_box.question(area)
        found = asks.ask(
            (area.key, question.basis, "outreach"), t("uppsokande.working"), _ranked(area, question)
        )
    except NarhetError as error:
        frame.say(error)
        return
    if found is not None:
        _show(area, outreach_brief.ranked(found, question))


def _ranked(area: Area, question: OutreachQuestion) -> Callable[[Progress], Outreach]:
    def run(progress: Progress) -> Outreach:
        return outreach_brief.outreach(area, question, progress=progress)

    return run


def _show(area: Area, answer: Outreach) -> None:
    language = state.language()
    st.header(literal(outreach_words.headline(answer, language)), anchor=False)
    st.markdown(literal(outreach_words.headline_more(answer, language)))
    if not answer.shown:
        list_box.rests_on(answer)
        return
    listed = Brief(answer, answer.shown[: list_box.TOP], ())
    _heard(area, listed)
    chosen = list_box.choose(answer)
    left, right = st.columns([11, 9])
    with right:
        list_box.reasons(answer, chosen)
        brief = _proposals(area, answer, chosen)
        made = list_box.proposals(brief, chosen) if brief is not None else ()
    with left:
        spec = outreach_map.list_map(area, listed, language, chosen=chosen, proposals=made)
        map_box.show_map(spec, area, key="uppsokande", language=language)
        st.caption(t("uppsokande.map_note"))
    list_box.ranking(spec.table, len(answer.shown))
    if brief is not None:
        list_box.shared(brief)
    plan = plan_box.show(area, listed)
    list_box.downloads(area, answer, plan)
    list_box.rests_on(answer)


def _heard(area: Area, brief: Brief) -> None:
    """Take a click: on a mark of the list it chooses it."""
    language = state.language()
    click = map_box.heard(
        lambda: outreach_map.list_map(area, brief, language),
        area,
        key="uppsokande",
        language=language,
    )
    for shown in click.shown if click is not None else ():
        row = outreach_map.row_of(brief, shown)
        if row is not None:
            state.choose("spot", list_box.key_of(row))
            return


def _proposals(area: Area, answer: Outreach, chosen: Row) -> Brief | None:
    """Ask what could be done for the places of the list, and for a chosen one beyond it."""
    st.subheader(t("uppsokande.proposals"), anchor=False)
    top = max(list_box.TOP, 1 + answer.shown.index(chosen))
    return list_box.brief_of(area, answer, top, t("uppsokande.proposals"))
