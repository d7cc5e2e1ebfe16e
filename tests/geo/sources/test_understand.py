"""What a file says, before it is places: formats, sheets, headers, columns, people's choices."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import Point, Polygon

from geo.area.provenance import LeftOut
from geo.errors import FileFormat
from geo.sources.files import field_names
from geo.sources.files.place_tables import Understood, read_points, understand
from geo.sources.files.sheets import Choices
from tests.refusals import refused

FILES = Path(__file__).parent / "files"
"""``places.xls`` and ``places.ods``: the same two sheets; the second has a merged title, a header
in row 2 and three places. A formula ``1+1`` stands below: only the ODS keeps its result."""

HEADER = ["Namn", "Adress", "Postnr", "Ort", "Öppettider", "N", "E", "Antal", "Uppdaterad"]
PLACES = [
    ["Café Å", "Storgatan 1", "171 63", "Solna", "mån-fre 10-16", 6584321.5, 670123.25, 12,
     "2025-03-01"],
    ["Biblioteket", "Solnavägen 12 B", "17163", "Solna", "lör 11-15", "6 585 321,5",
     "670\u00a0200", "<5", "2025-03-02"],
    ["Öppna förskolan", "Råsundavägen 100", "169 57", "Solna", "tis 13-15", 6583321, 669900, "..",
     "2025-03-02 10:30:00"],
]  # fmt: skip
COLUMNS = {
    "name": "Namn", "address": "Adress", "postcode": "Postnr", "city": "Ort",
    "opening_hours": "Öppettider", "updated": "Uppdaterad", "n": "N", "e": "E",
}  # fmt: skip


def book(path: Path, *sheets: tuple[str, list[list[object]]], merged: str = "") -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if merged:
        made.worksheets[-1].merge_cells(merged)
    made.save(path)
    return path


def csv(tmp_path: Path, text: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def shown(understood: Understood) -> tuple[object, ...]:
    return (
        understood.format, understood.encoding, understood.delimiter, understood.decimal,
        understood.sheet, understood.header, understood.crs, len(understood.frame),
        int(understood.points.notna().sum()), len(understood.left_out),
    )  # fmt: skip


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_the_three_kinds_of_workbook_read_alike(tmp_path: Path, ending: str) -> None:
    path = FILES / f"places{ending}"
    if ending == ".xlsx":
        title = ["Mötesplatser i Solna 2025"]
        notes = [["Detta är en lista över våra platser"], ["Kontakt", "kommun@example.se"]]
        path = book(tmp_path / "a.xlsx", ("Läs mig", notes), ("Platser", [title, HEADER, *PLACES]),
                    merged="A1:H1")  # fmt: skip
    found = understand(path)
    assert found.sheet == "Platser"
    assert found.sheets == ("Läs mig", "Platser")
    assert (found.header, found.preamble) == (2, ("Mötesplatser i Solna 2025",))
    assert found.columns == COLUMNS
    assert set(found.sure.values()) == {"name"}
    assert found.frame.index.tolist()[:3] == [3, 4, 5]
    assert found.frame.iloc[:3].to_numpy().tolist() == PLACES
    assert (found.crs, found.landing, found.decimal) == ("EPSG:3006", 1.0, ",")
    assert found.points.notna().sum() == 3
    assert found.points[3].distance(Point(17.98, 59.37)) < 0.03


def test_a_formula_gives_its_last_value_and_is_never_evaluated(tmp_path: Path) -> None:
    """An ODS keeps results: 2. A workbook written without them has nothing to show for ``=1+1``."""
    computed = understand(FILES / "places.ods")
    assert computed.frame.loc[6, "Namn"] == 2
    path = book(tmp_path / "a.xlsx", ("A", [["namn", "antal"], ["A", "=1+1"], ["B", 3]]))
    assert understand(path).frame["antal"].tolist() == [None, 3]


def test_the_polling_places_have_neither_header_nor_coordinates(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [100 + at, f"Valdistrikt {at % 3}", f"Skola {at}", f"Storgatan {at}", "100 12", "Solna"]
        for at in range(1, 9)
    ]
    found = understand(book(tmp_path / "a.xlsx", ("Blad1", rows), ("Blad2", [])))
    assert (found.header, found.sheet, found.crs, found.landing) == (0, "Blad1", "", 0.0)
    assert found.columns == {
        "id": "#1", "name": "#3", "address": "#4", "postcode": "#5", "city": "#6"
    }  # fmt: skip
    assert set(found.sure.values()) == {"content"}
    assert found.points.isna().all()
    assert found.left_out == ()
    assert len(found.frame) == 8


def test_a_header_in_two_rows_gives_each_column_its_name(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Namn", "Adress", "Koordinater", None],
        [None, None, "N", "E"],
        *([f"Plats {at}", f"Gatan {at}", 6584321 + at, 670123] for at in range(5)),
    ]
    found = understand(book(tmp_path / "a.xlsx", ("A", rows)))
    assert (found.header, found.crs) == (2, "EPSG:3006")
    assert list(found.frame.columns) == ["Namn", "Adress", "N", "E"]


def test_notes_below_and_headers_repeated_are_set_aside_with_their_rows(tmp_path: Path) -> None:
    text = (
        "Namn;Adress;Lat;Lon\nA;Gatan 1;59,3;18,1\nB;Gatan 2;59,31;18,1\nNamn;Adress;Lat;Lon\n"
        "C;Gatan 3;;\nD;Gatan 4;x;18,1\n\nKälla: kommunen, mars 2025\n"
    )
    found = understand(csv(tmp_path, text))
    assert found.frame["Namn"].tolist() == ["A", "B", "C", "D"]
    assert found.left_out == (
        LeftOut(4, "header_again"),
        LeftOut(5, "no_coordinates"),
        LeftOut(6, "bad_coordinates", {"found": "18,1; x"}),
        LeftOut(8, "footnote", {"found": "Källa: kommunen, mars 2025"}),
    )
    assert found.points.isna().tolist() == [False, False, True, True]
    for item in found.left_out:
        assert item.row in (4, 8) or item.row in found.frame.index


def test_coordinates_with_decimal_commas_are_told_without_a_name_too(tmp_path: Path) -> None:
    rows = ("141225,37;6581022,41", "141731,90;6582310,08", "142002,15;6581477,63")
    text = "namn;k1;k2\n" + "".join(f"Plats {at};{row}\n" for at, row in enumerate(rows))
    found = understand(csv(tmp_path, text), near=(17.7, 59.3, 17.9, 59.4))
    assert found.columns == {"name": "namn", "e": "k1", "n": "k2"}
    assert (found.crs, found.landing) == ("EPSG:3011", 1.0)
    degrees = "namn;k1;k2\nA;59,36512;17,83123\nB;59,36611;17,84321\n"
    assert understand(csv(tmp_path, degrees)).columns["lat"] == "k1"


def test_definitions_below_a_table_are_notes_though_they_fill_two_cells(tmp_path: Path) -> None:
    said = "Elever som har avslutat årskurs 9, dvs. elever med slutbetyg"
    text = (
        "Skola;Kod;Kommun;Antal;Andel\nAskskolan;1;Solna;20;..\nBokskolan;2;Solna;30;..\n"
        f"Cederskolan;3;Solna;40;..\n;;;;\nOm rapporten;;;;\n\nAntal;{said};;;\n;{said};;;\n"
    )
    found = understand(csv(tmp_path, text))
    assert found.frame["Skola"].tolist() == ["Askskolan", "Bokskolan", "Cederskolan"]
    assert [(item.row, item.reason) for item in found.left_out] == [
        (row, "footnote") for row in (6, 8, 9)
    ]


def test_a_short_row_below_a_gap_is_no_note(tmp_path: Path) -> None:
    text = (
        "Namn;Adress;Typ;Lat;Lon\nA;Gatan 1;x;59,3;18,1\nB;Gatan 2;x;59,31;18,1\n\nC;Gatan 3;;;\n"
    )
    assert understand(csv(tmp_path, text)).frame["Namn"].tolist() == ["A", "B", "C"]


def test_a_place_with_a_name_only_is_no_note(tmp_path: Path) -> None:
    text = "Namn;Adress;Lat;Lon\nA;Gatan 1;59,3;18,1\nB;Gatan 2;59,31;18,1\nHemliga kaféet\n"
    assert understand(csv(tmp_path, text)).frame["Namn"].tolist() == ["A", "B", "Hemliga kaféet"]


def test_everything_guessed_can_be_overruled(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "x\nBlandat|1.234|59.30|18.1|Storgatan 1\nKafé|2.500|59.31|18.2|Storgatan 2\n"
    path.write_bytes(text.encode("cp850"))
    choices = Choices(
        encoding="cp850", delimiter="|", decimal=",", header=0, crs="EPSG:4326",
        columns={"name": "#5", "lat": "#3", "lon": "#4", "address": "", "capacity": "#2"},
    )  # fmt: skip
    found = understand(path, choices=choices)
    assert (found.encoding, found.delimiter, found.decimal, found.header) == ("cp850", "|", ",", 0)
    assert found.sure["name"] == found.sure["lat"] == found.sure["capacity"] == "stated"
    assert found.columns["name"] == "#5"
    assert "address" not in found.columns
    assert found.frame["#1"].tolist() == ["x", "Blandat", "Kafé"]
    assert found.frame["#2"].tolist() == [None, 1234.0, 2500.0]
    assert found.points.notna().tolist() == [False, True, True]


@pytest.mark.parametrize(("header", "first"), [(1, "Titel"), (2, "Namn"), (3, "A")])
def test_a_stated_header_row_is_the_row_a_person_sees(
    tmp_path: Path, header: int, first: str
) -> None:
    path = csv(tmp_path, "Titel;x\nNamn;Adress\nA;B\nC;D\n")
    found = understand(path, choices=Choices(header=header))
    assert (found.header, found.frame.columns[0]) == (header, first)
    assert found.frame.index.tolist() == list(range(header + 1, 5))


def test_a_stated_sheet_is_read_and_a_missing_one_refused_with_those_there(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("Ett", [["namn"], ["A"]]), ("Två", [["namn"], ["B"]]))
    assert understand(path, choices=Choices(sheet="Två")).frame["namn"].tolist() == ["B"]
    with pytest.raises(FileFormat, match="no_sheet") as caught:
        understand(path, choices=Choices(sheet="Tre"))
    assert "Ett, Två" in caught.value.message("sv")


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        (Choices(encoding="nonsense"), "file_format"),
        (Choices(delimiter="ab"), "file_format"),
        (Choices(crs="EPSG:99999"), "crs_mismatch"),
        (Choices(columns={"name": "finns inte"}), "column_missing"),
    ],
)
def test_a_choice_that_can_not_be_is_told(tmp_path: Path, choices: Choices, code: str) -> None:
    with refused(code):
        understand(csv(tmp_path, "namn;lat;lon\nA;59,3;18,1\n"), choices=choices)


def test_a_person_can_say_that_there_are_no_coordinates(tmp_path: Path) -> None:
    path = csv(tmp_path, "namn;lat;lon\nA;59,3;18,1\n")
    found = understand(path, choices=Choices(columns={"lat": "", "lon": ""}))
    assert (found.crs, found.left_out) == ("", ())
    assert found.points.isna().all()


def test_coordinates_that_land_nowhere_are_told_and_not_used(tmp_path: Path) -> None:
    found = understand(csv(tmp_path, "namn;N;E\nA;6579123;153456\nB;6579124;153457\n"))
    assert (found.crs, found.landing) == ("", 0.0)
    assert found.columns["n"] == "N"
    assert found.points.isna().all()
    assert [item.reason for item in found.left_out] == ["bad_coordinates"] * 2
    near = understand(csv(tmp_path, "namn;N;E\nA;6579123;153456\nB;6579124;153457\n"),
                      near=(17.9, 59.2, 18.2, 59.4))  # fmt: skip
    assert (near.crs, near.landing) == ("EPSG:3011", 1.0)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Besöksadress", "address"), ("Byggnad adress (besök)", "address"), ("Adresss", "address"),
        ("Gatuadress", "address"), ("POSTNUMMER", "postcode"), ("Postort", "city"),
        ("Antal inskrivna barn", "enrolled"), ("Godkända platser", "capacity"),
        ("Öppettider 2025", "opening_hours"), ("Talar språk", "languages"), ("Hemsida", "url"),
        ("Giltig till", "valid_to"), ("Senast uppdaterad", "updated"), ("Tel.nr", "phone"),
        ("Skolenhetskod", "id"), ("Förskolans namn", "name"), ("Verksamhet", "name"),
        ("E-postadress", "email"), ("Mötesplats", "name"),
    ],
)  # fmt: skip
def test_columns_are_told_by_swedish_and_english_names(column: str, field: str) -> None:
    cells = ["7", "8"] if field in ("enrolled", "capacity") else ["aa", "bb"]
    found, sure = field_names.match(pd.DataFrame({"nyckel": ["q", "w"], column: cells},
        dtype=object),
                               kind="meeting_place")  # fmt: skip
    assert (found.get(field), sure.get(field)) == (column, "name")


def test_what_stands_in_a_column_tells_where_its_name_does_not() -> None:
    frame = pd.DataFrame(
        {
            "a": ["Storgatan 1", "Lillvägen 2 B", "Torget"],
            "b": ["171 63", "17164", None],
            "c": ["mån-fre 10-16", "lör 11–15", ".."],
            "d": ["https://a.se", "www.b.se", None],
            "e": ["a@b.se", "c@d.se", None],
            "f": ["08-508 00 000", "070-123 45 67", None],
            "g": ["Bibliotek", "Förskola", "Infodisk"],
        },
        dtype=object,
    )
    found, sure = field_names.match(frame)
    assert found == {
        "address": "a", "postcode": "b", "opening_hours": "c", "url": "d", "email": "e",
        "phone": "f", "kind": "g",
    }  # fmt: skip
    assert set(sure.values()) == {"content"}


def test_numbers_are_no_names_and_words_no_counts() -> None:
    frame = pd.DataFrame({"Namn": [1, 2], "Platser": ["a", "b"]}, dtype=object)
    found, _ = field_names.match(frame)
    assert "capacity" not in found
    assert found.get("name") != "Namn"


def test_unknown_and_suppressed_stay_as_they_are_written(tmp_path: Path) -> None:
    found = understand(csv(tmp_path, "namn;antal barn\nA;..\nB;.\nC;-\nD;<5\nE;uppgift saknas\n"))
    assert found.frame["antal barn"].tolist() == ["..", ".", "-", "<5", "uppgift saknas"]
    assert found.columns["enrolled"] == "antal barn"


def vector(path: Path) -> Path:
    square = Polygon([(18.0, 59.3), (18.1, 59.3), (18.1, 59.4), (18.0, 59.4)])
    shapes = gpd.GeoDataFrame(
        {"Namn": ["Café Å", "Torget", "Okänd"], "Antal": [3, 4, 5]},
        geometry=[Point(18.05, 59.35), square, None], crs=4326,
    )  # fmt: skip
    if path.suffix == ".zip":  # a shapefile holds one sort of shape
        shapes.geometry = shapes.representative_point()
        shapes.to_file(path.with_suffix(".shp"))
        with zipfile.ZipFile(path, "w") as archive:
            for part in path.parent.glob(f"{path.stem}.*"):
                if part != path:
                    archive.write(part, part.name)
    elif path.suffix in (".kml", ".kmz"):
        text = (
            '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>'
            "<Placemark><name>x</name><ExtendedData><Data name='Namn'><value>Café Å</value></Data>"
            "<Data name='Antal'><value>3</value></Data></ExtendedData>"
            "<Point><coordinates>18.05,59.35,0</coordinates></Point></Placemark>"
            "<Placemark><ExtendedData><SchemaData><SimpleData name='Namn'>Torget</SimpleData>"
            "<SimpleData name='Antal'>4</SimpleData></SchemaData></ExtendedData>"
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>18,59.3 18.1,59.3 18.1,59.4 "
            "18,59.4 18,59.3</coordinates></LinearRing></outerBoundaryIs></Polygon>"
            "</Placemark></Folder>"
            "<Placemark><ExtendedData><Data name='Namn'><value>Okänd</value></Data>"
            "<Data name='Antal'><value>5</value></Data></ExtendedData></Placemark></Document></kml>"
        )
        if path.suffix == ".kml":
            path.write_text(text, encoding="utf-8")
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("doc.kml", text)
    else:
        shapes.to_file(path)
    return path


@pytest.mark.parametrize(
    ("ending", "format_"),
    [(".geojson", "GeoJSON"), (".gpkg", "GeoPackage"), (".zip", "Shapefile"), (".kml", "KML"),
     (".kmz", "KML"),],
)  # fmt: skip
def test_map_files_of_every_format_say_the_same(tmp_path: Path, ending: str, format_: str) -> None:
    found = understand(vector(tmp_path / f"a{ending}"))
    assert (found.format, found.crs, found.landing) == (format_, "EPSG:4326", 1.0)
    assert found.columns["name"] == "Namn"
    assert found.frame["Namn"].tolist() == ["Café Å", "Torget", "Okänd"]
    assert [int(cell) for cell in found.frame["Antal"]] == [3, 4, 5]
    assert found.frame.index.tolist() == [1, 2, 3]
    assert (found.points[1].x, found.points[1].y) == pytest.approx((18.05, 59.35))
    assert 18.0 < found.points[2].x < 18.1
    assert found.points[3] is None
    assert found.left_out == (LeftOut(3, "no_geometry"),)
    assert len(read_points(vector(tmp_path / f"b{ending}")).frame) == 2


def test_geojson_cells_are_text_numbers_or_nothing(tmp_path: Path) -> None:
    properties = {"namn": "A", "lista": [1, "å"], "sant": True, "tal": 1.5, "inget": None}
    feature = {"type": "Feature", "properties": properties,
               "geometry": {"type": "Point", "coordinates": [18.05, 59.35]}}  # fmt: skip
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    row = understand(path).frame.iloc[0].to_dict()
    assert (row["namn"], row["sant"], row["tal"], row["inget"]) == ("A", True, 1.5, None)
    assert json.loads(row["lista"]) == [1, "å"]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_map_file_with_latitude_first_is_turned_round(tmp_path: Path, swapped: bool) -> None:
    places = [(18.05, 59.35), (18.06, 59.36), (2.1, 41.4)]  # one of them far from home
    path = tmp_path / "a.geojson"
    points = [
        Point(*(place[::-1] if swapped else place)) for place in places[: 2 if swapped else 3]
    ]
    gpd.GeoDataFrame({"namn": list("ABC")[: len(points)]}, geometry=points, crs=4326).to_file(path)
    found = understand(path)
    assert found.swapped == swapped
    assert (found.points[1].x, found.points[1].y) == (18.05, 59.35)
    assert found.landing == pytest.approx(1.0 if swapped else 2 / 3)


MESSY = {
    # file: format, encoding, delimiter, decimal, sheet, header, crs, rows, with a point, set aside
    "DERIVED_haninge_forskolor_cp1252_semikolon_sweref991800.csv": (
        ("CSV", "cp1252", ";", ",", "", 1, "EPSG:3011", 41, 41, 0),
        {"name": "Förskola", "address": "Besöksadress", "enrolled": "Antal barn",
         "operator": "Driftsform", "e": "E (SWEREF 99 18 00)", "n": "N (SWEREF 99 18 00)"},
    ),
    "preschool_shared_coordinates_stockholm.csv": (
        ("CSV", "utf-8", ",", ".", "", 1, "EPSG:4326", 45, 45, 0),
        {"id": "skolverkets_id", "name": "Namn", "address": "Adress", "lon": "Longitud",
         "lat": "Latitud"},
    ),
    "preschool_wrong_geocodes_stockholm.csv": (
        ("CSV", "utf-8", ",", ".", "", 1, "EPSG:4326", 24, 24, 0),
        {"id": "skolverkets_id", "name": "Namn", "address": "Adress", "enrolled": "Antal barn",
         "operator": "Huvudman", "lon": "Longitud", "lat": "Latitud"},
    ),
    "scb_regso_foreign_born_bom_utf8.csv": (
        ("CSV", "utf-8-sig", ",", "", "", 1, "", 100, 0, 0),
        {"name": "region"},
    ),
    "schools_google_geocoded_haninge.csv": (
        ("CSV", "utf-8", ",", ".", "", 1, "EPSG:4326", 10, 10, 0),
        {"id": "school_id", "name": "school_name", "address": "address", "lon": "longitude",
         "lat": "latitude"},
    ),
    "skolverket_slutbetyg_ak9_2025_skolenhet.csv": (
        ("CSV", "utf-8-sig", ";", ",", "", 6, "", 1714, 0, 28),
        {"id": "Skol-enhetskod", "name": "Skola", "enrolled": "Antal elever",
         "operator": "Huvudman"},
    ),
    "sweref99_tm_points.csv": (
        ("CSV", "utf-8", ",", "", "", 1, "EPSG:3006", 96, 96, 0),
        {"e": "E_SWEREF99", "n": "N_SWEREF99"},
    ),
    "valnamnden_fortid_adresser_original.xlsx": (
        ("Excel (.xlsx)", "", "", "", "Förtidsröstning", 1, "", 6, 0, 0),
        {"id": "Id", "name": "Byggnad namn", "address": "Byggnad adress (besök)",
         "postcode": "Byggnad postnummer (besök)", "city": "Byggnad postort (besök)"},
    ),
    "valnamnden_oppettider_original.xlsx": (
        ("Excel (.xlsx)", "", "", "", "aug-sep2014", 3, "", 2, 0, 0),
        {"id": "ID i Portal", "name": "Datum"},
    ),
    "valnamnden_vallokaler_valdagen_original.xlsx": (
        ("Excel (.xlsx)", "", "", "", "Blad1", 0, "", 537, 0, 0),
        {"id": "#1", "name": "#3", "address": "#4", "postcode": "#5", "city": "#6"},
    ),
}  # fmt: skip


@pytest.mark.shared
def test_every_messy_file_is_in_the_table(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "messy").iterdir()} == set(MESSY)


@pytest.mark.shared
@pytest.mark.parametrize("name", MESSY)
def test_the_files_people_really_have_are_understood(shared_data: Path, name: str) -> None:
    expected, columns = MESSY[name]
    found = understand(shared_data / "messy" / name)
    assert shown(found) == expected
    assert found.columns == columns
    assert set(found.columns) == set(found.sure)
    if found.crs:
        assert found.landing == 1.0
