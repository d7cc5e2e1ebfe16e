"""Everything an area's store holds as files, and back; the saved scenarios."""

from __future__ import annotations

import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from geo import clock
from geo.area.model import Area
from geo.catalog import open_area
from geo.errors import NarhetError
from geo.output.files.backup import ENDINGS, read_everything, write_everything
from geo.output.files.hsds import to_hsds
from geo.planning import scenario
from geo.store.backup import Restored, Whole, of_area
from geo.store.overlay import filed
from geo.store.protection import ground_of
from geo.store.store import store_of
from geo.types import Progress
from pages.parts.data import upload as upload_box
from pages.shared import asks, frame
from pages.shared import keep as keep_box
from pages.shared.downloads import offer
from pages.shared.literal import literal
from pages.shared.state import t

MOST_MB = 50


def show(area: Area) -> None:
    """Offer the files, take one back, list the scenarios."""
    st.subheader(t("data.take_out"), anchor=False)
    st.markdown(t("data.take_out_intro"))
    if st.toggle(t("data.make_files"), key="whole_make"):
        _files(area)
    if st.toggle(t("data.make_hsds"), key="hsds_make", help=t("data.hsds")):
        _hsds(area)
    st.subheader(t("data.put_back"), anchor=False)
    st.markdown(t("data.put_back_intro"))
    _back(area)
    st.subheader(t("data.scenarios"), anchor=False)
    _scenarios(area)


def _files(area: Area) -> None:
    store = keep_box.store(area)
    versions = tuple((each.id, each.version) for each in store.scenarios()) if store else ()

    def work(progress: Progress) -> dict[str, bytes]:
        whole = store.everything() if store else of_area(area)
        made = {}
        with tempfile.TemporaryDirectory(prefix="narhet-") as folder:
            for at, ending in enumerate(ENDINGS):
                progress("progress.documents", at / len(ENDINGS))
                path = Path(folder) / f"allt{ending}"
                write_everything(whole, path)
                made[ending] = path.read_bytes()
        return made

    made = asks.ask((area.key, versions, "whole"), t("data.making_files"), work)
    if made is not None:
        offer(made, f"allt-{area.id}", key="whole", labels="data.download_")


def _hsds(area: Area) -> None:
    """Offer the area's services as directories of services exchange them."""
    today = clock.today()

    def work(progress: Progress) -> dict[str, bytes]:
        progress("progress.documents", 0.1)
        return {".zip": to_hsds(area, today)}

    made = asks.ask((area.key, today, "hsds"), t("data.making_files"), work)
    if made is not None:
        offer(made, f"hsds-{area.id}", key="hsds", labels="data.download_")


def _back(area: Area) -> None:
    """Take a file of everything, show what it would do, and do it."""
    file = st.file_uploader(
        t("data.back_file"),
        type=[ending.lstrip(".") for ending in ENDINGS],
        key="whole_file",
        max_upload_size=MOST_MB,
    )
    if file is None:
        return
    content, name = bytes(file.getbuffer()), upload_box.plain_name(file.name)
    own = sha256(content).hexdigest()[:16]

    def work(progress: Progress) -> tuple[Whole, Restored]:
        progress("progress.reading", 0.1)
        told = _read(name, content)
        store = store_of(area.id)
        there = filed(open_area(area.id, edited=False))
        who = keep_box.who()
        return told, store.restore(told, who=who, ground=ground_of(area), dry=True, files=there)

    try:
        found = asks.ask((area.key, own, "back"), t("data.reading", file=name), work)
    except NarhetError as error:
        frame.say(error)
        return
    if found is None:
        return
    told, does = found
    counts = {"added": does.added, "changed": does.changed, "scenarios": does.scenarios}
    st.markdown(t("data.back_whole" if does.whole else "data.back_does", **counts))
    st.button(t("data.back"), key="whole_back", on_click=_restore, args=(area, told))


def _read(name: str, content: bytes) -> Whole:
    with tempfile.TemporaryDirectory(prefix="narhet-") as folder:
        path = Path(folder) / f"allt{Path(name).suffix.lower()}"
        path.write_bytes(content)
        with upload_box.called(name):
            return read_everything(path)


def _restore(area: Area, told: Whole) -> None:
    def work() -> int:
        store = store_of(area.id)
        there = filed(open_area(area.id, edited=False))
        who = keep_box.who()
        return store.restore(told, who=who, ground=ground_of(area), files=there).batch

    keep_box.run(area, work, t("data.is_back"))


def _scenarios(area: Area) -> None:
    there = scenario.saved_of(area.id)
    if not there:
        st.markdown(t("data.no_scenarios"))
        return
    st.markdown(t("data.scenarios_intro"))
    for each in there:
        left, right = st.columns([5, 1], vertical_alignment="center")
        when = clock.local_time(each.at)
        told: Any = t("scenario.saved_by", who=each.by or "–", when=when)
        left.markdown(f"**{literal(each.scenario.name)}** – {literal(told)}")
        right.button(
            t("scenario.delete"),
            key=f"whole_delete_{each.id}",
            width="stretch",
            on_click=_delete,
            args=(area.id, each.id),
        )


def _delete(area: str, name: str) -> None:
    scenario.delete(area, name)
