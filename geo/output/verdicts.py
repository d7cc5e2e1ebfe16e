"""A verdict on a report's file as lines of text and as plain data."""

from __future__ import annotations

from typing import Any

from geo import texts
from geo.provenance import HOLDS, MISSING, Verdict
from geo.reporting.asking import one_line

MOST = 40
"""Figures that do not hold are listed up to so many."""


def verdict_lines(verdict: Verdict, language: str) -> list[str]:
    """Say whether a file holds, what of it does not, and what has changed."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"verify.{key}", language, **values)

    file, area = one_line(verdict.file), one_line(verdict.area)
    if verdict.status == MISSING:
        return [say("missing", file=file, area=area), *_altered(verdict, language)]
    wrong = [figure for figure in verdict.figures if not figure.holds]
    lines = [
        say(
            "holds" if verdict.status == HOLDS else "changed",
            file=file,
            right=len(verdict.figures) - len(wrong),
            all=len(verdict.figures),
            date=one_line(verdict.date),
        ),
        *_altered(verdict, language),
        _area_line(verdict, language),
    ]
    if verdict.reason is not None:
        lines.append(say("reason", reason=verdict.reason.message(language)))
    for figure in wrong[:MOST]:
        lines.append(
            say(
                "figure",
                name=one_line(figure.name),
                stated=_shown(figure.stated, language),
                found=_shown(figure.found, language),
            )
        )
    if len(wrong) > MOST:
        lines.append(say("more", count=len(wrong) - MOST))
    if verdict.figures:
        lines.append(say(f"content_{verdict.content}"))
    return lines


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain data."""
    return {
        "file": verdict.file,
        "status": verdict.status,
        "date": verdict.date,
        "area": verdict.area,
        "area_then": verdict.area_then,
        "area_now": verdict.area_now,
        "area_changed": verdict.area_changed,
        "changed_parts": list(verdict.changed_parts),
        "altered": verdict.altered,
        "content": verdict.content,
        "reason": "" if verdict.reason is None else verdict.reason.code,
        "figures": [
            {
                "name": figure.name,
                "stated": figure.stated,
                "found": figure.found,
                "holds": figure.holds,
            }
            for figure in verdict.figures
        ],
    }


def _altered(verdict: Verdict, language: str) -> list[str]:
    return [texts.text("verify.altered", language)] if verdict.altered else []


def _area_line(verdict: Verdict, language: str) -> str:
    if not verdict.area_changed:
        return texts.text("verify.same_area", language, now=verdict.area_now)
    names = [
        texts.text(f"part.{part}", language).lower()
        for part in verdict.changed_parts
        if f"part.{part}" in texts.catalogue(language)
    ]
    parts = ", ".join(names) or texts.text("verify.parts_untold", language)
    then = one_line(verdict.area_then)
    return texts.text("verify.other_area", language, then=then, now=verdict.area_now, parts=parts)


def _shown(value: object, language: str) -> str:
    if value is None:
        return texts.text("verify.untold", language)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return texts.number(float(value), language, 0 if float(value).is_integer() else 3)
    return one_line(str(value))[:200]
