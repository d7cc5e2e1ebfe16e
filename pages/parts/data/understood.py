"""How a file was understood, as a form: a person corrects what the guess got wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from geo import texts
from geo.output.maps import data as data_map
from geo.output.maps.data import ColumnChoice
from geo.output.words.imports import note_lines
from geo.sources.files.dialect import DELIMITERS, ENCODINGS
from geo.sources.files.place_tables import Understood
from pages.parts.data import upload as upload_box
from pages.parts.data.upload import Upload
from pages.shared import state, tables
from pages.shared.literal import literal
from pages.shared.state import t

A_ROW = 3
MAPS = frozenset({"GeoPackage"})
"""Formats whose sheets are layers: without rows of names and decimal signs."""


def show(upload: Upload, understood: Understood) -> None:
    """Show what was understood, each part to be changed."""
    st.subheader(t("data.understood"), anchor=False)
    st.markdown(_summary(understood))
    for line in note_lines(understood, state.language()):
        st.markdown(f"- {literal(line)}")
    if understood.preamble:
        lines = " / ".join(line for line in understood.preamble if line)
        st.caption(t("data.preamble", lines=literal(lines[:400])))
    with st.expander(t("data.writing")):
        _writing(upload, understood)
    tables.table(
        data_map.sample_table(understood, state.language()),
        t("data.sample", count=len(understood.frame)),
    )
    _columns(upload, understood)


def again() -> None:
    """Offer to forget what was stated about the file."""
    st.button(
        t("data.guess_again"),
        icon=":material/restart_alt:",
        key="data_guess_again",
        on_click=upload_box.say,
        kwargs={"sheet": "", "encoding": "", "delimiter": "", "decimal": "", "header": None}
        | {"crs": "", "columns": {}, "contacts": False},
    )


def _summary(understood: Understood) -> str:
    """Return in one sentence what kind of file it is, and where its coordinates are."""
    how = [f"**{understood.format}**", t("importing.rows", rows=len(understood.frame))]
    if understood.sheet and not understood.joined:
        how.append(t("importing.sheet", found=literal(understood.sheet)))
    if understood.header:
        how.append(t("importing.header", row=str(understood.header)))
    elif (understood.sheet and understood.format not in MAPS) or understood.delimiter:
        how.append(t("importing.no_header"))
    if understood.encoding:
        how.append(t("importing.encoding", found=understood.encoding))
    if understood.delimiter:
        how.append(t("importing.delimiter", found=_sign(understood.delimiter)))
    if understood.decimal:
        how.append(t("importing.decimal", found=_sign(understood.decimal)))
    if not understood.crs:
        where = t("importing.no_crs")
    else:
        name = data_map.system_name(understood.crs)
        share = texts.percent(understood.landing, state.language())
        where = t("data.crs_found", name=literal(name), share=share)
    return ", ".join(how) + ". " + where


def _sign(sign: str) -> str:
    return {"\t": t("importing.tab")}.get(sign, f"`{sign}`")


def _writing(upload: Upload, understood: Understood) -> None:
    """Ask how the file is written: sheet, header, signs, coordinate system."""
    said = upload.choices
    spots = iter([*st.columns(A_ROW), *st.columns(A_ROW)])
    if len(understood.sheets) > 1:
        _sheets(next(spots), understood)
    if (understood.sheet and understood.format not in MAPS) or understood.delimiter:
        _header(next(spots), understood.header)
    if understood.encoding:
        _pick(next(spots), "encoding", ENCODINGS, understood.encoding)
    if understood.delimiter:
        _pick(next(spots), "delimiter", DELIMITERS, understood.delimiter, shown=_sign_name)
    if understood.decimal or (understood.sheet and understood.format not in MAPS):
        _pick(next(spots), "decimal", (",", "."), understood.decimal or ",", shown=_sign_name)
    guess = understood.crs or said.crs

    def name(code: str) -> str:
        return data_map.system_name(code) if code else t("data.crs_none")

    _pick(next(spots), "crs", ("", *data_map.SYSTEMS), guess, shown=name)
    if understood.persons or said.contacts:
        _contacts(said.contacts)
    again()


def _sheets(where: Any, understood: Understood) -> None:
    """Ask which sheet or layer; at first all that have the same columns."""
    guess = "" if understood.joined else understood.sheet

    def name(sheet: str) -> str:
        return sheet or t("data.all_sheets")

    _pick(where, "sheet", ("", *understood.sheets), guess, shown=name)


def _contacts(kept: bool) -> None:
    st.session_state["data_say_contacts"] = kept

    def changed() -> None:
        upload_box.say(contacts=bool(st.session_state["data_say_contacts"]))

    st.toggle(
        t("data.say_contacts"),
        key="data_say_contacts",
        help=t("data.say_contacts_help"),
        on_change=changed,
    )


def _sign_name(sign: str) -> str:
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ".": "point"}
    return t(f"data.sign_{names[sign]}")


def _pick(
    where: Any,
    name: str,
    options: Sequence[str],
    guess: str,
    *,
    shown: Callable[[str], str] = str,
) -> None:
    key = f"data_say_{name}"
    offered = [*options, *({guess} - set(options))]
    st.session_state[key] = guess

    def changed() -> None:
        upload_box.say(**{name: st.session_state[key]})

    where.selectbox(t(f"data.say_{name}"), offered, format_func=shown, key=key, on_change=changed)


def _header(where: Any, row: int) -> None:
    st.session_state["data_say_header"] = row

    def changed() -> None:
        upload_box.say(header=int(st.session_state["data_say_header"]))

    where.number_input(
        t("data.say_header"),
        min_value=0,
        max_value=10_000,
        step=1,
        key="data_say_header",
        help=t("data.say_header_help"),
        on_change=changed,
    )


def _columns(upload: Upload, understood: Understood) -> None:
    """Ask which column each of our fields is."""
    st.subheader(t("data.columns"), anchor=False)
    st.markdown(t("data.columns_intro"))
    options = ["", *map(str, understood.frame.columns)]
    labels = {name: data_map.column_label(understood, name) for name in options if name}
    choices = data_map.column_choices(understood)
    _grid([choice for choice in choices if choice.main], options, labels, upload)
    with st.expander(t("data.more_fields")):
        _grid([choice for choice in choices if not choice.main], options, labels, upload)


def _grid(
    choices: Sequence[ColumnChoice], options: list[str], labels: dict[str, str], upload: Upload
) -> None:
    for first in range(0, len(choices), A_ROW):
        row = choices[first : first + A_ROW]
        for where, choice in zip(st.columns(A_ROW), row, strict=False):
            _column(where, choice, options, labels, upload)


def _column(
    where: Any, choice: ColumnChoice, options: list[str], labels: dict[str, str], upload: Upload
) -> None:
    name = choice.field.id
    key = f"data_column_{name}"
    st.session_state[key] = choice.column if choice.column in options else ""

    def changed() -> None:
        upload_box.say(columns={**upload.choices.columns, name: st.session_state[key]})

    label = choice.field.name(state.language())
    if choice.sure:
        label += f" ({t(f'importing.sure_{choice.sure}')})"
    where.selectbox(
        label,
        options,
        format_func=lambda column: labels.get(column, t("data.no_column")),
        key=key,
        on_change=changed,
    )
