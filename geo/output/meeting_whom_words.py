"""Whom one may meet, and how many mentors and seats there are, in words. Knows answers, and neither
screens nor files.
"""

from __future__ import annotations

import math

from geo import presets, texts
from geo.access.meeting.contact import MENTORS, Contact, HomeContact
from geo.access.meeting.mix import Arena, Arenas, HomeArenas
from geo.access.meeting.supply import Asked
from geo.output.meeting_words import few_notes, home_name, range_words, say

SOME_SHARE = 0.005
"""A smaller share of unknown reads as none."""


def arena_head(answer: Arenas, language: str) -> str:
    """Say at how many meeting places the established are most."""
    told = [each.majority for each in answer.arenas]
    return say(
        "arena_some",
        language,
        good=told.count("established"),
        bad=told.count("newcomers"),
        unknown=told.count("unknown"),
        all=len(told),
        limit=texts.metres(answer.asked.limit_m, language),
    )


def arena_words(each: Arena, language: str) -> str:
    """Say one meeting place in a sentence."""
    name = each.name or say("unnamed", language)
    if each.hidden:
        return say("arena_row_hidden", language, name=name)
    if math.isnan(each.share):
        return say("arena_row_none", language, name=name)
    unknown = ""
    if each.unknown > SOME_SHARE:
        share = texts.percent(each.unknown, language)
        unknown = say("arena_row_unknown", language, share=share)
    return say(
        "arena_row",
        language,
        name=name,
        share=texts.percent(each.share, language),
        people=texts.number(round(each.people), language),
        unknown=unknown,
    )


def home_arena_words(each: HomeArenas, asked: Asked, language: str) -> str:
    """Say one housing's meeting places in a sentence."""
    values = {
        "home": home_name(each.home, language),
        "limit": texts.metres(asked.limit_m, language),
    }
    if not each.arenas:
        unsure = {"others": each.others, "unknown": each.unknown}
        return say("arena_home_none", language, **values, **unsure)
    nearest = ", ".join(
        say(
            "arena_place",
            language,
            name=pair.arena.name or say("unnamed", language),
            metres=texts.metres(pair.metres, language),
            share=texts.percent(pair.arena.share, language),
        )
        for pair in each.arenas[:3]
    )
    return say("arena_home", language, count=len(each.arenas), nearest=nearest, **values)


def arena_notes(answer: Arenas, language: str) -> list[str]:
    """Say which measure is used and how distance counts."""
    group = presets.group(answer.established).name(language)
    notes = [
        say("arena_measure", language, group=group),
        say("arena_decay", language, decay=say(f"decay_{answer.decay}", language)),
    ]
    if answer.estimated:
        notes.append(texts.text("gap.estimated", language))
    if answer.uncounted:
        notes.append(say("unknown_people", language, count=answer.uncounted))
    return [*notes, *few_notes([each.home.hidden for each in answer.homes], language)]


def measure_name(measure: str, language: str) -> str:
    """Return what is shared: mentors or seats."""
    return say("mentors" if measure == MENTORS else "seats", language)


def contact_head(answer: Contact, language: str) -> str:
    """Say what is shared and by how many."""
    name = measure_name(answer.measure, language)
    if not answer.stock.high and not answer.untold:
        return say("contact_none", language, measure=name)
    return say(
        "contact_some",
        language,
        stock=range_words(answer.stock, language),
        measure=name,
        newcomers=texts.number(round(answer.newcomers), language),
        unreached=texts.number(answer.unreached, language),
        limit=texts.metres(answer.asked.limit_m, language),
    )


def contact_words(each: HomeContact, answer: Contact, language: str) -> str:
    """Say one housing in a sentence."""
    return say(
        "contact_home",
        language,
        home=home_name(each.home, language),
        per=range_words(each.per_newcomer, language, 2),
        measure=measure_name(answer.measure, language),
        places=each.places,
        limit=texts.metres(answer.asked.limit_m, language),
        untold=each.untold,
    )


def contact_notes(answers: tuple[Contact, ...], language: str) -> list[str]:
    """Say which housing shares nothing because nobody told how many live there."""
    first = answers[0]
    notes = []
    if first.uncounted:
        notes.append(say("unknown_people", language, count=first.uncounted))
    return [*notes, *few_notes([each.home.hidden for each in first.homes], language)]


def untold_lines(answer: Contact, language: str) -> list[str]:
    """Say how many meeting places do not tell how many they have."""
    return [say("contact_untold", language, count=answer.untold)] if answer.untold else []


def contact_lines(answers: tuple[Contact, ...], language: str) -> list[str]:
    """Say each measure: what is shared, and each housing's."""
    lines = []
    for answer in answers:
        lines.append(contact_head(answer, language))
        lines += untold_lines(answer, language)
        if answer.stock.high or answer.untold:
            lines += [contact_words(each, answer, language) for each in answer.homes]
    return lines
