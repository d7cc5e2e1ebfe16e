"""Who works at the command line, or in a program that does not say."""

from __future__ import annotations

import getpass
import os


def user(given: str = "") -> str:
    """Return the name given, else ``NARHET_USER``, else the login name, else nothing."""
    named = given.strip() or os.environ.get("NARHET_USER", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no login name, in a container say
        return ""
