"""Outreach in words, tables and plain data: the list with reasons, proposals with what they do,
rounds of a week. Small counts of counted people are as in the answer: never closer than that they
are few.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo import cells, texts
from geo.area import languages
from geo.area.activities.model import Span
from geo.area.activities.occurrences import weekday_name
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import outreach as outreach_words
from geo.output.words import sources as source_words
from geo.planning.outreach import spots
from geo.planning.outreach.answers import Shared
from geo.planning.outreach.brief import Brief, Outreach, Row
from geo.planning.outreach.effects import Effect
from geo.planning.outreach.needs import Need
from geo.planning.outreach.proposals import Proposal
from geo.planning.outreach.rounds import Plan, Round, Stop
from geo.planning.outreach.rules import needs
from geo.privacy import is_small

OUTREACH_COLUMNS = (
    *("number", "where", "where_kind", "district", "lon", "lat", "group", "people", "score"),
    *("need", "weight", "about", "lacking_low", "lacking_high", "reached_low", "reached_high"),
    *("sure", "why", "note", "limit_m", "profile", "when", "week", "estimated", "demonstration"),
    *("area", "sources", "order", "in_need_low", "in_need_high", "proposal", "id"),
)
"""Columns of the list as CSV: a row per place and need."""


def outreach_rows(brief: Brief, language: str) -> pd.DataFrame:
    """Return the list as a table: a row per place and need, with what it rests on."""
    answer = brief.answer
    asked = answer.question.meeting
    few = texts.text("outreach.note_few", language)
    pairs = [(row, need) for row in brief.rows for need in row.needs]
    rows = [
        (
            *place_cells(row, language),
            *need_cells(brief, row, need, language),
            few if need.hidden else "",
        )
        for row, need in pairs
    ]
    table = pd.DataFrame(rows, columns=list(OUTREACH_COLUMNS[:19]))
    return table.assign(
        limit_m=asked.limit_m,
        profile=asked.profile,
        when=asked.when,
        week=asked.monday.isoformat(),
        estimated=answer.estimated,
        demonstration=answer.demonstration,
        area=answer.area_name,
        sources="; ".join(source_words.source_line(source, language) for source in answer.sources),
        order=answer.question.order,
        in_need_low=[ends(row.in_need, row.in_need_hidden)[0] for row, _ in pairs],
        in_need_high=[ends(row.in_need, row.in_need_hidden)[1] for row, _ in pairs],
        proposal=[answer_words(brief, row, need.need, language) for row, need in pairs],
        id=[row.spot.id for row, _ in pairs],
    )


def outreach_lines(brief: Brief, language: str) -> list[str]:
    """Return an answer in lines of text."""
    answer = brief.answer
    more = outreach_words.headline_more(answer, language)
    lines = [f"{outreach_words.headline(answer, language)}. {more}".strip(), ""]
    for row, made in zip(brief.rows, brief.proposals, strict=True):
        lines += _row_lines(brief, row, made, language)
    if brief.shared:
        lines += ["", texts.text("outreach.shared_title", language)]
    for each in brief.shared:
        lines.append(f"{mark(each)}. {outreach_words.shared_words(answer, each, language)}")
        lines += [f"   {line}" for line in shared_effects(each, language)]
    if brief.plan is not None:
        lines += ["", *plan_lines(brief.plan, language)]
    lines += [""] + [
        f"{label}: {words}" for label, words in outreach_words.settings_words(answer, language)
    ]
    return lines


def _row_lines(brief: Brief, row: Row, made: Sequence[Proposal], language: str) -> list[str]:
    """Return a place, its needs with what each gets, and its own proposals."""
    answer, name = brief.answer, spots.spot_name(row.spot, language)
    told = texts.text(
        "outreach.row",
        language,
        people=people_words(row, language),
        score=outreach_words.score_words(row, language),
        count=outreach_words.in_need_sentence(row, language),
    )
    lines = [f"{row.number}. {name}: {told}"]
    for need in row.lacking:
        label = needs()[need.need].name(language)
        count = outreach_words.lacking_words(need, language)
        lines.append(f"   {label}: {count} ({outreach_words.sure_words(need, language)})")
        lines.append(f"      {outreach_words.why(answer, row, need, language)}")
        lines.append(f"      → {answer_words(brief, row, need.need, language)}")
    for number, each in enumerate(made, start=1):
        lines.append(f"   {number}) {outreach_words.proposal_words(answer, each, language)}")
        lines += [f"      {outreach_words.effect_words(one, language)}" for one in each.effects]
    return lines


def answer_words(brief: Brief, row: Row, need: str, language: str) -> str:
    """Return what a need gets: which proposals, or why none; "" where nobody has it or nothing
    was tried.
    """
    given = brief.answers[brief.rows.index(row)] if brief.answers else ()
    found = next((each for each in given if each.need == need), None)
    if found is None:
        return ""
    if found.why_none is not None:
        none = outreach_words.none_words(brief.answer, found.why_none, language)
        return texts.text("outreach.none", language, why=none)
    own = [f"{number + 1}" for number in found.own]
    ours = [mark(each) for each in brief.shared if each.number in found.shared]
    said = [
        texts.text(f"outreach.see_{key}", language, numbers=", ".join(numbers))
        for key, numbers in (("own", own), ("shared", ours))
        if numbers
    ]
    return " ".join(said)


def mark(each: Shared) -> str:
    """Return what a shared proposal is called, as in ``A3``."""
    return f"A{each.number}"


def shared_effects(each: Shared, language: str) -> list[str]:
    """Return what a shared proposal does in the whole area, a line per need, each once."""
    found = {
        effect.need: outreach_words.area_effect_words(effect, language)
        for made in each.proposals
        for effect in made.effects
    }
    return list(found.values())


def plan_lines(plan: Plan, language: str) -> list[str]:
    """Return a week plan in lines of text."""
    lines = [outreach_words.plan_words(plan, language)]
    for each in plan.rounds:
        lines.append(round_name(each, language))
        lines += [
            f"   {stop.number}. {stop.arrive:%H:%M}–{stop.leave:%H:%M} "
            f"{outreach_words.visit_words(stop.visit, language)}"
            f" ({walk_words(stop, language)})"
            for stop in each.stops
        ]
        lines.append(f"   {back_words(each, language)}")
    return [*lines, *plan_notes(plan, language)]


def plan_notes(plan: Plan, language: str) -> list[str]:
    """Return what a plan leaves out: holidays, starts without a path, places not visited."""
    lines = []
    if plan.holidays:
        names = [
            f"{day.isoformat()} {sv if language == 'sv' else en}" for day, sv, en in plan.holidays
        ]
        lines.append(texts.text("outreach.file_holidays", language, days=", ".join(names)))
    if plan.stranded:
        names = list(plan.stranded)
        lines.append(texts.text("outreach.file_stranded", language, names=", ".join(names)))
    lines += [outreach_words.unspoken_words(each, language) for each in plan.unspoken]
    return lines + [
        f"{each.name}: {outreach_words.left_words(each, language)}" for each in plan.left
    ]


def outreach_json(brief: Brief, language: str = "sv") -> dict[str, Any]:
    """Return an answer as plain data: counts are people, ``_m`` metres, scores from 0 to 100; what
    is unknown or hidden is null.
    """
    answer = brief.answer
    asked = answer.question.meeting
    return {
        "area": answer.area,
        "area_name": answer.area_name,
        "headline": outreach_words.headline(answer, language),
        "weights": dict(answer.question.weights.items()),
        "formula": texts.text("outreach.formula", language),
        "limit_m": asked.limit_m,
        "profile": asked.profile,
        "when": asked.when,
        "week": asked.monday.isoformat(),
        "group": asked.group,
        "established": answer.question.meeting.established,
        "order": answer.question.order,
        "proposals_for_area": [_shared_json(brief, each, language) for each in brief.shared],
        "rows": [
            _row_json(brief, row, made, language)
            for row, made in zip(brief.rows, brief.proposals, strict=True)
        ],
        "plan": None if brief.plan is None else plan_json(brief.plan, language),
        "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        "sources": [source_words.source_json(source, language) for source in answer.sources],
        "estimated": answer.estimated,
        "demonstration": answer.demonstration,
    }


def plan_json(plan: Plan, language: str = "sv") -> dict[str, Any]:
    """Return a week plan as plain data: ``share_of_most`` is what is reached of what no rounds
    exceed.
    """
    return {
        "week": plan.monday.isoformat(),
        "profile": plan.profile,
        "language_rule": plan.rule,
        "words": outreach_words.plan_words(plan, language),
        "visited_score": round(plan.visited, 4),
        "most_score": round(plan.most, 4),
        "proven": plan.proven,
        "rounds": [_round_json(each) for each in plan.rounds],
        "not_visited": [
            {
                "name": each.name,
                "reason": each.reason,
                "words": outreach_words.left_words(each, language),
            }
            for each in plan.left
        ],
        "languages_not_spoken": [
            {
                "name": each.name,
                "who": each.who,
                "reason": each.reason,
                "languages": list(each.languages),
                "speakers": list(each.speakers),
                "words": outreach_words.unspoken_words(each, language),
            }
            for each in plan.unspoken
        ],
        "holidays": [day.isoformat() for day, _, _ in plan.holidays],
        "stranded": list(plan.stranded),
        "demonstration": plan.demonstration,
    }


def list_table(brief: Brief, language: str) -> pd.DataFrame:
    """Return the ranked list in words: a row per place."""
    rows = [
        (
            row.number,
            spots.spot_name(row.spot, language),
            texts.text(f"outreach.kind_{row.spot.kind}", language),
            people_words(row, language),
            outreach_words.score_words(row, language),
            outreach_words.in_need_words(row, language),
            "; ".join(
                f"{needs()[need.need].short(language)}: "
                f"{outreach_words.lacking_words(need, language)} "
                f"({outreach_words.sure_words(need, language)})"
                for need in row.lacking
            ),
        )
        for row in brief.rows
    ]
    names = ("number", "where", "kind", "people", "score", "in_need", "needs")
    return pd.DataFrame(rows, columns=_heads(names, language))


def needs_table(brief: Brief, language: str) -> pd.DataFrame:
    """Return needs in words: where, which, how many, how sure and why; a row per need."""
    rows = [
        (
            row.number,
            spots.spot_name(row.spot, language),
            needs()[need.need].short(language),
            outreach_words.lacking_words(need, language),
            outreach_words.sure_words(need, language),
            outreach_words.why(brief.answer, row, need, language),
            answer_words(brief, row, need.need, language),
        )
        for row in brief.rows
        for need in row.lacking
    ]
    names = ("number", "where", "need", "lacking", "sure", "why", "gets")
    return pd.DataFrame(rows, columns=_heads(names, language))


def proposals_table(brief: Brief, language: str) -> pd.DataFrame:
    """Return proposals in words: what is offered once for the area, then each place's own: where,
    what, and its effect.
    """
    answer = brief.answer
    names = {row.spot.id: spots.spot_name(row.spot, language) for row in answer.rows}
    rows = [
        (
            mark(each),
            "; ".join(names[made.spot] for made in each.proposals),
            outreach_words.proposal_words(answer, each.first, language),
            " ".join(shared_effects(each, language)),
        )
        for each in brief.shared
    ]
    rows += [
        (
            f"{texts.number(row.number, language)}.{number}",
            names[row.spot.id],
            outreach_words.proposal_words(answer, each, language),
            " ".join(outreach_words.effect_words(effect, language) for effect in each.effects),
        )
        for row, made in zip(brief.rows, brief.proposals, strict=True)
        for number, each in enumerate(made, start=1)
    ]
    return pd.DataFrame(rows, columns=_heads(("number", "where", "proposal", "effect"), language))


def rounds_table(plan: Plan, language: str) -> pd.DataFrame:
    """Return the stops of a plan in words, in the order of the week."""
    rows = [
        (
            f"{weekday_name(each.start.weekday(), language)} {each.start:%Y-%m-%d}",
            each.worker.name,
            stop.number,
            f"{stop.arrive:%H:%M}–{stop.leave:%H:%M}",
            outreach_words.visit_words(stop.visit, language),
            walk_words(stop, language),
            _languages(stop, language),
            ", ".join(needs()[need].short(language) for need in stop.visit.needs),
        )
        for each in plan.rounds
        for stop in each.stops
    ]
    names = ("day", "who", "number", "time", "where", "walk", "languages", "needs")
    return pd.DataFrame(rows, columns=_heads(names, language))


def summary(answer: Outreach, language: str) -> list[tuple[str, str]]:
    """Return what a file rests on, as label and value."""
    lines = [(texts.text("file.answer", language), outreach_words.headline(answer, language))]
    lines.append((texts.text("file.area", language), answer.area_name))
    lines += outreach_words.settings_words(answer, language)
    lines.append(
        (
            texts.text("file.snap_rule", language),
            texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        )
    )
    if answer.demonstration:
        mark = texts.text("demo.mark", language)
        lines.append((texts.text("file.demonstration", language), mark))
    label = texts.text("file.source", language)
    lines += [
        (
            f"{label} – {source_words.part_name(source.part, language)}",
            source_words.source_line(source, language),
        )
        for source in answer.sources
    ]
    credit = source_words.credit(answer.world.area)
    return [*lines, (texts.text("file.credit", language), credit)] if credit else lines


def round_name(each: Round, language: str) -> str:
    """Return what to call a round: its day, who, and their hours."""
    return texts.text(
        "outreach.file_round",
        language,
        day=weekday_name(each.start.weekday(), language, "wide").capitalize(),
        date=f"{each.start:%Y-%m-%d}",
        who=each.worker.name,
        start=f"{each.start:%H:%M}",
        end=f"{each.end:%H:%M}",
    )


def walk_words(stop: Stop, language: str) -> str:
    """Return how far it is to a stop."""
    minutes = texts.number(stop.walk_s / 60, language)
    metres = texts.metres(stop.metres, language)
    return texts.text("outreach.minutes", language, metres=metres, minutes=minutes)


def back_words(each: Round, language: str) -> str:
    """Return when somebody is back."""
    metres = texts.metres(each.back_m, language)
    return texts.text("outreach.file_back", language, time=f"{each.back:%H:%M}", metres=metres)


def people_words(row: Row, language: str) -> str:
    """Return how many people a place has, and whom they are."""
    count = outreach_words.count_words(row.spot.people, language, counted=row.spot.counted)
    return f"{count} {outreach_words.group_name(row.spot, language)}"


def place_cells(row: Row, language: str) -> tuple[object, ...]:
    """Return where a row is, who lives there and its score: cells of a file."""
    spot = row.spot
    few = spot.hidden or is_small(spot.people, spot.counted)
    hidden = math.isnan(spot.people) or few
    return (
        row.number,
        spots.spot_name(spot, language),
        spot.kind,
        spot.district,
        None if spot.restricted else round(spot.lon, 6),
        None if spot.restricted else round(spot.lat, 6),
        spot.group,
        None if hidden else round(spot.people),
        round(row.score, 3),
    )


def need_cells(brief: Brief, row: Row, need: Need, language: str) -> tuple[object, ...]:
    """Return one need of a row: cells of a file."""
    return (
        need.need,
        brief.answer.question.weights.of(need.need),
        None if need.hidden else cells.finite(need.about),
        *ends(need.lacking, need.hidden),
        *ends(need.reached, need.hidden),
        outreach_words.sure_words(need, language),
        outreach_words.why(brief.answer, row, need, language),
    )


def ends(span: Span | None, hidden: bool) -> tuple[float | None, float | None]:
    """Return both ends of a range; nothing where it is unknown or hidden."""
    if span is None or hidden:
        return None, None
    return round(span.low, 1), round(span.high, 1)


def _row_json(brief: Brief, row: Row, made: tuple[Proposal, ...], language: str) -> dict[str, Any]:
    names = ("number", "where", "where_kind", "district", "lon", "lat", "group", "people", "score")
    found: dict[str, Any] = dict(zip(names, place_cells(row, language), strict=True))
    found["id"] = row.spot.id
    found["in_need_low"], found["in_need_high"] = ends(row.in_need, row.in_need_hidden)
    found["needs"] = []
    for need in row.needs:
        keys = ("need", "weight", "about", "lacking_low", "lacking_high", "reached_low")
        told = dict(
            zip(
                (*keys, "reached_high", "sure", "why"),
                need_cells(brief, row, need, language),
                strict=True,
            )
        )
        said = answer_words(brief, row, need.need, language)
        found["needs"].append({**told, "hidden": need.hidden, "proposal": said})
    found["proposals"] = [_proposal_json(brief, each, language) for each in made]
    return found


def _shared_json(brief: Brief, each: Shared, language: str) -> dict[str, Any]:
    names = {row.spot.id: spots.spot_name(row.spot, language) for row in brief.answer.rows}
    found = _proposal_json(brief, each.first, language)
    del found["walk_m"], found["effects"]
    places = [
        {
            "where": names[made.spot],
            "id": made.spot,
            "walk_m": cells.finite(round(made.metres, 1)),
            "effects": [_effect_json(effect) for effect in made.effects],
        }
        for made in each.proposals
    ]
    return {"number": mark(each), **found, "places": places}


def _proposal_json(brief: Brief, each: Proposal, language: str) -> dict[str, Any]:
    return {
        "what": each.what,
        "place": each.place,
        "place_name": outreach_words.place_name(brief.answer, each.place, language),
        "organisers": list(each.activity.organisers),
        "languages": list(each.activity.languages),
        "times": outreach_words.times_words(brief.answer, each.activity, language),
        "walk_m": cells.finite(round(each.metres, 1)),
        "words": outreach_words.proposal_words(brief.answer, each, language),
        "effects": [_effect_json(effect) for effect in each.effects],
    }


def _effect_json(effect: Effect) -> dict[str, Any]:
    spans = (effect.before, effect.after, effect.here_before, effect.here_after)
    names = ("before", "after", "here_before", "here_after")
    told: dict[str, Any] = {"need": effect.need, "hidden": effect.hidden}
    for name, span in zip(names, spans, strict=True):
        told[f"{name}_low"], told[f"{name}_high"] = ends(span, effect.hidden)
    return told


def _round_json(each: Round) -> dict[str, Any]:
    return {
        "who": each.worker.name,
        "start": each.start.isoformat(),
        "end": each.end.isoformat(),
        "back": each.back.isoformat(),
        "back_m": round(each.back_m, 1),
        "metres": round(each.metres, 1),
        "stops": [
            {
                "number": stop.number,
                "name": stop.visit.name,
                "for": list(stop.visit.areas),
                "lon": round(stop.visit.lon, 6),
                "lat": round(stop.visit.lat, 6),
                "score": round(stop.visit.score, 3),
                "arrive": stop.arrive.isoformat(),
                "leave": stop.leave.isoformat(),
                "walk_m": round(stop.metres, 1),
                "languages_in_common": list(stop.common),
                "needs": list(stop.visit.needs),
            }
            for stop in each.stops
        ],
    }


def _heads(names: tuple[str, ...], language: str) -> list[str]:
    return [texts.text(f"outreach.column_{name}", language) for name in names]


def _languages(stop: Stop, language: str) -> str:
    return ", ".join(languages.name(code, language) for code in stop.common)
