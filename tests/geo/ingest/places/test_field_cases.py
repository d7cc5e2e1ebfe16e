"""Files of places as staff have them: each kind of trouble once, as the smallest file that shows
it, with what must come of it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from pyproj import Transformer

from geo.area.model import Area
from geo.area.record_fields import place_fields
from geo.ingest.build import Inputs, with_places
from geo.ingest.place_files import read_places
from geo.ingest.places.apply import plan
from geo.ingest.places.locate import KEEP
from geo.ingest.places.propose import Import, propose
from geo.network.walk_network import build_network
from geo.output.words.imports import import_json, import_lines
from geo.sources.files.place_tables import Understood, understand
from geo.sources.files.sheets import Choices
from geo.types import WGS84
from tests.geo.ingest.places.test_importing import area_with_addresses, lonlat
from tests.refusals import refused
from tests.tiny import tiny_area

TODAY = date(2026, 11, 30)
SPOTS = [lonlat(120, 140), lonlat(320, 260), lonlat(520, 180), lonlat(640, 700)]
NAMES = ["Solrosen", "Granbacken", "Lillsjön", "Kvarnhjulet"]


@pytest.fixture(scope="module")
def area() -> Area:
    return area_with_addresses()


def near_of(area: Area) -> tuple[float, float, float, float]:
    west, south, east, north = map(float, area.boundary.total_bounds)
    return west, south, east, north


def read(area: Area, file: Path, kind: str = "preschool", **choices: object) -> Understood:
    return understand(file, choices=Choices(**choices), kind=kind, near=near_of(area))


def proposed(
    area: Area, file: Path, kind: str = "preschool", outside: str = "auto", **choices: object
) -> Import:
    return propose(area, read(area, file, kind, **choices), kind, today=TODAY, outside=outside)


def text_file(folder: Path, content: str, name: str = "a.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def lands(found: Import, spots: Iterable[tuple[float, float]] = SPOTS) -> bool:
    """Whether each spot has a place within a metre or so."""
    at = np.array([(point.x, point.y) for point in found.places.geometry])
    return len(at) == len(list(spots)) and bool(np.allclose(at, list(spots), atol=2e-5))


def rows(head: str, *cells: str) -> str:
    return "\n".join([head, *cells]) + "\n"


def book(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, cells in sheets:
        sheet = made.create_sheet(name)
        for row in cells:
            sheet.append(row)
    made.save(path)
    return path


def sheet(*places: int) -> list[list[object]]:
    head: list[object] = ["Namn", "Longitud", "Latitud", "Platser"]
    return [head, *([NAMES[at], *SPOTS[at], 20 + at] for at in places)]


# Sheets and layers


def test_all_sheets_with_the_same_columns_are_read_and_the_others_are_named(
    area: Area, tmp_path: Path
):
    file = book(
        tmp_path / "a.xlsx",
        ("Läs mig", [["Uppdateras varje höst"], ["Fråga förvaltningen"]]),
        ("Norra", sheet(0, 1)),
        ("Södra", sheet(2, 3)),
    )
    found = proposed(area, file)
    assert lands(found)
    assert list(found.places.index) == [2, 3, 1002, 1003]
    assert place_fields(found.places.at[1002, "details"])["blad"] == "Södra"
    lines = "\n".join(import_lines(found, plan(found, area, None), "sv"))
    assert "”Södra” (2 rader; radnummer från 1001)" in lines
    assert "”Läs mig” (2 rader)" in lines
    assert [part.name for part in found.understood.joined] == ["Norra", "Södra"]


def test_a_stated_sheet_is_read_alone(area: Area, tmp_path: Path):
    file = book(tmp_path / "a.xlsx", ("Norra", sheet(0, 1)), ("Södra", sheet(2, 3)))
    found = proposed(area, file, sheet="Södra")
    assert list(found.places["name"]) == ["Lillsjön", "Kvarnhjulet"]
    assert [part.name for part in found.understood.others] == ["Norra"]


def test_of_sheets_called_by_years_the_newest_is_read(area: Area, tmp_path: Path):
    file = book(tmp_path / "a.xlsx", ("2024", sheet(0, 1)), ("2025", sheet(0, 1, 2)))
    found = proposed(area, file)
    assert list(found.places["name"]) == NAMES[:3]
    assert [part.name for part in found.understood.others] == ["2024"]


def test_all_layers_with_the_same_columns_are_read(area: Area, tmp_path: Path):
    for layer, at in (("norra", [0, 1]), ("sodra", [2, 3])):
        points = gpd.GeoSeries([shapely.Point(SPOTS[each]) for each in at], crs=WGS84)
        table = gpd.GeoDataFrame({"namn": [NAMES[each] for each in at]}, geometry=points)
        table.to_crs("EPSG:3006").to_file(tmp_path / "a.gpkg", layer=layer, driver="GPKG")
    found = proposed(area, tmp_path / "a.gpkg")
    assert lands(found) and list(found.places["name"]) == NAMES
    one = proposed(area, tmp_path / "a.gpkg", sheet="sodra")
    assert list(one.places["name"]) == NAMES[2:]
    assert [part.name for part in one.understood.others] == ["norra"]


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("a.csv", {"sheet": "Blad1"}),
        ("a.geojson", {"encoding": "cp1252"}),
        ("a.geojson", {"sheet": "lager"}),
        ("a.json", {"delimiter": ";"}),
        ("a.xlsx", {"encoding": "cp1252"}),
    ],
)
def test_a_choice_that_means_nothing_for_the_file_is_refused(
    area: Area, tmp_path: Path, name: str, choice: dict[str, str]
):
    feature = {"type": "Feature", "properties": {"namn": "A"}, "geometry": None}
    contents = {
        "a.csv": "namn,lat,lon\nA,59.37,17.8\n",
        "a.geojson": json.dumps({"type": "FeatureCollection", "features": [feature]}),
        "a.json": json.dumps([{"namn": "A", "lat": 59.37, "lon": 17.8}]),
    }
    if name == "a.xlsx":
        book(tmp_path / name, ("Blad1", sheet(0, 1)))
    else:
        text_file(tmp_path, contents[name], name)
    with refused("choice_without_meaning"):
        read(area, tmp_path / name, **choice)


# Registers of associations, columns by what they hold


REGISTER = rows(
    "Föreningsnamn;Organisationsnr;Verksamhet;C/o;Kontaktperson;Postadress;Postnr;Ort;Lokal",
    "Språkvännerna;802400-0001;Kultur;c/o Exempel;Eva Exempel;Box 12;162 11;Provby;Trappan",
    "Odlarna;802400-0002;Fritid;;Bo Exempel;Provgatan 7;162 60;Provby;",
)


def test_a_register_of_associations_is_read_by_its_columns(area: Area, tmp_path: Path):
    file = text_file(tmp_path, REGISTER, encoding="cp1252")
    found = proposed(area, file, "association")
    columns = found.understood.columns
    assert columns == {
        "name": "Föreningsnamn",
        "address": "Postadress",
        "postcode": "Postnr",
        "city": "Ort",
    }
    assert list(found.places["name"]) == ["Odlarna"]
    assert list(found.unplaced["name"]) == ["Språkvännerna"]
    details = place_fields(found.places.at[3, "details"])
    assert details["Organisationsnr"] == "802400-0002"
    told = json.dumps(import_json(found, plan(found, area, None), "sv"), ensure_ascii=False)
    assert "Exempel" not in told
    assert found.understood.persons == ("C/o", "Kontaktperson")


def test_contact_persons_are_kept_where_a_person_asks_for_it(area: Area, tmp_path: Path):
    file = text_file(tmp_path, REGISTER, encoding="cp1252")
    found = proposed(area, file, "association", contacts=True)
    assert place_fields(found.places.at[3, "details"])["Kontaktperson"] == "Bo Exempel"
    assert found.understood.persons == ()


def test_a_post_address_that_holds_towns_is_a_town(area: Area, tmp_path: Path):
    content = rows(
        "Namn;Gatuadress;Postadress", "A;Provgatan 7;162 60 Provby", "B;Ekvägen 2;Provby"
    )
    found = read(area, text_file(tmp_path, content))
    assert (found.columns["address"], found.columns["city"]) == ("Gatuadress", "Postadress")


def test_a_column_that_most_rows_leave_empty_is_no_name(area: Area, tmp_path: Path):
    told = [("Krudt", ""), ("Sol", ""), ("Sol", "DK"), ("Regn", ""), ("Stjerne", ""), ("Regn", "")]
    lines = [
        f"{at};{name};{code};{SPOTS[at % 4][1]};{SPOTS[at % 4][0]}"
        for at, (name, code) in enumerate(told)
    ]
    found = proposed(area, text_file(tmp_path, rows("id;enhedsnavn;landekode;lat;lon", *lines)))
    assert found.understood.columns["name"] == "enhedsnavn"
    assert len(found.places) == 6 and "" not in set(found.places["name"])


@pytest.mark.parametrize("name", ["skolenavn", "toimipaikan_nimi", "Enhedens navn", "obiekt_nazwa"])
def test_names_are_known_in_the_languages_around(area: Area, tmp_path: Path, name: str):
    content = rows(f"kode;{name};lat;lon", *(f"k{at};{NAMES[at]};{y};{x}"
                                             for at, (x, y) in enumerate(SPOTS)))  # fmt: skip
    assert read(area, text_file(tmp_path, content)).columns["name"] == name


def test_a_namespace_that_every_row_repeats_is_no_web_page(area: Area, tmp_path: Path):
    link = "https://example.org/sosi/befolkning"
    features = [
        {"type": "Feature",
         "properties": {"lokalId": f"x{at}", "navnerom": link, "skolenavn": NAMES[at],
                        "besøksadresse_adressenavn": "Provgatan 7",
                        "besøksadresse_postnummer": "0123"},
         "geometry": {"type": "Point", "coordinates": [*SPOTS[at], 0.0]}}
        for at in range(4)
    ]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": features})
    found = proposed(area, text_file(tmp_path, content, "a.geojson"), "school")
    assert "url" not in found.understood.columns
    assert set(found.places["address"]) == {"Provgatan 7, 0123"}
    assert "utan kolumnnamn" not in import_lines(found, plan(found, area, None), "sv")[0]


# Addresses


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("Namn;Gatuadress;Gatunummer;Postnr;Postort", "Möteslokalen;Provgatan;7;162 60;Provby"),
        ("Namn;Gata;Nr;Ort", "Möteslokalen;Provgatan;7;Provby"),
        ("name;addr:street;addr:housenumber", "Möteslokalen;Provgatan;7"),
        ("name;street;housenumber", "Möteslokalen;Provgatan;7"),
    ],
)
def test_a_house_number_in_its_own_column_belongs_to_the_street(
    area: Area, tmp_path: Path, head: str, first: str
):
    second = first.replace("Möteslokalen", "Hörnan").replace("Provgatan;7", "Ekvägen;2")
    found = proposed(area, text_file(tmp_path, rows(head, first, second)), "meeting_place")
    assert [each.split(",")[0] for each in found.places["address"]] == ["Provgatan 7", "Ekvägen 2"]
    assert dict(found.how) == {2: "address", 3: "address"}


def test_a_number_that_the_street_has_already_is_not_written_twice(area: Area, tmp_path: Path):
    content = rows("Namn;Gatuadress;Gatunummer", "A;Provgatan 7;7", "B;Ekvägen 2;2")
    assert list(proposed(area, text_file(tmp_path, content)).places["address"]) == [
        "Provgatan 7",
        "Ekvägen 2",
    ]


def square(lon: float, lat: float) -> Area:
    """An area of streets of 1 km anywhere on Earth."""
    zone = int((lon + 180) // 6) + 1
    crs = f"EPSG:{326 if lat > 0 else 327}{zone:02d}"
    x, y = Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)
    lines = [[(x + a, y), (x + a, y + 1000)] for a in (0, 500, 1000)]
    lines += [[(x, y + a), (x + 1000, y + a)] for a in (0, 500, 1000)]
    box = gpd.GeoSeries([shapely.box(x, y, x + 1000, y + 1000)], crs=crs).to_crs(WGS84)
    streets = gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=crs)
    return replace(tiny_area(), network=build_network(streets), boundary=box, _snaps={})


@pytest.fixture(scope="module")
def berlin() -> Area:
    return square(13.4, 52.52)


def test_degrees_under_any_name_are_found_where_the_area_is_and_foreign_postcodes_stay(
    berlin: Area, tmp_path: Path
):
    spots = [(13.401 + at / 1000, 52.521 + at / 1000) for at in range(4)]
    lines = [
        f"{at};{y:.5f};{x:.5f};Musterstr. 3;12681;Kita {at}" for at, (x, y) in enumerate(spots)
    ]
    found = proposed(berlin, text_file(tmp_path, rows("id;alat;alon;address;plz;name", *lines)))
    assert lands(found, spots)
    assert set(found.places["address"]) == {"Musterstr. 3, 12681"}
    assert found.understood.landing == 1.0


@pytest.mark.parametrize(
    ("place", "system"),
    [
        ((12.57, 55.69), "EPSG:25832"),
        ((-70.65, -33.45), "EPSG:32719"),
        ((24.94, 60.17), "EPSG:3067"),
        ((24.94, 60.17), "EPSG:3879"),
        ((10.75, 59.91), "EPSG:25833"),
        ((21.01, 52.23), "EPSG:2180"),
        ((-0.12, 51.5), "EPSG:27700"),
        ((106.8, -6.2), "EPSG:3857"),
        ((174.77, -36.85), "EPSG:2193"),
    ],
)
def test_metres_are_understood_in_the_systems_of_the_area_anywhere_on_earth(
    tmp_path: Path, place: tuple[float, float], system: str
):
    area = square(*place)
    spots = [(place[0] + 0.002 + at / 1000, place[1] + 0.002 + at / 2000) for at in range(4)]
    across = Transformer.from_crs(WGS84, system, always_xy=True)
    metres = [across.transform(*spot) for spot in spots]
    lines = [f"{name};{x:.2f};{y:.2f}" for name, (x, y) in zip(NAMES, metres, strict=True)]
    assert lands(proposed(area, text_file(tmp_path, rows("navn;x;y", *lines))), spots)


# Geometry in a cell, coordinate systems


def cells_of(form: str) -> list[str]:
    points = [shapely.Point(spot) for spot in SPOTS]
    if form == "EWKB":
        return [shapely.to_wkb(shapely.set_srid(point, 4326), hex=True, include_srid=True)
                for point in points]  # fmt: skip
    metric = gpd.GeoSeries(points, crs=WGS84).to_crs("EPSG:3011")
    return {
        "WKT": [point.wkt for point in points],
        "EWKT": [f"SRID=3011;{point.wkt}" for point in metric],
        "WKB": [shapely.to_wkb(point, hex=True) for point in points],
        "MULTIPOINT": [shapely.MultiPoint([point]).wkt for point in points],
        "POLYGON": [point.buffer(1e-5).wkt for point in points],
        "GeoJSON": [json.dumps(shapely.geometry.mapping(point)) for point in points],
        "object": [json.dumps({"lon": point.x, "lat": point.y}) for point in points],
    }[form]


@pytest.mark.parametrize(
    "form", ["WKT", "EWKT", "WKB", "EWKB", "MULTIPOINT", "POLYGON", "GeoJSON", "object"]
)
@pytest.mark.parametrize("column", ["geometry", "the_geom"])
def test_a_geometry_in_a_cell_is_a_position(area: Area, tmp_path: Path, form: str, column: str):
    lines = [[name, cell] for name, cell in zip(NAMES, cells_of(form), strict=True)]
    content = "\n".join([f"namn\t{column}", *("{}\t{}".format(*line) for line in lines)])
    found = proposed(area, text_file(tmp_path, content))
    assert lands(found)
    assert found.understood.columns["position"] == column


def test_columns_of_coordinates_that_cannot_be_read_are_told(area: Area, tmp_path: Path):
    content = rows("namn;adress;x;y", "A;Provgatan 7;12;99999999", "B;Ekvägen 2;13;99999998")
    found = proposed(area, text_file(tmp_path, content))
    assert [note.key for note in found.understood.notes] == ["understanding.no_system"]
    assert found.understood.crs == "" and found.understood.landing == 0
    content = rows("namn;adress;geometry", "A;Provgatan 7;cell 3", "B;Ekvägen 2;cell 4")
    found = proposed(area, text_file(tmp_path, content))
    assert [note.values for note in found.understood.notes] == [{"columns": "geometry"}]


@pytest.mark.parametrize("system", ["EPSG:3006", "EPSG:3011", "EPSG:3857", "EPSG:32633"])
def test_a_map_file_that_states_no_system_is_understood_as_a_table_is(
    area: Area, tmp_path: Path, system: str
):
    points = gpd.GeoSeries([shapely.Point(spot) for spot in SPOTS], crs=WGS84).to_crs(system)
    features = [
        {"type": "Feature", "properties": {"namn": name},
         "geometry": shapely.geometry.mapping(point)}
        for name, point in zip(NAMES, points, strict=True)
    ]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": features})
    found = proposed(area, text_file(tmp_path, content, "a.geojson"))
    assert lands(found)
    assert "understanding.guessed_system" in [note.key for note in found.understood.notes]


def shapefile(folder: Path, encoding: str, cpg: bool) -> Path:
    table = gpd.GeoDataFrame(
        {"NAMN": [f"{name} förskola" for name in NAMES]},
        geometry=[shapely.Point(spot) for spot in SPOTS],
        crs=WGS84,
    )
    table.to_file(folder / "a.shp", driver="ESRI Shapefile", encoding=encoding)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for ending in (".shp", ".shx", ".dbf", ".prj", *((".cpg",) if cpg else ())):
            archive.write(folder / f"a{ending}", f"a{ending}")
    return folder / "a.zip"


@pytest.mark.parametrize("encoding", ["utf-8", "ISO-8859-1"])
@pytest.mark.parametrize("cpg", [True, False])
def test_texts_of_shapefiles_are_read_with_and_without_a_word_on_how_they_are_written(
    area: Area, tmp_path: Path, encoding: str, cpg: bool
):
    found = proposed(area, shapefile(tmp_path, encoding, cpg))
    assert set(found.places["name"]) == {f"{name} förskola" for name in NAMES}


def test_a_stated_encoding_of_a_shapefile_is_obeyed(area: Area, tmp_path: Path):
    found = proposed(area, shapefile(tmp_path, "utf-8", False), encoding="latin-1")
    assert "Solrosen fÃ¶rskola" in set(found.places["name"])


# Rows that are no places, closed places, figures


def with_spots(head: str, *extra: str) -> str:
    lines = [f"{name};Provgatan 7;{x};{y};{each}"
             for name, (x, y), each in zip(NAMES, SPOTS, extra, strict=False)]  # fmt: skip
    return rows(f"namn;adress;lon;lat;{head}", *lines)


@pytest.mark.parametrize(
    "last",
    ["Summa;;;;252", "Totalt;;;;252", "Summa Norra;;;;252", ";Summa:;;;252", "Total;252;252;252;"],
)
def test_a_row_of_totals_is_no_place(area: Area, tmp_path: Path, last: str):
    content = with_spots("platser", "54", "72", "36", "90") + last + "\n"
    found = proposed(area, text_file(tmp_path, content))
    assert lands(found) and found.unplaced.empty
    assert [(item.row, item.reason) for item in found.left_out] == [(6, "total_row")]


def test_a_place_that_begins_with_a_word_for_a_total_is_a_place(area: Area, tmp_path: Path):
    content = with_spots("platser", "54", "72") + "Total Gym;Ekvägen 2;;;30\n"
    assert "Total Gym" in set(proposed(area, text_file(tmp_path, content)).places["name"])


def test_headings_between_rows_are_no_places_and_a_place_known_by_name_alone_is_one(
    area: Area, tmp_path: Path
):
    head, *lines = with_spots("platser", "54", "72", "36", "90").splitlines()
    content = "\n".join(
        [head, "Norra stadsdelen", *lines[:2], "", "SÖDRA", *lines[2:], "Eken;;;;", lines[0]]
    )
    found = proposed(area, text_file(tmp_path, content + "\n"))
    assert [(item.row, item.reason) for item in found.left_out] == [
        (2, "heading_row"),
        (6, "heading_row"),
    ]
    assert list(found.unplaced["name"]) == ["Eken"]


@pytest.mark.parametrize(
    ("column", "says", "reason"),
    [
        ("status", "Nedlagd 2024", "closed"),
        ("status", "UPPHORT", "closed"),
        ("status", "VILANDE", "paused"),
        ("status", "defunct", "closed"),
        ("operating_status", "permanently_closed", "closed"),
        ("operating_status", "temporarily_closed", "paused"),
        ("status", "Stängd sedan 2025-06-30", "closed"),
        ("status", "PLANERAD", "planned"),
        ("nedlagd", "ja", "closed"),
        ("Stängningsdatum", "2026-06-30", "ended"),
        ("gäller till", "2025-12-31", "ended"),
        ("startdatum", "2027-08-01", "planned"),
    ],
)
def test_a_place_that_its_file_says_is_closed_does_not_count(
    area: Area, tmp_path: Path, column: str, says: str, reason: str
):
    others = {"status": "Aktiv", "operating_status": "open", "startdatum": "2001-01-01"}
    filled = others.get(column, "")
    found = proposed(area, text_file(tmp_path, with_spots(column, says, *[filled] * 3)), "library")
    assert list(found.places["name"]) == NAMES[1:]
    assert [(each.row.name, each.why.reason) for each in found.closed] == [("Solrosen", reason)]
    planned = plan(found, area, None)
    assert planned.closes == (found.closed[0].row.id,) and len(planned.new) == 3
    assert "Solrosen" in "\n".join(import_lines(found, planned, "sv"))


@pytest.mark.parametrize(
    ("column", "says"), [("status", "Stänger 2027-01-31"), ("upphör", "2027-01-31")]
)
def test_a_place_that_will_close_counts_until_then_and_that_is_told(
    area: Area, tmp_path: Path, column: str, says: str
):
    content = with_spots(column, says, "", "", "").replace("; \n", ";\n")
    if column == "status":
        content = with_spots(column, says, *["Öppen"] * 3)
    found = proposed(area, text_file(tmp_path, content), "library")
    assert lands(found) and not found.closed
    assert [(note.row, note.reason, note.values["found"]) for note in found.notes] == [
        (2, "closes", "2027-01-31")
    ]


def test_a_name_that_says_it_is_closed_is_heard(area: Area, tmp_path: Path):
    content = with_spots("x", "1", "2").replace("Solrosen", "Solrosen (nedlagd)")
    assert [each.why.reason for each in proposed(area, text_file(tmp_path, content)).closed] == [
        "closed"
    ]


def test_figures_with_marks_keep_their_note_and_ranges_are_unknown(area: Area, tmp_path: Path):
    content = with_spots("platser", "15-18", "ca 40", "54*", "72 1)")
    found = proposed(area, text_file(tmp_path, content))
    assert found.understood.columns["capacity"] == "platser"
    details = [place_fields(each) for each in found.places["details"]]
    assert [each["platser"] for each in details] == ["15-18", "ca 40", 54, 72]
    assert [each.get("platser (som det står)") for each in details] == [None, None, "54*", "72 1)"]
    assert [(note.row, note.reason) for note in found.notes] == [
        (2, "vague_figure"),
        (3, "vague_figure"),
        (4, "marked_figure"),
        (5, "marked_figure"),
    ]


# Departments


def test_rows_of_one_place_that_differ_by_department_are_added_up(area: Area, tmp_path: Path):
    (x, y), (x2, y2) = SPOTS[:2]
    content = rows(
        "namn;adress;lon;lat;avdelning;platser",
        f"Solrosen;Provgatan 7;{x};{y};Blå;18",
        f"Solrosen;Provgatan 7;{x};{y};Gul;20",
        f"Granen;Ekvägen 2;{x2};{y2};Röd;15",
        f"Granen;Ekvägen 2;{x2};{y2};Vit;",
    )
    found = proposed(area, text_file(tmp_path, content))
    assert list(found.places["name"]) == ["Solrosen", "Granen"]
    details = [place_fields(each) for each in found.places["details"]]
    assert (details[0]["platser"], details[0]["avdelning"]) == (38, "Blå, Gul")
    assert details[1]["platser"] == "minst 15"
    assert [(note.row, note.reason) for note in found.notes] == [(3, "added_up"), (5, "added_up")]


def test_places_of_one_name_at_different_addresses_are_never_added_up(area: Area, tmp_path: Path):
    (x, y), (x2, y2) = SPOTS[:2]
    content = rows(
        "namn;adress;lon;lat;avdelning;platser",
        f"Solrosen;Provgatan 7;{x};{y};Blå;18",
        f"Solrosen;Ekvägen 2;{x2};{y2};Gul;20",
    )
    assert len(proposed(area, text_file(tmp_path, content)).places) == 2


# What lies outside, timetables


def stops() -> str:
    (x, y), (x2, y2) = SPOTS[:2]
    return rows(
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code",
        f"9001,Provtorget,{y},{x},1,,",
        f"9002,Provtorget,{y},{x2},0,9001,1",
        f"9003,Provtorget,{y2},{x},,9001,2",
        f"9004,Provtorget entré,{y},{x},2,9001,",
        f"9005,Ekens hållplats,{y2},{x2},0,,",
        *(f"91{at:02},Fjärr {at},{55 + at / 4},{13 + at / 5},1,," for at in range(12)),
    )


def test_a_station_is_one_of_its_parts_and_what_lies_far_outside_is_told_in_one_line(
    area: Area, tmp_path: Path
):
    found = proposed(area, text_file(tmp_path, stops(), "stops.txt"), "station")
    assert list(found.places["name"]) == ["Provtorget", "Ekens hållplats"]
    assert list(found.places["id"]) == ["station-9001", "station-9005"]
    assert found.unplaced.empty
    assert found.outside is not None
    assert (found.outside.count, found.outside.left_out) == (12, True)
    assert {item.reason for item in found.left_out} == {"part_of_station"}
    told = [
        line for line in import_lines(found, plan(found, area, None), "sv") if "utanför" in line
    ]
    assert len(told) == 1 and "12 rader" in told[0]


def test_stops_are_found_in_a_packed_timetable(area: Area, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "gtfs.zip", "w") as archive:
        archive.writestr("agency.txt", "agency_id\n1\n")
        archive.writestr("stops.txt", stops())
    assert len(proposed(area, tmp_path / "gtfs.zip", "station").places) == 2


def test_rows_outside_come_in_where_a_person_says_so(area: Area, tmp_path: Path):
    lon, lat = SPOTS[0]
    lines = [
        f"{name};{lon + step};{lat}" for name, step in zip(NAMES, (0, 0.2, 0.3, 0.4), strict=True)
    ]
    file = text_file(tmp_path, rows("namn;lon;lat", *lines))
    assert list(proposed(area, file).places["name"]) == NAMES[:1]
    kept = proposed(area, file, outside=KEEP)
    assert list(kept.places["name"]) == NAMES
    assert kept.outside is not None and not kept.outside.left_out


def test_rows_without_a_position_go_with_those_of_their_municipality(area: Area, tmp_path: Path):
    lon, lat = SPOTS[0]
    file = text_file(
        tmp_path,
        rows(
            "namn;lon;lat;kommun",
            f"A;{lon};{lat};Provby",
            f"B;{lon + 0.2};{lat};Annanby",
            f"C;{lon + 0.3};{lat};Annanby",
            f"F;{lon + 0.4};{lat};Annanby",
            "D;;;Annanby",
            "E;;;Provby",
        ),
    )
    found = proposed(area, file)
    assert list(found.unplaced["name"]) == ["E"]
    assert found.outside is not None and found.outside.count == 4


# The same rules where an area is built


def test_an_area_is_built_by_the_same_rules(area: Area, tmp_path: Path):
    content = with_spots("status", "Nedlagd 2024", "Öppen", "Öppen", "Öppen") + "Summa;;;;\n"
    places, table = read_places(text_file(tmp_path, content), "library")
    assert list(places["name"]) == NAMES[1:]
    reasons = {item.row: item.reason for item in table.left_out}
    assert reasons[2] == "closed" and reasons[6] in ("total_row", "no_coordinates")
    books = book(tmp_path / "b.xlsx", ("Norra", sheet(0, 1)), ("Södra", sheet(2, 3)))
    built = with_places(area, "preschool", books, Inputs())
    assert set(NAMES) <= set(built.places["name"])
