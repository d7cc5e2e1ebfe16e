"""What the map shows of one point: bands that do not overlap, and tables that say the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from geo import texts
from geo.access.from_point import WALK_MINUTES, around, limits_of, way_to
from geo.output.files.reach import notes
from geo.output.maps import folium as folium_map
from geo.output.maps import from_point as from_point_map
from geo.output.maps import places_and_gaps as places_and_gaps_map
from geo.output.maps.spec import AreaLayer, LineLayer
from geo.output.words.area_and_gaps import parts_of
from tests.geo.whole_maps import rendered
from tests.geo.worlds import along, street
from tests.tiny import tiny_area


@pytest.fixture(scope="module")
def found():
    area = street(homes={}, places={0.0: "preschool", 700.0: "library"})
    point = along({300.0: 0})[0]
    answer = around(
        area, point.x, point.y, limits_m=limits_of(WALK_MINUTES, "older"), profile="older"
    )
    return area, answer, way_to(area, point.x, point.y, place="preschool-0", profile="older")


def test_bands_are_told_apart_without_colour_and_do_not_overlap(found) -> None:
    _, answer, _ = found
    bands = from_point_map.band_layers(answer, "sv")
    assert len({band.dash for band in bands}) == len({band.fill_opacity for band in bands}) == 3
    assert [band.fill_opacity for band in bands] == sorted(
        (band.fill_opacity for band in bands), reverse=True
    )
    shapes = [band.geometry.to_crs("EPSG:3006").iloc[0] for band in bands]
    whole = answer.shapes.geometry.iloc[-1].area
    assert sum(shape.area for shape in shapes) == pytest.approx(whole, rel=0.03)  # simplified
    for inner, outer in pairwise(shapes):
        assert inner.intersection(outer).area < 1e-3 * whole


def test_legend_tells_minutes_and_metres(found) -> None:
    area, answer, way = found
    layers = [*from_point_map.band_layers(answer, "sv"), from_point_map.way_layer(area, way, "sv")]
    spec = places_and_gaps_map.places_map(area, area.kinds, "sv", reach=layers)
    labels = [entry.label.replace(texts.NO_BREAK_SPACE, " ") for entry in spec.legend]
    assert labels[:4] == [
        "Nås på 5 min (240 m)",
        "Nås på 10 min (480 m)",
        "Nås på 15 min (720 m)",
        "Gångväg till närmaste förskola",
    ]
    assert all(isinstance(layer, AreaLayer) for layer in spec.layers[:3])
    assert isinstance(spec.layers[3], LineLayer)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_tables_and_sentence_say_the_same_as_the_answer(found, language: str) -> None:
    area, answer, way = found
    nearest = from_point_map.nearest_table(area, answer, language)
    assert nearest.iloc[:, 2].tolist() == ["400", "300"]  # the library stands before preschools
    assert from_point_map.reach_summary(answer, language).shape == (3, 3)
    sentence = from_point_map.way_sentence(area, way, language).replace(texts.NO_BREAK_SPACE, " ")
    assert "preschool 0" in sentence and "300 m" in sentence
    assert sum(metres for _, metres in parts_of(way, language)) == pytest.approx(300, abs=0.01)
    assert notes(way, language)  # light is unknown, and said to be


def test_a_kind_that_can_not_be_reached_is_said() -> None:
    area = street(homes={}, places={0.0: "preschool"})
    far = area.places.copy()
    far["geometry"] = far.geometry.translate(5, 0)
    area = replace(area, places=far, _snaps={})
    point = along({300.0: 0})[0]
    answer = around(area, point.x, point.y, limits_m=[400])
    assert answer.nearest[0].place == ""
    assert (
        texts.text("reach.nearest_none")
        in from_point_map.nearest_table(area, answer, "sv").to_csv()
    )


def test_a_point_farther_from_the_path_than_the_limit_draws_nothing_and_does_not_fail() -> None:
    area = street(homes={}, places={0.0: "preschool"})
    point = along({300.0: 0}).to_crs("EPSG:3006").translate(0, 250).to_crs("EPSG:4326")[0]
    answer = around(area, point.x, point.y, limits_m=[100, 200, 400])
    bands = from_point_map.band_layers(answer, "sv")
    assert [band.geometry.iloc[0].is_empty for band in bands] == [True, True, False]
    spec = places_and_gaps_map.places_map(area, area.kinds, "sv", reach=bands)
    assert folium_map.feature_groups(spec)


def test_a_hostile_name_reaches_no_script() -> None:
    """The tiny area's names attack; none of them is in what the browser runs."""
    area = tiny_area()
    place = area.places.iloc[0]
    answer = around(area, place.geometry.x, place.geometry.y, limits_m=[200, 400])
    layers = list(from_point_map.band_layers(answer, "sv"))
    for row in answer.nearest:
        if row.place:
            way = way_to(area, place.geometry.x, place.geometry.y, place=row.place)
            layers.append(from_point_map.way_layer(area, way, "sv"))
    spec = places_and_gaps_map.places_map(area, area.kinds, "sv", reach=layers)
    page = rendered(spec, area)
    assert "9359" not in page
    assert not any(name in page for name in area.places["name"] if len(name) > 3)
