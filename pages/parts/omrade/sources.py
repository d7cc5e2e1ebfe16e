"""What is known of where each part of the area is from, and a form for what is not: title, licence
and date, as a person who knows states them.
"""

from __future__ import annotations

import streamlit as st

from geo.area.model import Area
from geo.area.provenance import Source
from geo.errors import NarhetError
from geo.ingest import file_changes
from geo.ingest.build import Note
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.words.sources import part_name
from pages.shared import frame, state, tables
from pages.shared import keep as keep_box
from pages.shared.literal import literal
from pages.shared.state import t

MOST = 120


def show(area: Area) -> None:
    """Show the sources, and ask for what is not known of one."""
    st.header(t("omrade.sources"), anchor=False)
    named = [source for source in area.sources if source.title]
    if area.demonstration or not named:
        return
    lacking = [source for source in named if not (source.licence and source.date)]
    st.markdown(t("omrade.sources_lack", count=len(lacking), of=len(named)))
    rows = places_and_gaps_map.sources_table(area, state.language())
    tables.table(rows, t("omrade.sources"))
    ordered = [*lacking, *(source for source in named if source not in lacking)]
    with st.form(f"source_{area.id}", clear_on_submit=True):
        at = st.selectbox(
            t("omrade.source_which"),
            range(len(ordered)),
            format_func=lambda number: _label(ordered[number]),
            key="source_which",
        )
        columns = st.columns(3)
        title = columns[0].text_input(t("source.title"), max_chars=MOST, key="source_title")
        licence = columns[1].text_input(
            t("source.licence"), max_chars=MOST, key="source_licence", placeholder="CC0 1.0"
        )
        day = columns[2].text_input(
            t("source.date"),
            max_chars=10,
            key="source_date",
            placeholder="2025",
            help=t("omrade.source_date_help"),
        )
        if st.form_submit_button(t("omrade.source_save")):
            _save(area, ordered[at or 0], Note(title.strip(), licence.strip(), day.strip()))


def _save(area: Area, source: Source, note: Note) -> None:
    if note == Note():
        st.error(t("omrade.source_empty"))
        return
    who = keep_box.who()
    try:
        file_changes.state_source(area.id, source, note, who=who)
    except NarhetError as error:
        frame.say(error)
        return
    st.session_state["source_saved"] = True
    st.rerun()


def _label(source: Source) -> str:
    """Return a source by its part and title, with what is not known of it."""
    lacks = [
        t(f"source.{name}").lower() for name in ("licence", "date") if not getattr(source, name)
    ]
    words = f"{part_name(source.part, state.language())} – {literal(source.title)}"
    return f"{words} ({t('omrade.source_lacks', what=', '.join(lacks))})" if lacks else words
