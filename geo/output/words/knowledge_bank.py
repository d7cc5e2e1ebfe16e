"""The knowledge bank in words: where from, when, how far, and what is uncertain.

The rows that the files of the knowledge bank hold, and the same as plain data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import pandas as pd
from babel.dates import format_date, format_interval

from geo import presets, texts
from geo.access.knowledge_bank.model import PLACE, VISIT, Bank, Entry, Speakers, Start
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.rules import rules
from geo.access.meeting.terms import kinds_name
from geo.area import languages
from geo.area.activities.derived import DERIVED
from geo.area.activities.model import Occurrence, Span, activity_kinds, audiences, themes
from geo.area.activities.occurrences import weekday_name
from geo.area.associations import ASSOCIATION
from geo.area.model import Area
from geo.network.walk_network import MAX_SNAP_M
from geo.output.words import sources
from geo.output.words.activity_hours import undated_words


def say(key: str, language: str, /, **values: Any) -> str:
    """Return a text of the section ``bank``."""
    return texts.text(f"bank.{key}", language, **values)


def title(bank: Bank, language: str) -> str:
    """Return what the answer is called, as in ``Nära Storgatan 1``."""
    return say("title", language, start=start_name(bank.start, language))


def start_name(start: Start, language: str) -> str:
    """Return where one walks from; of protected housing only that it is some."""
    if start.restricted:
        return texts.text("place.restricted", language)
    if start.id:
        return start.name or start.id
    return f"{start.lon:.5f}, {start.lat:.5f}"


def question_words(question: BankQuestion, language: str) -> str:
    """Return the question in words: limit, profile, week, and what was chosen of hour, language and
    theme.
    """
    walker = presets.profile(question.profile)
    parts = [
        say(
            "asked",
            language,
            limit=texts.metres(question.limit_m, language),
            minutes=texts.number(walker.minutes(question.limit_m), language),
            profile=walker.name(language).lower(),
        ),
        when_words(question, language),
    ]
    if question.language:
        name = languages.name(question.language, language)
        parts.append(say("asked_language", language, spoken=name))
    if question.kinds:
        parts.append(say("asked_kinds", language, kinds=kinds_name(question.kinds, language)))
    return " ".join(parts)


def when_words(question: BankQuestion, language: str) -> str:
    """Return which hour, day or week it is about."""
    if question.since is None:
        week = format_interval(question.monday, _sunday(question), "yMMMd", locale=language)
        return say("asked_week", language, week=str(week))
    day = format_date(question.since, "full", locale=language)
    if question.whole_day:
        return say("asked_day", language, day=str(day))
    clock, hours = f"{question.since:%H:%M}", rules().soon_hours
    return say("asked_hour", language, day=str(day), hour=clock, soon=hours)


def answer_words(bank: Bank, language: str) -> str:
    """Return the answer in a sentence or two: how much can be walked to from there, and of how much
    of it the hours are unknown.
    """
    values = {
        "start": start_name(bank.start, language),
        "limit": texts.metres(bank.question.limit_m, language),
    }
    found = bank.all
    if not found:
        return say("answer_none", language, **values)
    said = [say("answer", language, found=len(found), **values)]
    untimed = sum(bool({"times", "weeks"} & set(each.doubts)) for each in found)
    if untimed:
        said.append(say("answer_times", language, count=untimed))
    return " ".join(said)


def count_words(bank: Bank, language: str) -> str:
    """Return how many answer the question; and how many stand apart, where any do."""
    unsure = sum(bool(entry.doubts) for entry in bank.entries)
    apart = {
        "count_language": len(bank.language_unknown),
        "count_hours": len(bank.hours_unknown),
        "count_unreachable": len(bank.unreachable),
    }
    said = [say(name, language, count=count) for name, count in apart.items() if count]
    return " ".join([say("count", language, found=len(bank.entries), unsure=unsure), *said])


def restricted_note(bank: Bank, language: str) -> list[str]:
    """Return how the way from protected housing is counted, where it is one."""
    return [say("restricted", language)] if bank.start.restricted else []


def name_words(entry: Entry, language: str) -> str:
    """Return an entry's name; of one without a name its kind."""
    return entry.activity.name or kind_words(entry, language)


def kind_words(entry: Entry, language: str) -> str:
    """Return what an entry is: a kind of activity, or of place."""
    kinds = activity_kinds()
    if entry.what in (PLACE, ASSOCIATION) or entry.activity.kind not in kinds:
        return presets.kind(entry.kind_of_place).name(language)
    name = kinds[entry.activity.kind].name(language)
    return say("visit", language, kind=name) if entry.what == VISIT else name


def theme_words(theme: str, language: str) -> str:
    """Return a theme's name."""
    return themes()[theme].name(language) if theme in themes() else say("other_theme", language)


def does_words(entry: Entry) -> str:
    """Return what an organisation does, in its record's own words."""
    return ", ".join(entry.does)


def where_words(entry: Entry) -> str:
    """Return the place's name where it says more than the entry's own."""
    return "" if entry.place_name == entry.activity.name else entry.place_name


def walk_words(entry: Entry, language: str) -> str:
    """Return how far it is: metres and whole minutes, begun ones counted; of what serves the whole
    municipality also the metres to stops at both ends, and of what has no point that it has none.
    """
    if entry.municipal or not entry.placed:
        return _travel_words(entry, language)
    if math.isinf(entry.metres):
        return say("unreachable_one", language)
    minutes = max(1, math.ceil(round(entry.minutes, 6)))
    return say(
        "walk", language, metres=texts.metres(round(entry.metres), language), minutes=minutes
    )


def _travel_words(entry: Entry, language: str) -> str:
    parts = [say("no_point", language)] if not entry.placed else []
    if entry.municipal:
        parts.insert(0, say("municipal", language))
    if math.isfinite(entry.metres):
        metres = texts.metres(round(entry.metres), language)
        parts.append(say("on_foot", language, metres=metres))
    if entry.stops is not None and entry.municipal:
        stops = entry.stops
        values = {
            "here": texts.metres(round(stops.from_m), language),
            "stop": stops.from_name,
            "there": "" if math.isnan(stops.to_m) else texts.metres(round(stops.to_m), language),
            "end": stops.to_name,
        }
        parts.append(say("stops" if values["there"] else "stop_here", language, **values))
    return "; ".join(parts)


def municipal_notes(bank: Bank, language: str) -> list[str]:
    """Return the names of what serves the whole municipality, in one line; nothing without any."""
    names = [name_words(each, language) for each in bank.municipal]
    return [say("municipal_note", language, names=", ".join(names))] if names else []


def speakers_words(bank: Bank, language: str) -> list[str]:
    """Return how many matches and seats a year there are of what serves the whole municipality for
    each newcomer, and by language; nothing where there is no such supply.
    """
    return [_shared_by(each, language) for each in bank.speakers]


def _shared_by(each: Speakers, language: str) -> str:
    name = languages.name(each.language, language) if each.language else ""
    who = say("speak", language, spoken=name) if name else say("all_newcomers", language)
    if each.hidden:
        return say("shared_few", language, who=who)
    people = texts.number(round(each.people), language)
    told = [
        say(
            f"shared_{key}",
            language,
            per=_per(span, each.people, language),
            count=_ends(span, language),
        )
        for key, span in (("matches", each.matches), ("seats", each.seats))
        if span.high > 0
    ]
    if each.untold:
        told.append(say("shared_untold", language, count=each.untold))
    return say(
        "shared",
        language,
        who=who,
        people=people,
        told=_sentence("; ".join(told) or say("shared_none", language)),
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _ends(span: Span, language: str, digits: int = 0) -> str:
    low, high = (texts.number(end, language, digits) for end in (span.low, span.high))
    return low if low == high else f"{low}–{high}"


def _per(span: Span, people: float, language: str) -> str:
    return _ends(Span(span.low / people, span.high / people), language, 2)


def hours_words(entry: Entry, question: BankQuestion, language: str) -> str:
    """Return when it takes place: of the question's hour or day, else in the week, else next."""
    if entry.activity.times is None:
        return say("hours_unknown", language)
    if entry.then:
        return then_words(entry.then, question, language)
    if entry.coming:
        return week_words(entry.coming, language)
    if entry.activity.undated:
        return undated_words(entry.activity, language)
    if entry.later is not None:
        return say("later", language, when=_dated(entry.later, language))
    return say("no_time", language)


def week_words(coming: Sequence[Occurrence], language: str) -> str:
    """Write a week's times, days in a row with the same hours together: ``mån–fre 10–16``."""
    by_hours: dict[str, list[int]] = {}
    for each in coming:
        days = by_hours.setdefault(_clock(each), [])
        if each.start.weekday() not in days:
            days.append(each.start.weekday())
    return ", ".join(f"{_days(days, language)} {hours}" for hours, days in by_hours.items())


def then_words(found: Sequence[Occurrence], question: BankQuestion, language: str) -> str:
    """Return what is on at the question's hour, or later that day."""
    if question.whole_day or question.since is None:
        return ", ".join(_clock(each) for each in found)
    words = []
    for each in found:
        key = "open_then" if each.start <= question.since else "begins"
        start, end = _minute(each.start), _minute(each.end)
        words.append(say(key, language, start=start, end=end))
    return ", ".join(dict.fromkeys(words))


def language_words(entry: Entry, language: str) -> str:
    """Return the languages spoken, or that nobody reported them."""
    spoken = [languages.name(code, language) for code in entry.activity.languages]
    return ", ".join(spoken) if spoken else say("language_unknown", language)


def whom_words(entry: Entry, language: str) -> str:
    """Return who may come; of an activity that does not report it, that it is unknown; of a place,
    nothing.
    """
    if entry.id.startswith(DERIVED):
        return ""
    known = audiences()
    told = [known[code].name(language) for code in entry.activity.audience if code in known]
    return ", ".join(told) if told else say("whom_unknown", language)


def terms_words(entry: Entry, language: str) -> str:
    """Return cost, whether one must book, and how many mentors and buddies there are a year."""
    drop_in = entry.activity.drop_in
    parts = [
        entry.activity.cost,
        "" if drop_in is None else say("drop_in" if drop_in else "book", language),
    ]
    counts = ((entry.mentors, "mentors"), (entry.buddies, "buddies"), (entry.seats, "seats"))
    for count, key in counts:
        parts.append("" if count is None else say(key, language, count=count))
    return ", ".join(filter(None, parts))


def terms_and_whom(entry: Entry, language: str) -> str:
    """Return who may come and on which terms, in one line."""
    parts = (whom_words(entry, language), terms_words(entry, language))
    return ", ".join(filter(None, parts))


def doubt_words(entry: Entry, language: str, *, but: Sequence[str] = ()) -> str:
    """Return what is uncertain of an entry, "" where nothing is; ``but`` what is shown
    elsewhere.
    """
    doubts = [doubt for doubt in entry.doubts if doubt not in but]
    if not doubts:
        return ""
    told = ", ".join(say(f"doubt_{doubt}", language) for doubt in doubts)
    return say("uncertain", language, doubts=told)


def lines(bank: Bank, language: str) -> list[str]:
    """Return an answer in lines: the question, then each list by theme."""
    found = [title(bank, language), question_words(bank.question, language)]
    found += [*restricted_note(bank, language), count_words(bank, language)]
    for part, entries in sections(bank, language):
        found += ["", f"{part} ({len(entries)})"]
        found += speakers_words(bank, language) if entries is bank.municipal else []
        found += [f"  {line}" for each in entries for line in _lines(each, bank, language)]
    return found


def sections(bank: Bank, language: str) -> list[tuple[str, tuple[Entry, ...]]]:
    """Return the lists with what each is called: sure ones by theme, the others apart."""
    named = [(theme_words(theme, language), rows) for theme, rows in by_theme(bank.entries)]
    apart = (
        ("part_language_unknown", bank.language_unknown),
        ("part_hours_unknown", bank.hours_unknown),
        ("part_unreachable", bank.unreachable),
        ("part_municipal", bank.municipal),
        ("part_unplaced", bank.unplaced),
    )
    return [*named, *((say(key, language), rows) for key, rows in apart if rows)]


def by_theme(entries: Iterable[Entry]) -> list[tuple[str, tuple[Entry, ...]]]:
    """Return entries by theme, themes as the presets order them, nearest first in each."""
    order = [*themes(), ""]
    ordered = sorted(entries, key=lambda entry: order.index(entry.theme))
    return [(theme, tuple(rows)) for theme, rows in groupby(ordered, lambda entry: entry.theme)]


def _lines(entry: Entry, bank: Bank, language: str) -> list[str]:
    names = dict.fromkeys(
        (name_words(entry, language), kind_words(entry, language), where_words(entry))
    )
    told = [
        does_words(entry),
        hours_words(entry, bank.question, language),
        language_words(entry, language),
        whom_words(entry, language),
        terms_words(entry, language),
    ]
    head = f"{walk_words(entry, language)}: {' · '.join(filter(None, names))}"
    rest = [f"  {'; '.join(filter(None, told))}", f"  {doubt_words(entry, language)}"]
    return [head, *(line for line in rest if line.strip())]


def _days(days: Sequence[int], language: str) -> str:
    """Write weekdays, three and more in a row as from and to."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{weekday_name(run[0], language)}–{weekday_name(run[-1], language)}"
        if len(run) > 2
        else ", ".join(weekday_name(day, language) for day in run)
        for run in runs
    )


def _clock(each: Occurrence) -> str:
    return f"{_minute(each.start)}–{_minute(each.end)}"


def _minute(moment: datetime) -> str:
    return f"{moment:%H}" if moment.minute == 0 else f"{moment:%H:%M}"


def _dated(each: Occurrence, language: str) -> str:
    day = format_date(each.start, "d MMMM", locale=language)
    return f"{weekday_name(each.start.weekday(), language)} {day} {_clock(each)}"


def _sunday(question: BankQuestion) -> date:
    return question.monday + timedelta(days=6)


BANK_COLUMNS = (
    "list", "what", "theme", "kind", "name", "place", "metres", "minutes", "hours", "languages",
    "audience", "terms", "organisers", "contact", "link", "uncertain", "confirmed", "source", "id",
    "place_id", "from", "limit_m", "profile", "when", "area", "demonstration", "sources",
    "travel", "from_stop_m", "to_stop_m", "matches_per_year", "seats_per_year",
)  # fmt: skip
"""Columns of the knowledge bank as CSV and Excel; metres and minutes along the paths."""
LISTS = (
    *("in_reach", "language_unknown", "hours_unknown", "unreachable"),
    *("municipality", "unplaced"),
)
"""Which list a row stands in."""


def bank_rows(bank: Bank, area: Area, language: str) -> pd.DataFrame:
    """Return a row for each entry of each list, with the question and what it rests on."""
    parts = (
        *(bank.entries, bank.language_unknown, bank.hours_unknown, bank.unreachable),
        *(bank.municipal, bank.unplaced),
    )
    listed = [
        (part, entry) for part, entries in zip(LISTS, parts, strict=True) for entry in entries
    ]
    rows = [_row(part, entry, bank, language) for part, entry in listed]
    table = pd.DataFrame(rows, columns=list(BANK_COLUMNS[:20]))
    away = [_away(entry, language) for _, entry in listed]
    table = table.assign(**pd.DataFrame(away, columns=list(BANK_COLUMNS[-5:])).to_dict("series"))
    question = bank.question
    return table.assign(
        **{"from": start_name(bank.start, language)},
        limit_m=question.limit_m,
        profile=question.profile,
        when=question.since.isoformat() if question.since else question.monday.isoformat(),
        area=area.name,
        demonstration=area.demonstration,
        sources="; ".join(sources.source_line(source, language) for source in area.sources),
    ).reindex(columns=list(BANK_COLUMNS))


def bank_json(bank: Bank, area: Area, language: str) -> dict[str, Any]:
    """Return the answer as plain data; of protected housing there is no point."""
    question, start = bank.question, bank.start
    point = None if math.isnan(start.lon) else [start.lon, start.lat]
    names = [*BANK_COLUMNS[:20], *BANK_COLUMNS[-5:]]
    rows = bank_rows(bank, area, language)[names].to_dict("records")
    entries = (*bank.all, *bank.unreachable, *bank.municipal, *bank.unplaced)
    return {
        "area": area.id,
        "area_name": area.name,
        "title": title(bank, language),
        "headline": count_words(bank, language),
        "from": {"housing": start.id, "name": start.name, "point": point},
        "settings": {
            "limit_m": question.limit_m,
            "profile": question.profile,
            "week": question.monday.isoformat(),
            "since": question.since.isoformat() if question.since else None,
            "until": question.until.isoformat() if question.until else None,
            "language": question.language,
            "kinds": list(question.kinds),
            "today": question.today.isoformat(),
            "snap_rule": texts.text("gap.snap_rule", language, limit=MAX_SNAP_M),
        },
        "rows": [_told(row, entry, language) for row, entry in zip(rows, entries, strict=True)],
        "municipality": [_speakers_json(each, language) for each in bank.speakers],
        "sources": [sources.source_json(source, language) for source in area.sources],
        "demonstration": area.demonstration,
    }


def _away(entry: Entry, language: str) -> tuple[Any, ...]:
    """Return how one travels to what is not walked to, and how much of it there is in a year."""
    stops = entry.stops
    told = [count for count in (entry.mentors, entry.buddies) if count is not None]
    return (
        _travel_words(entry, language) if entry.municipal or not entry.placed else "",
        None if stops is None else round(stops.from_m, 1),
        None if stops is None or math.isnan(stops.to_m) else round(stops.to_m, 1),
        sum(told) if told else None,
        entry.seats,
    )


def _speakers_json(each: Speakers, language: str) -> dict[str, Any]:
    """Return whom what serves the whole municipality is for: no number where they are few."""
    few = each.hidden
    return {
        "language": each.language,
        "newcomers": None if few else round(each.people),
        "matches_per_year_low": None if few else each.matches.low,
        "matches_per_year_high": None if few else each.matches.high,
        "seats_per_year_low": None if few else each.seats.low,
        "seats_per_year_high": None if few else each.seats.high,
        "without_a_number": each.untold,
        "words": _shared_by(each, language),
    }


def rests_on(bank: Bank, area: Area, language: str) -> tuple[tuple[str, str], ...]:
    """Return a file's own description: the question, the area, the settings, the sources."""
    lines = [(texts.text("file.answer", language), title(bank, language))]
    lines += sources.walked(area, bank.question.profile, language)
    made_up = area.demonstration
    return (*lines, *sources.origins(area, area.sources, language, demonstration=made_up))


def _row(part: str, entry: Entry, bank: Bank, language: str) -> tuple[Any, ...]:
    activity = entry.activity
    reached = math.isfinite(entry.metres)
    return (
        part,
        entry.what,
        entry.theme,
        kind_words(entry, language),
        activity.name,
        entry.place_name,
        entry.metres if reached else None,
        entry.minutes if reached else None,
        hours_words(entry, bank.question, language),
        languages.named(activity.languages, language),
        ", ".join(activity.audience),
        terms_words(entry, language),
        ", ".join(activity.organisers),
        activity.contact,
        entry.link,
        ", ".join(entry.doubts),
        activity.confirmed.isoformat() if activity.confirmed else "",
        activity.source,
        entry.id,
        entry.place,
    )


def _told(row: dict[Any, Any], entry: Entry, language: str) -> dict[str, Any]:
    """Return a row without its empty fields, with its times and texts as they are."""
    kept: dict[str, Any] = {
        str(name): value
        for name, value in row.items()
        if value is not None and value != "" and not pd.isna(value)
    }
    kept["languages"] = list(entry.activity.languages)
    kept["audience"] = list(entry.activity.audience)
    kept["uncertain"] = list(entry.doubts)
    kept["times"] = [
        {"from": each.start.isoformat(), "to": each.end.isoformat()} for each in entry.coming
    ]
    texts_told = (*entry.written, *entry.place_written)
    kept["texts"] = [
        {"language": each.language, "name": each.name, "text": each.text} for each in texts_told
    ]
    kept["hours_known"] = entry.activity.times is not None and not entry.activity.undated
    if entry.activity.undated:
        kept["undated"] = undated_words(entry.activity, language)
    kept["said_uncertain"] = doubt_words(entry, language)
    return kept
