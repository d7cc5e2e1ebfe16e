"""How many children want a place, on the page Förskola: a share per age, the country's at first."""

from __future__ import annotations

import streamlit as st

from geo.access.preschools.question import AGES, read_take_up
from geo.access.preschools.wanting import take_up_of
from geo.area.record_fields import rules
from geo.errors import NarhetError
from pages.shared import frame, state
from pages.shared.state import t


def show() -> str:
    """Choose the share of children who want a place at each age; return it as the question reads
    it, "" for the country's.
    """
    try:
        chosen = read_take_up(state.get("take_up"))
    except NarhetError as error:
        frame.say(error)
        state.choose("take_up", "")
        chosen = ()
    with st.expander(t("forskola.take_up"), expanded=bool(chosen), icon=":material/tune:"):
        st.markdown(t("forskola.take_up_intro", year=str(rules().take_up.year)))
        for age, share, where in zip(AGES, take_up_of(chosen), st.columns(len(AGES)), strict=True):
            st.session_state[_key(age)] = round(100 * share, 1)
            where.number_input(
                t("forskola.take_up_age", age=age),
                min_value=0.0,
                max_value=100.0,
                step=1.0,
                format="%g",
                key=_key(age),
                on_change=_changed,
            )
        if chosen:
            st.button(t("forskola.take_up_reset"), on_click=state.choose, args=("take_up", ""))
    return state.get("take_up")


def _changed() -> None:
    shares = [float(st.session_state[_key(age)]) for age in AGES]
    usual = [round(100 * share, 1) for share in take_up_of(())]
    words = ";".join(f"{age}={share:g}" for age, share in zip(AGES, shares, strict=True))
    state.choose("take_up", "" if shares == usual else words)


def _key(age: int) -> str:
    return f"take_up_{age}"
