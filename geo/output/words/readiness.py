"""What an area has and lacks in words and as plain data, with what each lack makes unanswerable."""

from __future__ import annotations

from typing import Any

from geo import presets, texts
from geo.access.readiness import HAS, Ready

SIGNS = {"has": "✓", "partly": "~", "missing": "–"}


def name(each: Ready, language: str) -> str:
    """Return what a part is called."""
    return texts.text(f"readiness.{each.part}", language)


def told(each: Ready, language: str) -> str:
    """Return what there is of a part, in a sentence."""
    values: dict[str, Any] = {
        **{key: value for key, value in each.values.items() if isinstance(value, int)},
        "known": each.known,
        "of": each.of,
    }
    if each.part == "residents":
        there = [_group(each, group, language) for group in each.values["groups"]]
        values["groups"] = ", ".join(there)
        values["lacking"] = ", ".join(
            presets.group(group).name(language) for group in each.values["lacking"]
        )
    if each.part == "unplaced":
        values["kinds"] = ", ".join(
            f"{count} {_of_kind(kind, count, language)}"
            for kind, count in each.values["kinds"].items()
        )
    key = f"readiness.{each.part}_{each.state}"
    if each.part == "residents" and not each.values["lacking"] and each.state != HAS:
        key = "readiness.residents_undated" if each.values["groups"] else key
    if not each.of and f"readiness.{each.part}_none" in texts.catalogue(language):
        key = f"readiness.{each.part}_none"
    return texts.text(key, language, **values)


def unanswerable(each: Ready, language: str) -> str:
    """Return what cannot be answered for what a part lacks; "" where it lacks nothing."""
    return "" if each.state == HAS else texts.text(f"readiness.{each.part}_lack", language)


def summary(found: tuple[Ready, ...], language: str) -> str:
    """Return how much is in place, in one sentence."""
    has = sum(each.state == HAS for each in found)
    return texts.text("readiness.summary", language, has=has, of=len(found))


def readiness_lines(found: tuple[Ready, ...], language: str) -> list[str]:
    """Return the list for a terminal."""
    lines = [summary(found, language)]
    for each in found:
        words = f"  {SIGNS[each.state]} {name(each, language)}: {told(each, language)}"
        lines.append(f"{words} {unanswerable(each, language)}".rstrip())
    return lines


def readiness_json(found: tuple[Ready, ...], language: str) -> list[dict[str, Any]]:
    """Return the list as plain data; ``unanswerable`` is null where nothing is lacking."""
    return [
        {
            "part": each.part,
            "state": each.state,
            "known": each.known,
            "of": each.of,
            "name": name(each, language),
            "text": told(each, language),
            "unanswerable": unanswerable(each, language) or None,
            **each.values,
        }
        for each in found
    ]


def _group(each: Ready, group: str, language: str) -> str:
    year = each.values["years"].get(group)
    words = presets.group(group).name(language)
    return f"{words} ({year})" if year else words


def _of_kind(kind: str, count: int, language: str) -> str:
    preset = presets.kind(kind)
    return (preset.name(language) if count == 1 else preset.plural(language)).lower()
