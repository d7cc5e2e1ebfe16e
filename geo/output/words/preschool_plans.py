"""What stands beside an answer about preschools, as plain data and lines of text: people who
arrive, whom to call, where to add places, and new homes.
"""

from __future__ import annotations

from typing import Any

from geo import presets, texts
from geo.access.preschools.call_list import Call, CallList
from geo.access.preschools.model import PreschoolAnswer
from geo.access.preschools.supply import Preschool
from geo.access.preschools.surge import Need, SurgeAnswer, Taker
from geo.area import languages
from geo.models.assignment.assign import MorePlaces
from geo.output.words.preschools import amount_words, plain_amount, preschool_json
from geo.planning.preschool_expansion import GrowthAnswer


def surge_json(answer: SurgeAnswer, language: str = "sv") -> dict[str, Any]:
    """Return what can be taken of those who arrive as plain data; null is unknown."""
    arrival = answer.arrival
    return {
        "lon": arrival.lon,
        "lat": arrival.lat,
        "people": arrival.people,
        "date": arrival.first.isoformat(),
        "ramp": list(arrival.ramp),
        "ages": [vars(band) for band in arrival.ages],
        "ages_assumed": arrival.assumed,
        "limit_m": answer.limit_m,
        "profile": answer.profile,
        "headline": surge_headline(answer, language),
        "in_school": answer.in_school,
        "lacking": list(answer.lacking),
        "needs": [_need_json(need, answer.limit_m, language) for need in answer.needs],
        "notes": surge_notes(answer, language),
        "demonstration": answer.demonstration,
    }


def surge_notes(answer: SurgeAnswer, language: str) -> list[str]:
    """Return what the answer assumes and what is unknown in it."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"surge.note_{key}", language, **values)

    lines = [say("vacancies"), say("personal_number")]
    if answer.arrival.assumed:
        ages = ", ".join(
            _band_words(answer, at, language) for at in range(len(answer.arrival.ages))
        )
        lines.append(say("assumed", ages=ages))
    if answer.in_school:
        lines.append(say("school", count=answer.in_school))
    lines += [
        say("lacking", kind=presets.kind(kind).plural(language).lower()) for kind in answer.lacking
    ]
    return lines


def surge_headline(answer: SurgeAnswer, language: str) -> str:
    """Return the answer in one number with its reason: of preschools, where the area has them."""
    told = [need for need in answer.needs if need.kind not in answer.lacking]
    if not told:
        return " ".join(surge_notes(answer, language)[-len(answer.lacking) :])
    return need_words(told[0], answer.limit_m, language)


def surge_lines(answer: SurgeAnswer, language: str) -> list[str]:
    """Return week by week what can be taken, who is left, and where to go on."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"surge.{key}", language, **values)

    arrival = answer.arrival
    lines = [say("title", people=arrival.people, date=arrival.first.isoformat())]
    for need in (need for need in answer.needs if need.kind not in answer.lacking):
        lines.append(need_words(need, answer.limit_m, language))
        lines += [f"  {taker_words(taker, language)}" for taker in need.takers]
        if len(need.weeks) > 1:
            lines += [
                "  "
                + say(
                    "week",
                    number=week.number,
                    date=week.first_day.isoformat(),
                    arrived=week.arrived,
                    need=week.need,
                    have=week.have,
                    left=amount_words(week.left, language),
                )
                for week in need.weeks
            ]
        if need.next:
            lines.append("  " + say("next"))
            lines += [f"    {taker_words(taker, language)}" for taker in need.next]
    return lines + surge_notes(answer, language)


def need_words(need: Need, limit_m: float, language: str) -> str:
    """Return how many of those who need a kind of place are likely left without, why, between
    what, and whom to ask.
    """

    def say(key: str, **values: Any) -> str:
        return texts.text(f"surge.{key}", language, **values)

    parts = [
        say(
            "need",
            kind=presets.kind(need.kind).plural(language),
            people=need.people,
            ages=ages_words(need.ages, language),
            limit=texts.metres(limit_m, language),
            left=texts.number(need.left.value, language),
            reason=need_reason(need, language),
        )
    ]
    if need.left.estimated:
        low, high = (texts.number(n, language) for n in (need.left.low, need.left.high))
        parts.append(say("span", low=low, high=high))
    for key, count in (
        ("unknown", need.unknown),
        ("barring", need.barring),
        ("unsure", need.unsure),
    ):
        if count:
            parts.append(say(key, count=count))
    return " ".join(parts)


def need_reason(need: Need, language: str) -> str:
    """Return why so many of one kind of need are left: what is vacant within the limit."""
    known = [each for each in need.takers if each.room is not None and not each.bars]
    if not need.takers:
        key = "reason_nobody"
    elif not known:
        key = "reason_unknown"
    elif need.room.estimated:
        key = "reason_assumed"
    else:
        key = "reason_known"
    room = texts.number(need.room.value, language)
    return texts.text(f"surge.{key}", language, room=room, count=len(known))


def ages_words(ages: tuple[int, int], language: str) -> str:
    """Write ages: ``1–5 år``; from sixteen up without an end."""
    low, high = ages
    key = "surge.ages_from" if high >= 79 else "surge.ages"
    return texts.text(key, language, low=low, high=high)


def taker_words(taker: Taker, language: str) -> str:
    """Return how far a place is and what it can take."""
    return texts.text(
        "surge.taker",
        language,
        name=taker.place.name or taker.place.id,
        metres=texts.metres(taker.metres, language),
        room=room_words(taker, language),
        taken=taker.taken,
    )


def room_words(taker: Taker, language: str) -> str:
    """Return what a place can take of those who arrive: a number, unknown, or none of them."""
    if taker.bars:
        return texts.text("surge.bars", language)
    if taker.room is None:
        return texts.text("source.unknown", language)
    return amount_words(taker.room, language)


def calls_json(found: CallList, language: str = "sv") -> dict[str, Any]:
    """Return whom to call as plain data, with the questions in words."""
    return {
        "housing": found.housing,
        "district": found.district,
        "name": found.name,
        "children": found.children,
        "limit_m": found.limit_m,
        "enrolled_share": found.enrolled_share,
        "three_year_olds_without_place": found.three_year_olds_without_place,
        "languages": list(found.languages),
        "calls": [
            {
                **preschool_json(call.place),
                "metres": round(call.metres, 1),
                "minutes": round(call.minutes, 1),
                "in_limit": call.in_limit,
                "common_languages": list(call.common),
                "ask": list(call.ask),
                "ask_words": ask_words(call, language),
            }
            for call in found.calls
        ],
    }


def ask_words(call: Call, language: str) -> list[str]:
    """Return what to ask a preschool, in words."""
    return [texts.text(f"preschool_ask.{question}", language) for question in call.ask]


def call_lines(found: CallList, language: str) -> list[str]:
    """Return whom to call, in order, and what to ask."""
    lines = [texts.text("calls.title", language, name=found.name)]
    lines += need_of_lines(found, language)
    for number, call in enumerate(found.calls, start=1):
        lines.append(
            texts.text(
                "calls.line",
                language,
                number=number,
                name=call.place.name or call.place.id,
                metres=texts.metres(call.metres, language),
                vacancies=_vacancies(call.place, language),
                without=texts.text(
                    f"preschools.answer_{call.place.without_personal_number}", language
                ),
                ask=" ".join(ask_words(call, language)),
            )
        )
    return lines if found.calls else [*lines, texts.text("calls.nobody", language)]


def need_of_lines(found: CallList, language: str) -> list[str]:
    """Return what is known of the families: children, share enrolled, three-year-olds without."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"calls.{key}", language, **values)

    lines = []
    if found.children is not None:
        lines.append(say("children", children=found.children))
    if found.enrolled_share is not None:
        lines.append(say("enrolled", share=texts.percent(found.enrolled_share, language)))
    if found.three_year_olds_without_place is not None:
        value = found.three_year_olds_without_place
        words = texts.percent(value, language) if found.housing else texts.number(value, language)
        lines.append(say("three_year_olds", count=words))
    if found.languages:
        lines.append(say("languages", languages=languages.named(found.languages, language)))
    return lines


def more_json(gain: MorePlaces, answer: PreschoolAnswer, language: str = "sv") -> dict[str, Any]:
    """Return what more places at one preschool would change as plain data; metres one way."""
    place = answer.supply.here[gain.preschool]
    return {
        "id": place.id,
        "name": place.name,
        "extra": gain.extra,
        "used": gain.used,
        "placed": gain.placed,
        "shorter": gain.shorter,
        "longer": gain.longer,
        "saved_m": gain.saved_m,
        "new_walk_m": gain.new_walk_m,
        "text": more_words(gain, answer, language),
    }


def more_words(gain: MorePlaces, answer: PreschoolAnswer, language: str) -> str:
    """Return what more places at one preschool would change: who gets in, and kilometres per day
    there and back for those who have a place already.
    """
    place = answer.supply.here[gain.preschool]
    key = "unused" if not gain.used else "shorter" if gain.saved_m >= 0 else "longer"
    return texts.text(
        f"more.{key}",
        language,
        extra=gain.extra,
        name=place.name or place.id,
        placed=gain.placed,
        shorter=gain.shorter,
        longer=gain.longer,
        km=texts.number(abs(2 * gain.saved_m) / 1000, language, 1),
    )


def growth_json(answer: GrowthAnswer) -> dict[str, Any]:
    """Return where to add places as plain data; the cost is counted in places."""
    return {
        "target": answer.target,
        "children": answer.children,
        "wanted": answer.wanted,
        "placed_before": answer.placed_before,
        "placed_after": answer.placed_after,
        "reached": answer.reached,
        "most": answer.most,
        "places": answer.places,
        "cost": answer.cost,
        "bound": answer.bound,
        "gap": answer.gap,
        "proven": answer.proven,
        "status": answer.status,
        "seconds": round(answer.seconds, 2),
        "possible_new_sites": answer.sites,
        "rule": {**vars(answer.rule), "candidates": list(answer.rule.candidates)},
        "extras": [vars(extra) for extra in answer.extras],
    }


def growth_lines(answer: GrowthAnswer, language: str) -> list[str]:
    """Return where to add places, what that reaches, and how sure it is to be least."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"growing.{key}", language, **values)

    target = texts.percent(answer.target, language)
    before, children = answer.placed_before, answer.children
    if not answer.places:
        return [say("enough", target=target, before=before, children=children)]
    lines = [
        say(
            "headline",
            target=target,
            before=before,
            after=answer.placed_after,
            children=children,
            places=answer.places,
        )
    ]
    for extra in answer.extras:
        key = "line_new" if extra.new else "line"
        lines.append("  " + say(key, name=extra.name or extra.id, places=extra.places))
    if answer.proven:
        lines.append(say("proven", cost=answer.cost))
    else:
        gap = texts.percent(answer.gap, language, 1)
        lines.append(say("not_proven", cost=answer.cost, bound=answer.bound, gap=gap))
    return lines


def _need_json(need: Need, limit_m: float, language: str) -> dict[str, Any]:
    return {
        "text": need_words(need, limit_m, language),
        "reason": need_reason(need, language),
        **plain_amount("room", need.room),
        "barring": need.barring,
        "unsure": need.unsure,
        "kind": need.kind,
        "ages": list(need.ages),
        "people": need.people,
        "taken": need.taken,
        **plain_amount("left", need.left),
        "unknown": need.unknown,
        "takers": [_taker_json(taker) for taker in need.takers],
        "next": [_taker_json(taker) for taker in need.next],
        "weeks": [
            {
                "week": week.number,
                "date": week.first_day.isoformat(),
                "arrived": week.arrived,
                "need": week.need,
                "have": week.have,
                **plain_amount("left", week.left),
            }
            for week in need.weeks
        ],
    }


def _taker_json(taker: Taker) -> dict[str, Any]:
    return {
        **preschool_json(taker.place),
        "metres": round(taker.metres, 1),
        "minutes": round(taker.minutes, 1),
        **plain_amount("room", taker.room),
        "taken": taker.taken,
        "bars": taker.bars,
    }


def _band_words(answer: SurgeAnswer, at: int, language: str) -> str:
    band = answer.arrival.ages[at]
    return f"{ages_words((band.low, band.high), language)}: {texts.number(band.people, language)}"


def _vacancies(place: Preschool, language: str) -> str:
    if place.vacancies is None:
        return texts.text("source.unknown", language)
    return amount_words(place.vacancies, language)
