"""The knowledge bank in print: one tagged page, whatever a file holds, and how many more."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from geo.access.knowledge_bank.model import Bank
from geo.access.knowledge_bank.question import BankQuestion
from geo.access.knowledge_bank.search import bank_of
from geo.area.model import Area
from geo.output.documents import leaflet
from geo.output.documents.leaflet import pdf_bytes
from geo.output.print import text_shapes
from tests.geo.access.meeting.worlds import TODAY, activity, meeting_street
from tests.geo.output.test_pdf import elements, opened, words_of

HOME = "transitional_housing-100"
TIGRINYA, ARABIC = "ካፈ ቋንቋ", "مقهى اللغة"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "#typst[ #panic() $x^2$ @ref <lab> ~ // /*",
    "\u202efdp.exe\u202c \u2066gömd\u2069",
    "å" * 10_000,
    "ord " * 2_500,
    '"}]) #read("/etc/passwd") {{ 7*7 }}',
    "\x00\x07\ufffe",
)


def street_of(count: int = 3, **told) -> Area:
    """A street with a language café in each of some schools, 20 m apart."""
    places = {120.0 + 20 * at: ("school", {}) for at in range(count)}
    cafes = [
        activity(
            f"school-{at:g}", (1,), (17, 19), id=f"cafe-{at:g}", languages=("ar", "sv"), **told
        )
        for at in places
    ]
    return meeting_street(
        {50.0: 3}, housing={100.0: {"antal_boende": 20}}, places=places, activities=cafes
    )


def bank_in(area: Area, **wish) -> Bank:
    wish = {"housing": HOME, "themes": ("language",), **wish}
    return bank_of(area, BankQuestion.read(wish, today=TODAY))


def said(content: bytes) -> str:
    pages = opened(content).pages
    assert len(pages) == 1
    return words_of(pages[0])


@pytest.mark.parametrize("as_leaflet", [False, True])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_sheet_is_one_tagged_page_with_title_language_and_alternative_texts(
    language: str, as_leaflet: bool
) -> None:
    area = street_of(name="Kaféet", contact="https://example.org/kafe")
    content = pdf_bytes(bank_in(area), area, language, as_leaflet=as_leaflet)
    file = opened(content)
    assert len(file.pages) == 1 and file.Root.MarkInfo.Marked
    assert str(file.Root.Lang) == language
    title = {"sv": "Nära transitional_housing", "en": "Near transitional_housing"}[language]
    assert str(file.docinfo["/Title"]).startswith(title)
    kinds = [str(each.S) for each in elements(file.Root.StructTreeRoot.K) if "/S" in each]
    assert kinds.count("/H1") == 1 and kinds.count("/H2") == 1
    figures = [each for each in elements(file.Root.StructTreeRoot.K) if each.get("/S") == "/Figure"]
    assert all(str(each.Alt) for each in figures)
    codes = [str(each.Alt) for each in figures if "example.org/kafe" in str(each.Alt)]
    assert len(codes) == (3 if as_leaflet else 0)
    told = said(content)
    assert "Kaféet" in told and ("tis 17–19" if language == "sv" else "Tue 17–19") in told
    assert "20 m, 1 min" in told.replace("\u00a0", " ")


def test_the_same_answer_gives_the_same_bytes() -> None:
    area = street_of()
    assert pdf_bytes(bank_in(area), area, "sv") == pdf_bytes(bank_in(area), area, "sv")


@pytest.mark.parametrize("as_leaflet", [False, True])
def test_what_does_not_fit_on_the_page_is_counted(as_leaflet: bool) -> None:
    area = street_of(28, name="Ett kafé")
    bank = bank_in(area)
    told = said(pdf_bytes(bank, area, "sv", as_leaflet=as_leaflet))
    count = told.count("Ett kafé")
    assert 6 <= count <= 20 < len(bank.entries) == 28
    assert f"Här står de {count} närmaste av 28. Inom gränsen finns {28 - count} till." in told


@pytest.mark.parametrize(("at", "name"), tuple(enumerate(HOSTILE)))
def test_hostile_text_is_shown_as_text_on_one_page(at: int, name: str) -> None:
    as_leaflet = at not in (0, 4)  # a dense page has less of it
    texts = (("name_ar", name), ("text_ar", name), ("url", f"javascript:{name}"))
    area = street_of(2, name=name, organisers=(name,), cost=name, contact=name, told=texts)
    area = replace(area, name=name, places=area.places.assign(name=name), _snaps={})
    bank = bank_in(area, language="ar")
    content = pdf_bytes(bank, area, "sv", as_leaflet=as_leaflet)
    told = said(content)
    visible = name.replace("\x00\x07\ufffe", "□").split()[0].strip("\u202e\u202c")[:6]
    assert visible in told
    links = [
        note
        for note in opened(content).pages[0].get("/Annots", [])
        if note.get("/Subtype") == "/Link"
    ]
    assert links == []
    assert not any(mark in told for mark in "\u202e\u202c\u2066\u2069")


def test_a_text_in_arabic_is_set_from_the_right_and_marked_as_arabic() -> None:
    area = street_of(1, name="Kaféet", told=(("name_ar", ARABIC), ("name_uk", "Мовне кафе")))
    content = pdf_bytes(bank_in(area, language="ar"), area, "sv", as_leaflet=True)
    file = opened(content)
    spoken = {str(each.Lang) for each in elements(file.Root.StructTreeRoot.K) if "/Lang" in each}
    assert "ar" in spoken and "uk" not in spoken
    told = said(content)
    assert not any(0x0400 <= ord(letter) <= 0x04FF for letter in told)
    assert any(0x0600 <= ord(letter) <= 0xFEFF for letter in told)


def test_without_a_language_a_leaflet_holds_the_texts_there_are() -> None:
    area = street_of(1, told=(("name_uk", "Мовне кафе"), ("text_en", "Welcome")))
    told = said(pdf_bytes(bank_in(area), area, "sv", as_leaflet=True))
    assert "Мовне кафе" in told and "Welcome" in told
    page = said(pdf_bytes(bank_in(area), area, "sv"))
    assert "Мовне" not in page


def test_letters_no_font_has_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NARHET_FONTS", raising=False)
    area = street_of(1, name="Kaféet", told=(("name_ti", TIGRINYA),))
    area = replace(area, activities=area.activities.assign(languages="ti"), _snaps={})
    told = said(pdf_bytes(bank_in(area, language="ti"), area, "sv", as_leaflet=True))
    assert "Kaféet" in told and "Text på tigrinja finns men kan inte skrivas ut" in told
    assert "□" not in told
    silent = street_of(1)
    silent = replace(silent, activities=silent.activities.assign(languages="ti"), _snaps={})
    told = said(pdf_bytes(bank_in(silent, language="ti"), silent, "sv", as_leaflet=True))
    assert "Inget i listan har text på tigrinja" in told


def test_a_font_in_the_named_folder_shows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _font(tmp_path / "provtype.ttf", "Provtype", TIGRINYA)
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    monkeypatch.setenv("NARHET_FONTS", str(tmp_path))
    assert text_shapes.families() == ["DejaVu Sans", "Provtype"]
    assert text_shapes.shown(TIGRINYA) == TIGRINYA and text_shapes.shown("中") == ""
    area = street_of(1, told=(("name_ti", TIGRINYA),))
    area = replace(area, activities=area.activities.assign(languages="ti"), _snaps={})
    told = said(pdf_bytes(bank_in(area, language="ti"), area, "sv", as_leaflet=True))
    assert TIGRINYA.split()[0] in told and "kan inte skrivas ut" not in told


def test_protected_housing_is_not_marked_on_the_sheets_map() -> None:
    area = street_of(3)
    hidden = area.places["id"] == HOME
    record = json.dumps({"skyddat boende": "ja", "antal_boende": 20})
    details = [
        record if hide else kept for hide, kept in zip(hidden, area.places["details"], strict=True)
    ]
    area = replace(area, places=area.places.assign(details=details), _snaps={})
    housing = next(each for each in area.places["id"] if "restricted" in each)
    bank = bank_in(area, housing=housing)
    sheet = json.loads(leaflet._fitted(leaflet._Asked(bank, area, "sv", True))["sheet"])
    open_area = street_of(3)
    marked = json.loads(
        leaflet._fitted(leaflet._Asked(bank_in(open_area), open_area, "sv", True))["sheet"]
    )
    assert sheet["map"]["svg"].count("<use ") == 3 and marked["map"]["svg"].count("<use ") == 4
    assert "Nålen" in marked["map"]["note"] and "Nålen" not in sheet["map"]["note"]
    assert any("Adressen är skyddad" in note for note in sheet["notes"])


def _font(path: Path, family: str, letters: str) -> None:
    """Write a font whose letters are all the same square."""
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in sorted(set(letters)))]
    build = FontBuilder(1000, isTTF=True)
    build.setupGlyphOrder(names)
    build.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in set(letters)})
    pen = TTGlyphPen(None)
    for at, corner in enumerate([(100, 0), (100, 700), (600, 700), (600, 0)]):
        (pen.lineTo if at else pen.moveTo)(corner)
    pen.closePath()
    square = pen.glyph()
    build.setupGlyf(dict.fromkeys(names, square))
    build.setupHorizontalMetrics(dict.fromkeys(names, (700, 100)))
    build.setupHorizontalHeader(ascent=800, descent=-200)
    build.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family})
    build.setupOS2()
    build.setupPost()
    build.save(path)
