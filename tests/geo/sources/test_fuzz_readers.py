"""Files made to break a reader: any bytes give a table or one of our errors, within bounds."""

from __future__ import annotations

import gzip
import io
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.errors import FileTooLarge, InputError
from geo.sources.files import sheets
from geo.sources.files.place_tables import understand

FILES = Path(__file__).parent / "files"
EXAMPLES = 50
TEXT = (
    "Platser 2025;;;;\nNamn;Adress;Postnr;N;E;Läge;Antal\n"
    "Café Å;Storgatan 1;171 63;6 584 321,5;670 123;59,33, 18,06;<5\n"
    "B;Solnavägen 12 B;17163;6584000;670000;N 59°21.5' E 18°3.2';..\n"
)
PLACEMARK = "<Placemark><name>A</name><Point><coordinates>18,59,0</coordinates></Point></Placemark>"
KML = f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">{PLACEMARK}</kml>'
HOSTILE = (
    b"\0", b"\xff\xff\xff\xff", b"1048576", b"XFD1048576", b"-1", b"1e999", b"nan", b'"', b"\r\n",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"\xe2\x80\xae", b"A" * 10_000, b"<script>", b"{{7*7}}",
    b"=cmd|' /C calc'!A0", b"9" * 400, b"[[[[", b"59.3, 18.0;" * 60, b"PK\x03\x04",
)  # fmt: skip


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small real file of every format."""
    folder = tmp_path_factory.mktemp("seeds")
    shapes = gpd.GeoDataFrame(
        {"namn": ["Café Å", "B"], "antal": [1, 2]}, geometry=[Point(18, 59), Point(18.1, 59)],
        crs=4326,
    )  # fmt: skip
    for ending in (".geojson", ".gpkg", ".shp"):
        shapes.to_file(folder / f"a{ending}")
    shape = {part.name: part.read_bytes() for part in folder.glob("a.*")}
    book = openpyxl.Workbook()
    for line in TEXT.splitlines():
        book.active.append(line.split(";"))
    plain = io.BytesIO()
    book.save(plain)
    return {
        "a.csv": TEXT.encode("cp1252"), "b.csv": TEXT.encode("utf-16"),
        "a.tsv": TEXT.replace(";", "\t").encode(), "a.kml": KML.encode(),
        "a.xlsx": plain.getvalue(), "a.xls": (FILES / "places.xls").read_bytes(),
        "a.ods": (FILES / "places.ods").read_bytes(), "a.geojson": shape["a.geojson"],
        "a.gpkg": shape["a.gpkg"], "a.kmz": zipped({"doc.kml": KML.encode()}),
        "a.zip": zipped({name: shape[name] for name in ("a.shp", "a.shx", "a.dbf", "a.prj")}),
        "a.json": LIST.encode(), "b.json": ARCGIS.encode(), "c.json": OVERPASS.encode(),
        "a.gpx": GPX.encode(), "a.gml": GML.encode(), "a.txt": STOPS.encode(),
        "b.zip": zipped({"stops.txt": STOPS.encode()}), "b.csv.gz": gzip.compress(SHAPES.encode()),
        "a.parquet": parquet(shapes),
    }  # fmt: skip


LIST = '[{"namn": "A", "lat": 59.3, "long": 18.0, "mer": {"b": [1, {"c": 2}]}}, {"namn": "B"}]'
ARCGIS = (
    '{"features": [{"attributes": {"N": "A", "D": 1764460800000}, "geometry": {"x": 2, "y": 8}},'
    '{"attributes": {"N": "B"}, "geometry": {"rings": [[[1, 2], [3, 4], [1, 5], [1, 2]]]}}],'
    '"fields": [{"name": "D", "type": "esriFieldTypeDate"}], "spatialReference": {"wkid": 102100}}'
)
OVERPASS = (
    '{"version": 0.6, "elements": [{"type": "node", "id": 1, "lat": 59.3, "lon": 18.0, "tags":'
    '{"name": "A"}}, {"type": "way", "id": 2, "nodes": [1, 1], "tags": {"name": "B"}}]}'
)
GPX = (
    '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="59.3" lon="18">'
    '<name>A</name><link href="https://example.org"/></wpt></gpx>'
)
GML = (
    '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><s id="1">'
    '<namn>A</namn><g><gml:Polygon srsName="urn:ogc:def:crs:EPSG::3006"><gml:exterior>'
    "<gml:LinearRing><gml:posList>6584000 663000 6584100 663000 6584100 663100 6584000 663000"
    "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></g></s></gml:featureMember>"
    "</gml:FeatureCollection>"
)
STOPS = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    "1,A,59.3,18.0,1,\n2,A,59.3,18.0,0,1\n3,A,59.3,18.0,4,2\n4,B,59.4,18.1,,\n"
)
SHAPES = (
    "namn;geometry;avdelning;platser;status\nA;SRID=3006;Blå;18*;Nedlagd 2024\n"
    "B;POINT (18 59);Gul;15-18;\nB;0101000000000000000000324000000000008 04D40;Vit;ca 4;Öppen\n"
    "Summa;;;;252\n"
)


def parquet(shapes: gpd.GeoDataFrame) -> bytes:
    stream = io.BytesIO()
    shapes.to_parquet(stream)
    return stream.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_member(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    members = members_of(content)
    return zipped({each: change(data) if each == name else data for each, data in members.items()})


def mutated(draw: Callable[..., int], content: bytes) -> bytes:
    """Cut, repeat, overwrite or insert somewhere, up to four times."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 8, 100])))
        what = draw(st.integers(0, 3))
        piece = draw(st.sampled_from(HOSTILE)) if what < 2 else content[start:end] * (what * 9 - 18)
        content = content[:start] + piece + content[end if what != 1 else start :]
    return content


def refused(path: Path, content: bytes) -> str:
    """Return the reason a file is refused with; it must be, in both languages, with its name."""
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        understand(path)
    assert str(path) in caught.value.message("sv")
    assert str(path) in caught.value.message("en")
    if isinstance(caught.value, FileTooLarge):
        return "too_large"
    return str(caught.value.values["reason"].key).removeprefix("reasons.")


@pytest.mark.slow
@settings(
    max_examples=40 * EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(data=st.data())
def test_many_more_bytes_give_a_table_or_one_of_our_errors(
    seeds: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    any_bytes(seeds, tmp_path_factory, data)


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(data=st.data())
def test_any_bytes_give_a_table_or_one_of_our_errors(
    seeds: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    any_bytes(seeds, tmp_path_factory, data)


def any_bytes(
    seeds: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Break a small real file and read it."""
    name = data.draw(st.sampled_from(sorted(seeds)))
    content = seeds[name]
    inside = content.startswith(b"PK") and data.draw(st.booleans())
    if inside:
        member = data.draw(st.sampled_from(sorted(members_of(content))))
        content = with_member(content, member, lambda part: mutated(data.draw, part))
    else:
        content = mutated(data.draw, content) if data.draw(st.integers(0, 9)) else b"\xff\0" * 40
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(content)
    try:
        found = understand(path, near=(17.5, 59.0, 18.5, 60.0))
    except InputError as error:
        assert str(path) in error.message("sv")
        return
    assert found.frame.index.equals(found.points.index)
    assert found.frame.index.is_unique
    assert set(found.columns) == set(found.sure)
    assert set(found.columns.values()) <= set(found.frame.columns)
    assert 0 <= found.landing <= 1
    cells = set(map(type, found.frame.to_numpy().ravel().tolist()))
    assert cells <= {str, int, float, bool, type(None)}
    placed = found.points[found.points.notna()]
    assert (placed.geom_type == "Point").all()


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"../a.csv": b"a"}, "path_out"),
        ({"/etc/a.csv": b"a"}, "path_out"),
        ({"C:\\a.csv": b"a"}, "path_out"),
        ({"a.csv": b"a", "b.zip": b"PK"}, "nested"),
        ({"inner.kmz": b"PK", "a.kml": KML.encode()}, "nested"),
        ({f"{at}.txt": b"" for at in range(1001)}, "members"),
        ({"a.csv": b"namn;lat\n" + b"A;1\n" * 5_000_000}, "ratio"),
        ({"a.csv": b"a", "b.csv": b"b"}, "layers"),
        ({"a.exe": b"MZ"}, "no_layer"),
        ({"a.kml": b"PK\x03\x04"}, "other_content"),
    ],
)
def test_zips_with_hostile_members_are_refused(
    tmp_path: Path, members: dict[str, bytes], reason: str
) -> None:
    assert refused(tmp_path / "a.zip", zipped(members)) == reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared", ['<!ENTITY a "aaaa">', '<!ENTITY a SYSTEM "file:///etc/hosts">']
)
def test_xml_that_defines_entities_is_refused_before_it_is_read(
    tmp_path: Path, seeds: dict[str, bytes], declared: str, encoding: str
) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{declared}]>'
    kml = f"{head}<kml><Placemark><name>&a;</name></Placemark></kml>"
    if encoding == "utf-8":
        assert refused(tmp_path / "a.kml", kml.encode()) == "entities"
        assert refused(tmp_path / "a.kmz", zipped({"a.kml": kml.encode()})) == "entities"
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"):
        hostile = f"{head}<worksheet>&a;</worksheet>".encode(encoding)
        content = with_member(seeds["a.xlsx"], name, lambda _, new=hostile: new)
        assert refused(tmp_path / "a.xlsx", content) == "entities"
    ods = with_member(seeds["a.ods"], "content.xml", lambda _: f"{head}<a>&a;</a>".encode(encoding))
    assert refused(tmp_path / "a.ods", ods) == "entities"


def cells(reference: str) -> Callable[[bytes], bytes]:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData></worksheet>'
    )
    return lambda _: sheet.encode()


def test_a_sheet_that_claims_to_be_huge_is_read_for_what_it_holds(
    tmp_path: Path, seeds: dict[str, bytes]
) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_member(seeds["a.xlsx"], sheet, cells("B2")))
    assert understand(path).frame.size <= 4
    far = with_member(seeds["a.xlsx"], sheet, cells("XFD1048576"))
    assert refused(path, far) == "sheet_too_large"
    assert refused(path, with_member(seeds["a.xlsx"], sheet, cells("A1048576"))) == "too_many_rows"
    spaces = with_member(seeds["a.xlsx"], sheet, lambda part: part + b" " * 30_000_000)
    assert refused(path, spaces) == "ratio"


@pytest.mark.parametrize(
    ("rows", "columns", "reason"),
    [(1_048_576, 1, "too_many_rows"), (1_048_576, 16_384, "broken"), (100, 50, "too_many_cells")],
)
def test_an_ods_that_repeats_its_row_a_million_times_is_refused(
    tmp_path: Path,
    seeds: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    columns: int,
    reason: str,
) -> None:
    monkeypatch.setattr(sheets, "MAX_CELLS", 4_000)
    row = (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
        f'office:value-type="string" table:number-columns-repeated="{columns}"><text:p>hej</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    ).encode()
    content = with_member(
        seeds["a.ods"], "content.xml", lambda part: part.replace(b"</table:table>", row, 1)
    )
    assert refused(tmp_path / "a.ods", content) == reason


def test_an_xls_whose_sectors_go_in_a_circle_is_stopped(
    tmp_path: Path, seeds: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parser follows the chain of the directory for ever; its process has a bound on memory."""
    monkeypatch.setattr(sheets, "OLD_MEMORY_MB", 250)
    content = bytearray(seeds["a.xls"])
    (first,) = struct.unpack_from("<I", content, 48)
    (table,) = struct.unpack_from("<I", content, 76)
    struct.pack_into("<I", content, (table + 1) * 512 + 4 * first, first)
    assert refused(tmp_path / "a.xls", bytes(content)) == "sheet_too_large"


def test_a_geopackage_that_computes_for_ever_is_refused(
    tmp_path: Path, seeds: dict[str, bytes]
) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(seeds["a.gpkg"])
    book = sqlite3.connect(path)
    book.execute(
        "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
        " SELECT x AS fid, NULL AS geom FROM c"
    )
    book.execute("UPDATE gpkg_contents SET table_name = 'v'")
    book.commit()
    book.close()
    assert refused(path, path.read_bytes()) == "views"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<kml>" + b"<Folder>" * 100_000, "broken"),
        (b"<kml><Placemark>" + b"<a/>" * 30_000 + b"</Placemark></kml>", "broken"),
        (b"<html><body/></html>", "broken"),
        (b"<kml/>", "no_geometry"),
    ],
)
def test_a_kml_without_end_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert refused(tmp_path / "a.kml", content) == reason


def test_columns_and_rows_beyond_all_tables_are_refused(tmp_path: Path) -> None:
    wide = ",".join(f'"k{at}": 1' for at in range(3000))
    geojson = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {'
        + wide
        + '}, "geometry": {"type": "Point", "coordinates": [18, 59]}}]}'
    )
    assert refused(tmp_path / "a.geojson", geojson.encode()) == "too_many_columns"
    assert refused(tmp_path / "a.csv", b";".join([b"a"] * 3000) + b"\n1") == "too_many_columns"
    assert refused(tmp_path / "a.csv", b"a;b\n" + b"1;2\n" * 200_001) == "too_many_rows"
    assert refused(tmp_path / "a.csv", b'a;b\n"' + b"x" * 200_000) == "broken"


def test_a_table_above_fifty_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.truncate(50_000_001)
    with pytest.raises(FileTooLarge) as caught:
        understand(path)
    assert caught.value.values["limit"] == 50


def test_hostile_names_are_kept_as_text_and_column_names_are_cut(tmp_path: Path) -> None:
    names = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202egnirts", "A" * 10_000]
    path = tmp_path / "a.csv"
    lines = [f"Namn;\u202eAdress;{'K' * 10_000}", *(f'"{name}";Gatan 1;1' for name in names)]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = understand(path)
    assert found.frame["Namn"].tolist() == names
    assert list(found.frame.columns) == ["Namn", "Adress", "K" * 200]
    assert found.columns["address"] == "Adress"
