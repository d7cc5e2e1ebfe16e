"""The copy that opens at once is the same network; whatever happens to it, the table is there."""

from __future__ import annotations

import dataclasses
import json
import pickle
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from geopandas.testing import assert_geodataframe_equal

from benchmarks.towns import town_network
from geo import presets
from geo.area.folder import KINDS, StoredNetwork, from_arrays, to_arrays
from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.network import distances
from geo.network.walk_network import WalkNetwork, network_from_frame
from tests.tiny import tiny_area


@pytest.fixture
def area() -> Area:
    network = network_from_frame(town_network(400, seed=4).frame())
    names = np.array(["footway", "", "gång- och cykelväg"], dtype=object)
    which = np.arange(network.edges) % 3
    return dataclasses.replace(
        tiny_area(), id="provby", network=dataclasses.replace(network, surface=names[which])
    )


def arrays_folder(home: Path) -> Path:
    return home / "areas" / "provby" / "r1" / "arrays"


def assert_same_network(one: WalkNetwork, other: WalkNetwork) -> None:
    assert_geodataframe_equal(one.frame(), other.frame(), check_less_precise=False)
    for name in ("node_xy", "edge_u", "edge_v", "edge_m", "steps", "lit", "width_m", "highway"):
        before, after = getattr(one, name), getattr(other, name)
        assert before.dtype == after.dtype, name
        np.testing.assert_array_equal(before, after)
    for before, after in zip(one.star, other.star, strict=True):
        assert before.dtype == after.dtype
        np.testing.assert_array_equal(before, after)
    for profile in presets.profiles().values():
        before, after = one.walkable(profile), other.walkable(profile)
        for field in dataclasses.fields(before):
            np.testing.assert_array_equal(getattr(before, field.name), getattr(after, field.name))


def test_the_mapped_network_is_the_one_saved_and_the_one_in_the_table(area: Area) -> None:
    save_area(area)
    opened = open_area("provby").network
    assert isinstance(opened, StoredNetwork) and opened.crs == area.network.crs
    assert_same_network(area.network, opened)
    assert_same_network(network_from_frame(area.network.frame()), opened)


def test_shapes_are_not_made_until_asked_for(area: Area) -> None:
    save_area(area)
    opened = open_area("provby").network
    opened.walkable()
    assert "geometry" not in opened.__dict__
    assert opened.geometry is opened.geometry
    np.testing.assert_array_equal(opened.geometry, area.network.geometry)


def test_mapped_arrays_are_of_the_make_that_compiled_code_knows(area: Area) -> None:
    save_area(area)
    opened, fresh = open_area("provby").network, area.network
    for field in dataclasses.fields(WalkNetwork):
        array = getattr(opened, field.name)
        if isinstance(array, np.ndarray):
            assert type(array) is np.ndarray, field.name
            assert array.flags.writeable and array.flags.aligned and array.flags.c_contiguous
            assert array.dtype == getattr(fresh, field.name).dtype, field.name


def test_a_change_in_memory_stays_out_of_the_files(area: Area) -> None:
    save_area(area)
    opened = open_area("provby").network
    opened.edge_m[:] = 1.0
    opened.steps[:] = True
    again = open_area("provby").network
    assert isinstance(again, StoredNetwork)
    assert_same_network(area.network, again)


@pytest.mark.parametrize("name", sorted(KINDS))
@pytest.mark.parametrize("harm", ["missing", "short", "changed", "swapped"])
def test_a_harmed_copy_is_not_used_and_the_table_is(
    area: Area, home: Path, name: str, harm: str
) -> None:
    save_area(area)
    path = arrays_folder(home) / f"{name}.npy"
    content = path.read_bytes()
    if harm == "missing":
        path.unlink()
    elif harm == "short":
        path.write_bytes(content[:-1])
    elif harm == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    else:
        other = "edge_m" if name != "edge_m" else "node_xy"
        shutil.copy(arrays_folder(home) / f"{other}.npy", path)
    opened = open_area("provby").network
    assert not isinstance(opened, StoredNetwork)
    np.testing.assert_array_equal(opened.edge_m, area.network.edge_m)


@pytest.mark.parametrize("value", ["gone", None, {}, [], "x", 7, {"edge_u": {}}, {"../x": 1}])
def test_a_folder_from_before_the_copy_opens_as_ever(area: Area, home: Path, value: object) -> None:
    save_area(area)
    path = home / "areas" / "provby" / "area.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["arrays"] = value
    if value == "gone":
        del manifest["arrays"]
        shutil.rmtree(arrays_folder(home))
    path.write_text(json.dumps(manifest), encoding="utf-8")
    opened = open_area("provby").network
    assert not isinstance(opened, StoredNetwork)
    assert_same_network(area.network, opened)


def test_arrays_of_another_make_are_not_taken(area: Area) -> None:
    arrays = to_arrays(area.network)
    assert from_arrays(area.network.crs, arrays) is not None
    for name in arrays:
        lacking = {other: array for other, array in arrays.items() if other != name}
        assert from_arrays(area.network.crs, lacking) is None
        other = arrays | {
            name: arrays[name].astype(
                np.complex64 if name not in ("highway_names", "surface_names") else object
            )
        }
        assert from_arrays(area.network.crs, other) is None
    assert from_arrays(area.network.crs, arrays | {"later": arrays["edge_m"]}) is None


def test_a_mapped_network_can_be_replaced_in_part_pickled_and_saved_again(area: Area) -> None:
    save_area(area)
    opened = open_area("provby")
    flat = dataclasses.replace(opened.network, steps=np.zeros(opened.network.edges, dtype=bool))
    np.testing.assert_array_equal(flat.geometry, area.network.geometry)
    assert_same_network(area.network, pickle.loads(pickle.dumps(opened.network)))
    save_area(opened)
    assert_same_network(area.network, open_area("provby").network)


def test_a_mapped_network_answers_with_the_same_floats(area: Area) -> None:
    save_area(area)
    opened = open_area("provby")
    before, after = (
        distances.nearest(
            one.network, one.people.geometry, one.places_of("preschool").geometry, k=2
        )
        for one in (area, opened)
    )
    np.testing.assert_array_equal(before.metres, after.metres)
    np.testing.assert_array_equal(before.place, after.place)


@pytest.mark.slow
def test_a_city_of_two_hundred_thousand_nodes_opens_in_half_a_second() -> None:
    save_area(dataclasses.replace(tiny_area(), id="stad", network=town_network(200_000)))
    open_area("stad")
    taken = []
    for _ in range(3):
        start = time.process_time()
        opened = open_area("stad")
        _ = opened.network.star
        taken.append(time.process_time() - start)
    assert min(taken) < 0.5
