"""Möten: when something is open, in which languages, whom one meets there, who gets a mentor."""

from __future__ import annotations

import streamlit as st

from geo.access.meeting.answer import Answer, question_of
from geo.access.meeting.contact import Contact
from geo.access.meeting.hours import Hours
from geo.access.meeting.language import Languages
from geo.access.meeting.mix import Arenas
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.errors import AreaLacks, NarhetError
from geo.output.documents.meeting import meeting_document
from geo.output.maps import meeting as meeting_map
from geo.output.words import meeting as meeting_words
from pages.parts.moten import heat as heat_box
from pages.parts.moten import question as question_box
from pages.shared import cache, frame, state, tables
from pages.shared import map as map_box
from pages.shared.downloads import offer_answer
from pages.shared.literal import literal
from pages.shared.state import t


def render() -> None:
    area = frame.current_area()
    frame.begin(t("moten.title"), area)
    st.markdown(t("moten.intro"))
    try:
        if not area.groups:
            raise AreaLacks(key="lacks.people")
        measure = question_box.measure()
        question = question_box.question(area, measure)
        with st.spinner(t("moten.computing")):
            answer = cache.meeting(area, question)
    except NarhetError as error:
        frame.say(error)
        return
    _show(area, answer)
    _downloads(area, answer)
    _rests_on(area, answer)


def _show(area: Area, answer: Answer) -> None:
    st.caption(literal(meeting_words.asked(answer, state.language())))
    match answer:
        case Hours():
            _hours(answer)
        case Languages():
            _language(area, answer)
        case Arenas():
            _arena(area, answer)
        case _:
            _contact(answer)


def _hours(answer: Hours) -> None:
    language = state.language()
    st.header(literal(meeting_words.headline(answer, language)), anchor=False)
    if answer.silent:
        _add_activity(some=bool(answer.supply.offers))
    if not answer.supply.offers:
        if answer.supply.lost:
            st.markdown(literal(t("meeting.lost", count=len(answer.supply.lost))))
        return
    others = meeting_words.other_hours(answer, language)
    st.markdown("\n".join(f"- {literal(line)}" for line in others))
    for line in meeting_words.nowhere_lines(answer, language):
        st.markdown(literal(line))
    for line in meeting_words.unsure_lines(answer, language):
        st.markdown(literal(line))
    _heat(answer)
    _notes(meeting_words.hours_notes(answer, language))
    with st.expander(t("moten.hours_table")):
        table = meeting_map.hours_table(answer, language)
        st.dataframe(table, hide_index=True, width="stretch")
    if answer.homes:
        rows = meeting_map.units_table(answer, answer.homes, t("moten.home"), language)
        tables.table(rows, t("moten.by_home"), numbers=rows.columns[1:2])
    if answer.districts and not answer.question.housing:
        rows = meeting_map.units_table(answer, answer.districts, t("table.district"), language)
        tables.table(rows, t("moten.by_district"), numbers=rows.columns[1:])


def _heat(answer: Hours) -> None:
    """Show the week hour by hour, and the week after where not all is weekly."""
    language = state.language()
    weeks = [answer, *([answer.following] if answer.following else [])]
    for each in weeks:
        if len(weeks) > 1:
            words = meeting_words.week_words(each.question, language)
            st.markdown(f"**{t('moten.week_of', week=words)}**")
        last = each is weeks[-1]
        heat_box.show(
            meeting_map.heat_map(each, language),
            meeting_map.legend(language) if last else [],
            note=t("moten.heat_note") if last else "",
        )


def _add_activity(*, some: bool) -> None:
    """Offer the way to what is missing: activities, or the hours of those there are."""
    st.button(
        t("moten.add_hours" if some else "moten.add_activity"),
        key="moten_add",
        icon=":material/add:",
        type="primary",
        on_click=state.to_data,
        args=("activities",),
    )


def _language(area: Area, answer: Languages) -> None:
    language = state.language()
    st.header(meeting_words.language_head(answer, language), anchor=False)
    if not any(each.activity.languages for each in answer.supply.offers):
        _add_activity(some=bool(answer.supply.offers))
    _notes(meeting_words.language_notes(answer, language))
    if answer.rows:
        rows = meeting_map.language_table(answer, area, language)
        tables.table(rows, t("moten.by_language"), numbers=rows.columns[1:3])
    if answer.homes:
        rows = meeting_map.home_language_table(answer, area, language)
        tables.table(rows, t("moten.by_home"))


def _arena(area: Area, answer: Arenas) -> None:
    language = state.language()
    st.header(meeting_words.arena_head(answer, language), anchor=False)
    for line in meeting_words.who_is_new(answer, language):
        st.markdown(literal(line))
    if not answer.newcomers:
        st.button(
            t("kunskapsbank.add_housing"),
            key="moten_housing",
            icon=":material/add:",
            on_click=state.to_data,
            args=("edit",),
            kwargs={"records": HOUSING},
        )
    if answer.least or not answer.known:
        st.button(
            t("moten.add_newcomers"),
            key="moten_newcomers",
            icon=":material/add:",
            on_click=state.go,
            args=("omrade",),
        )
    said = [
        meeting_words.home_arena_words(each, answer.question, language) for each in answer.homes
    ]
    st.markdown("\n".join(f"- {literal(line)}" for line in said))
    spec = meeting_map.arena_map(area, answer, language)
    map_box.show_map(spec, area, key="moten", language=language)
    map_box.table_twin(spec)
    if answer.homes:
        rows = meeting_map.home_arena_table(answer, language)
        tables.table(rows, t("moten.home_arenas"), numbers=rows.columns[2:])
    _notes(meeting_words.arena_basis(answer, language))


def _contact(answer: tuple[Contact, ...]) -> None:
    language = state.language()
    heads = [meeting_words.contact_head(each, language) for each in answer]
    st.header(heads[-1], anchor=False)
    st.markdown(literal(heads[0]))
    if not any(each.stock.high for each in answer):
        _add_activity(some=any(each.untold for each in answer))
    rows = meeting_map.contact_table(answer, language)
    tables.table(rows, t("moten.contact_table"), numbers=rows.columns[1:])
    untold = meeting_words.untold_words(answer, language)
    _notes([t("moten.contact_note"), *untold, *meeting_words.contact_notes(answer, language)])


def _notes(lines: list[str]) -> None:
    st.info("\n\n".join(literal(line) for line in lines), icon=":material/info:")


def _downloads(area: Area, answer: Answer) -> None:
    st.markdown(f"**{t('gap.downloads')}**")
    question = question_of(answer)
    language = state.language()
    stem = f"moten-{area.id}-{question.measure}-{question.limit_m:g}-{question.monday.isoformat()}"
    offer_answer(
        lambda day: meeting_document(answer, area, language, day=day), stem, key="meeting_file"
    )


def _rests_on(area: Area, answer: Answer) -> None:
    with st.expander(t("gap.rests_on")):
        for label, words in meeting_words.rests_on(answer, area, state.language()):
            st.text(f"{label}: {words}")
