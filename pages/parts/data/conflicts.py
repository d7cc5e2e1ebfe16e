"""Two people edited one record: both versions side by side, and a choice field by field."""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo import clock
from geo.area.model import Area
from geo.ingest import edits as ingest_edits
from geo.ingest.edits import MINE, THEIRS, Difference
from geo.store.model import Conflict
from pages.shared import keep as keep_box
from pages.shared import state
from pages.shared.keep import Clashed
from pages.shared.literal import literal
from pages.shared.state import t


def show(area: Area) -> bool:
    """Show what clashed, and return whether anything did: until it is settled nothing else is
    written.
    """
    clashed: Clashed | None = st.session_state.get("data_clash")
    if clashed is None or clashed.area != area.id:
        return False
    st.warning(t("data.clash", count=len(clashed.conflicts)), icon=":material/group:")
    for at, conflict in enumerate(clashed.conflicts):
        with st.container(border=True):
            _one(conflict, at)
    left, middle, right = st.columns(3)
    left.button(
        t("data.clash_save"),
        type="primary",
        key="clash_save",
        width="stretch",
        on_click=_save,
        args=(area, clashed, ""),
    )
    middle.button(
        t("data.clash_mine"),
        key="clash_mine",
        width="stretch",
        on_click=_save,
        args=(area, clashed, MINE),
    )
    right.button(
        t("data.clash_theirs"),
        key="clash_theirs",
        width="stretch",
        on_click=_save,
        args=(area, clashed, THEIRS),
    )
    return True


def _one(conflict: Conflict, at: int) -> None:
    theirs = conflict.theirs
    if theirs is None:
        name = str(conflict.mine.fields.get("name") or conflict.mine.id)
        st.markdown(f"**{literal(name)}** – {t('data.clash_gone')}")
        _choice(t("data.clash_record"), f"clash_{at}_record", THEIRS)
        return
    when = clock.local_time(theirs.changed_at)
    who = literal(theirs.changed_by or "–")
    st.markdown(f"**{literal(theirs.name)}** – {t('data.clash_who', who=who, when=when)}")
    for each in ingest_edits.differences(conflict):
        _field(each, f"clash_{at}_{each.field}")


def _field(each: Difference, key: str) -> None:
    language = state.language()
    name = ingest_edits.field_name(each.field, language)

    def words(value: Any) -> str:
        return ingest_edits.value_words(each.field, value, language)

    label = f"**{literal(name)}** ({t('data.clash_was', was=literal(words(each.base)))})"
    state.begin_with(key, each.usual)
    st.radio(
        label,
        (MINE, THEIRS),
        key=key,
        format_func=lambda side: literal(
            t(f"data.clash_{side}_is", value=words(each.mine if side == MINE else each.theirs))
        ),
        horizontal=True,
    )


def _choice(label: str, key: str, usual: str) -> None:
    state.begin_with(key, usual)
    st.radio(
        label,
        (MINE, THEIRS),
        key=key,
        format_func=lambda side: t(f"data.clash_record_{side}"),
        horizontal=True,
    )


def _save(area: Area, clashed: Clashed, all_of: str) -> None:
    """Write all edits again, those that clashed as they were settled."""
    edits = {edit.key: edit for edit in clashed.edits}
    for at, conflict in enumerate(clashed.conflicts):
        edit = ingest_edits.settled(conflict, _kept(conflict, at, all_of))
        if edit is None:
            edits.pop(conflict.mine.key, None)
        else:
            edits[conflict.mine.key] = edit
        _forget(at)
    st.session_state.pop("data_clash")
    keep_box.write(area, tuple(edits.values()), clashed.words)


def _kept(conflict: Conflict, at: int, all_of: str) -> dict[str, str]:
    fields = [each.field for each in ingest_edits.differences(conflict)] or ["record"]
    return {
        name: all_of or st.session_state.get(f"clash_{at}_{name}", "") or MINE for name in fields
    }


def _forget(at: int) -> None:
    for key in [name for name in st.session_state if str(name).startswith(f"clash_{at}_")]:
        del st.session_state[key]
