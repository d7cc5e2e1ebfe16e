"""A made-up town to choose sites in: rooms and homes at random on a grid of streets, and the best
answers found by trying all sets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area.model import Area
from geo.planning.siting.instance import Placing
from geo.planning.siting.question import SitingQuestion
from geo.types import WGS84, Floats
from tests.geo.oracle import dense
from tests.tiny import _points, tiny_area

SIDE_M = 800


def town(
    seed: int = 0, *, rooms: int = 7, cafes: int = 1, homes: int = 30, housing: int = 3
) -> Area:
    """A town with rooms (schools) that cost something, language cafés, homes and housing."""
    chance = np.random.default_rng(seed)
    kinds = ["school"] * rooms + ["language_cafe"] * cafes + ["transitional_housing"] * housing
    xy = [tuple(map(float, spot)) for spot in chance.integers(0, SIDE_M, (len(kinds), 2))]
    places = gpd.GeoDataFrame(
        {
            "id": [f"{kind}-{row}" for row, kind in enumerate(kinds)],
            "name": [f"Lokal {row}" for row in range(len(kinds))],
            "kind": kinds,
            "address": "",
            "district": "Södra",
            "source": "Provkartan",
            "demonstration": False,
            "details": [json.dumps({"kostnad": int(c)}) for c in chance.integers(1, 9, len(kinds))],
        },
        geometry=_points(xy),  # type: ignore[arg-type]
    )
    people = pd.concat([_homes(chance, homes), _housed(chance, places)], ignore_index=True)
    return replace(tiny_area(), places=places, people=gpd.GeoDataFrame(people, crs=WGS84))


def _homes(chance: np.random.Generator, homes: int) -> gpd.GeoDataFrame:
    xy = [tuple(map(float, spot)) for spot in chance.integers(0, SIDE_M, (homes, 2))]
    table = {
        "id": [f"p{row}" for row in range(homes)],
        "origin": "residents",
        "unit": [f"U{row % 4}" for row in range(homes)],
        "district": ["Södra" if y < SIDE_M / 2 else "Norra" for _, y in xy],
        "estimated": True,
        "all": chance.integers(0, 40, homes).astype(float),
    }
    return gpd.GeoDataFrame(table, geometry=_points(xy))  # type: ignore[arg-type]


def _housed(chance: np.random.Generator, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    housing = places[places["kind"] == "transitional_housing"]
    table = {
        "id": housing["id"].to_numpy(object),
        "origin": "transitional_housing",
        "unit": housing["id"].to_numpy(object),
        "district": "Norra",
        "estimated": False,
        "newcomers": chance.integers(10, 60, len(housing)).astype(float),
    }
    return gpd.GeoDataFrame(table, geometry=list(housing.geometry.values), crs=WGS84)


@dataclass(frozen=True)
class Truth:
    """Metres by another library, a row a row of people and a column a column of the placing."""

    placing: Placing
    metres: Floats

    def after(self, chosen: Iterable[int]) -> Floats:
        """Metres to the nearest open place with some candidates chosen."""
        columns = [*chosen, *self.placing.open_columns]
        if not columns:
            return np.full(len(self.metres), np.inf)
        return np.asarray(self.metres[:, columns].min(axis=1))

    def people(self, chosen: Iterable[int], weights: Floats | None = None) -> float:
        """People within the limit."""
        weights = self.placing.people if weights is None else weights
        return float(weights[self.after(chosen) <= self.placing.question.limit_m].sum())

    def value(self, chosen: Iterable[int]) -> float:
        """What the question strives for, larger is better."""
        aim, w = self.placing.question.objective, self.placing.weights
        if aim == "coverage":
            return self.people(chosen, w)
        metres = self.after(chosen)
        return -float((w @ metres) if aim == "median" else metres[w > 0].max())

    def best(
        self, count: int, allowed: Callable[[frozenset[int]], bool] = lambda _chosen: True
    ) -> list[tuple[float, frozenset[int]]]:
        """All sets of so many candidates that are allowed, best first."""
        sets = map(frozenset, combinations(range(len(self.placing.candidates)), count))
        found = [(round(self.value(chosen), 6), chosen) for chosen in sets if allowed(chosen)]
        return sorted(found, key=lambda item: -item[0])


def truth(placing: Placing) -> Truth:
    """Measure all walks once more with networkx."""
    network = placing.area.network
    allowed = network.walkable(placing.profile).allowed
    return Truth(placing, dense(network, allowed, placing.start, placing.goals))


def ask(**changes: object) -> SitingQuestion:
    """A question about new language cafés in schools."""
    return replace(SitingQuestion("language_cafe", 2, kinds=("school",), limit_m=250.0), **changes)  # type: ignore[arg-type]
