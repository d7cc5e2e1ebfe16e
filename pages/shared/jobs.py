"""Long work beside the page: it reports progress, can be cancelled, and leaves a result or an
error.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

import streamlit as st

from geo.area.model import Area
from geo.errors import Cancelled, NarhetError
from geo.types import Progress
from pages.shared.state import t

log = logging.getLogger(__name__)
Work = Callable[[Progress], Any]


@dataclass
class Job:
    """One piece of long work in a thread of its own; read from the page, written by the thread."""

    title: str
    step: str = ""
    share: float = 0.0
    done: bool = False
    result: Any = None
    error: NarhetError | None = None
    broken: bool = False
    _stop: Event = field(default_factory=Event)
    _ended: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def progress(self, step: str, share: float) -> None:
        """Take a report from the work; raise ``Cancelled`` once the user has asked to stop."""
        if self._stop.is_set():
            raise Cancelled
        with self._lock:
            self.step, self.share = step, share

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether the user has asked to stop."""
        return self._stop.is_set()

    def run(self, work: Work) -> None:
        """Do the work; what it raises is kept for the page."""
        try:
            self.result = work(self.progress)
        except NarhetError as error:
            self.error = error
        except Exception:  # a thread has no page to fail on: log it, and say that it broke
            log.exception("long work failed")
            self.broken = True
        finally:
            self.done = True
            self._ended.set()

    def wait(self, seconds: float) -> None:
        """Wait for the work to end, but no longer than this."""
        self._ended.wait(seconds)


def start(title: str, work: Work) -> None:
    """Start work for this session; one at a time."""
    job = Job(title)
    st.session_state["job"] = job
    Thread(target=job.run, args=(work,), daemon=True).start()


def running() -> bool:
    """Return whether this session has work under way."""
    job: Job | None = st.session_state.get("job")
    return job is not None and not job.done


@st.fragment(run_every=0.5)
def show() -> None:
    """Show the work's progress and a button to stop it; when it ends, draw the page again."""
    job: Job | None = st.session_state.get("job")
    if job is None:
        return
    if job.done:
        st.rerun(scope="app")
    bar(job)


def bar(job: Job) -> None:
    """Show how far the work is, and a button to stop it."""
    step = t(job.step) if job.step else ""
    st.progress(min(max(job.share, 0.0), 1.0), text=f"{job.title}: {step}")
    if job.stopping:
        st.caption(t("jobs.stopping"))
    elif st.button(t("jobs.cancel"), icon=":material/cancel:"):
        job.cancel()


def finish() -> Area | None:
    """Take the ended work's result, showing its error if it has one; None when there is no news."""
    job: Job | None = st.session_state.get("job")
    if job is None or not job.done:
        return None
    del st.session_state["job"]
    if job.error is not None:
        st.session_state["job_error"] = job.error
    elif job.broken:
        st.session_state["job_error"] = NarhetError("narhet_error", reason=job.title)
    area: Area | None = job.result
    return area


def last_error() -> NarhetError | None:
    """Return why the last work failed, until the next begins."""
    if running():
        st.session_state.pop("job_error", None)
    error: NarhetError | None = st.session_state.get("job_error")
    return error
