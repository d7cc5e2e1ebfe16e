"""Repairs of the paths that the barrier audit proposes: taken with one click and a line of why,
listed with who and when, and undone with one.
"""

from __future__ import annotations

import streamlit as st

from geo.area.model import Area
from geo.ingest.checks.network_repairs import WITHIN_M, ProposedRepair
from geo.ingest.repairs import WHY_LENGTH, take_repairs, undo_repair
from geo.network.repairs import Repair
from geo.output.words.repairs import proposal_words, repair_words
from pages.shared import cache, state
from pages.shared import keep as keep_box
from pages.shared.literal import literal
from pages.shared.state import t

SHOWN = 12
WHY = "repair_why"


def show(area: Area) -> None:
    """Show what is proposed and what was taken."""
    st.subheader(t("repair.title"), anchor=False)
    st.markdown(t("repair.intro"))
    keep_box.show(area)
    found = cache.repairs(area)
    if not found:
        st.info(t("repair.none", within=f"{WITHIN_M:g}"), icon=":material/info:")
    else:
        st.markdown(f"**{t('repair.proposed', count=len(found), within=f'{WITHIN_M:g}')}**")
        left, right = st.columns([2, 1])
        with right:
            keep_box.ask_who()
        left.text_input(t("repair.why"), key=WHY, max_chars=WHY_LENGTH, help=t("repair.why_help"))
    for each in found[:SHOWN]:
        _proposed(area, each)
    if len(found) > SHOWN:
        st.caption(t("repair.more", count=len(found) - SHOWN))
    if area.repairs:
        st.markdown(f"**{t('repair.taken', count=len(area.repairs))}**")
    for taken in area.repairs:
        _taken(area, taken)


def _proposed(area: Area, each: ProposedRepair) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    words = proposal_words(each, state.language())
    left.markdown(literal(words))
    right.button(
        t("repair.take"),
        key=f"repair_take_{each.repair.id}",
        width="stretch",
        on_click=_take,
        args=(area, each, words),
    )


def _take(area: Area, each: ProposedRepair, words: str) -> None:
    why = str(st.session_state.get(WHY, ""))
    keep_box.run(
        area,
        lambda: take_repairs(area, [each], why, who=keep_box.who()),
        t("repair.done", what=words),
    )


def _taken(area: Area, each: Repair) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    words = repair_words(each, state.language())
    (left.markdown if each.fits else left.warning)(literal(words))
    right.button(
        t("repair.undo"),
        key=f"repair_undo_{each.id}",
        icon=":material/undo:",
        width="stretch",
        on_click=_undo,
        args=(area, each, words),
    )


def _undo(area: Area, each: Repair, words: str) -> None:
    keep_box.run(
        area,
        lambda: undo_repair(area, each.id, who=keep_box.who()),
        t("repair.undone", what=words),
    )
