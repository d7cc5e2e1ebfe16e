"""The check of places as lines of text and as plain data: grouped by what is wrong, worst first.
Finds nothing itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from geo import texts
from geo.ingest.checks.thresholds import SEVERITIES, Problem

MOST = 5
"""Problems of one rule written out; how many more there are is said."""


def check_lines(problems: Sequence[Problem], checked: int, language: str) -> list[str]:
    """Return the check as text: totals, then a heading a rule with its first problems."""
    if not problems:
        return [texts.text("check.nothing", language, count=checked)]
    told = Counter(problem.severity for problem in problems)
    counts = {name: told[name] for name in SEVERITIES}
    lines = [texts.text("check.found", language, count=checked, **counts)]
    for (severity, code), members in _groups(problems):
        title = texts.text(f"check_rule.{code}", language)
        word = texts.text(f"check.{severity}", language)
        heading = {"word": word, "title": title, "count": len(members)}
        lines += ["", texts.text("check.heading", language, **heading)]
        lines += [line for problem in members[:MOST] for line in _lines(problem, language)]
        if len(members) > MOST:
            lines.append("  " + texts.text("check.more", language, count=len(members) - MOST))
    return lines


def check_json(problems: Sequence[Problem], language: str) -> list[dict[str, Any]]:
    """Return the problems as plain data, with their reasons and fixes in words."""
    return [
        {
            "code": problem.code,
            "severity": problem.severity,
            "record": problem.record,
            "row": problem.row,
            "others": list(problem.others),
            "reason": problem.message(language),
            "values": {name: _plain(value) for name, value in problem.values.items()},
            "fix": problem.fix
            and {
                "what": problem.fix.what,
                "record": problem.fix.record,
                "values": {name: _plain(value) for name, value in problem.fix.values.items()},
                "text": problem.fix_message(language),
            },
        }
        for problem in problems
    ]


def _groups(problems: Sequence[Problem]) -> list[tuple[tuple[str, str], list[Problem]]]:
    found: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.severity, problem.code), []).append(problem)
    return sorted(
        found.items(), key=lambda item: (SEVERITIES.index(item[1][0].severity), -len(item[1]))
    )


def _lines(problem: Problem, language: str) -> list[str]:
    reason = problem.message(language)
    if problem.row:
        reason = texts.text("show.row", language, row=str(problem.row), why=reason)
    proposed = problem.fix_message(language)
    lines = [f"  {_one_line(reason)}"]
    if proposed:
        fix = texts.text("check.proposal", language, fix=proposed)
        lines.append(f"    {_one_line(fix)}")
    return lines


def _one_line(text: str) -> str:
    """Return a text whose names can neither break the line nor steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _plain(value: Any) -> Any:
    if isinstance(value, texts.Phrase):
        return None
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
