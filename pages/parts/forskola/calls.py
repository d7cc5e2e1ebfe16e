"""One housing's or district's view on the page Förskola: places in reach, and whom to call."""

from __future__ import annotations

import streamlit as st

from geo.access.preschools.call_list import CallList, calls_for
from geo.access.preschools.model import PreschoolAnswer
from geo.area.model import Area
from geo.output.maps import preschools as preschool_tables_map
from geo.output.words import preschool_plans as plans_words
from geo.output.words.preschool_rows import housing_words
from pages.shared import state, tables
from pages.shared.literal import literal
from pages.shared.state import t

MOST = 12
"""Calls shown; the downloaded list holds all."""


def show(area: Area, shown: PreschoolAnswer) -> CallList | None:
    """Choose a housing or a district, show what its children can walk to and whom to call, and
    return whom.
    """
    language = state.language()
    st.subheader(t("forskola.home"), anchor=False)
    homes = {row.family.place: row.family.name or row.family.place for row in shown.housing}
    names = {**homes, **{row.name: row.name for row in shown.districts if row.name}}
    if not names:
        st.info(t("forskola.no_homes"))
        return None
    chosen = state.select("home", t("forskola.home_pick"), list(names), names.__getitem__)
    for row in shown.housing:
        if row.family.place == chosen:
            said = housing_words(row, shown, language)
            st.markdown(f"**{literal(said)}**")
    found = calls_for(area, shown, chosen)
    _calls(found)
    return found


def _calls(found: CallList) -> None:
    language = state.language()
    if not found.calls:
        st.info(t("forskola.nobody_to_call"))
        return
    st.markdown(t("forskola.call_in_order"))
    rows = preschool_tables_map.calls_table(found, language)
    rows, numbers = rows.head(MOST), {rows.columns[0], rows.columns[2]}
    name, ask = rows.columns[1], rows.columns[-1]
    asked = rows[rows[ask] != ""].groupby(ask, sort=False)[name].agg(list)
    if len(asked) == 1 and len(asked.iloc[0]) == len(rows):
        st.markdown(t("forskola.ask_all", questions=literal(asked.index[0])))
    else:  # the same question to several is shown once: a column of them would be mostly air
        for questions, names in asked.items():
            told = literal(", ".join(names))
            st.markdown(t("forskola.ask_some", names=told, questions=literal(str(questions))))
    rows = rows.drop(columns=ask)
    tables.table(rows, t("forskola.calls"), numbers=numbers)
    lines = "\n".join(plans_words.call_lines(found, language))
    st.download_button(
        t("forskola.call_list"),
        lines.encode(),
        file_name="ring.txt",
        mime="text/plain",
        on_click="ignore",
        key="call_list",
    )
