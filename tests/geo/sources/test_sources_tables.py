"""Tables of points as staff have them: encodings, delimiters, commas and coordinate systems."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geo.area.provenance import LeftOut
from geo.cells import to_number
from geo.errors import FileFormat, FileTooLarge, InputError
from geo.sources.files import opening, place_tables
from geo.sources.files.place_tables import read_points
from tests.refusals import refused

LON, LAT = 17.83421, 59.36512


def csv(tmp_path: Path, text: str, *, encoding: str = "utf-8", name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def lands(table: place_tables.Table, lon: float = LON, lat: float = LAT) -> bool:
    point = table.frame.geometry.iloc[0]
    return point.x == pytest.approx(lon, abs=1e-5) and point.y == pytest.approx(lat, abs=1e-5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [";", "\t", ",", "|"])
def test_every_encoding_and_delimiter_reads_alike(tmp_path: Path, encoding: str, sign: str) -> None:
    text = f"namn,lat,lon\nÅsö – café,{LAT},{LON}\n".replace(",", sign)
    table = read_points(csv(tmp_path, text, encoding=encoding))
    assert table.frame["namn"].tolist() == ["Åsö – café"]
    assert lands(table)


def test_decimal_commas_are_read_in_a_semicolon_file(tmp_path: Path) -> None:
    text = f"namn;Latitud;Longitud\nA;{LAT};{LON}\n".replace(".", ",")
    table = read_points(csv(tmp_path, text))
    assert lands(table)
    assert table.columns == {"lon": "Longitud", "lat": "Latitud"}


@pytest.mark.parametrize(
    ("header", "system", "swapped"),
    [
        ("lat,lon", "EPSG:4326", True),
        ("lon,lat", "EPSG:4326", False),
        ("Latitude,Longitude", "EPSG:4326", True),
        ("x,y", "EPSG:4326", False),
        ("x,y", "EPSG:4326", True),
        ("lat,lng", "EPSG:4326", False),  # headers over the wrong columns: the values tell
        ("N,E", "EPSG:3006", True),
        ("E_SWEREF99,N_SWEREF99", "EPSG:3006", False),
        ("x,y", "EPSG:3006", False),
        ("X,Y", "EPSG:3006", True),  # the geodetic sense: x is north
        ("sweref99tm_n,sweref99tm_e", "EPSG:3006", True),
        ("N (SWEREF 99 18 00),E (SWEREF 99 18 00)", "EPSG:3011", True),
        ("X-koordinat,Y-koordinat", "EPSG:3021", True),
    ],
)
def test_coordinates_are_told_by_names_and_by_where_they_land(
    tmp_path: Path, header: str, system: str, swapped: bool
) -> None:
    across, up = Transformer.from_crs("EPSG:4326", system, always_xy=True).transform(LON, LAT)
    first, second = (up, across) if swapped else (across, up)
    table = read_points(csv(tmp_path, f"{header},namn\n{first!r},{second!r},A\n"))
    assert table.crs == system
    # RT 90 to SWEREF is known to some metres only
    point = table.frame.geometry.iloc[0]
    assert (point.x, point.y) == (pytest.approx(LON, abs=1e-4), pytest.approx(LAT, abs=1e-4))


def test_a_local_zone_can_be_stated_but_is_not_guessed(tmp_path: Path) -> None:
    e, n = Transformer.from_crs("EPSG:4326", "EPSG:3011", always_xy=True).transform(LON, LAT)
    path = csv(tmp_path, f"n,e\n{n},{e}\n")
    with refused("crs_mismatch"):
        read_points(path)
    assert lands(read_points(path, crs="EPSG:3011"))


@pytest.mark.parametrize("crs", ["EPSG:32634", "EPSG:3067", "EPSG:3857"])
def test_any_stated_system_is_read(tmp_path: Path, crs: str) -> None:
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(24.94, 60.17)
    table = read_points(csv(tmp_path, f"x,y\n{x},{y}\n"), crs=crs)
    assert lands(table, 24.94, 60.17)


def test_rows_are_numbered_as_a_person_sees_them(tmp_path: Path) -> None:
    text = (
        f'namn,lat,lon\n"A\nB",{LAT},{LON}\n\nC,,\nD,abc,{LON}\nE,95,{LON}\nF,0,0\nG,{LAT},{LON}\n'
    )
    table = read_points(csv(tmp_path, text))
    assert table.frame.index.tolist() == [2, 8]
    assert table.rows == 6
    assert table.left_out == (
        LeftOut(4, "no_coordinates"),
        LeftOut(5, "bad_coordinates", {"found": f"{LON}; abc"}),
        LeftOut(6, "bad_coordinates", {"found": f"{LON}; 95"}),
        LeftOut(7, "bad_coordinates", {"found": "0; 0"}),
    )


def test_features_count_from_one(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"namn": "A"}, "geometry": geometry}
        for geometry in (
            None,
            {"type": "Point", "coordinates": [LON, LAT]},
            {
                "type": "Polygon",
                "coordinates": [[[17.8, 59.3], [17.9, 59.3], [17.9, 59.4], [17.8, 59.3]]],
            },
        )
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    table = read_points(path)
    assert table.frame.index.tolist() == [2, 3]
    assert (table.frame.geom_type == "Point").all()
    assert table.left_out == (LeftOut(1, "no_geometry"),)


def test_a_stated_column_wins_and_a_missing_one_is_refused_with_those_there(tmp_path: Path) -> None:
    path = csv(tmp_path, f"lat,lon,bredd,längd\n1,2,{LAT},{LON}\n")
    table = read_points(path, columns={"lat": "Bredd", "lon": "LÄNGD"})
    assert lands(table)
    assert table.columns == {"lat": "bredd", "lon": "längd"}
    with refused("column_missing") as caught:
        read_points(path, columns={"lat": "latitud"})
    assert caught.value.values["columns"] == "lat, lon, bredd, längd"
    assert caught.value.values["wanted"] == "lat"


@pytest.mark.parametrize(
    "text",
    ["namn,adress\nA,B\n", "lat,lon\n", "lat,lon\n,\n", "lat,lon\na,b\n", "1;2;3\n4;5;6\n"],
)
def test_a_table_without_positions_names_its_columns(tmp_path: Path, text: str) -> None:
    with refused("no_coordinates") as caught:
        read_points(csv(tmp_path, text))
    assert caught.value.values["columns"]


def test_repeated_and_nameless_columns_keep_their_cells(tmp_path: Path) -> None:
    text = f"lat,lon,namn,namn,,geometry\n{LAT},{LON},a,b,c,d,e\n"
    frame = read_points(csv(tmp_path, text)).frame
    there = {name: frame[name].iloc[0] for name in frame.columns[2:-1]}
    assert there == {"namn": "a", "namn_2": "b", "#5": "c", "geometry_2": "d", "#7": "e"}


def test_codes_stay_as_they_are_written(tmp_path: Path) -> None:
    table = read_points(csv(tmp_path, f"id,lat,lon\n0136,{LAT},{LON}\n"))
    assert table.frame["id"].tolist() == ["0136"]


def test_an_excel_file_reads_its_first_sheet_with_content(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Platser")
    for row in (["Namn", "N", "E"], ["Café Å", 6584321.5, 660123], [None] * 3, ["B", None, None]):
        sheet.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    table = read_points(path)
    assert table.crs == "EPSG:3006"
    assert table.frame["Namn"].tolist() == ["Café Å"]
    assert table.left_out == (LeftOut(4, "no_coordinates"),)


def test_a_workbook_that_unpacks_to_too_much_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MAX_UNPACKED_MB", 5)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 20_000_000)
    with pytest.raises(FileTooLarge):
        read_points(path)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04hej", b"", b"namn;lat\n", b"PK\x05\x06" + b"\0" * 18]
)
def test_a_broken_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileFormat):
        read_points(path)


def test_a_workbook_of_entities_that_multiply_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["lat"])
    plain = io.BytesIO()
    book.save(plain)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = f"{bomb}]><worksheet>&j;</worksheet>".encode()
            target.writestr(name, content)
    with pytest.raises(FileFormat):
        read_points(path)


def test_a_gzipped_or_zipped_csv_reads_as_the_file_inside(tmp_path: Path) -> None:
    text = f"lat;lon\n{LAT};{LON}\n"
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    zipped = tmp_path / "a.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.csv", text)
    assert lands(read_points(packed))
    assert lands(read_points(zipped))


@given(st.floats(-1e7, 1e7).map(lambda value: round(value, 3)))
def test_a_number_reads_the_same_however_it_is_written(value: float) -> None:
    swedish = f"{value:,.3f}".replace(",", "\u00a0").replace(".", ",").replace("-", "\u2212")
    for text in (f"{value}", f"{value:.3f}", swedish, f"{value:.3f}".replace(".", ",")):
        assert to_number(text) == value


@settings(max_examples=100, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.lists(
                st.sampled_from(
                    ["lat", "lon", "N", "x", "y", "59,3", "17.8", "1e999", "-", '"', ""]
                )
                | st.text(max_size=6),
                max_size=5,
            ).map(";".join),
            max_size=6,
        ).map(lambda rows: "\n".join(rows).encode("utf-8", "replace")),
    ),
    ending=st.sampled_from([".csv", ".tsv", ".xlsx", ".geojson"]),
)
def test_any_bytes_give_a_table_or_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"a{ending}"
    path.write_bytes(content)
    try:
        table = read_points(path)
    except InputError as error:
        assert str(path) in error.message("sv")
    else:
        assert len(table.frame) + len(table.left_out) == table.rows
        assert table.frame.geometry.is_valid.all()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "points", "crs"),
    [
        ("hasselby-vallingby/preschools.csv", 72, 72, "EPSG:4326"),
        ("hasselby-vallingby/polling_places.csv", 10, 10, "EPSG:4326"),
        ("hasselby-vallingby/school_buildings.geojson", 77, 77, "EPSG:4326"),
        ("haninge/preschools.csv", 64, 60, "EPSG:4326"),
        ("haninge/osm_places.geojson", 111, 111, "EPSG:4326"),
        ("messy/sweref99_tm_points.csv", 96, 96, "EPSG:3006"),
        (
            "messy/DERIVED_haninge_forskolor_cp1252_semikolon_sweref991800.csv",
            41,
            41,
            "EPSG:3011",
        ),
    ],
)
def test_real_tables_read_whole(
    shared_data: Path, name: str, rows: int, points: int, crs: str
) -> None:
    table = read_points(shared_data / name)
    assert (table.rows, len(table.frame), table.crs) == (rows, points, crs)
    assert len(table.left_out) == rows - points
    west, south, east, north = table.frame.total_bounds
    assert 11 < west <= east < 24
    assert 55 < south <= north < 69
