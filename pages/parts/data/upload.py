"""A file that a person drops on the page Data: its bytes, and what they state about it. Both are
kept for the session under the file's own id; on disk it is only while it is read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from geo import presets
from geo.area.model import Area
from geo.errors import NarhetError
from geo.ingest.places.locate import AUTO
from geo.sources.files.place_tables import ENDINGS, Understood, understand
from geo.sources.files.sheets import Choices
from geo.types import Progress
from pages.shared import asks, cache, state
from pages.shared.literal import literal
from pages.shared.state import t

_Answer = TypeVar("_Answer")

MOST_MB = 50
MOST_NAME = 100
KINDS_FIRST = "meeting_place"


@dataclass(frozen=True)
class Upload:
    """A file as it came. ``id`` is no other file's. ``lookup``: a person asked that its addresses
    be looked up online. ``outside``: what becomes of rows far outside the area.
    """

    id: str
    name: str
    content: bytes = field(repr=False)
    kind: str
    choices: Choices = field(default_factory=Choices)
    lookup: bool = False
    outside: str = AUTO

    @property
    def key(self) -> tuple[Any, ...]:
        """What an answer about it depends on."""
        said = {**vars(self.choices), "columns": tuple(sorted(self.choices.columns.items()))}
        return self.id, self.kind, tuple(said.items())


def current() -> Upload | None:
    """Return the file of this session."""
    found: Upload | None = st.session_state.get("data_upload")
    return found


def keep(upload: Upload | None) -> None:
    """Keep a file, or let it go."""
    st.session_state["data_upload"] = upload
    if upload is None:
        st.session_state["data_round"] = st.session_state.get("data_round", 0) + 1


def say(**choices: Any) -> None:
    """Note what a person states about the file. Another sheet, header or way of writing gives other
    columns, so what was stated about those goes.
    """
    upload = current()
    if upload is None:
        return
    if "columns" not in choices and set(choices) - {"crs", "decimal"}:
        choices["columns"] = {}
    keep(replace(upload, choices=replace(upload.choices, **choices)))


def show() -> Upload | None:
    """Ask for a file and the kind of its places; return the file, None while there is none."""
    left, right = st.columns([3, 2])
    widget = f"data_file_{st.session_state.get('data_round', 0)}"
    left.file_uploader(
        t("data.file"),
        type=[ending.lstrip(".") for ending in ENDINGS],
        key=widget,
        max_upload_size=MOST_MB,
        help=t("data.file_help"),
        on_change=_taken,
        args=(widget,),
    )
    _kind(right)
    upload = current()
    if upload is not None and st.session_state.get(widget) is None:
        # The page was left meanwhile: the widget forgot the file, we did not.
        right.markdown(t("data.goes_on", file=literal(upload.name)))
        right.button(t("data.drop_file"), on_click=keep, args=(None,), key="data_drop")
    return upload


def read(area: Area, upload: Upload) -> Understood | None:
    """Return what a file says, None while it is read.

    Raises
    ------
    NarhetError : it cannot be read.
    """
    west, south, east, north = map(float, area.boundary.total_bounds)

    def work(progress: Progress) -> Understood:
        progress("progress.reading", 0.1)
        with tempfile.TemporaryDirectory(prefix="narhet-") as folder:
            path = Path(folder) / upload.name
            path.write_bytes(upload.content)
            near = (west, south, east, north)
            with called(upload.name):
                return understand(path, choices=upload.choices, kind=upload.kind, near=near)

    return ask((area.id, upload.key, "read"), t("data.reading", file=upload.name), work)


@contextmanager
def called(name: str) -> Iterator[None]:
    """Report what is wrong with a file under its own name, not by that of our copy on disk."""
    try:
        yield
    except NarhetError as error:
        if "file" in error.values:
            error.values["file"] = name
        raise


def ask(key: Any, title: str, work: Callable[[Progress], _Answer]) -> _Answer | None:
    """Ask something about this session's own file: the answer is kept for it alone."""
    mine = st.session_state.setdefault("data_answers", cache.Kept(most=6))
    return asks.ask(key, title, work, kept=mine)


def _taken(widget: str) -> None:
    file = st.session_state.get(widget)
    st.session_state.pop("data_answers", None)
    st.session_state.pop("data_done", None)
    if file is None:
        keep(None)
        return
    content = bytes(file.getbuffer())
    own = sha256(content).hexdigest()[:16]
    keep(Upload(own, plain_name(file.name), content, kind_of()))


def plain_name(name: str) -> str:
    """Return a file's own name, without folders and signs that a disk does not take."""
    last = Path("".join(sign for sign in name.replace("\\", "/") if sign.isprintable())).name
    stem, dot, ending = last.rpartition(".")
    return f"{stem[:MOST_NAME]}{dot}{ending}"


def kind_of() -> str:
    """Return the kind that was chosen for files."""
    kind: str = st.session_state.get("data_kind", KINDS_FIRST)
    return kind


def _kind(where: Any) -> None:
    st.session_state["pick_data_kind"] = kind_of()

    def changed() -> None:
        st.session_state["data_kind"] = st.session_state["pick_data_kind"]
        upload = current()
        if upload is not None:
            keep(replace(upload, kind=kind_of(), lookup=False))

    where.selectbox(
        t("data.kind"),
        list(presets.kinds()),
        format_func=lambda kind: presets.kind(kind).plural(state.language()),
        key="pick_data_kind",
        on_change=changed,
        help=t("data.kind_help"),
    )
