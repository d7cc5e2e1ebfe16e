"""Gap: who lives beyond walking distance of a kind of place; a sentence, a map, a table."""

from __future__ import annotations

import math

import streamlit as st

from geo import presets, texts
from geo.access.gap_question import GapQuestion
from geo.access.gaps import Gap, headline, without_small_counts
from geo.access.profile_comparison import profile_doubts
from geo.area.model import Area
from geo.errors import AreaLacks, NarhetError
from geo.output.documents.gap import gap_document
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.words import area_and_gaps as area_and_gaps_words
from pages.parts.gap import flips as flips_box
from pages.parts.placera.question import NEVER
from pages.shared import cache, choices, frame, state, tables
from pages.shared import housing as housing_box
from pages.shared import map as map_box
from pages.shared import scenarios as scenarios_box
from pages.shared.downloads import offer_answer
from pages.shared.state import t


def render() -> None:
    area = frame.current_area()
    frame.begin(t("gap.title"), area)
    try:
        _needs(area)
        columns = st.columns(4)
        question = GapQuestion.read(choices.gap_values(area, columns), area)
        st.caption(t("defaults.why", why=presets.kind(question.kind).why(state.language())))
        with st.spinner(t("gap.computing")):
            answer = cache.answer(area, question)
    except NarhetError as error:
        frame.say(error)
        return
    housing_box.ask(area, answer.kind, answer.group)
    _headline(area, answer)
    frame.unplaced(area, answer.kind)
    scenarios_box.effect(area, answer)
    _map_and_table(area, answer)
    if answer.places:
        flips_box.show(area, answer)
    scenarios_box.pick(area)
    _measures(answer)
    _downloads(area, answer)
    _sources(area, answer)


def _needs(area: Area) -> None:
    if not area.groups:
        raise AreaLacks(key="lacks.people")


def _headline(area: Area, answer: Gap) -> None:
    language = state.language()
    st.header(headline(answer, language), anchor=False)
    profile = presets.profile(answer.profile)
    minutes = texts.number(profile.minutes(answer.limit_m), language)
    limit = texts.metres(answer.limit_m, language)
    st.markdown(t("gap.walk", limit=limit, minutes=minutes, profile=profile.name(language).lower()))
    named = [row for row in presets.limits() if row.metres == answer.limit_m]
    source = named[0].source(language) if named else t("gap.own_limit")
    st.caption(t("gap.limit_source", source=source))
    for doubt in profile_doubts(area.network, answer.profile):
        st.caption(t(doubt))
    if answer.estimated:
        st.info(t("gap.estimated"), icon=":material/calculate:")
    if not answer.places:
        _place_one(answer.kind)
    elif answer.unreachable > 0.5:
        lost = texts.number(round(answer.unreachable), language)
        st.warning(t("gap.unreachable", people=lost), icon=":material/warning:")
    if answer.unknown:
        st.warning(t("gap.unknown", rows=answer.unknown), icon=":material/help:")


def _place_one(kind: str) -> None:
    """Offer the next step where the area has none of the kind."""
    if kind in NEVER:
        return
    kinds = presets.kind(kind).plural(state.language())

    def go() -> None:
        state.choose("open", kind)
        state.go("placera")

    label = t("defaults.to_place", kinds=kinds[:1].lower() + kinds[1:])
    st.button(label, key="gap_place", type="primary", icon=":material/add_location:", on_click=go)


def _map_and_table(area: Area, answer: Gap) -> None:
    language = state.language()
    left, right = st.columns([11, 9])
    spec = places_and_gaps_map.gap_map(area, answer, language)
    with left:
        map_box.show_map(spec, area, key="gap", language=language)
        st.caption(t("gap.map_note"))
    with right:
        if area.districts.empty:
            frame.say(AreaLacks(key="lacks.districts"))
        names = list(spec.table.columns)
        tables.table(spec.table, t("gap.by_district"), numbers=names[1:], last_is_total=True)
        hidden = any(row.hidden for row in without_small_counts(answer).districts)
        if not math.isnan(answer.concentration) and not hidden:
            share = texts.percent(answer.concentration, language)
            st.markdown(t("gap.concentration", share=share))


def _measures(answer: Gap) -> None:
    """Explain the measures in words, with this answer's own numbers."""
    language = state.language()
    if answer.small:
        return
    limit = texts.metres(answer.limit_m, language)
    with st.expander(t("gap.measures")):
        st.markdown(t("gap.mean_words", metres=texts.metres(answer.mean_m_beyond, language)))
        st.markdown(t("gap.fgt0_words", value=texts.percent(answer.fgt0, language, 1), limit=limit))
        st.markdown(t("gap.fgt1_words", value=texts.number(answer.fgt1, language, 3), limit=limit))
        st.markdown(t("gap.fgt2_words", value=texts.number(answer.fgt2, language, 3), limit=limit))


def _downloads(area: Area, answer: Gap) -> None:
    st.markdown(f"**{t('gap.downloads')}**")
    stem = f"gap-{answer.area}-{answer.kind}-{answer.limit_m:g}-{answer.group}"
    language = state.language()
    offer_answer(lambda day: gap_document(answer, area, language, day=day), stem, key="gap_file")


def _sources(area: Area, answer: Gap) -> None:
    """Trace the figure: each source with licence and date, profile and snap rule."""
    language = state.language()
    with st.expander(t("gap.rests_on")):
        for label, words in area_and_gaps_words.gap_summary(answer, area, language)[1:]:
            st.text(f"{label}: {words}")
