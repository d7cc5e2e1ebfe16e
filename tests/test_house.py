"""The house rules that no other tool checks, each read from the syntax trees in one pass; what may
import what is checked by ``lint-imports`` (see pyproject.toml).
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GEO = sorted((ROOT / "geo").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
PAGE_FILES = [path for path in sorted((ROOT / "pages").glob("*.py")) if path.name != "__init__.py"]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in GEO + PAGES}
MOST_ENTRIES, MOST_FLAT = 25, 12


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_what_imports_what_is_as_the_layers_say() -> None:
    """Asked as everybody asks it; the contracts stand in pyproject.toml."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    for top in ("geo", "pages"):
        for folder in [ROOT / top, *(ROOT / top).rglob("*")]:
            if folder.is_dir() and folder.name != "__pycache__":
                entries = [each for each in folder.iterdir() if each.name != "__pycache__"]
                assert len(entries) <= MOST_ENTRIES, shown(folder)
    assert len(list((ROOT / "geo").glob("*.py"))) <= MOST_FLAT


def test_what_only_types_need_is_not_loaded_as_well() -> None:
    """Else a list of areas loads what opens one."""
    for path, tree in TREES.items():
        loaded = {
            (node.module, alias.name)
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in tree.body:
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                for part in node.body:
                    if isinstance(part, ast.ImportFrom):
                        typed = {(part.module, alias.name) for alias in part.names}
                        assert not typed & loaded, f"{shown(path)}:{part.lineno}"


def test_only_the_map_of_folium_imports_folium() -> None:
    allowed = ROOT / "geo" / "output" / "maps" / "folium.py"
    assert not [
        shown(path)
        for path, tree in TREES.items()
        if path != allowed and _packages(tree) & {"folium", "branca"}
    ]


def test_the_store_is_written_through_its_door() -> None:
    """Tables and rows of the database are the store's own."""
    inside = ("geo/store/", "geo/output/files/backup")
    own = {"geo.store.database"}
    for path, tree in TREES.items():
        if not shown(path).startswith(inside):
            assert not own & _imported(tree), shown(path)


def test_only_sources_ask_services() -> None:
    """No answer waits for the internet: who asks it stands where files are read."""
    asking = ("geo/sources/", "geo/ingest/geocoding/nominatim.py")
    for path, tree in TREES.items():
        if not shown(path).startswith(asking):
            found = _packages(tree) & {"requests", "urllib3", "osmnx", "httpx"}
            assert not found, shown(path)


def test_a_page_measures_nothing_itself() -> None:
    measuring = {"buffer", "to_crs", "sjoin", "overlay", "dissolve", "snap"}
    for path in PAGES:
        called = {
            node.func.attr
            for node in ast.walk(TREES[path])
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & measuring, shown(path)


def test_only_one_part_keeps_answers() -> None:
    keeping = [
        shown(path)
        for path in PAGES
        if re.search("cache_data|cache_resource", path.read_text(encoding="utf-8"))
    ]
    assert keeping == ["pages/shared/cache.py"]


def test_a_page_only_defines_render() -> None:
    """Streamlit runs a page's file on a deep link, before any gate: nothing in it may run."""
    for path in PAGE_FILES:
        if path.name == "start.py":
            continue
        body = TREES[path].body
        public = [
            node.name
            for node in body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        assert public == ["render"], shown(path)
        for node in body:
            assert _does_nothing(node), f"{shown(path)}:{node.lineno} runs when the file is read"


@pytest.mark.parametrize("rule", ["documented", "caught", "worded"])
def test_every_module_keeps_the_house_rules(rule: str) -> None:
    check = {"documented": _undocumented, "caught": _caught_unnamed, "worded": _own_words}[rule]
    found = [f"{shown(path)}:{line}" for path, tree in TREES.items() for line in check(path, tree)]
    assert not found


def _undocumented(path: Path, tree: ast.Module) -> Iterator[str]:
    """Every module, and in ``geo`` whatever others may call, says what it is."""
    if tree.body and not ast.get_docstring(tree):
        yield "1"
    if path not in GEO or path.name == "errors.py":
        return  # the tree at the top of errors.py documents them
    for node in tree.body:
        if not _is_public(node):
            continue
        methods = node.body if isinstance(node, ast.ClassDef) else []
        for part in [node, *filter(_is_public, methods)]:
            if isinstance(part, ast.ClassDef | ast.FunctionDef) and not ast.get_docstring(part):
                yield f"{part.lineno} {part.name}"


def _caught_unnamed(_path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield str(node.lineno)


def _own_words(_path: Path, tree: ast.Module) -> Iterator[str]:
    """A string with å, ä or ö and a space is Swedish, and Swedish belongs in data/sv.toml."""
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if not is_text or id(node) in notes or " " not in node.value:
            continue
        if re.search(r"[åäöÅÄÖ]", node.value):
            yield f"{node.lineno} {node.value!r}"


def _imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def _packages(tree: ast.AST) -> set[str]:
    return {name.split(".")[0] for name in _imported(tree)}


def _is_public(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
