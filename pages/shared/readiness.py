"""What the open area has and lacks: one list, with a button per lack that leads to where it is
added.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo.access.readiness import HAS, MISSING, OMRADE, Ready
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.words import readiness as readiness_words
from pages.shared import cache, state
from pages.shared.literal import literal
from pages.shared.state import t

MOST_LACKS = 4
ICONS = {
    "has": ":material/check_circle:",
    "partly": ":material/contrast:",
    "missing": ":material/radio_button_unchecked:",
}


def show(area: Area, *, where: str) -> None:
    """Show the list, closed where all is there; ``where`` is the page it stands on."""
    language = state.language()
    found = cache.ready(area)
    with st.expander(readiness_words.summary(found, language), icon=":material/checklist:"):
        for each in found:
            _row(each, where)


def lacking(area: Area, *, where: str) -> None:
    """Show what is lacking, most useful first; the whole list stands closed below it."""
    language = state.language()
    found = cache.ready(area)
    lacks = [each for each in found if each.state != HAS]
    st.subheader(t("readiness.lacks" if lacks else "readiness.lacks_none"), anchor=False)
    for each in lacks[:MOST_LACKS]:
        left, right = st.columns([3, 1.5], vertical_alignment="center")
        name, words = readiness_words.name(each, language), readiness_words.told(each, language)
        left.markdown(f"**{name}**: {literal(words)}")
        _mend(right, each, where)
    with st.expander(readiness_words.summary(found, language), icon=":material/checklist:"):
        for each in found:
            _row(each, f"{where}_all")


def _row(each: Ready, where: str) -> None:
    language = state.language()
    left, right = st.columns([5, 1], vertical_alignment="center")
    name = readiness_words.name(each, language)
    words = f"{ICONS[each.state]} **{name}**: {literal(readiness_words.told(each, language))}"
    lack = readiness_words.unanswerable(each, language)
    left.markdown(f"{words} {lack}".rstrip())
    if each.state == HAS or (each.where == OMRADE and where == OMRADE):
        return
    _mend(right, each, where)


def _mend(place: Any, each: Ready, where: str) -> None:
    """Offer to go where a lack is mended."""
    place.button(
        t("readiness.add" if each.state == MISSING else "readiness.mend"),
        key=f"ready_{where}_{each.part}",
        width="stretch",
        on_click=state.go if each.where == OMRADE else state.to_data,
        args=(each.where,),
        kwargs={"files_of": HOUSING} if each.part == "housing" else {},
    )
