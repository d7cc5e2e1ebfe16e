"""The work list: places that are in the area but not on its map yet, why, and what can be done for
each: take the suggestion, click on the map, mend the address, or close it.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo.area.model import Area
from geo.ingest import edits as ingest_edits
from geo.ingest.geocoding.match import Match
from geo.ingest.places.propose import suggested
from geo.output.maps import data as data_map
from geo.output.maps.spec import MapSpec
from geo.output.words.imports import suggestion_words, why_unplaced
from geo.store.model import CLOSED, Record, edit_of
from geo.types import Progress
from pages.shared import asks, point, state
from pages.shared import keep as keep_box
from pages.shared import map as map_box
from pages.shared.literal import literal
from pages.shared.state import t

SHOWN = 8
DOUBTED = "names_elsewhere"
"""Why a name that is known here is no sure suggestion: most names of its file are not."""


def show(area: Area) -> None:
    """Show the list, the ones with a suggestion first, and one record to work with."""
    store = keep_box.store(area)
    records = store.unplaced() if store else []
    if not records:
        st.success(t("importing.worklist_empty"), icon=":material/check:")
        return
    st.markdown(f"**{t('importing.worklist', count=len(records))}** {t('data.worklist_intro')}")

    def work(progress: Progress) -> list[Match]:
        progress("progress.import", 0.1)
        return suggested(area, records)

    found = asks.ask((area.key, "worklist"), t("data.suggesting"), work)
    if found is None:
        return
    pairs = list(zip(records, found, strict=True))
    _suggestions(area, [(record, match) for record, match in pairs if match.point is not None])
    _one(area, dict(zip([record.id for record in records], pairs, strict=True)))


def _suggestions(area: Area, pairs: Sequence[tuple[Record, Match]]) -> None:
    if not pairs:
        st.markdown(t("data.no_suggestions"))
        return
    st.subheader(t("data.suggestions", count=len(pairs)), anchor=False)
    sure = [
        (record, match)
        for record, match in pairs
        if match.certain and record.fields["reason"] != DOUBTED
    ]
    if len(sure) > 1:
        st.button(
            t("data.take_sure", count=len(sure)),
            key="work_sure",
            on_click=_take,
            args=(area, sure),
        )
    ordered = sorted(pairs, key=lambda pair: -pair[1].score)
    for record, match in ordered[:SHOWN]:
        with st.container(border=True):
            left, right = st.columns([4, 1], vertical_alignment="center")
            left.markdown(f"**{literal(_named(record))}** – {_why(record)}")
            words = suggestion_words(match, state.language())
            left.markdown(t("data.suggests", said=literal(words)))
            right.button(
                t("data.take"),
                key=f"work_take_{record.id}",
                width="stretch",
                on_click=_take,
                args=(area, [(record, match)]),
            )
    if len(pairs) > SHOWN:
        st.caption(t("data.suggestions_more", count=len(pairs) - SHOWN))


def _one(area: Area, pairs: dict[str, tuple[Record, Match]]) -> None:
    """Work with one record: on the map, by its address, or close it."""
    st.subheader(t("data.work_one"), anchor=False)
    key = "work_chosen"
    before = st.session_state.get(key)
    st.session_state[key] = before if before in pairs else next(iter(pairs))
    labels = ingest_edits.told_apart({name: _named(pair[0]) for name, pair in pairs.items()})
    chosen = st.selectbox(
        t("data.work_choose"),
        list(pairs),
        format_func=labels.__getitem__,
        key=key,
    )
    record, match = pairs[chosen]
    st.markdown(f"{_why(record)[:1].upper()}{_why(record)[1:]}.")
    if match.said:
        words = suggestion_words(match, state.language())
        st.markdown(t("data.suggests", said=literal(words)))
    if ingest_edits.is_hidden(record):
        st.info(t("data.hidden_no_point"), icon=":material/lock:")
    else:
        _address(area, record)
        _place(area, record)
    st.button(
        t("data.close_record"),
        key="work_close",
        icon=":material/close:",
        on_click=_close,
        args=(area, record),
    )


def _close(area: Area, record: Record) -> None:
    words = t("data.closed_one", name=record.name)
    keep_box.write(area, [edit_of(record, status=CLOSED)], words)


def _address(area: Area, record: Record) -> None:
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    written = left.text_input(
        t("data.address_again"),
        value=str(record.fields["address"]),
        max_chars=200,
        key=f"work_address_{record.id}_{record.version}",
    )
    right.button(
        t("data.try_again"),
        key="work_try",
        width="stretch",
        on_click=_try,
        args=(area, record, written),
    )


def _place(area: Area, record: Record) -> None:
    language = state.language()
    spots: dict[str, tuple[float, float]] = st.session_state.setdefault("work_spots", {})

    def drawn() -> MapSpec:
        return data_map.records_map(area, [], language, spot=spots.get(record.id))

    click = map_box.heard(drawn, area, key="data_work", language=language)
    if click is not None:
        spots[record.id] = (click.lon, click.lat)
    spot = spots.get(record.id)
    st.markdown(t("data.click_to_place"))

    def put(lon: float, lat: float) -> None:
        spots[record.id] = (lon, lat)

    point.ask(area, f"work_{record.id}", put)
    if spot is not None:
        st.caption(literal(t("point.chosen", name=point.name(area, *spot))))
    map_box.show_map(drawn(), area, key="data_work", height=380, language=language)
    st.button(
        t("data.place_here"),
        key="work_place",
        icon=":material/location_on:",
        disabled=spot is None,
        on_click=_set,
        args=(area, record, spot),
    )


def _set(area: Area, record: Record, spot: tuple[float, float]) -> None:
    words = t("data.placed_one", name=record.name)
    if keep_box.write(area, [ingest_edits.moved(record, *spot)], words):
        st.session_state.get("work_spots", {}).pop(record.id, None)


def _take(area: Area, pairs: Sequence[tuple[Record, Match]]) -> None:
    edits = [ingest_edits.placed(record, match) for record, match in pairs]
    keep_box.write(area, edits, t("data.placed_many", count=len(edits)))


def _try(area: Area, record: Record, address: str) -> None:
    """Keep the new address; where it is known for certain the record gets its place as well."""
    edit, match = ingest_edits.addressed(area, record, address)
    if match.certain:
        words = t("data.found_at", name=record.name, said=match.said)
    else:
        words = t("data.still_unknown", why=why_unplaced(match.reason, state.language()))
    keep_box.write(area, [edit], words)


def _named(record: Record) -> str:
    told = [str(record.fields[name]) for name in ("name", "address") if record.fields[name]]
    return ", ".join(told) or t("importing.unnamed")


def _why(record: Record) -> str:
    return literal(why_unplaced(str(record.fields["reason"]), state.language()))
