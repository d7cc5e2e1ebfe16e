"""Förskola: preschool places against children on foot; whom to call, and what a surge would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from geo import clock, presets
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.question import PreschoolQuestion
from geo.area.model import Area
from geo.area.record_fields import day
from geo.errors import NarhetError
from geo.output.documents.answer import AnswerDocument
from geo.output.documents.preschools import Besides, preschool_document
from geo.output.maps import preschools as preschool_tables_map
from geo.output.maps import preschools as preschools_map
from geo.output.words import preschools as preschools_words
from geo.output.words.preschool_rows import preschool_summary, reasons_line, unreachable_words
from pages.parts.forskola import calls as calls_box
from pages.parts.forskola import growth as growth_box
from pages.parts.forskola import more as more_box
from pages.parts.forskola import surge as surge_box
from pages.parts.forskola import take_up as take_up_box
from pages.shared import cache, choices, frame, point, state, tables
from pages.shared import map as map_box
from pages.shared.downloads import offer_answer
from pages.shared.literal import literal
from pages.shared.state import t


def render() -> None:
    area = frame.current_area()
    frame.begin(t("forskola.title"), area)
    st.markdown(t("forskola.intro"))
    try:
        question = _question()
        with st.spinner(t("forskola.computing")):
            answer = cache.capacity(area, question)
    except NarhetError as error:
        frame.say(error)
        return
    shown = preschools_words.without_small_counts(answer)
    _headline(shown)
    _map_and_table(area, answer, shown)
    besides = Besides(calls=calls_box.show(area, shown), surge=surge_box.show(area, answer))
    if shown.few:
        st.info(t("forskola.few"))
    else:
        besides = replace(besides, more=more_box.show(answer))
        besides = replace(besides, growth=growth_box.show(area, answer))
    _preschools(shown)
    _downloads(area, answer, besides)
    _rests_on(area, answer)


def _question() -> PreschoolQuestion:
    columns = st.columns(4)
    choices.limit(where=columns[0], usual=PreschoolQuestion.limit_m)
    profile = choices.profile(where=columns[1])
    method = state.select(
        "method",
        t("forskola.method"),
        presets.PRESCHOOL_METHODS,
        lambda name: t(f"forskola.method_{name}"),
        where=columns[2],
        help_text="\n\n".join(
            f"**{t(f'forskola.method_{name}')}**: {t(f'forskola.method_{name}_help')}"
            for name in presets.PRESCHOOL_METHODS
        ),
    )
    values = {"limit": state.get("limit"), "profile": profile, "method": method}
    values |= {"when": _when(columns[3]), "take_up": take_up_box.show()}
    return PreschoolQuestion.read(values)


def _when(where: st.delta_generator.DeltaGenerator) -> str:
    """Choose the date that decides which preschools are open; today unless the address says."""
    st.session_state["pick_when"] = day(state.get("when")) or clock.today()

    def changed() -> None:
        state.choose("when", st.session_state["pick_when"].isoformat())

    where.date_input(
        t("forskola.when"),
        key="pick_when",
        on_change=changed,
        format="YYYY-MM-DD",
        help=t("forskola.when_help"),
    )
    chosen: date = st.session_state["pick_when"]
    return chosen.isoformat()


def _headline(shown: PreschoolAnswer) -> None:
    language = state.language()
    st.header(preschools_words.headline(shown, language), anchor=False)
    for line in reasons_line(shown, language):
        st.markdown(line)
    notes = preschools_words.notes(shown, language)
    if shown.estimated and notes:
        st.info("\n\n".join(literal(note) for note in notes), icon=":material/calculate:")
    unreachable = unreachable_words(shown, language)
    if unreachable:
        st.warning(literal(" ".join(unreachable)), icon=":material/warning:")
    if shown.problems:
        with st.expander(t("forskola.problems", count=len(shown.problems))):
            for problem in shown.problems:
                st.text(preschools_words.problem_words(problem, language))


def _map_and_table(area: Area, answer: PreschoolAnswer, shown: PreschoolAnswer) -> None:
    language = state.language()
    spec = preschools_map.preschools_map(area, answer, language)
    click = map_box.heard(lambda: spec, area, key="forskola", language=language)
    if click is not None:
        _clicked(area, shown, click)
    left, right = st.columns([11, 9])
    with left:
        map_box.show_map(spec, area, key="forskola", language=language)
        st.caption(t("forskola.map_note"))
    with right:
        tables.record(preschool_tables_map.key_figures(shown, language), t("forskola.in_all"))
    map_box.table_twin(spec)
    rows = preschool_tables_map.district_table(shown, language)
    tables.table(rows, t("forskola.by_district"), numbers=set(rows.columns[1:]))
    if answer.question.method == presets.ASSIGNMENT:
        st.caption(t("forskola.assignment_note"))


def _clicked(area: Area, shown: PreschoolAnswer, click: map_box.Click) -> None:
    """Take a click: on a housing it chooses it; on the open map it is where a surge arrives."""
    homes = {row.family.place for row in shown.housing}
    ids = [each.id for each in click.shown if each.id in homes]
    if ids:
        state.choose("home", ids[0])
    elif not click.shown:
        point.keep(area, "surge", click.lon, click.lat)


def _preschools(shown: PreschoolAnswer) -> None:
    with st.expander(t("forskola.preschools", count=len(shown.preschools))):
        table = preschool_tables_map.preschool_table(shown, state.language())
        st.dataframe(table, hide_index=True, width="stretch")


def _downloads(area: Area, answer: PreschoolAnswer, besides: Besides) -> None:
    st.markdown(f"**{t('gap.downloads')}**")
    language = state.language()
    stem = f"forskola-{answer.area}-{answer.question.limit_m:g}-{answer.question.when.isoformat()}"

    def document(day: str) -> AnswerDocument:
        return preschool_document(answer, area, language, day=day, besides=besides)

    offer_answer(document, stem, key="preschools")


def _rests_on(area: Area, answer: PreschoolAnswer) -> None:
    with st.expander(t("gap.rests_on")):
        for label, words in preschool_summary(answer, area, state.language()):
            st.text(f"{label}: {words}")
