"""The report's files: the paper first, each made when somebody asks for it, beside the page and
with progress; and the paper's pages as pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from geo.area.model import Area
from geo.errors import NarhetError
from geo.output.documents import answer as documents_report
from geo.output.documents.report_pdf import page_images
from geo.output.report.model import Report
from geo.types import Progress
from pages.shared import asks, cache, frame
from pages.shared.state import t

PAPER = ".pdf"
PREVIEW = "preview"
PREVIEW_DPI = 70
ABREAST = 3
_Content = TypeVar("_Content")


def offer(area: Area, report: Report, key: tuple[Hashable, ...]) -> None:
    """Offer the files of a report, kept under a key, and what the paper looks like."""
    asked = report.settings
    stem = f"narhet-{report.area}-{asked['kind']}-{asked['limit_m']:g}-{report.date}"
    _file(area, report, (*key, PAPER), stem, PAPER)
    with st.expander(t("namnd.other_files")):
        for ending in documents_report.REPORT_ENDINGS:
            if ending != PAPER:
                _file(area, report, (*key, ending), stem, ending)
    _pages(area, report, (*key, PREVIEW))


def _file(area: Area, report: Report, key: tuple[Hashable, ...], stem: str, ending: str) -> None:
    """Offer to make a file; where it is asked for, make it with progress and offer to take it."""
    paper = ending == PAPER
    label = t("namnd.make_files" if paper else f"namnd.make_{ending[1:]}")
    if not _wanted(key, label, f"make{ending}", first=paper):
        return

    def work(progress: Progress) -> bytes:
        progress("progress.documents", 0.1)
        return documents_report.report_bytes(report, area, ending)

    content = _made(key, t(f"namnd.download_{ending[1:]}"), work)
    if content is not None:
        st.download_button(
            t(f"namnd.download_{ending[1:]}"),
            content,
            file_name=f"{stem}{ending}",
            on_click="ignore",
            key=f"report{ending}",
            type="primary" if paper else "secondary",
            icon=":material/download:",
        )


def _pages(area: Area, report: Report, key: tuple[Hashable, ...]) -> None:
    """Show the paper's pages as pictures, where somebody wants to see them."""
    if not _wanted(key, t("namnd.see_pages"), "make_preview", first=False):
        return

    def work(progress: Progress) -> list[bytes]:
        progress("progress.documents", 0.1)
        return page_images(report, area, dpi=PREVIEW_DPI)

    pages = _made(key, t("namnd.see_pages"), work)
    if pages is None:
        return
    with st.expander(t("namnd.preview", pages=len(pages)), expanded=True):
        for first in range(0, len(pages), ABREAST):
            row = pages[first : first + ABREAST]
            for at, column in enumerate(st.columns(ABREAST)[: len(row)]):
                said = t("namnd.page_of", page=first + at + 1, pages=len(pages))
                column.image(row[at], caption=said)


def _wanted(key: tuple[Hashable, ...], label: str, name: str, *, first: bool) -> bool:
    """Return whether something is made or asked for; where not, show the button that asks."""
    wanted: set[Hashable] = st.session_state.setdefault("files_wanted", set())
    if key in wanted or cache.kept().get(key) is not None:
        return True
    st.button(
        label,
        key=name,
        type="primary" if first else "secondary",
        icon=":material/description:",
        on_click=wanted.add,
        args=(key,),
    )
    return False


def _made(
    key: tuple[Hashable, ...], title: str, work: Callable[[Progress], _Content]
) -> _Content | None:
    try:
        return asks.ask(key, title, work)
    except NarhetError as error:
        st.session_state["files_wanted"].discard(key)
        frame.say(error)
        return None
