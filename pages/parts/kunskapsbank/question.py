"""The question to the knowledge bank, chosen on the page and remembered."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from geo.access.knowledge_bank.model import Bank, Start
from geo.access.knowledge_bank.question import BankQuestion
from geo.area import languages
from geo.area.activities.derived import activities_of
from geo.area.activities.model import themes
from geo.area.model import Area
from geo.area.newcomers import newcomers_of
from geo.area.people import HOUSING
from geo.area.record_fields import day
from geo.cells import read_point
from geo.errors import InputError
from geo.output.maps import knowledge_bank as knowledge_bank_map
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.maps.spec import MapSpec
from geo.output.words import knowledge_bank as knowledge_bank_words
from pages.shared import choices, point, state
from pages.shared import map as map_box
from pages.shared.state import t

POINT, ALL = "point", ""
PLACE_KEY = "bank_place"


def heard(area: Area, key: str) -> None:
    """Take a click on the map: on a place it is shown, elsewhere one walks from there."""
    click = map_box.heard(lambda: _drawn(area), area, key=key, language=state.language())
    if click is None:
        return
    places = [shown.id for shown in click.shown if shown.id in set(area.places["id"])]
    if places:
        st.session_state[PLACE_KEY] = (area.key, places[0])
    else:
        st.session_state.pop(PLACE_KEY, None)
        state.choose("start", f"{click.lon:.5f},{click.lat:.5f}")


def clicked(area: Area, bank: Bank) -> str:
    """Return the place last clicked, while it is among those shown; "" for none."""
    known, place = st.session_state.get(PLACE_KEY, ("", ""))
    shown = {entry.place for entry in bank.all}
    return place if known == area.key and place in shown else ""


def question(area: Area) -> BankQuestion | None:
    """Choose where from, what and when; None until there is somewhere to walk from."""
    _start(area)
    columns = st.columns(4)
    choices.limit(where=columns[0], usual=BankQuestion.limit_m)
    choices.profile(where=columns[1])
    _theme(columns[2])
    _language(area, columns[3])
    _when()
    start = state.get("start")
    if not start:
        return None
    at_point = "," in start and start not in _housing(area)
    return BankQuestion.read(
        {
            "at": start if at_point else None,
            "housing": None if at_point else start,
            "when": _moment(),
            "language": state.get("speaks"),
            "themes": (state.get("theme"),) if state.get("theme") else None,
            "limit": state.get("limit"),
            "profile": state.get("profile"),
        }
    )


def blank_map(area: Area, key: str) -> None:
    """Show the area to choose a point on."""
    spec = places_and_gaps_map.places_map(area, _kinds(area), state.language())
    map_box.show_map(spec, area, key=key, language=state.language(), height=460)


def _kinds(area: Area) -> list[str]:
    return [HOUSING] if HOUSING in area.kinds else []


def _drawn(area: Area) -> MapSpec:
    """Return a map with what could be clicked: all places that may be drawn."""
    return places_and_gaps_map.places_map(area, area.kinds, state.language())


def _housing(area: Area) -> dict[str, str]:
    """Return what each housing is called, by id."""
    language = state.language()
    rows = area.places_of(HOUSING)
    protected = set(rows["id"]) - set(knowledge_bank_map.open_ids(area))
    names = dict(zip(rows["id"].astype(str), rows["name"].astype(str), strict=True))
    return {
        place: knowledge_bank_words.start_name(
            Start(name, 0.0, 0.0, place, restricted=place in protected), language
        )
        for place, name in names.items()
    }


def _start(area: Area) -> None:
    """Choose a housing, or a point by its position; a click on the map chooses one too."""
    known = _housing(area)
    columns = st.columns([2, 2])
    start = state.get("start")
    if not start and known:  # nobody chose yet
        start = next(iter(known))
        st.session_state["view"]["start"] = start
    key = "pick_start"
    st.session_state[key] = start if start in known else POINT
    at = _point_of(start) if start not in known else None
    chosen_point = t("point.chosen", name=point.name(area, *at)) if at else t("kunskapsbank.point")

    def changed() -> None:
        chosen = st.session_state[key]
        if chosen != POINT:
            state.choose("start", chosen)

    columns[0].selectbox(
        t("kunskapsbank.start"),
        [*known, POINT],
        format_func=lambda place: known.get(place) or chosen_point,
        key=key,
        on_change=changed,
    )
    point.ask(
        area,
        "bank",
        lambda lon, lat: state.choose("start", f"{lon:.5f},{lat:.5f}"),
        where=columns[1],
        label=t("kunskapsbank.at"),
    )


def _point_of(start: str) -> point.Point | None:
    """Return the point that the address holds, None where it holds none."""
    try:
        return read_point(start)
    except InputError:
        return None


def _theme(where: Any) -> None:
    language = state.language()
    state.select(
        "theme",
        t("kunskapsbank.theme"),
        [ALL, *themes()],
        lambda name: themes()[name].name(language) if name else t("kunskapsbank.all_themes"),
        where=where,
    )


def _language(area: Area, where: Any) -> None:
    """Choose among the languages that somebody here is known to speak."""
    language = state.language()
    spoken = {code for each in newcomers_of(area) for code in each.language_codes}
    spoken |= {code for each in activities_of(area) for code in each.languages}
    asked = state.get("speaks")
    names = sorted(spoken, key=lambda code: languages.name(code, language).casefold())
    state.select(
        "speaks",
        t("kunskapsbank.language"),
        ["", *names] if asked in names or not asked else ["", asked, *names],
        lambda code: languages.name(code, language) if code else t("kunskapsbank.any_language"),
        where=where,
        help_text=t("kunskapsbank.language_help"),
    )


def _when() -> None:
    """Choose a day, and an hour of it; none: any time of this week."""
    columns = st.columns(4)
    st.session_state["pick_day"] = day(state.get("day"))

    def changed() -> None:
        chosen = st.session_state["pick_day"]
        state.choose("day", chosen.isoformat() if isinstance(chosen, date) else "")

    columns[0].date_input(
        t("kunskapsbank.day"),
        value=None,
        key="pick_day",
        on_change=changed,
        format="YYYY-MM-DD",
        help=t("kunskapsbank.day_help"),
    )
    if day(state.get("day")):
        hours = [f"{hour:02d}:00" for hour in range(24)]
        state.select(
            "hour",
            t("kunskapsbank.hour"),
            ["", *hours],
            lambda hour: hour or t("kunskapsbank.whole_day"),
            where=columns[1],
        )


def _moment() -> str:
    chosen = day(state.get("day"))
    if chosen is None:
        return ""
    hour = state.get("hour")
    return f"{chosen.isoformat()}T{hour}" if hour else chosen.isoformat()
