"""What stands around each page: its language for browsers and screen readers, and its title."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from geo import texts
from geo.resources import STATIC
from pages.shared import state

ICON = STATIC / "icon.png"
LOGO = STATIC / "logo.svg"

_CAPTION = "[data-testid=stCaptionContainer]"


@dataclass(frozen=True)
class Section:
    """Pages that stand together in the bar on top, by their addresses, and the icon before them."""

    name: str
    icon: str
    pages: tuple[str, ...]


SECTIONS = (
    Section("explore", "explore", ("karta", "gap", "forskola", "moten")),
    Section("plan", "edit_location_alt", ("placera", "uppsokande")),
    Section("show", "co_present", ("namnd", "kunskapsbank")),
    Section("ground", "database", ("data", "omrade", "metod")),
)
ICONS = ("home", *(section.icon for section in SECTIONS))
"""What stands before each part of the bar on top, of the font of icons that Streamlit serves; those
who listen hear only the words.
"""


def _icons() -> str:
    item = "[data-testid=stTopNav] .rc-overflow-item"
    words = "[data-testid=stMarkdownContainer] p"
    look = (
        f"{item} {words}::before {{ font: 20px/1 'Material Symbols Rounded'; margin-right: 7px;"
        " font-feature-settings: 'liga'; vertical-align: -4px; }"
    )
    each = [
        f'{item}:nth-child({at}) {words}::before {{ content: "{name}" / ""; }}'
        for at, name in enumerate(ICONS, 1)
    ]
    return "\n".join([look, *each])


STYLE = f"""
/* Streamlit's captions have a contrast of 4.2:1; this is 7:1. */
{_CAPTION}, {_CAPTION} * {{ color: #465863 !important; opacity: 1 !important; }}
[data-testid=stElementContainer]:has([data-testid=stHtml] > style) {{ display: none; }}
[data-testid=stMainBlockContainer] {{ padding: 72px 40px 4rem; max-width: 100%; }}
[data-testid=stHeader] {{ height: 52px; min-height: 52px; background: #fff;
  border-bottom: 1px solid #dce2e4; }}
[data-testid=stToolbar] {{ height: 52px; min-height: 52px; padding: 0 380px 0 16px; }}
[data-testid=stToolbarActions], [data-testid=stMainMenu], [data-testid=stStatusWidget] {{
  position: fixed; top: 60px; right: 8px; }}
[data-testid=stTopNavSection], [data-testid=stTopNavLink] {{ min-height: 36px;
  border-radius: 8px; font-weight: 600; color: #14232b; }}
{_icons()}
.st-key-area_switch {{ position: fixed; top: 7px; right: 16px; width: auto !important;
  z-index: 999991; gap: 8px; flex-wrap: nowrap; }}
.st-key-area_switch [data-testid=stElementContainer] {{ margin: 0 !important; }}
.st-key-area_switch [role=group] {{ height: 38px; min-height: 38px; background: #fff; }}
.st-key-area_switch input {{ font-weight: 600; }}
@media (max-width: 1099px) {{ [data-testid=stHeaderLogo] {{ display: none; }} }}
@media (max-width: 767px) {{
  [data-testid=stMainBlockContainer] {{ padding: 64px 16px 3rem; }}
  [data-testid=stToolbar] {{ padding: 0 8px; }}
  .st-key-area_switch {{ right: 8px; gap: 4px; }}
  .st-key-area_switch > .st-key-pick_area {{ width: 188px; min-width: 0; flex: none; }}
  .st-key-area_switch > .st-key-pick_lang {{ width: 106px; min-width: 0; flex: none; }} }}
@media print {{
  [data-testid=stHeader], .st-key-area_switch {{ display: none !important; }}
  [data-testid=stMainBlockContainer] {{ padding-top: 0; }} }}
"""
"""The bar on top, and what Streamlit's settings of the theme do not reach."""


LANGUAGE_SCRIPTS = {code: f'document.documentElement.lang = "{code}";' for code in texts.LANGUAGES}
FULL_SCREEN = (
    "if (!document.fullscreenElement) document.documentElement.requestFullscreen().catch(() => {});"
)
SCRIPTS = (*LANGUAGE_SCRIPTS.values(), FULL_SCREEN)
"""All scripts that stand inline in pages: a browser runs no other (``app.security_headers``)."""


def set_language() -> None:
    """Set the page's language in the browser (Streamlit always sets English), and its look."""
    st.html(
        f"<style>{STYLE}{_uploads()}</style><script>{LANGUAGE_SCRIPTS[state.language()]}</script>",
        unsafe_allow_javascript=True,
    )


_DROP = "[data-testid=stFileUploaderDropzone]"


def _uploads() -> str:
    """Return the words in a field for files in the page's language: Streamlit has them in English
    only. Who listens hears what is seen.
    """
    most = st.get_option("server.maxUploadSize")
    words = {
        f"{_DROP} button p": state.t("frame.choose_file"),
        f"{_DROP} [data-testid=stFileUploaderDropzoneInstructions] span": state.t(
            "frame.file_limit", most=most
        ),
    }
    return "".join(
        f"{where} {{ visibility: hidden; font-size: 0; }}"
        f'{where}::after {{ visibility: visible; font-size: 14px; content: "{said}"; }}'
        for where, said in words.items()
    )


def logo() -> None:
    """Show whose pages these are."""
    st.logo(str(LOGO), size="large")


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
