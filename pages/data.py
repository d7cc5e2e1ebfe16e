"""Data: files of places come in, what waits gets its place on the map, records are edited; every
change is in the history and can be undone.
"""

from __future__ import annotations

import streamlit as st

from geo.area.model import Area
from geo.errors import NarhetError
from pages.parts.data import activities_file as activities_box
from pages.parts.data import area_check as area_check_box
from pages.parts.data import backup as backup_box
from pages.parts.data import conflicts as conflicts_box
from pages.parts.data import edit as edit_box
from pages.parts.data import history as history_box
from pages.parts.data import import_file as import_box
from pages.parts.data import worklist as worklist_box
from pages.shared import frame, state
from pages.shared import keep as keep_box
from pages.shared.state import t


def render() -> None:
    area = frame.current_area()
    frame.begin(t("data.title"), area)
    st.markdown(t("data.intro"))
    try:
        _show(area)
    except NarhetError as error:
        frame.say(error)


def _show(area: Area) -> None:
    shown = {
        "import": import_box.show,
        "activities": activities_box.show,
        "worklist": worklist_box.show,
        "edit": edit_box.show,
        "check": area_check_box.show,
        "history": history_box.show,
        "whole": backup_box.show,
    }
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with right:
        keep_box.ask_who()
    with left:
        task = _task(area, list(shown))
    keep_box.show(area)
    if not conflicts_box.show(area):  # nobody's edits wait unseen while other things are done
        shown[task](area)


def _task(area: Area, tasks: list[str]) -> str:
    """Choose what to do; it stands in the address."""
    store = keep_box.store(area)
    waiting = len(store.unplaced()) if store else 0
    if state.get("task") not in tasks:
        state.choose("task", tasks[0])
    st.session_state["pick_task"] = state.get("task")

    def changed() -> None:
        if state.get("task") != st.session_state["pick_task"]:
            state.choose("task", st.session_state["pick_task"])
            st.session_state.pop("data_done", None)

    st.radio(
        t("data.task"),
        tasks,
        format_func=lambda name: t(f"data.task_{name}"),  # no count: labels that change reset it
        key="pick_task",
        horizontal=True,
        on_change=changed,
    )
    if waiting:
        st.caption(t("data.waiting", count=waiting))
    return state.get("task")
