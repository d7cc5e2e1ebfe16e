"""In how many variants a site stays: counted by hand, and what varies does."""

from __future__ import annotations

import numpy as np
import pytest

from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import SitingQuestion
from geo.planning.siting.robustness import _drawn, robust, with_shares
from tests.geo.planning.siting.town import ask, town, truth
from tests.geo.worlds import street


def test_a_site_that_is_alone_stays_in_all_twelve() -> None:
    area = street(homes={500: 30, 900: 2}, places={480: "school", 950: "school"})
    placing = prepare(area, SitingQuestion("language_cafe", 1, limit_m=100, group="children_0_4"))
    proposal = propose(placing)
    found = robust(placing, proposal)
    assert found.count == 12
    assert [(site.name, site.times) for site in found.sites] == [("school 480", 12)]
    assert found.others == ()
    assert [site.share_of_variants for site in with_shares(proposal, found).sites] == [1.0]
    assert proposal.sites[0].share_of_variants is None


def test_a_site_that_only_wins_at_one_limit_stays_in_half() -> None:
    # Within 100 m: 30 at one, 28 at the other; within 125 m the other also has 20 more.
    area = street(
        homes={200: 30, 800: 28, 920: 20}, places={200: "school", 800: "school"}, estimated=True
    )
    placing = prepare(area, SitingQuestion("language_cafe", 1, limit_m=100, group="children_0_4"))
    found = robust(placing, propose(placing))
    draws = {(v.draw, v.limit_m, v.profile): v.ids for v in found.variants}
    assert len(draws) == 12
    assert {v.limit_m for v in found.variants} == {100, 125}
    assert {v.profile for v in found.variants} == {"adult", "with_stroller"}
    assert all(ids == {"school-1"} for (_, limit, _), ids in draws.items() if limit == 125)
    # All homes are one statistical area, so draws move both alike.
    assert all(ids == {"school-0"} for (_, limit, _), ids in draws.items() if limit == 100)
    assert [(site.id, site.times) for site in found.sites] == [("school-0", 6)]
    assert [(site.id, site.times) for site in found.others] == [("school-1", 6)]


@pytest.mark.parametrize("seed", range(3))
def test_each_variant_is_the_best_answer_to_its_own_numbers(seed: int) -> None:
    area = town(seed)
    placing = prepare(area, ask())
    found = robust(placing, propose(placing))
    again = robust(placing, propose(placing))
    assert found == again
    for variant in found.variants:
        own = prepare(area, ask(limit_m=variant.limit_m, profile=variant.profile))
        drawn = _drawn(own, variant.draw)
        measured = truth(drawn)
        chosen = [own.column(name) for name in variant.ids]
        assert variant.proven
        assert measured.people(chosen) == pytest.approx(measured.best(2)[0][0])
    assert sum(site.times for site in (*found.sites, *found.others)) == 2 * found.count


def test_people_vary_by_a_tenth_and_a_unit_at_a_time() -> None:
    placing = prepare(town(1), ask())
    units = placing.area.people["unit"].to_numpy(object)[placing.rows]
    for seed in (1, 2):
        times = _drawn(placing, seed).people / placing.people
        assert (times >= 0.9).all() and (times <= 1.1).all()
        for unit in set(units):
            assert np.ptp(times[units == unit]) == pytest.approx(0)
        assert len(set(np.round(times, 9))) == len(set(units))


def test_walks_know_no_limit_and_vary_in_six_ways() -> None:
    placing = prepare(town(0), ask(objective="median"))
    found = robust(placing, propose(placing))
    assert found.count == 6 and {v.limit_m for v in found.variants} == {250.0}
