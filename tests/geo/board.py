"""Reports to write: with a proposal, of few people, with names that attack, with long tables."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd

from geo.area.model import Area
from geo.output.report.make import make_report
from geo.output.report.model import Finding, Report
from geo.planning.siting import instance
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting import question as siting_question
from tests.geo.worlds import street
from tests.tiny import tiny_area

ASKED = {"kind": "preschool", "limit_m": 400.0, "group": "children_0_4", "date": "2026-11-26"}
ODD = (
    *("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{ 7*7 }}", "مكتبة الحي"),
    *("🏫 Skola 👩\u200d👧", "a\x00b\x07c\x1f", "]]> & \"q\" 'x' <!--", "x" * 300),
)


def made(area: Area, **change: object) -> Report:
    return make_report(area, **{**ASKED, **change})  # type: ignore[arg-type]


@cache
def whole(language: str = "sv") -> tuple[Report, Area]:
    """A report with everything in it, its proposal too."""
    area = tiny_area()
    question = siting_question.SitingQuestion(
        kind="preschool",
        count=2,
        limit_m=400.0,
        group="children_0_4",
        kinds=("library", "meeting_place", "transitional_housing"),
    )
    proposal = siting_proposal.propose(instance.prepare(area, question))
    return made(area, language=language, proposal=proposal), area


def few() -> tuple[Report, Area]:
    """A report in which a count must be hidden: 3 of 443 live beyond."""
    area = street(homes={100.0: 440, 900.0: 3}, places={0.0: "preschool"})
    return made(area), area


def named(name: str) -> tuple[Report, Area]:
    """A report of an area where everything is called ``name``."""
    area = tiny_area(name)
    area = replace(
        area,
        districts=area.districts.assign(name=[f"{name} N", "Södra"]),
        people=area.people.assign(
            district=[f"{name} N" if at == "Norra" else at for at in area.people["district"]]
        ),
        places=area.places.assign(name=name, address=name),
    )
    return made(area, title=name[:150], own_words={"answer": name, "districts": name}), area


def long(rows: int = 2000) -> tuple[Report, Area]:
    """A report with a table of two thousand districts."""
    area = tiny_area()
    table = pd.DataFrame(
        {"Stadsdel": [f"D{n}" for n in range(rows)], "Antal": range(rows), "Andel": 0.5}
    )
    finding = Finding("districts", "Per stadsdel", table=table.astype(str), numbers=table)
    return replace(made(area), findings=(finding,)), area
