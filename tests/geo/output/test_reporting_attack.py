"""A scripted reader of reports of counted people: puts all their numbers together and learns no
small count.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from geo import privacy
from geo.access import gaps
from geo.area.model import Area
from geo.output.report.disclosure_guard import may_stay, rows_of_squares
from geo.output.report.make import make_report
from geo.output.report.model import Report
from geo.planning.siting import instance, proposal
from geo.planning.siting import question as siting_question
from tests.geo.worlds import street

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Not shrunk: each example makes a whole report."""
ASKED = {"kind": "preschool", "group": "children_0_4", "date": "2026-11-26"}


def compositions(total: int, parts: int) -> np.ndarray:
    """Every way to share a total among parts, nobody below nought."""
    cuts = itertools.combinations(range(total + parts - 1), parts - 1)
    ends = np.array([(-1, *cut, total + parts - 1) for cut in cuts])
    return np.diff(ends, axis=1) - 1


def all_of(people: float, parts: int) -> np.ndarray:
    """Every way to share a total among parts that a rounded total may stand for."""
    least, most = privacy.could_be(people)
    return np.vstack([compositions(n, parts) for n in range(int(least), int(most) + 1)])


def where(possible: np.ndarray, mask: np.ndarray, value: float) -> np.ndarray:
    """What is possible with a rounded sum."""
    least, most = privacy.could_be(value)
    sums = possible[:, mask].sum(axis=1)
    return possible[(sums >= least) & (sums <= most)]


def lived_in(
    spots: list[float], counts: list[int], names: list[str], places: dict[float, str]
) -> Area:
    """A street with so many counted children at each spot, in the districts named."""
    area = street(homes=dict(zip(spots, map(float, counts), strict=True)), places=places)
    return replace(area, people=area.people.assign(district=names[: len(counts)]))


def equations(area: Area, made: Report, limit: float) -> list[tuple[np.ndarray, float]]:
    """What the report says, as sums over homes: all that is shown, and where it is of whom."""
    results, told = made.results, []
    answer = gaps.gap(area, kind="preschool", limit_m=limit, group="children_0_4")
    far = answer.metres > limit
    told.append((np.ones(len(far), bool), results["people"]))
    told.append((far, results["beyond"]))
    told.append((np.isinf(answer.metres), results["unreachable"]))
    names = area.people["district"].to_numpy()
    for row in results["districts"]:
        told.append((names == row["name"], row["people"]))
        told.append(((names == row["name"]) & far, row["beyond"]))
        if row["share_beyond"] is not None:
            assert row["people"] is not None and row["beyond"] is not None
    for row in results["sensitivity"]:
        _, profile, metres, _ = row["name"].split()
        walks = gaps.distances(area, "preschool", profile)
        told.append((walks > float(metres), row["beyond"]))
    cells = made.squares
    for inside, beyond in zip(rows_of_squares(area, cells), cells["beyond"], strict=True):
        told.append((inside & far, beyond))
    return [(mask, value) for mask, value in told if value is not None]


def learnt(possible: np.ndarray, homes: np.ndarray) -> list[tuple[int, ...]]:
    """Homes, and pairs of homes, whose small count is the same in all that is possible."""
    assert len(possible)
    assert (possible == homes).all(axis=1).any()  # the truth is among them
    found = []
    for size in (1, 2):
        for some in itertools.combinations(range(len(homes)), size):
            sums = possible[:, list(some)].sum(axis=1)
            if 0 < homes[list(some)].sum() < privacy.SMALLEST and (sums == sums[0]).all():
                found.append(some)
    return found


worlds = st.tuples(
    st.lists(st.integers(1, 13), min_size=2, max_size=4).filter(lambda n: 5 <= sum(n) <= 34),
    st.permutations([40.0, 140.0, 260.0, 310.0, 420.0, 560.0, 700.0, 980.0]),
    st.lists(st.sampled_from(["Väst", "Mitt", "Öst", ""]), min_size=4, max_size=4),
    st.sampled_from([100.0, 250.0, 300.0, 400.0, 600.0]),
)


@settings(max_examples=20, deadline=None, phases=QUICK)
@given(world=worlds)
def test_all_numbers_of_a_report_put_together_tell_of_no_few(
    world: tuple[list[int], list[float], list[str], float],
) -> None:
    counts, at, names, limit = world
    spots = sorted(at[: len(counts)])
    area = street(
        homes=dict(zip(spots, map(float, counts), strict=True)), places={0.0: "preschool"}
    )
    area = replace(area, people=area.people.assign(district=names[: len(counts)]))
    made = make_report(area, limit_m=limit, **ASKED)  # type: ignore[arg-type]
    possible = all_of(made.results["people"], len(counts))
    for mask, value in equations(area, made, limit):
        possible = where(possible, mask, value)
    assert learnt(possible, np.array(counts)) == []


@settings(max_examples=10, deadline=None, phases=QUICK)
@given(world=worlds, site=st.sampled_from([353.0, 603.0, 903.0]))
def test_a_proposal_beside_it_tells_of_no_few_either(
    world: tuple[list[int], list[float], list[str], float], site: float
) -> None:
    counts, at, names, limit = world
    spots = sorted(at[: len(counts)])
    places = {0.0: "preschool", site: "library", 153.0: "meeting_place"}
    area = lived_in(spots, counts, names, places)
    question = siting_question.SitingQuestion(
        kind="preschool", limit_m=limit, group="children_0_4", kinds=("library", "meeting_place")
    )
    found = proposal.propose(instance.prepare(area, question))
    made = make_report(area, limit_m=limit, proposal=found, **ASKED)  # type: ignore[arg-type]
    told = equations(area, made, limit)
    results = made.results["proposal"]
    before = gaps.distances(area, "preschool") <= limit
    chosen = found.sites[0].id
    stands = site if chosen.startswith("library") else 153.0
    reach = np.abs(np.array(spots) - stands) <= limit + 1e-6
    if results["gain"] is not None:
        told.append((reach & ~before, results["gain"]))
    for row in results["sites"]:
        if row["gain"] is not None:
            told.append((reach & ~before, row["gain"]))
    if results["gain"] is not None and results["runner_up_fewer"] is not None:
        other = np.abs(np.array(spots) - (153.0 if stands == site else site)) <= limit + 1e-6
        told.append((other & ~before, results["gain"] - results["runner_up_fewer"]))
    possible = all_of(made.results["people"], len(counts))
    for mask, value in told:
        possible = where(possible, mask, value)
    assert learnt(possible, np.array(counts)) == []


def test_hidden_districts_stand_last_and_by_name() -> None:
    """Their place among the others, most beyond first, would tell their size."""
    homes = {300.0: 3.0, 500.0: 7.0, 600.0: 40.0, 700.0: 5.0, 800.0: 30.0}
    area = street(homes=homes, places={0.0: "preschool"})
    area = replace(area, people=area.people.assign(district=["Z", "Väst", "Öst", "A", "Mitt"]))
    districts = area.districts.iloc[[0, 0, 0, 0, 0]].assign(name=["Z", "Väst", "Öst", "A", "Mitt"])
    made = make_report(replace(area, districts=districts), limit_m=200.0, **ASKED)  # type: ignore[arg-type]
    rows = made.results["districts"]
    hidden = [row["name"] for row in rows if row["beyond"] is None]
    assert len(hidden) >= 2 and "Z" in hidden
    assert [row["name"] for row in rows][-len(hidden) :] == sorted(hidden)
    shown = [row["beyond"] for row in rows if row["beyond"] is not None]
    assert shown == sorted(shown, reverse=True)


# The attack itself


@pytest.mark.parametrize(
    ("people", "shown", "stays"),
    [
        # Ten and three: the sum may stand, the parts may not.
        ([10, 3], [[1, 1], [1, 0]], [True, False]),
        # A ring of three between two sums that are large themselves.
        ([10, 3, 20], [[1, 1, 1], [1, 1, 0], [1, 0, 0]], [True, True, False]),
        # Three ways round: one and two, two and three, one and three give all.
        ([6, 3, 6], [[1, 1, 0], [0, 1, 1], [1, 0, 1]], [True, True, False]),
        # Nobody below nought: five of them in both sums leaves none for the rest.
        ([6, 6, 6], [[1, 1, 1], [1, 1, 0], [1, 0, 0]], [True, True, True]),
    ],
)
def test_the_attack_sees_what_equations_tell(
    people: list[int], shown: list[list[int]], stays: list[bool]
) -> None:
    masks = [np.array(mask, bool) for mask in shown]
    assert may_stay(masks, np.array(people, float)) == stays


@settings(max_examples=60, deadline=None)
@given(
    people=st.lists(st.integers(1, 9), min_size=2, max_size=4),
    masks=st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=5),
)
def test_what_stays_tells_of_no_few_by_enumeration(
    people: list[int], masks: list[list[bool]]
) -> None:
    homes = np.array(people)
    if homes.sum() < privacy.SMALLEST:
        return
    shown = [np.ones(len(homes), bool), *(np.array(mask[: len(homes)]) for mask in masks)]
    stays = may_stay(shown, homes.astype(float))
    assert stays[0]
    possible = compositions(int(homes.sum()), len(homes))
    for mask, stay in zip(shown, stays, strict=True):
        if stay:
            possible = possible[possible[:, mask].sum(axis=1) == homes[mask].sum()]
    assert learnt(possible, homes) == []
