"""What tests of pages share: an answer is waited for, however busy the machine is."""

from __future__ import annotations

from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from pages.shared import asks

PATIENCE_S = 600.0

# Each page under test would look through all installed packages again: half a second a test.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def _wait_for_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show answers, not the progress that a page shows of one that takes a second and a half."""
    monkeypatch.setattr(asks, "WAIT_S", PATIENCE_S)
