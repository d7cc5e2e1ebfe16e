"""What the check says of where places lie: worked by hand on a street of a kilometre."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
from shapely.geometry import box

from geo.area.provenance import ADDRESSES
from geo.ingest.checks.fixes import check_places, fixed
from geo.ingest.checks.rows import Address
from geo.types import SWEREF99_TM, WGS84
from tests.geo.ingest.checks.worlds import TODAY, Stand, found, table_of, the_street, told
from tests.geo.worlds import NORTH, WEST


def test_places_that_stand_well_are_told_nothing() -> None:
    area = the_street(Storgatan_2=100.0, Storgatan_90=900.0)
    good = (
        Stand("a", (110, 5), "Solen", "Storgatan 2"),
        Stand("b", (880, -5), "Månen", "Storgatan 90"),
        Stand("c", (500, 0), "Stjärnan", "Lillgatan 1"),
        Stand("d", (500, 0), "Kometen"),
    )
    assert found(*good, area=area) == ()


def test_a_place_far_from_its_own_house_is_told_and_moved_there() -> None:
    area = the_street(Storgatan_2=100.0)
    at_limit = Stand("near", (399, 0), "Solen", "Storgatan 2")
    beyond = Stand("far", (402, 0), "Månen", "Storgatan 2 B")
    (problem,) = found(at_limit, beyond, area=area)
    assert (problem.code, problem.record, problem.severity) == ("far_from_address", "far", "error")
    assert problem.values["metres"] == pytest.approx(302, abs=0.01)
    assert problem.message("sv") == "”Månen” ligger 302\u00a0m från sin adress, Storgatan 2 B."
    assert problem.fix is not None
    assert problem.fix.what == "move"
    moved, unplaced = fixed(table_of(at_limit, beyond), [problem.fix])
    assert unplaced == ()
    there = moved.to_crs(SWEREF99_TM).geometry.iloc[1]
    assert (there.x - WEST, there.y - NORTH) == pytest.approx((100, 0), abs=0.001)


def test_a_house_number_may_lie_fifteen_metres_a_number_from_a_known_one() -> None:
    """10 numbers away: 300 + 10 · 15 = 450 m."""
    area = the_street(Storgatan_10=100.0)
    ok = Stand("ok", (549, 0), "Solen", "Storgatan 20")
    off = Stand("off", (551, 0), "Månen", "Storgatan 20")
    (problem,) = found(ok, area=area) + found(off, area=area)
    assert (problem.code, problem.record) == ("far_from_street", "off")
    assert problem.fix is not None
    assert problem.fix.what == "unplace"


def test_a_street_of_which_no_number_is_known_is_a_kilometre_long() -> None:
    area = the_street(Storgatan_x=0.0)
    assert found(Stand("a", (995, 0), "Solen", "Storgatan 7"), area=area) == ()
    far = Stand("b", (1005, 0), "Solen", "Storgatan 7")
    assert told(found(far, area=area)) == {("far_from_street", "b")}


def test_two_of_one_street_that_lie_apart_are_both_told_and_a_third_decides() -> None:
    one = Stand("a", (0, 0), "Solen", "Storgatan 2")
    other = Stand("b", (500, 0), "Månen", "Storgatan 4")
    assert told(found(one, other)) == {("streets_apart", "a"), ("streets_apart", "b")}
    third = Stand("c", (90, 0), "Stjärnan", "Storgatan 8")
    assert told(found(one, other, third)) == {("streets_apart", "b")}


def test_different_streets_on_one_point_are_told_and_the_one_that_belongs_is_not() -> None:
    one = Stand("a", (100, 0), "Solens förskola", "Storgatan 2")
    other = Stand("b", (100, 0), "Förskolan Månen", "Lillgatan 8")
    both = found(one, other)
    assert told(both) == {("shared_point", "a"), ("shared_point", "b")}
    assert {problem.severity for problem in both} == {"warning"}
    (only,) = found(one, other, area=the_street(Storgatan_2=110.0))
    assert (only.code, only.record, only.severity) == ("shared_point", "b", "error")
    assert only.others == ("a",)


def test_like_names_on_one_point_were_looked_up_by_name() -> None:
    one = Stand("a", (100, 0), "Förskolan Ekbacken", "Storgatan 2")
    other = Stand("b", (100, 0), "Ekbackens förskola", "Lillgatan 8")
    both = found(one, other)
    assert told(both) == {("shared_by_name", "a"), ("shared_by_name", "b")}
    assert {problem.severity for problem in both} == {"error"}
    left, unplaced = fixed(table_of(one, other), [p.fix for p in both[:1] if p.fix])
    assert unplaced == ("a",)
    assert list(left["id"]) == ["b"]
    assert found(other) == ()


def test_numbers_of_one_street_on_one_point_are_a_note_until_they_would_lie_apart() -> None:
    one = Stand("a", (100, 0), "Solen", "Storgatan 2")
    near = found(one, Stand("b", (100, 0), "Månen", "Storgatan 22"))
    assert {(p.code, p.severity) for p in near} == {("shared_street", "note")}
    far = found(one, Stand("b", (100, 0), "Månen", "Storgatan 23"))
    assert {(p.code, p.severity) for p in far} == {("shared_street", "warning")}, "21 · 15 = 315 m"
    assert found(one, Stand("b", (100, 0), "Månen", "Storgatan 2 A")) == ()


def test_many_of_one_address_on_a_point_are_not_each_compared_with_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count, asked = 400, []
    gap = Address.gap
    monkeypatch.setattr(Address, "gap", lambda one, other: asked.append(1) or gap(one, other))
    same = [Stand(str(row), (100, 0), f"Solen {row}", "Storgatan 2") for row in range(count)]
    problems = found(*same, Stand("b", (100, 0), "Månen", "Storgatan 22"))
    shared = [problem for problem in problems if problem.code == "shared_street"]
    assert len(shared) == count + 1
    assert {problem.others for problem in shared if problem.record != "b"} == {("b",)}
    assert len(shared[-1].others) == 50
    assert len(asked) <= 10 * count, "before: once for each pair"


def test_outside_the_area_is_told_from_beside_it() -> None:
    """The area ends 50 m beside the street; a kilometre more is beside it, five another town."""
    stands = [Stand(f"{m}", (500, m), f"Plats {m}") for m in (1040.0, 1060.0, 5060.0)]
    problems = {p.record: p for p in found(*stands) if p.code == "outside"}
    assert {own: p.severity for own, p in problems.items()} == {
        "1060.0": "warning",
        "5060.0": "error",
    }
    assert problems["5060.0"].values["metres"] == pytest.approx(5010, abs=1)
    assert "5,0\u00a0km" in problems["5060.0"].message("sv")
    assert "5.0\u00a0km" in problems["5060.0"].message("en")


def test_off_the_paths_is_told_from_fifty_metres() -> None:
    stands = [Stand(f"{m}", (500, m), f"Plats {m}") for m in (49.0, 51.0, 600.0)]
    assert told(found(*stands)) == {("off_paths", "51.0"), ("unreachable", "600.0")}


def test_far_from_the_rest_of_the_file_is_told_inside_a_wide_area() -> None:
    """Eleven within a kilometre of each other and one 6 km off: the limit is 5 km."""
    wide = gpd.GeoSeries([box(WEST - 9e3, NORTH - 9e3, WEST + 9e3, NORTH + 9e3)], crs=SWEREF99_TM)
    area = replace(the_street(), boundary=wide.to_crs(WGS84))
    crowd = [Stand(f"c{at}", (at * 90.0, 0), f"Plats {at}") for at in range(11)]
    lost = Stand("lost", (450, 6000), "Vilse")
    assert ("far_from_rest", "lost") in told(found(*crowd, lost, area=area))
    assert "far_from_rest" not in {code for code, _ in told(found(*crowd[:5], lost, area=area))}


def test_a_name_of_another_district_is_a_note() -> None:
    area = the_street()
    area = replace(area, districts=area.districts.assign(name=["Västerby", "Österby"]))
    far = gpd.GeoSeries([box(WEST + 2500, NORTH - 50, WEST + 2600, NORTH + 50)], crs=SWEREF99_TM)
    shapes = [area.districts.geometry.iloc[0], far.to_crs(WGS84).iloc[0]]
    area = replace(area, districts=area.districts.set_geometry(gpd.GeoSeries(shapes, crs=WGS84)))
    (problem,) = found(
        Stand("a", (500, 0), "Österbys bibliotek"),
        Stand("b", (500, 0), "Västerby bibliotek"),
        Stand("c", (800, 0), "Österbyg skola"),
        area=area,
    )
    assert (problem.code, problem.record, problem.severity) == ("other_district", "a", "note")
    assert problem.values == {
        "name": "Österbys bibliotek",
        "district": "Österby",
        "metres": pytest.approx(2000, abs=1),
    }


def test_a_postcode_decides_where_the_street_is_unknown() -> None:
    area = the_street(Storgatan_1=0.0, Storgatan_3=50.0, Storgatan_5=100.0)
    known = area.addresses.assign(postcode="123 45")
    area = replace(area, addresses=known[[*ADDRESSES, "geometry"]])
    near = Stand("near", (0, 990), "Solen", "Lillgatan 3, 123 45 Orten")
    far = Stand("far", (0, 2010), "Månen", "Okänd plats", details={"postnummer": "12345"})
    codes = told(found(near, far, area=area))
    assert ("far_from_postcode", "far") in codes
    assert ("far_from_postcode", "near") not in codes


def test_rows_of_the_file_are_told_and_order_the_answer() -> None:
    one, other = Stand("a", (500, 60), "Solen"), Stand("b", (400, 70), "Månen")
    problems = found(one, other, rows={"a": 9, "b": 4})
    assert [(p.record, p.row) for p in problems] == [("b", 4), ("a", 9)]


def test_places_the_area_has_are_compared_with_and_not_told() -> None:
    there = table_of(
        Stand("old", (100, 0), "Förskolan Ekbacken", "Lillgatan 8"),
        Stand("far", (500, 600), "Vilse"),
    )
    new = Stand("new", (100, 0), "Ekbacken", "Storgatan 2")
    (problem,) = found(new, against=there)
    assert (problem.code, problem.record, problem.others) == ("shared_by_name", "new", ("old",))
    again = Stand("old", (100, 0), "Förskolan Ekbacken", "Storgatan 2")
    assert found(again, against=there) == (), "a record read again is not its own double"


def test_restricted_housing_is_never_told_nor_compared_with() -> None:
    secret = Stand(
        "s", (100, 0), "Hemliga huset", "Storgatan 2", "transitional_housing", {"skyddat": "ja"}
    )
    other = Stand("b", (100, 0), "Månen", "Lillgatan 8")
    assert found(secret, other) == ()
    assert found(other, against=table_of(secret)) == ()


def test_no_places_and_places_without_points_are_no_trouble() -> None:
    assert check_places(table_of(), area=the_street(), today=TODAY) == ()
    assert found(Stand("a", None, "Solen", "Storgatan 2"), Stand("b", None, "Månen")) == ()
