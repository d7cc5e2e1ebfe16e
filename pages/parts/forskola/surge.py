"""The surge panel of the page Förskola: who arrives where and when, and what can take them."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo import clock, presets
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.surge import SurgeAnswer, arrival_of, read_ages, read_ramp, surge
from geo.area.model import Area
from geo.errors import NarhetError
from geo.output.maps import preschools as preschool_tables_map
from geo.output.maps import preschools as preschools_map
from geo.output.words import preschool_plans as plans_words
from pages.shared import frame, point, state, tables
from pages.shared import map as map_box
from pages.shared.literal import literal
from pages.shared.state import t


def show(area: Area, answer: PreschoolAnswer) -> SurgeAnswer | None:
    """Ask who arrives, show week by week what the area can take, and return it."""
    st.subheader(t("forskola.surge"), anchor=False)
    st.markdown(t("forskola.surge_intro"))
    if not st.toggle(t("forskola.surge_open"), key="surge_open"):
        return None
    found = _asked(area, answer)
    if found is not None:
        _show(area, found)
    return found


def _asked(area: Area, answer: PreschoolAnswer) -> SurgeAnswer | None:
    first, second, third, fourth, fifth = st.columns([3, 2, 2, 2, 3])
    at = _place(area, first)
    people = second.number_input(
        t("forskola.surge_people"), min_value=1, max_value=100_000, value=150, key="surge_people"
    )
    when = third.date_input(
        t("forskola.surge_date"), value=clock.today(), key="surge_date", format="YYYY-MM-DD"
    )
    ramp = fourth.text_input(
        t("forskola.surge_ramp"), key="surge_ramp", help=t("forskola.surge_ramp_help")
    )
    ages = fifth.text_input(
        t("forskola.surge_ages"), key="surge_ages", help=t("forskola.surge_ages_help")
    )
    try:
        arrival = arrival_of(
            at,
            int(people),
            when,
            ages=read_ages(ages, int(people)) if ages.strip() else (),
            ramp=read_ramp(ramp, int(people)) if ramp.strip() else (),
        )
        asked = answer.question
        return surge(
            area, arrival, today=clock.today(), limit_m=asked.limit_m, profile=asked.profile
        )
    except NarhetError as error:
        frame.say(error)
        return None


def _place(area: Area, where: DeltaGenerator) -> point.Point:
    """Find where they arrive; the middle of the area until somebody has."""
    point.ask(
        area,
        "surge",
        lambda lon, lat: point.keep(area, "surge", lon, lat),
        where=where,
        label=t("forskola.surge_at"),
    )
    middle = area.boundary.union_all().representative_point()
    at = point.kept(area, "surge") or (middle.x, middle.y)
    where.caption(literal(t("point.chosen", name=point.name(area, *at))))
    return at


def _show(area: Area, found: SurgeAnswer) -> None:
    language = state.language()
    left, right = st.columns([11, 9])
    spec = preschools_map.surge_map(area, found, language)
    told = [need for need in found.needs if need.kind not in found.lacking]
    with left:
        map_box.show_map(spec, area, key="surge", language=language, height=420)
    with right:
        for need in told:
            said = plans_words.need_words(need, found.limit_m, language)
            st.markdown(f"**{literal(said)}**")
        for note in plans_words.surge_notes(found, language):
            st.caption(literal(note))
    for need in told:
        weeks = preschool_tables_map.week_table(need, language)
        kind = presets.kind(need.kind).plural(language).lower()
        numbers = {weeks.columns[0], *weeks.columns[2:]}
        tables.table(weeks, t("forskola.surge_weeks", kind=kind), numbers=numbers)
    tables.table(spec.table, t("forskola.surge_places"), numbers=set(spec.table.columns[2:]))
