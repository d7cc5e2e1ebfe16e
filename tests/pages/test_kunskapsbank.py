"""The page Kunskapsbank, headless: both languages, what a link asks for, and what can not be."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo import texts
from geo.access.knowledge_bank.question import BankQuestion
from geo.catalog import save_area
from geo.output.documents.answer import ENDINGS
from tests.geo.access.meeting.worlds import TODAY, activity, meeting_street
from tests.pages.test_pages import page, said

HOME = "transitional_housing-100"


@pytest.fixture
def gatan():
    return save_area(
        meeting_street(
            {50.0: 3},
            housing={100.0: {"antal_boende": 20}},
            places={300.0: ("school", {}), 500.0: ("association", {})},
            activities=[
                activity(
                    "school-300",
                    (1,),
                    (17, 19),
                    languages=("ti",),
                    name="*Kafé* <b>",
                    told=(("name_ar", "مقهى"), ("url", "https://example.org/kafe")),
                ),
                activity("school-300", (1,), (18, 20), kind="crafts", name="Tyst"),
            ],
        )
    )


def asked(**choices: str) -> AppTest:
    return page("kunskapsbank", **{"area": "street", "limit": "1000", **choices})


@pytest.mark.usefixtures("gatan")
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_list_the_map_and_its_table_are_there_in_both_languages(language: str) -> None:
    test = asked(lang=language)
    assert not test.exception and not test.error
    told = said(test)
    assert texts.text("kunskapsbank.title", language) in told
    assert "*Kafé* &lt;b&gt;" in told and "<b>" not in told
    assert "200 m, 3 min" in told
    assert '<div lang="ar" dir="rtl">مقهى</div>' in told
    assert 'href="https://example.org/kafe"' in told
    twin = test.dataframe[0].value
    assert list(twin.iloc[:, 1]).count("*Kafé* <b>") == 1
    assert [button.proto.label for button in test.get("download_button")] == [
        texts.text("kunskapsbank.leaflet_pdf", language),
        *(texts.text(f"files.{ending[1:]}", language) for ending in ENDINGS),
    ]


@pytest.mark.usefixtures("gatan")
def test_a_link_asks_from_a_point_at_an_hour_in_a_language() -> None:
    told = said(asked(start="18.8,59.3", day="2026-11-24", hour="17:00", speaks="ti"))
    assert "finns ingen gångväg" in told
    test = asked(start=HOME, day="2026-11-24", hour="17:00", speaks="ti")
    told = said(test)
    assert "öppet tisdag 24 november 2026 klockan 17:00, eller börjar inom 2 timmar" in told
    assert "1 svarar mot frågan, 0 av dem osäkra. Vid sidan av, språk okänt: 3." in told
    assert [each.value for each in test.subheader] == ["Språk (1)", "Språk okänt (3)"]


@pytest.mark.usefixtures("gatan")
def test_what_a_link_can_not_ask_is_told_and_the_page_stands() -> None:
    test = asked(start="ingenstans")
    assert not test.exception
    assert "Det finns inget boende" in test.error[0].value
    test = asked(speaks="blå")
    assert not test.exception and "blå" in test.error[0].value
    test = asked(theme="blå", day="i morgon", hour="99")
    assert not test.exception and not test.error


def test_equal_questions_are_one_for_the_cache() -> None:
    told = {"at": "17.83,59.36", "when": "2026-11-24"}
    first, second = (BankQuestion.read(told, today=TODAY) for _ in range(2))
    assert first == second and hash(first) == hash(second) and isinstance(first, BankQuestion)
