"""Hässelby-Vällingby: real people and rooms; the best answers against all pairs, and the curve."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from geo.area.model import Area
from geo.catalog import open_area
from geo.cli.parser import main
from geo.output.words.proposal import headline
from geo.planning.siting.alternatives import runner_up
from geo.planning.siting.candidates import candidates
from geo.planning.siting.curves import curve
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import SitingQuestion

pytestmark = pytest.mark.shared
ASKED = SitingQuestion("language_cafe", 2, kinds=("school", "meeting_place"))


@pytest.fixture(scope="module")
def area(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Area:
    home, data = tmp_path_factory.mktemp("borough"), shared_data / "hasselby-vallingby"
    housing = home / "boenden.csv"
    rows = ["namn;lon;lat;boende", "Påhittat A;17.8333;59.3667;120", "Påhittat B;17.872;59.3625;80"]
    housing.write_text("\n".join(rows), encoding="utf-8")
    words = ["area", "build", "hv", "--home", str(home)]
    words += ["--lines", str(data / "walk_lines.geojson.gz")]
    words += ["--districts", str(data / "stadsdelar.geojson")]
    words += ["--people", str(data / "deso2025.geojson")]
    words += ["--place", f"school={data / 'school_buildings.geojson'}"]
    words += ["--place", f"meeting_place={data / 'polling_places.csv'}"]
    words += ["--place", f"transitional_housing={housing}"]
    assert main(words) == 0
    return open_area("hv", home)


@pytest.mark.parametrize("group", ["all", "children_0_4"])
def test_no_pair_of_all_pairs_reaches_more(area: Area, group: str) -> None:
    placing = prepare(area, replace(ASKED, group=group))
    proposal = propose(placing)
    within = placing.matrix.toarray() > 0
    every = sorted(
        (float(placing.people[within[:, a] | within[:, b]].sum()), a, b)
        for a, b in combinations(range(len(placing.candidates)), 2)
    )
    assert proposal.proven
    assert proposal.people_after == pytest.approx(every[-1][0])
    second = runner_up(placing, proposal)
    assert second is not None and second.people_after == pytest.approx(every[-2][0])
    assert "Bevisat: inget annat par når fler." in headline(proposal, "sv")


def test_the_curve_of_six_sites_is_proven_and_rises_less_and_less(area: Area) -> None:
    found = curve(prepare(area, ASKED), 6)
    people = np.array([point.people for point in found.points])
    assert all(point.proven for point in found.points)
    assert (np.diff(people) > 0).all() and people[-1] < area.count("all").sum()


def test_a_polling_place_in_a_school_stands_once(area: Area) -> None:
    found = candidates(area, kinds=ASKED.kinds)
    assert len(found) + found.reasons["double"] == 77 + 10
    assert 5 <= found.reasons["double"] <= 10
    names = found.table["name"].tolist()
    assert names.count("Backluraskolan") == 1


def test_near_housing_and_with_its_residents_weighed(area: Area) -> None:
    near = replace(ASKED, near=(("transitional_housing", 800.0),), balance=0.5)
    placing = prepare(area, near)
    proposal = propose(placing)
    assert 2 < len(placing.candidates) < 60
    assert proposal.groups[1].people == 200 and proposal.groups[1].after == 200
    assert proposal.groups[0].people == pytest.approx(area.count("all").sum())
    alone = propose(prepare(area, ASKED))
    assert (proposal.people_after or 0) <= (alone.people_after or 0)
