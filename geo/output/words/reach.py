"""The parts of a way in words."""

from __future__ import annotations

from itertools import groupby

from geo import texts
from geo.access.from_point import Way
from geo.network.routes import Step


def parts_of(way: Way, language: str) -> list[tuple[str, float]]:
    """Return a way's parts in words with metres; neighbours that read alike are one."""
    named = groupby(way.route.steps, key=lambda step: part_name(step, language))
    return [(words, sum(step.metres for step in steps)) for words, steps in named]


def part_name(step: Step, language: str) -> str:
    """Return what a part of a way is, as in ``gångväg, obelyst``."""
    part = texts.text(f"reach.part_{step.kind}", language)
    return texts.text("reach.part_unlit", language, part=part) if step.lit == 0 else part
