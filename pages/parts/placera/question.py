"""The question of the page Placera: what to open, how many, for whom, and where it may stand."""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo import presets, texts
from geo.access import defaults
from geo.area.model import Area
from geo.area.protected import HOUSING, in_the_open
from geo.cells import read_point
from geo.errors import InputError, NarhetError
from geo.planning.siting import question as siting_question
from geo.planning.siting.candidates import POINT
from geo.planning.siting.question import EXISTING, SitingQuestion, number_of, whole_of
from pages.shared import choices, point, siting_view, state
from pages.shared.literal import literal
from pages.shared.state import t

MOST = 20
NEVER = (HOUSING, "station")
"""Kinds nobody opens to be met at."""
NO_ROOM = "station"
"""The kind of place where nothing opens; housing has its reception."""
SPACINGS = ("", "100", "200", "400")
NEWCOMERS = "newcomers"


def question(area: Area, row: Any) -> SitingQuestion:
    """Show the question's controls in a row that reads as a sentence, what is rarely changed in its
    last one, and return what they ask.

    Raises
    ------
    SitingError ``bad_count``, ``bad_budget``, ``bad_balance``, InputError ``bad_point``, BadLimit …
    : a link holds what cannot be used.
    """
    row.markdown(t("placera.sentence_open"), width="content")
    counting = row.container(width=96)
    kind = _kind(row)
    usual = defaults.defaults(area, kind)
    row.markdown(t("placera.sentence_reach"), width="content")
    weighs = bool(state.get("balance"))  # against all residents
    whom = defaults.usual_group(area, defaults.EVERYBODY) if weighs else usual.group
    group = choices.group(area, where=row, usual=whom, width=96)
    row.markdown(t("placera.sentence_within"), width="content")
    choices.limit(where=row, usual=usual.limit_m, width=96)
    more = row.popover(t("gap.more"), icon=":material/tune:")
    with more:
        aim = _aim(usual.aim, st)
        profile = choices.profile(where=st)
        existing = _existing(kind, st)
        balance = _balance(area, group, st)
        st.caption(t("defaults.why", why=presets.kind(kind).why(state.language())))
        st.markdown(f"**{t('placera.where')}**")
        where = _where(area)
        budget = _budget(aim)
    spends = aim == "coverage" and bool(state.get("budget"))
    count = _count(counting, free=aim == siting_question.OBJECTIVES[3] or spends)
    return SitingQuestion.read(
        {
            "kind": kind,
            "count": count,
            "objective": aim,
            "limit": state.get("limit"),
            "group": group,
            "profile": profile,
            "existing": existing,
            "balance": balance,
            "budget": budget,
            "exclude": tuple(state.get("refused").split("|")),
            **where,
        },
        area,
    )


def refused() -> tuple[str, ...]:
    """Return the ids of those who said no."""
    return tuple(siting_view.read_refused(state.get("refused")))


def refuse(candidate: str) -> None:
    """Note that a place says no."""
    _note({**siting_view.read_refused(state.get("refused")), candidate: ""})


def take_back(candidate: str) -> None:
    """Let a place that said no be chosen again."""
    said = siting_view.read_refused(state.get("refused"))
    said.pop(candidate, None)
    _note(said)


def ask_why(candidate: str, name: str, at: int, *, where: Any) -> None:
    """Ask why a place says no: it is printed beside its name, on the board's paper too."""
    key = f"why_{at}"
    st.session_state[key] = siting_view.read_refused(state.get("refused"))[candidate]

    def changed() -> None:
        said = siting_view.read_refused(state.get("refused"))
        _note({**said, candidate: st.session_state[key]})

    where.markdown(t("placera.why_no", name=literal(name)))
    where.text_input(
        t("placera.why_no_label", number=at + 1),  # no name: a reader would hear its escapes
        key=key,
        label_visibility="collapsed",
        max_chars=siting_question.MOST_REASON,
        placeholder=t("placera.why_no_hint"),
        on_change=changed,
    )


def _note(said: dict[str, str]) -> None:
    state.choose("refused", siting_view.write_refused(said, said))


def add_spot(lon: float, lat: float) -> None:
    """Add a point the user clicked to what may be chosen."""
    spot = f"{lon:.5f},{lat:.5f}"
    spots = [word for word in state.get("spots").split("|") if word]
    state.choose("spots", "|".join(dict.fromkeys([*spots, spot])))


def _kind(where: Any) -> str:
    language = state.language()
    kinds = [name for name in presets.kinds() if name not in NEVER]
    return state.select(
        "open",
        t("placera.kind"),
        kinds,
        lambda name: presets.kind(name).name(language),
        where=where,
        width=96,
    )


def _count(where: Any, *, free: bool) -> str | None:
    """Ask how many; None where the budget, or what it takes to reach everybody, decides."""
    st.session_state["pick_count"] = min(max(whole_of(state.get("count")), 1), MOST)

    def changed() -> None:
        state.choose("count", str(st.session_state["pick_count"]))

    where.number_input(
        t("placera.count"),
        min_value=1,
        max_value=MOST,
        key="pick_count",
        on_change=changed,
        disabled=free,
        **state.in_a_sentence(96),
    )
    return None if free else str(st.session_state["pick_count"])


def _aim(usual: str, where: Any) -> str:
    if "budget" in st.session_state.get("chosen", ()):  # no other objective takes one
        usual = "coverage"
    state.suggest("aim", usual)
    return state.select(
        "aim",
        t("placera.aim"),
        siting_question.OBJECTIVES,
        lambda name: t(f"placera.aim_{name}"),
        where=where,
        help_text="\n\n".join(
            f"**{t(f'placera.aim_{name}')}**: {t(f'placera.aim_{name}_help')}"
            for name in siting_question.OBJECTIVES
        ),
    )


def _existing(kind: str, where: Any) -> str:
    plural = presets.kind(kind).plural(state.language()).lower()
    return state.select(
        "existing",
        t("placera.existing"),
        EXISTING,
        lambda name: t(f"placera.existing_{name}", kinds=plural),
        where=where,
        help_text=t("placera.existing_help"),
    )


def _balance(area: Area, group: str, where: Any) -> str | None:
    """Weigh residents of transitional housing against the group, where the area has both."""
    if NEWCOMERS not in area.groups or presets.group(group).origin != "residents":
        state.refuse("balance", t("placera.balance"), "0 %")
        return None
    share = number_of(state.get("balance")) if state.get("balance") else 0.0
    st.session_state["pick_balance"] = round(min(max(share, 0.0), 1.0) * 100)

    def changed() -> None:
        picked = st.session_state["pick_balance"]
        state.choose("balance", f"{picked / 100:g}" if picked else "")

    where.slider(
        t("placera.balance"),
        0,
        100,
        step=10,
        format="%d %%",
        key="pick_balance",
        on_change=changed,
        help=t("placera.balance_help"),
    )
    picked = st.session_state["pick_balance"]
    return str(picked / 100) if picked else None


def _where(area: Area) -> dict[str, Any]:
    left, right = st.columns(2)
    kinds = _rooms(area, left)
    lattice = _lattice(right)
    near = _near(area, left)
    evening, staffed = _only(right)
    points = _spots(area)
    if points and not kinds:  # rooms as well as the points, as the controls show
        kinds = tuple(name for name in presets.rooms() if name in area.kinds)
    return {
        "candidates": kinds,
        "candidate": points,
        "lattice": lattice,
        "max_distance_to": near,
        "evening": evening,
        "staffed": staffed,
    }


def _rooms(area: Area, where: Any) -> tuple[str, ...]:
    language = state.language()

    def label(kind: str) -> str:
        known = t("placera.receptions") if kind == HOUSING else presets.kind(kind).plural(language)
        return f"{known} ({len(in_the_open(area.places_of(kind)))})"

    offered = [
        kind for kind in area.kinds if kind != NO_ROOM and len(in_the_open(area.places_of(kind)))
    ]
    asked = [name for name in state.get("rooms").split("|") if name]
    if gone := [name for name in asked if name not in offered]:
        left = [name for name in asked if name in offered]
        instead = ", ".join(map(label, left)) or t("placera.rooms_all")
        state.refuse(
            "rooms", t("placera.rooms"), instead, found=", ".join(gone), left="|".join(left)
        )
        asked = left
    st.session_state["pick_rooms"] = asked

    def changed() -> None:
        state.choose("rooms", "|".join(st.session_state["pick_rooms"]))

    where.multiselect(
        t("placera.rooms"),
        offered,
        format_func=label,
        key="pick_rooms",
        on_change=changed,
        placeholder=t("placera.rooms_all"),
        help=t("placera.rooms_help"),
    )
    return tuple(st.session_state["pick_rooms"])


def _lattice(where: Any) -> str | None:
    def label(spacing: str) -> str:
        if not spacing:
            return t("placera.lattice_none")
        return t("placera.lattice_every", metres=texts.metres(float(spacing), state.language()))

    spacings = [*SPACINGS, *({state.get("lattice")} - set(SPACINGS))]
    return state.select("lattice", t("placera.lattice"), spacings, label, where=where) or None


def _near(area: Area, where: Any) -> tuple[str, ...]:
    if "transitional_housing" not in area.kinds:
        state.refuse("near", t("placera.near"), t("placera.near_any"))
        return ()
    metres = ("", *(str(row.metres) for row in presets.limits()))
    metres = (*metres, *({state.get("near")} - set(metres)))

    def label(limit: str) -> str:
        if not limit:
            return t("placera.near_any")
        return t("placera.near_within", metres=texts.metres(float(limit), state.language()))

    chosen = state.select("near", t("placera.near"), metres, label, where=where)
    return (f"transitional_housing={chosen}",) if chosen else ()


def _only(where: Any) -> tuple[bool, bool]:
    chosen = set(state.get("only").split("|"))
    for name in ("evening", "staffed"):
        st.session_state[f"pick_{name}"] = name in chosen

    def changed() -> None:
        names = [name for name in ("evening", "staffed") if st.session_state[f"pick_{name}"]]
        state.choose("only", "|".join(names))

    for name in ("evening", "staffed"):
        where.checkbox(t(f"placera.{name}"), key=f"pick_{name}", on_change=changed)
    return "evening" in chosen, "staffed" in chosen


def _spots(area: Area) -> tuple[str, ...]:
    point.ask(area, "spots", add_spot, label=t("placera.find_spot"))
    words = [word for word in state.get("spots").split("|") if word]
    if not words:
        return ()
    st.session_state["pick_spots"] = words

    def changed() -> None:
        state.choose("spots", "|".join(st.session_state["pick_spots"]))
        for name in refused():  # points are numbered anew: who said no is another now
            if name.startswith(f"{POINT}-"):
                take_back(name)

    st.multiselect(
        t("placera.spots"),
        words,
        key="pick_spots",
        on_change=changed,
        format_func=lambda spot: _spot_name(area, words.index(spot) + 1, spot),
    )
    return tuple(st.session_state["pick_spots"])


def _spot_name(area: Area, number: int, spot: str) -> str:
    """Return a point's number, as the proposal has it, and what it is near."""
    try:
        return f"{number}: {point.name(area, *read_point(spot))}"
    except InputError:  # the question says what is wrong with it
        return spot


def _budget(aim: str) -> str | None:
    if aim != "coverage":
        return None
    budget = number_of(state.get("budget")) if state.get("budget") else None
    st.session_state["pick_budget"] = budget

    def changed() -> None:
        picked = st.session_state["pick_budget"]
        state.choose("budget", "" if picked is None else f"{picked:g}")

    st.number_input(
        t("placera.budget"),
        min_value=0.0,
        step=1000.0,
        format="%.0f",
        key="pick_budget",
        on_change=changed,
        placeholder=t("placera.budget_none"),
        help=t("placera.budget_help"),
    )
    picked = st.session_state["pick_budget"]
    return None if picked is None else str(picked)


def say(error: NarhetError) -> None:
    """Show why a question cannot be answered, and offer to begin anew."""
    st.error(error.message(state.language()), icon=":material/error:")

    def anew() -> None:
        for name in ("count", "rooms", "near", "spots", "lattice", "refused", "only", "balance"):
            state.choose(name, state.DEFAULTS[name])
        for name in ("existing", "budget"):
            state.choose(name, state.DEFAULTS[name])

    st.button(t("placera.anew"), on_click=anew, icon=":material/restart_alt:")
