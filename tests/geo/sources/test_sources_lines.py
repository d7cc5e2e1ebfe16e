"""Lines to walk along: which rows count, and what is known of them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.area.provenance import LeftOut
from geo.errors import NoLines
from geo.network.walk_network import build_network
from geo.sources.files.vector import read_lines_listed

A, B = (17.83, 59.36), (17.84, 59.37)


def write(path: Path, geometry: list[object], **columns: list[object]) -> Path:
    gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326").to_file(path)
    return path


def test_only_lines_are_taken_and_the_others_listed(tmp_path: Path) -> None:
    shapes = [
        shapely.LineString([A, B]),
        shapely.Point(A),
        None,
        shapely.Point(A).buffer(0.01),
        shapely.MultiLineString([[A, B], [B, (17.85, 59.37)]]),
    ]
    path = write(tmp_path / "a.geojson", shapes)
    lines = read_lines_listed(path)
    assert len(lines.frame) == 2
    assert lines.left_out == (
        LeftOut(2, "not_a_line"),
        LeftOut(3, "no_geometry"),
        LeftOut(4, "not_a_line"),
    )


@pytest.mark.parametrize("shapes", [[shapely.Point(A)], [None], []])
def test_a_file_without_lines_is_refused(tmp_path: Path, shapes: list[object]) -> None:
    path = tmp_path / "a.geojson"
    if shapes:
        write(path, shapes)
    else:
        path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(NoLines) as caught:
        read_lines_listed(path)
    assert caught.value.values["file"] == str(path)


def test_what_the_file_knows_of_its_paths_reaches_the_network(tmp_path: Path) -> None:
    line = shapely.LineString([A, B])
    path = write(
        tmp_path / "a.gpkg",
        [line] * 4,
        Highway=["steps", "footway", None, "path"],
        lit=["yes", "no", None, "limited?"],
        Bredd=["2,5 m", "3", "", "-1"],
        Surface=["Asphalt", "..", None, "gravel"],
    )
    lines = read_lines_listed(path).frame
    assert lines["steps"].tolist() == [True, False, False, False]
    assert lines["lit"].tolist() == [1, 0, -1, -1]
    assert lines["surface"].tolist() == ["asphalt", "", "", "gravel"]
    assert lines["highway"].tolist() == ["steps", "footway", "", "path"]
    np.testing.assert_array_equal(lines["width_m"], [2.5, 3, np.nan, np.nan])
    assert build_network(lines).steps.sum() == 1


@pytest.mark.shared
def test_the_real_network_reads_whole(shared_data: Path) -> None:
    lines = read_lines_listed(shared_data / "hasselby-vallingby" / "walk_lines.geojson.gz").frame
    assert len(lines) == 27_734
    assert lines.to_crs(3006).length.sum() == pytest.approx(790_125, abs=1)
    assert not lines["steps"].any()
    assert (lines["lit"] == -1).all()
