"""Pages run headless: what they say follows the area, language and choices of the address."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from geo import texts
from geo.catalog import save_area
from geo.network.walk_network import WalkNetwork
from tests.conftest import ROOT
from tests.geo.worlds import street
from tests.pages.conftest import PATIENCE_S


def page(address: str = "", **choices: str) -> AppTest:
    """Open a link straight to a page, by its name, with an address's choices."""
    test = AppTest.from_file(str(ROOT / "pages" / "start.py"), default_timeout=PATIENCE_S)
    for name, value in choices.items():
        test.query_params[name] = value
    return at(test, address) if address else test.run()


def at(test: AppTest, name: str) -> AppTest:
    """Move to a page: AppTest knows pages by the hash of their path in the address."""
    test._page_hash = calc_hash("" if name == "oversikt" else name)
    return test.run()


def words(test: AppTest) -> str:
    """Everything a page says, with ordinary spaces."""
    said = [*test.title, *test.header, *test.subheader, *test.markdown, *test.caption]
    said += [*test.error, *test.warning, *test.info, *test.get("html")]
    found = [getattr(item, "value", None) or getattr(item.proto, "body", "") for item in said]
    return "\n".join(map(str, found)).replace(texts.NO_BREAK_SPACE, " ")


def said(test: AppTest) -> str:
    """Everything a page says, as its reader sees it: without what Markdown is kept off by."""
    return words(test).replace("\\", "").replace("\u2060", "")


@pytest.fixture
def gatan() -> None:
    save_area(street(homes={100.0: 10, 500.0: 20, 900.0: 30}, places={0.0: "preschool"}))


def test_a_first_visit_opens_the_demonstration_and_says_so() -> None:
    said = words(page())
    assert texts.text("oversikt.table") in said
    assert "Demonstration" in said


@pytest.mark.usefixtures("gatan")
def test_the_gap_page_says_the_sentence_and_the_table() -> None:
    test = page("gap", area="street", limit="400")
    assert not test.exception
    said = words(test)
    assert "50 av 60 barn 0–4 år (83 %) bor längre än 400 m från en förskola." in said
    test.session_state["gap_view"] = "table"
    said = words(test.run())
    assert "Öst" in said
    assert "Hela området" in said
    test.session_state["gap_view"] = "about"
    assert "400 m är ungefär 5 minuters gång för profilen vuxen." in words(test.run())


def drawn(test: AppTest) -> dict:
    """What the map on a page was sent."""
    return json.loads(test.get("bidi_component")[0].proto.json)


@pytest.mark.usefixtures("gatan")
def test_the_map_of_a_gap_says_what_the_table_says_and_costs_nothing_to_show_again() -> None:
    test = page("gap", area="street", limit="400")
    sent = drawn(test)
    assert [row["name"] for row in sent["panel"]["ranking"]["rows"]] == ["Öst", "Väst"]
    assert [row["value"] for row in sent["panel"]["ranking"]["rows"]] == ["50", "0"]
    assert sent["panel"]["figures"][0]["value"] == "50"
    assert sent["theme"]["cuts"][2] == "400\u00a0m" and sent["theme"]["address"].endswith(".json")
    assert not sent["clicks"]
    assert drawn(test.run()) == sent
    # Another group on the same walks sends no shape again.
    other = drawn(page("gap", area="street", limit="400", group="all"))
    assert other["theme"] == sent["theme"]


@pytest.mark.usefixtures("gatan")
def test_another_limit_gives_another_sentence_and_stands_in_the_address() -> None:
    test = page("gap", area="street", limit="400")
    limit = next(box for box in test.selectbox if box.label == texts.text("choose.limit"))
    limit.select("600").run()
    assert "30 av 60 barn 0–4 år (50 %) bor längre än 600 m" in words(test)
    assert test.query_params["limit"] in ("600", ["600"])


@pytest.mark.usefixtures("gatan")
def test_a_limit_of_ones_own_comes_from_the_address() -> None:
    assert "längre än 850 m" in words(page("gap", area="street", limit="850"))


@pytest.mark.usefixtures("gatan")
def test_english_by_the_address() -> None:
    said = words(page("gap", area="street", lang="en"))
    assert "50 of 60 children aged 0–4 (83%) live farther than 400 m from a preschool." in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "abc"), ("limit", "0"), ("kind", "förskola"), ("group", "x"), ("profile", "y")],
)
@pytest.mark.usefixtures("gatan")
def test_what_a_link_says_wrongly_is_told_and_the_page_still_works(name: str, value: str) -> None:
    test = page(area="street", **{name: value})
    assert not test.exception
    assert value in words(test)


def test_an_area_that_is_not_here_is_said() -> None:
    test = page(area="nowhere")
    assert not test.exception
    assert "nowhere" in words(test)


def test_an_area_without_people_says_what_to_add() -> None:
    world = street(homes={}, places={0.0: "preschool"})
    save_area(world)
    test = page("gap", area="street")
    assert not test.exception
    assert "lägg till" in words(test)


def test_a_damaged_area_is_said_and_not_a_crash(home: Path) -> None:
    saved = save_area(street(homes={100.0: 10}, places={0.0: "preschool"}))
    (home / "areas" / "street" / f"r{saved.revision}" / "people.parquet").write_bytes(b"no")
    test = page(area="street")
    assert not test.exception
    assert "skadat" in words(test)


@pytest.mark.usefixtures("gatan")
@pytest.mark.usefixtures("gatan")
def test_a_page_that_breaks_says_so_and_the_rest_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from pages import gap

    def broken() -> None:
        raise ZeroDivisionError("a secret of the server")

    with (
        monkeypatch.context() as patched,
        caplog.at_level(logging.ERROR, logger="pages.shared.frame"),
    ):
        patched.setattr(gap, "render", broken)
        test = page("gap", area="street")
    assert not test.exception
    assert texts.text("frame.broke") in [each.value for each in test.error]
    assert "secret" not in said(test) and "a secret of the server" in caplog.text
    test.button(key="frame_again").click().run()
    assert not test.error and "50 av 60" in said(test)


def test_every_page_runs_in_both_languages() -> None:
    for name in ("karta", "gap", "omrade", "metod"):
        for language in texts.LANGUAGES:
            test = page(name, area="street", lang=language)
            assert not test.exception, (name, language)
            title = {"omrade": "omrade"}.get(name, name)
            assert texts.text(f"{title}.title", language) in words(test)


@pytest.mark.usefixtures("gatan")
def test_the_area_page_shows_the_check_when_asked() -> None:
    test = page("omrade", area="street")
    test.toggle[0].set_value(True).run()
    assert not test.exception
    assert "Omvägsfaktor" in words(test) or "fågelvägen" in words(test)


@pytest.mark.usefixtures("gatan")
def test_a_second_look_computes_no_distances_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page("gap", area="street", limit="400")
    calls: list[int] = []
    before = WalkNetwork.snap
    monkeypatch.setattr(WalkNetwork, "snap", lambda *a, **k: calls.append(1) or before(*a, **k))
    test = page("gap", area="street", limit="500")
    assert not test.exception
    assert calls == []


@pytest.mark.usefixtures("gatan")
def test_the_front_page_says_who_has_farthest_what_is_missing_and_where_one_was() -> None:
    test = page("gap", area="street")
    test = at(test, "oversikt")
    assert not test.exception
    told = said(test)
    assert "Öst har längst: störst andel bortom gränsen." in told
    assert "600 invånare i " in told and "100 %" in told
    assert texts.text("readiness.lacks") in told
    test.button(key="front_again_gap").click().run()
    assert "50 av 60" in said(test)
