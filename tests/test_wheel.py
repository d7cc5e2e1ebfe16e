"""The wheel: built from the checkout, installed elsewhere, and at work there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
import tomllib
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

import geo
from geo.resources import version
from tests.conftest import ROOT

BIN = "Scripts" if sys.platform == "win32" else "bin"
LOOKS = 900
"""So many times, a tenth of a second apart, the dashboard is asked whether it answers."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel; a skip that says so where the registry that has the build backend is away."""
    folder = tmp_path_factory.mktemp("wheel")
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    there = pip("download", "--no-deps", "--dest", folder / "backend", *needs)
    if there.returncode:
        print("\nTHE WHEEL IS NOT TESTED: no package registry", file=sys.__stderr__, flush=True)
        pytest.skip(f"no package registry to build with: {there.stderr[-300:]}")
    built = pip("wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    assert built.returncode == 0, built.stderr
    (made,) = folder.glob("narhet-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own that has the wheel, and sees the packages of this one."""
    folder = tmp_path_factory.mktemp("elsewhere") / "env"
    venv.create(folder, symlinks=sys.platform != "win32")
    python = folder / BIN / "python"
    done = pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    assert done.returncode == 0, done.stderr
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    shared = Path(packages.stdout.strip()) / "shared.pth"
    shared.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def served(installed: Path, home: Path) -> Iterator[str]:
    """The dashboard at work, stopped after the test; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [installed / BIN / "narhet", "serve", "--address", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=installed.parent, env=outside(home), stdout=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def pip(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def outside(home: Path) -> dict[str, str]:
    """The surroundings of somebody who has no checkout."""
    kept = {name: words for name, words in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "NARHET_HOME": str(home), "NARHET_TILES": "", "NARHET_LANG": "en"}


def narhet(installed: Path, home: Path, *words: str) -> str:
    command = [str(installed / BIN / "narhet"), *words]
    done = subprocess.run(
        command,
        cwd=installed.parent,
        env=outside(home),
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def answer_of(address: str) -> str:
    for _ in range(LOOKS):
        try:
            with urllib.request.urlopen(address) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            sleep(0.1)
    raise AssertionError(f"{address} does not answer")


def test_the_version_is_that_of_the_changelogs_first_heading() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    heading = next(line for line in lines if line.startswith("## "))
    assert heading.split()[1] == version() == geo.__version__


def test_the_version_stands_nowhere_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert set(project["dynamic"]) == {"version", "dependencies"}


def test_the_wheel_holds_what_the_checkout_has_beside_geo(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        about = packed.read(f"narhet-{version()}.dist-info/METADATA").decode()
    files = {"py.typed", "_files/app.py", "_files/data/sv.toml", "_files/pages/shared/page.py"}
    files |= {"_files/static/icon.png", "_files/.streamlit/config.toml"}
    assert {f"geo/{name}" for name in files} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests")]
    direct = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n# Pulled in")[0]
    pinned = [line for line in direct.splitlines() if line and not line.startswith("#")]
    needed = [line for line in about.splitlines() if line.startswith("Requires-Dist: ")]
    assert {line.removeprefix("Requires-Dist: ").lower() for line in needed} == {
        line.lower() for line in pinned
    }


def test_the_installed_command_answers_as_in_the_checkout(installed: Path, home: Path) -> None:
    assert narhet(installed, home, "area", "list", "--json") == "[]\n"
    said = narhet(installed, home, "gaps", "demo", "--kind", "library", "--limit", "400")
    assert "residents" in said
    assert "demo" in narhet(installed, home, "area", "list")
    where = "import geo; print(geo.__file__, geo.__version__)"
    python = [installed / BIN / "python", "-c", where]
    done = subprocess.run(
        python, cwd=installed.parent, check=True, capture_output=True, text=True, env=outside(home)
    )
    file, found = done.stdout.split()
    assert Path(file).is_relative_to(installed)
    assert found == version()


def test_the_installed_dashboard_answers(served: str) -> None:
    assert answer_of(f"{served}/healthz") == "ok"
    assert answer_of(f"{served}/app/static/narhet-map.css")
