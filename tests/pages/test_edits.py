"""An edit of a record shows on the pages at once, without the area being read anew."""

from __future__ import annotations

from dataclasses import replace

from geo.catalog import AreaCard, save_area
from geo.store.model import edit_of
from geo.store.protection import ground_of
from geo.store.store import store_of
from pages.shared import cache
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
