"""Område: what the open area holds and how sound it is; fetch a ready one, or open files of one's
own.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from geo import presets
from geo.area.manifest import DEMO, slug
from geo.area.model import Area
from geo.catalog import change_area, list_areas, open_area, save_area
from geo.errors import OnlineError
from geo.ingest.build import Inputs, build, from_fetched, read_ids
from geo.ingest.checks.network_audit import to_rows
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.sources.doors import parted
from geo.sources.osm.overpass import ReadyArea, fetch, ready_areas
from geo.store.model import PLACE, FileChange
from geo.types import Progress
from pages.parts.omrade import fetch as fetch_box
from pages.parts.omrade import repairs as repairs_box
from pages.parts.omrade import sources as sources_box
from pages.shared import cache, frame, jobs, state, tables
from pages.shared import keep as keep_box
from pages.shared import readiness as readiness_box
from pages.shared.state import t

NETWORK_ENDINGS = ["geojson", "json", "gpkg", "zip", "gz", "parquet", "osm", "bz2", "pbf"]
SHAPE_ENDINGS = ["geojson", "json", "gpkg", "zip", "gz", "parquet"]
TABLE_ENDINGS = [*SHAPE_ENDINGS, "csv", "tsv", "txt", "xlsx"]
DOOR_ENDINGS = [*TABLE_ENDINGS, "osm", "bz2", "pbf"]


def render() -> None:
    made = jobs.finish()
    if made is not None:
        st.session_state["made"] = made.name
        state.choose("area", made.id)
        st.rerun()
    area = frame.current_area()
    frame.begin(t("omrade.title"), area)
    if "made" in st.session_state:
        st.success(t("omrade.made", name=st.session_state.pop("made")), icon=":material/check:")
    if st.session_state.pop("source_saved", False):
        st.success(t("omrade.source_saved"), icon=":material/check:")
    error = jobs.last_error()
    if error is not None:
        frame.say(error)
        if isinstance(error, OnlineError):
            _instead()
        if error.code == "older_year":
            _ask_year()
    if st.session_state.get("job") is not None:
        jobs.show()
    _holds(area)
    sources_box.show(area)
    _check(area)
    _ready()
    fetch_box.show(area)
    _own_files(area)


def _holds(area: Area) -> None:
    """Return what the area has, and what is missing."""
    language = state.language()
    st.header(area.name, anchor=False)
    tables.record(places_and_gaps_map.contents(area, language), t("omrade.contents"))
    readiness_box.show(area, where="omrade")
    for key in places_and_gaps_map.missing(area):
        st.info(t(key), icon=":material/info:")
    read = places_and_gaps_map.columns_table(area, language)
    if len(read):
        with st.expander(t("omrade.columns")):
            tables.table(read, t("omrade.columns"))
    told = places_and_gaps_map.told_table(area, language)
    if len(told):
        with st.expander(t("omrade.told"), expanded=True):
            tables.table(told, t("omrade.told"))
    lost = places_and_gaps_map.left_out_table(area, language)
    if len(lost):
        with st.expander(t("metod.left_out", count=len(lost))):
            tables.table(lost, t("metod.left_out", count=len(lost)))
    told = places_and_gaps_map.notices_table(area, language)
    if len(told):
        with st.expander(t("metod.notices", count=len(told))):
            tables.table(told, t("metod.notices", count=len(told)))


def _check(area: Area) -> None:
    """Show the barrier audit: it costs a second, so it waits for a click."""
    st.header(t("omrade.check"), anchor=False)
    st.markdown(t("omrade.check_intro"))
    if st.toggle(t("omrade.check_show"), key="show_audit"):
        with st.spinner(t("omrade.checking")):
            rows = to_rows(cache.barriers(area), state.language())
        tables.table(rows, t("omrade.check"), numbers=list(rows.columns[-1:]))
        repairs_box.show(area)


def _ready() -> None:
    st.header(t("omrade.ready"), anchor=False)
    st.markdown(t("omrade.ready_intro"))
    areas = {row.id: row for row in ready_areas()}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        t("omrade.ready_choose"), list(areas), format_func=lambda name: areas[name].name
    )
    if right.button(t("omrade.fetch"), disabled=jobs.running(), width="stretch"):
        ready, who = areas[chosen], keep_box.who()
        jobs.start(ready.name, lambda progress: _fetched(ready, who, progress))
        st.rerun()


def _fetched(ready: ReadyArea, who: str, progress: Progress) -> Area:
    found = fetch(ready.query, alternatives=ready.alternatives, progress=progress)
    progress("progress.saving", 0.95)
    there = {card.id for card in list_areas()}
    earlier = open_area(ready.id, edited=False) if ready.id in there else None
    made = from_fetched(ready.id, ready.name, found, earlier=earlier)
    if earlier is None:
        return save_area(made)
    return change_area(earlier, made, FileChange("files_fetch"), who=who).area


def _instead() -> None:
    """Offer what works without a network."""
    st.markdown(t("omrade.instead"))
    if st.button(t("omrade.open_demo")):
        state.choose("area", DEMO)
        st.session_state.pop("job_error", None)
        st.rerun()


def _own_files(area: Area) -> None:
    st.header(t("omrade.own"), anchor=False)
    st.markdown(t("omrade.own_intro"))
    modes = ["new"] if area.demonstration else ["new", "add"]
    mode = st.radio(
        t("omrade.mode"),
        modes,
        format_func=lambda name: t(f"omrade.mode_{name}", area=area.name),
        horizontal=True,
    )
    name = st.text_input(t("omrade.name"), max_chars=80) if mode == "new" else area.name
    columns = st.columns(2)
    files: dict[str, Any] = {
        "network": columns[0].file_uploader(t("omrade.file_network"), type=NETWORK_ENDINGS),
        "districts": columns[1].file_uploader(t("omrade.file_districts"), type=SHAPE_ENDINGS),
        "people": columns[0].file_uploader(t("omrade.file_people"), type=TABLE_ENDINGS),
    }
    for column, part in zip(columns, ("buildings", "addresses"), strict=True):
        files[part] = column.file_uploader(
            t(f"omrade.file_{part}"), type=DOOR_ENDINGS, help=t("omrade.doors_help")
        )
    kinds = columns[1].multiselect(
        t("omrade.file_kinds"),
        list(presets.kinds()),
        format_func=lambda kind: presets.kind(kind).plural(state.language()),
        placeholder=t("omrade.file_kinds_hint"),
    )
    for kind in kinds:
        label = t("omrade.file_place", kind=presets.kind(kind).plural(state.language()).lower())
        files[kind] = st.file_uploader(label, type=TABLE_ENDINGS, key=f"upload_{kind}")
    with st.expander(t("omrade.columns_own")):
        stated = st.text_area(t("omrade.columns_hint"), placeholder="children_0_4=age0_4")
    if st.button(t("omrade.build"), type="primary", disabled=jobs.running()):
        _start_build(area if mode == "add" else None, name, files, stated)


def _ask_year() -> None:
    """Ask whether older figures shall replace newer ones; a yes does it, and can be undone."""
    again = st.session_state.get("replace_year")
    left, right = st.columns(2)
    if again is not None and left.button(t("omrade.replace_year"), key="replace_year_yes"):
        st.session_state.pop("job_error", None)
        again()
    if right.button(t("omrade.keep_year"), key="replace_year_no"):
        st.session_state.pop("job_error", None)
        st.rerun()


def _start_build(
    earlier: Area | None,
    name: str,
    files: dict[str, Any],
    stated: str,
    *,
    replace_year: bool = False,
) -> None:
    """Keep the uploads in a folder of their own and build in the background."""
    if earlier is None and not name.strip():
        st.error(t("omrade.name_missing"))
        return
    if earlier is None and files["network"] is None:
        st.error(t("omrade.network_missing"))
        return
    if not any(files.values()):
        st.error(t("omrade.files_missing"))
        return
    folder = Path(tempfile.mkdtemp(prefix="narhet-"))
    kept = {
        part: fetch_box.kept_file(folder, part, file)
        for part, file in files.items()
        if file is not None
    }
    name_id = earlier.id if earlier else _free_id(slug(name))
    who = keep_box.who()

    def work(progress: Progress) -> Area:
        try:
            inputs = replace(_inputs(kept, _columns(stated)), replace_year=replace_year)
            # Files stay files: what people edited is kept in the store, and meets them there.
            files = open_area(earlier.id, edited=False) if earlier else None
            made = build(name_id, name.strip(), inputs, earlier=files, progress=progress)
            progress("progress.saving", 0.95)
            if files is None:
                return save_area(made)
            change = FileChange("files_add", inputs.names)
            again = [(PLACE, each) for each in read_ids(made, inputs.names)]
            return change_area(files, made, change, who=who, again=again).area
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    st.session_state["replace_year"] = lambda: _start_build(
        earlier, name, files, stated, replace_year=True
    )
    jobs.start(name, work)
    st.rerun()


def _columns(stated: str) -> dict[str, str]:
    """Read lines of group=column; a group that does not exist is refused when the file is read."""
    pairs = (line.partition("=") for line in stated.splitlines() if "=" in line)
    return {group.strip(): column.strip() for group, _, column in pairs}


def _inputs(files: dict[str, Path], columns: dict[str, str]) -> Inputs:
    network = files.get("network")
    columns, door_columns = parted(columns, asked=bool({"buildings", "addresses"} & set(files)))
    osm = network is not None and any(
        network.name.lower().endswith(ending) for ending in (".osm", ".osm.bz2", ".osm.gz", ".pbf")
    )
    return Inputs(
        osm=network if osm else None,
        lines=None if osm else network,
        districts=files.get("districts"),
        people=(files["people"],) if "people" in files else (),
        buildings=files.get("buildings"),
        addresses=files.get("addresses"),
        columns=columns,
        door_columns=door_columns,
        places=tuple((kind, path) for kind, path in files.items() if kind in presets.kinds()),
    )


def _free_id(wanted: str) -> str:
    """Return an id that no area has, so that a new area never writes over another."""
    taken = {card.id for card in cache.cards()}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name
