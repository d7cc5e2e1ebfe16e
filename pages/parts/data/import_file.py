"""What would come of a file: where its places land, what is set aside, what looks wrong; and the
button that puts it into the area.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import streamlit as st

from geo import clock, texts
from geo.area.model import Area
from geo.area.protected import HOUSING
from geo.errors import NarhetError, OutsideArea, RecordChanged
from geo.ingest.checks.fixes import fixed
from geo.ingest.checks.thresholds import Fix
from geo.ingest.places.apply import Plan, carry_out, plan
from geo.ingest.places.locate import AUTO, HOW, KEEP, LEAVE, NEAR_M
from geo.ingest.places.propose import Import, only_placed, propose
from geo.output.maps import data as data_map
from geo.output.words.imports import closed_lines, row_note_lines, why_unplaced
from geo.sources.files.place_tables import Understood
from geo.store.store import store_of
from geo.types import Progress
from pages.parts.data import checks as checks_box
from pages.parts.data import understood as understood_box
from pages.parts.data import upload as upload_box
from pages.parts.data.upload import Upload
from pages.shared import frame, state
from pages.shared import keep as keep_box
from pages.shared import map as map_box
from pages.shared.literal import literal
from pages.shared.state import t

SHOWN = 30


def show(area: Area) -> None:
    """Ask for a file, show how it is understood and what would happen, and put it in."""
    upload = upload_box.show()
    if upload is None:
        st.caption(t("data.statistics"))
        return
    try:
        understood = upload_box.read(area, upload)
    except NarhetError as error:
        frame.say(error)
        understood_box.again()
        return
    if understood is None:
        return
    if upload.kind != HOUSING:
        understood_box.show(upload, understood)
    try:
        found = _proposed(area, upload, understood)
    except NarhetError as error:
        frame.say(error)
        if isinstance(error, OutsideArea) and upload.kind != HOUSING:
            _map(data_map.landing_map(area, understood, state.language()), area)
        return
    if found is None:
        return
    if upload.kind == HOUSING:  # what is protected has left by now
        understood_box.show(upload, found.understood)
    _what_happens(area, upload, found)


def _proposed(area: Area, upload: Upload, understood: Understood) -> Import | None:
    today = clock.today()

    def work(progress: Progress) -> Import:
        progress("progress.import", 0.1)
        if not upload.lookup:
            return propose(
                area,
                understood,
                upload.kind,
                today=today,
                progress=progress,
                outside=upload.outside,
            )
        from geo.ingest.geocoding.nominatim import looking_up

        line: Any = nullcontext(None)
        if upload.kind != HOUSING:
            line = looking_up(area, progress=progress)
        with line as lookup:
            return propose(
                area,
                understood,
                upload.kind,
                today=today,
                lookup=lookup,
                progress=progress,
                outside=upload.outside,
            )

    key = (area.key, upload.key, upload.lookup, upload.outside, today, "proposed")
    return upload_box.ask(key, t("data.placing"), work)


def _what_happens(area: Area, upload: Upload, found: Import) -> None:
    language = state.language()
    st.subheader(t("data.happens"), anchor=False)
    rows = len(found.places) + len(found.unplaced)
    st.markdown(f"**{t('importing.placed', count=len(found.places), rows=rows)}**")
    counts = found.how.value_counts()
    lines = [t(f"importing.by_{how}", count=int(counts[how])) for how in HOW if how in counts]
    st.markdown("\n".join(f"- {line.strip()}" for line in lines))
    _outside(upload, found)
    _map(data_map.import_map(area, found, language), area)
    _closed(found)
    _row_notes(found)
    _unplaced(found)
    _lookup(upload, found)
    _left_out(found)
    fixes = checks_box.choose(found.problems, upload.id)
    _put_in(area, upload, found, fixes)


def _outside(upload: Upload, found: Import) -> None:
    """Offer to leave out what lies far outside the area; so at first where most of a file does."""
    told = found.outside
    if told is None:
        return
    st.session_state["data_outside"] = told.left_out

    def changed() -> None:
        now = upload_box.current()
        if now is not None:
            chosen = LEAVE if st.session_state["data_outside"] else KEEP
            upload_box.keep(replace(now, outside=chosen))

    st.toggle(
        t("data.leave_outside", count=told.count, km=NEAR_M / 1000),
        key="data_outside",
        help=t("data.leave_outside_help"),
        on_change=changed,
    )
    if upload.outside == AUTO and told.left_out:
        st.caption(t("data.outside_most", count=told.count, rows=told.rows))


def _closed(found: Import) -> None:
    """Show the places that the file says do not count, and why."""
    if found.closed:
        lines = closed_lines(found, state.language())
        st.markdown(f"**{lines[0]}**")
        st.markdown("\n".join(f"- {literal(line.strip())}" for line in lines[1:]))


def _row_notes(found: Import) -> None:
    if found.notes:
        lines = row_note_lines(found, state.language())
        with st.expander(lines[0]):
            for line in lines[1:]:
                st.text(line.strip())


def _map(spec: Any, area: Area) -> None:
    map_box.show_map(spec, area, key="data_import", height=380, language=state.language())
    map_box.table_twin(spec)


def _unplaced(found: Import) -> None:
    """Return what gets no place on the map and why."""
    if found.unplaced.empty:
        return
    language = state.language()
    st.markdown(f"**{t('importing.unplaced', count=len(found.unplaced))}**")
    reasons = found.unplaced["reason"].value_counts()
    lines = []
    for reason, count in reasons.items():
        rows = found.unplaced.loc[found.unplaced["reason"] == reason, "row"]
        numbers = ", ".join(str(row) for row in rows.head(8)) + (" …" if count > 8 else "")
        why = why_unplaced(str(reason), language)
        lines.append(f"- {t('data.why_rows', count=int(count), why=why, rows=numbers)}")
    st.markdown("\n".join(lines))
    with st.expander(t("data.unplaced_all")):
        why_each = [why_unplaced(str(reason), language) for reason in found.unplaced["reason"]]
        shown = data_map.unplaced_table(found, why_each, language)
        st.dataframe(shown, hide_index=True, width="stretch")


def _lookup(upload: Upload, found: Import) -> None:
    """Offer to look up the addresses of this file online; never for housing of newcomers."""
    if upload.kind == HOUSING or (found.unplaced.empty and not upload.lookup):
        return
    st.session_state["data_lookup"] = upload.lookup

    def changed() -> None:
        now = upload_box.current()
        if now is not None:
            upload_box.keep(replace(now, lookup=st.session_state["data_lookup"]))

    st.toggle(t("data.lookup"), key="data_lookup", help=t("data.lookup_help"), on_change=changed)


def _left_out(found: Import) -> None:
    if not found.left_out:
        return
    language = state.language()
    with st.expander(t("importing.left_out", count=len(found.left_out))):
        for item in found.left_out[:SHOWN]:
            why = texts.text(f"left_out.{item.reason}", language, **item.values)
            st.text(texts.text("show.row", language, row=str(item.row), why=why))


def _put_in(area: Area, upload: Upload, found: Import, fixes: tuple[Fix, ...]) -> None:
    found, fixes = _left_aside(upload, found, area, fixes)
    planned = plan(found, area, keep_box.store(area), fixes=fixes)
    st.markdown(f"**{_planned(planned)}**")
    for name in ("kept", "closed", "closes"):
        ids = getattr(planned, name)
        if ids:
            st.markdown(t(f"data.plan_{name}", count=len(ids)))
    gone = _gone(area, upload, planned)
    close = planned.gone if gone == "close" else ()
    st.button(
        t("data.put_in"),
        type="primary",
        icon=":material/add_location_alt:",
        key="data_put_in",
        disabled=not (planned.edits or close) or (bool(planned.gone) and gone is None),
        on_click=_carry_out,
        args=(area, upload, found, fixes, close),
    )


def _gone(area: Area, upload: Upload, planned: Plan) -> str | None:
    """Ask what becomes of records that the file had last time and has no longer; None until it is
    said.
    """
    if not planned.gone:
        return None
    names = {str(own): str(name) for own, name in zip(area.places["id"], area.places["name"],
                                                      strict=True)}  # fmt: skip
    told = [names.get(own) or own for own in planned.gone[:SHOWN]]
    shown = ", ".join(told) + (" …" if len(planned.gone) > SHOWN else "")
    st.markdown(t("data.plan_gone", count=len(planned.gone)) + " " + literal(shown))
    answer: str | None = st.radio(
        t("data.gone_ask"),
        ("close", "keep"),
        index=None,
        format_func=lambda each: t(f"data.gone_{each}"),
        key=f"data_gone_{upload.id}",
        horizontal=True,
    )
    return answer


def _left_aside(
    upload: Upload, found: Import, area: Area, fixes: tuple[Fix, ...]
) -> tuple[Import, tuple[Fix, ...]]:
    """Offer to leave rows without a place on the map out of the area."""
    waits = not found.unplaced.empty or bool(fixed(found.places, fixes)[1])
    if found.kind == HOUSING or not waits:
        return found, fixes
    help_text = t("data.placed_only_help")
    chosen = st.toggle(t("data.placed_only"), key=f"data_placed_{upload.id}", help=help_text)
    return only_placed(found, area, fixes) if chosen else (found, fixes)


def _planned(planned: Plan) -> str:
    counts = {name: len(getattr(planned, name)) for name in ("new", "changed", "same")}
    return t("importing.plan", **counts)


def _carry_out(
    area: Area, upload: Upload, found: Import, fixes: tuple[Fix, ...], close: tuple[str, ...]
) -> None:
    """Put in what the person saw; not what a correction made a moment ago has overtaken."""
    now = upload_box.current()
    then = (upload.key, upload.lookup, upload.outside)
    if now is None or (now.key, now.lookup, now.outside) != then:
        keep_box.notice(area, t("data.look_again"))
        return
    places, lost = fixed(found.places, fixes)
    waiting = len(found.unplaced) + len(lost)
    words = t("data.imported", file=found.file, placed=len(places), waiting=waiting)
    try:
        done = keep_box.run(
            area,
            lambda: carry_out(
                found, area, store_of(area.id), who=keep_box.who(), fixes=fixes, close=close
            ),
            words,
        )
    except RecordChanged as error:
        st.session_state["data_error"] = error
        return
    if done:
        upload_box.keep(None)
        st.session_state.pop("data_answers", None)
