"""The entry of every visit: address, language, area, navigation. A page is chosen here and nowhere
else, so that no link can go past what stands here.
"""

from __future__ import annotations

from collections.abc import Callable
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
    oversikt,
    placera,
    uppsokande,
)
from pages.shared import asks, cache, frame, page, state
from pages.shared.literal import literal
from pages.shared.state import t

PAGES: dict[str, Callable[[], None]] = {
    "oversikt": oversikt.render,
    "karta": karta.render,
    "gap": gap.render,
    "forskola": forskola.render,
    "moten": moten.render,
    "placera": placera.render,
    "uppsokande": uppsokande.render,
    "namnd": namnd.render,
    "kunskapsbank": kunskapsbank.render,
    "data": pages_data.render,
    "omrade": omrade.render,
    "metod": metod.render,
}
# What shows each page, by its address.
LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}
# Each language in its own words, so that its readers find it.
AREA_PX, LANGUAGE_PX = 214, 112


def main() -> None:
    state.load()
    page.set_language()
    page.logo()
    first = _page("oversikt")
    groups = {"": [_front_door(first), first]}
    for section in page.SECTIONS:
        groups[t(f"shell.section_{section.name}")] = [_page(each) for each in section.pages]
    chosen = st.navigation(groups, position="top")
    _go_on({each.url_path: each for pages in groups.values() for each in pages})
    page.configure(chosen.title)
    with st.container(key="area_switch", horizontal=True):
        frame.guarded(_pick_area, "area")
        _pick_language()
    for problem in state.problems():
        st.warning(literal(problem.message(state.language())), icon=":material/link_off:")
    asks.begin()
    if chosen.url_path:
        state.note_visit(chosen.url_path)
    frame.guarded(chosen.run, chosen.url_path)
    state.write_address()


def _page(address: str) -> Any:
    """Return a page. Its icon is none of Streamlit's, which asks a service on the internet for it
    (``page.STYLE``).
    """
    return st.Page(PAGES[address], title=t(f"shell.{address}"), url_path=address)


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
    state.select("area", t("shell.area"), list(cards), lambda name: cards[name].name, width=AREA_PX)


def _pick_language() -> None:
    languages = list(texts.LANGUAGES)
    state.select(
        "lang", t("shell.language"), languages, LANGUAGE_NAMES.__getitem__, width=LANGUAGE_PX
    )


main()
