"""Questions that may take long: asked beside the page, kept when answered, stopped on a click.

A page may ask several in a run: one is worked on at a time, in the order they are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Thread
from typing import Any, TypeVar

import streamlit as st

from geo.errors import Cancelled, NarhetError
from geo.types import Progress
from pages.shared import cache, jobs
from pages.shared.state import t

_Answer = TypeVar("_Answer")

WAIT_S = 1.5
"""Most answers come within this: then no progress is shown at all."""


def begin() -> None:
    """Begin a run of the page: none of its questions is worked on yet."""
    st.session_state["ask_busy"] = False


def ask(
    key: Hashable,
    title: str,
    work: Callable[[Progress], _Answer],
    *,
    kept: cache.Kept | None = None,
) -> _Answer | None:
    """Return the answer to a question, or None while it is worked on: progress and a button to
    stop are shown instead. Another question that was worked on when the run began is stopped; one
    that this run asked before goes first, and this one waits.

    Raises
    ------
    What the work raises, ``Cancelled`` apart: that is shown here, with a button to go on.
    """
    kept = cache.kept() if kept is None else kept
    found: _Answer | None = kept.get(key)
    if found is not None:
        return found
    if key in _stopped():
        _say_stopped(key)
        return None
    if st.session_state.get("ask_busy"):
        st.caption(t("jobs.waits", title=title))
        return None
    job = _job(key, title, work)
    job.wait(WAIT_S)
    if not job.done:
        st.session_state["ask_busy"] = True
        _show()
        return None
    del st.session_state["ask"]
    if isinstance(job.error, Cancelled):
        _stopped().add(key)
        _say_stopped(key)
        return None
    if job.error is not None:
        raise job.error
    if job.broken:
        raise NarhetError(reason=title)
    found = job.result
    kept.put(key, found)
    return found


def _job(key: Hashable, title: str, work: Callable[[Progress], Any]) -> jobs.Job:
    asked: tuple[Hashable, jobs.Job] | None = st.session_state.get("ask")
    if asked is not None and asked[0] == key:
        return asked[1]
    if asked is not None:
        asked[1].cancel()
    job = jobs.Job(title)
    st.session_state["ask"] = (key, job)
    Thread(target=job.run, args=(work,), daemon=True).start()
    return job


@st.fragment(run_every=0.5)
def _show() -> None:
    asked: tuple[Hashable, jobs.Job] | None = st.session_state.get("ask")
    if asked is None:
        return
    if asked[1].done:
        st.rerun(scope="app")
    jobs.bar(asked[1])


def _stopped() -> set[Hashable]:
    """Return the questions this session has stopped."""
    found: set[Hashable] = st.session_state.setdefault("ask_stopped", set())
    return found


def _say_stopped(key: Hashable) -> None:
    st.info(t("jobs.stopped"), icon=":material/cancel:")
    if st.button(t("jobs.again"), icon=":material/refresh:", key=f"ask_again_{hash(key)}"):
        _stopped().discard(key)
        st.rerun()
