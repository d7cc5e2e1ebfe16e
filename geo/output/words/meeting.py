"""The measures of meeting places in words: one sentence for each thing that is known, hidden or
unknown; also whom one may meet, and how many mentors and seats there are.
"""

from __future__ import annotations

import math
from typing import Any

from babel.dates import format_datetime, format_interval

from geo import presets, privacy, texts
from geo.access.meeting.answer import Answer, question_of
from geo.access.meeting.contact import MENTORS, Contact, HomeContact
from geo.access.meeting.hours import Hours, WindowAnswer
from geo.access.meeting.language import LanguageRow, Languages, Near
from geo.access.meeting.mix import (
    FEWER,
    FEWER_KNOWN,
    MOST,
    UNKNOWN,
    Arena,
    Arenas,
    HomeArenas,
    Newcomers,
)
from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.supply import FEW_AS, Home, Supply
from geo.access.meeting.terms import kinds_name
from geo.area import languages
from geo.area.activities.model import Activity, Occurrence, Span, activity_kinds
from geo.area.model import Area
from geo.area.newcomers import availabilities
from geo.area.people import HOUSING
from geo.output.words import sources
from geo.output.words.activity_hours import undated_words

EVENING = "weekday_evening"
"""The stretch of the week that an answer about hours says first."""


def say(key: str, language: str, /, **values: Any) -> str:
    """Return a text of the section ``meeting``."""
    return texts.text(f"meeting.{key}", language, **values)


def range_words(span: Span, language: str, decimals: int = 0) -> str:
    """Return a range of counts in words: one number where both ends read the same, ``minst 3``
    where nobody knows how many more.
    """
    low = texts.number(span.low, language, decimals)
    if math.isnan(span.high):
        return say("at_least", language, low=low)
    high = texts.number(span.high, language, decimals)
    return low if low == high else say("range", language, low=low, high=high)


def share_words(low: float, high: float, language: str) -> str:
    """Write a range of shares from 0 to 1 in per cent."""
    one, other = texts.percent(low, language), texts.percent(high, language)
    if one == other:
        return other
    return say("range", language, low=texts.number(100 * low, language), high=other)


def heading(question: MeetingQuestion, language: str, form: str = "heading") -> str:
    """Return the question in words: week, limit, people and what counts; ``heading_week`` leaves
    out the people, ``heading_walk`` the week too.
    """
    minutes = presets.profile(question.profile).minutes(question.limit_m)
    everything = "everywhere" if form == "heading_walk" else "everything"
    values = {
        "limit": texts.metres(question.limit_m, language),
        "minutes": texts.number(minutes, language),
        "what": kinds_name(question.kinds, language) or say(everything, language),
    }
    if form != "heading_walk":
        values["week"] = week_words(question, language)
    if form == "heading":
        values["group"] = presets.group(question.group).name(language)
    return say(form, language, **values)


def asked(answer: Answer, language: str) -> str:
    """Return the question of an answer in words."""
    form = "heading" if isinstance(answer, Hours) else "heading_week"
    form = "heading_walk" if isinstance(answer, Arenas) else form
    said = heading(question_of(answer), language, form)
    if not question_of(answer).housing:
        return said
    return say("heading_home", language, heading=said, home=_home_asked(answer, language))


def _home_asked(answer: Answer, language: str) -> str:
    """Return the name of the housing that a question about one is about."""
    if isinstance(answer, Hours):
        return answer.homes[0].name or say("unnamed", language)
    homes = answer[0].homes if isinstance(answer, tuple) else answer.homes
    return home_name(homes[0].home, language)


def headline(answer: Answer, language: str) -> str:
    """Return an answer in one sentence."""
    match answer:
        case Hours():
            return hours_head(answer, language)
        case Languages():
            return language_head(answer, language)
        case Arenas():
            return arena_head(answer, language)
        case _:
            return contact_head(answer[-1], language)


def more_words(answer: Answer, language: str) -> list[str]:
    """Return what belongs to the headline; what tables hold in rows is left to them."""
    match answer:
        case Hours():
            rest = [*other_hours(answer, language), *nowhere_lines(answer, language)]
            return [*rest, *unsure_lines(answer, language)]
        case Languages():
            return []
        case Arenas():
            return [home_arena_words(each, answer.question, language) for each in answer.homes]
        case _:
            heads = [contact_head(each, language) for each in answer[:-1]]
            note = texts.text("moten.contact_note", language)
            return [*heads, note, *untold_words(answer, language)]


def notes(answer: Answer, language: str) -> list[str]:
    """Return what an answer rests on and what is unknown."""
    match answer:
        case Hours():
            return hours_notes(answer, language)
        case Languages():
            return language_notes(answer, language)
        case Arenas():
            return arena_notes(answer, language)
        case _:
            return contact_notes(answer, language)


def meeting_lines(answer: Answer, area: Area, language: str) -> list[str]:
    """Return an answer in lines: the question, the sentences, and what is not known."""
    match answer:
        case Hours():
            told = hours_lines(answer, language)
        case Languages():
            told = [language_head(answer, language), *language_lines(answer, area, language)]
        case Arenas():
            told = [arena_head(answer, language)]
            told += [arena_words(each, answer, language) for each in answer.arenas]
            told += more_words(answer, language)
        case _:
            told = contact_lines(answer, language)
    return [asked(answer, language), *told, *notes(answer, language)]


def rests_on(answer: Answer, area: Area, language: str) -> tuple[tuple[str, str], ...]:
    """Return what an answer rests on, as label and words: the area, the settings, the sources."""
    walked = sources.walked(area, question_of(answer).profile, language)
    made_up = area.demonstration
    return (*walked, *sources.origins(area, area.sources, language, demonstration=made_up))


def _first(answer: Hours) -> int:
    names = [each.window.id for each in answer.windows]
    return names.index(EVENING) if EVENING in names else 0


def week_words(question: MeetingQuestion, language: str) -> str:
    """Write the week's first and last day."""
    return str(format_interval(question.monday, question.sunday, "yMMMd", locale=language))


def hours_head(answer: Hours, language: str) -> str:
    """Return who has something open in the first stretch of the week, or that nothing is known."""
    if not answer.supply.offers:
        return nothing_entered(answer.question, "hours", language)
    return window_words(answer, answer.windows[_first(answer)], language)


def nothing_entered(question: MeetingQuestion, measure: str, language: str) -> str:
    """Return that no activity is entered that could answer, so that the answer is unknown."""
    what = kinds_name(question.kinds, language) or say("any_activity", language)
    group = presets.group(question.group).name(language)
    return say(f"{measure}_not_entered", language, what=what, group=group)


def hours_lines(answer: Hours, language: str) -> list[str]:
    """Return for each stretch of the week who has something open, where nobody has, and what may
    be on at hours or in weeks that nobody has reported.
    """
    if not answer.supply.offers:
        return [hours_head(answer, language)]
    lines = [window_words(answer, each, language) for each in answer.windows]
    return [*lines, *nowhere_lines(answer, language), *unsure_lines(answer, language)]


NAMED = 5
"""Activities of unknown hours that a sentence names."""


def unsure_lines(answer: Hours, language: str) -> list[str]:
    """Return which activities have unknown hours, or unknown weeks; and what the week after holds
    where something is not weekly.
    """
    lines = []
    if answer.untimed:
        lines.append(say("untimed", language, **_listed(answer.untimed, language)))
    lines += [
        say(
            "undated",
            language,
            name=activity_name(each, language),
            when=undated_words(each, language),
        )
        for each in answer.undated
    ]
    later = answer.following
    if later is not None and not answer.silent:
        first = _first(answer)
        week, after = (week_words(each.question, language) for each in (answer, later))
        same = answer.windows[first].reached == later.windows[first].reached
        told = "" if same else window_words(later, later.windows[first], language)
        key = "fortnight_same" if same else "fortnight"
        lines.append(say(key, language, week=week, after=after, told=told))
    return lines


def _listed(found: tuple[Activity, ...], language: str) -> dict[str, Any]:
    names = ", ".join(activity_name(each, language) for each in found[:NAMED])
    if len(found) > NAMED:
        names = say("and_more", language, names=names, more=len(found) - NAMED)
    return {"count": len(found), "names": names}


def activity_name(activity: Activity, language: str) -> str:
    """Return what to call an activity: its name, or its kind."""
    return activity.name or activity_kinds()[activity.kind].name(language)


def other_hours(answer: Hours, language: str) -> list[str]:
    """Return who has something open in each stretch of the week but that of the headline."""
    if not answer.supply.offers:
        return []
    first = _first(answer)
    rest = [each for at, each in enumerate(answer.windows) if at != first]
    return [window_words(answer, each, language) for each in rest]


def nowhere_lines(answer: Hours, language: str) -> list[str]:
    """Return in which districts nothing known is open for anybody, by stretch of the week."""
    lines: list[str] = []
    if answer.silent:
        return lines
    for at, each in enumerate(answer.windows):
        here = [row for row in answer.districts if row.people > 0 and not row.hidden]
        names = [row.name for row in here if row.reached[at].high == 0 and row.name]
        if names and len(names) < len(here):
            values = {"window": each.window.name(language), "districts": ", ".join(names)}
            limit = texts.metres(answer.question.limit_m, language)
            lines.append(say("hours_nowhere", language, limit=limit, **values))
    return lines


def window_words(answer: Hours, each: WindowAnswer, language: str) -> str:
    """Return who has something open at some time of a stretch of the week."""
    name = each.window.name(language)
    values = {
        "window": name[0].upper() + name[1:],
        "limit": texts.metres(answer.question.limit_m, language),
        "group": presets.group(answer.question.group).name(language),
    }
    low, high = each.reached.low, each.reached.high
    if answer.question.housing and len(answer.homes) == 1:
        at = answer.windows.index(each)
        sure, perhaps = (
            end > 0 for end in (answer.homes[0].reached[at].low, answer.homes[0].reached[at].high)
        )
        key = "yes" if sure else "maybe" if perhaps else "no"
        if answer.silent:
            key = "unknown" if perhaps else "nothing"
        values["home"] = answer.homes[0].name or say("unnamed", language)
        del values["group"]
        return say(f"hours_home_{key}", language, **values)
    if answer.hidden(low) or answer.hidden(high):
        return say("hours_hidden", language, **values)
    values["all"] = texts.number(round(answer.people), language)
    if answer.silent:
        counts = {
            "offers": len(answer.supply.offers),
            "people": texts.number(round(high), language),
        }
        return say("hours_unknown", language, **counts, **values)
    if high == 0:
        return say("hours_none", language, **values)
    shares = share_words(answer.share(low), answer.share(high), language)
    return say(
        "hours_some", language, people=range_words(each.reached, language), share=shares, **values
    )


def hours_notes(answer: Hours, language: str) -> list[str]:
    """Return what the answer rests on and what it leaves out."""
    notes = [supply_words(answer.supply, language)]
    if not answer.counted:
        notes.append(texts.text("gap.estimated", language))
    if answer.question.when:
        name = availabilities()[answer.question.when].name(language)
        notes.append(say("when", language, when=name))
    if answer.unknown and presets.group(answer.question.group).origin == HOUSING:
        notes.append(say("unknown_people", language, count=answer.unknown))
    if answer.supply.lost:
        notes.append(say("lost", language, count=len(answer.supply.lost)))
    return [*notes, *few_notes([row.hidden for row in answer.homes], language)]


def supply_words(supply: Supply, language: str) -> str:
    """Return how many activities count, and how many of them are uncertain and why."""
    if not supply.offers:
        return say("counted_none", language)
    silent = sum(bool({"language", "audience"} & set(each.doubts)) for each in supply.offers)
    return say(
        "counted",
        language,
        offers=len(supply.offers),
        places=len(supply.rows),
        unsure=sum(not each.sure() for each in supply.offers),
        stale=supply.count("stale"),
        times=supply.count("times"),
        weeks=supply.count("weeks"),
        silent=silent,
    )


def few_notes(hidden: list[bool], language: str) -> list[str]:
    """Return a note that small counts stand as one, where there are any."""
    if not any(hidden):
        return []
    return [say("few", language, smallest=privacy.SMALLEST, few=FEW_AS)]


def language_head(answer: Languages, language: str) -> str:
    """Return whom an activity in reach can talk to."""
    limit = texts.metres(answer.question.limit_m, language)
    if not answer.people:
        return say("language_untold", language)
    offers = answer.supply.offers
    if not offers:
        return nothing_entered(answer.question, "language", language)
    if not any(each.activity.languages for each in offers):
        count = {"offers": len(offers), "limit": limit}
        return say("language_silent_all", language, **count)
    if answer.hidden:
        return say("language_hidden", language, limit=limit)
    everybody = texts.number(round(answer.people), language)
    if answer.reached.high == 0:
        return say("language_none", language, all=everybody, limit=limit)
    low, high = answer.reached.low / answer.people, answer.reached.high / answer.people
    return say(
        "language_some",
        language,
        people=range_words(answer.reached, language),
        all=everybody,
        share=share_words(low, high, language),
        limit=limit,
    )


def language_lines(answer: Languages, area: Area, language: str) -> list[str]:
    """Return a line per language: who speaks it, whom it reaches, and the nearest activity."""
    return [language_words(row, answer, area, language) for row in answer.rows]


def language_words(row: LanguageRow, answer: Languages, area: Area, language: str) -> str:
    """Return one language in a sentence."""
    name = languages.name(row.language, language)
    values = {
        "spoken": name[0].upper() + name[1:],
        "nearest": near_words(row.nearest, area, language),
    }
    if row.hidden:
        return say("language_row_hidden", language, **values)
    if not any(each.activity.languages for each in answer.supply.offers):
        speakers = range_words(row.speakers, language)
        return say("language_row_unknown", language, spoken=values["spoken"], speakers=speakers)
    return say(
        "language_row",
        language,
        reached=range_words(row.reached, language),
        speakers=range_words(row.speakers, language),
        limit=texts.metres(answer.question.limit_m, language),
        **values,
    )


def near_words(near: Near | None, area: Area, language: str) -> str:
    """Return the nearest activity in words: where, how far and when."""
    if near is None:
        return say("nearest_none", language)
    return say(
        "nearest" if near.sure else "nearest_unsure",
        language,
        name=near.activity.name or place_name(area, near.row, language),
        metres=texts.metres(near.metres, language),
        when=when_words(near, language),
    )


def when_words(near: Near, language: str) -> str:
    """Return when an activity is next on in the week, or that nobody reported it."""
    if near.activity.times is None:
        return say("time_unknown", language)
    if near.next is None and near.activity.undated:
        return undated_words(near.activity, language)
    if near.next is None:
        return say("time_not_this_week", language)
    return occurrence_words(near.next, language)


def occurrence_words(each: Occurrence, language: str) -> str:
    """Write a time as in ``tis 24 nov. 17:00–19:00``."""
    start = format_datetime(each.start, "EEE d MMM HH:mm", locale=language)
    return f"{start}–{each.end:%H:%M}"


def language_notes(answer: Languages, language: str) -> list[str]:
    """Return what is not known of languages."""
    notes = []
    if answer.untold or answer.unknown:
        people = texts.number(round(answer.unknown), language)
        notes.append(say("language_unknown", language, people=people, homes=answer.untold))
    if answer.residents > 0:
        people = texts.number(round(answer.residents), language)
        notes.append(say("language_residents", language, people=people))
    offers = answer.supply.offers
    silent = sum(not each.activity.languages for each in offers)
    if silent:
        notes.append(say("language_silent", language, count=silent, offers=len(offers)))
    if answer.supply.lost:
        notes.append(say("lost", language, count=len(answer.supply.lost)))
    few = [each.home.hidden for each in answer.homes] + [row.hidden for row in answer.rows]
    return [*notes, *few_notes(few, language)]


def home_name(home: Home, language: str) -> str:
    """Return a housing's name, or that it has none."""
    return home.name or say("unnamed", language)


def place_name(area: Area, row: int, language: str) -> str:
    """Return a place's name, or that it has none."""
    return str(area.places["name"].iloc[row]) or say("unnamed", language)


SOME_SHARE = 0.005
"""A smaller share of unknown reads as none."""
FINE_SHARE = 0.1
"""Smaller shares are written with a decimal."""


def arena_head(answer: Arenas, language: str) -> str:
    """Return at how many meeting places newcomers are fewer than half."""
    if not answer.known:
        return say("arena_unknown", language)
    told = [each.standing for each in answer.arenas]
    return say(
        "arena_some_least" if answer.least else "arena_some",
        language,
        good=told.count(FEWER) + told.count(FEWER_KNOWN),
        bad=told.count(MOST),
        unknown=told.count(UNKNOWN),
        all=len(told),
        limit=texts.metres(answer.question.limit_m, language),
    )


def newcomer_words(found: Newcomers, language: str) -> str:
    """Write the share of newcomers: ``4,3 % (2,8–5,1 %)``, ``minst omkring 4,3 %`` where more may
    be new, or that it is unknown.
    """
    if found.silent:
        return texts.text("source.unknown", language)
    share = fine_percent(found.share, language)
    if found.least:
        return say("share_least", language, share=share)
    low, high = (fine_percent(end, language) for end in (found.low, found.high))
    return share if low == high else say("share_between", language, share=share, low=low, high=high)


def fine_percent(share: float, language: str) -> str:
    """Write a share in per cent, a small one with a decimal."""
    return texts.percent(share, language, 1 if 0 < share < FINE_SHARE else 0)


def context_words(each: Arena, answer: Arenas, language: str) -> str:
    """Return the share of the context's group among those who can walk somewhere, "" where it is
    not known.
    """
    if not answer.established or math.isnan(each.share):
        return ""
    group = presets.group(answer.established).name(language)
    return say("arena_context", language, group=group, share=context_share(each, language))


def context_share(each: Arena, language: str) -> str:
    """Write the share of the context's group among those of whom it is known."""
    unknown = ""
    if each.unknown > SOME_SHARE:
        share = texts.percent(each.unknown, language)
        unknown = say("arena_row_unknown", language, share=share)
    return texts.percent(1 - each.share, language) + unknown


def arena_words(each: Arena, answer: Arenas, language: str) -> str:
    """Return one meeting place in a sentence."""
    name = each.name or say("unnamed", language)
    if each.hidden:
        return say("arena_row_hidden", language, name=name)
    if not each.people:
        return say("arena_row_none", language, name=name)
    return say(
        "arena_row_silent" if each.newcomers.silent else "arena_row",
        language,
        name=name,
        share=newcomer_words(each.newcomers, language),
        people=texts.number(round(each.people), language),
        context=context_words(each, answer, language),
    )


def home_arena_words(each: HomeArenas, question: MeetingQuestion, language: str) -> str:
    """Return one housing's meeting places in a sentence."""
    values = {
        "home": home_name(each.home, language),
        "limit": texts.metres(question.limit_m, language),
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
            share=newcomer_words(pair.arena.newcomers, language),
        )
        for pair in each.arenas[:3]
    )
    return say("arena_home", language, count=len(each.arenas), nearest=nearest, **values)


def arena_notes(answer: Arenas, language: str) -> list[str]:
    """Return who counts as a newcomer, what the span is, the context and how distance counts."""
    return [*who_is_new(answer, language), *arena_basis(answer, language)]


def arena_basis(answer: Arenas, language: str) -> list[str]:
    """Return what the span is, the context, and how distance and small counts are counted."""
    notes = [say("arena_span", language)] if answer.known else []
    if answer.established:
        group = presets.group(answer.established).name(language)
        notes.append(say("arena_measure", language, group=group))
    decay = say(f"decay_{answer.decay}", language)
    notes.append(say("arena_decay", language, decay=decay))
    if answer.estimated:
        notes.append(texts.text("gap.estimated", language))
    if answer.uncounted:
        notes.append(say("unknown_people", language, count=answer.uncounted))
    return [*notes, *few_notes([each.home.hidden for each in answer.homes], language)]


def who_is_new(answer: Arenas, language: str) -> list[str]:
    """Return who is counted as new, and that it is the least there can be where it is."""
    if not answer.known:
        return [say("arena_add", language)]
    people = texts.number(round(answer.newcomers), language)
    if answer.new_residents is None:
        return [say("arena_least_housing", language, people=people)]
    residents = texts.number(round(answer.new_residents), language)
    who = say("arena_who", language, people=people, residents=residents)
    return [who, say("arena_least", language)] if answer.least else [who]


def measure_name(measure: str, language: str) -> str:
    """Return what is shared: mentors or seats."""
    return say("mentors" if measure == MENTORS else "seats", language)


def contact_head(answer: Contact, language: str) -> str:
    """Return what is shared and by how many."""
    name = measure_name(answer.measure, language)
    if not answer.stock.high and not answer.untold:
        return say("contact_none", language, measure=name)
    municipal = "_municipal" if answer.measure == MENTORS else ""
    if not answer.stock.high:
        key = f"contact_unknown{municipal}"
        return say(key, language, measure=name, count=answer.untold)
    key = "contact_municipal" if municipal else "contact_some"
    return say(
        key,
        language,
        stock=range_words(answer.stock, language),
        measure=name,
        newcomers=texts.number(round(answer.newcomers), language),
        unreached=texts.number(answer.unreached, language),
        limit=texts.metres(answer.question.limit_m, language),
    )


def contact_words(each: HomeContact, answer: Contact, language: str) -> str:
    """Return one housing in a sentence."""
    municipal = "_municipal" if answer.measure == MENTORS else ""
    if not each.places and each.untold:
        return say(
            f"contact_home_unknown{municipal}",
            language,
            home=home_name(each.home, language),
            measure=measure_name(answer.measure, language),
            limit=texts.metres(answer.question.limit_m, language),
            untold=each.untold,
        )
    key = f"contact_home{municipal}"
    return say(
        key,
        language,
        home=home_name(each.home, language),
        per=range_words(each.per_newcomer, language, 2),
        measure=measure_name(answer.measure, language),
        places=each.places,
        limit=texts.metres(answer.question.limit_m, language),
        untold=each.untold,
    )


def contact_notes(answers: tuple[Contact, ...], language: str) -> list[str]:
    """Return which housing shares nothing because nobody reported how many live there."""
    first = answers[0]
    notes = []
    if first.uncounted:
        notes.append(say("unknown_people", language, count=first.uncounted))
    return [*notes, *few_notes([each.home.hidden for each in first.homes], language)]


def untold_lines(answer: Contact, language: str) -> list[str]:
    """Return how many meeting places do not report how many they have."""
    return [say("contact_untold", language, count=answer.untold)] if answer.untold else []


def untold_words(answers: tuple[Contact, ...], language: str) -> list[str]:
    """Return for each measure, by its name, how many meeting places do not report how many they
    have.
    """
    return [
        f"{measure_name(each.measure, language).capitalize()}: {line}"
        for each in answers
        for line in untold_lines(each, language)
    ]


def contact_lines(answers: tuple[Contact, ...], language: str) -> list[str]:
    """Return each measure in words: what is shared, and each housing's."""
    lines = []
    for answer in answers:
        lines.append(contact_head(answer, language))
        lines += untold_lines(answer, language)
        if answer.stock.high or answer.untold:
            lines += [contact_words(each, answer, language) for each in answer.homes]
    return lines
