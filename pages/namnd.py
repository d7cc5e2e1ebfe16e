"""Nämnd: an answer as the board will see it; report, slides, workbook and map package to send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from geo.area.model import Area
from geo.errors import NarhetError
from geo.output.documents import report as documents_report
from geo.output.documents.report_pdf import page_images
from geo.output.report.make import make_report
from geo.output.report.model import FINDINGS, Report
from geo.output.report.query import MAX_TITLE, MAX_WORDS
from geo.planning.siting import instance
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.question import SitingQuestion
from geo.types import Progress
from pages.parts.namnd import present
from pages.parts.namnd import report as report_box
from pages.shared import asks, cache, choices, frame, state
from pages.shared.downloads import offer
from pages.shared.state import t

MOST_SITES = 6


@dataclass(frozen=True)
class Wanted:
    """What the report is to hold."""

    kind: str
    limit_m: float
    group: str
    profile: str
    date: str
    title: str
    findings: tuple[str, ...]
    own_words: tuple[tuple[str, str], ...]
    sites: int
    rooms: tuple[str, ...]
    language: str


def render() -> None:
    area = frame.current_area()
    if present.is_on() and (report := st.session_state.get("report_shown")) is not None:
        present.show(area, report)
        return
    frame.begin(t("namnd.title"), area)
    st.markdown(t("namnd.intro"))
    try:
        wanted = _wanted(area)
        report = asks.ask((area.key, wanted), t("namnd.making"), _work(area, wanted))
    except NarhetError as error:
        frame.say(error)
        return
    if report is None:
        return
    st.session_state["report_shown"] = report
    st.button(t("namnd.present"), on_click=present.start, icon=":material/slideshow:")
    _files(area, report, wanted)
    st.divider()
    report_box.show(area, report)


def _wanted(area: Area) -> Wanted:
    columns = st.columns(4)
    kind = choices.kind(area, where=columns[0])
    limit_m = choices.limit(where=columns[1])
    group = choices.group(area, where=columns[2])
    profile = choices.profile(where=columns[3])
    first, second, third = st.columns([5, 2, 2])
    title = first.text_input(
        t("namnd.own_title"),
        key="report_title",
        max_chars=MAX_TITLE,
        placeholder=t("namnd.own_title_hint"),
    )
    day = second.date_input(
        t("namnd.date"), value=date.today(), key="report_date", format="YYYY-MM-DD"
    )
    sites = third.number_input(
        t("namnd.sites"), 0, MOST_SITES, key="report_sites", help=t("namnd.sites_help")
    )
    findings, own_words = _findings()
    rooms = tuple(name for name in state.get("rooms").split("|") if name in area.kinds)
    return Wanted(
        kind, limit_m, group, profile, day.isoformat(), title.strip(), findings, own_words,
        int(sites), rooms if sites else (), state.language(),
    )  # fmt: skip


def _findings() -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
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
                words.append((name, own.strip()))
    return tuple(chosen), tuple(words)


def _work(area: Area, wanted: Wanted) -> Callable[[Progress], Report]:
    def work(progress: Progress) -> Report:
        proposal = None
        if wanted.sites:
            question = SitingQuestion(
                kind=wanted.kind,
                count=wanted.sites,
                limit_m=wanted.limit_m,
                group=wanted.group,
                profile=wanted.profile,
                kinds=wanted.rooms,
            )
            laid_out = instance.prepare(area, question, progress=progress)
            proposal = siting_proposal.propose(laid_out, progress=progress)
        return make_report(
            area,
            kind=wanted.kind,
            limit_m=wanted.limit_m,
            group=wanted.group,
            profile=wanted.profile,
            date=wanted.date,
            language=wanted.language,
            title=wanted.title,
            findings=wanted.findings,
            own_words=dict(wanted.own_words),
            proposal=proposal,
            progress=progress,
        )

    return work


def _files(area: Area, report: Report, wanted: Wanted) -> None:
    """Make the files when asked, one by one with progress, then offer them and show the pages."""
    key = (area.key, wanted, "files")
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
    stem = f"narhet-{report.area}-{wanted.kind}-{wanted.limit_m:g}-{report.date}"
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
