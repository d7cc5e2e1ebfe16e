"""A report says what the gap says, no more than may leave, and the same each time."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo import privacy, texts
from geo.access import gaps
from geo.area.model import Area
from geo.output.maps.spec import CircleLayer
from geo.output.report.context import has_circles
from geo.output.report.make import make_report
from geo.output.report.model import FINDINGS, Report, writable
from geo.output.report.question import MAX_TITLE, MAX_WORDS
from geo.output.report.record import record_bytes
from geo.output.report.sensitivity import BASE, LIKELY, Variant, found_safe, width
from geo.output.report.suppression import drawable_housing
from geo.output.words import proposal as proposal_words
from geo.planning.siting import instance
from geo.planning.siting import proposal as siting_proposal
from geo.planning.siting import question as siting_question
from tests.geo.worlds import street
from tests.refusals import refused
from tests.tiny import tiny_area

ASKED = {
    "kind": "preschool",
    "limit_m": 400.0,
    "group": "children_0_4",
    "profile": "adult",
    "date": "2026-11-26",
}


def report(area: Area, **change: object) -> Report:
    return make_report(area, **{**ASKED, **change})  # type: ignore[arg-type]


def said(made: Report) -> str:
    """Everything a report says, as one text."""
    words = [made.title, made.subtitle]
    for finding in made.findings:
        words += [finding.title, *finding.words, finding.own_words, finding.notes]
        words += [word for figure in finding.figures for word in vars(figure).values()]
        for table in (finding.table, finding.map.table if finding.map else None):
            if table is not None:
                words += [*map(str, table.columns), *map(str, table.to_numpy().ravel())]
        if finding.map is not None:
            words += [finding.map.title, finding.map.alt_text]
    return "\n".join(words).replace(texts.NO_BREAK_SPACE, " ")


@pytest.fixture
def counted() -> Area:
    """10, 20 and 30 counted children 100, 500 and 900 m from the only preschool."""
    return street(homes={100.0: 10, 500.0: 20, 900.0: 30}, places={0.0: "preschool"})


def test_its_numbers_are_those_of_the_gap() -> None:
    area = tiny_area()
    made = report(area)
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    for name in ("people", "beyond", "share_beyond", "mean_m_beyond", "unreachable", "fgt1"):
        assert made.results[name] == pytest.approx(getattr(answer, name), abs=1e-6), name
    for row, found in zip(made.results["districts"], answer.districts, strict=True):
        assert row["name"] == found.name
        assert row["beyond"] == pytest.approx(found.beyond, abs=1e-6)
        assert row["people"] == pytest.approx(found.people, abs=1e-6)
    numbers = made.finding("districts").numbers
    assert numbers.iloc[-1, 2] == pytest.approx(answer.beyond, abs=1e-6)
    assert numbers.iloc[:-1, 2].sum() == pytest.approx(answer.beyond, abs=1e-4)
    assert texts.number(round(answer.beyond)) in made.finding("answer").words[0]


def test_counted_people_are_rounded_to_the_nearest_five_everywhere() -> None:
    area = street(homes={100.0: 11, 500.0: 21, 900.0: 32}, places={0.0: "preschool"})
    made = report(area)
    found = made.results
    assert (found["people"], found["beyond"]) == (65, 55)  # 64 and 53
    assert found["share_beyond"] == found["fgt0"] == pytest.approx(55 / 65, abs=1e-6)
    assert {found[name] for name in ("mean_m_beyond", "fgt1", "fgt2", "unreachable")} == {None}
    counts = [row[name] for row in found["districts"] for name in ("people", "beyond")]
    counts += [row["beyond"] for row in found["sensitivity"]]
    counts += list(made.squares["beyond"])
    counts += [made.finding("districts").numbers.iloc[-1, at] for at in (1, 2)]
    assert {value % 5 for value in counts if value is not None} == {0}
    assert not re.search(r"\b(11|21|32|53|64)\b", said(made))
    rounding = texts.text("report.rounded", step=5)
    for name in ("answer", "key_figures", "districts", "estimated", "sensitivity"):
        assert any(rounding in words for words in made.finding(name).words), name
    assert "närmaste 5" in said(made) and "närmaste 5" not in said(report(tiny_area()))


def test_each_line_of_the_sensitivity_is_the_gap_with_that_limit_and_profile() -> None:
    area = tiny_area()
    rows = report(area).results["sensitivity"]
    assert len(rows) == 8
    for row in rows:
        why, profile, limit, _ = row["name"].split()
        answer = gaps.gap(
            area, kind="preschool", limit_m=float(limit), group="children_0_4", profile=profile
        )
        if row["beyond"] is None:
            assert why == "profile"  # no steps, light or heights in this network: unknown
        else:
            assert row["beyond"] == pytest.approx(answer.beyond, abs=1e-5)
    assert {float(row["name"].split()[2]) for row in rows} >= {300.0, 400.0, 500.0}


def test_a_difference_that_the_network_can_not_tell_is_unknown_and_not_nought() -> None:
    made = report(tiny_area())
    table = made.finding("sensitivity").table
    rows = table[table.iloc[:, 0].str.contains("lika många meter")]
    assert len(rows) == 3
    assert (rows.iloc[:, 1] == texts.text("source.unknown")).all()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_answer_is_three_sentences(language: str, counted: Area) -> None:
    for area in (tiny_area(), counted):
        words = report(area, language=language).finding("answer").words
        assert len(words) == 3
        for sentence in words:
            assert sentence.endswith(".") and sentence[0].isupper() | sentence[0].isdigit()


def test_the_same_inputs_make_the_same_report() -> None:
    one, other = report(tiny_area()), report(tiny_area())
    assert record_bytes(one) == record_bytes(other)
    assert said(one) == said(other)


def test_findings_come_in_the_order_chosen_and_once_each() -> None:
    chosen = ("sources", "answer", "map", "answer")
    made = report(
        tiny_area(), findings=chosen, own_words={"map": " Se här.\r\nTack. ", "method": "x"}
    )
    assert [finding.id for finding in made.findings] == ["sources", "answer", "map"]
    assert made.finding("map").own_words == "Se här.\nTack."
    everything = report(tiny_area())
    assert [found.id for found in everything.findings] == [
        name for name in FINDINGS if name not in ("proposal", "alternatives", "no_action")
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"findings": ()}, "no_findings"),
        ({"findings": ("answer", "weather")}, "unknown_finding"),
        ({"own_words": {"weather": "fine"}}, "unknown_finding"),
        ({"title": "x" * (MAX_TITLE + 1)}, "title_too_long"),
        ({"own_words": {"answer": "x" * (MAX_WORDS + 1)}}, "words_too_long"),
        ({"date": "26 november"}, "bad_date"),
        ({"date": "2026-02-30"}, "bad_date"),
        ({"date": ""}, "bad_date"),
        ({"date": "２０２６-11-26"}, "bad_date"),
        ({"language": "fi"}, "bad_language"),
        ({"kind": "preschol"}, "unknown_kind"),
        ({"group": "newcomers"}, "area_lacks"),
    ],
)
def test_what_can_not_be_reported_is_refused_in_words(change: dict[str, object], code: str) -> None:
    with refused(code) as caught:
        report(tiny_area(), **change)
    for language in texts.LANGUAGES:
        assert len(caught.value.message(language)) > 20


def test_a_title_as_long_as_may_be_is_kept_whole() -> None:
    assert report(tiny_area(), title="å" * MAX_TITLE).title == "å" * MAX_TITLE


def test_a_long_area_name_is_whole_in_the_report_and_short_in_its_title() -> None:
    name = "Ö" * 300
    made = report(tiny_area(name))
    assert made.area_name == name
    assert len(made.title) <= MAX_TITLE and "Ö…" in made.title


def test_an_area_without_districts_says_so_and_has_no_table() -> None:
    area = tiny_area()
    bare = replace(area, districts=area.districts.iloc[:0], people=area.people.assign(district=""))
    made = report(bare)
    finding = made.finding("districts")
    assert finding.table is None and finding.numbers is None
    assert finding.words == (texts.text("lacks.districts"),)
    assert made.results["districts"] == []
    assert made.finding("answer").words[1] == texts.text("report.where_no_districts")


def test_a_demonstration_and_an_estimate_are_marked() -> None:
    made = report(replace(tiny_area(), demonstration=True))
    assert made.demonstration and made.estimated
    assert texts.text("demo.mark") in made.finding("estimated").words
    assert texts.text("gap.estimated") in made.finding("estimated").words


def test_counted_people_are_not_called_estimated(counted: Area) -> None:
    made = report(counted)
    assert not made.estimated
    assert made.finding("estimated").words[0] == texts.text("report.nothing_estimated")


def test_unknown_counts_are_told_and_are_not_nought() -> None:
    area = tiny_area()
    people = area.people.copy()
    people.loc[:4, "children_0_4"] = np.nan
    made = report(replace(area, people=people))
    assert made.results["unknown_rows"] == 5
    assert texts.text("gap.unknown", rows=5) in made.finding("estimated").words
    assert any(figure.value == "5" for figure in made.finding("key_figures").figures)


def test_nobody_beyond_is_said_as_such_of_estimates() -> None:
    area = street(homes={100.0: 40, 900.0: 3}, places={0.0: "preschool"}, estimated=True)
    made = report(area, limit_m=2000)
    words = made.finding("answer").words
    assert words[1] == texts.text("report.where_nowhere")
    assert made.results["mean_m_beyond"] is None
    assert not re.search(r"\bnan\b", said(made).lower())


@pytest.mark.parametrize("limit", [1000.0, 50.0])
def test_none_is_told_as_a_few_are_of_counted_people(limit: float) -> None:
    # Nobody, or two, beyond 1,000 m; nobody, or two, within 50 m: word for word the same.
    homes = {100.0: 18.0, 600.0: 40.0}
    few = {1000.0: {1000.0: 2.0}, 50.0: {10.0: 2.0}}[limit]
    none = report(street(homes=homes | dict.fromkeys(few, 0.0), places={0.0: "preschool"}),
                  limit_m=limit)  # fmt: skip
    some = report(street(homes=homes | few, places={0.0: "preschool"}), limit_m=limit)
    assert none.results == some.results
    assert said(none) == said(some)
    assert none.results["beyond"] is None


def test_nobody_at_all_and_too_few_are_refused(counted: Area) -> None:
    nobody = replace(counted, people=counted.people.assign(children_0_4=0.0))
    with refused("nobody_to_report"):
        report(nobody)
    with refused("too_few_to_report") as caught:
        report(street(homes={100.0: 2, 900.0: 1}, places={0.0: "preschool"}))
    assert "3" not in caught.value.message("sv")


def test_both_languages_say_everything() -> None:
    for language in texts.LANGUAGES:
        made = report(tiny_area(), language=language)
        assert made.language == language
        assert "{" not in said(made).replace("{{ 7*7*191 }}", "").replace("{% Torget %}", "")
    english = said(report(tiny_area(), language="en"))
    for swedish in ("gräns", " och ", "stadsdel", "okänt"):
        assert swedish not in english.lower()


# Width of an estimate


def test_the_extremes_are_those_of_every_way_people_can_live() -> None:
    homes = {50.0: 2.0, 350.0: 1.0, 450.0: 3.0, 600.0: 2.0, 800.0: 1.0, 900.0: 4.0}
    area = street(homes=homes, places={0.0: "preschool"}, estimated=True)
    units = ["a", "a", "a", "b", "b", "c"]
    area = replace(area, people=area.people.assign(unit=units))
    for limit in (100.0, 400.0, 500.0, 700.0, 950.0):
        answer = gaps.gap(area, kind="preschool", limit_m=limit, group="children_0_4")
        found = width(area, answer)
        assert found is not None
        totals = pd.Series(answer.weights).groupby(units).sum()
        spots = [np.flatnonzero([name == unit for name in units]) for unit in totals.index]
        every = [
            sum(
                total
                for total, spot in zip(totals, choice, strict=True)
                if answer.metres[spot] > limit
            )
            for choice in itertools.product(*spots)
        ]
        assert (found.lowest, found.highest) == (min(every), max(every))
        assert found.lowest <= found.low <= answer.beyond <= found.high <= found.highest


def test_the_likely_width_is_that_of_people_placed_by_chance() -> None:
    homes = {float(at): 10.0 for at in range(50, 1000, 50)}
    area = street(homes=homes, places={0.0: "preschool"}, estimated=True)
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    found = width(area, answer)
    spread = stats.binom(answer.people, answer.share_beyond).std()
    assert found is not None
    assert found.high - found.low == pytest.approx(2 * LIKELY * spread)


def test_the_width_is_unknown_where_sums_are() -> None:
    area = street(homes={100.0: 10, 900.0: 10}, places={0.0: "preschool"}, estimated=True)
    made = report(replace(area, people=area.people.assign(unit="")))
    assert made.results["width"] is None
    assert texts.text("report.width_unknown") in made.finding("estimated").words


# What must not leave

homes = st.dictionaries(
    st.integers(0, 20).map(lambda at: at * 50.0),
    st.integers(1, 12).map(float),
    min_size=1,
    max_size=10,
)


def _small(value: float) -> bool:
    return 0 < round(value) < privacy.SMALLEST


@settings(max_examples=15, deadline=None)
@given(homes=homes, limit=st.sampled_from([150.0, 300.0, 400.0, 500.0, 620.0, 810.0]))
def test_no_small_count_leaves_by_itself_or_by_difference(
    homes: dict[float, float], limit: float
) -> None:
    area = street(homes=homes, places={0.0: "preschool"})
    if sum(homes.values()) < privacy.SMALLEST:
        with refused("too_few_to_report"):
            report(area, limit_m=limit)
        return
    made = report(area, limit_m=limit)
    results, people = made.results, sum(homes.values())
    told = [row["beyond"] for row in results["sensitivity"] if row["beyond"] is not None]
    told += [] if results["beyond"] is None else [results["beyond"]]
    assert all(value >= privacy.SMALLEST and value % privacy.SMALLEST == 0 for value in told)
    assert all(value <= privacy.rounded(people) for value in told)
    rows = results["districts"]
    for row in rows:
        if row["beyond"] is not None:
            assert privacy.SMALLEST <= row["beyond"] <= row["people"]
        if row["people"] is not None:
            assert not _small(row["people"])
    _check_remainders(made)
    assert results["mean_m_beyond"] is results["fgt1"] is results["fgt2"] is None


def _check_remainders(made: Report) -> None:
    """What is left of a sum, when all shown of it is taken away, is nobody or not few."""
    rows, whole = made.results["districts"], made.results["beyond"]
    if whole is not None:
        shown = [row["beyond"] for row in rows if row["beyond"] is not None]
        if shown and len(shown) == len(rows):
            assert not privacy.tells(shown, whole, some_hidden=False)
        least = sum(privacy.could_be(value)[0] for value in shown)
        assert least <= privacy.could_be(whole)[1]
    cells = made.squares
    for row in rows:
        if row["beyond"] is not None:
            inside = cells[cells["district"] == row["name"]]
            least = sum(privacy.could_be(value)[0] for value in inside["beyond"])
            assert least <= privacy.could_be(row["beyond"])[1]
    assert cells["people"].isna().all() and cells["share_beyond"].isna().all()
    assert not cells["beyond"].map(_small).any()
    layers = [layer for layer in made.finding("map").map.layers if isinstance(layer, CircleLayer)]
    for layer in layers:
        assert set(layer.ids) == set(cells["id"])


def test_a_hidden_headcount_stands_nowhere_in_the_report() -> None:
    # 43 and 3: the numbers 3, 40 (the rest) and 7 % (the share) must not be found.
    area = street(homes={100.0: 440, 900.0: 3}, places={0.0: "preschool"})
    made = report(area, limit_m=777)
    assert made.results["beyond"] is None and made.results["share_beyond"] is None
    for word in (r"\b3\b(?! (barn|%|m\b))", r"\b440\b", r"\b0,7\b", r"123"):
        shown = [
            match.group(0) + " in " + said(made)[max(0, match.start() - 40) : match.end() + 20]
            for match in re.finditer(word, said(made))
        ]
        shown = [hit for hit in shown if "FGT" not in hit and "platser" not in hit]
        assert shown == [], word
    dumped = json.dumps(made.results)
    assert "440" not in dumped and ": 3.0" not in dumped and "0.0067" not in dumped
    assert texts.text("gap.fewer", smallest=5) in said(made)
    assert made.finding("answer").words[1] == texts.text("report.where_hidden", smallest=5)


def test_who_can_not_be_reached_is_hidden_where_they_are_few() -> None:
    area = street(homes={100.0: 20, 900.0: 30, 950.0: 3}, places={0.0: "preschool"})
    far = area.people.geometry.to_crs(3006).copy()
    far.iloc[2] = far.iloc[2].__class__(far.iloc[2].x, far.iloc[2].y + 2_000)
    area = replace(area, people=area.people.set_geometry(far.to_crs(4326)))
    answer = gaps.gap(area, kind="preschool", limit_m=400, group="children_0_4")
    assert answer.unreachable == 3
    results = report(area).results
    assert results["beyond"] == 35
    assert [results[name] for name in ("unreachable", "mean_m_beyond", "fgt1", "fgt2")] == [
        None
    ] * 4
    assert all(row["mean_m_beyond"] is None for row in results["districts"])


def test_a_row_that_differs_from_the_answer_by_a_few_is_hidden() -> None:
    answer = gaps.gap(
        street(homes={100.0: 50, 900.0: 50}, places={0.0: "preschool"}),
        kind="preschool",
        limit_m=400,
        group="children_0_4",
    )
    rows = [
        Variant("step", 300.0, "adult", 53.0, 0.53),
        Variant(BASE, 400.0, "adult", 50.0, 0.5),
        Variant("step", 500.0, "adult", 45.0, 0.45),
        Variant("preset", 600.0, "adult", 43.0, 0.43),
        Variant("time", 700.0, "older", 2.0, 0.02),
        Variant("profile", 700.0, "older", 98.0, 0.98),
    ]
    safe = found_safe(rows, answer)
    assert [row.beyond for row in safe] == [None, 50.0, 45.0, None, None, None]
    assert [row.change for row in safe] == [None, 0.0, -5.0, None, None, None]
    assert [row.share_beyond is None for row in safe] == [row.hidden for row in safe]


def test_of_hidden_districts_none_is_told_to_be_the_small_one() -> None:
    # One and five beyond, six in all: "fewer than 5" and "hidden" would tell which is which.
    homes = {100.0: 1, 120.0: 5, 900.0: 60, 910.0: 60}
    area = street(homes=homes, places={950.0: "preschool"})
    area = replace(area, people=area.people.assign(district=["Väst", "Öst", "Väst", "Öst"]))
    made = report(area, limit_m=800)
    assert made.results["beyond"] == 5
    table = made.finding("districts").table
    assert set(table.iloc[:-1, 2]) == {texts.text("gap.hidden")}


def housing_area(residents: dict[float, float]) -> Area:
    """A street with transitional housing, each with so many residents."""
    area = street(homes=residents, places={0.0: "preschool"})
    places = street(homes={}, places=dict.fromkeys(residents, "transitional_housing")).places
    both = gpd.GeoDataFrame(
        pd.concat([area.places, places], ignore_index=True), geometry="geometry", crs=4326
    )
    people = area.people.assign(
        origin="transitional_housing",
        unit=list(places["id"]),
        newcomers=list(residents.values()),
    )
    return replace(area, places=both, people=people)


def test_housing_of_a_few_is_neither_drawn_nor_listed() -> None:
    area = housing_area({100.0: 40.0, 500.0: 3.0, 700.0: 30.0, 900.0: 30.0})
    made = report(area, group="newcomers")
    ids = [
        name
        for layer in made.finding("map").map.layers
        if layer.id == "transitional_housing"
        for name in layer.ids
    ]
    assert ids == drawable_housing(area)
    assert len(ids) == 3 and "transitional_housing-1" not in ids
    assert made.places is not None and set(made.places["kind"]) == {"preschool"}
    listed = report(area, group="newcomers", kind="transitional_housing", limit_m=1)
    assert listed.places is not None and len(listed.places) == 0


def test_a_map_without_circles_says_why() -> None:
    area = street(homes={100.0: 40, 900.0: 3}, places={0.0: "preschool"})
    finding = report(area).finding("map")
    assert not has_circles(finding.map)
    assert finding.words == (texts.text("report.map_no_circles"),)


# Hostile and unusual names

ODD = [
    *("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{ 7*7 }}", "\u202emoc.live\u202c"),
    *("مكتبة الحي", "🏫 Skola 👩\u200d👧", "a\x00b\x07c", "två\nrader\r\noch\ttab"),
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_reach_the_report_as_text(name: str) -> None:
    area = tiny_area(name)
    area = replace(
        area,
        places=area.places.assign(name=name),
        districts=area.districts.assign(name=[name, "Södra"]),
        people=area.people.assign(
            district=[name if x == "Norra" else x for x in area.people["district"]]
        ),
    )
    made = report(area, title=name + "\ud800", own_words={"answer": name + "\udfff"})
    everything = said(made) + "".join(made.places["name"])
    everything.encode()  # no half signs
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", everything)
    assert " ".join(writable(name).split()) in everything
    json.loads(record_bytes(made))


# Proposals


@pytest.fixture
def proposed() -> tuple[Area, siting_proposal.Proposal]:
    area = tiny_area()
    question = siting_question.SitingQuestion(
        kind="preschool",
        count=1,
        limit_m=400.0,
        group="children_0_4",
        kinds=("library", "meeting_place"),
    )
    return area, siting_proposal.propose(instance.prepare(area, question))


def test_a_proposal_is_told_with_gain_proof_and_runner_up(
    proposed: tuple[Area, siting_proposal.Proposal],
) -> None:
    area, proposal = proposed
    made = report(area, proposal=proposal)
    finding = made.finding("proposal")
    assert proposal_words.headline(proposal, "sv") == finding.words[0]
    assert "Näst bäst" in finding.words[1]
    assert finding.numbers.iloc[0, 3] == pytest.approx(proposal.sites[0].gain, abs=1e-5)
    results = made.results["proposal"]
    assert results["proven"] and results["gain"] == pytest.approx(proposal.effect.gain, abs=1e-5)
    assert results["runner_up"] and results["runner_up"] != [proposal.sites[0].id]
    assert "Bevisat" not in made.finding("answer").words[2]
    assert any(layer.id == "proposed-1" for layer in finding.map.layers)
    beyond = made.results["beyond"]
    assert made.results["people"] - results["before"] == pytest.approx(beyond, abs=1e-4)
    assert record_bytes(made) == record_bytes(report(area, proposal=proposal))


@pytest.mark.parametrize("change", [{"limit_m": 500.0}, {"group": "all"}, {"profile": "older"}])
def test_a_proposal_for_another_question_is_refused(
    proposed: tuple[Area, siting_proposal.Proposal], change: dict[str, object]
) -> None:
    area, proposal = proposed
    with refused("proposal_apart") as caught:
        report(area, proposal=proposal, **change)
    assert next(iter(change)) in caught.value.message("sv")


@settings(max_examples=8, deadline=None)
@given(homes=homes, at=st.tuples(st.floats(100, 1000), st.floats(100, 1000)))
def test_a_proposal_gives_no_few_away(homes: dict[float, float], at: tuple[float, float]) -> None:
    places = {0.0: "preschool", at[0]: "library", at[1]: "meeting_place"}
    area = street(homes=homes, places=places)
    people = sum(homes.values())
    if people < privacy.SMALLEST:
        return
    question = siting_question.SitingQuestion(
        kind="preschool", count=1, limit_m=300.0, group="children_0_4",
        kinds=("library", "meeting_place"),
    )  # fmt: skip
    proposal = siting_proposal.propose(instance.prepare(area, question))
    made = report(area, limit_m=300.0, proposal=proposal)
    results, beyond = made.results["proposal"], made.results["beyond"]
    gains = [site["gain"] for site in results["sites"] if site["gain"] is not None]
    for gain in [*gains, *([] if results["gain"] is None else [results["gain"]])]:
        assert gain % privacy.SMALLEST == 0
        assert beyond is None or gain <= beyond + privacy.SMALLEST
    if results["runner_up_fewer"] is not None:
        assert results["runner_up_fewer"] and results["runner_up_fewer"] % privacy.SMALLEST == 0
    if results["after"] is None:
        assert results["objective"] is None and results["bound"] is None
    else:
        assert results["after"] <= privacy.rounded(people)
        assert results["gap"] == 0 and results["objective"] % privacy.SMALLEST == 0


def test_numbers_are_none_where_hidden_and_never_nan(counted: Area) -> None:
    for area in (counted, street(homes={100.0: 40, 900.0: 3}, places={0.0: "preschool"})):
        for finding in report(area).findings:
            if finding.numbers is not None:
                values = finding.numbers.to_numpy().ravel()
                assert not any(isinstance(value, float) and math.isnan(value) for value in values)
