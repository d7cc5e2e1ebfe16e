"""A proposal against all sets of sites, by walks another library measured; gains by hand."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo.area.model import Area
from geo.errors import AreaLacks, Cancelled, SitingError
from geo.planning.siting.alternatives import why_not
from geo.planning.siting.curves import without_small_counts
from geo.planning.siting.instance import Placing, prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import SitingQuestion, checked
from geo.planning.siting.solve import check_count
from tests.geo.planning.siting.town import ask, town, truth
from tests.geo.worlds import street
from tests.refusals import refused

AIMS = ("coverage", "median", "centre")


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("existing", ["keep", "ignore"])
def test_no_set_of_sites_is_better_than_the_proposal(aim: str, seed: int, existing: str) -> None:
    placing = prepare(town(seed), ask(objective=aim, existing=existing))
    proposal, all_sets = propose(placing), truth(placing)
    best, _ = all_sets.best(2)[0]
    assert proposal.proven and proposal.gap == 0
    assert all_sets.value(proposal.chosen) == pytest.approx(best, abs=1e-6)
    sign = 1 if aim == "coverage" else -1
    assert sign * proposal.objective == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_proposal_says_of_people_and_walks_is_what_another_library_measures(
    seed: int,
) -> None:
    placing = prepare(town(seed), ask())
    proposal, measured = propose(placing), truth(placing)
    chosen, people, limit = list(proposal.chosen), placing.people, placing.question.limit_m
    before, after = measured.after([]), measured.after(chosen)
    assert proposal.people_before == pytest.approx(people[before <= limit].sum())
    assert proposal.people_after == pytest.approx(people[after <= limit].sum())
    assert proposal.walk_after.mean_m == pytest.approx(people @ after / people.sum())
    assert proposal.walk_after.total_m == pytest.approx(people @ after)
    assert proposal.walk_before.worst_m == pytest.approx(before.max())
    assert proposal.walk_after.worst_m == pytest.approx(after.max())
    columns = {placing.candidates.table["id"].iat[column]: column for column in chosen}
    for site in proposal.sites:
        own = measured.metres[:, columns[site.id]] <= limit
        others = [column for column in chosen if column != columns[site.id]]
        assert site.gain == pytest.approx(people[own & (before > limit)].sum())
        assert site.gain_if_last == pytest.approx(
            people[(after <= limit) & (measured.after(others) > limit)].sum()
        )
    served = sum(site.served or 0.0 for site in proposal.sites)
    own_walks = np.isin(proposal.assignment, chosen)
    assert served == pytest.approx(people[own_walks].sum())
    walked = measured.metres[np.arange(len(people)), proposal.assignment]
    assert walked == pytest.approx(after)


def test_gains_by_hand_on_a_street() -> None:
    # Homes every 200 m; a café at 0; schools at 450, 600 and 1,000 m. 150 m reach.
    area = street(
        homes={0: 1, 200: 2, 400: 3, 500: 4, 700: 5, 1000: 6},
        places={0: "language_cafe", 450: "school", 600: "school", 1000: "school"},
    )
    proposal = propose(
        prepare(
            area,
            SitingQuestion(
                "language_cafe", 2, limit_m=150, group="children_0_4", kinds=("school",)
            ),
        )
    )
    # 600 reaches 500 and 700 (9), 1,000 reaches 6, 450 reaches 400 and 500 (7): 9 + 6 = 15.
    assert [site.name for site in proposal.sites] == ["school 600", "school 1000"]
    assert (proposal.people_before, proposal.people_after) == (1, 16)
    assert [(site.gain, site.gain_if_last) for site in proposal.sites] == [(9, 9), (6, 6)]
    # Nearest after: 0 and 200 walk to the café, 400, 500 and 700 to the school at 600.
    assert [site.served for site in proposal.sites] == [12, 6]
    assert proposal.walk_after.worst_m == pytest.approx(200)
    assert proposal.walk_after.total_m == pytest.approx(2 * 200 + 3 * 200 + 4 * 100 + 5 * 100)
    by_name = {row.name: (row.before, row.after) for row in proposal.districts}
    assert by_name == {"Väst": (1, 1), "Öst": (0, 15)}


def test_who_two_sites_reach_is_lost_with_neither() -> None:
    area = street(homes={400: 30, 500: 40, 600: 50}, places={450: "school", 550: "school"})
    proposal = propose(
        prepare(area, SitingQuestion("language_cafe", 2, limit_m=60, group="children_0_4"))
    )
    assert [(site.gain, site.gain_if_last) for site in proposal.sites] == [(90, 50), (70, 30)]
    assert proposal.effect.gain == 120


def test_residents_of_housing_and_all_are_balanced_and_both_told() -> None:
    area = town(2)
    for balance in (0.0, 0.3, 0.7, 1.0):
        placing = prepare(area, ask(balance=balance, limit_m=200.0))
        proposal, measured = propose(placing), truth(placing)
        all_people, housed = placing.people.sum(), placing.housing.sum()

        def share(chosen: frozenset[int]) -> float:
            people = measured.people(chosen) / all_people  # noqa: B023
            housing = measured.people(chosen, placing.housing) / housed  # noqa: B023
            return (1 - balance) * people + balance * housing  # noqa: B023

        best = max(share(chosen) for _, chosen in measured.best(2))
        assert share(frozenset(proposal.chosen.tolist())) == pytest.approx(best)
        assert [effect.name for effect in proposal.groups] == ["all", "newcomers"]
        assert proposal.groups[1].people == housed
        assert proposal.groups[1].after == pytest.approx(
            measured.people(proposal.chosen, placing.housing)
        )


@pytest.mark.parametrize("budget", [3, 8, 14])
def test_a_budget_buys_the_most_people(budget: int) -> None:
    placing = prepare(town(5), ask(count=None, budget=float(budget)))
    proposal, measured = propose(placing), truth(placing)
    affordable = [
        value
        for count in range(len(placing.candidates) + 1)
        for value, _ in measured.best(
            count, lambda chosen: placing.costs[list(chosen)].sum() <= budget
        )
    ]
    assert proposal.people_after == pytest.approx(max(affordable))
    assert sum(site.cost for site in proposal.sites) <= budget


def test_a_place_of_unknown_cost_can_not_be_bought() -> None:
    area = town(5)
    details = area.places["details"].where(area.places.index != 2, "{}")
    area = replace(area, places=area.places.assign(details=details))
    placing = prepare(area, ask(count=None, budget=1000.0))
    assert np.isnan(placing.costs).sum() == 1
    assert "school-2" not in propose(placing).ids
    known = placing.candidates.table["id"][~np.isnan(placing.costs)]
    assert propose(placing).people_after == pytest.approx(
        truth(placing).people(known.index.tolist())
    )


def test_everybody_is_reached_with_as_few_as_do() -> None:
    for seed in range(3):
        placing = prepare(
            town(seed, rooms=8), ask(objective="cover_all", count=None, limit_m=450.0)
        )
        proposal, measured = propose(placing), truth(placing)
        every = measured.people(range(len(placing.candidates)))
        fewest = next(
            count
            for count in range(9)
            if any(measured.people(chosen) >= every - 1e-9 for _, chosen in measured.best(count))
        )
        assert proposal.proven
        assert proposal.people_after == pytest.approx(every)
        assert len(proposal.sites) == fewest == proposal.objective
        assert proposal.out_of_reach == pytest.approx(placing.people.sum() - every)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 4),
    limit=st.sampled_from([100.0, 250.0, 700.0]),
    aim=st.sampled_from(AIMS),
)
def test_nobody_loses_by_a_proposal_and_the_area_stays_as_it_was(
    seed: int, count: int, limit: float, aim: str
) -> None:
    area = town(seed)
    people, places = area.people.copy(), area.places.copy()
    proposal = propose(prepare(area, ask(count=count, limit_m=limit, objective=aim)))
    assert (proposal.people_after or 0) >= (proposal.people_before or 0) - 1e-9
    assert (proposal.metres_after <= proposal.metres_before).all()
    assert len(proposal.sites) == count
    gains = [site.gain or 0.0 for site in proposal.sites]
    assert sum(gains) >= (proposal.effect.gain or 0.0) - 1e-6
    assert sum(site.gain_if_last or 0 for site in proposal.sites) <= sum(gains) + 1e-6
    assert_frame_equal(area.people, people)
    assert_frame_equal(area.places, places)


def test_people_by_district_sum_to_the_whole() -> None:
    proposal = propose(prepare(town(1), ask()))
    for name in ("people", "before", "after"):
        parts = sum(getattr(row, name) for row in proposal.districts)
        assert parts == pytest.approx(getattr(proposal.effect, name))


def test_another_count_is_asked_of_the_same_preparation() -> None:
    placing = prepare(town(1), ask())
    more = placing.asked(ask(count=3))
    assert more.matrix is placing.matrix and len(propose(more).sites) == 3
    wider = placing.asked(ask(count=3, limit_m=400.0))
    assert wider.matrix is not placing.matrix
    assert ask(count=3).basis == ask(count=1, budget=4.0).basis != ask(limit_m=400.0).basis


def _with(area: Area, **columns: object) -> Area:
    return replace(area, people=gpd.GeoDataFrame(area.people.assign(**columns)))


def test_small_counts_of_counted_people_are_hidden_with_what_gives_them_away() -> None:
    area = street(
        homes={0: 20, 500: 3, 1000: 30}, places={0: "language_cafe", 500: "school", 1000: "school"}
    )
    one = SitingQuestion(
        "language_cafe", 1, limit_m=100, group="children_0_4", excluded=("school-2",)
    )
    hidden = without_small_counts(propose(prepare(area, one)))
    assert hidden.small and hidden.people_after is None and hidden.people_before is None
    assert [site.gain for site in hidden.sites] == [None]
    two = replace(one, count=2, excluded=())
    both = without_small_counts(propose(prepare(area, two)))
    # 33 more is no small count, but each site's would tell the other's.
    assert both.people_after == 53
    assert [(site.gain, site.gain_if_last) for site in both.sites] == [(None, None)] * 2
    shown = [row for row in both.districts if not row.hidden]
    assert len(shown) != len(both.districts) - 1
    estimated = street(
        homes={0: 20, 500: 3}, places={0: "language_cafe", 500: "school"}, estimated=True
    )
    told = without_small_counts(propose(prepare(estimated, replace(one, excluded=()))))
    assert told.people_after == 23 and told.sites[0].gain == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"count": 9}, "too_many_sites"),
        ({"count": -1}, "bad_count"),
        ({"count": None}, "bad_count"),
        ({"objective": "nearest"}, "unknown_objective"),
        ({"kinds": ("library",)}, "no_candidates"),
        ({"budget": 0.5}, "budget_too_small"),
        ({"budget": -1.0}, "bad_budget"),
        ({"budget": float("nan")}, "bad_budget"),
        ({"budget": 9.0, "objective": "median"}, "budget_not_here"),
        ({"balance": 1.5}, "bad_balance"),
        ({"balance": 0.5, "group": "newcomers"}, "bad_balance"),
        ({"group": "children_0_4"}, "area_lacks"),
    ],
)
def test_what_can_not_be_answered_is_refused(changes: dict[str, object], code: str) -> None:
    with refused(code, SitingError):
        propose(prepare(town(0), ask(**changes)))


def test_a_budget_needs_a_cost_somewhere() -> None:
    area = town(0)
    area = replace(area, places=area.places.assign(details="{}"))
    with refused("no_costs", SitingError):
        check_count(prepare(area, ask(budget=100.0)))
    with pytest.raises(AreaLacks):
        prepare(town(0, housing=0), ask(balance=0.5))


def test_objectives_have_the_names_of_the_field_too() -> None:
    assert checked(ask(objective="p_center")).objective == "centre"
    assert checked(ask(objective="p_median")).objective == "median"
    assert checked(ask(objective="max_coverage")) == checked(ask())


def test_a_candidate_that_is_such_a_place_already_is_none() -> None:
    area = street(homes={0: 50}, places={0: "language_cafe", 4: "school", 500: "school"})
    placing = prepare(area, SitingQuestion("language_cafe", 1, group="children_0_4"))
    assert list(placing.candidates.table["id"]) == ["school-2"]
    assert placing.candidates.reasons == {"already": 1}
    free = prepare(
        area, SitingQuestion("language_cafe", 1, group="children_0_4", existing="ignore")
    )
    assert len(free.candidates) == 2 and len(free.existing) == 0
    assert propose(free).people_before == 0


def test_long_work_can_be_stopped() -> None:
    def stop(_key: str, _share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        prepare(town(0), ask(), progress=stop)


def test_an_id_nobody_has_is_refused() -> None:
    placing: Placing = prepare(town(0), ask())
    with refused("unknown_candidate", SitingError):
        why_not(placing, "school-99")


@pytest.mark.parametrize("aim", AIMS)
def test_out_of_time_the_best_found_is_given_with_a_bound_that_holds(aim: str) -> None:
    area = town(4, homes=120)
    hurried = ask(objective=aim, count=4, lattice_m=70.0, kinds=(), time_limit_s=1e-3)
    proposal = propose(prepare(area, hurried))
    best = propose(prepare(area, replace(hurried, time_limit_s=600.0)))
    assert best.proven and len(proposal.sites) == 4
    sign = 1 if aim == "coverage" else -1
    assert sign * proposal.objective <= sign * best.objective + 1e-6
    assert sign * proposal.bound >= sign * best.objective - 1e-6
    assert proposal.proven == (proposal.gap == 0)


def test_people_without_a_way_are_counted_apart() -> None:
    area = town(0)
    spots = list(area.people.geometry)
    spots[:3] = [shapely.Point(spot.x + 0.2, spot.y) for spot in spots[:3]]
    area = replace(area, people=area.people.set_geometry(spots, crs=area.people.crs))
    lost = float(area.people["all"].iloc[:3].sum())
    for aim in AIMS:
        proposal = propose(prepare(area, ask(objective=aim)))
        assert proposal.off_paths == lost
        assert proposal.out_of_reach >= lost
        assert proposal.walk_after.people == pytest.approx((proposal.effect.people or 0) - lost)
        assert np.isfinite(proposal.walk_after.worst_m)


def test_walking_with_a_stroller_is_asked_on_the_paths_it_can_use() -> None:
    area = town(0)
    network = area.network
    steps = np.zeros(network.edges, dtype=bool)
    steps[: network.edges // 3] = True
    area = replace(area, network=replace(network, steps=steps))
    for profile in ("adult", "with_stroller"):
        placing = prepare(area, ask(profile=profile))
        proposal, measured = propose(placing), truth(placing)
        assert proposal.people_after == pytest.approx(measured.best(2)[0][0])
