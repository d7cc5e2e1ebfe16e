"""A file of activities: what each row became, what could not be used, and adding them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import streamlit as st

from geo import texts
from geo.area.model import Area
from geo.catalog import change_area, open_area
from geo.errors import NarhetError
from geo.ingest.edits import with_activities
from geo.output.words.activity_hours import activities_table
from geo.sources.activities.reader import ActivitiesRead, read_activities
from geo.sources.files.sheets import SHEET_ENDINGS
from geo.store.model import ACTIVITY, FileChange
from pages.parts.data import upload as upload_box
from pages.shared import frame, state, tables
from pages.shared import keep as keep_box
from pages.shared.literal import literal
from pages.shared.state import t

MOST_MB = 50


def show(area: Area) -> None:
    """Take a file of activities, show what it holds, and add it."""
    st.markdown(t("data.activities_intro"))
    file = st.file_uploader(
        t("data.activities_file"),
        type=[*(ending.lstrip(".") for ending in SHEET_ENDINGS), "zip"],
        key="activities_file",
        max_upload_size=MOST_MB,
    )
    if file is None:
        return
    name = upload_box.plain_name(file.name)
    try:
        with _on_disk(name, bytes(file.getbuffer())) as path, upload_box.called(name):
            read = read_activities(path, area.places)
    except NarhetError as error:
        frame.say(error)
        return
    _told(read, area, name)
    if read.activities:
        st.button(
            t("data.activities_add", count=len(read.activities)),
            type="primary",
            key="activities_add",
            on_click=_carry_out,
            args=(area, read, name),
        )


def _told(read: ActivitiesRead, area: Area, name: str) -> None:
    """Show what the rows became, and what of them could not be used."""
    language = state.language()
    counts = {"found": len(read.activities), "rows": read.rows, "file": name}
    st.markdown(literal(t("data.activities_read", **counts)))
    if read.activities:
        rows = activities_table(read.activities, area, language)
        tables.table(rows, t("data.activities_rows"))
    if read.left_out:
        lost = pd.DataFrame(
            [
                (str(each.row), texts.text(f"left_out.{each.reason}", language, **each.values))
                for each in read.left_out
            ],
            columns=[t("data.activities_row"), t("data.activities_lost")],
        )
        tables.table(lost, t("data.activities_lost"))


def _carry_out(area: Area, read: ActivitiesRead, name: str) -> None:
    """Add what the person saw."""
    words = t("data.activities_added", count=len(read.activities), file=name)
    keep_box.run(area, lambda: _add(area, read, name), words)


def _add(area: Area, read: ActivitiesRead, name: str) -> int:
    """Add the activities as one change of the log; return its batch."""
    before = open_area(area.id, edited=False)
    again = [(ACTIVITY, each.id) for each in read.activities]
    change = FileChange("files_activities", (name,))
    made = with_activities(before, read, name)
    return change_area(before, made, change, who=keep_box.who(), again=again).batch


@contextmanager
def _on_disk(name: str, content: bytes) -> Iterator[Path]:
    """Keep a file on disk while it is read."""
    with tempfile.TemporaryDirectory(prefix="narhet-") as folder:
        path = Path(folder) / f"file{Path(name).suffix.lower()}"
        path.write_bytes(content)
        yield path
