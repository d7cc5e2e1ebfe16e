"""What is chosen on screen, kept in the address, so that a link shows a colleague the same view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from geo import presets, texts
from geo.access.defaults import INFO_DESK
from geo.access.gap_question import GapQuestion
from geo.access.meeting.question import MeetingQuestion
from geo.access.preschools.question import PreschoolQuestion
from geo.errors import InputError, NarhetError
from geo.planning.outreach.question import OutreachQuestion
from geo.planning.siting import question as siting_question
from pages.shared import siting_view
from pages.shared.literal import literal

DEFAULTS: dict[str, str] = {
    "area": "demo",
    "lang": "sv",
    "kind": "",
    "limit": "",
    "group": "",
    "profile": GapQuestion.profile,
    "open": INFO_DESK,
    "count": "2",
    "aim": "",
    "rooms": "",
    "near": "",
    "spots": "",
    "lattice": "",
    "refused": "",
    "asked": "",
    "saved": "",
    "existing": siting_question.SitingQuestion.existing,
    "only": "",
    "balance": "",
    "budget": "",
    "method": PreschoolQuestion.method,
    "take_up": "",
    "when": "",
    "home": "",
    "weights": "",
    "whom": OutreachQuestion.where,
    "order": OutreachQuestion.order,
    "spot": "",
    "residents": "",
    "meet": MeetingQuestion.measure,
    "activity": "all",
    "who": MeetingQuestion.group,
    "week": "",
    "speaks": "",
    "audience": "",
    "free": "",
    "at_home": "",
    "established": "",
    "task": "import",
    "records": "",
    "start": "",
    "theme": "",
    "day": "",
    "hour": "",
}
"""Names as they stand in the address, with what a first visitor gets; "" where the page suggests
what a question begins with in the area (``geo.access.defaults``).
"""

MOST_PX = 300
"""No word of a sentence is wider: the rest of it is cut."""

ALWAYS = ("area", "lang", "kind", "limit", "group", "profile", "aim")
"""What the address says once it is known; the rest only where it is not what a first visitor gets.
"""

CHECKS: dict[str, Callable[[str], object]] = {
    "kind": presets.kind,
    "group": presets.group,
    "profile": presets.profile,
    "limit": presets.limit_m,
    "open": presets.kind,
    "aim": siting_question.objective,
    "asked": siting_view.read,
}

OF_AN_AREA = ("refused", "spots", "asked", "saved")
"""What is of one area's places: another area begins without it."""


def load() -> None:
    """Take the view from the address at a session's start, and note what in it cannot be used."""
    if "view" in st.session_state:
        return
    view, problems = dict(DEFAULTS), []
    chosen: set[str] = set()
    for name in DEFAULTS:
        if name not in st.query_params:
            continue
        value = st.query_params[name]
        try:
            if name in CHECKS:
                CHECKS[name](value)
            view[name] = value
            chosen.add(name)
        except NarhetError as error:
            problems.append(error)
    # A proposal in a link is the question of the page Placera as well: what is changed there is
    # changed from it.
    travelling = siting_view.view_of(view["asked"])
    view.update(travelling)
    chosen |= set(travelling)
    if view["lang"] not in texts.LANGUAGES:
        view["lang"] = DEFAULTS["lang"]
    st.session_state["view"] = view
    st.session_state["chosen"], st.session_state["linked"] = chosen, set(chosen)
    st.session_state["link_problems"] = problems


def problems() -> list[NarhetError]:
    """Return what in the link could not be used, until the user chooses something."""
    found: list[NarhetError] = st.session_state.get("link_problems", [])
    return found


def note_problem(error: NarhetError) -> None:
    """Add to what in the link could not be used."""
    st.session_state.setdefault("link_problems", []).append(error)


def get(name: str) -> str:
    """Return one choice, as text."""
    view: dict[str, str] = st.session_state.get("view", DEFAULTS)
    return view[name]


def choose(name: str, value: str) -> None:
    """Change one choice; ``write_address`` puts it in the address at the end of the run."""
    view = st.session_state.setdefault("view", dict(DEFAULTS))
    if view[name] != value:
        view[name] = value
        st.session_state.setdefault("chosen", set()).add(name)
        st.session_state["link_problems"] = []
        if name == "area":
            view.update({each: DEFAULTS[each] for each in OF_AN_AREA})


def begin_with(key: str, usual: Any) -> None:
    """Let a widget begin with a value, and keep what its user chose. The value is set in each run:
    of a run that was broken off the browser knows nothing.
    """
    st.session_state[key] = st.session_state.get(key, usual)


def choose_firmly(name: str, value: str) -> None:
    """Change one choice, or keep it as it is; no page suggests another in its place."""
    choose(name, value)
    st.session_state.setdefault("chosen", set()).add(name)
    for loosely in ("linked", "loose"):
        st.session_state.setdefault(loosely, set()).discard(name)


def suggest(name: str, value: str, *, own: bool = True) -> None:
    """Set what a page begins with, where neither the link nor the user has chosen.

    A link that says just what its page begins with has chosen nothing: another kind then begins
    with its own. Not ``own``: the page only looks around, and its address does not say it.
    """
    chosen: set[str] = st.session_state.setdefault("chosen", set())
    linked: set[str] = st.session_state.setdefault("linked", set())
    loose: set[str] = st.session_state.setdefault("loose", set())
    if own:
        loose.discard(name)
        if name in linked and get(name) == value:
            chosen.discard(name)
        linked.discard(name)
    elif name not in chosen:
        loose.add(name)
    if name not in chosen:
        st.session_state.setdefault("view", dict(DEFAULTS))[name] = value


def go(page: str) -> None:
    """Ask for another page, by its address, in a button's ``on_click``; the view comes along."""
    st.session_state["go"] = page


def to_data(task: str, *, records: str = "", files_of: str = "") -> None:
    """Ask for a task of the page Data, in a button's ``on_click``: with the records of a kind of
    place to edit, or a file of a kind to read.
    """
    choose("task", task)
    if records:
        choose("records", records)
    if files_of:
        st.session_state["data_kind"] = files_of
    go("data")


def note_visit(page: str) -> None:
    """Remember that a page was shown."""
    pages: list[str] = st.session_state.get("visited", [])
    st.session_state["visited"] = [page, *(each for each in pages if each != page)]


def visited() -> list[str]:
    """Return the pages of this visit but the front page, the latest first."""
    pages: list[str] = st.session_state.get("visited", [])
    return [page for page in pages if page != "oversikt"]


def wanted_page() -> str:
    """Return the page that ``go`` asked for, once; empty where none is."""
    return str(st.session_state.pop("go", ""))


def write_address() -> None:
    """Put the view in the address, where the browser's bookmark and copy take it from."""
    loose = st.session_state.get("loose", set()) - st.session_state.get("chosen", set())
    view = {
        name: get(name)
        for name, usual in DEFAULTS.items()
        if name not in loose and ((name in ALWAYS and get(name)) or get(name) != usual)
    }
    if st.query_params.to_dict() != view:
        st.query_params.from_dict(view)


def language() -> str:
    """Return the language of the screen: ``sv`` or ``en``."""
    return get("lang")


def t(key: str, **values: Any) -> str:
    """Return a text of the catalogue in the language of the screen."""
    return texts.text(key, language(), **values)


def select(
    name: str,
    label: str,
    options: Sequence[str],
    shown: Callable[[str], str],
    *,
    where: Any = st,
    help_text: str | None = None,
    usual: str | None = None,
    width: int | None = None,
) -> str:
    """Show a select box for one choice, and remember it across pages and in the address.

    With ``width`` it is a word of a sentence: so wide at least, and as wide as what is chosen; its
    label is heard and not seen.

    What was chosen but is not among the options is said, and ``usual``, or the first, is shown.
    """
    key = f"pick_{name}"
    if get(name) not in options:
        instead = usual if usual is not None and usual in options else options[0]
        _say_not_here(name, label, shown(instead))
        st.session_state["view"][name] = instead
    # The view is the truth: a widget's own memory does not survive a change of page.
    st.session_state[key] = get(name)

    def changed() -> None:
        choose(name, st.session_state[key])

    where.selectbox(
        label,
        options,
        format_func=shown,
        key=key,
        help=help_text if width is None else None,
        on_change=changed,
        **in_a_sentence(width and max(width, room_for(shown(get(name))))),
    )
    return get(name)


def room_for(words: str) -> int:
    """Return how many pixels a select box needs to show words whole."""
    return min(54 + round(8.4 * len(words)), MOST_PX)


def in_a_sentence(width: int | None) -> dict[str, Any]:
    """Return what makes a widget a word of a sentence."""
    return {} if width is None else {"width": width, "label_visibility": "collapsed"}


def refuse(name: str, label: str, instead: str, *, found: str = "", left: str = "") -> None:
    """Say that a link's or a person's choice cannot be had here; ``left`` of it stays."""
    if get(name) == DEFAULTS[name]:
        return
    st.session_state.setdefault("chosen", set()).add(name)
    _say_not_here(name, label, instead, found)
    st.session_state["view"][name] = left or DEFAULTS[name]


def _say_not_here(name: str, label: str, instead: str, found: str = "") -> None:
    """Say that what a link or a person chose cannot be chosen here; later runs show it above the
    page.
    """
    chosen: set[str] = st.session_state.get("chosen", set())
    if name not in chosen or not get(name):
        return
    chosen.discard(name)
    problem = InputError("not_here", what=label, found=(found or get(name))[:40], instead=instead)
    note_problem(problem)
    st.warning(literal(problem.message(language())), icon=":material/link_off:")
