"""Gap: who lives beyond walking distance of a kind of place; a sentence, a map, a table."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from geo import presets, texts
from geo.access.gap_question import GapQuestion
from geo.access.gaps import Gap, headline, without_small_counts
from geo.access.profile_comparison import profile_doubts
from geo.area.model import Area
from geo.errors import AreaLacks, NarhetError
from geo.output.documents.gap import gap_document
from geo.output.maps import gap_screen as gap_screen_map
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.words import area_and_gaps as area_and_gaps_words
from geo.output.words.spreading import estimated_words
from pages.parts.gap import flips as flips_box
from pages.parts.placera.question import NEVER
from pages.shared import cache, choices, frame, stage, state, tables
from pages.shared import housing as housing_box
from pages.shared import map as map_box
from pages.shared import scenarios as scenarios_box
from pages.shared.downloads import offer_answer
from pages.shared.state import t


def render() -> None:
    area = frame.current_area()
    head, row, floor = stage.begin(t("gap.title"), area)
    try:
        _needs(area)
        question = GapQuestion.read(choices.gap_sentence(area, row), area)
        with floor, st.spinner(t("gap.computing")):
            answer = cache.answer(area, question)
    except NarhetError as error:
        frame.say(error)
        return
    stage.answer(head, headline(answer, state.language()))
    view = stage.view("gap")
    stage.choose_view("gap")
    if view == stage.TABLE:
        _table(area, answer)
    elif view == stage.ABOUT:
        _about(area, answer)
    else:
        _map(area, answer, floor)
    _downloads(area, answer)


def _map(area: Area, answer: Gap, floor: Any) -> None:
    """Show the answer as a map, and what one would do next."""
    language = state.language()
    with floor:
        map_box.show_map(
            cache.gap_screen(area, answer.question, language),
            area,
            key="gap",
            language=language,
            height=None,
            clicks=False,
            panel=gap_screen_map.gap_panel(area, answer, language),
        )
    housing_box.ask(area, answer.kind, answer.group)
    if not answer.places:
        _place_one(answer.kind)
    _warnings(answer)
    for doubt in profile_doubts(area.network, answer.profile):
        st.caption(t(doubt))
    frame.unplaced(area, answer.kind)
    scenarios_box.effect(area, answer)
    if answer.places:
        flips_box.show(area, answer)
    scenarios_box.pick(area)


def _needs(area: Area) -> None:
    if not area.groups:
        raise AreaLacks(key="lacks.people")


def _about(area: Area, answer: Gap) -> None:
    """Show what the figure means and rests on."""
    language = state.language()
    profile = presets.profile(answer.profile)
    minutes = texts.number(profile.minutes(answer.limit_m), language)
    limit = texts.metres(answer.limit_m, language)
    st.markdown(t("gap.walk", limit=limit, minutes=minutes, profile=profile.name(language).lower()))
    named = [row for row in presets.limits() if row.metres == answer.limit_m]
    source = named[0].source(language) if named else t("gap.own_limit")
    st.markdown(t("gap.limit_source", source=source))
    st.markdown(t("defaults.why", why=presets.kind(answer.kind).why(language)))
    for doubt in profile_doubts(area.network, answer.profile):
        st.markdown(t(doubt))
    if answer.estimated:
        st.markdown(" ".join(estimated_words(area, answer, language)))
    _warnings(answer)
    frame.unplaced(area, answer.kind)
    _measures(answer)
    _sources(area, answer)


def _warnings(answer: Gap) -> None:
    language = state.language()
    if answer.places and answer.unreachable > 0.5:
        lost = texts.number(round(answer.unreachable), language)
        st.warning(t("gap.unreachable", people=lost), icon=":material/warning:")
    for line in area_and_gaps_words.cut_off_lines(answer, language):
        st.warning(line, icon=":material/link_off:")
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


def _table(area: Area, answer: Gap) -> None:
    shown = without_small_counts(answer)
    table = places_and_gaps_map.district_table(shown, state.language())
    if area.districts.empty:
        frame.say(AreaLacks(key="lacks.districts"))
    names = list(table.columns)
    tables.table(table, t("gap.by_district"), numbers=names[1:], last_is_total=True)
    hidden = any(row.hidden for row in shown.districts)
    if not math.isnan(answer.concentration) and not hidden:
        share = texts.percent(answer.concentration, state.language())
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
