"""What stands around each page: its language for browsers and screen readers, and its title."""

from __future__ import annotations

import streamlit as st

from geo import texts
from geo.resources import STATIC
from pages.shared import state

ICON = STATIC / "icon.png"


TIGHTER = "[data-testid=stMainBlockContainer]{padding-top:2.5rem}"
"""Streamlit leaves a sixth of a laptop's screen empty above a page."""

_CAPTION = "[data-testid=stCaptionContainer]"
READABLE = f"{_CAPTION},{_CAPTION} *{{color:#4a5159!important;opacity:1!important}}"
"""Streamlit's captions have a contrast of 4.2:1; this is 8:1."""


LANGUAGE_SCRIPTS = {code: f'document.documentElement.lang = "{code}";' for code in texts.LANGUAGES}
FULL_SCREEN = (
    "if (!document.fullscreenElement) document.documentElement.requestFullscreen().catch(() => {});"
)
SCRIPTS = (*LANGUAGE_SCRIPTS.values(), FULL_SCREEN)
"""All scripts that stand inline in pages: a browser runs no other (``app.security_headers``)."""


def set_language() -> None:
    """Set the page's language in the browser (Streamlit always sets English), and use the screen's
    height.
    """
    st.html(
        f"<style>{TIGHTER}{READABLE}</style><script>{LANGUAGE_SCRIPTS[state.language()]}</script>",
        unsafe_allow_javascript=True,
    )


def configure(title: str) -> None:
    """Set the browser's title and icon. The icon is a file of ours: Streamlit's own icons for the
    tab are fetched from a font service on the internet.
    """
    name = state.t("shell.name")
    st.set_page_config(
        page_title=name if title == name else f"{title} – {name}",
        page_icon=str(ICON),
        layout="wide",
    )


def head(title: str) -> None:
    """Show a page's one heading of the first level."""
    st.title(title, anchor=False)
