"""The findings of a report in words, figures, tables and a map. Every number is one that may be
disclosed.
"""

from __future__ import annotations

import math

import pandas as pd

from geo import presets, privacy, texts
from geo.access import gaps
from geo.access.gaps import has_range, range_words
from geo.network.walk_network import MAX_SNAP_M
from geo.output.report import proposals
from geo.output.report.context import Told, district_table, has_circles, safe_map
from geo.output.report.model import Finding, KeyFigure, one_line, writable_table
from geo.output.report.sensitivity import BASE, STEP, Variant
from geo.output.report.suppression import LEFT_OUT
from geo.output.words import proposal as proposal_words
from geo.output.words.area_and_gaps import unplaced_lines
from geo.output.words.sources import part_name, source_date
from geo.output.words.spreading import estimated_words
from geo.texts import text

WHERE_MOST = 3
"""Districts named in the answer's second sentence."""


def question(told: Told, own: str) -> Finding:
    """Return the finding on the question."""
    minutes = presets.profile(told.answer.profile).minutes(told.answer.limit_m)
    profile = presets.profile(told.answer.profile).name(told.language).lower()
    opens = None if told.proposal is None else told.proposal.proposal
    words = (
        *(
            ()
            if opens is None or not opens.sites
            else (
                told.say(
                    "question_sites",
                    what=proposal_words.what_inside(opens, told.language),
                    objective=proposal_words.objective_words(opens.question, told.language),
                    group=told.group,
                ),
            )
        ),
        told.say(
            "question", group=told.group, area=told.area_name, limit=told.limit, place=told.place
        ),
        text(
            "gap.walk",
            told.language,
            limit=told.limit,
            minutes=texts.number(minutes, told.language),
            profile=profile,
        ),
    )
    return Finding("question", told.say("question_title"), words, own, notes=_limit_source(told))


def answer(told: Told, own: str) -> Finding:
    """Return the answer in three sentences: how many, where, and how far or what to do."""
    third = proposals.sentence(told) or _how_far(told)
    words = (gaps.headline(told.shown.gap, told.language), _where(told), third)
    return Finding("answer", told.say("answer_title"), words, own, notes=_how_made(told))


def gap_map(told: Told, own: str) -> Finding:
    """Show who is beyond the limit."""
    spec = safe_map(told)
    empty = not has_circles(spec) and (told.rounded or told.answer.beyond > 0)
    words = (told.say("map_no_circles") if empty else text("gap.map_note", told.language),)
    return Finding(
        "map", told.say("map_title"), words, own, map=spec, notes=_how_made(told)
    )  # fmt: skip


def key_figures(told: Told, own: str) -> Finding:
    """Return the key figures, and what each means."""
    rows = [row for row in _figures(told) if row is not None]
    figures = tuple(
        KeyFigure(told.say(f"figure_{name}"), shown, meaning) for name, shown, _, meaning in rows
    )
    label, value, unit, means = (told.say(f"column_{name}") for name in _FIGURE_COLUMNS)
    numbers = pd.DataFrame(
        {
            label: [told.say(f"figure_{name}") for name, *_ in rows],
            value: pd.Series([number for _, _, number, _ in rows], dtype=object),
            unit: [told.say(f"unit_{_UNITS[name]}") for name, *_ in rows],
            means: [meaning for *_, meaning in rows],
        }
    )
    return Finding(
        "key_figures", told.say("key_figures_title"), told.rounding, own, figures, numbers=numbers,
        notes=told.say("key_figures_notes"),
    )  # fmt: skip


def districts(told: Told, own: str) -> Finding:
    """Return the gap by district, the whole area last."""
    title = told.say("districts_title")
    if told.area.districts.empty:
        return Finding("districts", title, (text("lacks.districts", told.language),), own)
    table = district_table(told)
    words = [told.say("districts_words", group=told.group_at_start, limit=told.limit)]
    uneven = told.shown.measures["concentration"]
    if uneven is not None:
        share = texts.percent(uneven, told.language)
        words.append(text("gap.concentration", told.language, share=share))
    if told.shown.some_hidden:
        words.append(told.say("hidden_words", smallest=privacy.SMALLEST))
    words += told.rounding
    return Finding(
        "districts", title, tuple(words), own, table=table, numbers=_district_numbers(told, table),
        total_last=True, notes=_how_made(told),
    )  # fmt: skip


def estimated(told: Told, own: str) -> Finding:
    """Return what is estimated, and how wide."""
    words = []
    if told.answer.demonstration:
        words.append(text("demo.mark", told.language))
    if not told.answer.estimated:
        words += [told.say("nothing_estimated"), *told.rounding]
    else:
        words += [*estimated_words(told.area, told.shown.gap, told.language), *_width(told)]
    if told.answer.unknown:
        words.append(text("gap.unknown", told.language, rows=told.answer.unknown))
    return Finding("estimated", told.say("estimated_title"), tuple(words), own)


def uncertain(told: Told, own: str) -> Finding:
    """Return in one paragraph what is uncertain: who lives where, the limit, and what is not
    counted.
    """
    said = []
    if told.answer.demonstration:
        said.append(text("demo.mark", told.language))
    wide = told.width
    if not told.answer.estimated:
        said.append(told.say("uncertain_counted"))
    elif wide is None:
        said.append(told.say("uncertain_estimated"))
    else:
        said.append(
            told.say(
                "uncertain_between",
                beyond=told.number(told.answer.beyond),
                low=told.number(wide.low),
                high=told.number(wide.high),
            )
        )
    if has_range(told.shown.gap):
        low, high = told.shown.gap.share_low, told.shown.gap.share_high
        said.append(told.say("uncertain_spread", between=range_words(low, high, told.language)))
    if told.answer.unknown:
        said.append(text("gap.unknown", told.language, rows=told.answer.unknown))
    said += map(one_line, unplaced_lines(told.area, told.answer.kind, told.language))
    said += _if_limit(told)
    if told.proposal is not None and not told.proposal.proposal.proven:
        said.append(told.say("uncertain_unproven"))
    said.append(told.say("uncertain_hours"))
    return Finding("uncertain", told.say("uncertain_title"), (" ".join(said),), own)


def _if_limit(told: Told) -> list[str]:
    """Return what a shorter and a longer limit would give, where both may be told."""
    steps = [row for row in told.variants if row.why == STEP and row.beyond is not None]
    if len(steps) < _BOTH:
        return []
    low, high = (sorted(steps, key=lambda row: row.limit_m)[at] for at in (0, -1))
    return [
        told.say(
            "uncertain_limit",
            shorter=texts.metres(low.limit_m, told.language),
            longer=texts.metres(high.limit_m, told.language),
            most=told.number(low.beyond or 0.0),
            least=told.number(high.beyond or 0.0),
        )
    ]


_BOTH = 2


def variants(told: Told, own: str) -> Finding:
    """Return what changes if the limit or the way of walking does."""
    names = [told.say(f"column_{name}") for name in ("variant", "beyond", "share", "change")]
    texts_, numbers = [], []
    for row in told.variants:
        label = _variant_label(told, row)
        texts_.append((label, *_variant_cells(told, row)))
        numbers.append((label, row.beyond, row.share_beyond, row.change))
    words = [told.say("sensitivity_words", group=told.group, place=told.place)]
    if any(row.hidden for row in told.variants):
        words.append(told.say("sensitivity_hidden", smallest=privacy.SMALLEST))
    if any(row.unknown for row in told.variants):
        words.append(told.say("sensitivity_unknown"))
    words += told.rounding
    return Finding(
        "sensitivity", told.say("sensitivity_title"), tuple(words), own,
        table=pd.DataFrame(texts_, columns=names),
        numbers=pd.DataFrame(numbers, columns=names, dtype=object),
    )  # fmt: skip


def method(told: Told, own: str) -> Finding:
    """Return how the figures are made: profile, speed, snap rule, limit and its source."""
    walker = presets.profile(told.answer.profile)
    speed = texts.number(walker.metres_per_second, told.language, 2)
    words = (
        text("gap.snap_rule", told.language, limit=MAX_SNAP_M),
        told.say(
            "method_profile",
            profile=walker.name(told.language),
            speed=speed,
            source=walker.source(told.language),
        ),
        _limit_source(told),
        told.say("method_places", count=told.answer.places, place=told.place),
        told.say("method_privacy", smallest=privacy.SMALLEST),
        *(() if not told.rounded else (told.say("method_rounded", step=privacy.SMALLEST),)),
    )
    return Finding("method", told.say("method_title"), words, own, notes=told.say("method_notes"))


def sources(told: Told, own: str) -> Finding:
    """List the sources with licence and date, unknown as unknown."""
    unknown = text("source.unknown", told.language)
    used = list(told.answer.sources)
    if told.proposal is not None:
        used += [row for row in told.proposal.proposal.placing.sources if row not in used]
    rows = [
        (
            part_name(row.part, told.language),
            row.title or unknown,
            row.licence or unknown,
            source_date(row, told.language),
            text(f"made.{row.made}", told.language),
            text("source.estimated", told.language) if row.estimated else "",
        )
        for row in used
    ]
    names = [text(f"source.{name}", told.language) for name in _SOURCE_COLUMNS]
    names.append(text("file.estimated", told.language))
    table = writable_table(pd.DataFrame(rows, columns=names))
    words = (told.say("sources_words"),) if rows else (told.say("sources_none"),)
    return Finding("sources", told.say("sources_title"), words, own, table=table, numbers=table)


_FIGURE_COLUMNS = ("figure", "value", "unit", "means")
_SOURCE_COLUMNS = ("part", "title", "licence", "date", "made")
_UNITS = {
    "people": "people", "beyond": "people", "share_beyond": "share", "mean_m_beyond": "metres",
    "share_low": "share", "share_high": "share",
    "unreachable": "people", "fgt1": "limits", "fgt2": "index", "concentration": "share",
    "places": "places", "unknown_rows": "rows",
}  # fmt: skip


def _figures(told: Told) -> list[tuple[str, str, float | None, str] | None]:
    """Return each key figure: its name, as it is read, as a number, and what it means."""
    found, answer = told.shown.measures, told.answer

    def row(name: str, decimals: int = 0) -> tuple[str, str, float | None, str] | None:
        value = found[name]
        if value is None and (_unknowable(told, name) or (told.rounded and name in LEFT_OUT)):
            return None
        return name, _written(told, name, value, decimals), value, _means(told, name)

    lost = row("unreachable") if told.rounded or answer.unreachable > 0 else None
    unknown = told.number(answer.unknown)
    return [
        row("people"),
        row("beyond"),
        row("share_beyond"),
        *((row("share_low"), row("share_high")) if has_range(told.shown.gap) else ()),
        row("mean_m_beyond"),
        lost,
        row("fgt1", 3),
        row("fgt2", 3),
        row("concentration"),
        ("places", told.number(answer.places), float(answer.places), _means(told, "places")),
        ("unknown_rows", unknown, float(answer.unknown), _means(told, "unknown_rows"))
        if answer.unknown
        else None,
    ]


def _unknowable(told: Told, name: str) -> bool:
    """Return whether a measure has no value because there is none, not because it is hidden."""
    return math.isnan(getattr(told.answer, name)) or name == "concentration"


def _means(told: Told, name: str) -> str:
    return told.say(f"means_{name}", group=told.group, limit=told.limit, place=told.place)


def _written(told: Told, name: str, value: float | None, decimals: int) -> str:
    if value is None:
        small = name == "beyond" and told.shown.gap.few_beyond
        return told.fewer if small else text("gap.hidden", told.language)
    if _UNITS[name] == "share":
        return texts.percent(value, told.language)
    if _UNITS[name] == "metres":
        return texts.metres(value, told.language)
    if _UNITS[name] == "people":
        return told.number(value)
    return texts.number(value, told.language, decimals)


def _where(told: Told) -> str:
    if told.area.districts.empty:
        return told.say("where_no_districts")
    if told.nobody_beyond:
        return told.say("where_nowhere")
    rows = [row for row in told.shown.gap.districts if row.name and row.beyond]
    whole = told.shown.measures["beyond"]
    most = [row for row in rows if round(row.beyond or 0) > 0][:WHERE_MOST]
    if whole is None or not most:
        return told.say("where_hidden", smallest=privacy.SMALLEST)
    named = [f"{one_line(row.name)} ({told.number(row.beyond or 0)})" for row in most]
    share = min(1.0, sum(row.beyond or 0.0 for row in most) / whole)
    listed = texts.listed(named, told.language)
    if told.rounded:
        return told.say("where_most", places=listed)
    if share > 0.9995:
        return told.say("where_all", places=listed)
    return told.say("where", places=listed, share=texts.percent(share, told.language))


def _how_far(told: Told) -> str:
    found = told.shown.measures
    if told.nobody_beyond:
        return told.say("far_nobody", limit=told.limit, place=told.place)
    mean, lost = found["mean_m_beyond"], found["unreachable"]
    if told.rounded:
        many = "" if lost is None else told.say("rounded_lost", lost=told.number(lost))
        return " ".join(filter(None, (many, *told.rounding)))
    if mean is None:
        return told.say("far_lost")
    metres = texts.metres(mean, told.language)
    if lost is not None and round(lost) > 0:
        return told.say("far_and_lost", metres=metres, lost=told.number(lost))
    return told.say("far", metres=metres)


def _width(told: Told) -> list[str]:
    wide = told.width
    if wide is None:
        return [told.say("width_unknown")]
    return [
        told.say(
            "width_likely",
            beyond=told.number(told.answer.beyond),
            low=told.number(wide.low),
            high=told.number(wide.high),
        ),
        told.say(
            "width_most",
            lowest=told.number(wide.lowest),
            highest=told.number(wide.highest),
            units=wide.units,
        ),
    ]


def _limit_source(told: Told) -> str:
    named = [row for row in presets.limits() if row.metres == told.answer.limit_m]
    own = text("gap.own_limit", told.language)
    source = named[0].source(told.language) if named else own
    return text("gap.limit_source", told.language, source=source)


def _how_made(told: Told) -> str:
    return f"{text('gap.snap_rule', told.language, limit=MAX_SNAP_M)} {_limit_source(told)}"


def _district_numbers(told: Told, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table by district as values, None where hidden; shares from 0 to 1."""
    whole = told.shown.measures
    rows = [
        (row.people, row.beyond, row.share_beyond, row.mean_m_beyond)
        for row in told.shown.gap.districts
    ]
    rows.append((whole["people"], whole["beyond"], whole["share_beyond"], whole["mean_m_beyond"]))
    numbers = pd.DataFrame(rows, columns=list(table.columns[1:]), dtype=object)
    numbers.insert(0, table.columns[0], table.iloc[:, 0].to_numpy(object))
    return numbers


def _variant_label(told: Told, row: Variant) -> str:
    base = told.answer.limit_m
    share = texts.percent(abs(row.limit_m / base - 1), told.language)
    return told.say(
        f"variant_{row.why}{'_less' if row.why == 'step' and row.limit_m < base else ''}",
        limit=texts.metres(row.limit_m, told.language),
        share=share,
        profile=presets.profile(row.profile).name(told.language),
    )


def _variant_cells(told: Told, row: Variant) -> tuple[str, str, str]:
    if row.unknown:
        unknown = text("source.unknown", told.language)
        return unknown, unknown, unknown
    if row.beyond is None:
        hidden = text("gap.hidden", told.language)
        return hidden, hidden, hidden
    share = math.nan if row.share_beyond is None else row.share_beyond
    change = "–" if row.change is None or row.why == BASE else _signed(told, row.change)
    return told.number(row.beyond), texts.percent(share, told.language), change


def _signed(told: Told, change: float) -> str:
    number = told.number(change)
    return f"+{number}" if round(change) > 0 else number
