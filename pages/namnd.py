"""Nämnd: an answer as the board will see it; report, slides, workbook and map package to send."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo import clock
from geo.area.model import Area
from geo.errors import NarhetError
from geo.output.documents import answer as documents_report
from geo.output.documents.report_pdf import page_images
from geo.output.report.make import report_of
from geo.output.report.model import FINDINGS, Report
from geo.output.report.question import MAX_TITLE, MAX_WORDS, ReportQuestion
from geo.types import Progress
from pages.parts.namnd import present
from pages.parts.namnd import report as report_box
from pages.shared import asks, cache, choices, frame, state
from pages.shared.downloads import offer
from pages.shared.state import t

MOST_SITES = 6


def render() -> None:
    area = frame.current_area()
    if present.is_on() and (report := st.session_state.get("report_shown")) is not None:
        present.show(area, report)
        return
    frame.begin(t("namnd.title"), area)
    st.markdown(t("namnd.intro"))
    try:
        question = _question(area)
        report = asks.ask((area.key, question), t("namnd.making"), _work(area, question))
    except NarhetError as error:
        frame.say(error)
        return
    if report is None:
        return
    st.session_state["report_shown"] = report
    st.button(t("namnd.present"), on_click=present.start, icon=":material/slideshow:")
    _files(area, report, question)
    st.divider()
    report_box.show(area, report)


def _question(area: Area) -> ReportQuestion:
    columns = st.columns(4)
    gap = choices.gap_values(area, columns)
    first, second, third = st.columns([5, 2, 2])
    title = first.text_input(
        t("namnd.own_title"),
        key="report_title",
        max_chars=MAX_TITLE,
        placeholder=t("namnd.own_title_hint"),
    )
    day = second.date_input(
        t("namnd.date"), value=clock.today(), key="report_date", format="YYYY-MM-DD"
    )
    sites = third.number_input(
        t("namnd.sites"), 0, MOST_SITES, key="report_sites", help=t("namnd.sites_help")
    )
    findings, own_words = _findings()
    rooms = tuple(name for name in state.get("rooms").split("|") if name in area.kinds)
    return ReportQuestion.read(
        {
            **gap,
            "date": day.isoformat(),
            "lang": state.language(),
            "title": title.strip(),
            "findings": findings,
            "words": own_words,
            "sites": str(sites) if sites else None,
            "candidates": rooms if sites else None,
        },
        area,
    )


def _findings() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose the findings in the order they are wanted, and own words for each."""
    with st.expander(t("namnd.choose")):
        chosen = st.multiselect(
            t("namnd.findings"),
            FINDINGS,
            default=list(FINDINGS),
            format_func=lambda name: t(f"report.{name}_title"),
            key="report_findings",
            help=t("namnd.findings_help"),
        )
        words = []
        for name in chosen:
            own = st.text_area(
                t("namnd.own_words", finding=t(f"report.{name}_title")),
                key=f"own_{name}",
                max_chars=MAX_WORDS,
                height=80,
            )
            if own.strip():
                words.append(f"{name}={own.strip()}")
    return tuple(chosen), tuple(words)


def _work(area: Area, question: ReportQuestion) -> Callable[[Progress], Report]:
    def work(progress: Progress) -> Report:
        return report_of(area, question, progress=progress)

    return work


def _files(area: Area, report: Report, question: ReportQuestion) -> None:
    """Make the files when asked, one by one with progress, then offer them and show the pages."""
    key = (area.key, question, "files")
    if st.session_state.get("files_wanted") != key and cache.kept().get(key) is None:
        st.button(
            t("namnd.make_files"),
            type="primary",
            icon=":material/description:",
            on_click=lambda: st.session_state.update(files_wanted=key),
        )
        return

    def work(progress: Progress) -> tuple[dict[str, bytes], list[bytes]]:
        made = {}
        endings = documents_report.REPORT_ENDINGS
        for at, ending in enumerate(endings):
            progress("progress.documents", at / (len(endings) + 1))
            made[ending] = documents_report.report_bytes(report, area, ending)
        progress("progress.documents", len(endings) / (len(endings) + 1))
        return made, page_images(report, area, dpi=70)

    try:
        found = asks.ask(key, t("namnd.making_files"), work)
    except NarhetError as error:
        frame.say(error)
        return
    if found is None:
        return
    made, pages = found
    stem = f"narhet-{report.area}-{question.gap.kind}-{question.gap.limit_m:g}-{report.date}"
    offer(made, stem, key="report", labels="namnd.download_")
    with st.expander(t("namnd.preview", pages=len(pages))):
        for at, (column, picture) in enumerate(zip(_columns(len(pages)), pages, strict=True)):
            column.image(picture, caption=t("namnd.page_of", page=at + 1, pages=len(pages)))


def _columns(count: int) -> list[st.delta_generator.DeltaGenerator]:
    """Return a place for each page, three abreast."""
    places: list[st.delta_generator.DeltaGenerator] = []
    while len(places) < count:
        places += st.columns(3)
    return places[:count]
