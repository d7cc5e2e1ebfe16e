"""A loaded machine proves later: a test that asks nothing of the time limit waits ten minutes."""

from __future__ import annotations

import pytest

from geo.models.location.max_coverage.solve import max_coverage
from geo.models.location.p_center.solve import p_center
from geo.models.location.p_median.solve import p_median
from geo.models.location.set_cover.least_cost import cover_all

PATIENCE_S = 600.0


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each model's own limit be so long that no load reaches it."""
    for solve in (max_coverage, p_center, p_median, cover_all):
        assert solve.__kwdefaults__ is not None
        monkeypatch.setitem(solve.__kwdefaults__, "time_limit_s", PATIENCE_S)
