"""A place that says no is nowhere again: not under another id, in a kept proposal, or on paper."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.area.model import Area
from geo.catalog import save_area
from geo.cli.parser import main
from geo.errors import Cancelled, InputError, NarhetError, SitingError
from geo.output.documents.read_record import embedded
from geo.planning import scenario
from geo.planning.siting import alternatives, curves, robustness
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import OBJECTIVES, SitingQuestion
from tests.geo.output.opened import words_of
from tests.geo.worlds import along, street
from tests.refusals import refused

HOMES = {20.0: 10.0, 310.0: 20.0, 560.0: 5.0, 705.0: 10.0, 990.0: 30.0}
ROOMS = {200.0: "library", 400.0: "school", 900.0: "library", 0.0: "place_of_worship"}
"""Within 300 m: library 200 reaches 300, the school 250, library 900 400, the church 100."""
NO, WHY = "library-0", "stänger i maj, byter lokal"
ASKED = SitingQuestion(
    "language_cafe", 2, limit_m=300.0, excluded=(NO,), reasons=((NO, WHY),)
)  # fmt: skip
OPTIONS = ("--kind", "language_cafe", "--limit", "300", "--group", "all")


@pytest.fixture
def gatan() -> Area:
    return save_area(street(homes=HOMES, places=ROOMS, estimated=True))


def twice(area: Area) -> Area:
    """The street with library 200 once more, ten metres on, as another file would have it."""
    again = area.places.iloc[[0]].assign(id="another-file-7")
    again = again.set_geometry(along({210.0: ""}).values)
    return replace(area, places=pd.concat([area.places, again], ignore_index=True))


def test_its_other_record_and_a_point_at_its_door_are_the_same_place() -> None:
    area = twice(street(homes=HOMES, places=ROOMS, estimated=True))
    door, away = along({205.0: "", 260.0: ""})
    question = replace(
        ASKED, kinds=("library", "school"), points=((door.x, door.y), (away.x, away.y))
    )
    there = set(prepare(area, question).candidates.table["id"])
    assert there == {"library-2", "school-1", "point-2"}
    # Also where the kind of the record that said no is no longer chosen among.
    wanted = area.places["id"] == "another-file-7"
    other = area.places["kind"].mask(wanted, "meeting_place")
    moved = replace(area, places=area.places.assign(kind=other))
    rooms = prepare(moved, replace(ASKED, kinds=("meeting_place", "school"))).candidates.table
    assert set(rooms["id"]) == {"school-1"}


def test_it_is_in_no_other_answer_to_the_question() -> None:
    placing = prepare(twice(street(homes=HOMES, places=ROOMS, estimated=True)), ASKED)
    proposal = propose(placing)
    second = alternatives.runner_up(placing, proposal)
    assert second is not None
    everybody = {*proposal.ids, *second.ids}
    for other in alternatives.best_answers(placing, proposal, k=9, within=1.0):
        everybody |= other.ids
    for variant in robustness.robust(placing, proposal).variants:
        everybody |= variant.ids
    assert everybody == {"school-1", "library-2", "place_of_worship-3"}
    assert curves.curve(placing, 3).points[-1].count == 3
    with refused("unknown_candidate", SitingError):
        alternatives.why_not(placing, NO)


def test_why_it_said_no_changes_no_answer_and_is_kept_apart_from_the_preparation() -> None:
    assert ASKED.basis == replace(ASKED, reasons=()).basis


NAMES = st.text("abcåäö-_:/17", min_size=1, max_size=8)


@given(
    aim=st.sampled_from(OBJECTIVES),
    limit_m=st.floats(1, 5000),
    excluded=st.lists(NAMES, max_size=4, unique=True),
    why=st.text(max_size=30),
    points=st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=3),
    balance=st.none() | st.floats(0, 1),
    ticks=st.tuples(st.booleans(), st.booleans()),
)
def test_a_question_written_and_read_is_the_same_question(
    aim: str,
    limit_m: float,
    excluded: list[str],
    why: str,
    points: list[tuple[float, float]],
    balance: float | None,
    ticks: tuple[bool, bool],
) -> None:
    from geo.planning.siting.question import checked
    from pages.shared import siting_view

    evening, staffed = ticks
    question = checked(
        SitingQuestion(
            "info_desk", 3, objective=aim, limit_m=limit_m, points=tuple(points),
            near=(("library", 400.0),), excluded=tuple(excluded), balance=balance,
            reasons=tuple((name, why) for name in excluded), evening=evening, staffed=staffed,
        )
    )  # fmt: skip
    assert SitingQuestion.from_data(json.loads(json.dumps(question.to_data()))) == question
    assert siting_view.read(siting_view.write(question)) == question


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {}, {"kind": 7}, {"kind": "library", "colour": "red"},
        {"kind": "library", "evening": "no"}, {"kind": "library", "points": [[1]]},
        {"kind": "library", "excluded": [1]}, {"kind": "library", "count": "2"},
        {"kind": "library", "near": [["library", "far"]]}, {"kind": "library", "limit_m": [1]},
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused_in_words(data: object) -> None:
    with pytest.raises(InputError) as caught:
        SitingQuestion.from_data(data)
    assert caught.value.message("sv") and caught.value.message("en")


def test_a_reason_as_long_as_a_letter_is_refused() -> None:
    with refused("reason_too_long", SitingError):
        SitingQuestion.read({"kind": "library", "exclude": ["a=" + "x" * 201]})


@pytest.mark.usefixtures("gatan")
def test_from_the_command_to_the_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = ["--count", "2", "--exclude", f"{NO}={WHY}"]
    assert main(["sites", "street", *OPTIONS, *said, "--save", "Två caféer", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["refused"] == [{"id": NO, "name": "library 200", "reason": WHY}]
    paper, page = tmp_path / "board.pdf", tmp_path / "board.html"
    for file in (paper, page):
        assert main(["report", "street", "--proposal", "Två caféer", "-o", str(file)]) == 0
    kept = embedded(paper)["proposal"]
    assert kept["refused"] == [NO]
    assert dict(kept["question"]["reasons"]) == {NO: WHY}
    assert [site["id"] for site in kept["sites"]] == [site["id"] for site in answer["sites"]]
    assert NO not in {site["id"] for site in kept["sites"]}
    assert f"Har sagt nej: library 200 ({WHY})." in words_of(page.read_bytes(), ".html")
    capsys.readouterr()
    assert main(["report", "--verify", str(paper)]) == 0
    # The same question asked at once is the same report.
    again = tmp_path / "again.pdf"
    assert main(["report", "street", *OPTIONS, *said, "-o", str(again)]) == 0
    assert again.read_bytes() == paper.read_bytes()


@pytest.mark.usefixtures("gatan")
def test_a_record_that_is_tampered_with_to_let_it_back_does_not_hold(tmp_path: Path) -> None:
    from geo.output.documents.verify import CHANGED, verify

    file = tmp_path / "board.html"
    asked = ["--count", "2", "--exclude", NO, "-o", str(file)]
    assert main(["report", "street", *OPTIONS, *asked]) == 0
    words = file.read_text()
    assert '"refused":["library-0"]' in words
    file.write_text(words.replace('"refused":["library-0"]', '"refused":[]'))
    found = verify(file)
    assert found.status == CHANGED and found.altered
    wrong = next(each.name for each in found.figures if not each.holds)
    assert wrong.startswith("proposed/refused")


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--proposal", "Ingen"), "Ingen"),
        (("--proposal", "Bara platser"), "Bara platser"),
        (("--proposal", "Bara platser", "--count", "2"), "--count"),
    ],
)
def test_a_name_that_keeps_no_proposal_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = "language_cafe,15.1,59.3,Ny"
    assert main(["scenarios", "street", "--save", "Bara platser", "--open", opened]) == 0
    for command in (["sites", "street"], ["report", "street", "-o", str(tmp_path / "a.pdf")]):
        capsys.readouterr()
        assert main([*command, *words]) == 2
        assert said in capsys.readouterr().err
    assert list(tmp_path.glob("a.pdf")) == []


def test_a_kept_proposal_whose_question_has_a_better_answer_now_is_not_printed() -> None:
    area = street(homes=HOMES, places=ROOMS, estimated=True)
    kept = scenario.of_proposal(propose(prepare(area, ASKED)), "Två", "sv")
    assert scenario.from_data(json.loads(json.dumps(scenario.to_data(kept)))) == kept
    assert scenario.proposed(area, kept).ids == {"library-2", "school-1"}
    gone = replace(area, places=area.places.drop(index=1).reset_index(drop=True))
    with refused("proposal_changed"):
        scenario.proposed(gone, kept)


def test_of_answers_as_good_the_one_that_was_kept_is_printed() -> None:
    twins = street(homes={100.0: 10.0}, places={90.0: "library", 110.0: "school"}, estimated=True)
    one = propose(prepare(twins, replace(ASKED, count=1, excluded=(), reasons=())))
    kept = scenario.of_proposal(one, "En", "sv")
    assert kept.proposal is not None
    other = next(name for name in ("library-0", "school-1") if name not in one.ids)
    moved = replace(kept, proposal=replace(kept.proposal, sites=(scenario.KeptSite(other, "x"),)))
    found = scenario.proposed(twins, moved)
    assert found.ids == {other} and found.proven


@pytest.mark.parametrize("stopped", [Cancelled(), NarhetError("solver_failed", status="broken")])
def test_a_kept_proposal_that_was_stopped_on_the_way_has_not_changed(
    stopped: NarhetError, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = street(homes=HOMES, places=ROOMS, estimated=True)
    kept = scenario.of_proposal(propose(prepare(area, ASKED)), "Två", "sv")
    assert kept.proposal is not None
    others = tuple(scenario.KeptSite(site.id, "") for site in kept.proposal.sites[:1])
    moved = replace(kept, proposal=replace(kept.proposal, sites=others))

    def stop(*_: object, **__: object) -> None:
        raise stopped

    monkeypatch.setattr(scenario, "solve", stop)
    with pytest.raises(NarhetError) as caught:
        scenario.proposed(area, moved)
    assert caught.value is stopped
