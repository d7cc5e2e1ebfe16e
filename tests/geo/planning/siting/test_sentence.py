"""A proposal in words: what to open where, what it does, and what is proven."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from geo import texts
from geo.output.words.proposal import (
    difference_words,
    headline,
    name_of,
    objective_words,
    proof,
    runner_up_sentence,
)
from geo.planning.siting.alternatives import runner_up
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import candidate_name, propose, proposed
from geo.planning.siting.question import OBJECTIVES, SitingQuestion
from geo.planning.siting.robustness import Robustness, Stays, Variant, with_shares
from geo.texts import number_word
from tests.geo.planning.siting.town import ask, town
from tests.geo.worlds import street

NBSP = "\u00a0"
AREA = street(
    homes={0: 1, 200: 2, 400: 3, 500: 4, 700: 5, 1000: 6},
    places={0: "language_cafe", 450: "school", 600: "school", 1000: "school"},
    estimated=True,
)
KIDS = SitingQuestion("language_cafe", 2, limit_m=150, group="children_0_4", kinds=("school",))


def said(question: SitingQuestion, language: str = "sv") -> str:
    return headline(propose(prepare(AREA, question)), language).replace(NBSP, " ")


def test_two_sites_are_told_with_what_they_add_and_the_proof() -> None:
    assert said(KIDS) == (
        "Två nya språkcaféer, på school 600 och school 1000, når 15 fler barn 0–4 år inom 150 m. "
        "Bevisat: inget annat par når fler."
    )
    assert said(KIDS, "en") == (
        "Two new language cafés, at school 600 and school 1000, will reach 15 more children aged "
        "0–4 within 150 m. Proven: no other pair reaches more."
    )
    everybody = replace(KIDS, group="all")
    assert "når 150 fler inom 150 m" in said(everybody)


def test_one_and_three_sites_bend_as_the_language_does() -> None:
    assert said(replace(KIDS, count=1)).startswith("Ett nytt språkcafé, på school 600, når 9 fler")
    assert said(replace(KIDS, count=1)).endswith("Bevisat: ingen annan plats når fler.")
    three = said(replace(KIDS, count=3))
    assert three.startswith("Tre nya språkcaféer, på school 600, school 450 och school 1000, når")
    assert three.endswith("Bevisat: inga andra tre platser når fler.")
    english = said(replace(KIDS, count=3), "en")
    assert english.endswith("Proven: no other three places reach more.")
    library = said(replace(KIDS, kind="library", count=2))
    assert library.startswith("Två nya bibliotek, på") and "når 15 barn 0–4 år inom" in library
    assert said(replace(KIDS, kind="preschool", count=1)).startswith("En ny förskola, på")


def test_each_objective_is_told_in_its_own_words() -> None:
    median = said(replace(KIDS, objective="median"))
    assert "kortast sammanlagd gångväg: i medeltal" in median and "i stället för" in median
    assert median.endswith("Bevisat: inget annat par ger kortare väg.")
    centre = said(replace(KIDS, objective="centre"))
    assert "ingen har längre än 200 m att gå, i stället för 1 000 m" in centre
    words = {objective_words(replace(KIDS, objective=aim), "sv") for aim in OBJECTIVES}
    assert len(words) == len(OBJECTIVES)
    assert objective_words(KIDS, "en") == f"reach as many as possible within 150{NBSP}m"


def test_what_is_not_proven_says_how_much_better_another_could_be() -> None:
    proposal = propose(prepare(AREA, KIDS))
    open_one = replace(proposal, proven=False, gap=0.01141)
    assert proof(open_one, "sv").replace(NBSP, " ") == (
        "Inte bevisat: ett annat val kan vara högst 1,2 % bättre."
    )
    assert "Bevisat" not in headline(open_one, "sv").replace("Inte bevisat", "")
    unknown = replace(proposal, proven=False, gap=float("inf"))
    assert "inte känt" in proof(unknown, "sv")


def test_an_answer_under_a_condition_does_not_claim_more_than_it_proves() -> None:
    placing = prepare(AREA, KIDS)
    proposal = propose(placing)
    second = runner_up(placing, proposal)
    assert second is not None and "än förslaget" in proof(second, "sv")
    assert runner_up_sentence(proposal, second, "sv") == (
        "Näst bäst: school 450 i stället. Det når 2 färre."
    )
    assert difference_words(second, proposal, "en") == "2 more"
    assert difference_words(proposal, proposal, "sv") == "lika många"


def test_without_those_left_out_by_hand_no_more_is_claimed_than_that() -> None:
    refused = propose(prepare(AREA, KIDS)).sites[0].id
    asked = replace(KIDS, excluded=(refused,))
    assert said(asked).endswith("Bevisat: utan platserna som säger nej finns inget bättre val.")


def test_the_next_best_walk_is_told_by_how_much_longer_it_is() -> None:
    for aim, end in (("median", "i medeltal"), ("centre", "längst")):
        placing = prepare(AREA, replace(KIDS, objective=aim))
        proposal = propose(placing)
        second = runner_up(placing, proposal)
        assert second is not None
        words = runner_up_sentence(proposal, second, "sv").replace(NBSP, " ")
        metres = [
            found.walk_after.mean_m if aim == "median" else found.walk_after.worst_m
            for found in (proposal, second)
        ]
        assert end in words
        more = metres[1] - metres[0]
        told = "lika lång" if more < 1e-6 else f"{more:.0f} m längre"
        assert words.endswith(f", {told}.") or (0 < more < 1 and "mindre än en meter" in words)


def test_every_candidate_has_one_name_everywhere_also_when_it_is_left_out() -> None:
    area = street(homes={0: 50}, places={0: "library", 300: "school"})
    area.places["name"] = ["", "Skolan"]
    asked = replace(KIDS, count=1, points=((16.0, 59.0),), kinds=("library", "school"))
    placing = prepare(area, replace(asked, excluded=("school-1",)))
    assert name_of(placing, "library-0", "sv") == "ett bibliotek utan namn"
    assert name_of(placing, "school-1", "sv") == "Skolan"
    assert name_of(placing, "point-1", "en") == "chosen point 1"
    assert name_of(placing, "unheard", "sv") == "unheard"


def test_a_budget_is_part_of_the_aim_and_a_number_beside_it_of_the_proof() -> None:
    placing = prepare(town(5), ask(count=None, budget=1200.0))
    assert "för högst 1 200 kr" in objective_words(placing.question, "sv").replace(NBSP, " ")
    assert proof(propose(placing), "sv") == "Bevisat: inget annat val inom budgeten når fler."
    both = propose(placing.asked(replace(placing.question, count=2)))
    assert "inom budgeten, med högst så många platser (två), når fler" in proof(both, "sv")


def test_no_gain_and_no_site_are_said_plainly() -> None:
    near = street(homes={0: 50}, places={0: "language_cafe", 900: "school"})
    none = propose(prepare(near, replace(KIDS, count=1)))
    assert none.nobody_gains
    assert headline(none, "sv").replace(NBSP, " ") == (
        "Inget föreslås: nya språkcaféer når inga fler barn 0–4 år inom 150 m, var bland "
        "kandidaterna (1) de än öppnar. Alla 50 når redan ett."
    )
    nothing = propose(prepare(near, replace(KIDS, count=0)))
    assert headline(nothing, "sv").startswith("Inga nya platser föreslås")


def test_what_helps_nobody_is_said_without_names_or_proof_and_not_proposed() -> None:
    far = street(homes={0: 50, 500: 20}, places={0: "language_cafe", 900: "school"}, estimated=True)
    for aim in ("coverage", "median", "centre", "cover_all"):
        placing = prepare(
            far, replace(KIDS, count=None if aim == "cover_all" else 1, objective=aim)
        )
        # The school is 400 m from those at 500 m: beyond 150 m, but nearer than the café.
        helps = aim in ("median", "centre")
        found = proposed(placing)
        assert found.nobody_gains != helps and bool(found.sites) == helps
        for language, proof_word in (("sv", "Bevisat"), ("en", "Proven")):
            said = headline(found, language)
            assert ("school 900" in said) == (proof_word in said) == helps
    assert "så nära de 20 som saknar ett" in headline(
        proposed(prepare(far, replace(KIDS, count=1))), "sv"
    )


def test_a_group_of_nobody_gets_no_proposal() -> None:
    empty = street(homes={0: 0, 500: 0}, places={900: "school"}, estimated=True)
    found = proposed(prepare(empty, replace(KIDS, count=1)))
    assert found.nobody_gains and not found.sites
    assert headline(found, "sv") == ("Inget föreslås: det finns inga barn 0–4 år i området att nå.")


def test_numbers_that_choose_every_candidate_in_turn_recommend_none() -> None:
    area = street(homes={0: 100, 1000: 100}, places={0: "school", 1000: "school"}, estimated=True)
    apart = area.people.assign(unit=["west", "east"])
    placing = prepare(replace(area, people=apart), replace(KIDS, count=1))
    proposal = proposed(placing)
    asked = proposal.sites[0].id
    other = next(name for name in placing.candidates.table["id"] if name != asked)
    variants = [Variant(0, 150, "adult", frozenset({name}), True) for name in (asked, other, other)]
    found = Robustness(tuple(variants), (Stays(asked, "", 1),), (Stays(other, "", 2),))
    said = headline(with_shares(proposal, found), "sv")
    assert "skiljer inte kandidaterna åt" in said and "school" not in said
    assert "Bevisat" not in said
    mostly = Robustness((*variants[:1] * 3, variants[1]), (Stays(asked, "", 3),), found.others)
    assert "Bevisat" in headline(with_shares(proposal, mostly), "sv")


def test_of_choices_that_reach_as_many_the_shortest_walk_decides() -> None:
    area = street(homes={500: 50}, places={400: "school", 480: "school", 620: "school"})
    placing = prepare(area, replace(KIDS, count=1))
    found = proposed(placing)
    assert found.sites[0].name == "school 480" and found.proven
    second = runner_up(placing, found)
    assert second is not None and second.sites[0].name == "school 400"
    assert runner_up_sentence(found, second, "sv").replace(NBSP, " ") == (
        "Näst bäst: school 400 i stället. Det når också alla, med en gångväg på i medeltal 100 m, "
        "80 m längre."
    )


def test_small_counts_of_counted_people_are_not_in_the_sentence() -> None:
    area = street(homes={0: 40, 900: 3}, places={0: "language_cafe", 900: "school"})
    sentence = headline(propose(prepare(area, replace(KIDS, count=1))), "sv")
    assert "3 fler" not in sentence and "visas inte" in sentence
    larger = street(homes={0: 40, 900: 30}, places={0: "language_cafe", 900: "school"})
    assert "når 30 fler" in headline(propose(prepare(larger, replace(KIDS, count=1))), "sv")


def test_whoever_has_no_way_there_is_not_said_to_have_one() -> None:
    spots = list(AREA.people.geometry)
    spots[-1] = shapely.Point(spots[-1].x + 0.5, spots[-1].y)
    moved = AREA.people.set_geometry(spots, crs=AREA.people.crs)
    area = replace(AREA, people=moved, _snaps={})
    for aim in ("median", "centre"):
        found = propose(prepare(area, replace(KIDS, objective=aim)))
        assert "6 har ingen gångväg till någon av platserna." in headline(found, "sv")
    every = propose(prepare(area, replace(KIDS, objective="cover_all", limit_m=300)))
    assert "6 bor där ingen plats att välja på når dem." in headline(every, "sv")


def test_nobody_of_either_group_has_farther_than_is_said() -> None:
    placing = prepare(town(3), ask(objective="centre", balance=0.5))
    proposal = propose(placing)
    farthest = proposal.metres_after[placing.weights > 0].max()
    assert texts.metres(farthest, "sv") in headline(proposal, "sv")
    assert proposal.objective == pytest.approx(farthest)


def test_balance_and_budget_are_proven_for_what_they_are() -> None:
    balanced = propose(prepare(town(2), ask(balance=0.5)))
    assert "den vikten mellan grupperna" in headline(balanced, "sv")
    bought = propose(prepare(town(5), ask(count=None, budget=9.0)))
    assert headline(bought, "en").endswith("no other choice within the budget reaches more.")


def test_nameless_places_and_points_have_names_to_be_told_by() -> None:
    assert candidate_name("point-3", "", "point", "Norra", "sv") == "vald punkt 3 i Norra"
    assert candidate_name("lattice-12", "", "lattice", "", "en") == "path point 12"
    assert candidate_name("x", "", "library", "", "sv") == "ett bibliotek utan namn"
    assert candidate_name("x", "Huset", "library", "Norra", "sv") == "Huset"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_numbers_to_twelve_are_words(language: str) -> None:
    words = [number_word(number, language) for number in range(13)]
    assert len(set(words)) == 13 and all(word.isalpha() for word in words)
    assert number_word(13, language) == "13"


def test_many_sites_are_not_all_named() -> None:
    proposal = propose(prepare(town(0, rooms=9), ask(count=9)))
    sentence = headline(proposal, "sv")
    assert sentence.startswith("Nio nya språkcaféer, på ") and " och fyra till, " in sentence
