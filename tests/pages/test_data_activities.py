"""The page Data, headless: a file of activities is shown, added and undone."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from geo import texts
from geo.area.activities.derived import activities_of
from geo.catalog import open_area, save_area
from tests.geo.access.meeting.worlds import meeting_street
from tests.pages.test_pages import page, said

FILE = (
    "plats;aktivitet;typ;veckodag;från;till;varannan_vecka;bekräftad\n"
    "school 300;Kafé;språkcafé;torsdag;17;19;;2026-10-01\n"
    "school 300;Föräldrar;språkcafé;tisdag;10;12;varannan vecka;2026-10-01\n"
    "Ingenstans;Sport;sport;tisdag;10;12;;\n"
).encode()


def dropped() -> AppTest:
    save_area(meeting_street({100.0: 60}, places={300.0: ("school", {})}))
    test = page("data", area="street", task="activities")
    (uploader,) = test.get("file_uploader")
    uploader.upload("aktiviteter.csv", FILE, "text/csv").run()
    return test


def names() -> set[str]:
    return {each.name for each in activities_of(open_area("street"))}


def test_a_file_of_activities_is_shown_added_and_undone() -> None:
    test = dropped()
    assert not test.exception
    told = said(test)
    assert "2 aktiviteter ur 3 rader i aktiviteter.csv" in told
    assert "varannan tisdag 10:00–12:00, oklart vilken" in told and "Ingenstans" in told
    assert names() == set()
    (add,) = (each for each in test.button if each.key == "activities_add")
    assert add.label == texts.text("data.activities_add", count=2)
    add.click().run()
    assert not test.exception and names() == {"Kafé", "Föräldrar"}
    (undo,) = (each for each in test.button if each.label == texts.text("data.undo"))
    undo.click().run()
    assert names() == set()
