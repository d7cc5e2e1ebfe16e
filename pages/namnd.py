"""Nämnd: an answer as the board will see it; report, slides, workbook and map package to send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from geo import clock
from geo.area.model import Area
from geo.errors import AreaLacks, NarhetError
from geo.output.report.make import report_of
from geo.output.report.model import FINDINGS, Report
from geo.output.report.question import FORMS, MAX_TITLE, MAX_WORDS, REPORT, ReportQuestion
from geo.planning.siting.proposal import Proposal
from geo.types import Progress
from pages.parts.namnd import files as files_box
from pages.parts.namnd import present
from pages.parts.namnd import report as report_box
from pages.parts.namnd import travelling as travelling_box
from pages.shared import asks, choices, frame, proposals, state
from pages.shared.state import t

MOST_SITES = 6


def render() -> None:
    area = frame.current_area()
    if present.is_on() and (report := st.session_state.get("report_shown")) is not None:
        present.show(area, report)
        return
    frame.begin(t("namnd.title"), area)
    st.markdown(t("namnd.intro"))
    if _lacks(area):
        return
    try:
        question = _question(area)
        report = _report(area, question)
    except NarhetError as error:
        frame.say(error)
        return
    if report is None:
        return
    st.session_state["report_shown"] = report
    st.button(t("namnd.present"), on_click=present.start, icon=":material/slideshow:")
    files_box.offer(area, report, (area.key, question, state.get("saved")))
    st.divider()
    report_box.show(area, report)


def _lacks(area: Area) -> bool:
    """Say what of people, places and districts an area lacks, each with the button that adds it;
    return whether nothing can be answered without it.
    """
    there = {"people": area.groups, "places": area.kinds, "districts": len(area.districts)}
    for part, known in there.items():
        if not known:
            frame.say(AreaLacks(key=f"lacks.{part}"))
    return not area.groups


def _question(area: Area) -> ReportQuestion:
    _recall()
    taken = travelling_box.show(area)
    gap = choices.gap_values(area, st.columns(4)) if taken is None else {}
    first, second, third = st.columns([5, 2, 2])
    title = first.text_input(
        t("namnd.own_title"),
        key="report_title",
        max_chars=MAX_TITLE,
        placeholder=t("namnd.own_title_hint"),
    )
    day = second.date_input(t("namnd.date"), key="report_date", format="YYYY-MM-DD")
    sites = "" if taken is not None else _sites(third)
    findings, own_words = _findings()
    values: dict[str, Any] = {
        "date": day.isoformat(),
        "lang": state.language(),
        "title": title.strip(),
        "findings": findings,
        "words": own_words,
        "form": st.session_state["report_form"],
        "robust": st.session_state["report_robust"] if taken is not None or sites else None,
    }
    _remember()
    if taken is not None:
        return ReportQuestion.of_proposal(taken, values)
    return ReportQuestion.read({**gap, **values, **_proposal(area, sites)}, area)


def _sites(where: Any) -> str:
    sites = where.number_input(
        t("namnd.sites"), 0, MOST_SITES, key="report_sites", help=t("namnd.sites_help")
    )
    return str(sites) if sites else ""


def _proposal(area: Area, sites: str) -> Mapping[str, Any]:
    """Return what ``ReportQuestion.read`` takes of a proposal asked for here; who said no on the
    page Placera is not proposed here either.
    """
    if not sites:
        return {}
    rooms = tuple(name for name in state.get("rooms").split("|") if name in area.kinds)
    return {
        "sites": sites,
        "candidates": rooms,
        "exclude": tuple(state.get("refused").split("|")),
    }


def _findings() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose the findings in the order they are wanted, and own words for each."""
    with st.expander(t("namnd.choose")):
        chosen = st.multiselect(
            t("namnd.findings"),
            FINDINGS,
            format_func=lambda name: t(f"report.{name}_title"),
            key="report_findings",
            help=t("namnd.findings_help"),
        )
        st.checkbox(t("namnd.robust"), key="report_robust")
        st.radio(
            t("namnd.form"),
            FORMS,
            format_func=lambda form: t(f"namnd.form_{form}"),
            key="report_form",
            horizontal=True,
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


def _recall() -> None:
    """Begin with what was written here before: Streamlit forgets what another page, or the
    presentation, does not show.
    """
    usual = {
        "report_title": "",
        "report_date": clock.today(),
        "report_sites": 0,
        "report_findings": list(FINDINGS),
        "report_robust": False,
        "report_form": REPORT,
    }
    for name, value in {**usual, **st.session_state.get("report_chosen", {})}.items():
        state.begin_with(name, value)


def _remember() -> None:
    st.session_state["report_chosen"] = {
        name: st.session_state[name]
        for name in st.session_state
        if str(name).startswith(("report_title", "report_date", "report_sites", "own_"))
        or name in ("report_findings", "report_robust", "report_form")
    }


def _report(area: Area, question: ReportQuestion) -> Report | None:
    """Return the report; the proposal in it is the one that Placera and Gap show."""
    proposal = None
    if proposals.current() is not None and question.sites is not None:
        proposal = proposals.proposed(area, question.sites)
        if proposal is None:
            return None
    key = (area.key, question, state.get("saved"))
    return asks.ask(key, t("namnd.making"), _work(area, question, proposal))


def _work(
    area: Area, question: ReportQuestion, proposal: Proposal | None
) -> Callable[[Progress], Report]:
    def work(progress: Progress) -> Report:
        return report_of(area, question, proposal=proposal, progress=progress)

    return work
