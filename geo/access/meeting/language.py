"""Who can walk to an activity that speaks a language they do. Housing reports the languages spoken
there; for residents of statistical areas nobody does, and they are not guessed.

An activity whose record is a year old, or does not report its languages, counts only in the upper
end of a range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from geo import privacy
from geo.access.meeting.question import MeetingQuestion
from geo.access.meeting.supply import FEW_AS, Home, Offer, Supply, homes_asked, reach, supply_of
from geo.access.meeting.terms import speaks
from geo.area.activities.model import Activity, Occurrence, Span
from geo.area.activities.occurrences import in_week
from geo.area.model import Area
from geo.area.newcomers import newcomers_of
from geo.area.people import RESIDENTS
from geo.types import Bools, Floats

FAR_M = 20_000.0
"""Where the nearest activity that speaks a language is looked for."""
_ABOUT = ("stale", "language", "audience")
"""Doubts that bear on whether somebody can talk there; hours are another measure's."""


@dataclass(frozen=True)
class Spoken:
    """A language (BCP 47) and how many residents of a housing speak it (``FEW_AS`` where they are
    few); None where nobody reported how many.
    """

    language: str
    people: float | None = None


@dataclass(frozen=True)
class Near:
    """The nearest activity that is known to speak a language: walking metres, whether its record is
    fresh, and when it is next on in the question's week (None: not then, or its hours unknown).
    """

    activity: Activity
    row: int
    metres: float
    sure: bool
    next: Occurrence | None


@dataclass(frozen=True)
class LanguageRow:
    """One language: who speaks it (a range where a housing reports languages but not how many),
    whom of them an activity in it reaches, and the nearest one from any of their homes.
    """

    language: str
    speakers: Span
    reached: Span
    nearest: Near | None
    home: str
    hidden: bool = False


@dataclass(frozen=True)
class HomeLanguages:
    """One housing: what is spoken there, and for each language whether an activity in reach speaks
    it, for sure and perhaps, and the nearest that does. ``people`` have reported languages;
    ``reached`` is whom of them an activity can talk to (None: not reported).
    """

    home: Home
    spoken: tuple[Spoken, ...]
    sure: tuple[bool, ...]
    maybe: tuple[bool, ...]
    nearest: tuple[Near | None, ...]
    people: float
    reached: Span | None


@dataclass(frozen=True, eq=False)
class Languages:
    """The answer. ``people`` are residents of housing whose languages are reported, ``unknown``
    those whose are not; ``untold`` housings report no language. ``residents`` are people of
    statistical areas, of whom no language is known (NaN: their number is not known either).
    """

    question: MeetingQuestion
    people: float
    unknown: float
    untold: int
    residents: float
    reached: Span
    rows: tuple[LanguageRow, ...]
    homes: tuple[HomeLanguages, ...]
    supply: Supply

    @property
    def few(self) -> bool:
        """Whether they are so few that no number of them is disclosed."""
        return privacy.is_small(self.people, True)

    @property
    def hidden(self) -> bool:
        """Whether the number reached is hidden: few, or all but a few."""
        ends = (self.reached.low, self.reached.high)
        rest = tuple(self.people - end for end in ends)
        return self.few or any(privacy.is_small(each, True) for each in (*ends, *rest))


def language_gap(area: Area, question: MeetingQuestion) -> Languages:
    """Return who has an activity in reach that speaks a language they do.

    Only the people of housing count, whichever group is chosen: only there are languages reported.
    ``question.language`` chooses the row that is shown; it leaves out no activity.
    """
    offered = supply_of(area, replace(question, language=""))
    known = homes_asked(area, question)
    metres = _metres(area, known, offered, question)
    spoken = spoken_at(area)
    found = tuple(
        _home(each, spoken.get(each.id, ()), offered, row, question)
        for each, row in zip(known, metres, strict=True)
    )
    told = [each for each in found if each.reached is not None]
    sizes = [each.home.people for each in found if np.isfinite(each.home.people)]
    people = sum(each.people for each in told)
    rows = _rows(found)
    return Languages(
        question=question,
        people=people,
        unknown=max(sum(sizes) - people, 0.0),
        untold=len(found) - len(told),
        residents=_residents(area),
        reached=_sum([each.reached for each in told if each.reached]),
        rows=tuple(row for row in rows if question.language in ("", row.language)),
        homes=found,
        supply=offered,
    )


def spoken_at(area: Area) -> dict[str, tuple[Spoken, ...]]:
    """Return the languages that each housing's record reports, by its place's id."""
    return {
        each.place: tuple(Spoken(part.code, _safe(part.people)) for part in each.languages)
        for each in newcomers_of(area)
    }


def reached_of(spoken: tuple[Spoken, ...], people: float, sure: Bools, maybe: Bools) -> Span | None:
    """Return how many of a housing's people an activity in reach can talk to, at least and at most.

    ``sure`` and ``maybe``: whether each language is spoken in reach. Numbers that add up to no more
    than live there are of different people. The rest speak the languages that have no number; where
    all have one, nobody reported what the rest speak, and they are not counted. Numbers that add up
    to more count people in several languages. None: nothing reported.
    """
    counts = np.array([math.nan if each.people is None else each.people for each in spoken])
    told = np.isfinite(counts)
    if not len(spoken) or (not told.all() and not np.isfinite(people)):
        return None
    size = people if np.isfinite(people) else float(counts.sum())
    if told.all() and counts.sum() <= size:
        return Span(float(counts[sure].sum()), float(counts[maybe].sum()))
    if told.all():
        low = max(counts[sure].max(initial=0.0), size - counts[~sure].sum())
        return Span(min(low, size), min(float(counts[maybe].sum()), size))
    known, rest = np.nan_to_num(counts), max(size - float(np.nansum(counts)), 0.0)
    apart = float(known[sure].sum() if rest else known[sure].max(initial=0.0))
    low = apart + rest * bool(sure[~told].all())
    high = float(known[maybe].sum()) + (rest or size) * bool(maybe[~told].any())
    return Span(min(low, size), min(high, size))


def base_of(spoken: tuple[Spoken, ...], people: float) -> float:
    """Return how many of a housing's people have reported languages: the share's denominator."""
    if not spoken:
        return 0.0
    counts = [each.people for each in spoken if each.people is not None]
    if not np.isfinite(people):
        return sum(counts) if len(counts) == len(spoken) else 0.0
    return min(sum(counts), people) if len(counts) == len(spoken) else people


def _home(
    each: Home,
    spoken: tuple[Spoken, ...],
    offered: Supply,
    metres: Floats,
    question: MeetingQuestion,
) -> HomeLanguages:
    heard = [_heard(row.language, offered, metres, question.limit_m) for row in spoken]
    sure, maybe = tuple(pair[0] for pair in heard), tuple(pair[1] for pair in heard)
    reached = reached_of(
        spoken, each.people, np.array(sure, dtype=bool), np.array(maybe, dtype=bool)
    )
    return HomeLanguages(
        home=each,
        spoken=spoken,
        sure=sure,
        maybe=maybe,
        nearest=tuple(_nearest(row.language, offered, metres, question) for row in spoken),
        people=0.0 if reached is None else base_of(spoken, each.people),
        reached=reached,
    )


def _heard(language: str, offered: Supply, metres: Floats, limit_m: float) -> tuple[bool, bool]:
    """Return whether a language is spoken within the limit: for sure, and perhaps."""
    near = [offer for offer in offered.offers if metres[offer.at] <= limit_m]
    answers = [(speaks(offer.activity, language), offer.sure(*_ABOUT)) for offer in near]
    sure = any(speak is True and fresh for speak, fresh in answers)
    return sure, any(speak is not False for speak, _ in answers)


def _nearest(
    language: str, offered: Supply, metres: Floats, question: MeetingQuestion
) -> Near | None:
    best: Offer | None = None
    for offer in offered.offers:
        if speaks(offer.activity, language) and np.isfinite(metres[offer.at]):
            key = (metres[offer.at], not offer.sure(*_ABOUT), offer.activity.id)
            if best is None or key < (metres[best.at], not best.sure(*_ABOUT), best.activity.id):
                best = offer
    if best is None:
        return None
    coming = next(iter(in_week(best.activity, question.monday)), None)
    row = int(offered.rows[best.at])
    return Near(best.activity, row, float(metres[best.at]), best.sure(*_ABOUT), coming)


def _metres(
    area: Area, known: tuple[Home, ...], offered: Supply, question: MeetingQuestion
) -> Floats:
    """Return walking metres of housings × places, ``inf`` beyond where anybody looks."""
    metres = np.full((len(known), len(offered.rows)), np.inf)
    if metres.size:
        rows = np.array([each.row for each in known])
        found = reach(area, rows, offered.rows, question, max(FAR_M, question.limit_m)).tocoo()
        metres[found.coords] = found.data
    return metres


def _rows(found: tuple[HomeLanguages, ...]) -> tuple[LanguageRow, ...]:
    """Return a row per language, most speakers first; those that hide a count last, by code."""
    languages = sorted({row.language for each in found for row in each.spoken})
    rows = [_row(language, found) for language in languages]
    rows.sort(key=lambda row: (row.hidden, 0.0 if row.hidden else -row.speakers.high, row.language))
    return tuple(rows)


def _row(language: str, found: tuple[HomeLanguages, ...]) -> LanguageRow:
    speakers, reached, nearest, name = [], [], None, ""
    for each in found:
        for spoken, near in zip(each.spoken, each.nearest, strict=True):
            if spoken.language != language:
                continue
            count = _speakers(spoken, each)
            speakers.append(count)
            if near is not None and (nearest is None or near.metres < nearest.metres):
                nearest, name = near, each.home.name
            reached.append(_of_language(language, each, count))
    return LanguageRow(
        language,
        _sum(speakers),
        _sum(reached),
        nearest,
        name,
        hidden=any(privacy.is_small(end, True) for end in _ends(speakers, reached)),
    )


def _ends(speakers: list[Span], reached: list[Span]) -> tuple[float, ...]:
    said, met = _sum(speakers), _sum(reached)
    return (said.low, said.high, met.low, met.high, said.low - met.low, said.high - met.high)


def _speakers(spoken: Spoken, each: HomeLanguages) -> Span:
    if spoken.people is not None:
        return Span(spoken.people, spoken.people)
    if not np.isfinite(each.home.people):
        return Span(0.0, 0.0)
    rest = max(each.home.people - sum(row.people or 0.0 for row in each.spoken), 0.0)
    alone = sum(row.people is None for row in each.spoken) == 1
    return Span(rest if alone else 0.0, rest)


def _of_language(language: str, each: HomeLanguages, count: Span) -> Span:
    at = [row.language for row in each.spoken].index(language)
    return Span(count.low if each.sure[at] else 0.0, count.high if each.maybe[at] else 0.0)


def _sum(spans: list[Span]) -> Span:
    return Span(sum(each.low for each in spans), sum(each.high for each in spans))


def _residents(area: Area) -> float:
    if "all" not in area.people:
        return math.nan
    here = (area.people["origin"] == RESIDENTS).to_numpy(bool)
    return float(area.count("all")[here].sum())


def _safe(count: float | None) -> float | None:
    if count is None:
        return None
    return float(FEW_AS) if privacy.is_small(count, counted=True) else count
