"""What the commands ``area list``, ``area show``, ``area overview``, ``area check`` and ``area
repair`` do. What shows or checks an area is loaded by its own command: a list needs none of it.
"""

from __future__ import annotations

import json

from geo import clock, texts
from geo.area.manifest import home_folder
from geo.catalog import list_areas, open_area
from geo.cli import console
from geo.cli.console import Options


def area_list(options: Options) -> None:
    """List the areas of the home folder."""
    cards = list_areas(options.home)
    if options.json:
        print(json.dumps([vars(card) for card in cards], ensure_ascii=False, indent=1))
        return
    if not cards:
        print(texts.text("show.no_areas", options.lang, home=str(home_folder(options.home))))
    for card in cards:
        if card.problem:
            print(f"{card.id}\t{texts.text('show.problem', options.lang)}")
        else:
            line = texts.text(
                "show.card", options.lang, name=card.name, people=card.people, places=card.places
            )
            print(f"{card.id}\t{line}")


def area_show(options: Options) -> None:
    """Show what an area holds, and where each part came from."""
    from geo.access.readiness import readiness
    from geo.output.words.area_and_gaps import area_json, area_lines
    from geo.output.words.readiness import readiness_json, readiness_lines

    area = open_area(options.area, options.home)
    ready = readiness(area)
    if options.json:
        document = area_json(area, options.lang)
        document["readiness"] = readiness_json(ready, options.lang)
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for line in [*area_lines(area, options.lang), "", *readiness_lines(ready, options.lang)]:
        print(line)


def area_overview(options: Options) -> None:
    """Show who has far to each kind of place by district, and which district is served least."""
    from geo.access.overview import overview
    from geo.output.words.overview import overview_json, overview_lines

    area = open_area(options.area, options.home)
    found = overview(area)
    if options.json:
        print(json.dumps(overview_json(found), ensure_ascii=False, indent=1))
        return
    if area.demonstration:
        print(texts.text("demo.mark", options.lang))
    for line in overview_lines(found, options.lang):
        print(line)


def area_check(options: Options) -> None:
    """Print the barrier audit of an area and the check of its places."""
    from geo.cli.build import say_left_out
    from geo.ingest.checks.fixes import check_places
    from geo.ingest.checks.network_audit import audit, to_json, to_rows
    from geo.ingest.checks.network_repairs import WITHIN_M, proposed_repairs
    from geo.output.words.area_and_gaps import as_text
    from geo.output.words.imports import check_json, check_lines
    from geo.output.words.repairs import repairs_json

    area = open_area(options.area, options.home)
    found = audit(area)
    problems = check_places(area.places, area=area, today=clock.today())
    proposed = proposed_repairs(area)
    if options.json:
        document = {**to_json(found), "problems": check_json(problems, options.lang)}
        document["repairs"] = repairs_json(area, proposed, WITHIN_M)
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    if area.demonstration:
        print(texts.text("demo.mark", options.lang))
    print(as_text(to_rows(found, options.lang)))
    if proposed:
        told = {"count": len(proposed), "area": area.id}
        print(texts.text("repair.hint", options.lang, **told))
    print()
    for line in check_lines(problems, len(area.places), options.lang):
        print(line)
    say_left_out(area, options.lang)


def area_repair(options: Options) -> None:
    """Take repairs that the barrier audit proposes, or take one back; then print those proposed and
    those taken.
    """
    from geo import presets
    from geo.ingest.checks.network_repairs import chosen, proposed_repairs
    from geo.ingest.repairs import take_repairs, undo_repair
    from geo.output.words.repairs import repair_lines, repairs_json

    within_m = presets.limit_m(options.within)
    area = open_area(options.area, options.home)
    found = proposed_repairs(area, within_m=within_m)
    batch = 0
    who = {"who": options.who, "home": options.home}
    if options.take:
        batch = take_repairs(area, chosen(found, options.take), options.why, **who)
    elif options.undo:
        batch = undo_repair(area, options.undo, **who)
    if batch:
        console.warn(texts.text("repair.batch", options.lang, batch=str(batch), area=area.id))
        area = open_area(options.area, options.home)
        found = proposed_repairs(area, within_m=within_m)
    if options.json:
        print(json.dumps(repairs_json(area, found, within_m), ensure_ascii=False, indent=1))
        return
    for line in repair_lines(area, found, within_m, options.lang):
        print(line)
