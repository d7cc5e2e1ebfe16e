"""The check of all places of an area, each problem with what one click does about it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo import clock
from geo.area.model import Area
from geo.ingest import edits as ingest_edits
from geo.ingest.checks.fixes import check_places
from geo.ingest.checks.thresholds import Fix, Problem
from geo.types import Progress
from pages.parts.data import checks as checks_box
from pages.shared import asks
from pages.shared import keep as keep_box
from pages.shared.state import t


def show(area: Area) -> None:
    """Check the places and show what looks wrong."""
    today = clock.today()
    st.markdown(t("data.check_intro"))

    def work(progress: Progress) -> tuple[Problem, ...]:
        progress("progress.places", 0.1)
        return check_places(area.places, area=area, today=today)

    found = asks.ask((area.key, today, "check"), t("data.checking"), work)
    if found is None:
        return
    if not found:
        nothing = t("check.nothing", count=len(area.places))
        st.success(nothing, icon=":material/check:")
        return
    st.markdown(f"**{t('importing.problems', count=len(found))}**")
    records = ingest_edits.standing(area, keep_box.store(area))

    def do(fixes: Sequence[Fix]) -> None:
        edits = ingest_edits.fix_edits(fixes, area.places, records)
        keep_box.write(area, edits, t("data.fixed", count=len(edits)))

    checks_box.apply(found, "check", do)
