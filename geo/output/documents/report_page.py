"""A report's map as one HTML page that opens without a server or the internet: the map to move in,
the words, and the tables that hold the same.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from geo import texts
from geo.area.model import Area
from geo.errors import InputError
from geo.output.files.xlsx import is_numbers
from geo.output.maps import symbols
from geo.output.maps.folium import background, drawing, script_data
from geo.output.maps.spec import LegendEntry, MapSpec
from geo.output.report.model import FINDINGS, Finding, Report
from geo.output.report.record import record_script
from geo.resources import STATIC

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""What the page may do: draw itself. It asks nobody for anything."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2328; margin: 0 auto; max-width: 72rem;
  padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2rem; }
.map { height: 34rem; border: 1px solid #8d96a0; }
.mark { border: 2px solid #8a4b00; padding: .5rem .8rem; background: #fff7e6; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; list-style: none; padding: 0; }
.legend li { display: flex; align-items: center; gap: .4rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #d0d7de; text-align: left;
  vertical-align: top; overflow-wrap: break-word; }
td.number, th.number { text-align: right; white-space: nowrap; }
thead th.number { white-space: normal; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
tr.total { font-weight: 600; } small, footer { color: #4a5159; }
@media print { .map { height: 18cm; } }
"""


def html_bytes(report: Report, area: Area) -> bytes:
    """Write a report as one page with its maps, words and tables.

    Raises
    ------
    InputError ``no_findings`` : the report holds nothing.
    """
    if not report.findings:
        raise InputError("no_findings", known=", ".join(FINDINGS))
    words, language = report.language, escape(report.language, quote=True)
    marks = []
    if report.demonstration:
        marks.append(texts.text("demo.mark", words))
    if report.estimated:
        marks.append(texts.text("slides.estimated", words))
    title = escape(report.title)
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_static('leaflet/leaflet.css')}",
        f"{_static('narhet-map.css')}{_STYLE}</style></head><body><main>",
        f"<h1>{title}</h1>{f'<p>{escape(report.said_once)}</p>' if report.said_once else ''}",
        *(f'<p class="mark">{escape(mark)}</p>' for mark in marks),
        *(_section(at, finding, words) for at, finding in enumerate(report.findings)),
        f"</main><footer><p>{escape(_foot(report))}</p></footer>",
        f"<script>{_static('leaflet/leaflet.js')}</script>",
        f"<script>{_static('narhet-map.js')}</script>",
        f"<script>{_drawn(report, area)}</script>",
        record_script(report),
        "</body></html>\n",
    ]
    return "\n".join(parts).encode()


def _static(name: str) -> str:
    """Return a file of ours for the inside of a page: nothing in it may end its element."""
    words = (STATIC / name).read_text(encoding="utf-8")
    for ending in ("</script", "</style"):
        words = words.replace(ending, ending.replace("/", "\\/"))
    # Pictures of controls that no map of ours has; the browser would request them.
    return words.replace("url(images/", "url(data:,").replace("//# sourceMappingURL=", "// ")


def _drawn(report: Report, area: Area) -> str:
    """Return the script that draws the maps; data only as JSON that cannot end a script."""
    if not any(finding.map is not None for finding in report.findings):
        return ""
    ground = json.loads(background(area))
    lines = [f"const ground = {script_data(ground)};", "let map, group;"]
    for at, finding in enumerate(report.findings):
        if finding.map is not None:
            lines += _map_calls(f"map-{at}", finding.map, report)
    return "\n".join(lines)


def _map_calls(name: str, spec: MapSpec, report: Report) -> list[str]:
    labels = {
        word: texts.text(f"map.{word}", report.language)
        for word in ("label", "zoom_in", "zoom_out")
    }
    credits = [escape(credit) for credit in dict.fromkeys([*spec.credits, *report.credits])]
    lines = [
        f"map = Narhet.map({script_data(name)}, {script_data({'bounds': spec.bounds, **labels})});",
        f"Narhet.ground(map, {{ ...{script_data({'credits': credits})}, content: ground }});",
    ]
    for layer in spec.layers:
        call, data = drawing(layer)
        lines += [
            "group = L.featureGroup().addTo(map);",
            f"Narhet.{call}(group, {script_data(data)});",
        ]
    return lines


def _section(at: int, finding: Finding, language: str) -> str:
    inside = [f"<h2>{escape(finding.title)}</h2>"]
    inside += [f"<p>{escape(words)}</p>" for words in finding.words]
    if finding.own_words:
        inside.append(f"<blockquote>{escape(finding.own_words)}</blockquote>")
    if finding.map is not None:
        inside += [
            f'<div class="map" id="map-{at}"></div>',
            f'<ul class="legend">{"".join(map(_legend, finding.map.legend))}</ul>',
            f"<p><small>{escape(finding.map.alt_text)}</small></p>",
        ]
    if finding.figures:
        rows = [(each.label, each.value, each.meaning) for each in finding.figures]
        names = [texts.text(f"report.column_{name}", language) for name in _FIGURES]
        table = pd.DataFrame(rows, columns=names)
        shown = table.loc[:, (table != "").any(axis=0)]
        inside.append(_table(shown, finding.title, total=False))
    if finding.table is not None:
        inside.append(_table(finding.table, finding.title, total=finding.total_last))
    return f'<section aria-label="{escape(finding.title, quote=True)}">{"".join(inside)}</section>'


_FIGURES = ("figure", "value", "means")


def _legend(entry: LegendEntry) -> str:
    colour = escape(entry.colour, quote=True)
    if entry.mark == "symbol":
        drawn = symbols.svg(entry.symbol, entry.colour, 22)
    elif entry.mark == "circle":
        half = entry.size_px / 2
        shape = f'<circle cx="16" cy="16" r="{half}" fill="{colour}" stroke="#2b0a00"/>'
        drawn = _svg(shape)
    else:
        path = "M1 16H31" if entry.mark == "line" else "M3 7H29V25H3Z"
        dash = f' stroke-dasharray="{escape(entry.dash, quote=True)}"' if entry.dash else ""
        drawn = _svg(
            f'<path d="{path}" stroke="{colour}" stroke-width="3"{dash} fill="{colour}" '
            f'fill-opacity="{entry.fill_opacity}"/>'
        )
    picture = f'<img alt="" width="26" height="26" src="data:image/svg+xml,{quote(drawn)}">'
    return f"<li>{picture}<span>{escape(entry.label)}</span></li>"


def _svg(shape: str) -> str:
    return f'<svg xmlns="{symbols.XMLNS}" viewBox="0 0 32 32">{shape}</svg>'


def _table(table: pd.DataFrame, caption: str, *, total: bool) -> str:
    numbers = [is_numbers(table.iloc[:, column]) for column in range(table.shape[1])]
    kinds = [' class="number"' if number else "" for number in numbers]
    head = "".join(
        f'<th scope="col"{kind}>{escape(str(name))}</th>'
        for name, kind in zip(table.columns, kinds, strict=True)
    )
    body = []
    for at, row in enumerate(table.itertuples(index=False)):
        cells = [_cell(column, value, kinds[column]) for column, value in enumerate(row)]
        last = ' class="total"' if total and at == len(table) - 1 else ""
        body.append(f"<tr{last}>{''.join(cells)}</tr>")
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption, quote=True)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _cell(column: int, value: Any, kind: str) -> str:
    if column == 0:
        return f'<th scope="row"{kind}>{escape(str(value))}</th>'
    return f"<td{kind}>{escape(str(value))}</td>"


def _foot(report: Report) -> str:
    return " · ".join([report.area_name, report.date, *report.credits])
