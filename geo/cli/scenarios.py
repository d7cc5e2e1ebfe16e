"""What the command ``scenarios`` does: list, save and delete what might open and close, and for
``gaps --scenario`` the area as it would be.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from geo import texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.cli.console import Options
from geo.errors import InputError
from geo.planning.scenario import Opened, Scenario, after


def scenarios(options: Options) -> None:
    """List the saved scenarios, after saving or deleting one."""
    from geo.planning import scenario as planning_scenario

    area = open_area(options.area, options.home)
    if options.save:
        new = Scenario(
            options.save.strip(), tuple(map(_opened, options.open)), tuple(options.close)
        )
        after(area, new)  # refuses a place that is not there before anything is kept
        planning_scenario.save(area, new, who=options.who, home=options.home)
    elif options.open or options.close:
        raise InputError("bad_option", reason="--open, --close", command="scenarios")
    if options.delete:
        planning_scenario.delete(area.id, options.delete, options.home)
    found = planning_scenario.saved_of(area.id, options.home)
    if options.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        print(f"{one.id}\t{_line(one.scenario, options.lang)}")
    if not found:
        print(texts.text("scenario.none", options.lang))


def with_scenario(area: Area, name: str, home: str | None) -> Area:
    """Return an area as a saved scenario makes it."""
    from geo.planning import scenario as planning_scenario

    return after(area, planning_scenario.saved(area.id, name, home).scenario)


def _line(scenario: Scenario, language: str) -> str:
    name = " ".join(scenario.name.split())
    opened, closed = len(scenario.opened), len(scenario.closed)
    return texts.text("scenario.line", language, name=name, opened=opened, closed=closed)


def _opened(words: str) -> Opened:
    """Read KIND,LON,LAT[,NAME]."""
    parts = words.split(",", 3)
    try:
        kind, lon, lat = parts[0].strip(), float(parts[1]), float(parts[2])
    except (IndexError, ValueError):
        raise InputError("bad_option", reason=f"--open {words}", command="scenarios") from None
    return Opened(kind, parts[3].strip() if len(parts) > 3 else "", lon, lat)
