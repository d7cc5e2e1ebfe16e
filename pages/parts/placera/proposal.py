"""A proposal in parts: the sentence, who says no, the runner-up, the curve, what it rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from geo import texts
from geo.output.documents.sites import site_document
from geo.output.maps import sites as sites_map
from geo.output.words import proposal as proposal_words
from geo.output.words import sites as sites_words
from geo.output.words import spreading
from geo.output.words.site_spread import spread_lines, spread_table
from geo.output.words.sites import (
    curve_table,
    others_lines,
    rests_on,
    sites_table,
    stays_table,
    trade_table,
    yes_no,
)
from geo.planning.siting import curves
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.curves import Curve, TradePoint, curve_tells, trade_off_tells
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal, ProposedSite
from geo.planning.siting.question import CENTRE, MEDIAN
from geo.planning.siting.robustness import Robustness
from geo.planning.siting.spread import SpreadHolds
from pages.parts.placera import question as question_box
from pages.shared import state, tables
from pages.shared.downloads import offer_answer
from pages.shared.literal import literal
from pages.shared.state import t

_FROM_LEAST = alt.Scale(zero=False)
MOST_BUTTONS = 6
"""More sites than this are listed in a part that folds out."""
LINE_COLOUR = "#005a8c"
KNEE_COLOUR = "#b34700"


def about(proposal: Proposal) -> None:
    """Show what the proposal strives for, what is estimated and what is not known."""
    language = state.language()
    shown = curves.without_small_counts(proposal)
    st.markdown(" ".join(sites_words.aim_lines(shown, language)))
    st.caption(literal(sites_words.candidates_words(proposal, language)))
    for line in sites_words.lost_lines(proposal, language):
        st.warning(line, icon=":material/help:")
    if proposal.estimated:
        area, group = proposal.placing.area, proposal.question.group
        st.info(spreading.estimated_line(area, group, language), icon=":material/calculate:")
    for line in sites_words.off_paths_line(proposal, language, exact=True):
        st.warning(line, icon=":material/warning:")
    if proposal.placing.unknown:
        st.warning(t("gap.unknown", rows=proposal.placing.unknown), icon=":material/help:")


def sites(focus: pd.DataFrame) -> None:
    """Show the sites of the proposal."""
    tables.table(focus, t("placera.sites"), numbers=_numeric(focus))


def refusals(proposal: Proposal) -> None:
    """Offer to let each site say no: what it costs stands beside, and the answer comes at once."""
    language = state.language()
    if not proposal.sites:
        return
    st.markdown(t("placera.if_no"))
    _refusal_buttons(proposal.sites[:MOST_BUTTONS], language)
    rest = proposal.sites[MOST_BUTTONS:]
    if rest:
        with st.expander(t("placera.more_say_no", number=len(rest))):
            _refusal_buttons(rest, language)


def runner_up(proposal: Proposal, second: Proposal) -> None:
    """Show the best other choice beside the proposal."""
    language = state.language()
    words = proposal_words.runner_up_sentence(proposal, second, language)
    st.markdown(f"**{literal(words)}**")
    st.caption(proposal_words.proof(second, language))
    with st.expander(t("placera.runner_up_table")):
        shown = sites_table(curves.without_small_counts(second), language)
        tables.table(shown, t("sites.second"), numbers=_numeric(shown))


def spread(proposal: Proposal, found: SpreadHolds) -> None:
    """Show whether the proposal holds however people are spread, each way in a table below."""
    language = state.language()
    for line in spread_lines(found, proposal, language):
        st.markdown(literal(line))
    with st.expander(t("sites.spread_title")):
        shown = spread_table(found, proposal, language)
        tables.table(shown, t("sites.spread_title"), numbers=set(shown.columns[1:3]))


def districts(proposal: Proposal) -> None:
    """Show people within the limit before and after, by district."""
    if proposal.placing.area.districts.empty:
        return
    with st.expander(t("placera.by_district")):
        shown = sites_map.districts_table(proposal, state.language())
        names = list(shown.columns)
        tables.table(shown, t("placera.by_district"), numbers=names[1:], last_is_total=True)


def curve(found: Curve, proposal: Proposal) -> None:
    """Show what each further site, or part of the budget, gives: a drawing, and the table that says
    the same.
    """
    if len(found.points) < 2:
        return
    language = state.language()
    if not curve_tells(found, counted=not proposal.estimated):
        st.info(t("placera.curve_hidden"))
        return
    left, right = st.columns([11, 9])
    rows, knee = _drawn(found)
    with left:
        st.altair_chart(_line(rows, knee), width="stretch")
        note = "curve_note_budget" if found.of_money else "curve_note"
        st.caption(t(f"placera.{'curve_note_straight' if knee is None else note}"))
    with right:
        shown = curve_table(found, language)
        words = {t("sites.column_proven"), t("sites.column_knee")}
        caption = t("placera.curve_budget" if found.of_money else "placera.curve")
        tables.table(shown, caption, numbers=set(shown.columns) - words)


def trade_off(points: tuple[TradePoint, ...], proposal: Proposal) -> None:
    """Show what either group gains as the weight between them moves."""
    language = state.language()
    st.markdown(t("placera.trade_off_intro"))
    if not trade_off_tells(points, counted=not proposal.estimated):
        st.info(t("placera.curve_hidden"))
        return
    left, right = st.columns([11, 9])
    names = [t("sites.column_people"), t("sites.column_housing")]
    rows = pd.DataFrame([(point.people, point.housing) for point in points], columns=names)
    with left:
        st.altair_chart(_line(rows, None), width="stretch")
    with right:
        shown = trade_table(points, language)
        tables.table(shown, t("placera.trade_off"), numbers=set(shown.columns[:3]))


def downloads(answer: SiteAnswer) -> None:
    """Offer the proposal, and what has been answered besides, as files."""
    st.markdown(f"**{t('gap.downloads')}**")
    question, language = answer.proposal.question, state.language()
    stem = f"placera-{answer.proposal.placing.area.id}-{question.kind}-{question.limit_m:g}"
    offer_answer(lambda day: site_document(answer, language, day=day), stem, key="file")


def choose_candidate(placing: Placing, proposal: Proposal) -> str | None:
    """Choose a candidate that was not chosen; a click on the map may have."""
    table = sites_map.candidates_table(placing, state.language())
    names = table.iloc[:, 0] + " – " + table.iloc[:, 1]
    names = names[~names.index.isin(proposal.ids)]
    if st.session_state.get("why_not") not in names.index:
        st.session_state["why_not"] = None
    picked: str | None = st.selectbox(
        t("placera.why_not_pick"),
        list(names.index),
        format_func=lambda name: names[name],
        placeholder=t("placera.why_not_hint"),
        key="why_not",
    )
    return picked


def why_not(proposal: Proposal, other: Proposal, candidate: str) -> None:
    """Return what the best choice with a certain candidate would reach, and beside which others."""
    language = state.language()
    site = next(site for site in other.sites if site.id == candidate)
    others = [each for each in other.sites if each.id != candidate]
    name = literal(siting_proposal.site_name(site, language))
    said = literal(proposal_words.compared(proposal, other, language))
    st.markdown(t("placera.with_it", name=name, compared=said))
    st.caption(proposal_words.proof(other, language))
    if others:
        shown = sites_table(curves.without_small_counts(other), language)
        tables.table(shown, t("placera.why_not_table"), numbers=_numeric(shown))


def robust(found: Robustness, placing: Placing) -> None:
    """Show in how many variants each site stays chosen, and what the others chose."""
    language = state.language()
    tables.table(stays_table(found, placing, language), t("placera.robust"))
    for line in others_lines(found, placing, language):
        st.markdown(literal(line))


def best(found: Sequence[Proposal]) -> None:
    """Show choices in order of how good they are, each against the first."""
    if len(found) < 2:
        st.info(t("placera.best_alone"))
        return
    language = state.language()
    first = found[0]
    rows = [
        (
            str(1),
            proposal_words.places(first.sites, language),
            t("placera.best_same"),
            first.proven,
        )
    ]
    for rank, other in enumerate(found[1:], start=2):
        told = proposal_words.compared(first, other, language)
        rows.append((str(rank), proposal_words.places(other.sites, language), told, other.proven))
    names = ("sites.column_number", "placera.best_sites", "placera.best_compared")
    columns = [*(t(name) for name in names), t("sites.column_proven")]
    shown = pd.DataFrame(rows, columns=columns)
    shown[columns[3]] = [yes_no(each, language) for each in shown[columns[3]]]
    tables.table(shown, t("placera.best"), numbers=columns[:1])


def candidates(placing: Placing) -> None:
    """Show what there was to choose from, and what was left out and why."""
    language = state.language()
    with st.expander(t("placera.candidates")):
        st.dataframe(
            sites_map.candidates_table(placing, language), hide_index=True, width="stretch"
        )
        if placing.candidates.left_out:
            st.markdown(t("placera.left_out"))
            left_out = sites_map.left_out_table(placing, language)
            st.dataframe(left_out, hide_index=True, width="stretch")


def sources(answer: SiteAnswer) -> None:
    """Trace the figures: each source with licence and date, settings and snap rule."""
    with st.expander(t("gap.rests_on")):
        for label, words in rests_on(answer, state.language()):
            st.text(f"{label}: {words}")


def _numeric(sites: pd.DataFrame) -> set[str]:
    """Return the columns of a table of sites that hold numbers: the first, and what each adds."""
    return {sites.columns[0], *sites.columns[3:]}


def _refusal_buttons(sites: Sequence[ProposedSite], language: str) -> None:
    for site in sites:
        name = siting_proposal.site_name(site, language)
        st.button(
            t("placera.says_no", number=site.number, name=literal(name)),
            key=f"no_{site.number}",
            icon=":material/do_not_disturb_on:",
            on_click=question_box.refuse,
            args=(site.id,),
            width="stretch",
        )


def _drawn(found: Curve) -> tuple[pd.DataFrame, int | None]:
    """Return the points as drawn, and which is the knee: sites or kronor across; up what is
    striven for, people or metres. Points where nobody has a walk are not drawn.
    """
    across = t("sites.column_budget" if found.of_money else "sites.column_sites")
    up = {MEDIAN: "walk", CENTRE: "longest"}.get(found.objective, "people")
    rows: list[tuple[float, float]] = []
    knee = None
    for at, point in enumerate(found.points):
        along = point.count if point.budget is None else point.budget
        value = point.people
        if point.walk is not None:
            value = point.walk.worst_m if found.objective == CENTRE else point.walk.mean_m
        if math.isnan(value):
            continue
        knee = len(rows) if at == found.knee else knee
        rows.append((along, value))
    return pd.DataFrame(rows, columns=[across, t(f"sites.column_{up}")]), knee


def _line(rows: pd.DataFrame, knee: int | None) -> alt.LayerChart | alt.FacetChart:
    across, up = rows.columns
    base = alt.Chart(rows).encode(
        x=alt.X(field=across, type="quantitative", axis=_axis(), title=across),
        y=alt.Y(field=up, type="quantitative", axis=_axis(), title=up, scale=_FROM_LEAST),
        tooltip=[
            alt.Tooltip(field=across, type="quantitative"),
            alt.Tooltip(field=up, type="quantitative", format=",.0f"),
        ],
    )
    layers = [base.mark_line(color=LINE_COLOUR), base.mark_point(color=LINE_COLOUR, filled=True)]
    if knee is not None:
        at = alt.Chart(rows.iloc[[knee]]).encode(
            x=alt.X(field=across, type="quantitative"), y=alt.Y(field=up, type="quantitative")
        )
        layers.append(
            at.mark_point(color=KNEE_COLOUR, shape="diamond", size=220, filled=False, strokeWidth=3)
        )
    return alt.layer(*layers).properties(height=280)


def _axis() -> alt.Axis:
    """Return an axis whose numbers are written as the page's language writes them."""
    comma = "," if state.language() == "en" else texts.NO_BREAK_SPACE
    words = f"replace(format(datum.value, ',.0f'), /,/g, '{comma}')"
    return alt.Axis(tickMinStep=1, labelExpr=words, labelColor="#31333f", titleColor="#31333f")
