"""Repairs of the paths: worked by hand, against networkx on the mended graph, kept and undone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from geo.area.model import Area
from geo.catalog import change_area, open_area, save_area
from geo.cli.parser import main
from geo.ingest import file_changes
from geo.ingest.checks.network_repairs import chosen, proposed_repairs
from geo.ingest.repairs import take_repairs, undo_repair
from geo.network.distances import within
from geo.network.repairs import repaired
from geo.network.walk_network import WalkNetwork, build_network
from geo.output.files.backup import read_everything, write_everything
from geo.output.words.repairs import repairs_line
from geo.store.model import FileChange
from geo.store.store import store_of
from geo.types import SWEREF99_TM
from tests.geo.worlds import street
from tests.refusals import refused

E0, N0 = 660_000.0, 6_584_000.0


def paths(*lines: list[tuple[float, float]]) -> WalkNetwork:
    shapes = [shapely.LineString([(E0 + x, N0 + y) for x, y in line]) for line in lines]
    return build_network(gpd.GeoDataFrame(geometry=shapes, crs=SWEREF99_TM))


def points(*xy: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.Point(E0 + x, N0 + y) for x, y in xy], crs=SWEREF99_TM)


def area_on(network: WalkNetwork) -> Area:
    area = street(homes={100.0: 5.0}, places={0.0: "library"})
    return replace(area, network=network, _snaps={})


TWO_PIECES = (
    [(0, 0), (300, 0)],
    [(303, 0), (403, 0)],
    [(403, 0), (403, 50)],
)
"""A path of 300 m, then a gap of 3 m, then a loose piece of 150 m."""
HORSESHOE = (
    [(0, 0), (200, 0)],
    [(200, 0), (200, 60)],
    [(200, 60), (104, 60)],
    [(104, 60), (104, 4)],
)
"""A path whose last stretch ends 4 m from its first: 96 + 60 + 96 + 56 m to walk there."""


def walked(network: WalkNetwork, one: tuple[float, float], other: tuple[float, float]) -> float:
    found = within(network, points(one), points(other), within_m=5000)
    return float(found.toarray()[0, 0]) if found.nnz else np.inf


def in_networkx(
    network: WalkNetwork, one: tuple[float, float], other: tuple[float, float]
) -> float:
    graph = nx.MultiGraph()
    for line in network.geometry:
        xy = [tuple(np.round(end, 2)) for end in np.array(line.coords)[[0, -1]]]
        graph.add_edge(*xy, metres=line.length)
    ends = [(E0 + one[0], N0 + one[1]), (E0 + other[0], N0 + other[1])]
    return float(nx.shortest_path_length(graph, *ends, weight="metres"))


def test_a_piece_three_metres_off_is_joined_and_walks_are_those_of_networkx() -> None:
    network = paths(*TWO_PIECES)
    (found,) = proposed_repairs(area_on(network))
    assert (found.repair.kind, round(found.metres, 3), round(found.piece_m)) == ("join", 3, 150)
    mended, (told,) = repaired(network, [found.repair])
    assert told.fits
    # From 100 m before the gap to the far end of what was loose: 200 + 3 + 100 + 50.
    assert walked(mended, (100, 0), (403, 50)) == pytest.approx(353, abs=0.01)
    assert walked(mended, (0, 0), (403, 50)) == pytest.approx(
        in_networkx(mended, (0, 0), (403, 50)), abs=0.01
    )
    assert proposed_repairs(area_on(mended)) == ()


def test_a_dead_end_is_lengthened_only_where_the_way_round_is_long() -> None:
    network = paths(*HORSESHOE)
    assert walked(network, (104, 0), (104, 4)) == pytest.approx(308)
    (found,) = proposed_repairs(area_on(network))
    assert (found.repair.kind, round(found.metres, 3)) == ("extend", 4)
    mended, _ = repaired(network, [found.repair])
    assert walked(mended, (104, 0), (104, 4)) == pytest.approx(4, abs=0.01)
    assert proposed_repairs(area_on(network), within_m=3.5) == ()
    near = paths([(0, 0), (50, 0)], [(50, 0), (50, 20)], [(50, 20), (30, 20)], [(30, 20), (30, 3)])
    assert proposed_repairs(area_on(near)) == ()


def test_lines_that_cross_are_not_proposed_and_two_dead_ends_are_joined() -> None:
    bridge = paths([(0, 0), (300, 0)], [(150, -50), (150, 150)])
    assert proposed_repairs(area_on(bridge)) == ()
    ends = paths([(0, 0), (200, 0)], [(0, 0), (0, 80)], [(0, 80), (200, 80)], [(200, 80), (200, 4)])
    (found,) = proposed_repairs(area_on(ends))
    assert (found.repair.kind, round(found.metres, 3)) == ("join", 4)


def test_a_loose_stub_is_taken_away_and_nothing_else() -> None:
    network = paths([(0, 0), (300, 0)], [(100, 40), (130, 40)], [(130, 40), (130, 55)])
    (found,) = proposed_repairs(area_on(network))
    assert (found.repair.kind, round(found.metres)) == ("remove", 45)
    mended, _ = repaired(network, [found.repair])
    assert mended.edges == 1 and mended.nodes == 2
    assert mended.edge_m.sum() == pytest.approx(300)
    assert walked(mended, (0, 0), (300, 0)) == pytest.approx(300)
    with refused("repair_within"):
        proposed_repairs(area_on(network), within_m=51)


def test_a_repair_is_kept_with_who_and_why_and_undone_to_the_digit(home: Path) -> None:
    save_area(area_on(paths(*TWO_PIECES)), home)
    before = open_area("street", home)
    found = proposed_repairs(before)
    with refused("repair_without_why"):
        take_repairs(before, found, "  ", home=home)
    with refused("unknown_repair"):
        chosen(found, ["2"])
    batch = take_repairs(before, chosen(found, ["1"]), "Stigen finns", who="Anna", home=home)
    mended = open_area("street", home)
    assert mended.key != before.key
    (kept,) = mended.repairs
    assert (kept.why, kept.by, kept.fits) == ("Stigen finns", "Anna", True) and kept.at
    assert walked(mended.network, (0, 0), (403, 50)) == pytest.approx(453, abs=0.01)
    assert undo_repair(mended, kept.id, who="Bo", home=home) > batch
    undone = open_area("street", home)
    assert undone.repairs == ()
    ends = (0, 0), (403, 50)
    assert walked(undone.network, *ends) == walked(before.network, *ends) < 450
    assert np.array_equal(undone.network.edge_m, before.network.edge_m)
    with refused("unknown_repair"):
        undo_repair(undone, kept.id, home=home)
    # Taken again it is the same record, and the batch can be undone as any other.
    again = take_repairs(undone, proposed_repairs(undone), "Sedd på plats", home=home)
    assert [each.id for each in open_area("street", home).repairs] == [kept.id]
    file_changes.undo("street", again, who="Bo", home=home)
    assert open_area("street", home).repairs == ()
    assert [each.by for each in store_of("street", home).history(kept.id)][::3] == ["Bo", "Anna"]


def test_paths_read_anew_take_a_repair_that_fits_and_tell_of_one_that_does_not(home: Path) -> None:
    save_area(area_on(paths(*TWO_PIECES)), home)
    area = open_area("street", home)
    take_repairs(area, proposed_repairs(area), "Stigen finns", home=home)

    def read(*lines: list[tuple[float, float]]) -> Area:
        files = open_area("street", home, edited=False)
        made = replace(files, network=paths(*lines), _snaps={})
        return change_area(files, made, FileChange("files_add", ("l",)), home=home).area

    # Cut elsewhere and half a metre off, the paths still have the gap.
    same = read([(0, 0.5), (120, 0.5)], [(120, 0.5), (300, 0.5)], [(303, 0.5), (403, 0.5)])
    assert same.repairs[0].fits
    assert walked(same.network, (0, 0.5), (403, 0.5)) == pytest.approx(403, abs=1.5)
    other = read([(0, 0), (300, 0)], [(340, 0), (403, 0)])
    assert not other.repairs[0].fits
    assert other.network.edges == 2
    assert repairs_line(other, "sv").endswith("Passar inte längre och räknas inte med: 1.")


@pytest.mark.parametrize("ending", [".xlsx", ".gpkg", ".geojson"])
def test_repairs_stand_in_the_copy_of_everything(home: Path, tmp_path: Path, ending: str) -> None:
    save_area(area_on(paths(*TWO_PIECES)), home)
    area = open_area("street", home)
    take_repairs(area, proposed_repairs(area), "Stigen finns", who="Anna", home=home)
    whole = store_of("street", home).everything()
    write_everything(whole, tmp_path / f"allt{ending}")
    assert read_everything(tmp_path / f"allt{ending}") == whole


def test_the_command_lists_takes_by_number_and_takes_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_area(area_on(paths(*TWO_PIECES)), home)
    assert main(["area", "repair", "street", "--take", "1"]) == 2
    assert "--why" in capsys.readouterr().err
    asked = ["area", "repair", "street", "--take", "1", "--why", "Stigen finns", "--who", "Anna"]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["proposed"] == [] and told["within_m"] == 5
    (taken,) = told["taken"]
    assert (taken["kind"], taken["why"], taken["by"]) == ("join", "Stigen finns", "Anna")
    assert main(["area", "repair", "street", "--undo", taken["id"]]) == 0
    assert "Koppla ihop en lös del på 150 m" in capsys.readouterr().out
