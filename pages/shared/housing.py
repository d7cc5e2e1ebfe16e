"""Ask for transitional housing where an area has none: newcomers come first, and without them an
answer is one for all residents.
"""

from __future__ import annotations

import streamlit as st

from geo.access.defaults import NEWCOMERS, for_everybody, has_people
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.errors import NarhetError
from geo.ingest import edits
from geo.presets import kind as kind_of
from pages.shared import cache, frame, state
from pages.shared import keep as keep_box
from pages.shared.state import t

MOST_RESIDENTS = 5_000
WAYS = (("file", "upload_file", "import"), ("click", "add_location_alt", "edit"))
"""What else than a row to type: its name, its icon, and the task of the page Data that takes it."""


def ask(area: Area, kind: str, group: str) -> None:
    """Say that the answer is for all residents where it should be for newcomers, and ask for the
    housing: a row to type, or a file or a click on the map on the page Data.
    """
    if kind_of(kind).group != NEWCOMERS or has_people(area, NEWCOMERS):
        return
    key = for_everybody(area, (kind,), group)
    if key:
        st.warning(t(f"defaults.{key}"), icon=":material/group_off:")
    with st.expander(t("defaults.ask"), expanded=True, icon=":material/add_home:"):
        st.markdown(t("defaults.ask_why"))
        _form(area)
        for column, (way, icon, task) in zip(st.columns(len(WAYS)), WAYS, strict=True):
            column.button(
                t(f"defaults.by_{way}"),
                key=f"housing_{way}",
                icon=f":material/{icon}:",
                width="stretch",
                on_click=state.to_data,
                args=(task,),
                kwargs={"records": HOUSING},
            )


def _form(area: Area) -> None:
    name, where, count = st.columns([3, 4, 2])
    name.text_input(t("place.name"), max_chars=120, key="housing_name")
    where.text_input(
        t("defaults.where"),
        max_chars=200,
        key="housing_where",
        placeholder=t("defaults.where_hint"),
    )
    count.number_input(
        t("defaults.residents"), 1, MOST_RESIDENTS, value=None, step=1, key="housing_residents"
    )
    st.button(
        t("defaults.add"),
        key="housing_add",
        type="primary",
        icon=":material/add_home:",
        on_click=_add,
        args=(area,),
    )
    error = st.session_state.pop("housing_error", None)
    if isinstance(error, NarhetError):
        frame.say(error)
    elif error:
        st.warning(t("defaults.all_three"))


def _add(area: Area) -> None:
    """Add the housing that was typed; what is wrong is said below the row."""
    name = str(st.session_state.get("housing_name") or "").strip()
    where = str(st.session_state.get("housing_where") or "").strip()
    residents = int(st.session_state.get("housing_residents") or 0)
    if not (name and where and residents):
        st.session_state["housing_error"] = True
        return
    try:
        spot = cache.finder(area).spot(where)
    except NarhetError as error:
        st.session_state["housing_error"] = error
        return
    edit = edits.with_address(edits.added(HOUSING, name, spot.lon, spot.lat), where)
    edit = edits.with_details(edit, {"antal_boende": residents})
    if keep_box.write(area, [edit], t("data.added_one", name=name)):
        for each in ("name", "where", "residents"):
            st.session_state.pop(f"housing_{each}", None)
    else:
        st.session_state["housing_error"] = st.session_state.get("data_error")
