"""Records of a kind edited in a table and on the map: changed, added, moved, closed, opened again.

What the table shows is a frozen draft: its result is never fed back to it, and what was written in
it is kept when the page is left before it is saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from geo import presets
from geo.area.model import Area
from geo.area.protected import HOUSING
from geo.ingest import edits as edits_module
from geo.ingest import edits as ingest_edits
from geo.ingest.edits import Draft
from geo.output.maps import data as data_map
from geo.output.maps.spec import MapSpec
from geo.store.model import CLOSED, OPEN, Record, edit_of
from pages.shared import keep as keep_box
from pages.shared import map as map_box
from pages.shared import point, state
from pages.shared.state import t


@dataclass
class Table:
    """A table under edit in this session: the frozen draft, the widget's name for it, what the
    widget last reported, and the number of the latest change when the draft was made.
    """

    draft: Draft
    widget: str
    seen: int
    delta: Mapping[str, Any]

    @property
    def after(self) -> Draft:
        """The draft with what was written in the table."""
        return ingest_edits.applied(self.draft, self.delta)


def show(area: Area) -> None:
    """Show the records of a kind: as a table, and one of them on the map."""
    kinds = list(presets.kinds())
    kind = state.select(
        "records",
        t("data.records_kind"),
        sorted(kinds, key=lambda name: name not in area.kinds),
        lambda name: presets.kind(name).plural(state.language()),
    )
    records = ingest_edits.standing(area, keep_box.store(area), kind)
    st.subheader(t("data.in_table"), anchor=False)
    _table(area, kind, records, hidden=False)
    if kind == HOUSING and any(ingest_edits.is_hidden(each) for each in records):
        st.subheader(t("data.hidden_title"), anchor=False)
        st.info(t("data.hidden_intro"), icon=":material/lock:")
        _table(area, kind, records, hidden=True)
    st.subheader(t("data.on_map"), anchor=False)
    _on_map(area, kind, [each for each in records if not ingest_edits.is_hidden(each)])


def _table(area: Area, kind: str, records: Sequence[Record], *, hidden: bool) -> None:
    table = _current(area, kind, records, hidden=hidden)
    table.delta = dict(st.session_state.get(table.widget) or table.delta)
    st.data_editor(
        table.draft.frame(),
        key=table.widget,
        num_rows="delete" if hidden else "dynamic",
        hide_index=True,
        width="stretch",
        column_config=_columns(table.draft),
        on_change=_told,
        args=(area.id, kind, hidden),
        placeholder="",
        alt=t("data.table_alt", kind=presets.kind(kind).plural(state.language())),
    )
    edits = ingest_edits.edits(table.after)
    if edits and area.edits != table.seen:
        st.info(t("data.changed_meanwhile"), icon=":material/group:")
    left, right = st.columns([1, 3], vertical_alignment="center")
    end = "_hidden" if hidden else ""
    left.button(
        t("data.save"),
        type="primary",
        key=f"edit_save{end}",
        disabled=not edits,
        width="stretch",
        on_click=_save,
        args=(area, kind, hidden),
    )
    right.caption(t("data.pending", count=len(edits)) if edits else t("data.no_pending"))
    if edits:
        right.button(
            t("data.discard"), key=f"edit_discard{end}", on_click=_drop, args=(area, kind, hidden)
        )


def _columns(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in draft.columns:
        label = edits_module.field_name(column, state.language())
        if column in draft.numbers:
            found[column] = st.column_config.NumberColumn(label)
        else:
            found[column] = st.column_config.TextColumn(label, max_chars=500)
    return found


def _tables() -> dict[tuple[str, str, bool], Table]:
    found: dict[tuple[str, str, bool], Table] = st.session_state.setdefault("edit_tables", {})
    return found


def _current(area: Area, kind: str, records: Sequence[Record], *, hidden: bool) -> Table:
    """Return the table under edit. One in which nothing is written follows what others save; one
    the page was away from begins again with what was written.
    """
    tables, key = _tables(), (area.id, kind, hidden)
    table = tables.get(key)
    if table is None or (table.seen != area.edits and not ingest_edits.edits(table.after)):
        table = _named(ingest_edits.draft(records, kind, hidden=hidden), area.edits)
    elif table.delta and table.widget not in st.session_state:
        table = _named(table.after, table.seen)
    tables[key] = table
    return table


def _named(draft: Draft, seen: int) -> Table:
    number = st.session_state.get("edit_number", 0) + 1
    st.session_state["edit_number"] = number
    return Table(draft, f"edit_table_{number}", seen, {})


def _told(area: str, kind: str, hidden: bool) -> None:
    table = _tables().get((area, kind, hidden))
    if table is not None:
        table.delta = dict(st.session_state[table.widget])


def _save(area: Area, kind: str, hidden: bool) -> None:
    table = _tables().get((area.id, kind, hidden))
    if table is None:
        return
    edits = ingest_edits.edits(table.after)
    keep_box.write(area, edits, t("data.saved", count=len(edits)))
    if "data_error" not in st.session_state:  # what clashed is kept with its edits
        _drop(area, kind, hidden)


def _drop(area: Area, kind: str, hidden: bool) -> None:
    _tables().pop((area.id, kind, hidden), None)


def _on_map(area: Area, kind: str, records: Sequence[Record]) -> None:
    """Move, add, close and open again by a click on the map."""
    by_id = {each.id: each for each in records}
    labels = ingest_edits.told_apart({name: _label(each) for name, each in by_id.items()})
    chosen = st.selectbox(
        t("data.record"),
        list(by_id),
        index=None,
        format_func=labels.__getitem__,
        placeholder=t("data.record_hint"),
        key=f"edit_record_{area.id}_{kind}",
    )
    record = by_id.get(chosen) if chosen else None
    spot = _spot(area, kind, [each for each in records if each.status == OPEN], record)
    if record is None:
        _add(area, kind, spot)
        return
    left, right = st.columns(2)
    left.button(
        t("data.move_here"),
        key="edit_move",
        icon=":material/location_on:",
        width="stretch",
        disabled=spot is None or record.status == CLOSED,
        on_click=_one,
        args=(area, ingest_edits.moved(record, *spot) if spot else None, "moved_one", record.name),
    )
    status, words = (CLOSED, "closed_one") if record.status == OPEN else (OPEN, "reopened_one")
    right.button(
        t("data.close_record" if status == CLOSED else "data.reopen_record"),
        key="edit_close",
        width="stretch",
        on_click=_one,
        args=(area, edit_of(record, status=status), words, record.name),
    )


def _label(record: Record) -> str:
    told = [record.name]
    if record.fields["address"] not in ("", record.name):
        told.append(str(record.fields["address"]))
    if record.status == CLOSED:
        told.append(t("data.status_closed"))
    elif not record.is_placed:
        told.append(t("data.no_point"))
    return ", ".join(told)


def _spot(
    area: Area, kind: str, records: Sequence[Record], record: Record | None
) -> tuple[float, float] | None:
    """Show the map; return where a person clicked for this record."""
    language = state.language()
    of = record.id if record else kind
    key = (area.id, of)

    def drawn() -> MapSpec:
        held = st.session_state.get("edit_spot")
        spot = held[1] if held and held[0] == key else None
        return data_map.records_map(area, records, language, chosen=of, spot=spot)

    click = map_box.heard(drawn, area, key="data_edit", language=language)
    if click is not None:
        st.session_state["edit_spot"] = (key, (click.lon, click.lat))

    def put(lon: float, lat: float) -> None:
        st.session_state["edit_spot"] = (key, (lon, lat))

    point.ask(area, "data_edit", put)
    spec = drawn()
    map_box.show_map(spec, area, key="data_edit", height=420, language=language)
    map_box.table_twin(spec)
    held = st.session_state.get("edit_spot")
    return held[1] if held and held[0] == key else None


def _add(area: Area, kind: str, spot: tuple[float, float] | None) -> None:
    st.markdown(t("data.add_intro", kind=presets.kind(kind).name(state.language()).lower()))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = left.text_input(t("place.name"), max_chars=120, key="edit_new_name")
    right.button(
        t("data.add_here"),
        key="edit_add",
        icon=":material/add_location_alt:",
        width="stretch",
        disabled=spot is None or not name.strip(),
        on_click=_one,
        args=(
            area,
            ingest_edits.added(kind, name, *spot) if spot else None,
            "added_one",
            name.strip(),
        ),
    )


def _one(area: Area, edit: Any, words: str, name: str) -> None:
    if edit is not None and keep_box.write(area, [edit], t(f"data.{words}", name=name)):
        st.session_state.pop("edit_spot", None)
        st.session_state.pop("edit_new_name", None)
