"""Where compiled searches are kept between starts, settled before numba is imported.

numba keeps them beside the source. Where that cannot be written (an installation for many users),
they go to the user's cache folder; where that fails too, to a folder of this process alone, and
each start compiles anew.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

SETTING = "NUMBA_CACHE_DIR"


def cache_folder(package: Path, user_cache: Path) -> Path | None:
    """Return where compiled code goes; None for beside the source."""
    if _writable(package / "__pycache__"):
        return None
    own = user_cache / "compiled"
    return own if _writable(own) else Path(tempfile.mkdtemp(prefix="narhet-compiled-"))


def settle() -> None:
    """Choose the folder, unless somebody has."""
    if SETTING not in os.environ:
        user_cache = user_cache_path("narhet", appauthor=False)
        chosen = cache_folder(Path(__file__).parent, user_cache)
        if chosen is not None:
            os.environ[SETTING] = str(chosen)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


settle()
