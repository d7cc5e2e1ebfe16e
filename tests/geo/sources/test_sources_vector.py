"""Vector files: what we take, what we refuse, and that GDAL can not be talked into more."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import FileFormat, FileMissing, FileTooLarge, InputError
from geo.sources.files import _gdal, opening
from geo.sources.files.vector import read_vector
from tests.refusals import refused

ROOT = Path(__file__).resolve().parents[3]
LINE = shapely.LineString([(17.83, 59.36), (17.84, 59.37)])
POINTS = [shapely.Point(17.83, 59.36), None, shapely.Point(17.85, 59.37)]


@pytest.fixture
def table() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"namn": ["Ängby", "Öby", "Åby"]}, geometry=POINTS, crs="EPSG:4326")


def collection(*geometries: object, **extra: object) -> dict[str, object]:
    features = [
        {"type": "Feature", "properties": {"n": at}, "geometry": geometry}
        for at, geometry in enumerate(geometries)
    ]
    return {"type": "FeatureCollection", "features": features, **extra}


def point(x: float, y: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [x, y]}


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def run(code: str, *, cwd: Path) -> str:
    """Run code in a Python of its own, as GDAL's settings are read once a process."""
    environment = {k: v for k, v in os.environ.items() if k not in _gdal.SETTINGS}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ["platser", "å ä", "a!b"])
@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".fgb", ".parquet", ".shp"])
def test_every_format_gives_all_rows_in_file_order(
    tmp_path: Path, table: gpd.GeoDataFrame, ending: str, name: str
) -> None:
    path = tmp_path / f"plain{ending}"
    if ending == ".parquet":
        table.to_parquet(path)
    else:
        options = {"SPATIAL_INDEX": "NO"} if ending == ".fgb" else {}
        table.to_file(path, encoding="utf-8", **options)
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_name(f"{name}{part.suffix}"))
    read = read_vector(path.with_name(f"{name}{ending}"))
    assert read["namn"].tolist() == ["Ängby", "Öby", "Åby"]
    assert read.geometry.isna().tolist() == [False, True, False]
    assert read.crs.to_epsg() == 4326
    assert read.geometry.iloc[2].equals(POINTS[2])


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".parquet"])
def test_a_gzipped_file_reads_as_the_file_inside(
    tmp_path: Path, table: gpd.GeoDataFrame, ending: str
) -> None:
    plain = tmp_path / f"plats{ending}"
    table.to_parquet(plain) if ending == ".parquet" else table.to_file(plain)
    packed = tmp_path / f"plats{ending}.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    assert read_vector(packed).equals(read_vector(plain))


def test_a_zipped_shapefile_in_a_folder_reads_with_its_system(
    tmp_path: Path, table: gpd.GeoDataFrame
) -> None:
    table.to_crs("EPSG:3006").to_file(tmp_path / "skolor.shp", encoding="utf-8")
    path = tmp_path / "skolor.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("skolor.*"):
            if part.suffix != ".zip":
                archive.write(part, f"leverans/{part.name}")
        archive.writestr("leverans/läs mig.txt", "hej")
    read = read_vector(path)
    assert read.crs.to_epsg() == 3006
    assert read["namn"].tolist() == ["Ängby", "Öby", "Åby"]


def test_hours_dates_and_codes_come_as_they_are_written(tmp_path: Path) -> None:
    there = {"öppnar": "10:00", "datum": "2025-01-31", "när": "2025-01-31T10:00:00", "kod": "0136"}
    content = collection(point(17.8, 59.3))
    content["features"][0]["properties"] = there  # type: ignore[index]
    read = read_vector(write(tmp_path / "a.geojson", content))
    assert {name: read[name].iloc[0] for name in there} == there


def test_a_plain_table_before_the_layer_of_a_geopackage_is_passed_over(
    tmp_path: Path, table: gpd.GeoDataFrame
) -> None:
    import pyogrio

    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(table[["namn"]], path, layer="attribut")
    table.to_file(path, layer="platser", mode="a")
    assert len(read_vector(path)) == 3


def test_a_missing_file_is_named_as_the_user_wrote_it() -> None:
    with pytest.raises(FileMissing) as caught:
        read_vector(Path("ingen/sådan.geojson"))
    assert caught.value.values["file"] == "ingen/sådan.geojson"
    assert "ingen/sådan.geojson" in caught.value.message("sv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", b""),
        ("a.geojson", b"hej"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea'),
        ("a.geojson", b'{"type": "Topology", "objects": {}, "arcs": []}'),
        ("a.geojson", b"{}"),
        ("a.gpkg", b"SQLite format 3\0" + b"\0" * 200),
        ("a.gpkg", b'{"type": "FeatureCollection", "features": []}'),
        ("a.parquet", b"PAR1" + b"\0" * 100 + b"PAR1"),
        ("a.fgb", b"fgb\x03fgb\x00" + b"\xff" * 50),
        ("a.shp", b"\x00\x00\x27\x0a" + b"\xff" * 100),
        ("a.zip", b"PK\x03\x04" + b"\0" * 50),
        ("a.geojson.gz", b"\x1f\x8b" + b"\0" * 50),
        ("a.geojson.gz", gzip.compress(b'{"type": "FeatureCollection"}' * 99, mtime=0)[:40]),
        ("a.exe", b"MZ"),
        ("a", b"MZ"),
        ("a.kml", b"<kml/>"),
    ],
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_broken_or_foreign_file_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, language: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormat) as caught:
        read_vector(path)
    assert str(path) in caught.value.message(language)
    assert "reasons" not in caught.value.message(language)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormat):
        read_vector(tmp_path)


def test_gdal_knows_only_the_drivers_we_take() -> None:
    assert _gdal.doors_are_closed()


@pytest.mark.parametrize("first", ["", "import geopandas, osmnx, pyrosm;"])
def test_a_vrt_or_pipeline_called_geojson_reads_no_other_file(tmp_path: Path, first: str) -> None:
    secret = write(tmp_path / "secret.geojson", collection(point(17.8, 59.3)))
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{secret}</SrcDataSource>"
    (tmp_path / "vrt.geojson").write_text(f"{vrt}</OGRVRTLayer></OGRVRTDataSource>")
    pipeline = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline read {secret}"}
    write(tmp_path / "pipe.geojson", pipeline)
    write(tmp_path / "pipe2.json", {**pipeline, "features": []})
    code = f"""{first}
from pathlib import Path
from geo.sources.files.vector import read_vector
from geo.errors import FileFormat
for name in ("vrt.geojson", "pipe.geojson", "pipe2.json"):
    try:
        print(name, len(read_vector(Path(name))))
    except FileFormat:
        print(name, "refused")
print(len(read_vector(Path("secret.geojson"))))
"""
    said = run(code, cwd=tmp_path)
    expected = "vrt.geojson refused\npipe.geojson refused\npipe2.json refused\n1\n"
    assert said == expected


def test_without_our_settings_gdal_would_have_read_the_other_file(tmp_path: Path) -> None:
    """The trap is real: if this ever fails, the test above proves nothing."""
    secret = write(tmp_path / "secret.geojson", collection(point(17.8, 59.3)))
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{secret}</SrcDataSource>"
    (tmp_path / "vrt.geojson").write_text(f"{vrt}</OGRVRTLayer></OGRVRTDataSource>")
    code = "import geopandas; print(len(geopandas.read_file('vrt.geojson')))"
    assert run(code, cwd=tmp_path).strip() == "1"


def test_reading_is_refused_when_gdal_was_started_before_us(tmp_path: Path) -> None:
    write(tmp_path / "a.geojson", collection(point(17.8, 59.3)))
    code = """import pyogrio
from pathlib import Path
from geo.sources.files.vector import read_vector
read_vector(Path("a.geojson"))
"""
    assert "RuntimeError: import geo before pyogrio" in run(code, cwd=tmp_path)


@pytest.mark.parametrize("key", ["crs", "\\u0063rs", "c\\u0072\\u0073"])
def test_a_coordinate_system_given_as_a_link_is_not_fetched(tmp_path: Path, key: str) -> None:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    link = f'{{"type": "link", "properties": {{"href": "http://127.0.0.1:{server.server_port}/"}}}}'
    features = json.dumps(collection(point(17.8, 59.3))["features"])
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "{key}": {link}, "features": {features}}}')
    with pytest.raises(FileFormat):
        read_vector(path)
    server.shutdown()
    server.server_close()
    assert asked == []


def test_a_named_system_in_a_geojson_is_used(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    path = write(tmp_path / "a.geojson", collection(point(660_000.0, 6_584_000.0), crs=crs))
    assert read_vector(path).crs.to_epsg() == 3006


def test_metres_without_a_stated_system_are_refused_with_a_sample(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson", collection(point(660_000.5, 6_584_000.0)))
    with refused("crs_mismatch") as caught:
        read_vector(path)
    assert caught.value.values["found"] == "660000.5, 6584000"
    assert caught.value.values["stated"] == "EPSG:4326"
    assert read_vector(path, crs="EPSG:3006").to_crs(4326).geometry.x[0] == pytest.approx(
        17.81, 0.01
    )


def test_degrees_called_metres_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson", collection(point(17.83, 59.36)))
    with refused("crs_mismatch"):
        read_vector(path, crs="3006")


@pytest.mark.parametrize(
    "crs", ["EPSG:99999", "abc", "/etc/passwd", "+init=epsg:3006", "EPSG:4978"]
)
def test_a_system_that_does_not_exist_is_refused(tmp_path: Path, crs: str) -> None:
    path = write(tmp_path / "a.geojson", collection(point(17.83, 59.36)))
    with refused("crs_mismatch"):
        read_vector(path, crs=crs)


def test_a_small_zip_that_holds_hundreds_of_megabytes_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MAX_UNPACKED_MB", 5)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * 20_000_000)
    assert path.stat().st_size < 50_000
    with pytest.raises(FileTooLarge) as caught:
        read_vector(path)
    assert caught.value.values["limit"] == 5


def test_a_small_gzip_that_holds_hundreds_of_megabytes_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MAX_UNPACKED_MB", 5)
    path = tmp_path / "bomb.geojson.gz"
    path.write_bytes(gzip.compress(b" " * 20_000_000, mtime=0))
    with pytest.raises(FileTooLarge):
        read_vector(path)


@pytest.mark.parametrize(
    "name", ["../a.geojson", "/tmp/a.geojson", "x/../../a.geojson", "..\\a.shp"]
)
def test_a_zip_with_paths_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, json.dumps(collection(point(17.8, 59.3))))
    with pytest.raises(FileFormat):
        read_vector(path)


def test_a_zip_with_several_layers_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("norr.geojson", "syd.geojson"):
            archive.writestr(name, json.dumps(collection(point(17.8, 59.3))))
    with pytest.raises(FileFormat) as caught:
        read_vector(path)
    assert "norr.geojson, syd.geojson" in caught.value.message("sv")


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(
                        ["type", "features", "geometry", "coordinates", "properties", "crs"]
                    ),
                    inner
                    | st.sampled_from(
                        ["FeatureCollection", "Feature", "Point", "LineString", "name"]
                    ),
                )
            ),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    ending=st.sampled_from([".geojson", ".gpkg", ".parquet", ".fgb", ".shp", ".zip", ".json.gz"]),
)
def test_any_bytes_give_a_table_or_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"a{ending}"
    magic = opening.MAGIC.get(ending, b"")
    for start in (b"", magic):
        packed = gzip.compress(content, mtime=0) if ending.endswith(".gz") else start + content
        path.write_bytes(packed)
        try:
            assert isinstance(read_vector(path), gpd.GeoDataFrame)
        except InputError as error:
            assert str(path) in error.message("sv")


@pytest.mark.shared
def test_real_files_read_whole(shared_data: Path) -> None:
    rows = {
        "hasselby-vallingby/deso2025.geojson": 42,
        "hasselby-vallingby/stadsdelar.geojson": 9,
        "haninge/kommun.geojson": 1,
        "hasselby-vallingby/walk_lines.geojson.gz": 27_734,
    }
    assert {name: len(read_vector(shared_data / name)) for name in rows} == rows
