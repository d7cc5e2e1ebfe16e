"""Tables for reading: real HTML, escaped, that a screen reader can walk and paper can show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape

import pandas as pd
import streamlit as st

_CELL = "padding:.3rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top"
_BAR = "#f3d9df"
_WORDS = "overflow-wrap:break-word;min-width:6rem"


def table(
    rows: pd.DataFrame,
    caption: str,
    *,
    numbers: Collection[str] = (),
    last_is_total: bool = False,
    bars: Sequence[Sequence[float | None]] = (),
) -> None:
    """Show a short table; the first column heads its row, ``numbers`` are set to the right, and
    behind each cell but the first is a bar of its share in ``bars``, if any.
    """
    heads = "".join(
        f'<th scope="col" style="{_head(name in numbers)}">{escape(str(name))}</th>'
        for name in rows.columns
    )
    body = "".join(
        _row(
            rows.columns,
            values,
            numbers,
            bold=last_is_total and at == len(rows) - 1,
            bars=bars[at] if bars else (),
        )
        for at, values in enumerate(rows.itertuples(index=False))
    )
    st.html(
        '<div style="overflow-x:auto" role="region" tabindex="0" '
        f'aria-label="{escape(caption, quote=True)}">'
        '<table style="border-collapse:collapse;width:100%;font-size:.95rem">'
        f'<caption style="text-align:left;font-weight:600;padding:.3rem 0">{escape(caption)}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def record(lines: Iterable[tuple[str, str]], caption: str) -> None:
    """Show label and value pairs as a table of two columns."""
    body = "".join(
        f'<tr><th scope="row" style="{_CELL};{_WORDS};text-align:left;font-weight:600;width:35%">'
        f'{escape(label)}</th><td style="{_CELL};overflow-wrap:anywhere">{escape(value)}</td></tr>'
        for label, value in lines
    )
    st.html(
        '<table style="border-collapse:collapse;width:100%;font-size:.95rem">'
        f'<caption style="text-align:left;font-weight:600;padding:.3rem 0">{escape(caption)}'
        f"</caption><tbody>{body}</tbody></table>"
    )


def _row(
    names: Iterable[str],
    values: tuple[object, ...],
    numbers: Collection[str],
    *,
    bold: bool,
    bars: Sequence[float | None] = (),
) -> str:
    weight = ";font-weight:600" if bold else ""
    cells = []
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        look = _cell(name in numbers) + weight + _bar(bars[at - 1] if bars and at else None)
        if at == 0:
            cells.append(
                f'<th scope="row" style="{look};font-weight:600">{escape(str(value))}</th>'
            )
        else:
            cells.append(f'<td style="{look}">{escape(str(value))}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _bar(share: float | None) -> str:
    if share is None:
        return ""
    end = f"{100 * min(max(share, 0.0), 1.0):.1f}%"
    return f";background:linear-gradient(to right,{_BAR} {end},transparent {end})"


def _head(number: bool) -> str:
    side = "right" if number else "left"
    return f"{_CELL};text-align:{side};font-weight:600;vertical-align:bottom"


def _cell(number: bool) -> str:
    if number:
        return f"{_CELL};text-align:right;white-space:nowrap"
    return f"{_CELL};{_WORDS};text-align:left"
