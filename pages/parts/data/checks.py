"""What looks wrong with places: each problem in words with what one click would do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from geo import texts
from geo.ingest.checks.thresholds import SEVERITIES, Fix, Problem
from pages.shared import state
from pages.shared.literal import literal
from pages.shared.state import t

SHOWN = 20


def choose(problems: Sequence[Problem], key: str) -> tuple[Fix, ...]:
    """Show problems with a box to tick each, and one for all of a sort; return the fixes ticked."""
    if not problems:
        return ()
    st.markdown(f"**{t('importing.problems', count=len(problems))}**")
    chosen: list[Fix] = []
    for code, members in _by_code(problems):
        with st.expander(_heading(code, members)):
            chosen += _ticked(members, f"data_fix_{key}_{code}")
    return tuple(chosen)


def apply(problems: Sequence[Problem], key: str, do: Callable[[Sequence[Fix]], None]) -> None:
    """Show problems with a button each, and one for all of a sort."""
    for code, members in _by_code(problems):
        with st.expander(_heading(code, members)):
            fixes = [problem.fix for problem in members if problem.fix]
            if len(fixes) > 1:
                st.button(
                    t("data.fix_all", count=len(fixes)),
                    key=f"{key}_{code}_all",
                    on_click=do,
                    args=(fixes,),
                )
            for at, problem in enumerate(members[:SHOWN]):
                st.markdown(_words(problem))
                if problem.fix:
                    st.button(
                        _fix_words(problem),
                        key=f"{key}_{code}_{at}",
                        on_click=do,
                        args=([problem.fix],),
                    )
            _more(members)


def _by_code(problems: Sequence[Problem]) -> list[tuple[str, list[Problem]]]:
    """Return problems by rule, the worst first."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.code, []).append(problem)
    return sorted(found.items(), key=lambda item: SEVERITIES.index(item[1][0].severity))


def _heading(code: str, members: Sequence[Problem]) -> str:
    word, title = t(f"check.{members[0].severity}"), t(f"check_rule.{code}")
    return literal(t("check.heading", word=word, title=title, count=len(members)))


def _ticked(members: Sequence[Problem], key: str) -> list[Fix]:
    fixes = [problem.fix for problem in members if problem.fix]
    if not fixes:
        everything = False
    else:
        everything = st.checkbox(t("data.tick_all", count=len(fixes)), key=f"{key}_all")
    chosen = fixes if everything else []
    for at, problem in enumerate(members[:SHOWN]):
        st.markdown(_words(problem))
        if problem.fix and not everything and st.checkbox(_fix_words(problem), key=f"{key}_{at}"):
            chosen.append(problem.fix)
    _more(members)
    return chosen


def _more(members: Sequence[Problem]) -> None:
    if len(members) > SHOWN:
        st.caption(t("check.more", count=len(members) - SHOWN).strip())


def _words(problem: Problem) -> str:
    language = state.language()
    words = problem.message(language)
    if problem.row:
        words = texts.text("show.row", language, row=str(problem.row), why=words)
    return literal(words)


def _fix_words(problem: Problem) -> str:
    return literal(problem.fix_message(state.language()))
