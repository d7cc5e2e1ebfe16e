"""A scripted reader of many reports of one area: 400 m beside 425 m, two groups, with a proposal
and without; learns of no few how many they are, nor that nobody or somebody is where it is hidden.
The worlds are drawn the same each time: rounding makes such a reader all but powerless, and is no
proof against sums that add up and all happen to be rounded as far as can be.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geo import privacy
from geo.access import gaps
from geo.area.model import Area
from geo.output.report.disclosure_guard import rows_of_squares
from geo.output.report.make import make_report
from geo.output.report.model import Report
from geo.planning.siting import instance
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting import question as siting_question
from tests.geo.preschool_worlds import nursery_street
from tests.geo.worlds import street
from tests.tiny import tiny_area

DATE = "2026-11-26"
LIMITS = [float(limit) for limit in range(100, 1001, 25)]
GROUPS = ("children_0_4", "all")
MOST = 24
"""What the reader holds possible in a cell at most: more than any cell here holds."""

Sum = tuple[bytes, float, float]
"""A sum over cells: which, the least and the most it can be."""


def sums_of(area: Area, made: Report, limit: float) -> Iterator[tuple[np.ndarray, float, float]]:
    """What a report leaves open of the people in each sum it tells of."""
    results, settings_ = made.results, made.settings
    kind, group = settings_["kind"], settings_["group"]
    metres = gaps.distances(area, kind)
    far = metres > limit
    everybody = np.ones(len(far), bool)
    told: list[tuple[np.ndarray, float | None]] = [
        (everybody, results["people"]),
        (far, results["beyond"]),
        (np.isinf(metres), results["unreachable"]),
    ]
    names = area.people["district"].to_numpy()
    for row in results["districts"]:
        told += [
            (names == row["name"], row["people"]),
            ((names == row["name"]) & far, row["beyond"]),
        ]
    for row in results["sensitivity"]:
        _, profile, metres_, _ = row["name"].split()
        told.append((gaps.distances(area, kind, profile) > float(metres_), row["beyond"]))
    cells = made.squares
    for inside, beyond in zip(rows_of_squares(area, cells), cells["beyond"], strict=True):
        told.append((inside & far, beyond))
    for mask, value in told:
        if value is not None:
            yield mask, *open_of(value)
    few = privacy.SMALLEST - 1.0
    words = made.finding("answer").words[0]
    if results["beyond"] is None:
        assert group in GROUPS
        yield (~far if words.startswith("Alla utom") else far), 0.0, few


def sums_of_proposal(area: Area, made: Report, limit: float, at: dict[str, float]) -> Iterator[
    tuple[np.ndarray, float, float]
]:  # fmt: skip
    """What the proposal of a report leaves open; ``at`` is where the sites stand on the street."""
    found = made.results["proposal"]
    spots = np.array([float(home.removeprefix("home-")) for home in area.people["id"]])
    before = gaps.distances(area, "preschool") <= limit
    reach = {name: np.abs(spots - metres) <= limit + 1e-6 for name, metres in at.items()}
    after = before.copy()
    for site in found["sites"]:
        after |= reach[site["name"]]
        if site["gain"] is not None:
            yield reach[site["name"]] & ~before, *open_of(site["gain"])
    if found["gain"] is not None:
        yield after & ~before, *open_of(found["gain"])
        # Those before and after are sums of what else is told.
        assert found["before"] == made.results["people"] - made.results["beyond"]
        assert found["after"] == found["before"] + found["gain"]
    if found["runner_up_fewer"] is not None and found["gain"] is not None:
        other = np.zeros_like(before)
        for name in found["runner_up"]:
            other |= reach[name]
        yield other & ~before, *open_of(found["gain"] - found["runner_up_fewer"])


def open_of(value: float) -> tuple[float, float]:
    """What a shown number may stand for: only itself when reports do not round."""
    return privacy.could_be(value)


def worlds_left(told: Sequence[tuple[np.ndarray, float, float]], cells: int) -> np.ndarray:
    """Every number of people in each cell that all the reports together allow."""
    limits: dict[bytes, tuple[float, float]] = {}
    for mask, least, most in told:
        low, high = limits.get(mask.tobytes(), (0.0, np.inf))
        limits[mask.tobytes()] = max(low, least), min(high, most)
    left = np.zeros((1, 0), dtype=np.int64)
    for cell in range(cells):
        more = np.arange(MOST + 1)
        left = np.hstack([np.repeat(left, len(more), axis=0), np.tile(more, len(left))[:, None]])
        for key, (least, most) in limits.items():
            mask = np.frombuffer(key, dtype=bool)
            sums = left[:, mask[: cell + 1]].sum(axis=1)
            open_ = sums <= most
            if not mask[cell + 1 :].any():
                open_ &= sums >= least
            left = left[open_]
    return left


def learnt(left: np.ndarray, homes: np.ndarray) -> list[int]:
    """Cells of a few of whom the reader knows how many they are."""
    assert len(left) and (left == homes).all(axis=1).any()  # the truth is among what is left
    few = np.flatnonzero((homes > 0) & (homes < privacy.SMALLEST))
    return [int(cell) for cell in few if len(np.unique(left[:, cell])) == 1]


def reports_of(area: Area, group: str, limits: Sequence[float]) -> list[tuple[float, Report]]:
    """A report at each limit."""
    asked = {"kind": "preschool", "group": group, "date": DATE}
    return [(limit, make_report(area, limit_m=limit, **asked)) for limit in limits]  # type: ignore[arg-type]


def told_by(area: Area, reports: Sequence[tuple[float, Report]]) -> list[
    tuple[np.ndarray, float, float]
]:  # fmt: skip
    """All sums of all reports."""
    return [row for limit, made in reports for row in sums_of(area, made, limit)]


def hides(area: Area, reports: Sequence[tuple[float, Report]], left: np.ndarray) -> None:
    """Where reports say "fewer than 5", nobody and somebody are both possible."""
    for limit, made in reports:
        if made.results["beyond"] is None:
            metres = gaps.distances(area, "preschool")
            all_but = made.finding("answer").words[0].startswith("Alla utom")
            mask = metres <= limit if all_but else metres > limit
            if mask.any():
                sums = left[:, mask].sum(axis=1)
                assert sums.min() == 0 and sums.max() >= 1


cells = st.tuples(
    st.lists(st.integers(1, 13), min_size=2, max_size=4).filter(lambda n: sum(n) >= 5),
    st.lists(st.sampled_from(range(40, 1000, 30)), min_size=4, max_size=4, unique=True),
    st.lists(st.sampled_from(["Väst", "Öst", ""]), min_size=4, max_size=4),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
)
quick = settings(
    max_examples=3, deadline=None, derandomize=True, database=None,
    phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def lived_in(world: tuple[list[int], list[int], list[str], list[int]]) -> Area:
    """A street of counted children, and of all people: them and a few adults."""
    counts, at, names, adults = world
    size = len(counts)
    homes = dict(zip(map(float, sorted(at[:size])), map(float, counts), strict=True))
    area = street(homes=homes, places={0.0: "preschool"})
    everybody = np.array(counts) + adults[:size]
    return replace(area, people=area.people.assign(district=names[:size], all=everybody * 1.0))


@quick
@given(world=cells)
def test_reports_at_every_limit_and_of_two_groups_tell_of_no_few(
    world: tuple[list[int], list[int], list[str], list[int]],
) -> None:
    area = lived_in(world)
    metres = gaps.distances(area, "preschool")
    # Only limits on the two sides of somebody's home can differ; the rest say the same again.
    limits = [a for a, b in itertools.pairwise([*LIMITS, np.inf]) if _between(metres, a, b)]
    left = {}
    for group in GROUPS:
        reports = reports_of(area, group, limits)
        left[group] = worlds_left(told_by(area, reports), len(metres))
        hides(area, reports, left[group])
    children, everybody = (left[group] for group in GROUPS)
    children = children[(children <= everybody.max(axis=0)).all(axis=1)]
    everybody = everybody[(everybody >= children.min(axis=0)).all(axis=1)]
    for group, found in zip(GROUPS, (children, everybody), strict=True):
        assert learnt(found, area.people[group].to_numpy(int)) == []


def _between(metres: np.ndarray, low: float, high: float) -> bool:
    return bool(((metres > low - 25) & (metres <= high)).any())


@quick
@given(world=cells, site=st.sampled_from([353, 603, 903]))
def test_proposals_beside_them_tell_of_no_few_either(
    world: tuple[list[int], list[int], list[str], list[int]], site: int
) -> None:
    area = lived_in(world)
    sites = {float(site): "library", 153.0: "meeting_place"}
    places = street(homes={}, places={0.0: "preschool"} | sites).places
    area = replace(area, places=places)
    at = dict(zip(places["id"], (0.0, *sites), strict=True))
    told = []
    for limit in (200.0, 325.0, 450.0):
        question = siting_question.SitingQuestion(
            kind="preschool", limit_m=limit, group="children_0_4", kinds=tuple(sites.values())
        )
        found = siting_proposal.propose(instance.prepare(area, question))
        for proposal in (None, found):
            made = make_report(
                area, kind="preschool", group="children_0_4", date=DATE, limit_m=limit,
                proposal=proposal,
            )  # fmt: skip
            told += sums_of(area, made, limit)
        told += sums_of_proposal(area, made, limit, at)
    homes = area.people["children_0_4"].to_numpy(int)
    assert learnt(worlds_left(told, len(homes)), homes) == []


WORLDS = [
    ([13, 3, 7], [100, 405, 700], ["Väst", "Öst", "Öst"], [0, 0, 0]),
    ([4, 4], [100, 705], ["Väst", "Öst"], [1, 0]),
    ([1, 5, 2, 8], [130, 340, 520, 910], ["Väst", "Väst", "Öst", "Öst"], [0, 2, 4, 0]),
    ([12, 2, 1, 1], [100, 400, 700, 730], ["", "Öst", "Öst", "Öst"], [3, 3, 3, 3]),
]


@pytest.mark.parametrize("world", WORLDS)
def test_in_worlds_made_to_tell_they_do_not(
    world: tuple[list[int], list[int], list[str], list[int]],
) -> None:
    area = lived_in(world)
    reports = reports_of(area, "children_0_4", LIMITS[::2])
    left = worlds_left(told_by(area, reports), len(area.people))
    hides(area, reports, left)
    assert learnt(left, np.array(world[0])) == []


def test_without_rounding_the_same_reader_learns_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "rounded", lambda people: float(people))
    monkeypatch.setattr(privacy, "could_be", lambda shown: (shown, shown))
    monkeypatch.setattr(privacy, "tells", lambda *_, **__: False)
    area = lived_in(WORLDS[0])
    reports = reports_of(area, "children_0_4", (300.0, 500.0))
    assert learnt(worlds_left(told_by(area, reports), 3), np.array([13, 3, 7])) == [1]


def test_housing_among_estimated_homes_is_counted_and_rounded() -> None:
    # Residents of housing are counted; those of the homes around them are estimated.
    housing = {
        150.0: {"residents": 13}, 420.0: {"residents": 3}, 640.0: {"residents": 12},
        905.0: {"residents": 6},
    }  # fmt: skip
    area = nursery_street({50.0: 30.0}, {0.0: {}}, housing)
    assert "newcomers" in area.groups
    mask = (area.people["origin"] == "transitional_housing").to_numpy(bool)
    homes = area.people["newcomers"].fillna(0).to_numpy(int)[mask]
    told = []
    for limit in LIMITS[::3]:
        made = make_report(area, kind="preschool", limit_m=limit, group="newcomers", date=DATE)
        assert not made.estimated
        found = [made.results["people"], made.results["beyond"]]
        assert {value % 5 for value in found if value is not None} == {0}
        told += [
            (of[mask], *bounds)
            for of, *bounds in _of_group(area, made, limit)
        ]  # fmt: skip
    assert learnt(worlds_left(told, len(homes)), homes) == []


def _of_group(area: Area, made: Report, limit: float) -> Iterator[tuple[np.ndarray, float, float]]:
    far = gaps.distances(area, "preschool") > limit
    told = [(np.ones(len(far), bool), made.results["people"]), (far, made.results["beyond"])]
    names = area.people["district"].to_numpy()
    for row in made.results["districts"]:
        told += [
            (names == row["name"], row["people"]),
            ((names == row["name"]) & far, row["beyond"]),
        ]
    for mask, value in told:
        if value is not None:
            yield mask, *open_of(value)


def test_the_demonstration_town_is_estimated_and_not_rounded() -> None:
    made = make_report(
        tiny_area(), kind="preschool", limit_m=400.0, group="children_0_4", date=DATE
    )
    assert made.estimated and made.results["beyond"] % 5
