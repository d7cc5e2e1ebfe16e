"""Answers as lines of text, for terminals and logs. Says what an area holds and what a gap is."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from geo import presets, texts
from geo.access.gaps import Gap, headline
from geo.area.model import Area
from geo.ingest.build import left_out_rows
from geo.output import tables


def area_lines(area: Area, language: str) -> list[str]:
    """Return an area in lines: counts, groups, kinds, and each source."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"show.{key}", language, **values)

    network = area.network
    lines = [f"{area.name} ({area.id}, r{area.revision}, {area.created[:16]})"]
    if area.demonstration:
        lines.append(texts.text("demo.mark", language))
    lines.append(
        say(
            "network",
            edges=network.edges,
            length=round(network.edge_m.sum() / 1000),
            share=texts.percent(network.main_length_share(), language, 1),
        )
    )
    lines.append(say("districts", count=len(area.districts)))
    if area.people.empty:
        lines.append(texts.text("lacks.people", language))
    for name in area.groups:
        count = round(float(area.count(name).sum()))
        lines.append(say("group", name=presets.group(name).name(language), id=name, count=count))
    for name in area.kinds:
        kind = presets.kind(name)
        count = len(area.places_of(name))
        lines.append(say("kind", name=kind.plural(language), id=name, count=count))
    for source in area.sources:
        made = texts.text(f"made.{source.made}", language)
        lines.append(
            say(
                "source",
                part=tables.part_name(source.part, language).lower(),
                line=tables.source_line(source, language),
                made=made,
            )
        )
        for group, column in source.columns.items():
            lines.append(say("column", group=group, column=column))
    return lines


def area_json(area: Area, language: str) -> dict[str, Any]:
    """Return what an area holds as plain data."""
    network = area.network
    return {
        "id": area.id,
        "name": area.name,
        "revision": area.revision,
        "created": area.created,
        "demonstration": area.demonstration,
        "nodes": network.nodes,
        "edges": network.edges,
        "length_m": float(network.edge_m.sum()),
        "districts": list(area.districts["name"]),
        "people": {name: float(area.count(name).sum()) for name in area.groups},
        "places": {name: len(area.places_of(name)) for name in area.kinds},
        "sources": [tables.source_json(source, language) for source in area.sources],
        "left_out": [
            {
                "file": source.file,
                "row": row.row,
                "reason": texts.text(f"left_out.{row.reason}", language, **row.values),
            }
            for source, row in left_out_rows(area)
        ],
    }


def gap_lines(answer: Gap, area: Area, language: str) -> list[str]:
    """Return the answer in lines: the sentence, the table by district, what it rests on."""
    content = tables.gap_file(answer, area, language, exact=True)
    rows = content.rows[["district", "people", "beyond", "share_beyond"]].copy()
    for name in ("people", "beyond"):
        rows[name] = [texts.number(round(value), language) for value in rows[name]]
    rows["share_beyond"] = [
        texts.percent(math.nan if value is None else value, language)
        for value in rows["share_beyond"]
    ]
    rows.columns = [texts.text(f"table.{name}", language) for name in rows.columns]
    lines = [headline(answer, language), "", as_text(rows), ""]
    return lines + [f"{label}: {words}" for label, words in content.summary[1:]]


def as_text(table: pd.DataFrame) -> str:
    """Lay a table out in columns of even width, numbers to the right."""
    cells = [[str(name) for name in table.columns]]
    cells += [[str(value) for value in row] for row in table.itertuples(index=False)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(table.columns))]
    right = [all(_numeric(row[at]) for row in cells[1:]) for at in range(len(table.columns))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    )


def _numeric(cell: str) -> bool:
    return not any(sign.isalpha() for sign in cell)
