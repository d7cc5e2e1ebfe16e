"""Kunskapsbank: all that one can walk to from one housing or point, by theme, language and hour."""

from __future__ import annotations

import streamlit as st

from geo import texts
from geo.access import from_point
from geo.access.knowledge_bank.model import Bank, Entry
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.errors import NarhetError
from geo.output.documents import leaflet
from geo.output.documents.knowledge_bank import bank_document
from geo.output.maps import knowledge_bank as knowledge_bank_map
from geo.output.words import knowledge_bank as knowledge_bank_words
from geo.output.words.knowledge_bank import rests_on
from pages.parts.kunskapsbank import entries as entries_box
from pages.parts.kunskapsbank import question as question_box
from pages.shared import cache, frame, state, tables
from pages.shared import map as map_box
from pages.shared.downloads import offer_answer
from pages.shared.literal import literal
from pages.shared.state import t

MAP = "kunskapsbank"
LONGEST = 40
"""Rows of a list that the page shows; files have them all."""


def render() -> None:
    area = frame.current_area()
    frame.begin(t("kunskapsbank.title"), area)
    st.markdown(t("kunskapsbank.intro"))
    question_box.heard(area, MAP)
    try:
        question = question_box.question(area)
        if question is None:
            st.info(t("kunskapsbank.choose_start"), icon=":material/location_on:")
            _add_housing(area)
            question_box.blank_map(area, MAP)
            return
        bank = cache.bank(area, question)
    except NarhetError as error:
        frame.say(error)
        question_box.blank_map(area, MAP)
        return
    _show(area, bank)
    _downloads(area, bank)
    _rests_on(area, bank)


def _add_housing(area: Area) -> None:
    """Offer the way to add transitional housing, where the area has none to start from."""
    if HOUSING in area.kinds:
        return
    st.button(
        t("kunskapsbank.add_housing"),
        key="bank_housing",
        icon=":material/add:",
        on_click=state.to_data,
        args=("edit",),
        kwargs={"records": HOUSING},
    )


def _show(area: Area, bank: Bank) -> None:
    language = state.language()
    st.header(literal(knowledge_bank_words.answer_words(bank, language)), anchor=False)
    if not any(entry.activity.times for entry in bank.all):
        st.button(
            t("moten.add_activity"),
            key="bank_add",
            icon=":material/add:",
            on_click=state.to_data,
            args=("activities",),
        )
    st.caption(literal(knowledge_bank_words.question_words(bank.question, language)))
    for note in knowledge_bank_words.restricted_note(bank, language):
        st.info(note, icon=":material/shield:")
    st.markdown(literal(knowledge_bank_words.count_words(bank, language)))
    spec = knowledge_bank_map.bank_map(area, bank, bank.all, language, whole=True)
    map_box.show_map(spec, area, key=MAP, language=language, height=460)
    _chosen(area, bank)
    numbers = knowledge_bank_map.numbers_of(bank.all)
    for title, entries in knowledge_bank_words.sections(bank, language):
        _list(title, entries, bank, numbers)
        if entries is bank.municipal:
            for line in knowledge_bank_words.speakers_words(bank, language):
                st.markdown(f"- {literal(line)}")
    map_box.table_twin(spec)


def _chosen(area: Area, bank: Bank) -> None:
    """Show the record of the place that was clicked on the map."""
    place = question_box.clicked(area, bank)
    if place:
        lines = from_point.record(area, place, state.language())
        tables.record(lines, lines[0][1])


def _list(title: str, entries: tuple[Entry, ...], bank: Bank, numbers: dict[str, int]) -> None:
    language = state.language()
    count = texts.number(len(entries), language)
    cards = knowledge_bank_map.cards(entries[:LONGEST], bank, numbers, language)
    entries_box.show(cards, f"{title} ({count})", language)
    if len(entries) > LONGEST:
        st.caption(t("kunskapsbank.more", count=len(entries) - LONGEST))


def _downloads(area: Area, bank: Bank) -> None:
    st.markdown(f"**{t('gap.downloads')}**")
    language = state.language()
    stem = f"kunskapsbank-{area.id}-{bank.question.monday.isoformat()}"
    st.download_button(
        t("kunskapsbank.leaflet_pdf"),
        lambda: leaflet.pdf_bytes(bank, area, language, as_leaflet=True),
        file_name=f"{stem}-flygblad.pdf",
        on_click="ignore",
        width="stretch",
        key="bank_leaflet.pdf",
    )
    offer_answer(lambda day: bank_document(bank, area, language, day=day), stem, key="bank_file")


def _rests_on(area: Area, bank: Bank) -> None:
    with st.expander(t("gap.rests_on")):
        for label, words in rests_on(bank, area, state.language()):
            st.text(f"{label}: {words}")
