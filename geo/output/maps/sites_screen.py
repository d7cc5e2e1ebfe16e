"""The map of the page Placera: what each proposed site reaches on foot, who gains and who does not,
what there was to choose from and who said no.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np

from geo import presets, texts
from geo.access.people_dots import dots
from geo.access.walk_surface import SHARES, Lattice, surface
from geo.area import protected
from geo.area.model import Area
from geo.output.maps.places_and_gaps import districts_layers
from geo.output.maps.sites import (
    free_candidates,
    gained,
    places_asked,
    points_layer,
    site_layer,
)
from geo.output.maps.spec import (
    AreaLayer,
    Dots,
    Layer,
    MapSpec,
    bounds_of,
    compose,
    credits_of,
)
from geo.output.words import proposal as proposal_words
from geo.output.words.sites import sites_table
from geo.planning.siting import curves
from geo.planning.siting.proposal import Proposal
from geo.types import WGS84

COLOURS = ("#0b5566", "#9a4a06", "#551156", "#084a97", "#4a4f54", "#228764")
PATTERNS = ("", "hatch", "dots")
"""A site has its colour and its pattern: neither alone tells two apart for everybody."""
INK, PALE = "#14232b", "#8d99a1"
LIMIT_AT = SHARES.index(1.0)
CANDIDATE_PX, PLACE_PX = 20, 24
MOST_REACHES = 12
"""More catchments than this hide each other: then the discs stand alone."""


def sites_screen(area: Area, proposal: Proposal, language: str, ground: Lattice) -> MapSpec:
    """Return the map of a proposal for a screen; small counts of counted people hidden. ``ground``
    is the area's lattice.
    """
    shown = curves.without_small_counts(proposal)
    layers: list[Layer] = districts_layers(area, language)
    layers += _reaches(area, proposal, language, ground)
    layers += _places(area, proposal, language)
    layers += _sites(proposal, language)
    spec = compose(
        proposal_words.headline(proposal, language),
        layers,
        bounds=bounds_of(area),
        table=sites_table(shown, language),
        credits=credits_of(area),
        language=language,
    )
    return replace(spec, dots=_dots(area, proposal, language))


def _look(number: int) -> tuple[str, str]:
    at = number - 1
    return COLOURS[at % len(COLOURS)], PATTERNS[at % len(PATTERNS)]


def _reaches(area: Area, proposal: Proposal, language: str, ground: Lattice) -> list[Layer]:
    if len(proposal.sites) > MOST_REACHES:
        return []
    question = proposal.question
    walker = presets.profile(question.profile)
    found: list[Layer] = []
    for site in proposal.sites:
        spot = gpd.GeoSeries.from_xy([site.lon], [site.lat], crs=WGS84)
        door = area.network.snap(spot.to_crs(area.network.crs), walker)
        within = surface(ground, area.network, door, question.limit_m, profile=walker).within
        shape = within.iloc[[LIMIT_AT]].intersection(ground.ground.union_all())
        colour, pattern = _look(site.number)
        label = texts.text(
            "sites.reach",
            language,
            number=site.number,
            limit=texts.metres(question.limit_m, language),
        )
        found.append(
            AreaLayer(
                f"reach-{site.number}",
                label,
                colour,
                shape.to_crs(WGS84),
                fill_opacity=0.16,
                pattern=pattern,
            )
        )
    return found


def _places(area: Area, proposal: Proposal, language: str) -> list[Layer]:
    free = free_candidates(proposal)
    found: list[Layer] = []
    if len(free):
        count = texts.number(len(free), language)
        label = f"{texts.text('sites.layer_candidates', language)} ({count})"
        layer = points_layer("candidates", label, "circle_open", INK, free, CANDIDATE_PX)
        placing = proposal.placing
        names = tuple(proposal_words.name_of(placing, place, language) for place in free["id"])
        found.append(replace(layer, names=names))
    refused = area.places[area.places["id"].isin(proposal.question.excluded)]
    refused = protected.in_the_open(refused)
    if len(refused):
        label = texts.text("sites.layer_refused", language)
        layer = points_layer("refused", label, "circle_open", PALE, refused, CANDIDATE_PX)
        names = tuple(refused["name"].astype(str))
        found.append(replace(layer, names=names, struck=True))
    return [*found, *places_asked(area, proposal, language, PLACE_PX)]


def _sites(proposal: Proposal, language: str) -> list[Layer]:
    found: list[Layer] = []
    for site in proposal.sites:
        name = proposal_words.name_of(proposal.placing, site.id, language)
        layer = site_layer(site, _look(site.number)[0], language)
        found.append(replace(layer, names=(name,), beside=(name,), front=True))
    return found


def _dots(area: Area, proposal: Proposal, language: str) -> Dots | None:
    """Return estimated people of the group: those who gain dark, the others pale."""
    placing = proposal.placing
    people = np.zeros(len(area.people))
    people[placing.rows] = placing.people
    made = dots(area, people)
    if not len(made.xy):
        return None
    gains = np.zeros(len(area.people), dtype=bool)
    gains[placing.rows] = gained(proposal)
    spots = gpd.GeoSeries.from_xy(*made.xy.T, crs=area.network.crs).to_crs(WGS84)
    label = texts.text(
        "sites.dots",
        language,
        each=texts.number(made.each, language),
        group=presets.group(proposal.question.group).name(language),
    )
    return Dots(
        id="dots",
        label=label,
        lon=spots.x.to_numpy(),
        lat=spots.y.to_numpy(),
        index=np.where(gains[made.row], 1, 0).astype(np.int64),
        looks=((PALE, ""), (INK, "#ffffff")),
    )
