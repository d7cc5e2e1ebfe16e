"""Entries of the knowledge bank as a list to read: real HTML, escaped; also for a phone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from geo.output.maps.knowledge_bank import NUMBER_COLOUR, Card, OtherText

_LIST = (
    "list-style:none;margin:0 0 1rem;padding:0;display:grid;gap:.6rem;"
    "grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr))"
)
_ITEM = "border:1px solid #d0d7de;border-radius:.4rem;padding:.5rem .7rem;overflow-wrap:anywhere"
_NUMBER = (
    f"display:inline-block;min-width:1.5em;text-align:center;border-radius:1em;color:#fff;"
    f"background:{NUMBER_COLOUR};font-weight:600;margin-right:.4rem"
)
_QUIET, _WARN = "color:#4b5560", "color:#7a2e00"


def show(cards: Iterable[Card], title: str, language: str) -> None:
    """Show a list under its title."""
    items = "".join(_item(card, language) for card in cards)
    st.subheader(title, anchor=False)
    st.html(f'<ul aria-label="{escape(title, quote=True)}" style="{_LIST}">{items}</ul>')


def _item(card: Card, language: str) -> str:
    number = f'<span style="{_NUMBER}">{escape(card.number)}</span>' if card.number else ""
    parts = [
        f"<div>{number}<strong>{escape(card.name)}</strong></div>",
        _line(card.sub, _QUIET),
        f"<div>{escape(card.walk)} · <strong>{escape(card.hours)}</strong></div>",
        *(_line(line) for line in card.told),
        *(_other(each, language) for each in card.texts),
        _line(card.doubt, _WARN),
        _link(card.link),
    ]
    return f'<li style="{_ITEM}">{"".join(parts)}</li>'


def _line(text: str, look: str = "") -> str:
    return f'<div style="{look}">{escape(text)}</div>' if text else ""


def _other(each: OtherText, language: str) -> str:
    if each.language == language:
        return _line(each.text)
    side = "rtl" if each.from_right else "ltr"
    code = escape(each.language, quote=True)
    return f'<div lang="{code}" dir="{side}">{escape(each.text)}</div>'


def _link(link: str) -> str:
    if not link:
        return ""
    address = escape(link, quote=True)
    return f'<div><a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a></div>'
