"""A gap as a document: who lives beyond a limit, by district and by square of 250 m."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd

from geo import presets, texts
from geo.access.gap_change import GapChange, change_of, difference_line
from geo.access.gaps import Gap, headline, squares, without_small_counts, without_small_squares
from geo.area.model import Area
from geo.output.documents.answer import AnswerDocument, Layer, pages
from geo.output.files.xlsx import Sheet
from geo.output.maps.places_and_gaps import district_table, gap_map
from geo.output.words.area_and_gaps import (
    cut_off_lines,
    gap_json,
    gap_lines,
    gap_notes,
    gap_rows,
    gap_summary,
    unplaced_lines,
)
from geo.output.words.sources import credit
from geo.types import WGS84

_FORMATS = {
    "people": "# ##0", "beyond": "# ##0", "share_beyond": "0 %", "mean_m_beyond": "# ##0",
    "share_low": "0 %", "share_high": "0 %",
}  # fmt: skip


def gap_document(
    answer: Gap,
    area: Area,
    language: str = "sv",
    *,
    day: str,
    exact: bool = False,
    before: Gap | None = None,
) -> AnswerDocument:
    """Return a gap as a document; small counts of counted people hidden unless ``exact``. With the
    gap as it is today (``before``) also how a scenario differs from that.
    """
    shown = answer if exact else without_small_counts(answer)
    rows = gap_rows(shown, area, language, exact=exact)
    summary = gap_summary(shown, area, language)
    by_name = area.districts.set_index("name").geometry if len(area.districts) else gpd.GeoSeries()
    inside = rows[rows["district"].isin(by_name.index)]
    shapes = gpd.GeoDataFrame(
        inside, geometry=[by_name.loc[name] for name in inside["district"]], crs=WGS84
    )
    cells = squares(area, answer)
    if not exact and not answer.estimated:
        cells = without_small_squares(area, answer, cells)
    layers = (Layer("districts", shapes), Layer("squares", cells))
    said = [headline(shown, language), *gap_notes(answer, area, language)]
    said += unplaced_lines(area, answer.kind, language)
    said += cut_off_lines(answer, language, exact=exact)
    lines = gap_lines(shown, area, language, exact=exact)
    change = None if before is None else change_of(before, answer)
    if change is not None:
        change = replace(change, hidden=change.hidden and not exact)
        for words in (lines, said):
            words.insert(1, difference_line(change, language))
    place = presets.kind(answer.kind).indefinite(language)
    return AnswerDocument(
        id="gap",
        title=texts.text("report.title", language, place=place, area=area.name),
        headline=headline(shown, language),
        language=language,
        day=day,
        area=area,
        lines=tuple(lines),
        rows=rows,
        sheets=(Sheet("gap", rows, frozen=(1, 1), widths=((0, 0, 28),), formats=_FORMATS),),
        layers=layers if len(shapes) else layers[1:],
        data=lambda: gap_json(answer, area, language, exact=exact) | _change_json(change),
        summary=summary,
        findings=lambda: pages(
            language,
            said,
            gap_map(area, answer, language, exact=exact),
            [(texts.text("gap.by_district", language), district_table(shown, language))],
            tuple(row for row in summary if row[1] not in said),
        ),
        credit=credit(area),
        settings={
            "kind": answer.kind,
            "limit_m": answer.limit_m,
            "group": answer.group,
            "profile": answer.profile,
        },
        demonstration=answer.demonstration,
        estimated=answer.estimated,
    )


def _change_json(change: GapChange | None) -> dict[str, float | None]:
    """Return how a scenario differs from today; nulls where that must not be told."""
    if change is None:
        return {}
    told = {"fewer": change.fewer, "fewer_low": change.low, "fewer_high": change.high}
    return {name: None if change.hidden else value for name, value in told.items()}
