"""An area opens with what people edited in it; all else stays as its files have it."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo.area.model import Area
from geo.area.people import of_housing
from geo.area.provenance import ACTIVITIES
from geo.catalog import open_area, save_area
from geo.store.model import Edit, Record, content, edit_of
from geo.store.overlay import overlay
from geo.store.protection import Grounds, ground_of
from geo.store.rows import Kept
from geo.store.store import Store, has_store, store_of
from tests.tiny import tiny_area

NEW = Edit("ny", "place", 0, lon=17.82, lat=59.375, fields={"name": "Ny", "kind": "library"})


def with_housing(area: Area) -> Area:
    """The area with counted residents in its housing, as a build makes it."""
    details = area.places["details"].where(area.places["id"] != "g1", '{"hushall": 3}')
    places = area.places.assign(details=details)
    both = pd.concat([area.people, of_housing(places)], ignore_index=True)
    return replace(area, places=places, people=gpd.GeoDataFrame(both, crs=area.people.crs))


def with_activities(area: Area) -> Area:
    rows = [
        {**dict.fromkeys(ACTIVITIES, ""), "id": name, "place": place, "demonstration": False}
        for name, place in (("a1", "b1"), ("a2", "m1"))
    ]
    return replace(area, activities=pd.DataFrame(rows, columns=list(ACTIVITIES)))


def test_without_edits_an_area_is_as_its_files_have_it(store: Store, area: Area) -> None:
    found = store.overlay(area)
    assert found.places is area.places and found.people is area.people
    assert found.activities is area.activities
    assert found.edits == store.revision()
    assert found.key != area.key


def test_edits_stand_where_their_rows_stood_and_new_places_come_last(
    store: Store, area: Area, ground: Grounds
) -> None:
    edits = [
        NEW,
        edit_of(store.record("f2"), status="closed"),
        edit_of(store.record("b1"), name="Nya", lon=17.8181, lat=59.3797),
        edit_of(store.record("m1"), lon=None, lat=None),
        Edit("utan", "place", 0, fields={"name": "Utan punkt", "kind": "library"}),
    ]
    store.write(edits, who="Anna", ground=ground)
    found = store.overlay(area).places
    assert found["id"].tolist() == ["f1", "f3", "b1", "g1", "ny"]
    assert found["name"].tolist()[2] == "Nya"
    assert found["district"].tolist()[2] == "Norra", "the district follows the point"
    assert (found.geometry.x[2], found.geometry.y[2]) == (17.8181, 59.3797)
    assert list(found.columns) == list(area.places.columns)
    assert (found.dtypes == area.places.dtypes).all() and found.crs == area.places.crs
    same = ["f1", "f3", "g1"]
    rows = [frame[frame["id"].isin(same)].reset_index(drop=True) for frame in (found, area.places)]
    assert_frame_equal(*rows)
    assert rows[0].geometry.to_wkb().tolist() == rows[1].geometry.to_wkb().tolist()


def test_people_of_housing_are_made_anew_when_housing_is_edited(
    area: Area, ground: Grounds
) -> None:
    area = with_housing(area)
    store = store_of(area.id)
    store.take(area, "Anna")
    here = area.people[area.people["origin"] == "transitional_housing"]
    assert here["newcomer_households"].tolist() == [3.0]
    more = edit_of(store.record("g1"), details={"hushall": 5}, lon=17.8181, lat=59.3797)
    store.write([more], who="Anna", ground=ground)
    found = store.overlay(area).people
    there = found[found["origin"] == "transitional_housing"]
    assert there["newcomer_households"].tolist() == [5.0]
    assert there.geometry.x.tolist() == [17.8181] and there["district"].tolist() == ["Norra"]
    residents = [each[each["origin"] == "residents"] for each in (found, area.people)]
    assert_frame_equal(*residents)
    batch = store.write([edit_of(store.record("g1"), status="closed")], who="Anna", ground=ground)
    assert not (store.overlay(area).people["origin"] == "transitional_housing").any()
    store.undo(batch, who="Anna")
    assert store.overlay(area).people["newcomer_households"].sum() == 5.0


def test_activities_are_overlaid_and_leave_with_their_place(area: Area, ground: Grounds) -> None:
    area = with_activities(area)
    store = store_of(area.id)
    store.take(area, "Anna")
    edits = [
        edit_of(store.record("a2"), name="Språkcafé"),
        Edit("a3", "activity", 0, fields={"place": "f1", "kind": "language_cafe"}),
    ]
    store.write(edits, who="Anna", ground=ground)
    found = store.overlay(area).activities
    assert found["id"].tolist() == ["a1", "a2", "a3"]
    assert found["name"].tolist() == ["", "Språkcafé", ""]
    assert list(found.columns) == list(ACTIVITIES)
    store.write([edit_of(store.record("b1"), status="closed")], who="Anna", ground=ground)
    assert store.overlay(area).activities["id"].tolist() == ["a2", "a3"]


def test_hostile_words_can_be_laid_over_an_area(store: Store, area: Area, ground: Grounds) -> None:
    edit = replace(NEW, id="\x00\ud800", fields={"name": "=1+1\x00\ud800", "kind": "library"})
    store.write([edit], who="Anna", ground=ground)
    found = store.overlay(area).places
    assert found["id"].tolist()[-1] == "\x00?"
    assert found["name"].tolist()[-1] == "=1+1\x00?"


def test_an_area_on_disk_opens_with_its_edits(saved: Area, ground: Grounds) -> None:
    assert open_area(saved.id).key == saved.key and not has_store(saved.id)
    store = store_of(saved.id)
    store.take(saved, "Anna")
    store.write([NEW], who="Anna", ground=ground)
    found = open_area(saved.id)
    assert "ny" in found.places["id"].tolist()
    assert found.edits == store.revision() and found.key.endswith(f"+{found.edits}")
    assert open_area(saved.id, edited=False).places["id"].tolist() == saved.places["id"].tolist()


def test_an_area_folder_takes_its_edits_along(
    saved: Area, ground: Grounds, backend: str, home
) -> None:
    if backend == "postgres":
        pytest.skip("on a server the edits stay on the server")
    store = store_of(saved.id)
    store.take(saved, "Anna")
    store.write([NEW], who="Anna", ground=ground)
    folder = home / "areas" / saved.id
    assert not list(folder.glob("store.db-*")), "all is in one file while nobody has it open"
    folder.rename(home / "areas" / "hos-en-kollega")
    assert "ny" in open_area("hos-en-kollega").places["id"].tolist()


def _kept(area: Area, name: str, **changes: object) -> Kept:
    row = area.places[area.places["id"] == name].iloc[0]
    fields = {
        **{each: row[each] for each in ("name", "kind", "address", "district", "source")},
        **{"demonstration": False, "details": {}, "reason": ""},
    }
    record = Record(name, "place", 1, "open", row.geometry.x, row.geometry.y, fields)
    return Kept(replace(record, **changes), content(record), 0)


IDS = tiny_area().places["id"].tolist()
AREA = tiny_area()


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    closed=st.sets(st.sampled_from(IDS)),
    named=st.dictionaries(st.sampled_from(IDS), st.text(max_size=8)),
    added=st.lists(st.uuids(version=4).map(str), max_size=3, unique=True),
)
def test_whatever_is_edited_the_rest_is_byte_for_byte_the_same(
    closed: set[str], named: dict[str, str], added: list[str]
) -> None:
    changes = [_kept(AREA, name, status="closed") for name in sorted(closed)]
    for name in sorted(set(named) - closed):
        each = _kept(AREA, name)
        fields = {**each.record.fields, "name": named[name]}
        changes.append(replace(each, record=replace(each.record, fields=fields)))
    new = [replace(_kept(AREA, "b1", id=name), base=None) for name in added]
    found = overlay(AREA, [*changes, *new], 7).places
    assert found["id"].tolist() == [name for name in IDS if name not in closed] + added
    rest = [name for name in IDS if name not in closed and name not in named]
    tables = [
        frame[frame["id"].isin(rest)].reset_index(drop=True) for frame in (found, AREA.places)
    ]
    assert_frame_equal(*tables)
    assert tables[0].geometry.to_wkb().tolist() == tables[1].geometry.to_wkb().tolist()
    assert found.dtypes.tolist() == AREA.places.dtypes.tolist()
    named_now = dict(zip(found["id"], found["name"], strict=True))
    assert all(named_now[name] == named[name] for name in set(named) - closed)


def test_ids_of_an_area_that_is_saved_again_keep_their_edits(saved: Area) -> None:
    store = store_of(saved.id)
    store.take(saved, "Anna")
    ground = ground_of(saved)
    edits = [NEW, edit_of(store.record("f2"), status="closed")]
    store.write([*edits, edit_of(store.record("b1"), name="Nya")], who="Anna", ground=ground)
    opened = open_area(saved.id)
    again = save_area(opened)
    assert again.places["id"].tolist() == opened.places["id"].tolist()
    assert "Nya" in again.places["name"].tolist()
    assert store.record("b1").fields["name"] == "Nya" and store.clashes(0) == []
    back = save_area(saved).places["id"].tolist()
    assert back == ["f1", "f3", "b1", "m1", "g1"], "the file has it no more"


def test_a_repair_of_the_paths_is_a_record_on_both_databases_and_closes(
    store: Store, area: Area, ground: Grounds
) -> None:
    lines = [[[17.81, 59.38], [17.81003, 59.38]]]
    fields = {"name": "Stigen finns", "repair": "join", "lines": lines}
    batch = store.write([Edit("join-1", "repair", 0, fields=fields)], who="Anna", ground=ground)
    (kept,) = store.overlay(area).repairs
    assert (kept.id, kept.why, kept.by) == ("join-1", "Stigen finns", "Anna")
    assert kept.lines == (((17.81, 59.38), (17.81003, 59.38)),)
    assert [each.id for each in store.records("repair")] == ["join-1"]
    assert store.merge(replace(area, created="2999"), "Bo").batch == 0
    assert store.undo(batch, who="Bo") > batch
    found = store.overlay(area)
    assert found.repairs == () and found.network is area.network
