"""The week plan on the page Uppsökande: who goes out and when, and the rounds they walk."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from geo import clock
from geo.area import languages
from geo.area.activities.occurrences import weekday_name
from geo.area.model import Area
from geo.area.protected import in_the_open
from geo.errors import NarhetError
from geo.output.documents.outreach import staff_template
from geo.output.maps import outreach as outreach_map
from geo.output.words import outreach as outreach_words
from geo.output.words.outreach_tables import plan_notes
from geo.planning.outreach.brief import Brief, visits_of
from geo.planning.outreach.rounds import Plan, plan_week
from geo.planning.outreach.staff import (
    COLUMNS,
    DAYS,
    LANGUAGES,
    NAMES,
    STARTS,
    Staff,
    StaffProblem,
    rows_of,
    staff_of,
    tidy,
)
from geo.presets import PREFERRED, STAFF_LANGUAGE_RULES
from geo.types import Progress
from pages.shared import asks, frame, state, tables
from pages.shared import map as map_box
from pages.shared.literal import literal
from pages.shared.state import t

WIDE = (0, 2)
"""The columns of names and starts."""
MOST_PLACES = 40
FEW = 10
FILE_MB = 1
LONGEST_NAME = 100
ENDINGS = ["csv", "txt", "xlsx", "ods"]


@dataclass(frozen=True)
class Taken:
    """What a file of staff holds: its rows as the table has them, what of it cannot be used, or why
    it cannot be read.
    """

    name: str
    table: tuple[dict[str, str], ...] = ()
    problems: tuple[StaffProblem, ...] = ()
    error: NarhetError | None = None


def show(area: Area, brief: Brief) -> Plan | None:
    """Ask who goes out, plan the week when asked to, and show it."""
    st.subheader(t("uppsokande.plan"), anchor=False)
    st.markdown(t("uppsokande.plan_intro"))
    _file(area)
    _ask(area)
    wanted = st.session_state.get(f"plan_wanted_{area.id}")
    if wanted is None:
        return None
    staff, rule, count = wanted
    for problem in staff.problems:
        st.warning(literal(t(problem.phrase.key, **problem.phrase.values)))
    if not staff.workers:
        st.info(t("uppsokande.plan_nobody"))
        return None
    plan = _planned(area, brief, staff, rule, count)
    if plan is not None:
        _show(area, plan)
    return plan


def _file(area: Area) -> None:
    """Ask for a file of staff, show what it holds, and offer one to fill in."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    widget = f"staff_file_{area.id}"
    left.file_uploader(
        t("uppsokande.staff_file"),
        type=ENDINGS,
        key=widget,
        max_upload_size=FILE_MB,
        help=t("uppsokande.staff_file_help"),
        on_change=_take,
        args=(area, widget),
    )
    right.download_button(
        t("uppsokande.staff_template"),
        lambda: staff_template(area, state.language()),
        file_name="personal.xlsx",
        on_click="ignore",
        key="staff_template",
    )
    taken: Taken | None = st.session_state.get(f"staff_taken_{area.id}")
    if taken is None:
        return
    if taken.error is not None:
        frame.say(taken.error)
    else:
        st.success(t("uppsokande.staff_read", rows=len(taken.table), file=literal(taken.name)))
        for problem in taken.problems:
            st.warning(literal(t(problem.phrase.key, **problem.phrase.values)))


def _take(area: Area, widget: str) -> None:
    """Put the rows of a file in the table, in place of what stood there."""
    kept, file = f"staff_taken_{area.id}", st.session_state.get(widget)
    st.session_state.pop(kept, None)
    if file is not None:
        st.session_state[kept] = taken = take(area, file.name, bytes(file.getbuffer()))
        if taken.error is None:
            rows = pd.DataFrame(taken.table, columns=list(COLUMNS))
            st.session_state[f"staff_seen_{area.id}"] = rows
            st.session_state.pop(f"staff_rows_{area.id}", None)
            st.session_state.pop(f"plan_wanted_{area.id}", None)


def take(area: Area, name: str, content: bytes) -> Taken:
    """Read a file of staff; on disk it is only while it is read."""
    last = Path(name.replace("\\", "/")).name
    own = "".join(sign for sign in last if sign.isprintable())[-LONGEST_NAME:] or ENDINGS[0]
    try:
        with tempfile.TemporaryDirectory(prefix="narhet-") as folder:
            path = Path(folder) / own
            path.write_bytes(content)
            rows = rows_of(path)
    except NarhetError as error:
        return Taken(own, error=error)
    return Taken(own, tuple(tidy(rows)), staff_of(rows, area).problems)


def _ask(area: Area) -> None:
    """Show the form: the staff table, how many places, and what language should matter."""
    with st.form(f"plan_{area.id}"):
        rows = _staff_table(area)
        first, second, third = st.columns(3)
        monday = first.date_input(
            t("uppsokande.week"), value=_week(), format="YYYY-MM-DD", key="plan_week"
        )
        rule = second.selectbox(
            t("uppsokande.rule"),
            STAFF_LANGUAGE_RULES,
            index=STAFF_LANGUAGE_RULES.index(PREFERRED),
            format_func=lambda name: t(f"uppsokande.rule_{name}"),
            key="plan_rule",
        )
        count = third.number_input(
            t("uppsokande.count"), min_value=1, max_value=MOST_PLACES, value=FEW, key="plan_count"
        )
        sent = st.form_submit_button(t("uppsokande.plan_button"), icon=":material/route:")
    if sent:
        numbered = list(enumerate(rows, start=1))
        staff = staff_of(numbered, area)
        st.session_state[f"plan_wanted_{area.id}"] = (staff, rule, int(count))
        if monday.isoformat() != (state.get("week") or clock.today().isoformat()):
            state.choose("week", monday.isoformat())
            st.rerun()


def _week() -> date:
    try:
        return date.fromisoformat(state.get("week"))
    except ValueError:
        return clock.today()


def _staff_table(area: Area) -> list[dict[str, Any]]:
    """Show the table to fill in and return its rows. Its base is frozen while the table stands:
    what is written in it never becomes its base.
    """
    key, base, seen = (f"staff_{part}_{area.id}" for part in ("rows", "base", "seen"))
    if key not in st.session_state:
        st.session_state[base] = st.session_state.get(seen, _first_rows(area))
    language = state.language()
    labels = [
        t("uppsokande.staff_name"),
        t("outreach.column_languages"),
        t("uppsokande.staff_start"),
    ]
    labels += [weekday_name(day, language).capitalize() for day in range(len(DAYS))]
    helps = [None, t("uppsokande.staff_languages_help"), t("uppsokande.staff_start_help")]
    helps += [t("uppsokande.staff_hours_help")] * len(DAYS)
    table = st.data_editor(
        st.session_state[base],
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            column: st.column_config.TextColumn(
                label, help=help_text, max_chars=120, width="medium" if at in WIDE else "small"
            )
            for at, (column, label, help_text) in enumerate(
                zip(COLUMNS, labels, helps, strict=True)
            )
        },
    )
    st.session_state[seen] = table
    rows: list[dict[str, Any]] = table.fillna("").to_dict("records")
    return rows


def _first_rows(area: Area) -> pd.DataFrame:
    """Return the table a first visitor gets: an example in the demonstration, else a blank row."""
    blank = dict.fromkeys(COLUMNS, "")
    start = in_the_open(area.places)["name"]
    if area.demonstration and len(start):
        example = {
            NAMES[0]: t("uppsokande.staff_example"),
            LANGUAGES[0]: languages.named(("sv", "ar"), state.language()),
        }
        hours = {DAYS[0][0]: "09:00-12:00", DAYS[2][0]: "13:00-16:00"}
        desk = area.places_of("info_desk")["name"]
        return pd.DataFrame([{**blank, **example, **hours, STARTS[0]: next(iter(desk), "")}])
    return pd.DataFrame([blank])


def _planned(area: Area, brief: Brief, staff: Staff, rule: str, count: int) -> Plan | None:
    """Ask for the plan beside the page."""
    language = state.language()
    question = brief.answer.question
    doors = visits_of(brief.answer, brief.answer.shown[:count], language)

    def run(progress: Progress) -> Plan:
        return plan_week(
            area,
            doors,
            staff.workers,
            monday=question.meeting.monday,
            profile=question.meeting.profile,
            rule=rule,
            progress=progress,
        )

    key = (area.key, doors, staff.workers, question.meeting.monday, question.meeting.profile, rule)
    try:
        found: Plan | None = asks.ask((*key, "plan"), t("uppsokande.plan"), run)
    except NarhetError as error:
        frame.say(error)
        return None
    return found


def _show(area: Area, plan: Plan) -> None:
    language = state.language()
    st.markdown(f"**{literal(outreach_words.plan_words(plan, language))}**")
    if plan.rounds:
        spec = outreach_map.plan_map(area, plan, language)
        map_box.show_map(spec, area, key="plan", language=language, height=480)
        tables.table(spec.table, t("outreach.file_stopped"), numbers={spec.table.columns[2]})
    _notes(plan_notes(plan, language))


def _notes(notes: Sequence[str]) -> None:
    for note in notes:
        st.markdown(f"- {literal(note)}")
