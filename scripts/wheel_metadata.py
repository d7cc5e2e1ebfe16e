"""What the wheel takes from other files when it is built: the version from the changelog's first
heading, and the packages it needs from the first part of requirements.txt.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

PULLED_IN = "# Pulled in by the above."
"""Below this line of requirements.txt nothing is needed by name."""


class FromOtherFiles(MetadataHookInterface):
    """Fills in the fields that pyproject.toml calls dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the version and the dependencies."""
        root = Path(self.root)
        changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
        heading = re.search(r"^## (\S+)", changelog, re.MULTILINE)
        if heading is None:
            raise ValueError("CHANGELOG.md has no heading with a version")
        metadata["version"] = heading[1]
        direct = (root / "requirements.txt").read_text(encoding="utf-8").partition(PULLED_IN)[0]
        lines = (line.strip() for line in direct.splitlines())
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
