"""Areas on disk: what is saved is opened, and what goes wrong harms nothing that was there."""

from __future__ import annotations

import dataclasses
import errno
import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal, assert_geoseries_equal

from geo import presets
from geo.area.folder import _read_table
from geo.area.manifest import area_id, home_folder, slug
from geo.area.model import Area
from geo.area.provenance import LeftOut, Source
from geo.catalog import list_areas, open_area, save_area
from geo.errors import AreaDamaged, AreaNewer, BadName, Cancelled, OutputUnwritable, UnknownArea
from geo.ingest.build import Inputs, build
from geo.ingest.checks.network_audit import audit
from geo.network import distances
from geo.network.walk_network import build_network
from geo.types import SWEREF99_TM, WGS84
from tests.geo import oracle
from tests.tiny import tiny_area

TABLES = ("districts", "people", "places", "buildings", "water")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def area() -> Area:
    """The tiny area with a network of crooked floats, steps, widths, and a full source."""
    generator = np.random.default_rng(5)
    streets = oracle.grid(6, 6)
    shift = generator.normal(0, 1e-3, 2)
    streets["geometry"] = streets.geometry.rotate(17.3, origin=oracle.ORIGIN).translate(*shift)
    streets["steps"] = generator.random(len(streets)) < 0.2
    streets["lit"] = generator.integers(-1, 2, len(streets))
    streets["width_m"] = np.where(streets["steps"], np.nan, generator.random(len(streets)))
    source = Source(
        "preschool",
        "Förskolor",
        licence="CC0",
        date="2025",
        rows=3,
        columns={"id": "skolenhet"},
        left_out=(LeftOut(7, "far_away", {"found": np.float64(12.5), "row": np.int64(3)}),),
    )
    return dataclasses.replace(tiny_area(), network=build_network(streets), sources=(source,))


def folder(home: Path, name: str = "provby") -> Path:
    return home / "areas" / name


def revisions(home: Path) -> list[str]:
    return sorted(path.name for path in folder(home).glob("r*"))


def assert_same(one: Area, other: Area) -> None:
    for part in dataclasses.fields(one.network):
        before, after = getattr(one.network, part.name), getattr(other.network, part.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after, err_msg=part.name)
    assert one.network.crs == other.network.crs
    assert_geoseries_equal(one.boundary, other.boundary, check_less_precise=False)
    for part in TABLES:
        assert_geodataframe_equal(getattr(one, part), getattr(other, part), check_dtype=False)
        np.testing.assert_array_equal(
            getattr(one, part).geometry.to_wkb(), getattr(other, part).geometry.to_wkb()
        )
    assert one.sources == other.sources
    for name in ("id", "name", "demonstration", "revision", "created", "key"):
        assert getattr(one, name) == getattr(other, name)


def test_what_is_saved_is_what_is_opened_to_the_last_bit(area: Area) -> None:
    saved = save_area(area)
    opened = open_area("provby")
    assert_same(saved, opened)
    assert_same(dataclasses.replace(area, revision=1, created=opened.created), opened)
    for profile in presets.profiles().values():
        before, after = (
            distances.nearest(
                one.network,
                one.snapped_people(profile),
                one.snapped_places("preschool", profile),
                profile=profile,
            ).metres
            for one in (area, opened)
        )
        np.testing.assert_array_equal(before, after)


def test_saving_again_gives_a_new_revision_and_another_key(area: Area) -> None:
    first = save_area(area)
    second = save_area(dataclasses.replace(first, name="Ny"))
    assert (first.revision, second.revision, open_area("provby").revision) == (1, 2, 2)
    assert first.key != second.key
    assert open_area("provby").name == "Ny"


def test_snaps_of_the_old_area_do_not_follow_into_the_new(area: Area) -> None:
    first = save_area(area)
    first.snapped_people()
    moved = dataclasses.replace(first, people=first.people.iloc[:5].reset_index(drop=True))
    assert len(save_area(moved).snapped_people()) == 5


def test_a_copy_with_other_people_or_places_snaps_its_own(area: Area) -> None:
    people, libraries = len(area.snapped_people()), len(area.snapped_places("library"))
    fewer = dataclasses.replace(area, people=area.people.iloc[:5])
    bare = dataclasses.replace(area, places=area.places.iloc[:0])
    assert len(fewer.snapped_people()) == 5 and len(bare.snapped_places("library")) == 0
    assert len(area.snapped_people()) == people > 5
    assert len(area.snapped_places("library")) == libraries > 0
    assert area.snapped_people() is area.snapped_people()


def test_the_previous_revision_stays_for_readers_and_older_ones_go(area: Area, home: Path) -> None:
    for _ in range(4):
        save_area(area)
    assert revisions(home) == ["r3", "r4"]


def test_a_reader_that_looked_before_a_save_still_finds_its_files(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_area(area)
    real, saves = _read_table, []

    def read_while_another_saves(path):
        if not saves:
            saves.append(save_area(dataclasses.replace(area, name="Ny")))
        return real(path)

    monkeypatch.setattr("geo.area.folder._read_table", read_while_another_saves)
    assert open_area("provby").revision == 1
    assert open_area("provby").revision == 2


def test_a_folder_of_the_users_own_beside_the_revisions_is_left_alone(
    area: Area, home: Path
) -> None:
    save_area(area)
    for name in ("rapport", "r", "rx1", "r0"):
        (folder(home) / name).mkdir()
    for _ in range(3):
        save_area(area)
    assert {"rapport", "r", "rx1", "r0"} <= set(revisions(home))


@pytest.mark.parametrize("after", range(7))
def test_a_full_disk_at_any_table_leaves_the_old_area(
    area: Area, home: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    save_area(area)
    before = {path: path.read_bytes() for path in folder(home).rglob("*") if path.is_file()}
    written, real = [], gpd.GeoDataFrame.to_parquet

    def full_disk(table, path, **options):
        if len(written) == after:
            Path(path).write_bytes(b"PAR1 half")
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        return real(table, path, **options)

    monkeypatch.setattr(gpd.GeoDataFrame, "to_parquet", full_disk)
    with pytest.raises(OutputUnwritable) as refused:
        save_area(dataclasses.replace(area, name="Ny"))
    assert "No space left" in refused.value.message("sv")
    assert before == {path: path.read_bytes() for path in folder(home).rglob("*") if path.is_file()}
    assert open_area("provby").name == area.name


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), Cancelled(), KeyboardInterrupt(), ValueError("no")]
)
def test_stopping_before_the_last_step_leaves_the_old_area_and_no_litter(
    area: Area, home: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    save_area(area)
    before = sorted(folder(home).rglob("*"))

    def stop(*_args, **_options):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", stop)
        with pytest.raises(OutputUnwritable if isinstance(error, OSError) else type(error)):
            save_area(dataclasses.replace(area, name="Ny"))
    assert sorted(folder(home).rglob("*")) == before
    assert open_area("provby").name == area.name
    assert save_area(area).revision == 2


def test_a_build_killed_while_writing_harms_nothing_and_its_draft_is_cleaned_later(
    area: Area, home: Path
) -> None:
    save_area(area)
    script = (
        "import os, geopandas as gpd; from geo.catalog import open_area, save_area\n"
        "area = open_area('provby'); real, n = gpd.GeoDataFrame.to_parquet, []\n"
        "def dying(*a, **k):\n"
        "    n.append(1)\n"
        "    if len(n) == 4: os._exit(9)\n"
        "    return real(*a, **k)\n"
        "gpd.GeoDataFrame.to_parquet = dying\n"
        "save_area(area)"
    )
    died = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ}, check=False)
    assert died.returncode == 9
    (draft,) = folder(home).glob(".draft-*")
    assert open_area("provby").revision == 1
    assert [card.problem for card in list_areas()] == [""]
    save_area(area)
    assert draft.exists(), "a draft this fresh may belong to a build that is still writing"
    hours_ago = time.time() - 7_200
    os.utime(draft, (hours_ago, hours_ago))
    save_area(area)
    assert not draft.exists()
    assert open_area("provby").revision == 3


def test_a_build_killed_just_before_the_last_step_costs_a_number_and_nothing_else(
    area: Area, home: Path
) -> None:
    save_area(area)
    shutil.copytree(folder(home) / "r1", folder(home) / "r2")
    assert open_area("provby").revision == 1
    assert save_area(area).revision == 3
    assert revisions(home) == ["r1", "r3"], "readers may still have r1 open"


def test_many_writers_at_once_lose_nothing(area: Area, home: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(save_area, [area] * 8))
    assert sorted(one.revision for one in saved) == list(range(1, 9))
    assert open_area("provby").revision == 8, "the last to finish is the one that stands"
    assert_same(open_area("provby"), open_area("provby"))
    assert not list(folder(home).glob(".*"))


def test_an_area_can_be_read_by_colleagues_on_a_shared_disk(area: Area, home: Path) -> None:
    old = os.umask(0o022)
    try:
        save_area(area)
    finally:
        os.umask(old)
    for path in [folder(home), *folder(home).rglob("*")]:
        assert path.stat().st_mode & stat.S_IROTH, path.name


@pytest.mark.parametrize("part", ["network", *TABLES, "boundary"])
@pytest.mark.parametrize("harm", ["missing", "short", "changed", "swapped"])
def test_a_damaged_file_is_named(area: Area, home: Path, part: str, harm: str) -> None:
    save_area(area)
    path = folder(home) / "r1" / f"{part}.parquet"
    content = path.read_bytes()
    if harm == "missing":
        path.unlink()
    elif harm == "short":
        path.write_bytes(content[: len(content) // 2])
    elif harm == "changed":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    else:
        other = "people" if part != "people" else "places"
        shutil.copy(folder(home) / "r1" / f"{other}.parquet", path)
    with pytest.raises(AreaDamaged) as refused:
        open_area("provby")
    assert refused.value.values["area"] == "provby"
    assert f"{part}.parquet" in refused.value.message("sv")


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '"x"', '{"format": "another", "version": 1}', "\x00"],
)
def test_a_broken_description_is_damage_and_still_listed(
    area: Area, home: Path, content: str
) -> None:
    save_area(area)
    (folder(home) / "area.json").write_text(content)
    with pytest.raises(AreaDamaged):
        open_area("provby")
    assert [(card.id, card.problem) for card in list_areas()] == [("provby", "area_damaged")]


@pytest.mark.parametrize(
    "key", ["name", "revision", "files", "sources", "created", "demonstration"]
)
@pytest.mark.parametrize("value", ["gone", None, "x", 7, []])
def test_a_description_with_an_odd_value_never_opens_as_something_else(
    area: Area, home: Path, key: str, value: object
) -> None:
    save_area(area)
    path = folder(home) / "area.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest[key] = value
    if value == "gone":
        del manifest[key]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    list_areas()
    if value == "gone" or key in ("revision", "files"):
        with pytest.raises(AreaDamaged):
            open_area("provby")
    else:
        try:
            open_area("provby")
        except AreaDamaged:
            return


@pytest.mark.parametrize("version", [2, 99, "1", None])
def test_an_area_from_a_newer_program_says_so(area: Area, home: Path, version: object) -> None:
    save_area(area)
    path = folder(home) / "area.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "version": version}), encoding="utf-8")
    with pytest.raises(AreaNewer) as refused:
        open_area("provby")
    assert str(version) in refused.value.message("en")
    assert [card.problem for card in list_areas()] == ["area_newer"]


def test_an_unknown_area_lists_those_there_are(area: Area, home: Path) -> None:
    save_area(area)
    save_area(dataclasses.replace(area, id="annanby", name="Annanby"))
    with pytest.raises(UnknownArea) as refused:
        open_area("tredjeby")
    sentence = refused.value.message("sv")
    assert "annanby, provby" in sentence and "tredjeby" in sentence
    with pytest.raises(UnknownArea):
        open_area("provby", home / "nowhere")


@pytest.mark.parametrize(
    "name", ["../x", "", "Provby", "/etc", "a/b", "..", ".", "åby", "a b", "-a", "a\n", "x" * 65]
)
def test_a_name_that_is_no_short_name_is_refused_with_a_proposal(
    area: Area, home: Path, name: str
) -> None:
    with pytest.raises(BadName) as refused:
        open_area(name)
    assert area_id(refused.value.values["proposal"])
    with pytest.raises(BadName):
        save_area(dataclasses.replace(area, id=name))
    assert not (home / "areas").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hässelby-Vällingby, Stockholm, Sweden", "hasselby-vallingby"),
        ("Östra  Göinge!", "ostra-goinge"),
        ("東京", "omrade"),
        ("Å" * 99, "a" * 64),
    ],
)
def test_a_short_name_is_made_of_any_name(name: str, expected: str) -> None:
    assert area_id(slug(name)) == expected


@pytest.mark.parametrize("name", ["provby", "kopia-av-provby"])
def test_a_copied_folder_opens_elsewhere_under_its_folders_name(
    area: Area, home: Path, tmp_path: Path, name: str
) -> None:
    saved = save_area(area)
    shutil.copytree(folder(home), folder(tmp_path, name))
    shutil.rmtree(home)
    opened = open_area(name, tmp_path)
    assert opened.id == name and opened.name == area.name
    assert_same(dataclasses.replace(saved, id=name), opened)
    assert save_area(opened, tmp_path).revision == 2
    assert [card.id for card in list_areas(tmp_path)] == [name]


def test_the_list_shows_size_and_puts_demonstrations_last(area: Area) -> None:
    save_area(dataclasses.replace(area, id="a", name="Aby", demonstration=True))
    save_area(dataclasses.replace(area, id="z", name="Öby"))
    cards = list_areas()
    assert [card.id for card in cards] == ["z", "a"]
    assert cards[0].people == round(area.people["all"].sum()) and cards[0].places == 6


def test_no_home_yet_is_an_empty_list(tmp_path: Path) -> None:
    assert list_areas(tmp_path / "none") == []


def test_a_home_that_is_a_file_is_said_and_not_written(area: Area, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    with pytest.raises(OutputUnwritable):
        save_area(area, tmp_path / "home")
    assert (tmp_path / "home").read_text() == "x"


def test_home_is_the_argument_then_the_environment_then_the_platforms(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home_folder(tmp_path) == tmp_path
    assert home_folder() == home
    monkeypatch.delenv("NARHET_HOME")
    assert home_folder().name == "narhet"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_folder("~/x") == tmp_path / "x"


def test_what_an_area_has_is_told_in_the_order_of_the_presets(area: Area) -> None:
    assert area.groups == ["all", "children_0_4"]
    assert area.kinds == ["transitional_housing", "meeting_place", "library", "preschool"]
    unknown = area.people.assign(children_0_4=np.nan)
    assert dataclasses.replace(area, people=unknown).groups == ["all"]


def test_heights_in_the_file_become_slopes_that_a_reopened_area_still_has(tmp_path: Path) -> None:
    x, y = oracle.ORIGIN
    spots = [(x, y, 4.0), (x + 100, y, 4.0), (x + 100, y + 100, 24.0), (x, y + 100, 4.0)]
    sides = [shapely.LineString([a, b]) for a, b in itertools.pairwise([*spots, spots[0]])]
    lines = gpd.GeoDataFrame(geometry=sides, crs=SWEREF99_TM).to_crs(WGS84)
    lines.to_file(tmp_path / "hills.geojson")
    area = build("kulle", "Kulle", Inputs(lines=tmp_path / "hills.geojson"))
    assert np.sort(area.network.slope) == pytest.approx([0, 0, 0.2, 0.2], abs=1e-6)
    save_area(area)
    again = open_area("kulle")
    np.testing.assert_array_equal(again.network.slope, area.network.slope)
    assert again.network.walkable(presets.profile("older")).allowed.sum() == 2
    (found,) = audit(again).slopes
    assert found.steep_m == pytest.approx(200, abs=0.1) and found.unknown_share == 0
