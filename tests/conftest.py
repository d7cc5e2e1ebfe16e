"""What all tests share: the real data where it is, and a home folder of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

import geo  # noqa: F401  (before any test imports pyogrio: GDAL reads its settings once)

# Slow machines are no failures; on CI the same examples each time, so that a red run can be redone.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the checkout; tests that need it skip aloud where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real data in ../shared/data")
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for this test alone, so that no test touches the user's areas."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("NARHET_HOME", str(folder))
    os.environ.setdefault("NARHET_TILES", "")
    return folder
