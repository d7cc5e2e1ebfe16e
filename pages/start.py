"""The entry of every visit: address, language, area, navigation. A page is chosen here and nowhere
else, so that no link can go past what stands here.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo import texts
from geo.area.manifest import DEMO
from geo.errors import UnknownArea
from pages import data as pages_data
from pages import (
    forskola,
    gap,
    karta,
    kunskapsbank,
    metod,
    moten,
    namnd,
    omrade,
    placera,
    uppsokande,
)
from pages.shared import asks, cache, frame, page, state
from pages.shared.literal import literal
from pages.shared.state import t

LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}
# Each language in its own words, so that its readers find it.


def main() -> None:
    state.load()
    page.set_language()
    first = st.Page(karta.render, title=t("shell.map"), url_path="karta")
    pages = [
        _front_door(first),
        first,
        st.Page(gap.render, title=t("shell.gap"), url_path="gap"),
        st.Page(placera.render, title=t("shell.placera"), url_path="placera"),
        st.Page(forskola.render, title=t("shell.forskola"), url_path="forskola"),
        st.Page(moten.render, title=t("shell.moten"), url_path="moten"),
        st.Page(kunskapsbank.render, title=t("shell.kunskapsbank"), url_path="kunskapsbank"),
        st.Page(uppsokande.render, title=t("shell.uppsokande"), url_path="uppsokande"),
        st.Page(namnd.render, title=t("shell.namnd"), url_path="namnd"),
        st.Page(pages_data.render, title=t("shell.data"), url_path="data"),
        st.Page(omrade.render, title=t("shell.area_page"), url_path="omrade"),
        st.Page(metod.render, title=t("shell.method"), url_path="metod"),
    ]
    chosen = st.navigation(pages, position="sidebar")
    _go_on({each.url_path: each for each in pages})
    page.configure(chosen.title)
    with st.sidebar:
        frame.guarded(_pick_area, "area")
        _pick_language()
    for problem in state.problems():
        st.warning(literal(problem.message(state.language())), icon=":material/link_off:")
    asks.begin()
    frame.guarded(chosen.run, chosen.url_path)
    state.write_address()


def _front_door(first: Any) -> Any:
    """Send the bare address on to the first page: the page Streamlit calls default has no address
    of its own, and a link to it would be called unknown.
    """

    def enter() -> None:
        st.switch_page(first)

    return st.Page(enter, title=t("shell.name"), default=True, visibility="hidden")


def _go_on(pages: dict[str, Any]) -> None:
    """Go to the page that a button asked for; see ``state.go``."""
    wanted = state.wanted_page()
    if wanted and wanted in pages:
        st.switch_page(pages[wanted])


def _pick_area() -> None:
    cards = {card.id: card for card in cache.cards()}
    if state.get("area") not in cards:
        known = ", ".join(card.name for card in cards.values())
        state.note_problem(UnknownArea(found=state.get("area"), known=known))
        st.session_state["view"]["area"] = DEMO
    state.select("area", t("shell.area"), list(cards), lambda name: cards[name].name)


def _pick_language() -> None:
    state.select("lang", t("shell.language"), list(texts.LANGUAGES), LANGUAGE_NAMES.__getitem__)


main()
