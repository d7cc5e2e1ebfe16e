"""Where areas live, what an area may be called, and the content of its ``area.json``: all that a
list of areas needs, without the libraries that open one.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from geo.errors import AreaDamaged, AreaNewer, BadName

DEMO = "demo"
FORMAT = "narhet-area"
VERSION = 1


def home_folder(home: str | Path | None = None) -> Path:
    """Return where areas live: the argument, else ``NARHET_HOME``, else the platform's user data
    folder.
    """
    chosen = home or os.environ.get("NARHET_HOME")
    return Path(chosen).expanduser() if chosen else user_data_path("narhet", appauthor=False)


def area_id(name: str) -> str:
    """Check an area id: lower-case letters, digits and hyphens, so that it can be a folder and
    stand in a link.

    Raises
    ------
    BadName : anything else, with a proposal.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        raise BadName(found=name[:80], proposal=slug(name))
    return name


def slug(name: str) -> str:
    """Make an area id of a name.

    >>> slug("Hässelby-Vällingby, Stockholm, Sweden")
    'hasselby-vallingby'
    """
    plain = name.split(",")[0].strip().lower().translate(str.maketrans("åäöéüø", "aaoeuo"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or "omrade"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the content of ``area.json``.

    Raises
    ------
    AreaDamaged, AreaNewer : it cannot be read, or a newer Närhet wrote it.
    """
    try:
        manifest = json.loads((folder / "area.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AreaDamaged(area=folder.name, file="area.json") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise AreaDamaged(area=folder.name, file="area.json")
    if not isinstance(manifest.get("version"), int) or manifest["version"] > VERSION:
        raise AreaNewer(area=folder.name, found=str(manifest.get("version")), known=str(VERSION))
    return manifest
