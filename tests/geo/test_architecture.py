"""The house rules, read from the syntax trees: who may import what, what a page may hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GEO = sorted((ROOT / "geo").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
PAGE_FILES = [path for path in sorted((ROOT / "pages").glob("*.py")) if path.name != "__init__.py"]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in GEO + PAGES}
MOST_LINES = 400
"""The house aims at 350; a module that needs more than this wants a door between two rooms."""


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(TREES[path])}


@pytest.mark.parametrize("path", GEO, ids=shown)
def test_the_planner_knows_no_screen(path: Path) -> None:
    assert not packages(path) & {"streamlit", "streamlit_folium", "pages", "app"}


@pytest.mark.parametrize("path", GEO + PAGES, ids=shown)
def test_only_the_screen_map_imports_folium(path: Path) -> None:
    if path != ROOT / "geo" / "output" / "screen.py":
        assert not packages(path) & {"folium", "branca"}


def test_the_core_does_not_look_up_at_what_is_built_on_it() -> None:
    """sources → area → reach → gaps → outputs: a layer imports only what lies below it."""
    below = {
        "kernels": set(),
        "errors": {"texts"},
        "texts": set(),
        "presets": {"errors", "texts"},
        "chains": set(),
        "network": {"chains", "errors", "presets"},
        "folder": {"errors"},
        "ranked_kernel": {"kernels"},
        "searching": {"errors", "kernels", "network", "presets"},
        "field_kernel": {"kernels"},
        "join": {"chains", "errors", "network"},
        "outline_kernel": set(),
        "route_kernel": set(),
        "isochrones": {"errors", "network", "outline_kernel", "presets", "route_kernel"},
        "route": {"network", "presets", "route_kernel", "searching"},
        "pairs": {"errors", "kernels", "network", "presets", "searching"},
        "reach": {
            *("kernels", "network", "pairs", "presets", "ranked_kernel", "searching"),
            *("isochrones", "route"),
        },
        "stored": {"network"},
        "regions": {"network", "texts"},
        "restricted": {"network", "preschool_rules", "presets", "regions", "sources", "texts"},
        "columns": {"network"},
        "origin": set(),
        "area": {
            "columns",
            "errors",
            "folder",
            "network",
            "origin",
            "presets",
            "restricted",
            "sources",
            "store",
            "stored",
        },
    }
    for module, allowed in below.items():
        names = imported(TREES[ROOT / "geo" / f"{module}.py"])
        own = {name.split(".")[1] for name in names if name.startswith("geo.")}
        assert own <= allowed, module


ROOMS = {
    "location": {"errors", "kernels"},
    "sites": {"location"},
    "catchments": {"capacity_checks", "decays", "errors", "location"},
    "assignment": {"capacity_checks", "errors", "families", "location"},
    "report": {"mapview"},
    "record": {"report"},
}
"""Rooms that know matrices or words only: what each may know of the house."""
GROUND = {
    *("area", "columns", "errors", "network", "people", "places", "presets", "privacy"),
    *("restricted", "sources", "texts"),
}
"""What an area is and where it comes from."""
ON_AN_AREA = {
    "addresses": set(),
    "activity": {"opening"},
    "associations": {"activity"},
    "newcomers": {"activity", "opening"},
    "checking": {"barriers", "opening", "preschool_rules"},
    "keeping": set(),
    "store": {"keeping"},
    "importing": {"addresses", "checking", "opening", "preschool_rules", "store"},
    "editing": {"addresses", "checking", "importing", "store"},
    "settling": {"activity", "store"},
    "scenario": {"gaps", "placing"},
    "saved": {"scenario", "store"},
    "meeting": {
        *("activity", "associations", "capacity", "decays", "newcomers"),
        *("preschool_rules", "reach"),
    },
}
"""Rooms that rest on an area: what else each may know."""
SILENT = (
    *("addresses", "activity", "associations", "newcomers", "checking", "keeping", "store"),
    *("editing", "settling", "scenario", "saved", "meeting", "reaching", "banking", "outreach"),
)
"""Rooms that ask no service over the network."""
SERVICES = {"asking", "lookup", "online", "outlines", "scb", "services", "skolverket"}
"""Rooms of ``geo/sources`` that do."""
CORE = {*ON_AN_AREA, "banking", "outreach", "reaching", "sources"}
"""Rooms that know no way out: no files of answers, no maps, no commands."""
SCREENLESS = {
    "outreach",
    "banking",
    "reaching",
    "meeting",
    "activity",
    "checking",
    "scenario",
    "saved",
    "keeping",
    "store",
    "addresses",
    "importing",
    "placing",
    "reporting",
    "candidates",
    "shortage",
    "surge",
    "growing",
    "sites",
}
"""Rooms that answer: they know neither maps on screen nor commands."""


@pytest.mark.parametrize("room", ROOMS)
def test_models_know_matrices_and_a_report_knows_words(room: str) -> None:
    assert _known(room) <= ROOMS[room]


@pytest.mark.parametrize("room", sorted(SCREENLESS))
def test_a_room_that_answers_knows_no_command_and_no_screen(room: str) -> None:
    assert not {name for name in _known(room) if name.startswith(("commands", "cli", "console"))}
    assert "screen" not in {
        part for path in _files(room) for name in imported(TREES[path]) for part in name.split(".")
    }


@pytest.mark.parametrize("room", sorted(ON_AN_AREA))
def test_a_room_on_an_area_knows_what_it_says_and_no_more(room: str) -> None:
    assert _known(room) <= GROUND | ON_AN_AREA[room]


@pytest.mark.parametrize("room", sorted(CORE))
def test_the_core_knows_no_way_out(room: str) -> None:
    outward = ("cli", "commands", "console", "mapview", "output", "report", "views")
    assert not {name for name in _known(room) if name.startswith(outward)}


@pytest.mark.parametrize("room", sorted(SILENT))
def test_a_silent_room_asks_no_service(room: str) -> None:
    for path in _files(room):
        asked = {f"geo.sources.{name}" for name in SERVICES} & imported(TREES[path])
        assert not asked, shown(path)
        assert not packages(path) & {"requests", "urllib3", "osmnx", "httpx"}, shown(path)


def test_the_rooms_of_the_store_are_reached_through_its_door() -> None:
    inside = {*_files("keeping"), *_files("store")}
    looked_in = {
        shown(path)
        for path in {*GEO, *PAGES} - inside
        if any(name.startswith("geo.keeping") for name in imported(TREES[path]))
    }
    assert looked_in == {"geo/output/everything.py"}


@pytest.mark.parametrize(
    "door", ["addresses", "activity", "checking", "importing", "meeting", "banking", "outreach"]
)
def test_a_door_names_what_is_behind_it(door: str) -> None:
    folder = ROOT / "geo" / door
    path = folder / "__init__.py" if folder.is_dir() else ROOT / "geo" / f"{door}.py"
    names = [
        node
        for node in TREES[path].body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert names, shown(path)


@pytest.mark.parametrize(
    "door", ["places", "people", "reach", "gaps", "capacity", "sites", "outreach", "scenario",
             "privacy", "store", "sources/tables", "sources/statistics", "sources/demo"],
)  # fmt: skip
def test_each_door_of_the_house_is_there_and_says_what_it_must_not_know(door: str) -> None:
    words = ast.get_docstring(TREES[ROOT / "geo" / f"{door}.py"]) or ""
    assert re.search(r"\b[Kk]nows?\b", words), words


def _files(room: str) -> list[Path]:
    folder = ROOT / "geo" / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / "geo" / f"{room}.py"]


def _known(room: str) -> set[str]:
    """Return the other rooms of the house that a room imports."""
    found = set()
    for path in _files(room):
        for name in imported(TREES[path]):
            parts = name.split(".")
            if parts[0] == "geo" and len(parts) > 1:
                found.add(parts[1])
    return found - {room}


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_a_page_measures_nothing_itself(path: Path) -> None:
    called = {
        node.func.attr
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & {"buffer", "to_crs", "sjoin", "overlay", "dissolve", "snap"}
    assert not packages(path) & {"scipy", "numba", "networkx", "shapely", "pyproj"}


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_only_one_part_keeps_answers(path: Path) -> None:
    if path.name != "answers.py":
        words = path.read_text(encoding="utf-8")
        assert "cache_data" not in words and "cache_resource" not in words


@pytest.mark.parametrize(
    "path", [path for path in PAGE_FILES if path.name != "start.py"], ids=shown
)
def test_a_page_only_defines_render(path: Path) -> None:
    """Streamlit runs a page's file on a deep link, before any gate: nothing in it may run."""
    tree = TREES[path]
    public = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    assert public == ["render"]
    for node in tree.body:
        assert _does_nothing(node), f"{shown(path)}:{node.lineno} runs when the file is read"


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
        return not calls
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


@pytest.mark.parametrize("path", GEO + PAGES, ids=shown)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    if path.name == "__init__.py" and not TREES[path].body:
        return
    assert ast.get_docstring(TREES[path]), shown(path)


@pytest.mark.parametrize("path", GEO, ids=shown)
def test_what_others_may_call_is_documented(path: Path) -> None:
    top = TREES[path].body
    methods = [
        part
        for node in top
        if isinstance(node, ast.ClassDef) and _is_public(node)
        for part in node.body
    ]
    for node in [*top, *methods]:
        if _is_public(node):
            if path.name == "errors.py" and isinstance(node, ast.ClassDef):
                continue  # the tree at the top documents them
            assert ast.get_docstring(node), f"{shown(path)}:{node.lineno} {node.name}"


def _is_public(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")


@pytest.mark.parametrize("path", GEO + PAGES, ids=shown)
def test_a_module_is_a_room_and_not_a_house(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", GEO + PAGES, ids=shown)
def test_nothing_is_caught_without_a_name(path: Path) -> None:
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{shown(path)}:{node.lineno}"


@pytest.mark.parametrize("path", GEO + PAGES, ids=shown)
def test_words_people_read_stand_in_the_catalogue(path: Path) -> None:
    """A string with å, ä or ö in it is Swedish, and Swedish belongs in data/sv.toml."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    notes = {
        id(node.value) for node in ast.walk(TREES[path]) if isinstance(node, ast.Expr)
    } | documented
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            swedish = re.search(r"[åäöÅÄÖ]", node.value) and " " in node.value
            assert not swedish, f"{shown(path)}:{node.lineno} {node.value!r}"
