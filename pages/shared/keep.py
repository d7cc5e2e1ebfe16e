"""Writing to the store from a page: who does it, what was done with a button to undo it, what was
refused and why, and what somebody else changed meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from geo.area.model import Area
from geo.errors import NarhetError, RecordChanged
from geo.ingest import file_changes
from geo.store.model import Conflict, Edit
from geo.store.protection import ground_of
from geo.store.store import Store, has_store, store_of
from pages.shared import frame
from pages.shared.literal import literal
from pages.shared.state import t

MOST_NAME = 60


@dataclass(frozen=True)
class Done:
    """What was done in an area: in words, and the batch to undo (0: nothing to undo)."""

    area: str
    words: str
    batch: int = 0


@dataclass(frozen=True)
class Clashed:
    """Edits that were refused since others changed some of the records meanwhile."""

    area: str
    edits: tuple[Edit, ...]
    conflicts: tuple[Conflict, ...]
    words: str


def who() -> str:
    """Return who works in this session: what they call themselves, else ``NARHET_USER``."""
    named: str = st.session_state.get("who", os.environ.get("NARHET_USER", ""))
    return named.strip()


def ask_who() -> None:
    """Ask for the name that the history shows; it is kept as long as the session."""
    st.session_state["pick_who"] = who()

    def changed() -> None:
        st.session_state["who"] = st.session_state["pick_who"]

    st.text_input(
        t("data.who"),
        max_chars=MOST_NAME,
        key="pick_who",
        help=t("data.who_help"),
        placeholder=t("data.who_hint"),
        on_change=changed,
    )


def store(area: Area) -> Store | None:
    """Return the store of an area, None where nobody ever edited it."""
    return store_of(area.id) if has_store(area.id) else None


def write(area: Area, edits: Sequence[Edit], words: str) -> bool:
    """Write edits as one batch; ``words`` describe what that did. Return whether they were written.

    Use it as a button's callback: the edits then expect the versions that the person saw.
    """

    def work() -> int:
        kept = store_of(area.id)
        kept.take(area, who())
        return kept.write(edits, who=who(), ground=ground_of(area))

    try:
        return run(area, work, words)
    except RecordChanged as error:
        st.session_state["data_clash"] = Clashed(area.id, tuple(edits), error.conflicts, words)
        return False


def run(area: Area, work: Callable[[], int], words: str) -> bool:
    """Do something that gives a batch, and note what it did or why not.

    Raises
    ------
    RecordChanged : somebody else changed a record meanwhile.
    """
    for name in ("data_done", "data_error"):
        st.session_state.pop(name, None)
    try:
        batch = work()
    except RecordChanged:
        raise
    except NarhetError as error:
        st.session_state["data_error"] = error
        return False
    words = words if batch else t("data.nothing_new")
    st.session_state["data_done"] = Done(area.id, words, batch)
    return True


def notice(area: Area, words: str) -> None:
    """Show a notice about what was not done."""
    st.session_state["data_done"] = Done(area.id, words)


def undo(area: Area, batch: int) -> None:
    """Undo a batch."""
    work = partial(file_changes.undo, area.id, batch, who=who())
    run(area, work, t("data.undone", batch=str(batch)))


def show(area: Area) -> None:
    """Return what was done last and offer to undo it, or why it was not done."""
    error: NarhetError | None = st.session_state.pop("data_error", None)
    if error is not None:
        frame.say(error)
    done: Done | None = st.session_state.get("data_done")
    if done is None or done.area != area.id:
        return
    left, right = st.columns([4, 1], vertical_alignment="center")
    if not done.batch:
        left.info(literal(done.words), icon=":material/info:")
    else:
        left.success(literal(done.words), icon=":material/check:")
        right.button(
            t("data.undo"),
            key="data_undo",
            icon=":material/undo:",
            width="stretch",
            on_click=undo,
            args=(area, done.batch),
        )
