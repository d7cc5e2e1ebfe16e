"""The question about meeting places, chosen on the page and remembered."""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo import clock, presets
from geo.access.meeting.question import MEASURES, MeetingQuestion
from geo.access.meeting.supply import homes
from geo.area import languages
from geo.area.activities.derived import activities_of
from geo.area.activities.model import activity_kinds, audiences, themes
from geo.area.model import Area
from geo.area.newcomers import availabilities, newcomers_of
from geo.area.record_fields import day
from pages.shared import choices, state
from pages.shared.state import t

ALL = "all"


def measure() -> str:
    """Choose the measure."""
    return state.select("meet", t("moten.ask"), MEASURES, lambda name: t(f"moten.ask_{name}"))


def question(area: Area, chosen: str) -> MeetingQuestion:
    """Choose the rest of the question; only what the measure takes is shown."""
    columns = st.columns(4)
    choices.limit(where=columns[0], usual=MeetingQuestion.limit_m)
    choices.profile(where=columns[1])
    if chosen == "hours":
        _group(area, columns[2])
    if chosen == "arena":
        established = _established(area, columns[2])
    else:
        established = ""
        _week(columns[3])
    with st.expander(t("moten.more"), expanded=False):
        _filters(area, chosen)
    hours, arena = chosen == "hours", chosen == "arena"
    return MeetingQuestion.read(
        {
            "measure": chosen,
            "week": state.get("week") if day(state.get("week")) else None,
            "kinds": None if _kind_of() == ALL else (_kind_of(),),
            "limit": state.get("limit"),
            "group": state.get("who") if hours else None,
            "profile": state.get("profile"),
            "language": None if arena else state.get("speaks"),
            "audience": None if arena else state.get("audience"),
            "when": state.get("free") if hours else None,
            "housing": state.get("at_home"),
            "established": established,
        }
    )


def _established(area: Area, where: Any) -> str:
    """Choose what is shown as context among what the area has; "" for the first."""
    known = [name for name, group in presets.established().items() if group in area.groups]
    language = state.language()
    if not known:
        return state.get("established")
    chosen = state.select(
        "established",
        t("moten.established"),
        known,
        lambda name: presets.group(presets.established()[name]).name(language).capitalize(),
        where=where,
        help_text=t("moten.established_help"),
    )
    return "" if chosen == known[0] else chosen


def _filters(area: Area, chosen: str) -> None:
    columns = st.columns(4)
    language = state.language()
    _kind(columns[0])
    known = {each.id: each for each in homes(area)}
    state.select(
        "at_home",
        t("moten.home"),
        ["", *known],
        lambda name: known[name].name or name if name else t("moten.whole_area"),
        where=columns[1],
    )
    if chosen == "arena":
        return
    _language(area, columns[2])
    state.select(
        "audience",
        t("moten.audience"),
        ["", *audiences()],
        lambda name: audiences()[name].name(language) if name else t("moten.any_audience"),
        where=columns[3],
    )
    if chosen == "hours":
        state.select(
            "free",
            t("moten.free"),
            ["", *availabilities()],
            lambda name: availabilities()[name].name(language) if name else t("moten.any_time"),
            help_text=t("moten.free_help"),
        )


def _kind_of() -> str:
    """Return the question's kind or theme: all, as a command, unless chosen otherwise."""
    kind = state.get("activity")
    return kind if kind in (*themes(), *activity_kinds()) else ALL


def _kind(where: Any) -> None:
    language = state.language()
    valid = {**themes(), **activity_kinds()}

    def label(name: str) -> str:
        if name == ALL:
            return t("moten.all_kinds")
        words = valid[name].name(language)
        return t("moten.theme", name=words) if name in themes() else words

    key = "pick_activity"
    st.session_state[key] = _kind_of()

    def changed() -> None:
        state.choose("activity", st.session_state[key])

    where.selectbox(t("moten.kind"), [ALL, *valid], format_func=label, key=key, on_change=changed)


def _language(area: Area, where: Any) -> None:
    """Choose among the languages that somebody here is known to speak."""
    language = state.language()
    spoken = {code for each in newcomers_of(area) for code in each.language_codes}
    spoken |= {code for each in activities_of(area) for code in each.languages}
    names = sorted(spoken, key=lambda code: languages.name(code, language).casefold())
    state.select(
        "speaks",
        t("moten.language"),
        ["", *names],
        lambda code: languages.name(code, language) if code else t("moten.any_language"),
        where=where,
    )


def _group(area: Area, where: Any) -> None:
    language = state.language()
    groups = area.groups
    if state.get("at_home"):
        at_home = [name for name in groups if presets.group(name).origin != "residents"]
        groups = at_home or groups

    def label(name: str) -> str:
        words = presets.group(name).name(language)
        return words[0].upper() + words[1:]

    usual = "newcomers" if "newcomers" in groups else groups[0]
    if state.get("who") not in groups:  # not the user's choice: the area does not have it
        st.session_state["view"]["who"] = usual
    state.select("who", t("choose.group"), groups, label, where=where)


def _week(where: Any) -> None:
    st.session_state["pick_week"] = day(state.get("week")) or clock.today()

    def changed() -> None:
        state.choose("week", st.session_state["pick_week"].isoformat())

    where.date_input(
        t("moten.week"),
        key="pick_week",
        on_change=changed,
        format="YYYY-MM-DD",
        help=t("moten.week_help"),
    )
