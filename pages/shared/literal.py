"""Text from files on a page: shown as it is, whatever signs of Markdown it holds."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&])")
_COLON = re.compile(r":(?=\w|//)")
JOINER = "\u2060"
"""Seen by nobody: keeps ":red[…]", ":smile:" and "https://…" from being read as more than text."""


def literal(text: str) -> str:
    """Return text that Streamlit's Markdown shows as it stands."""
    return _COLON.sub(f":{JOINER}", _SIGNS.sub(r"\\\1", text))
