"""The controls that several pages share: kind, limit, group, profile; chosen and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from geo import presets, texts
from geo.access import defaults
from geo.area.model import Area
from pages.shared import state
from pages.shared.state import t

OWN = "own"
LONGEST_M = 20_000


def gap_values(area: Area, columns: Sequence[Any]) -> dict[str, str]:
    """Choose in four columns what ``GapQuestion.read`` takes; it begins as its kind does there."""
    state.suggest("kind", defaults.first_kind(area))
    usual = defaults.defaults(area, kind(where=columns[0]))
    limit(where=columns[1], usual=usual.limit_m)
    group(area, where=columns[2], usual=usual.group)
    profile(where=columns[3])
    return {name: state.get(name) for name in ("kind", "limit", "group", "profile")}


def gap_sentence(area: Area, row: Any) -> dict[str, str]:
    """Choose the same in a row that reads as a sentence: show whom, beyond what, to what, how."""
    state.suggest("kind", defaults.first_kind(area))
    usual = defaults.defaults(area, state.get("kind"))
    row.markdown(t("gap.sentence_show"), width="content")
    group(area, where=row, usual=usual.group, width=96)
    row.markdown(t("gap.sentence_beyond"), width="content")
    limit(where=row, usual=usual.limit_m, width=96)
    row.markdown(t("gap.sentence_to"), width="content")
    kind(where=row, width=96)
    row.markdown(t("gap.sentence_walks"), width="content")
    profile(where=row, width=96)
    return {name: state.get(name) for name in ("kind", "limit", "group", "profile")}


def kind(*, where: Any = st, width: int | None = None) -> str:
    """Choose a kind of place, also one that the area has none of."""
    language = state.language()
    return state.select(
        "kind",
        t("choose.kind"),
        list(presets.kinds()),
        lambda name: presets.kind(name).name(language),
        where=where,
        width=width,
    )


def group(area: Area, *, usual: str, where: Any = st, width: int | None = None) -> str:
    """Choose a group of people that the area has figures of; ``usual`` is the question's own, until
    somebody has chosen.
    """
    state.suggest("group", usual)
    language = state.language()

    def label(name: str) -> str:
        words = presets.group(name).name(language)
        return words[0].upper() + words[1:]

    return state.select(
        "group", t("choose.group"), area.groups, label, where=where, usual=usual, width=width
    )


def profile(*, where: Any = st, width: int | None = None) -> str:
    """Choose a walking profile."""
    language = state.language()
    return state.select(
        "profile",
        t("choose.profile"),
        list(presets.profiles()),
        lambda name: presets.profile(name).name(language),
        where=where,
        help_text="\n\n".join(
            f"**{row.name(language)}**: {row.source(language)}"
            for row in presets.profiles().values()
        ),
        width=width,
    )


def limit(*, usual: float, where: Any = st, own: bool = True, width: int | None = None) -> float:
    """Choose a distance limit: a preset with its source, or one's own number of metres. ``usual``
    is the page's, until somebody has chosen; ``own`` as in ``state.suggest``.
    """
    state.suggest("limit", f"{usual:g}", own=own)
    language = state.language()
    chosen = f"{presets.limit_m(state.get('limit')):g}"
    known = {str(row.metres): row for row in presets.limits()}

    def label(name: str) -> str:
        if name == OWN:
            return texts.text("choose.own_limit", language)
        return texts.metres(known[name].metres, language)

    own = chosen not in known or st.session_state.get("own_limit", False)
    picked = OWN if own else chosen
    st.session_state["pick_limit"] = picked

    def changed() -> None:
        now = st.session_state["pick_limit"]
        st.session_state["own_limit"] = now == OWN
        if now != OWN:
            state.choose("limit", now)

    where.selectbox(
        t("choose.limit"),
        [*known, OWN],
        format_func=label,
        key="pick_limit",
        on_change=changed,
        help=None
        if width is not None
        else "\n\n".join(
            f"**{texts.metres(row.metres, language)}**: {row.source(language)}"
            for row in known.values()
        ),
        **state.in_a_sentence(width and max(width, state.room_for(label(picked)))),
    )
    if own:
        _own_limit(int(float(chosen)), where, width)
    return float(state.get("limit"))


def _own_limit(metres: int, where: Any, width: int | None) -> None:
    st.session_state["pick_own_limit"] = min(max(metres, 1), LONGEST_M)

    def changed() -> None:
        state.choose("limit", str(st.session_state["pick_own_limit"]))

    where.number_input(
        t("choose.own_metres"),
        min_value=1,
        max_value=LONGEST_M,
        step=50,
        key="pick_own_limit",
        on_change=changed,
        **state.in_a_sentence(width),
    )
