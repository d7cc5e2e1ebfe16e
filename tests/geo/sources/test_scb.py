"""People per DeSO and RegSO from Statistics Sweden's database: the real pxstatspy against a local
server that answers in the recorded shapes. The live service is never asked.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from geo.errors import Cancelled, Offline, OnlineError, ServiceSlow
from geo.sources import http
from geo.sources.http import Pace
from geo.sources.statistics.scb import Wanted, fetch_figures, read_cells
from tests.geo.fake_statistics import Agencies, Odd, running
from tests.refusals import refused

BOTKYRKA = Wanted("deso", 2025, "0127")


@pytest.fixture
def scb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agencies]:
    monkeypatch.setattr(http, "BUSY_PAUSE_S", 0.01)
    with running(Agencies()) as served:
        monkeypatch.setenv("NARHET_SCB_URL", f"{served.url}/scb/")
        yield served


def test_each_group_is_as_published_though_parts_and_totals_differ(scb: Agencies) -> None:
    """Cells carry noise of their own: 1 500 people by age, 1 501 by background, 1 502 by birth."""
    figures = fetch_figures(BOTKYRKA)
    first = figures.frame.iloc[0]
    assert first["code"] == "0127A0010"
    assert (first["all"], first["children_0_4"], first["children_5_9"]) == (1500, 75, 83)
    assert first["foreign_background"] == 751
    assert first["born_abroad"] == 300 + 376
    published = scb.cells["TAB6572"]["0127A0010_DeSO2025"]["2025"]
    assert published["tot"] - published["sv"] == 749  # another figure: neither is made to agree
    assert figures.groups == [
        "all", "children_0_4", "children_5_9", "foreign_background", "born_abroad",
    ]  # fmt: skip


@pytest.mark.usefixtures("scb")
def test_an_area_without_figures_is_unknown_and_not_zero() -> None:
    last = fetch_figures(BOTKYRKA).frame.iloc[3]
    assert last["code"] == "0127C1022"
    assert all(math.isnan(last[group]) for group in ("all", "children_0_4", "born_abroad"))


def test_a_year_brings_its_own_drawing(scb: Agencies) -> None:
    new, old = fetch_figures(BOTKYRKA), fetch_figures(Wanted("deso", 2023, "0127"))
    assert (new.vintage, new.year, old.vintage, old.year) == ("2025", 2025, "2018", 2023)
    assert old.frame["code"].tolist() == ["0127A0010", "0127C1010", "0127C1020"]
    assert old.frame["all"].tolist() == [1490, 1190, 1640]
    assert new.drawn == {
        "2018": {"0127A0010", "0127C1010", "0127C1020"},
        "2025": {"0127A0010", "0127C1010", "0127C1021", "0127C1022"},
    }
    asked = scb.questions("/data")[-1]["selection"][0]["valueCodes"]
    assert asked == ["0127A0010", "0127C1010", "0127C1020"]


def test_without_a_year_the_latest_of_all_tables_is_asked_for(scb: Agencies) -> None:
    category = scb.tables["TAB6571"]["dimension"]["Tid"]["category"]
    category["index"].pop("2025")
    assert fetch_figures(Wanted("deso", 0, "0127")).year == 2024


@pytest.mark.usefixtures("scb")
def test_a_year_that_is_not_there_is_told_with_those_that_are() -> None:
    with refused("year_missing") as caught:
        fetch_figures(Wanted("deso", 2009, "0127"))
    assert caught.value.values["known"] == "2022–2025"
    assert "2009" in caught.value.message("en")


@pytest.mark.usefixtures("scb")
def test_regions_have_names_without_code_and_municipality() -> None:
    new = fetch_figures(Wanted("regso", 2025, "0127")).frame
    old = fetch_figures(Wanted("regso", 2022, "0127"))
    assert new["code"].tolist() == ["0127R001", "0127R002"]
    assert new["name"].tolist() == old.frame["name"].tolist() == ["Alby norra", "Fittja"]
    assert old.vintage == "2020"


@pytest.mark.usefixtures("scb")
def test_areas_can_be_asked_for_by_code() -> None:
    wanted = Wanted("deso", 2025, codes=frozenset({"0127C1010", "0180A0010", "9999A0010"}))
    assert fetch_figures(wanted).frame["code"].tolist() == ["0127C1010", "0180A0010"]
    with refused("no_such_areas"):
        fetch_figures(Wanted("deso", 2025, "9999"))


@pytest.mark.usefixtures("scb")
def test_sources_name_table_drawing_year_and_classes() -> None:
    sources = fetch_figures(BOTKYRKA).sources
    assert [source.title for source in sources] == [
        "SCB TAB6574 FolkmDesoAldKon, DeSO 2025, 2025",
        "SCB TAB6571 FolkmDesoBakgrKon, DeSO 2025, 2025",
        "SCB TAB6572 FolkmDesoLandKon, DeSO 2025, 2025",
    ]
    assert sources[2].columns == {"born_abroad": "TAB6572 Fodelseregion=eu + öv"}
    assert {(source.licence, source.date, source.part) for source in sources} == {
        ("CC0 1.0", "2025-12-31", "people")
    }


def test_a_question_is_split_at_the_limit_of_the_service(scb: Agencies) -> None:
    whole = fetch_figures(BOTKYRKA).frame
    scb.asked.clear()
    scb.config["maxDataCells"] = 6
    split = fetch_figures(BOTKYRKA).frame
    asked = scb.questions("/TAB6574/data")
    assert [len(each["selection"][0]["valueCodes"]) for each in asked] == [2, 2]
    for each in asked:
        cells = np.prod([len(part["valueCodes"]) for part in each["selection"]])
        assert cells <= 6
    assert split.equals(whole)


def test_only_what_is_used_is_asked_for_and_both_sexes_as_published(scb: Agencies) -> None:
    fetch_figures(BOTKYRKA)
    chosen = {
        part["variableCode"]: part["valueCodes"]
        for part in scb.questions("/TAB6574/data")[0]["selection"]
    }
    assert chosen["Alder"] == ["totalt", "-4", "5-9"]
    assert (chosen["Kon"], chosen["Tid"]) == (["1+2"], ["2025"])
    assert len(scb.asked) == 1 + 3 + 3


def test_the_pace_waits_for_the_window_to_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    now, checks = [100.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=sleep)
    monkeypatch.setattr(http, "time", clock)
    pace = Pace(30, 10.0, lambda: checks.append(now[0]))
    for _ in range(30):
        pace.wait_if_needed()
    assert now[0] == 100.0
    pace.wait_if_needed()
    assert now[0] == pytest.approx(110.0)
    assert len(checks) == 40
    for _ in range(29):
        pace.wait_if_needed()
    assert now[0] == pytest.approx(110.0)


def test_a_busy_service_is_asked_once_more(scb: Agencies) -> None:
    scb.odd = [Odd(429, headers={"Retry-After": "0"})]
    assert len(fetch_figures(BOTKYRKA).frame) == 4
    assert len(scb.questions("/config")) == 2


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ([Odd(503), Odd(503)], "HTTP 503"),
        ([Odd(403)], "HTTP 403"),
        ([Odd(429, headers={"Retry-After": "9999"})], "HTTP 429"),
        ([Odd(404)], "HTTP 404"),
        ([Odd(body=b"<html>Underhall</html>")], "not in the expected form"),
        ([Odd(body=b"[1, 2]")], "not in the expected form"),
        ([Odd(cut_at=20)], "broke off"),
    ],
)
def test_an_answer_that_can_not_be_used_is_told(scb: Agencies, odd: list[Odd], words: str) -> None:
    scb.odd = odd
    with refused("service_answer", OnlineError) as caught:
        fetch_figures(BOTKYRKA)
    assert words in caught.value.message("en")
    assert "SCB" in caught.value.message("sv")


def test_a_silent_service_is_waited_for_no_longer_than_told(scb: Agencies) -> None:
    scb.odd = [Odd(silent=True)]
    with pytest.raises(ServiceSlow):
        fetch_figures(BOTKYRKA, timeout_s=0.2)


def test_without_a_network_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("NARHET_SCB_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(Offline) as caught:
        fetch_figures(BOTKYRKA)
    assert "SCB" in caught.value.message("sv")


def test_the_user_can_stop_between_questions(scb: Agencies) -> None:
    told: list[str] = []

    def progress(key: str, _share: float) -> None:
        told.append(key)
        if key == "progress.fetch_figures":
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch_figures(BOTKYRKA, progress=progress)
    assert told[0] == "progress.fetch_tables"
    assert scb.questions("/data") == []


def test_a_table_that_has_changed_is_not_guessed_at(scb: Agencies) -> None:
    category = scb.tables["TAB6572"]["dimension"]["Fodelseregion"]["category"]
    category["index"] = {"sv": 0, "ej": 1, "tot": 2}
    with refused("service_answer", OnlineError) as caught:
        fetch_figures(BOTKYRKA)
    assert "TAB6572: eu, öv" in caught.value.message("en")


def test_a_table_without_codes_of_2025_is_not_read_by_its_bare_codes(scb: Agencies) -> None:
    for table in scb.tables.values():
        category = table["dimension"]["Region"]["category"]
        category["index"] = {c: at for c, at in category["index"].items() if "2025" not in c}
    with refused("no_such_areas") as caught:
        fetch_figures(BOTKYRKA)
    assert "DeSO 2025" in caught.value.message("sv")


def _sparse(answer: Any) -> Any:
    pairs = {str(at): value for at, value in enumerate(answer["value"]) if value is not None}
    return {**answer, "value": pairs}


def _listed(answer: Any) -> Any:
    for dimension in answer["dimension"].values():
        dimension["category"]["index"] = list(dimension["category"]["index"])
    return answer


def _turned(answer: Any) -> Any:
    values = np.array(answer["value"], dtype=object).reshape(answer["size"])
    axes = [4, 3, 2, 1, 0]
    return {
        **answer,
        "id": [answer["id"][axis] for axis in axes],
        "size": [answer["size"][axis] for axis in axes],
        "value": values.transpose(axes).ravel().tolist(),
    }


@pytest.mark.parametrize("change", [_sparse, _listed, _turned])
def test_every_way_json_stat_allows_reads_the_same(scb: Agencies, change: Any) -> None:
    plain = fetch_figures(BOTKYRKA).frame
    scb.change = change
    assert fetch_figures(BOTKYRKA).frame.equals(plain)


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: {**answer, "value": answer["value"][:-1]},
        lambda answer: {key: answer[key] for key in answer if key != "dimension"},
        lambda answer: {**answer, "value": ["elva" for _ in answer["value"]]},
        lambda answer: {**answer, "size": [1, 1, 1, 1, 1]},
    ],
)
def test_an_answer_that_does_not_add_up_is_refused(scb: Agencies, change: Any) -> None:
    scb.change = change
    with refused("service_answer", OnlineError):
        fetch_figures(BOTKYRKA)


def test_cells_of_more_than_one_year_are_not_mixed() -> None:
    category = {"index": {"2024": 0, "2025": 1}}
    answer = {
        "id": ["Region", "Alder", "Tid"],
        "size": [1, 1, 2],
        "value": [10, 11],
        "dimension": {
            "Region": {"category": {"index": {"a": 0}}},
            "Alder": {"category": {"index": {"b": 0}}},
            "Tid": {"category": category},
        },
    }
    chosen = {"Region": ["a"], "Alder": ["b"], "Tid": ["2025"]}
    assert read_cells(answer, chosen, ("Region", "Alder")).tolist() == [[11.0]]
    with pytest.raises(ValueError, match="more than one value"):
        read_cells(answer, {"Region": ["a"], "Alder": ["b"]}, ("Region", "Alder"))
