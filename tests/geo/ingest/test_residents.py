"""People per statistical area put into an area: from the service, from files, joined with outlines
of the same drawing, and told when they are not.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.errors import OnlineError
from geo.ingest.build import Inputs, build
from geo.ingest.residents import Ask, add_statistics
from geo.output.maps.places_and_gaps import sources_table
from geo.sources import http
from geo.sources.statistics import outlines
from geo.sources.statistics.files import read_figures
from geo.sources.statistics.join import join
from geo.sources.statistics.outlines import fetch_outlines, read_outlines
from geo.types import SWEREF99_TM
from tests.geo.fake_statistics import Agencies, Odd, blocks, running
from tests.geo.worlds import street
from tests.refusals import refused

CODES = ("0127A0010", "0127C1010", "0127C1021")


@pytest.fixture
def scb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agencies]:
    monkeypatch.setattr(http, "BUSY_PAUSE_S", 0.01)
    with running(Agencies()) as served:
        monkeypatch.setenv("NARHET_SCB_URL", f"{served.url}/scb")
        monkeypatch.setenv("NARHET_SCB_GEODATA_URL", f"{served.url}/geodata")
        yield served


def world() -> Area:
    return street(homes={100.0: 5.0, 900.0: 7.0}, places={0.0: "library"})


def shapes(
    folder: Path, codes: tuple[str, ...] = CODES, name: str = "deso2025.geojson", **more: list[str]
) -> Path:
    path = folder / name
    squares = blocks(codes)
    table = gpd.GeoDataFrame({"desokod": list(codes), **more}, geometry=squares.values)
    path.write_text(table.to_json(), encoding="utf-8")
    return path


def table(folder: Path, *rows: str, name: str = "figures.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_people_of_the_service_stand_along_the_paths_of_their_outlines(scb: Agencies) -> None:
    added = add_statistics(world(), Ask("deso", 2025, "0127"))
    people = added.area.people
    assert added.totals == {
        "all": 3600, "children_0_4": 180, "children_5_9": 199, "foreign_background": 1803,
        "born_abroad": 300 + 376 + 240 + 301 + 180 + 226,
    }  # fmt: skip
    sums = people.groupby("unit")["all"].sum()
    assert sums.round(6).to_dict() == {"0127A0010": 1500, "0127C1010": 1200, "0127C1021": 900}
    assert people["estimated"].all()
    assert set(people["district"]) == {"Väst", "Öst"}
    assert (added.fit.both, added.fit.figures_vintage, added.fit.outlines_vintage) == (
        4, "2025", "2025",
    )  # fmt: skip
    assert scb.questions("/stat/wfs")[0]["CQL_FILTER"] == "kommunkod='0127'"


@pytest.mark.usefixtures("scb")
def test_an_area_without_figures_has_no_people_and_is_counted_as_unknown() -> None:
    added = add_statistics(world(), Ask("deso", 2025, "0127"))
    assert "0127C1022" not in set(added.area.people["unit"])
    assert set(added.unknown.values()) == {1}


@pytest.mark.usefixtures("scb")
def test_sources_and_their_columns_survive_a_save(home: Path) -> None:
    save_area(add_statistics(world(), Ask("deso", 2025, "0127")).area, home)
    area = open_area("street", home)
    titles = [source.title for source in area.sources if source.part.startswith("people")]
    assert titles == [
        "SCB TAB6574 FolkmDesoAldKon, DeSO 2025, 2025",
        "SCB TAB6571 FolkmDesoBakgrKon, DeSO 2025, 2025",
        "SCB TAB6572 FolkmDesoLandKon, DeSO 2025, 2025",
        "SCB, DeSO 2025 (DeSO_2025)",
    ]
    shown = sources_table(area, "sv")
    assert shown.iloc[1:, 1].tolist() == titles
    assert set(shown.iloc[1:, 2]) == {"CC0 1.0"}
    assert shown.iloc[-1, 3] == "2025-01-01"
    first = next(source for source in area.sources if source.part == "people")
    assert first.columns["children_0_4"] == "TAB6574 Alder=-4"


def test_outlines_come_in_pages_and_each_once(
    scb: Agencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "PAGE", 2)
    found = fetch_outlines("deso", "2025", "0127")
    assert found.frame["code"].tolist() == list(scb.outlines["DeSO_2025"])
    assert [asked["startIndex"] for asked in scb.questions("/stat/wfs")] == ["0", "2"]
    metres = found.frame.geometry.to_crs(SWEREF99_TM)
    assert metres.area.round(0).tolist() == [20000.0] * 4


def test_fewer_outlines_than_the_service_says_it_has_are_not_taken_for_all(scb: Agencies) -> None:
    squares = blocks(("0127A0010",))
    feature = {
        "geometry": json.loads(squares.to_json())["features"][0]["geometry"],
        "properties": {"desokod": "0127A0010"},
        "type": "Feature",
    }
    short = {"type": "FeatureCollection", "features": [feature], "numberMatched": 2}
    scb.odd = [Odd(body=json.dumps(short).encode())] * 2
    with refused("service_answer", OnlineError):
        fetch_outlines("deso", "2025", "0127")


def test_an_outline_service_that_answers_something_else_is_told(scb: Agencies) -> None:
    scb.odd = [Odd(body=b'{"features": [1]}')]
    with refused("service_answer", OnlineError):
        fetch_outlines("deso", "2025", "0127")


@pytest.mark.usefixtures("scb")
def test_outlines_mostly_outside_the_area_are_left_away() -> None:
    area = world()
    west = area.districts[area.districts["name"] == "Väst"]
    half = Area(**{**_parts(area), "boundary": west.geometry.reset_index(drop=True)})
    added = add_statistics(half, Ask("deso", 2025, "0127"))
    assert set(added.area.people["unit"]) == {"0127A0010"}
    assert added.totals["all"] == 1500


def _parts(area: Area) -> dict[str, object]:
    names = ("id", "name", "network", "boundary", "districts", "people", "places", "buildings",
             "water", "sources")  # fmt: skip
    return {name: getattr(area, name) for name in names}


def test_new_figures_of_the_areas_own_units_keep_their_points(scb: Agencies) -> None:
    area = add_statistics(world(), Ask("deso", 2024, "0127")).area
    again = add_statistics(area, Ask(year=2025))
    assert again.area.people.geometry.geom_equals(area.people.geometry).all()
    sums = again.area.people.groupby("unit")["all"].sum().round(6).to_dict()
    assert sums == {"0127A0010": 1500, "0127C1010": 1200, "0127C1021": 900}
    share = area.people["all"] / area.people.groupby("unit")["all"].transform("sum")
    now = again.area.people["children_0_4"]
    whole = again.area.people.groupby("unit")["children_0_4"].transform("sum")
    assert np.allclose(now / whole, share)
    assert len(scb.questions("/stat/wfs")) == 1
    assert sum(source.part == "people" for source in again.area.sources) == 3


def test_groups_without_new_figures_stay_in_the_areas_own_units(tmp_path: Path) -> None:
    first = table(tmp_path, "deso,pop_2025,age0_4", "0127A0010,200,11", "0127C1010,300,12")
    area = add_statistics(world(), Ask(file=first, outlines=shapes(tmp_path))).area
    abroad = table(tmp_path, "deso,pop_2025,utrikes_fodda", "0127A0010,210,80", name="abroad.csv")
    added = add_statistics(area, Ask(file=abroad))
    sums = added.area.people.groupby("unit")[["all", "children_0_4", "born_abroad"]].sum()
    assert sums.round(6).loc["0127A0010"].tolist() == [210, 11, 80]
    own = added.area.people[added.area.people["unit"] == "0127C1010"]
    assert own["all"].sum() == pytest.approx(300), "the same year: the file says nothing of it"
    assert own["children_0_4"].sum() == pytest.approx(12)
    assert added.unknown == {"all": 0, "born_abroad": 1}
    by_file = {s.file: set(s.columns) for s in added.area.sources if s.part == "people"}
    assert by_file == {
        "abroad.csv": {"all", "born_abroad", "unit"},
        "figures.csv": {"all", "children_0_4", "unit"},
    }  # fmt: skip
    assert added.gone == ()


def test_new_outlines_leave_the_groups_and_the_areas_that_the_file_lacks(tmp_path: Path) -> None:
    first = table(tmp_path, "deso,pop_2025,age0_4", "0127A0010,200,11")
    area = add_statistics(world(), Ask(file=first, outlines=shapes(tmp_path))).area
    second = table(tmp_path, "deso,pop_2025", "0127C1010,300")
    added = add_statistics(area, Ask(file=second, outlines=shapes(tmp_path)))
    assert added.gone == ()
    sums = added.area.people.groupby("unit")[["all", "children_0_4"]].sum()
    assert sums.round(6).loc["0127A0010"].tolist() == [200, 11]
    assert sums.round(6).loc["0127C1010"].tolist() == [300, 0]
    assert added.area.people["id"].is_unique


def test_regso_can_be_made_of_the_deso_that_say_theirs(tmp_path: Path) -> None:
    regions = ["0127R001", "0127R001", "0127R002"]
    path = shapes(tmp_path, regso=regions, regso_name=["Alby norra", "Alby norra", "Fittja"])
    found = read_outlines(path, "regso")
    assert found.frame["code"].tolist() == ["0127R001", "0127R002"]
    assert found.frame["name"].tolist() == ["Alby norra", "Fittja"]
    metres = found.frame.geometry.to_crs(SWEREF99_TM).area.round(-1).tolist()
    assert metres == [53_330.0, 26_670.0]
    assert (found.vintage, found.source.made) == ("2025", "dissolved")


@pytest.mark.usefixtures("scb")
def test_figures_of_another_drawing_than_the_areas_own_are_refused() -> None:
    area = add_statistics(world(), Ask("deso", 2025, "0127")).area
    with refused("vintage_mismatch") as caught:
        add_statistics(area, Ask(year=2023))
    message = caught.value.message("en")
    assert "DeSO 2018" in message and "DeSO 2025" in message and "2 of 3" in message
    with refused("older_year"):
        add_statistics(area, Ask(year=2023, other_vintage=True))
    added = add_statistics(area, Ask(year=2023, other_vintage=True, replace_year=True))
    assert added.fit.differ and added.fit.both == 2
    assert added.fit.by_vintage == {"2018": 2, "2025": 3}
    assert added.unknown["all"] == 1
    assert [row.values["found"] for row in added.left_out] == ["0127C1021"]
    assert added.totals["all"] == pytest.approx(1490 + 1190)


@pytest.mark.usefixtures("scb")
def test_bare_codes_tell_their_drawing_where_only_one_has_them_all(tmp_path: Path) -> None:
    path = shapes(tmp_path, ("0127A0010", "0127C1020"), name="omraden.geojson")
    with refused("vintage_mismatch"):
        add_statistics(world(), Ask("deso", 2025, outlines=path))
    old = add_statistics(world(), Ask("deso", 2022, outlines=path))
    assert (old.fit.figures_vintage, old.fit.outlines_vintage) == ("2018", "2018")
    either = shapes(tmp_path, ("0127A0010", "0127C1010"), name="omraden.geojson")
    unsure = add_statistics(world(), Ask("deso", 2025, outlines=either))
    assert unsure.fit.outlines_vintage == ""


def test_a_file_joins_with_a_file_by_code(tmp_path: Path) -> None:
    figures = table(
        tmp_path, "deso,pop_2025,age0_4", "0127C1010,300,..", "0127A0010,200,11", "0127C9999,7,1"
    )
    added = add_statistics(world(), Ask(file=figures, outlines=shapes(tmp_path)))
    assert added.totals == {"all": 500, "children_0_4": 11}
    assert added.unknown == {"all": 0, "children_0_4": 1}
    assert [(row.row, row.reason) for row in added.left_out] == [
        (2, "unknown"), (4, "no_outline"), (3, "no_figures"),
    ]  # fmt: skip
    parts = [source for source in added.area.sources if source.part.startswith("people")]
    assert [source.title for source in parts] == [
        "SCB, DeSO (figures.csv)", "SCB, DeSO (deso2025.geojson)",
    ]  # fmt: skip
    assert [source.date for source in parts] == ["2025", ""]


def test_names_join_within_their_municipality_only(tmp_path: Path) -> None:
    codes = ("0136R001", "0136R002")
    path = tmp_path / "regso2020.geojson"
    frame = gpd.GeoDataFrame(
        {"regsokod": list(codes), "regsonamn": ["Gudö", "Centrum"]}, geometry=blocks(codes).values
    )
    path.write_text(frame.to_json(), encoding="utf-8")
    figures = table(
        tmp_path,
        "region,födelseregion,Antal 2023",
        "Haninge (Gudö),totalt,3652",
        "Botkyrka (Centrum),totalt,900",
    )
    added = add_statistics(world(), Ask(file=figures, outlines=path))
    assert added.totals == {"all": 3652}
    residents = added.area.people[added.area.people["all"] > 0]
    assert residents["unit"].unique().tolist() == ["0136R001"]
    assert sorted(row.reason for row in added.left_out) == ["no_figures", "no_outline"]


def test_a_file_of_another_drawing_is_refused_and_joins_only_when_told_to(tmp_path: Path) -> None:
    figures = table(tmp_path, "deso,pop_2023", "0127A0010,200", "0127C1020,300")
    path = shapes(tmp_path)
    with refused("vintage_mismatch") as caught:
        add_statistics(world(), Ask(file=figures, outlines=path))
    assert "1 av 3" in caught.value.message("sv")
    added = add_statistics(world(), Ask(file=figures, outlines=path, other_vintage=True))
    assert added.totals == {"all": 200}


def test_the_version_column_says_the_drawing_of_a_layer(tmp_path: Path) -> None:
    path = shapes(tmp_path, name="lager.geojson", version=["2018_v3"] * 3)
    assert read_outlines(path, "deso").vintage == "2018"
    mixed = shapes(tmp_path, name="lager.geojson", version=["2018_v3", "2025_v2", "2025_v2"])
    assert read_outlines(mixed, "deso").vintage == ""


def test_figures_that_meet_no_outline_are_told_with_an_example(tmp_path: Path) -> None:
    figures = table(tmp_path, "deso,pop_2025", "0180A0010,200")
    with refused("no_outlines") as caught:
        add_statistics(world(), Ask(file=figures, outlines=shapes(tmp_path)))
    message = caught.value.message("en")
    assert "0180A0010" in message and "0127A0010" in message


def test_an_area_that_tells_no_municipality_is_asked_for_one() -> None:
    with refused("bad_municipality"):
        add_statistics(world(), Ask())
    with refused("bad_municipality"):
        add_statistics(world(), Ask(municipality="Botkyrka"))
    with refused("bad_option"):
        add_statistics(world(), Ask(level="nyko"))


def test_residents_of_housing_stay_as_they_are(tmp_path: Path) -> None:
    area = world()
    at = area.people.geometry.iloc[0]
    rows = ("name,lat,lon,residents", f"Gatan 3,{at.y},{at.x},31")
    housing = table(tmp_path, *rows, name="h.csv")
    area = build("street", "", Inputs(places=(("transitional_housing", housing),)), earlier=area)
    figures = table(tmp_path, "deso,pop_2025", "0127A0010,200")
    added = add_statistics(area, Ask(file=figures, outlines=shapes(tmp_path)))
    assert added.totals == {"all": 200}
    rows = added.area.people[added.area.people["origin"] == "transitional_housing"]
    assert rows["newcomers"].tolist() == [31]
    assert math.isnan(rows["all"].iloc[0])


def test_a_borough_of_real_figures_keeps_every_total(shared_data: Path, tmp_path: Path) -> None:
    """Hässelby-Vällingby: 76,322 people in 42 areas, as in the file the figures are taken from."""
    borough = shared_data / "hasselby-vallingby"
    area = build("hv", "", Inputs(lines=borough / "walk_lines.geojson.gz"))
    document = json.loads((borough / "deso2025.geojson").read_text(encoding="utf-8"))
    rows = [feature["properties"] for feature in document["features"]]
    lines = [
        f"{row['deso']}_DeSO2025,{age},{row[column] + 1}"
        for row in rows
        for age, column in (("totalt", "pop_2025"), ("0-4 år", "age0_4"))
    ]
    file = table(tmp_path, "region,ålder,Folkmängd 2025", *lines)
    added = add_statistics(area, Ask(file=file, outlines=borough / "deso2025.geojson"))
    assert added.totals == {"all": 76_322 + 42, "children_0_4": 3_828 + 42}
    assert added.area.people["all"].sum() == pytest.approx(76_364)
    assert (added.fit.both, added.fit.outlines_vintage, added.fit.figures_vintage) == (
        42, "2025", "2025",
    )  # fmt: skip
    assert added.left_out == ()


def test_regions_made_of_a_boroughs_areas_hold_the_regions_people(shared_data: Path) -> None:
    regions = read_outlines(shared_data / "hasselby-vallingby" / "deso2025.geojson", "regso")
    figures = read_figures(shared_data / "regso_foreign_born_2020_2023.csv")
    with refused("vintage_mismatch"):
        join(figures, regions)
    joined = join(figures, regions, other_vintage=True).frame
    assert len(joined) == 9
    assert (joined["all"].sum(), joined["born_abroad"].sum()) == (76_259, 27_263)


def test_the_long_file_of_haninge_joins_its_regions_by_name(shared_data: Path) -> None:
    """Figures of RegSO 2020 beside outlines of RegSO 2025: refused, and joined when told to."""
    file = shared_data / "messy" / "scb_regso_foreign_born_bom_utf8.csv"
    regions = read_outlines(shared_data / "haninge" / "regso2025.geojson", "regso")
    figures = read_figures(file)
    with refused("vintage_mismatch") as caught:
        join(figures, regions)
    assert (caught.value.values["both"], caught.value.values["areas"]) == (25, 25)
    joined = join(figures, regions, other_vintage=True).frame
    # Each region's total of 2023 stands in the outlines' own file as well.
    stated = json.loads((shared_data / "haninge" / "regso2025.geojson").read_text("utf-8"))
    there = {f["properties"]["regso"]: f["properties"] for f in stated["features"]}
    assert len(joined) == 25
    for unit, everyone, abroad in zip(
        joined["unit"], joined["all"], joined["born_abroad"], strict=True
    ):
        assert everyone == there[unit]["Antal 2023 totalt"]
        share = there[unit]["utrikes_fodda_pct_2023"]
        assert abs(100 * abroad / everyone - share) < 0.051


def test_the_areas_of_haninge_join_by_code_and_keep_their_totals(shared_data: Path) -> None:
    file = shared_data / "haninge" / "haninge_deso2025_stats.csv"
    areas = read_outlines(shared_data / "haninge" / "deso2025_partial.geojson", "deso")
    figures = read_figures(file)
    joined = join(figures, areas)
    assert (joined.fit.figures, joined.fit.outlines, joined.fit.both) == (51, 30, 30)
    assert figures.frame["all"].sum() == 96_178
    stated = json.loads((shared_data / "haninge" / "deso2025_partial.geojson").read_text("utf-8"))
    whole = sum(f["properties"]["pop_2025"] for f in stated["features"])
    assert joined.frame["all"].sum() == whole
    assert sum(row.reason == "no_outline" for row in joined.left_out) == 21
