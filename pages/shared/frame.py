"""What every page begins with: the open area, its marks, and errors in words; and what it ends with
where it breaks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st

from geo.area.model import Area
from geo.errors import AreaLacks, NarhetError
from geo.output.words.area_and_gaps import unplaced_lines
from geo.warmup import is_ready
from pages.shared import cache, page, state
from pages.shared.literal import literal
from pages.shared.state import t

OF_PLACES = ("lacks.places", "lacks.kind", "lacks.newcomers", "meeting.lacks_arenas")
"""What is lacking where places are; the rest is residents, districts and paths."""

log = logging.getLogger(__name__)


def guarded(run: Callable[[], object], name: str) -> None:
    """Run a page; where it breaks, show a sentence in its place and log the rest. Streamlit's own
    signals (stop, run again) are no errors, and pass.
    """
    try:
        run()
    except NarhetError as error:
        say(error)
    except Exception:  # nobody reads a traceback: the log keeps it
        log.exception("the page %s broke", name)
        st.error(t("frame.broke"), icon=":material/error:")
        st.button(t("frame.again"), key="frame_again", icon=":material/refresh:")


def current_area() -> Area:
    """Open the chosen area; where that fails, show why and end the page."""
    cards = {card.id: card for card in cache.cards()}
    card = cards.get(state.get("area"))
    if card is None:
        st.error(t("frame.no_such_area", area=state.get("area")))
        st.stop()
    try:
        with st.spinner(t("frame.opening")):
            return cache.area(card)
    except NarhetError as error:
        say(error)
        st.stop()


def begin(title: str, area: Area) -> None:
    """Show a page's heading, and what marks every figure on it."""
    page.head(title)
    mark(area)


def mark(area: Area) -> None:
    """Show what marks every figure of an area."""
    st.session_state["lacks_said"] = 0
    if not is_ready():
        st.info(t("frame.warming"), icon=":material/hourglass_top:")
    if area.demonstration:
        st.warning(t("demo.mark"), icon=":material/science:")


def say(error: NarhetError) -> None:
    """Show an error as its sentence."""
    st.error(error.message(state.language()), icon=":material/error:")
    if isinstance(error, AreaLacks):
        _next_step(error)


def _next_step(error: AreaLacks) -> None:
    """Offer to add what the area lacks, where that is done."""
    said = st.session_state["lacks_said"] = st.session_state.get("lacks_said", 0) + 1
    to_data = error.values["key"] in OF_PLACES
    st.button(
        t("frame.to_data" if to_data else "frame.to_area"),
        key=f"lack_{said}",
        icon=":material/add:",
        on_click=state.to_data if to_data else state.go,
        args=("import",) if to_data else ("omrade",),
        kwargs={"files_of": str(error.values.get("id", ""))} if to_data else {},
    )


def unplaced(area: Area, kind: str) -> None:
    """Name the known places of a kind that have no point, with a button to the work list."""
    for line in unplaced_lines(area, kind, state.language()):
        st.warning(literal(line), icon=":material/wrong_location:")
    if area.unplaced_of(kind):
        st.button(
            t("known.place_them"),
            key=f"unplaced_{kind}",
            icon=":material/edit_location_alt:",
            on_click=state.to_data,
            args=("worklist",),
        )
