"""A week by the hour as a table with colours: each cell says its number too, and is read aloud with
its day and hour.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from geo.output.maps.meeting import HeatCell, HeatMap

_HEAD = "padding:.2rem .1rem;font-weight:600;text-align:center;white-space:nowrap"
_SIDE = "padding:.2rem .5rem;font-weight:600;text-align:left;position:sticky;left:0;background:#fff"


def show(found: HeatMap, legend: list[tuple[str, str]], *, note: str) -> None:
    """Show the week with its legend: left half of a cell what is sure, right half with all."""
    heads = "".join(f'<th scope="col" style="{_HEAD}">{hour}</th>' for hour in found.hours)
    body = "".join(
        f'<tr><th scope="row" style="{_SIDE}">{escape(day)}</th>'
        f"{''.join(_cell(cell) for cell in row)}</tr>"
        for day, row in zip(found.days, found.cells, strict=True)
    )
    caption = escape(found.caption)
    st.html(
        '<div style="overflow-x:auto" role="region" tabindex="0" '
        f'aria-label="{escape(found.caption, quote=True)}">'
        '<table style="border-collapse:separate;border-spacing:2px;font-size:.8rem;color:#000">'
        f'<caption style="text-align:left;font-weight:600;padding:.3rem 0">{caption}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f"{_legend(legend)}"
        f'<p style="font-size:.875rem;margin:.3rem 0">{escape(note)}</p>'
    )


def _cell(cell: HeatCell) -> str:
    ground = f"linear-gradient(90deg,{cell.low} 50%,{cell.high} 50%)"
    edge = "1px solid #57606a" if cell.able else "1px dashed #57606a"
    words = cell.words if cell.able else f"({cell.words})"
    return (
        f'<td title="{escape(cell.aloud, quote=True)}" style="background:{ground};border:{edge};'
        f'text-align:center;padding:.25rem .1rem;min-width:2.3rem;color:#000;white-space:nowrap">'
        f"{escape(words)}</td>"
    )


def _legend(legend: list[tuple[str, str]]) -> str:
    rows = "".join(
        '<li style="display:flex;align-items:center;gap:.3rem">'
        f'<span style="width:1.2rem;height:1rem;background:{escape(colour, quote=True)};'
        f'border:1px solid #57606a;display:inline-block"></span>{escape(words)}</li>'
        for colour, words in legend
    )
    return (
        '<ul style="display:flex;flex-wrap:wrap;gap:.3rem 1rem;list-style:none;margin:.4rem 0;'
        f'padding:0;font-size:.875rem">{rows}</ul>'
    )
