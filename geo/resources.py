"""Where the files that come with Närhet stand, in a checkout and in an installed package; and which
version this is.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_PACKED = Path(__file__).resolve().parent / "_files"
"""Where the wheel has what stands beside ``geo`` in a checkout."""


def resource(name: str) -> Path:
    """Return the path of a file or folder that stands beside ``geo`` in a checkout.

    >>> resource("data").is_dir()
    True
    """
    return (_PACKED if _PACKED.is_dir() else _PACKED.parents[1]) / name


DATA, STATIC, PAGES, LAUNCHER = map(resource, ("data", "static", "pages", "app.py"))


@cache
def version() -> str:
    """Return the version: of the changelog's first heading in a checkout, of the package else."""
    changelog = resource("CHANGELOG.md")
    if changelog.is_file():
        heading = re.search(r"^## (\S+)", changelog.read_text(encoding="utf-8"), re.MULTILINE)
        if heading:
            return heading[1]
    from importlib import metadata  # slow to load, and no command needs it

    return metadata.version("narhet")
