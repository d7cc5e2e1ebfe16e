"""Needs, proposals and plans in words; small counts are shown as few, unknown as unknown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from babel.lists import format_list

from geo import presets, privacy, texts
from geo.access.meeting.mix import ESTABLISHED, NEWCOMERS, UNKNOWN
from geo.access.meeting.terms import arena_kinds, speaks
from geo.area import languages
from geo.area.activities.model import Activity, Span, activity_kinds
from geo.area.activities.occurrences import in_week, weekday_name
from geo.area.newcomers import availabilities
from geo.area.people import HOUSING
from geo.output.words.activity_hours import undated_words
from geo.planning.outreach.answers import NoProposal, Shared
from geo.planning.outreach.brief import Outreach, Row
from geo.planning.outreach.effects import Effect
from geo.planning.outreach.needs import (
    HOURS,
    LANGUAGE,
    OF_CHILDREN,
    PRESCHOOL,
    THREE,
    Need,
    counts_for,
    suits,
    within_of,
)
from geo.planning.outreach.proposals import MOVE, VISIT, Proposal
from geo.planning.outreach.question import HOMES
from geo.planning.outreach.rounds import NotVisited, Plan, Unspoken, Visit
from geo.planning.outreach.rules import needs
from geo.planning.outreach.spots import Spot, spot_name

COUNTED = 0.5
"""People are whole: less than half of one is nobody."""


def group_name(spot: Spot, language: str) -> str:
    """Return whom a spot's people are."""
    return presets.group(spot.group).name(language)


def count_words(count: float, language: str, *, counted: bool = False) -> str:
    """Return a number of people: of counted ones a few as few, unknown as unknown.

    >>> count_words(3, "en", counted=True), count_words(1240, "en")
    ('fewer than 5', '1,240')
    """
    if math.isnan(count):
        return texts.text("source.unknown", language)
    if privacy.is_small(count, counted):
        return texts.text("gap.fewer", language, smallest=privacy.SMALLEST)
    return texts.number(round(count), language)


def span_words(span: Span | None, language: str, *, counted: bool = False) -> str:
    """Return a range of people; one number where it is sure."""
    if span is None:
        return texts.text("source.unknown", language)
    low, high = (count_words(end, language, counted=counted) for end in (span.low, span.high))
    return low if low == high else texts.text("outreach.span", language, low=low, high=high)


def lacking_words(need: Need, language: str) -> str:
    """Return how many have a need, hidden where that would disclose a few."""
    return texts.text("gap.hidden", language) if need.hidden else span_words(need.lacking, language)


def sure_words(need: Need, language: str) -> str:
    """Return how sure a need is: known, perhaps, or unknown."""
    if need.lacking is None:
        return texts.text("outreach.not_known", language)
    if abs(need.lacking.high - need.lacking.low) < COUNTED:
        return texts.text("outreach.sure", language)
    key = "outreach.partly_sure" if need.lacking.low >= COUNTED else "outreach.unsure"
    return texts.text(key, language)


def why(answer: Outreach, row: Row, need: Need, language: str) -> str:
    """Return why somebody at a place has a need, or why it is not known."""
    if need.need == HOURS:
        return _why_hours(answer, row, language)
    if need.need == LANGUAGE:
        return _why_language(answer, row, language)
    if need.need == PRESCHOOL:
        return _why_preschool(answer, row, need, language)
    if need.need == THREE:
        return _why_three(need, language)
    return _why_arena(answer, row, language)


def times_words(answer: Outreach, activity: Activity, language: str) -> str:
    """Return when an activity is on in the question's week, as in ``tis 17:00–19:00``."""
    held = in_week(activity, answer.question.meeting.monday)
    if not held and activity.undated:
        return undated_words(activity, language)
    if not held:
        key = "unknown_times" if activity.times is None else "not_this_week"
        return texts.text(f"outreach.{key}", language)
    return ", ".join(
        f"{weekday_name(each.start.weekday(), language)} {each.start:%H:%M}–{each.end:%H:%M}"
        for each in held
    )


def proposal_words(answer: Outreach, proposal: Proposal, language: str) -> str:
    """Return what a proposal is: who does what, where and when."""
    activity = proposal.activity
    kind = activity_kinds()[activity.kind].name(language)
    values = {
        "name": activity.name or kind,
        "who": ", ".join(activity.organisers) or activity.name,
        "place": place_name(answer, proposal.place, language, at_door=proposal.what == VISIT),
        "times": times_words(answer, activity, language),
    }
    if proposal.what == MOVE and proposal.was is not None:
        values["before"] = times_words(answer, proposal.was, language)
        return texts.text("outreach.proposal_move", language, **values)
    spoken = ", ".join(languages.name(code, language) for code in activity.languages)
    values["languages"] = spoken or texts.text("source.unknown", language)
    return texts.text(f"outreach.proposal_{proposal.what}", language, **values)


def effect_words(effect: Effect, language: str) -> str:
    """Return whom a proposal reaches before and after."""
    name = needs()[effect.need].name(language)
    name = name[0].upper() + name[1:]
    if effect.hidden:
        return texts.text("outreach.effect_few", language, need=name)
    key = "outreach.effect_children" if effect.need in OF_CHILDREN else "outreach.effect"
    return texts.text(
        key,
        language,
        need=name,
        before=span_words(effect.before, language),
        after=span_words(effect.after, language),
        here_before=span_words(effect.here_before, language),
        here_after=span_words(effect.here_after, language),
        here=count_words(effect.here_about, language),
    )


def area_effect_words(effect: Effect, language: str) -> str:
    """Return whom a proposal reaches before and after, in the whole area."""
    name = needs()[effect.need].name(language)
    name = name[0].upper() + name[1:]
    if effect.hidden:
        return texts.text("outreach.effect_few", language, need=name)
    return texts.text(
        "outreach.area_effect",
        language,
        need=name,
        before=span_words(effect.before, language),
        after=span_words(effect.after, language),
    )


def place_name(answer: Outreach, place: str, language: str, *, at_door: bool = False) -> str:
    """Return a place's name; its kind where it has none. Of a housing its reception is meant,
    unless somebody comes to the door.
    """
    places = answer.world.area.places
    row = int(np.flatnonzero(places["id"].astype(str) == place)[0])
    name, kind = str(places["name"].iloc[row]), str(places["kind"].iloc[row])
    known = presets.kinds().get(kind)
    called = name or (known.name(language) if known else kind)
    if kind == HOUSING and not at_door:
        return texts.text("sites.reception_of", language, name=called)
    return called


def headline(answer: Outreach, language: str) -> str:
    """Return the answer in one sentence."""
    if not answer.shown:
        return texts.text("outreach.nobody", language)
    first = answer.shown[0].spot
    key = "headline_home" if first.is_home else "headline"
    return texts.text(f"outreach.{key}", language, name=spot_name(first, language))


def headline_more(answer: Outreach, language: str) -> str:
    """Return what the first place of the list has, and how long the list is; "" without any."""
    if not answer.shown:
        return ""
    first = answer.shown[0]
    said = texts.text(
        "outreach.headline_more",
        language,
        score=score_words(first, language),
        count=in_need_sentence(first, language),
        needs="; ".join(needs()[need.need].name(language) for need in first.lacking),
        places=len(answer.shown),
    )
    return f"{said} {order_words(answer, language)}"


def order_words(answer: Outreach, language: str) -> str:
    """Return in which order the list stands, and that it begins with transitional housing."""
    said = texts.text(f"outreach.order_{answer.question.order}", language)
    kinds = {row.spot.is_home for row in answer.shown}
    return f"{said} {texts.text('outreach.homes_first', language)}" if len(kinds) > 1 else said


def score_words(row: Row, language: str) -> str:
    """Return need per person, from 0 to 100."""
    return texts.number(row.score, language)


def in_need_words(row: Row, language: str) -> str:
    """Return at least how many have some need, hidden where that would disclose a few."""
    if row.in_need_hidden:
        return texts.text("gap.hidden", language)
    return span_words(row.in_need, language, counted=row.spot.counted)


def in_need_sentence(row: Row, language: str) -> str:
    """Return at least how many have some need, in running text."""
    if row.in_need_hidden:
        return texts.text("outreach.in_need_hidden", language)
    count = in_need_words(row, language)
    sure = count == count_words(row.in_need.low, language, counted=row.spot.counted)
    key = "outreach.in_need" if sure else "outreach.in_need_range"
    return texts.text(key, language, count=count)


def none_words(answer: Outreach, none: NoProposal, language: str) -> str:
    """Return why a need has no proposal."""
    values = dict(none.values)
    values["limit"] = texts.metres(answer.question.meeting.limit_m, language)
    if "place" in values:
        values["place"] = place_name(answer, str(values["place"]), language)
    for name in ("metres", "near"):
        if name in values:
            values[name] = texts.metres(float(str(values[name])), language)
    if "languages" in values:
        codes = none.values["languages"]
        assert isinstance(codes, tuple)
        values["languages"] = spoken_words(codes, language, style="or")
    return texts.text(f"outreach.none_{none.code}", language, **values)


def spoken_words(
    codes: Sequence[str], language: str, style: Literal["standard", "or"] = "standard"
) -> str:
    """Return languages by name, as in ``tigrinja och arabiska``."""
    names = [languages.name(code, language) for code in codes]
    return str(format_list(names, style=style, locale=language))


def left_words(left: NotVisited, language: str) -> str:
    """Return why a place is not visited."""
    spoken = spoken_words(left.languages, language, style="or")
    return texts.text(f"outreach.not_{left.reason}", language, languages=spoken)


def unspoken_words(each: Unspoken, language: str) -> str:
    """Return which of a home's languages who comes does not speak, and why nobody else does."""
    return texts.text(
        f"outreach.unspoken_{each.reason}",
        language,
        home=each.name,
        who=each.who,
        languages=spoken_words(each.languages, language),
        speakers=", ".join(each.speakers),
    )


def visit_words(visit: Visit, language: str) -> str:
    """Return what to call a visit: the home, or the place with whom it is for."""
    if not visit.areas:
        return visit.name
    joined = "; ".join(visit.areas)
    return texts.text("outreach.door", language, place=visit.name, areas=joined)


def shared_words(answer: Outreach, each: Shared, language: str) -> str:
    """Return what is offered once for the area: what it is, and for which places."""
    names = {row.spot.id: spot_name(row.spot, language) for row in answer.rows}
    helped = "; ".join(names[made.spot] for made in each.proposals)
    said = proposal_words(answer, each.first, language)
    return texts.text("outreach.shared", language, proposal=said, places=helped)


def settings_words(answer: Outreach, language: str) -> list[tuple[str, str]]:
    """Return what the answer rests on, as label and value: weights first."""
    question = answer.question
    asked = question.meeting
    walker = presets.profile(asked.profile)

    def word(key: str) -> str:
        return texts.text(f"outreach.set_{key}", language)

    order = texts.text(f"outreach.order_{question.order}", language)
    weights = "; ".join(
        f"{needs()[need].name(language)}: {value:g}" for need, value in question.weights.items()
    )
    measure = asked.established and presets.group(asked.established).name(language)
    return [
        (word("weights"), weights),
        (word("order"), order),
        (word("formula"), texts.text("outreach.formula", language)),
        (word("limit"), f"{texts.metres(asked.limit_m, language)}, {walker.name(language)}"),
        (word("when"), _when_words(answer, language)),
        (word("week"), asked.monday.isoformat()),
        (word("group"), presets.group(asked.group).name(language)),
        (word("established"), measure or texts.text("source.unknown", language)),
    ]


def _when_words(answer: Outreach, language: str) -> str:
    when = answer.question.meeting.when
    name = availabilities()[when].name(language) if when else "–"
    if not any(row.spot.times for row in answer.rows):
        return name
    return texts.text("outreach.when_own", language, name=name)


def plan_words(plan: Plan, language: str) -> str:
    """Return what a plan visits, and whether a better one could be."""
    if not plan.rounds:
        return texts.text("outreach.plan_none", language)
    share = plan.visited / plan.most if plan.most > 0 else 1.0
    values = {
        "visits": plan.stops,
        "asked": plan.asked,
        "rounds": len(plan.rounds),
        "km": texts.number(sum(each.metres for each in plan.rounds) / 1000, language, 1),
    }
    said = texts.text("outreach.plan", language, **values)
    if plan.proven:
        return f"{said} {texts.text('outreach.plan_proven', language)}"
    bound = texts.text("outreach.plan_bound", language, share=texts.percent(share, language))
    return f"{said} {bound}"


def _why_hours(answer: Outreach, row: Row, language: str) -> str:
    near = [
        offer
        for offer in within_of(answer.world, row.spot, answer.supply)
        if counts_for(HOURS, offer.activity)
    ]
    suited = [suits(answer.world, offer.activity, row.spot) for offer in near]
    sure = sum(bool(on) and offer.sure() for on, offer in zip(suited, near, strict=True))
    closed = sum(on is False for on in suited)
    key = "why_hours" if near else "why_hours_none"
    said = texts.text(
        f"outreach.{key}",
        language,
        limit=texts.metres(answer.question.meeting.limit_m, language),
        count=len(near),
        sure=sure,
        closed=closed,
        unsure=len(near) - sure - closed,
    )
    return f"{said} {_own_times(row.spot, language)}".rstrip()


def _own_times(spot: Spot, language: str) -> str:
    """Return that a housing's own times were used; "" where it reports none."""
    if not spot.times:
        return ""
    names = [availabilities()[part.code].name(language) for part in spot.times]
    own = names[:-1] if spot.untold else names
    key = "why_hours_own_some" if spot.untold else "why_hours_own"
    return texts.text(f"outreach.{key}", language, times=", ".join(own), preset=names[-1])


def _why_language(answer: Outreach, row: Row, language: str) -> str:
    if not row.spot.spoken:
        key = "why_language_home" if row.spot.kind == HOMES else "why_language_area"
        return texts.text(f"outreach.{key}", language)
    near = within_of(answer.world, row.spot, answer.supply)
    missing: list[str] = []
    perhaps: list[str] = []
    for spoken in row.spot.spoken:
        said = [(speaks(offer.activity, spoken.language), offer.sure("stale")) for offer in near]
        if not any(yes is True and fresh for yes, fresh in said):
            there = any(yes is not False for yes, _ in said)
            (perhaps if there else missing).append(languages.name(spoken.language, language))
    limit = texts.metres(answer.question.meeting.limit_m, language)
    sentences = [
        texts.text(f"outreach.why_language_{key}", language, limit=limit, languages=joined)
        for key, names in (("missing", missing), ("perhaps", perhaps))
        if (joined := format_list(names, style="or", locale=language))
    ]
    return " ".join(sentences) or texts.text("outreach.why_language_met", language, limit=limit)


def _why_preschool(answer: Outreach, row: Row, need: Need, language: str) -> str:
    short = answer.world.shortage[row.at]
    if short is None:
        return texts.text("outreach.why_preschool_unknown", language)
    if need.hidden:
        return texts.text("outreach.why_few", language)
    return texts.text(
        "outreach.why_preschool",
        language,
        limit=texts.metres(answer.question.meeting.limit_m, language),
        distance=short.by_distance,
        places=short.by_places,
        reached=span_words(need.reached, language),
    )


def _why_three(need: Need, language: str) -> str:
    key = "why_three_unknown" if need.lacking is None else "why_three"
    reached = (
        texts.text("gap.hidden", language) if need.hidden else span_words(need.reached, language)
    )
    return texts.text(f"outreach.{key}", language, reached=reached)


def _why_arena(answer: Outreach, row: Row, language: str) -> str:
    if not answer.world.majority:
        return texts.text("outreach.why_arena_unknown", language)
    near = set(answer.world.near[list(row.spot.rows)].indices.tolist())
    busy = {int(answer.supply.rows[offer.at]) for offer in answer.supply.offers}
    kinds = answer.world.area.places["kind"].to_numpy(object)
    arenas = [place for place in near if place in busy or kinds[place] in arena_kinds()]
    most = [answer.world.majority[place] for place in arenas]
    return texts.text(
        "outreach.why_arena",
        language,
        limit=texts.metres(answer.question.meeting.limit_m, language),
        established=most.count(ESTABLISHED),
        others=most.count(NEWCOMERS),
        unknown=most.count(UNKNOWN),
    )
