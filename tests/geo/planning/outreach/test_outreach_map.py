"""The map of outreach in words: what its circles are."""

from __future__ import annotations

from geo import texts
from geo.output.maps.outreach import list_map
from geo.planning.outreach.brief import Brief
from tests.geo.planning.outreach.worlds import activity, asked, town, without_children


def test_the_maps_words_tell_scores_as_scores_and_people_as_a_range() -> None:
    # Öst has 40 people, all without anything on; Väst 20.
    # Öst has 40 people, all without anything on; to the 20 of Väst something may be.
    doubt = [activity("a", "library-0", times=None)]
    answer = asked(without_children(town(places={150.0: "library"}, activities=doubt)))
    spec = list_map(answer.world.area, Brief(answer, answer.shown, ()), "sv")
    said = spec.alt_text.replace(texts.NO_BREAK_SPACE, " ")
    assert "Områden som cirklar: 2." in said
    assert "betyder större behov per person där, inte fler människor" in said
    assert "sammanlagt" not in said
    first = answer.shown[0]
    people = next(need for need in first.needs if need.need == "hours").lacking
    assert people is not None
    assert "nr 1, Öst, 100 poäng, flest har behovet" in said
    assert f": {people.high:.0f}" in said
    (circles,) = (layer for layer in spec.layers if layer.id == "areas")
    # Half of one of two needs is 25 of 100: in the second fifth, whatever the others are.
    assert dict(zip(circles.value.round(), circles.index, strict=True)) == {100.0: 4, 25.0: 1}
