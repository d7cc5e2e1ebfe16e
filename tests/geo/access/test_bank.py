"""The knowledge bank: what is in reach, nearest first, and what nobody knows stands apart."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import presets, texts
from geo.access.knowledge_bank.model import Bank
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.search import bank_of
from geo.area.activities.model import Span, link_of, written_of
from geo.area.activities.table import to_table
from geo.area.languages import speaks
from geo.area.model import Area, Unplaced
from geo.area.protected import SHAPE
from geo.catalog import save_area
from geo.cli.parser import main
from geo.output.documents.answer import ENDINGS, answer_bytes
from geo.output.documents.knowledge_bank import bank_document
from geo.output.maps.knowledge_bank import bank_map, numbers_of
from geo.output.words import knowledge_bank as knowledge_bank_words
from geo.output.words.knowledge_bank import BANK_COLUMNS, bank_json
from tests.geo.access.meeting.worlds import STALE, TODAY, activity, meeting_street
from tests.geo.output.opened import words_of
from tests.geo.worlds import along
from tests.refusals import refused

HOME = "transitional_housing-100"
KINDS = {200.0: "school", 350.0: "school", 500.0: "library", 700.0: "association", 900.0: "school"}
ACTIVITIES = (
    activity("school-200", (1,), (17, 19), id="cafe", languages=("ti", "sv"), name="Kafé"),
    activity(
        "school-350", (0, 1, 2), (9, 12), id="morning", languages=("ar",), kind="parents_group"
    ),
    activity("school-350", None, id="timeless", languages=("ti",), kind="homework_help"),
    activity("school-350", (1,), (18, 20), id="silent", kind="crafts"),
    activity("school-900", (1,), (19, 21), id="late", languages=("ti",), kind="sport"),
    activity("school-200", (1,), (10, 11), id="old", languages=("ti",), confirmed=STALE),
    activity("school-200", (3,), (10, 11), id="desk", languages=("so",), visiting=True),
    activity("school-200", (3,), (10, 11), id="ended", valid_to=date(2026, 11, 1)),
)


def town(activities=ACTIVITIES, *, details=None) -> Area:
    places = {at: (kind, (details or {}).get(at, {})) for at, kind in KINDS.items()}
    return meeting_street(
        {50.0: 3}, housing={100.0: {"antal_boende": 20}}, places=places, activities=activities
    )


AREA = town()


def asked(area: Area = AREA, **wish) -> Bank:
    return bank_of(area, BankQuestion.read({"housing": HOME, **wish}, today=TODAY))


def ids(entries) -> list[str]:
    return [entry.id for entry in entries]


def test_the_nearest_stand_first_with_the_metres_and_minutes_of_the_way() -> None:
    bank = asked(profile="older")
    street = nx.path_graph(0)
    for at in range(1000):
        street.add_edge(at, at + 1, weight=1.0)
    metres = [entry.metres for entry in bank.entries]
    assert metres == sorted(metres) and len(metres) == 12
    speed = presets.profile("older").metres_per_second
    for entry in bank.entries:
        place = int(entry.place.split("-")[-1])
        walked = nx.shortest_path_length(street, 100, place, weight="weight")
        assert entry.metres == pytest.approx(walked, abs=0.01)
        assert entry.minutes == pytest.approx(walked / speed / 60, abs=1e-4)


def test_beyond_the_limit_nothing_is_told_and_the_limit_itself_is_within() -> None:
    assert {entry.place for entry in asked(limit="250.1").entries} == {"school-200", "school-350"}
    assert {entry.place for entry in asked(limit="249.9").entries} == {"school-200"}


def test_each_sort_is_told_as_what_it_is_and_what_has_ended_is_not() -> None:
    sorts = {entry.id: entry.what for entry in asked().entries}
    assert sorts["cafe"] == "activity" and sorts["desk"] == "visit"
    assert sorts["place:association-700"] == "association"
    assert sorts["place:school-200"] == "place" and sorts["place:library-500"] == "activity"
    assert "ended" not in sorts and f"place:{HOME}" not in sorts
    themes = {entry.id: entry.theme for entry in asked().entries}
    assert themes["cafe"] == "language" and themes["place:school-200"] == "children"


def test_what_is_uncertain_is_told_with_what_is_unknown() -> None:
    doubts = {entry.id: entry.doubts for entry in asked().entries}
    assert doubts["cafe"] == ()
    assert doubts["old"] == ("stale",)
    assert doubts["timeless"] == ("times",)
    assert doubts["silent"] == ("language",)
    assert doubts["place:school-900"] == ("stale", "times", "language")
    old = next(entry for entry in asked().entries if entry.id == "old")
    assert knowledge_bank_words.doubt_words(old, "sv") == "Osäkert: inte bekräftat på ett år."


def test_a_language_keeps_those_that_tell_none_apart_and_is_never_yes_for_them() -> None:
    bank = asked(language="tigrinja")
    assert set(ids(bank.entries)) == {"cafe", "timeless", "late", "old"}
    assert "silent" in ids(bank.language_unknown)
    everything = set(ids(asked().entries))
    assert set(ids(bank.all)) < everything
    assert not {"desk", "morning"} & set(ids(bank.all))


def test_an_hour_keeps_what_is_open_then_or_soon_and_unknown_hours_apart() -> None:
    bank = asked(when="2026-11-24T17:30")
    assert set(ids(bank.entries)) == {"cafe", "silent", "late"}
    assert "timeless" in ids(bank.hours_unknown) and "morning" not in ids(bank.all)
    said = [knowledge_bank_words.hours_words(each, bank.question, "sv") for each in bank.entries]
    assert said == ["öppet 17–19", "börjar 18, till 20", "börjar 19, till 21"]
    at_end = asked(when="2026-11-24T19:00")
    assert "cafe" not in ids(at_end.entries) and "silent" in ids(at_end.entries)
    whole_day = asked(when="2026-11-24")
    assert {"cafe", "morning", "silent", "late", "old"} == set(ids(whole_day.entries))


def test_a_theme_or_kind_keeps_its_own() -> None:
    assert set(ids(asked(themes=("language",)).entries)) == {"cafe", "old", "desk"}
    assert set(ids(asked(themes=("crafts",)).entries)) == {"silent"}
    children = {entry.what for entry in asked(themes=("children",)).entries}
    assert children == {"activity", "place"}


def test_a_week_is_written_with_days_in_a_row_together_and_the_next_time_where_there_is_none() -> (
    None
):
    bank = asked()
    by_id = {entry.id: entry for entry in bank.entries}
    assert (
        knowledge_bank_words.hours_words(by_id["morning"], bank.question, "sv") == "mån–ons 09–12"
    )
    assert (
        knowledge_bank_words.hours_words(by_id["timeless"], bank.question, "en") == "hours unknown"
    )
    monthly = replace(
        ACTIVITIES[0], times=(replace(ACTIVITIES[0].times[0], rrule="FREQ=MONTHLY;BYDAY=1TU"),)
    )
    entry = asked(town((monthly,))).entries[0]
    assert knowledge_bank_words.hours_words(entry, bank.question, "sv") == (
        "inte denna vecka; nästa gång tis 1 december 17–19"
    )


def test_what_no_path_leads_to_stands_apart() -> None:
    area = town()
    far = area.places.index[area.places["id"] == "school-200"][0]
    points = area.places.geometry.copy()
    points[far] = along({0.0: ""}).translate(xoff=0.5)[0]
    moved = replace(area, places=area.places.set_geometry(points), _snaps={})
    bank = asked(moved)
    assert {"cafe", "old", "desk", "place:school-200"} == set(ids(bank.unreachable))
    assert all(math.isinf(entry.metres) for entry in bank.unreachable)
    assert "cafe" not in ids(bank.all)
    assert "går inte att nå till fots: Kafé" in "\n".join(knowledge_bank_words.lines(bank, "sv"))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([each.id for each in ACTIVITIES]), st.sampled_from(["", "ti", "ar"]))
def test_closing_an_activity_removes_exactly_it(closed: str, language: str) -> None:
    before = asked(language=language)
    left = town(tuple(each for each in ACTIVITIES if each.id != closed))
    after = asked(left, language=language)
    assert ids(after.all) == [each for each in ids(before.all) if each != closed]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["ti", "ar", "so", "uk", "fa"]),
    st.sampled_from(["", "2026-11-24", "2026-11-25T10:00"]),
)
def test_a_filter_only_takes_away_and_what_it_keeps_speaks_the_language(
    code: str, when: str
) -> None:
    everything, kept = asked(when=when), asked(when=when, language=code)
    assert set(ids(kept.all)) <= set(ids(everything.all))
    for entry in kept.entries:
        assert any(speaks(code, spoken) for spoken in entry.activity.languages)
    assert all(not entry.activity.languages for entry in kept.language_unknown)


def test_protected_housing_has_a_region_and_no_point() -> None:
    area = AREA
    hidden = area.places["id"] == HOME
    details = [
        json.dumps({"skyddat boende": "ja", "antal_boende": 20}) if hide else kept
        for hide, kept in zip(hidden, area.places["details"], strict=True)
    ]
    area = replace(area, places=area.places.assign(details=details), _snaps={})
    housing = next(each for each in area.places["id"] if "restricted" in each)
    bank = asked(area, housing=housing)
    assert bank.start.restricted and math.isnan(bank.start.lon) and math.isnan(bank.start.lat)
    spec = bank_map(area, bank, bank.all, "sv")
    assert "start" not in {layer.id for layer in spec.layers}
    spot = area.places.geometry[area.places["id"] == housing].iloc[0]
    document = json.dumps(bank_json(bank, area, "sv"))
    assert f"{spot.x:.4f}" not in document and '"point": null' in document
    assert "Adressen är skyddad" in "\n".join(knowledge_bank_words.lines(bank, "sv"))
    assert SHAPE not in document
    files = bank_document(bank, area, day="2026-11-25")
    for ending in (".html", ".pptx", ".geojson", ".gpkg", ".xlsx", ".csv"):
        words = words_of(answer_bytes(files, ending), ending)
        assert f"{spot.x:.4f}" not in words and f"{spot.y:.5f}" not in words, ending
    assert [layer.name for layer in files.layers] == ["bank"]
    assert bank.entries


def test_numbers_on_the_map_are_those_of_the_places_in_the_list_nearest_first() -> None:
    bank = asked()
    numbers = numbers_of(bank.all)
    assert list(numbers) == [
        "school-200", "school-350", "library-500", "association-700", "school-900"
    ]  # fmt: skip
    spec = bank_map(AREA, bank, bank.all, "sv")
    drawn = {layer.id for layer in spec.layers}
    assert drawn == {"start", *(f"number-{number}" for number in range(1, 6))}
    assert next(iter(spec.table["Nr"])) == "1" and len(spec.table) == len(bank.all)
    assert "5 platser" in spec.alt_text


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"when": "2026-03-03T25:00"}, "bad_moment"),
        ({"when": "tisdag"}, "bad_moment"),
        ({"when": "9999-12-31"}, "bad_moment"),
        ({"language": "blå"}, "unknown_language"),
        ({"themes": ("blå",)}, "unknown_term"),
        ({"limit": "-1"}, "bad_limit"),
        ({"housing": "nowhere"}, "unknown_housing"),
        ({"housing": "", "at": "17.8"}, "bad_point"),
        ({"housing": "", "at": "10,50"}, "point_off_paths"),
        ({"housing": ""}, "bad_point"),
    ],
)
def test_what_can_not_be_asked_is_told(wish, code) -> None:
    with refused(code) as told:
        asked(**wish)
    assert all(told.value.message(language) for language in texts.LANGUAGES)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "ftp://example.org", "http://", "https://user:pass@example.org",
        "https://example.org/a b", "https://example.org/" + "a" * 200, "http://[::1", "example.org",
        "https://exa\u202emple.org", 'https://example.org/"><script>', "https://localhost",
        "https://example.org:99999999/",
    ],
)  # fmt: skip
def test_only_a_link_one_may_follow_is_printed(text: str) -> None:
    assert link_of(text) == ""


def test_texts_in_other_languages_are_told_by_columns_with_a_language_code() -> None:
    record = {
        "name_ti": "ካፈ",
        "text_AR": "مقهى",
        "name:fa-AF": "کافه",
        "name_zzzz": "?",
        "text_2": "b",
    }
    found = {each.language: (each.name, each.text) for each in written_of(record)}
    assert found == {"ti": ("ካፈ", ""), "ar": ("", "مقهى"), "prs": ("کافه", "")}


def test_an_activitys_link_and_texts_go_before_its_places() -> None:
    own = replace(ACTIVITIES[0], told=(("webb", "https://example.org/a"), ("name_ar", "مقهى")))
    area = town((own,), details={200.0: {"url": "https://example.org/b", "name_ti": "ካፈ"}})
    entry = next(each for each in asked(area).entries if each.id == own.id)
    assert entry.link == "https://example.org/a"
    assert [each.language for each in entry.written] == ["ar"]
    assert [each.language for each in entry.place_written] == ["ti"]
    place = next(each for each in asked(area).entries if each.id == "place:school-200")
    assert place.link == "https://example.org/b"


def test_files_say_what_they_rest_on_and_hold_no_formulas() -> None:
    area = town((replace(ACTIVITIES[0], name="=cmd|' /C calc'!A0"),))
    bank = asked(area)
    content = bank_document(bank, area, day="2026-11-25")
    rows = content.rows
    assert tuple(rows.columns) == BANK_COLUMNS
    assert rows["metres"].iloc[0] == pytest.approx(100.0, abs=0.01)
    assert "'=cmd" in answer_bytes(content, ".csv").decode()
    document = json.loads(answer_bytes(content, ".json"))
    assert document["rows"][0]["name"].startswith("=cmd")
    assert answer_bytes(content, ".xlsx")[:2] == b"PK"


def test_each_kind_of_file_opens_says_how_much_is_in_reach_and_is_the_same_again() -> None:
    bank = asked()
    document = bank_document(bank, AREA, day="2026-11-25")
    told = " ".join(document.headline.replace(texts.NO_BREAK_SPACE, " ").split())
    assert told == "12 svarar mot frågan, 8 av dem osäkra."
    for ending in ENDINGS:
        content = answer_bytes(document, ending)
        assert content == answer_bytes(document, ending), ending
        words = words_of(content, ending)
        assert "library 500" in words or ending == ".pptx", ending
        # The page to print has its own words, and the table is rows alone.
        assert told in words or ending in (".pdf", ".csv"), ending
    shapes = json.loads(answer_bytes(document, ".geojson"))["features"]
    assert len(shapes) == len(bank.all)


def test_the_command_answers_in_lines_json_and_files(tmp_path, capsys) -> None:
    save_area(AREA)
    words = ["bank", "street", "--housing", HOME, "--when", "2026-11-24T17:30", "--language", "ti"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "100 m, 2 min: Kafé" in said.replace(texts.NO_BREAK_SPACE, " ")
    assert "Språk okänt" in said and "öppet 17–19" in said
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["settings"]["since"] == "2026-11-24T17:30:00+01:00"
    assert main([*words, "-o", str(tmp_path / "bank.pdf"), "--leaflet"]) == 0
    assert (tmp_path / "bank.pdf").read_bytes()[:5] == b"%PDF-"
    assert main([*words, "-o", str(tmp_path / "bank.gpkg")]) == 0
    assert main([*words, "--leaflet"]) == 2
    assert "--leaflet" in capsys.readouterr().err
    assert main(["bank", "street", "--housing", HOME, "--when", "igår"]) == 2
    assert "”igår”" in capsys.readouterr().err


WHOLE = {
    60.0: ("station", {"name": "Stopp väst"}),
    200.0: ("school", {}),
    700.0: ("association", {"mentorer per år": "10", "språk": "arabiska"}),
    900.0: ("job_centre", {}),
    950.0: ("library", {}),
    980.0: ("station", {"name": "Stopp öst"}),
}
FRIENDS = Unplaced(
    "kompis",
    "Kompisarna",
    "association",
    '{"inriktning": "matchar nyanlända", "kompisar per år": "5", "arrangörer": "Stiftelsen"}',
)
LOST = Unplaced("cafe-x", "Kaféet utan adress", "language_cafe", "{}")


def whole(housing=None) -> Area:
    told = {100.0: {"antal_boende": 20, "språk": "tigrinja 12, arabiska 8"},
            400.0: {"antal_boende": 30, "språk": "arabiska 30"}}  # fmt: skip
    area = meeting_street({50.0: 3}, housing=housing or told, places=WHOLE, activities=())
    return replace(area, unplaced=(FRIENDS, LOST))


def test_what_serves_the_whole_municipality_stands_apart_with_metres_to_stops_at_both_ends() -> (
    None
):
    bank = bank_of(whole(), BankQuestion.read({"housing": HOME, "limit": "300"}, today=TODAY))
    assert {each.place for each in bank.municipal} == {
        "association-700",
        "job_centre-900",
        "kompis",
    }
    assert [each.place for each in bank.unplaced] == ["cafe-x"]
    assert "library-950" not in {each.place for each in (*bank.all, *bank.municipal)}
    work = next(each for each in bank.municipal if each.place == "job_centre-900")
    assert work.metres == pytest.approx(800)
    assert work.stops is not None
    assert (work.stops.from_m, work.stops.to_m) == (pytest.approx(40), pytest.approx(80))
    lines = [
        line.replace(texts.NO_BREAK_SPACE, " ") for line in knowledge_bank_words.lines(bank, "sv")
    ]
    said = next(line for line in lines if "job_centre 900" in line)
    assert "finns i hela kommunen; 800 m till fots; hållplats 40 m härifrån" in said
    assert "och 80 m därifrån" in said
    friends = next(line for line in lines if "Kompisarna" in line)
    assert "finns i hela kommunen; platsen är okänd; närmaste hållplats härifrån 40 m" in friends
    near = bank_of(whole(), BankQuestion.read({"housing": HOME, "limit": "1000"}, today=TODAY))
    assert {each.place for each in near.municipal} == {"kompis"}, "what is in reach stands there"


def test_matches_a_year_are_shared_by_all_newcomers_by_language_whatever_the_walk() -> None:
    for limit in ("100", "2000"):
        bank = bank_of(whole(), BankQuestion.read({"housing": HOME, "limit": limit}, today=TODAY))
        told = {each.language: (each.people, each.matches) for each in bank.speakers}
        # Ten mentors in Arabic, five buddies in a language nobody told; the job centre tells none.
        assert told == {
            "": (50, Span(15, 15)),
            "ar": (38, Span(10, 15)),
            "ti": (12, Span(0, 5)),
        }
        assert [each.untold for each in bank.speakers] == [1, 1, 1]
    said = [
        line.replace(texts.NO_BREAK_SPACE, " ")
        for line in knowledge_bank_words.speakers_words(bank, "sv")
    ]
    assert said[1] == (
        "De som talar arabiska: 38. 0,26–0,39 matchningar per person och år (10–15 om året); "
        "verksamheter som inte uppger antal: 1."
    )


@pytest.mark.parametrize(
    ("place", "told", "matches"),
    [
        ("school-200", {"organisers": ("association 700",), "seats": 12}, 12 + 5),
        ("school-200", {"organisers": ("Kompisarna",), "seats": 6}, 10 + 6),
        ("association-700", {"organisers": ("Vänner",), "seats": 4}, 10 + 5 + 4),
        ("job_centre-900", {"organisers": ("Vänner",), "seats": 4}, 10 + 5 + 4),
        ("association-700", {"seats": 8}, 8 + 5),
        (
            "school-200",
            {"organisers": ("association 700",), "seats": 12, "valid_to": date(2026, 11, 1)},
            10 + 5,
        ),
    ],
)
def test_mentors_of_an_activity_count_once_wherever_it_is_held(place, told, matches) -> None:
    """The association's record has ten, that of the one without a point five: an activity with
    mentors counts instead of the record of whoever runs it, and of nobody else's."""
    area = replace(whole(), activities=to_table([activity(place, None, kind="mentors", **told)]))
    bank = bank_of(area, BankQuestion.read({"housing": HOME, "limit": "300"}, today=TODAY))
    assert bank.speakers[0].matches == Span(matches, matches)


def test_seats_stay_with_the_record_of_who_runs_an_activity_with_mentors() -> None:
    friends = replace(FRIENDS, details='{"kompisar per år": "5", "platser per år": "30"}')
    held = activity("school-200", None, kind="mentors", seats=6, organisers=("Kompisarna",))
    area = replace(whole(), unplaced=(friends,), activities=to_table([held]))
    everybody = bank_of(area, BankQuestion.read({"housing": HOME}, today=TODAY)).speakers[0]
    assert (everybody.matches, everybody.seats) == (Span(16, 16), Span(30, 30))


def test_a_few_who_speak_a_language_have_no_number_and_protected_housing_no_distance() -> None:
    few = {100.0: {"antal_boende": 20, "språk": "tigrinja 3, arabiska 17"}}
    bank = bank_of(whole(few), BankQuestion.read({"housing": HOME, "limit": "300"}, today=TODAY))
    tigrinya = next(each for each in bank.speakers if each.language == "ti")
    assert tigrinya.hidden
    (told,) = (
        each
        for each in bank_json(bank, whole(few), "sv")["municipality"]
        if each["language"] == "ti"
    )
    assert told["newcomers"] is None and told["matches_per_year_high"] is None
    area = whole({100.0: {"antal_boende": 20, "skyddad": "ja"}})
    home = str(area.places["id"][area.places["kind"] == "transitional_housing"].iloc[0])
    hidden = bank_of(area, BankQuestion.read({"housing": home, "limit": "300"}, today=TODAY))
    assert hidden.municipal
    assert all(math.isnan(each.metres) and each.stops is None for each in hidden.municipal)


def test_what_serves_the_whole_municipality_is_in_each_kind_of_file_and_the_leaflet() -> None:
    area = whole()
    bank = bank_of(area, BankQuestion.read({"housing": HOME, "limit": "300"}, today=TODAY))
    for as_leaflet in (False, True):
        document = bank_document(bank, area, "sv", day="2026-11-30", as_leaflet=as_leaflet)
        for ending in (".pdf", ".html", ".pptx"):
            words = words_of(answer_bytes(document, ending), ending)
            assert "Kompisarna" in words, ending
    table = document.rows.set_index("place_id")
    assert (
        table.loc["kompis", "list"] == "municipality" and table.loc["cafe-x", "list"] == "unplaced"
    )
    assert (
        table.loc["kompis", "matches_per_year"] == 5
        and table.loc["job_centre-900", "to_stop_m"] == 80
    )
    told = {row["place_id"]: row for row in bank_json(bank, area, "sv")["rows"]}
    assert told["job_centre-900"]["from_stop_m"] == 40
    for ending in ENDINGS:
        assert answer_bytes(document, ending) == answer_bytes(document, ending), ending
