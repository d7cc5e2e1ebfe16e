"""The box that gets people per statistical area and preschools: from the open services, or from
files already downloaded. The work runs beside the page, with progress and a button to stop it.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from geo import clock
from geo.area.model import Area
from geo.catalog import change_area, open_area
from geo.ingest.residents import Ask, AskSchools, add_schools, add_statistics, municipality_of
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.sources.statistics.join import LEVELS, NAMES
from geo.store.model import FileChange
from geo.types import Progress
from pages.shared import jobs, state, tables
from pages.shared import keep as keep_box
from pages.shared.state import t

PEOPLE, PRESCHOOLS = "people", "preschools"
FIRST_YEAR = 2015
TABLE_ENDINGS = ["csv", "tsv", "txt", "xlsx"]
SHAPE_ENDINGS = ["geojson", "json", "gpkg", "zip", "parquet"]
POINT_ENDINGS = [*TABLE_ENDINGS, "geojson", "gpkg"]


def show(area: Area) -> None:
    """Ask what to get and start getting it; ``jobs`` shows how far it is."""
    st.header(t("fetch.title"), anchor=False)
    st.markdown(t("fetch.intro"))
    if area.demonstration:
        st.info(t("fetch.demo"), icon=":material/info:")
        return
    what = st.radio(
        t("fetch.what"),
        [PEOPLE, PRESCHOOLS],
        format_func=lambda name: t(f"fetch.{name}"),
        horizontal=True,
        key="fetch_what",
    )
    town = st.text_input(
        t("fetch.town"),
        value=municipality_of(area),
        max_chars=4,
        help=t("fetch.town_help"),
        key=f"fetch_town_{area.id}",
    )
    if what == PEOPLE:
        _people(area, town)
    else:
        _preschools(area, town)
    _there(area)


def _people(area: Area, town: str) -> None:
    left, right = st.columns(2)
    level = left.selectbox(
        t("fetch.level"), LEVELS, format_func=lambda name: NAMES[name], key="fetch_level"
    )
    years = [0, *range(clock.today().year, FIRST_YEAR - 1, -1)]
    year = right.selectbox(
        t("fetch.year"),
        years,
        format_func=lambda number: str(number) if number else t("fetch.latest"),
        key="fetch_year",
    )
    with st.expander(t("fetch.files")):
        st.markdown(t("fetch.files_people"))
        file = st.file_uploader(t("fetch.file"), type=TABLE_ENDINGS, key="fetch_file")
        outlines = st.file_uploader(t("fetch.outlines"), type=SHAPE_ENDINGS, key="fetch_outlines")
    other = st.checkbox(t("fetch.other"), help=t("fetch.other_help"), key="fetch_other")
    st.caption(t("fetch.noise"))
    if st.button(t("fetch.get_people"), disabled=jobs.running(), key="fetch_people"):
        ask = Ask(level, year, town.strip(), other_vintage=other)
        _start(area, {"file": file, "outlines": outlines}, ask)


def _preschools(area: Area, town: str) -> None:
    with st.expander(t("fetch.files")):
        st.markdown(t("fetch.files_preschools"))
        file = st.file_uploader(t("fetch.file"), type=POINT_ENDINGS, key="fetch_school_file")
    st.caption(t("fetch.unknown"))
    if st.button(t("fetch.get_preschools"), disabled=jobs.running(), key="fetch_preschools"):
        _start(area, {"file": file}, AskSchools(town.strip()))


def _start(area: Area, uploads: dict[str, Any], ask: Ask | AskSchools) -> None:
    """Keep the uploads in a folder of their own and work beside the page."""
    folder = Path(tempfile.mkdtemp(prefix="narhet-"))
    kept = {
        name: kept_file(folder, name, file) for name, file in uploads.items() if file is not None
    }

    who = keep_box.who()

    def work(progress: Progress) -> Area:
        try:
            there = open_area(area.id, edited=False)
            if isinstance(ask, Ask):
                made = add_statistics(there, _with_files(there, ask, kept), progress=progress).area
            else:
                asked = AskSchools(ask.municipality, kept.get("file"))
                made = add_schools(there, asked, progress=progress).area
            progress("progress.saving", 0.97)
            what = "files_statistics" if isinstance(ask, Ask) else "files_schools"
            change = FileChange(what, tuple(path.name for path in kept.values()))
            return change_area(there, made, change, who=who).area
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # Asked again only where the area's own figures turn out to be newer.
    if isinstance(ask, Ask):
        older = replace(ask, replace_year=True)
        st.session_state["replace_year"] = lambda: _start(area, uploads, older)
    jobs.start(area.name, work)
    st.rerun()


def _with_files(area: Area, ask: Ask, kept: dict[str, Path]) -> Ask:
    """Return the request with its files: a file shows itself which level it is of, and meets the
    area's own statistical areas where they are in the same municipality.
    """
    file, outlines = kept.get("file"), kept.get("outlines")
    own = bool(outlines) or (bool(file) and ask.municipality == municipality_of(area))
    return replace(
        ask,
        level="" if file else ask.level,
        municipality="" if own else ask.municipality,
        file=file,
        outlines=outlines,
    )


def _there(area: Area) -> None:
    """Show what the area has now, with table, drawing and date."""
    rows = places_and_gaps_map.sources_table(area, state.language())
    wanted = [
        source.part.startswith("people") or source.part == "preschool" for source in area.sources
    ]
    if any(wanted):
        tables.table(rows[wanted], t("fetch.there"))


def kept_file(folder: Path, part: str, file: Any) -> Path:
    """Write an upload to disk under its own plain name, so that messages name it."""
    path = folder / part / Path(file.name.replace("\\", "/")).name
    path.parent.mkdir()
    path.write_bytes(file.getbuffer())
    return path
