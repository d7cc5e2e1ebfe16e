"""What a page's address asks and what a command's options ask is the same question: equal objects,
with what is left out as well as with all that may be chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from geo import presets
from geo.access.gap_question import GapQuestion
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.meeting.question import MeetingQuestion
from geo.access.preschools.question import PreschoolQuestion
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.report.question import ReportQuestion
from geo.planning.outreach.question import OutreachQuestion
from geo.planning.siting.question import SitingQuestion
from tests.geo.access.meeting.worlds import activity, meeting_street
from tests.pages.test_pages import page

HOME = "transitional_housing-150"


def heard(monkeypatch: pytest.MonkeyPatch, question: type, ask: Callable[[], object]) -> Any:
    """The question that a page or a command reads while it answers; it may read it again."""
    found: list[Any] = []
    read = question.read.__func__  # type: ignore[attr-defined]

    def spy(cls: type, *given: Any, **named: Any) -> Any:
        found.append(read(cls, *given, **named))
        return found[-1]

    with monkeypatch.context() as patch:
        patch.setattr(question, "read", classmethod(spy))
        ask()
    assert found and set(found) == {found[0]}
    return found[0]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Any, Any]]:
    """The question of a page's address, and that of a command's words."""

    def both(question: type, address: dict[str, str], words: tuple[str, ...]) -> tuple[Any, Any]:
        chosen = {name: value for name, value in address.items() if name != "page"}
        return (
            heard(monkeypatch, question, lambda: page(address["page"], **chosen)),
            heard(monkeypatch, question, lambda: main(list(words))),
        )

    return both


@pytest.fixture
def meeting_area() -> None:
    save_area(
        meeting_street(
            {100.0: 60, 900.0: 30},
            housing={150.0: {"antal_boende": 40, "språk": "ti 24; ar 16"}},
            places={300.0: ("school", {}), 700.0: ("association", {})},
            activities=[activity("school-300", (1,), (17, 19), languages=("ti",))],
            born_abroad={100.0: 20, 900.0: 250},
            foreign_background={100.0: 30, 900.0: 260},
        )
    )


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize(
    ("address", "options"),
    [
        ({}, ("--measure", "hours")),
        ({"activity": "language_cafe"}, ("--measure", "hours", "--kind", "language_cafe")),
        *(({"meet": name}, ("--measure", name)) for name in ("language", "arena", "contact")),
        (
            {"activity": "language", "limit": "600", "profile": "older", "at_home": HOME,
             "speaks": "ti", "audience": "women", "free": "sfi_morning", "week": "2026-11-25"},
            ("--measure", "hours", "--kind", "language", "--limit", "600", "--profile", "older",
             "--housing", HOME, "--language", "ti", "--audience", "women", "--when", "sfi_morning",
             "--week", "2026-11-25"),
        ),
        (
            {"who": "all"},
            ("--measure", "hours", "--group", "all"),
        ),
        (
            {"meet": "arena", "established": "foreign_background"},
            ("--measure", "arena", "--established", "foreign_background"),
        ),
    ],
)  # fmt: skip
def test_meeting_places(asked, address, options) -> None:
    there, here = asked(
        MeetingQuestion,
        {"page": "moten", "area": "street", **address},
        ("meet", "street", *options),
    )
    assert there == here


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize(
    ("address", "options"),
    [
        ({}, ("--housing", HOME)),  # a first visit begins at the first housing
        ({"start": "17.83,59.36"}, ("--at", "17.83,59.36")),
        (
            {"start": HOME, "limit": "600", "profile": "older", "speaks": "ti", "theme": "language",
             "day": "2026-11-24", "hour": "18:00"},
            ("--housing", HOME, "--limit", "600", "--profile", "older", "--language", "ti",
             "--theme", "language", "--when", "2026-11-24T18:00"),
        ),
        ({"day": "2026-11-24"}, ("--housing", HOME, "--when", "2026-11-24")),
    ],
)  # fmt: skip
def test_the_knowledge_bank(asked, address, options) -> None:
    address = {"page": "kunskapsbank", "area": "street", **address}
    there, here = asked(BankQuestion, address, ("bank", "street", *options))
    assert there == here


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize(
    ("address", "options"),
    [
        ({}, ()),
        (
            {"limit": "600", "profile": "older", "free": "sfi_morning", "week": "2026-11-25",
             "residents": "all", "weights": "language=2,arena=0", "whom": "housing",
             "order": "number"},
            ("--limit", "600", "--profile", "older", "--when", "sfi_morning",
             "--week", "2026-11-25", "--group", "all", "--weights", "language=2,arena=0",
             "--where", "housing", "--order", "number"),
        ),
    ],
)  # fmt: skip
def test_outreach(asked, address, options) -> None:
    address = {"page": "uppsokande", "area": "street", **address}
    there, here = asked(OutreachQuestion, address, ("outreach", "street", *options))
    assert there == here


@pytest.mark.usefixtures("meeting_area")
def test_the_missions_question_is_the_first_one_and_needs_no_option(asked) -> None:
    there, here = asked(
        SitingQuestion,
        {"page": "placera", "area": "street"},
        ("sites", "street", "--kind", "info_desk", "--count", "2"),
    )
    assert there == here == SitingQuestion("info_desk", 2, limit_m=600.0, group="newcomers")
    _, fewer = asked(
        SitingQuestion,
        {"page": "placera", "area": "street"},
        ("sites", "street", "--kind", "info_desk"),
    )
    assert fewer == here


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize("kind", ["language_cafe", "preschool", "job_centre", "station"])
def test_each_kind_begins_alike_on_page_and_command(asked, kind) -> None:
    address = {"page": "gap", "area": "street", "kind": kind, "limit": "500"}
    words = ("gaps", "street", "--kind", kind, "--limit", "500")
    there, here = asked(GapQuestion, address, words)
    assert there == here
    # The street counts children aged 0 to 4, who stand in for those aged 1 to 5.
    assert here.group == ("children_0_4" if kind == "preschool" else presets.kind(kind).group)
    if kind != "station":  # nobody opens one
        address = {"page": "placera", "area": "street", "open": kind, "count": "1"}
        there, here = asked(SitingQuestion, address, ("sites", "street", "--kind", kind))
        assert there == here


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize(
    ("address", "options"),
    [
        ({}, ()),
        ({"aim": "cover_all"}, ("--objective", "cover_all")),
        ({"budget": "2500"}, ("--budget", "2500")),
        (
            {"aim": "median", "profile": "older", "existing": "ignore", "balance": "0.3",
             "rooms": "school|association", "lattice": "200", "near": "1000",
             "spots": "17.83,59.36|17.84,59.36", "only": "evening|staffed",
             "refused": "school-300"},
            ("--objective", "median", "--profile", "older", "--existing", "ignore",
             "--balance", "0.3", "--candidates", "school,association", "--lattice", "200",
             "--max-distance-to", "transitional_housing=1000", "--candidate", "17.83,59.36",
             "--candidate", "17.84,59.36", "--evening", "--staffed", "--exclude", "school-300"),
        ),
    ],
)  # fmt: skip
def test_siting(asked, address, options) -> None:
    # A command that names no other number asks for one café; the page's box begins with two.
    shown = {"open": "language_cafe", "count": "1"}
    address = {"page": "placera", "area": "street", **shown, **address}
    words = ("sites", "street", "--kind", "language_cafe", *options)
    there, here = asked(SitingQuestion, address, words)
    assert there == here


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize(
    ("address", "options"),
    [
        ({}, ()),
        (
            {"limit": "600", "profile": "older", "method": "assignment", "when": "2026-11-25"},
            ("--limit", "600", "--profile", "older", "--method", "assignment",
             "--when", "2026-11-25"),
        ),
    ],
)  # fmt: skip
def test_preschools(asked, address, options) -> None:
    address = {"page": "forskola", "area": "street", **address}
    there, here = asked(PreschoolQuestion, address, ("preschools", "street", *options))
    assert there == here


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize(
    ("address", "options"),
    [({}, ()), ({"profile": "older"}, ("--profile", "older"))],
)
def test_gaps(asked, address, options) -> None:
    # A command must name the kind and the limit; whom it is about follows from the kind.
    shown = {"kind": "school", "limit": "400"}
    there, here = asked(
        GapQuestion,
        {"page": "gap", "area": "street", **shown, **address},
        ("gaps", "street", "--kind", "school", "--limit", "400", *options),
    )
    assert there == here


@pytest.mark.usefixtures("meeting_area")
@pytest.mark.parametrize(
    ("address", "options"),
    [({}, ()), ({"profile": "older", "lang": "en"}, ("--profile", "older", "--lang", "en"))],
)
def test_reports(asked, address, options, tmp_path) -> None:
    shown = {"kind": "school", "limit": "400"}
    words = ("report", "street", "--kind", "school", "--limit", "400", *options)
    there, here = asked(
        ReportQuestion,
        {"page": "namnd", "area": "street", **shown, **address},
        (*words, "-o", str(tmp_path / "report.html")),
    )
    assert there == here


def test_what_a_person_fills_in_for_a_report_is_read_alike() -> None:
    """The address does not hold it: the page gives lists where a command has words with commas."""
    gap = {"kind": "school", "limit": "400", "sites": "2", "date": "2026-11-26"}
    words = ["answer=Vi = vi", "question=Så"]
    page_words = {"findings": ("answer", "question"), "words": words, "candidates": ("library",)}
    option_words = {"findings": "answer, question", "words": words, "candidates": "library"}
    question = ReportQuestion.read({**gap, **page_words})
    assert question == ReportQuestion.read({**gap, **option_words})
    assert question.own_words == (("answer", "Vi = vi"), ("question", "Så"))
    assert question.sites == SitingQuestion(
        "school", 2, limit_m=400.0, group="all", profile="adult", kinds=("library",)
    )
