"""An edit of a record shows on the pages at once, without the area being read anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo import texts
from geo.catalog import AreaCard, save_area
from geo.store.model import PLACE, Edit, edit_of
from geo.store.protection import ground_of
from geo.store.store import store_of
from pages.shared import cache
from pages.shared.literal import literal
from tests.pages.test_pages import page
from tests.tiny import tiny_area


def test_an_edit_shows_at_once_and_its_area_is_not_read_anew() -> None:
    saved = save_area(replace(tiny_area(), id="redigerad"))
    card = AreaCard(saved.id, saved.name, saved.revision, saved.created)
    first = cache.area(card)
    assert cache.area(card) is first
    store = store_of(saved.id)
    store.take(first, "Anna")
    taken = cache.area(card)
    edit = edit_of(store.record("b1"), name="Nya biblioteket")
    batch = store.write([edit], who="Anna", ground=ground_of(first))
    second = cache.area(card)
    assert "Nya biblioteket" in second.places["name"].tolist()
    assert len({first.key, taken.key, second.key}) == 3
    assert second.network is first.network and second.people is first.people
    store.undo(batch, who="Anna")
    assert cache.area(card).places["name"].tolist() == first.places["name"].tolist()


@pytest.mark.parametrize("name", ["gap", "placera"])
def test_known_places_without_a_point_are_named_with_a_button_to_the_work_list(name: str) -> None:
    area = save_area(replace(tiny_area(), id="redigerad"))
    store = store_of(area.id)
    store.take(area, "Anna")
    new = Edit("library-ny", PLACE, 0, fields={"name": "Nya <b>boken</b>", "kind": "library"})
    store.write([new], who="Anna", ground=ground_of(area))
    asked = {"kind": "library"} if name == "gap" else {"open": "library", "count": "1"}
    test = page(name, area=area.id, group="all", **asked)
    assert not test.exception
    shown = [each.value for each in test.warning if "saknar plats" in each.value]
    assert len(shown) == 1 and literal("Nya <b>boken</b>") in shown[0]
    test.button(key="unplaced_library").click().run()
    assert not test.exception
    assert test.title[0].value == texts.text("data.title", "sv")
    assert test.radio(key="pick_task").value == "worklist"
