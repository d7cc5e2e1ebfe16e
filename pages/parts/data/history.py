"""The history of an area: who changed what and when, from what to what; each batch is undone by one
click.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo import clock
from geo.area.model import Area
from geo.ingest import edits
from geo.ingest.edits import Batch
from geo.store.model import Change
from pages.shared import keep as keep_box
from pages.shared import state, tables
from pages.shared.literal import literal
from pages.shared.state import t

LINES, BATCHES, ROWS = 2000, 15, 40


def show(area: Area) -> None:
    """Show the latest batches, the latest first."""
    store = keep_box.store(area)
    log = store.log(most=LINES) if store else []
    found = edits.batches(log)
    if not found:
        st.info(t("store.no_changes"))
        return
    st.markdown(t("data.history_intro"))
    shown = st.session_state.setdefault("history_shown", BATCHES)
    for batch in found[:shown]:
        with st.container(border=True):
            _batch(area, batch)
    if len(found) > shown:
        st.button(t("data.older"), key="history_older", on_click=_older)


def _older() -> None:
    st.session_state["history_shown"] += BATCHES


def _batch(area: Area, batch: Batch) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    who = batch.by or t("data.nobody")
    left.markdown(f"**{clock.local_time(batch.at)} · {literal(who)}** – {literal(_what(batch))}")
    if batch.undoable:
        right.button(
            t("data.undo"),
            key=f"history_undo_{batch.number}",
            icon=":material/undo:",
            width="stretch",
            help=t("data.undo_help", batch=str(batch.number)),
            on_click=keep_box.undo,
            args=(area, batch.number),
        )
    rows = _rows(batch)
    if len(rows):
        with st.expander(t("data.before_after", count=len(batch.changes))):
            tables.table(rows, t("data.batch", batch=str(batch.number)))
            if len(batch.changes) > ROWS:
                st.caption(t("check.more", count=len(batch.changes) - ROWS).strip())


def _what(batch: Batch) -> str:
    """Return in words what a batch did: how many of what, or to which record."""
    files = next((change.files for change in batch.changes if change.files), None)
    if files is not None:
        named = ", ".join(files.files) or "–"
        words = t(f"store.{files.what}", files=named, batch=str(files.batch))
        counts = edits.counted(change for change in batch.changes if change.files is None)
        more = [f"{count} {t(f'store.action_{name}')}" for name, count in counts.items()]
        return f"{words} ({', '.join(more)})" if more else words
    if len(batch.changes) == 1:
        change = batch.changes[0]
        record = change.after or change.before
        name = f"{record.name} " if record else ""
        words = name + t(change.text_key)
    else:
        counts = edits.counted(batch.changes)
        words = ", ".join(f"{count} {t(f'store.action_{name}')}" for name, count in counts.items())
    if batch.note.startswith("import "):
        return t("data.from_file", file=batch.note.removeprefix("import "), what=words)
    return words


def _rows(batch: Batch) -> pd.DataFrame:
    language = state.language()
    rows = [line for change in batch.changes[:ROWS] for line in _lines(change, language)]
    heads = ("place.name", "data.field", "data.before", "data.after")
    return pd.DataFrame(rows, columns=[t(key) for key in heads])


def _lines(change: Change, language: str) -> list[tuple[str, str, str, str]]:
    record = change.after or change.before
    if record is None:
        return []
    name = record.name
    if change.before is None or change.after is None:
        there, gone = t("data.record_there"), t("data.record_gone")
        sides = (gone, there) if change.before is None else (there, gone)
        return [(name, t("data.the_record"), *sides)]
    return [
        (
            name,
            edits.field_name(field, language),
            edits.value_words(field, before, language),
            edits.value_words(field, after, language),
        )
        for field, before, after in edits.changed(change)
    ]
