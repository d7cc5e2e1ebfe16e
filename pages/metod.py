"""Metod: how each figure is made, what it rests on in the open area, and where the method ends."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo import presets, texts
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.words.sources import chapters, filter_rows, group_rows, kind_rows
from pages.shared import frame, state, tables
from pages.shared.state import t


def render() -> None:
    area = frame.current_area()
    frame.begin(t("metod.title"), area)
    language = state.language()
    st.header(t("metod.sources", area=area.name), anchor=False)
    tables.table(places_and_gaps_map.sources_table(area, language), t("metod.sources_table"))
    lost = places_and_gaps_map.left_out_table(area, language)
    if len(lost):
        with st.expander(t("metod.left_out", count=len(lost))):
            tables.table(lost, t("metod.left_out", count=len(lost)))
    told = places_and_gaps_map.notices_table(area, language)
    if len(told):
        with st.expander(t("metod.notices", count=len(told))):
            tables.table(told, t("metod.notices", count=len(told)))
    for chapter in chapters(language):
        st.header(chapter.title, anchor=False)
        st.markdown(chapter.words)
        if chapter.id == "profiles":
            tables.table(_profiles(language), t("metod.profiles"))
        if chapter.id == "limits":
            tables.table(_limits(language), t("metod.limits"))
        if chapter.id == "people":
            tables.table(group_rows(language), t("metod.groups"))
        if chapter.id == "places":
            tables.table(kind_rows(language), t("metod.kinds"))
        if chapter.id == "filter":
            tables.table(filter_rows(language), t("metod.filter"))


def _profiles(language: str) -> pd.DataFrame:
    rows = [
        (
            row.name(language),
            texts.number(row.metres_per_second, language, 2),
            t("metod.yes") if row.steps else t("metod.no"),
            t("metod.yes") if row.unlit else t("metod.no"),
            row.source(language),
        )
        for row in presets.profiles().values()
    ]
    names = ("profile", "speed", "steps", "unlit", "source")
    return pd.DataFrame(rows, columns=[t(f"metod.column_{name}") for name in names])


def _limits(language: str) -> pd.DataFrame:
    rows = [(texts.metres(row.metres, language), row.source(language)) for row in presets.limits()]
    return pd.DataFrame(rows, columns=[t("metod.column_limit"), t("metod.column_source")])
