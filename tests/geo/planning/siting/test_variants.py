"""When a site says no, another is wished for, or the next best will do: against all sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NoCandidates, SitingError, TooManySites
from geo.planning.siting.alternatives import best_answers, runner_up, why_not
from geo.planning.siting.curves import difference
from geo.planning.siting.instance import Placing, prepare
from geo.planning.siting.proposal import Proposal, described, propose
from geo.planning.siting.solve import solve
from tests.geo.planning.siting.town import Truth, ask, town, truth
from tests.refusals import refused

AIMS = ("coverage", "median", "centre")


def made(seed: int, **changes: object) -> tuple[Placing, Proposal, Truth]:
    placing = prepare(town(seed), ask(**changes))
    return placing, propose(placing), truth(placing)


def without(placing: Placing, refused: list[str]) -> Proposal:
    """The best sites without some."""
    never = [placing.column(name) for name in refused]
    return described(placing, solve(placing, count=placing.question.count, never=never), "")


def ids(placing: Placing, chosen: frozenset[int]) -> frozenset[str]:
    return frozenset(placing.candidates.table["id"].iloc[sorted(chosen)])


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("seed", range(3))
def test_when_a_site_says_no_the_best_of_the_rest_is_proposed(aim: str, seed: int) -> None:
    placing, proposal, measured = made(seed, objective=aim)
    for site in proposal.sites:
        column = placing.column(site.id)
        rest = without(placing, [site.id])
        best, _ = measured.best(2, lambda chosen: column not in chosen)[0]  # noqa: B023
        assert site.id not in rest.ids and rest.proven
        assert measured.value(rest.chosen) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("seed", range(3))
def test_why_not_tells_the_best_with_a_candidate_among_it(aim: str, seed: int) -> None:
    placing, proposal, measured = made(seed, objective=aim)
    for column, candidate in enumerate(placing.candidates.table["id"]):
        found = why_not(placing, candidate)
        best, _ = measured.best(2, lambda chosen: column in chosen)[0]  # noqa: B023
        assert candidate in found.ids and len(found.sites) == 2
        assert measured.value(found.chosen) == pytest.approx(best, abs=1e-6)
        assert found.objective == pytest.approx(abs(best), abs=1e-6)
        if aim == "coverage":
            assert (difference(proposal, found) or 0.0) >= -1e-9


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("seed", range(4))
def test_the_runner_up_is_the_best_different_set(aim: str, seed: int) -> None:
    placing, proposal, measured = made(seed, objective=aim)
    second = runner_up(placing, proposal)
    assert second is not None and second.proven
    own = frozenset(proposal.chosen.tolist())
    best, _ = measured.best(2, lambda chosen: chosen != own)[0]
    assert second.ids != proposal.ids
    assert measured.value(second.chosen) == pytest.approx(best, abs=1e-6)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 3), k=st.integers(1, 6))
def test_the_best_answers_are_the_first_of_all_sets_in_order(seed: int, count: int, k: int) -> None:
    placing, proposal, measured = made(seed, count=count)
    found = best_answers(placing, proposal, k=k, within=1.0)
    values = [measured.value(answer.chosen) for answer in found]
    assert values == pytest.approx([value for value, _ in measured.best(count)[:k]])
    assert len({answer.ids for answer in found}) == len(found)
    assert found[0] is proposal and all(answer.proven for answer in found)


@pytest.mark.parametrize("aim", AIMS)
def test_answers_too_far_from_the_best_are_not_listed(aim: str) -> None:
    placing, proposal, measured = made(3, objective=aim)
    found = best_answers(placing, proposal, k=50, within=0.1)
    best = abs(measured.best(2)[0][0])
    near = [value for value, _ in measured.best(2) if abs(abs(value) - best) <= 0.1 * best + 1e-9]
    assert [round(measured.value(answer.chosen), 6) for answer in found] == pytest.approx(near)
    assert 1 <= len(found) < len(measured.best(2))


def test_with_every_candidate_chosen_there_is_no_runner_up() -> None:
    placing, proposal, _ = made(0, count=7)
    assert runner_up(placing, proposal) is None
    assert best_answers(placing, proposal) == (proposal,)
    with pytest.raises(TooManySites):
        without(placing, [proposal.sites[0].id])
    with pytest.raises(NoCandidates):
        without(placing, [site.id for site in proposal.sites])
    none = prepare(town(0), ask(count=0))
    assert runner_up(none, propose(none)) is None
    with refused("bad_count", SitingError):
        why_not(none, "school-0")


def test_wishes_and_refusals_keep_to_the_budget() -> None:
    placing, proposal, measured = made(5, count=None, budget=9.0)
    costs = placing.costs

    def affordable(chosen: frozenset[int]) -> bool:
        return bool(costs[list(chosen)].sum() <= 9)

    def best(with_site: int | None = None, without: int | None = None) -> float:
        return max(
            value
            for count in range(len(costs) + 1)
            for value, chosen in measured.best(count, affordable)
            if (with_site is None or with_site in chosen) and without not in chosen
        )

    for column, candidate in enumerate(placing.candidates.table["id"]):
        found = why_not(placing, candidate)
        assert found.people_after == pytest.approx(best(with_site=column))
        assert costs[found.chosen].sum() <= 9
        assert without(placing, [candidate]).people_after == pytest.approx(best(without=column))
    second = runner_up(placing, proposal)
    assert second is not None
    assert second.people_after == pytest.approx(
        max(best(without=int(column)) for column in proposal.chosen)
    )
    dear = placing.candidates.table["id"].iat[int(np.argmax(costs))]
    tight = placing.asked(ask(count=None, budget=float(costs.min())))
    with refused("budget_too_small", SitingError):
        why_not(tight, dear)
    placing.candidates.table.loc[0, "cost"] = np.nan
    with refused("cost_unknown", SitingError):
        why_not(placing, placing.candidates.table["id"].iat[0])


def test_fewest_sites_for_everybody_has_runners_up_and_wishes_too() -> None:
    placing, proposal, measured = made(1, objective="cover_all", count=None, limit_m=450.0)
    every = measured.people(range(len(placing.candidates)))
    second = runner_up(placing, proposal)
    assert second is not None and second.ids != proposal.ids
    assert len(second.sites) >= len(proposal.sites) or (second.people_after or 0) < every
    column = next(at for at in range(len(placing.candidates)) if at not in proposal.chosen)
    wished = why_not(placing, placing.candidates.table["id"].iat[column])
    assert wished.people_after == pytest.approx(every)
    fewest = next(
        count
        for count in range(1, 8)
        if any(
            measured.people(chosen) >= every - 1e-9
            for _, chosen in measured.best(count, lambda chosen: column in chosen)
        )
    )
    assert len(wished.sites) == fewest == wished.objective
    assert best_answers(placing, proposal, k=3)[0] is proposal
