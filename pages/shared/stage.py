"""A page whose map is the page: the answer as a sentence, the question in one row, the map from
there to the foot of the screen, and the table and the method as views of the same answer.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo.area.model import Area
from pages.shared import frame, page
from pages.shared.state import t

MAP, TABLE, ABOUT = "map", "table", "about"
VIEWS = (MAP, TABLE, ABOUT)
_ICONS = {MAP: ":material/map:", TABLE: ":material/table_rows:", ABOUT: ":material/info:"}

_STYLE = """
<style>
[data-testid=stMainBlockContainer] { max-width: 100%; padding: 0 20px 3rem !important; }
.st-key-stage { gap: 9px; padding-top: 58px; }
.st-key-stage h1 { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); padding: 0; margin: 0; }
.st-key-stage h2 { font-size: 25px; line-height: 30px; font-weight: 720; letter-spacing: -.45px;
  padding: 0; color: #14232b; }
.stMain:has(.st-key-stage_view) .st-key-stage_head { padding-right: 330px; }
.st-key-stage_head * { margin-bottom: 0 !important; }
.st-key-stage_row { gap: 6px 8px; align-items: center; flex-wrap: wrap; min-height: 40px; }
.st-key-stage_row [data-testid=stMarkdownContainer] p { color: #465863; font-size: 15px; }
.st-key-stage_row [data-testid=stElementContainer] { max-width: 100%; }
.st-key-stage_row .react-aria-ComboBox [role=group] { height: 36px; min-height: 36px;
  background: #fff; }
.st-key-stage_row .react-aria-ComboBox input { font-weight: 600; }
.st-key-stage_row [data-testid=stPopoverButton] { min-height: 36px; }
.st-key-stage > [data-testid=stElementContainer]:has(h1) { position: absolute; }
.st-key-stage_map { margin: -10px -20px 0; width: calc(100% + 40px); max-width: none;
  position: relative; }
.st-key-stage_side { position: absolute; z-index: 5; right: 14px; top: 14px; width: 344px;
  max-height: calc(100dvh - 190px); overflow: auto; padding: 14px 16px; background: #fff;
  border-radius: 12px; box-shadow: 0 1px 2px #14232b0f, 0 6px 20px #14232b14; }
.st-key-stage_view { position: absolute; top: 62px; right: 20px; width: auto; z-index: 10; }
.st-key-stage_view [data-testid=stElementContainer] { width: auto; }
@media (max-width: 1000px) {
  .stMain:has(.st-key-stage_view) .st-key-stage_head { padding-right: 0; }
  .st-key-stage_view { position: static; }
  .st-key-stage_side { position: static; width: auto; max-height: none; margin: 0 20px; } }
@media (max-width: 700px) {
  .st-key-stage { padding-top: 60px; }
  .st-key-stage h2 { font-size: 20px; line-height: 25px; }
  .st-key-stage_row > [data-testid=stElementContainer]:has(> [data-testid=stMarkdown]) {
    display: none; }
}
</style>
"""


def begin(title: str, area: Area) -> tuple[Any, Any, Any]:
    """Show a page's head; return where the answer, the row of the question and the map go.

    The page's name is a heading for those who listen; what is seen first is the answer.
    """
    st.html(_STYLE)
    top = st.container(key="stage")
    with top:
        page.head(title)
        head = st.container(key="stage_head")
        row = st.container(key="stage_row", horizontal=True, vertical_alignment="center")
        marks = st.container()
        with marks:
            frame.mark(area)
    return head, row, st.container(key="stage_map")


def answer(head: Any, words: str) -> None:
    """Show the answer where the eye begins; a name in it is to be made literal before."""
    head.header(words, anchor=False)


def word(row: Any, words: str) -> None:
    """Put a word between the choices of the question, so that the row reads as a sentence."""
    row.markdown(words, width="content")


def view(key: str) -> str:
    """Return which view of the answer is chosen."""
    return str(st.session_state.get(f"{key}_view") or MAP)


def choose_view(key: str) -> None:
    """Offer the views of the answer; they hold the same."""
    name = f"{key}_view"
    st.session_state[name] = st.session_state.get(name) or MAP
    with st.container(key="stage_view"):
        st.segmented_control(
            t("gap.view"),
            VIEWS,
            format_func=lambda each: f"{_ICONS[each]} {t(f'gap.view_{each}')}",
            key=name,
            label_visibility="collapsed",
            required=True,
        )
