"""What a fetch of statistics or preschools found, as lines and JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from geo import presets, texts
from geo.area.provenance import LeftOut, Source
from geo.ingest.residents import Added, AddedSchools
from geo.sources.statistics.join import shown


def statistics_lines(added: Added, language: str) -> list[str]:
    """Return how many areas were joined, of which drawing, and how many people of each group live
    in the area.
    """

    def say(key: str, **values: Any) -> str:
        return texts.text(f"statistics.{key}", language, **values)

    fit = added.fit
    level = shown(added.level, "")
    lines = [say("joined", both=fit.both, level=level, outlines=fit.outlines, figures=fit.figures)]
    unknown = say("unknown_vintage")
    lines.append(
        say(
            "vintages",
            figures=fit.figures_vintage or unknown,
            outlines=fit.outlines_vintage or unknown,
        )
    )
    if fit.differ:
        lines.append(say("differ"))
    for vintage, count in fit.by_vintage.items():
        name = shown(added.level, vintage)
        lines.append(say("by_vintage", count=count, outlines=fit.outlines, vintage=name))
    if added.year:
        lines.append(say("year", year=str(added.year)))
    lines += [_group_line(added, group, language) for group in added.totals]
    if added.gone:
        names = [presets.group(group).name(language) for group in added.gone]
        lines.append(say("gone", groups=", ".join(names)))
    lines += [_source_line(source, language) for source in added.sources]
    return [*lines, say("noise")]


def statistics_json(added: Added, language: str) -> dict[str, Any]:
    """Return the same as a document; unknown totals are null."""
    fit = added.fit
    return {
        "area": added.area.id,
        "level": added.level,
        "year": added.year or None,
        "vintage": {
            "figures": fit.figures_vintage or None,
            "outlines": fit.outlines_vintage or None,
            "codes_in": dict(fit.by_vintage),
        },
        "areas": {"figures": fit.figures, "outlines": fit.outlines, "joined": fit.both},
        "people": {
            group: None if math.isnan(total) else round(total, 3)
            for group, total in added.totals.items()
        },
        "areas_unknown": added.unknown,
        "gone": list(added.gone),
        "sources": [_source_json(source) for source in added.sources],
        "left_out": [
            {"row": row.row, "reason": row.reason, "text": left_out_line(row, language)}
            for row in added.left_out
        ],
        "notices": [
            {"row": row.row, "reason": row.reason, "text": notice_line(row, language)}
            for row in added.notices
        ],
    }


def schools_lines(added: AddedSchools, language: str) -> list[str]:
    """Return how many preschools came, from where, and what is not known of them."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"statistics.{key}", language, **values)

    lines = [say("schools", count=added.added), _source_line(added.source, language)]
    if added.with_children < added.added:
        lines.append(say("children_unknown", count=added.added - added.with_children))
    if added.others:
        lines.append(say("others", count=added.others))
    return lines


def schools_json(added: AddedSchools) -> dict[str, Any]:
    """Return the same as a document."""
    return {
        "area": added.area.id,
        "added": added.added,
        "with_children": added.with_children,
        "others": added.others,
        "source": _source_json(added.source),
        "left_out": len(added.source.left_out),
    }


def left_out_lines(rows: Iterable[LeftOut], language: str) -> list[str]:
    """Return a line per row or area that could not be used, with why."""
    return [f"  {left_out_line(row, language)}" for row in rows]


def notice_lines(rows: Iterable[LeftOut], language: str) -> list[str]:
    """Return a line per row or area that is used in another way than as it stands."""
    return [f"  {notice_line(row, language)}" for row in rows]


def notice_line(row: LeftOut, language: str) -> str:
    """Return what was done with a row that is used, in words."""
    what = texts.text(f"notices.{row.reason}", language, **row.values)
    return texts.text("show.row", language, row=str(row.row), why=what) if row.row else what


def left_out_line(row: LeftOut, language: str) -> str:
    """Return one row that could not be used in words; what has no row has only its reason."""
    why = texts.text(f"left_out.{row.reason}", language, **row.values)
    return texts.text("show.row", language, row=str(row.row), why=why) if row.row else why


def _group_line(added: Added, group: str, language: str) -> str:
    total, unknown = added.totals[group], added.unknown[group]
    name = presets.group(group).name(language)
    number = texts.number(total, language)
    key = "group_unknown" if unknown else "group"
    return texts.text(f"statistics.{key}", language, group=name, total=number, unknown=unknown)


def _source_line(source: Source, language: str) -> str:
    unknown = texts.text("source.unknown", language)
    return texts.text(
        "statistics.source",
        language,
        title=source.title,
        date=source.date or unknown,
        licence=source.licence or unknown,
    )


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "part": source.part,
        "title": source.title,
        "licence": source.licence or None,
        "date": source.date or None,
        "file": source.file or None,
        "columns": source.columns,
        "made": source.made,
    }
