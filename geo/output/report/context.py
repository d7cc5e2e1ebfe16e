"""What a report is made of, gathered before it is put in words, and its map: of a gap's map, what
may leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo import presets, privacy, texts
from geo.access.gaps import SQUARE_M, Gap
from geo.area.model import Area
from geo.area.people import HOUSING
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.maps.spec import CircleLayer, Layer, MapSpec, PointLayer, circle_layer, compose
from geo.output.report.model import one_line, short, writable_table
from geo.output.report.sensitivity import Variant, Width
from geo.output.report.suppression import Shown, drawable_housing
from geo.planning.scenario import KeptProposal
from geo.planning.siting.curves import Curve
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.robustness import Robustness
from geo.planning.siting.spread import SpreadHolds


@dataclass(frozen=True, eq=False)
class ToldProposal:
    """A proposal as it may leave, and the next best (None where there is no other); how it holds
    and what each further site gives, where that was asked for. ``kept`` : the question, and the
    sites by name. ``spread`` : whether it holds however people are spread.
    """

    proposal: Proposal
    second: Proposal | None
    robustness: Robustness | None = None
    curve: Curve | None = None
    kept: KeptProposal | None = None
    spread: SpreadHolds | None = None


@dataclass(frozen=True, eq=False)
class Told:
    """An answer with all that a report shows of it. ``answer`` is exact: words and numbers come
    from ``shown``.
    """

    area: Area
    answer: Gap
    shown: Shown
    variants: tuple[Variant, ...]
    width: Width | None
    proposal: ToldProposal | None
    language: str

    def say(self, key: str, **values: Any) -> str:
        """Return a text under ``report.``."""
        return texts.text(f"report.{key}", self.language, **values)

    def number(self, value: float) -> str:
        """Write a count of people."""
        return texts.number(round(value), self.language)

    def people(self, value: float | None) -> str:
        """Write a count of people; ``hidden`` for None."""
        if value is None:
            return texts.text("gap.hidden", self.language)
        return self.number(value)

    @property
    def rounded(self) -> bool:
        """Whether counts are rounded: those of counted people."""
        return not self.answer.estimated

    @property
    def rounding(self) -> tuple[str, ...]:
        """The sentence on how counts are rounded; none for estimates."""
        return (self.say("rounded", step=privacy.SMALLEST),) if self.rounded else ()

    @property
    def nobody_beyond(self) -> bool:
        """Whether nobody is beyond and that may be disclosed."""
        return not self.rounded and round(self.answer.beyond) == 0

    @property
    def group(self) -> str:
        """The group in running text."""
        return presets.group(self.answer.group).name(self.language)

    @property
    def group_at_start(self) -> str:
        """The group as a sentence begins with it."""
        return self.group[:1].upper() + self.group[1:]

    @property
    def limit(self) -> str:
        """The limit with its unit."""
        return texts.metres(self.answer.limit_m, self.language)

    @property
    def place(self) -> str:
        """The kind of place with its article."""
        return presets.kind(self.answer.kind).indefinite(self.language)

    @property
    def area_name(self) -> str:
        """The area's name as it fits into a sentence."""
        return short(self.area.name)

    @property
    def fewer(self) -> str:
        """How a small count is written."""
        return texts.text("gap.fewer", self.language, smallest=privacy.SMALLEST)


def safe_map(told: Told) -> MapSpec:
    """Return the map of the gap with the squares and housing that may be shown."""
    spec = places_and_gaps_map.gap_map(told.area, told.shown.gap, told.language)
    keep = set(drawable_housing(told.area))
    layers = [_safe_layer(told, layer, keep) for layer in spec.layers]
    return compose(
        one_line(spec.title),
        layers,
        bounds=spec.bounds,
        table=district_table(told),
        credits=spec.credits,
        language=told.language,
    )


def has_circles(spec: MapSpec) -> bool:
    """Return whether the map shows where people are."""
    return any(isinstance(layer, CircleLayer) and len(layer.ids) for layer in spec.layers)


def district_table(told: Told) -> pd.DataFrame:
    """Return the gap by district as people read it, small counts hidden."""
    return writable_table(places_and_gaps_map.district_table(told.shown.gap, told.language))


def _safe_layer(told: Told, layer: Layer, keep: set[str]) -> Layer:
    if isinstance(layer, CircleLayer):
        cells = told.shown.squares
        middle = cells.geometry.to_crs(told.area.network.crs).centroid.to_crs("EPSG:4326")
        return circle_layer(
            layer.id,
            layer.label,
            ids=list(cells["id"]),
            lon=middle.x,
            lat=middle.y,
            value=cells["beyond"],
            smallest=1.0,
            span_m=SQUARE_M,
        )
    if isinstance(layer, PointLayer) and layer.id == HOUSING:
        at = [row for row, name in enumerate(layer.ids) if name in keep]
        ids = tuple(layer.ids[row] for row in at)
        return PointLayer(
            layer.id, layer.label, layer.symbol, layer.colour, ids, layer.lon[at], layer.lat[at],
            layer.size_px,
        )  # fmt: skip
    return layer
