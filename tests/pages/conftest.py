"""What tests of pages share: an answer is waited for, however busy the machine is."""

from __future__ import annotations

import pytest

from pages.shared import asks

PATIENCE_S = 600.0


@pytest.fixture(autouse=True)
def _wait_for_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show answers, not the progress that a page shows of one that takes a second and a half."""
    monkeypatch.setattr(asks, "WAIT_S", PATIENCE_S)
