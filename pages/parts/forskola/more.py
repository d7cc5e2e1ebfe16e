"""What more places at one preschool would change, on the page Förskola: who gets in, whose walk
gets shorter, and by how much.
"""

from __future__ import annotations

import streamlit as st

from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.shortage import more_places
from geo.errors import NarhetError
from geo.models.assignment.assign import MorePlaces
from geo.output.words import preschool_plans as plans_words
from pages.shared import frame, state
from pages.shared.literal import literal
from pages.shared.state import t


def show(answer: PreschoolAnswer) -> MorePlaces | None:
    """Choose a preschool and a number of places, show what they would change, and return it."""
    st.subheader(t("forskola.more"), anchor=False)
    st.markdown(t("forskola.more_intro"))
    known = {each.id: each.name or each.id for each in answer.supply.here if each.places}
    left, right = st.columns([3, 1])
    chosen = left.selectbox(
        t("forskola.more_pick"),
        sorted(known, key=known.__getitem__),
        index=None,
        format_func=lambda id_: known.get(id_, id_),
        placeholder=t("forskola.more_none"),
        key=f"more-{answer.area}",
    )
    extra = right.number_input(
        t("forskola.more_extra"), min_value=1, max_value=500, value=10, key="more_extra"
    )
    if chosen is None:
        return None
    try:
        gain = more_places(answer, chosen, int(extra))
    except NarhetError as error:
        frame.say(error)
        return None
    said = plans_words.more_words(gain, answer, state.language())
    st.markdown(f"**{literal(said)}**")
    return gain
