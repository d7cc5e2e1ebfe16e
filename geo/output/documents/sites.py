"""A proposal of sites as a document: where to open, who gains, the next best, and how it holds."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd

from geo import texts
from geo.output.documents.answer import AnswerDocument, Layer, pages
from geo.output.files.xlsx import Sheet
from geo.output.maps.sites import districts_table, sites_map
from geo.output.report.model import Finding
from geo.output.words import proposal as proposal_words
from geo.output.words.site_spread import spread_lines, spread_table
from geo.output.words.sites import (
    aim_lines,
    curve_table,
    effect_row,
    known_lines,
    lost_lines,
    off_paths_line,
    others_lines,
    rests_on,
    site_json,
    site_lines,
    site_notes,
    site_rows,
    site_summary,
    sites_table,
    stays_table,
    trade_table,
)
from geo.output.words.sources import credit
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.curves import curve_tells, trade_off_tells, without_small_counts
from geo.planning.siting.proposal import Proposal
from geo.presets import kind
from geo.types import WGS84

_FEWEST_POINTS = 2
"""A curve of fewer points says nothing."""


def site_document(
    answer: SiteAnswer, language: str = "sv", *, day: str, exact: bool = False
) -> AnswerDocument:
    """Return a proposal as a document; small counts of counted people hidden unless ``exact``."""
    proposal = answer.proposal
    question, area = proposal.question, proposal.placing.area
    shown = proposal if exact else without_small_counts(proposal)
    rows = site_rows(shown, language)
    shapes = gpd.GeoDataFrame(
        rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"], crs=WGS84)
    )
    districts = pd.DataFrame([effect_row(row, "district") for row in shown.districts])
    place = kind(question.kind).indefinite(language)
    return AnswerDocument(
        id="sites",
        title=texts.text("sites.file_title", language, place=place, area=area.name),
        headline=proposal_words.headline(proposal, language),
        language=language,
        day=day,
        area=area,
        lines=tuple(site_lines(answer, language, exact=exact)),
        rows=rows,
        sheets=tuple(
            Sheet(name, table, frozen=(1, 1), widths=((0, len(table.columns), 18),))
            for name, table in (("sites", rows), ("districts", districts))
        ),
        layers=(
            Layer("sites", shapes, "site_id"),
            Layer("candidates", proposal.placing.candidates.table, "candidate_id"),
            Layer("districts", districts),
        ),
        shapes=shapes,
        data=lambda: site_json(answer, language, exact=exact),
        summary=site_summary(answer, language),
        findings=lambda: pages(
            language,
            [
                proposal_words.headline(proposal, language),
                *site_notes(proposal, language),
                *known_lines(proposal, language),
                *lost_lines(proposal, language),
                *spread_lines(answer.spread, proposal, language),
                " ".join(aim_lines(shown, language)),
                *off_paths_line(proposal, language, exact=exact),
                proposal_words.refusals_line(proposal.placing, language),
            ],
            sites_map(area, proposal, language, exact=exact),
            _parts(answer, language, exact=exact),
            tuple(rests_on(answer, language)),
        ),
        credit=credit(area),
        settings=question.to_data(),
        demonstration=proposal.demonstration,
        estimated=proposal.estimated,
    )


def _parts(answer: SiteAnswer, language: str, *, exact: bool) -> Iterator[Finding]:
    """Yield what stands between the map and the sources: no more than the screen shows."""

    def word(key: str) -> str:
        return texts.text(key, language)

    def reading(proposal: Proposal) -> pd.DataFrame:
        return sites_table(proposal if exact else without_small_counts(proposal), language)

    proposal, second = answer.proposal, answer.runner_up
    yield Finding("sites", word("placera.sites"), table=reading(proposal))
    if len(proposal.placing.area.districts):
        table = districts_table(proposal, language, exact=exact)
        yield Finding("gains", word("placera.by_district"), table=table, total_last=True)
    if second is not None:
        said = proposal_words.runner_up_sentence(proposal, second, language)
        words = (said, proposal_words.proof(second, language))
        yield Finding("runner_up", word("sites.second"), words, table=reading(second))
    if answer.spread is not None:
        table = spread_table(answer.spread, proposal, language)
        yield Finding("spread", word("sites.spread_title"), table=table)
    hidden, counted = (word("placera.curve_hidden"),), not proposal.estimated
    curve = answer.curve
    if curve is not None and len(curve.points) >= _FEWEST_POINTS:
        title = word("placera.curve_budget" if curve.of_money else "placera.curve")
        if exact or curve_tells(curve, counted=counted):
            yield Finding("curve", title, table=curve_table(curve, language))
        else:
            yield Finding("curve", title, hidden)
    if answer.trade_off:
        title = word("placera.trade_off")
        if exact or trade_off_tells(answer.trade_off, counted=counted):
            table = trade_table(answer.trade_off, language)
            yield Finding("trade_off", title, (word("placera.trade_off_intro"),), table=table)
        else:
            yield Finding("trade_off", title, hidden)
    if answer.robustness is not None:
        yield Finding(
            "robust",
            word("placera.robust"),
            (
                word("placera.robust_intro"),
                *others_lines(answer.robustness, proposal.placing, language),
            ),
            table=stays_table(answer.robustness, proposal.placing, language),
        )
