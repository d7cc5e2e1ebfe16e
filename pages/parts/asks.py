"""Questions that may take long: asked beside the page, kept when answered, stopped on a click."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Thread
from typing import Any

import streamlit as st

from geo.area import Progress
from geo.errors import Cancelled, NarhetError
from pages.parts import answers, jobs
from pages.parts.state import t

WAIT_S = 1.5
"""Most answers come within this: then no progress is shown at all."""


def ask(key: Hashable, title: str, work: Callable[[Progress], Any]) -> Any:
    """Return the answer to a question, or None while it is worked on: progress and a button to
    stop are shown instead. Another question of this session that is still worked on is stopped.

    Raises
    ------
    What the work raises, ``Cancelled`` apart: that is said here, with a button to go on.
    """
    found = answers.kept().get(key)
    if found is not None:
        return found
    if st.session_state.get("ask_stopped") == key:
        _say_stopped()
        return None
    job = _job(key, title, work)
    job.wait(WAIT_S)
    if not job.done:
        _show()
        return None
    del st.session_state["ask"]
    if isinstance(job.error, Cancelled):
        st.session_state["ask_stopped"] = key
        _say_stopped()
        return None
    if job.error is not None:
        raise job.error
    if job.broken:
        raise NarhetError(reason=title)
    answers.kept().put(key, job.result)
    return job.result


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


def _say_stopped() -> None:
    st.info(t("jobs.stopped"), icon=":material/cancel:")
    if st.button(t("jobs.again"), icon=":material/refresh:"):
        del st.session_state["ask_stopped"]
        st.rerun()
