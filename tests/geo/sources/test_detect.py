"""How a text is written and where a table's header is, told by what the rows look like."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.sources.files.dialect import decimal_of, decoded, delimiter_of, header_of, sort_of
from geo.sources.files.field_names import known_names

ROWS = (
    "Namn;Adress;Språk",
    "Öppna förskolan Ängen;Åsögatan 12 B;somaliska, tigrinja",
    "Café Ö;Mäster Samuelsgatan 4;",
    "Träffpunkt Råå;Blåbärsvägen 7;arabiska",
)


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),  # what people write in it reads alike in both
        ("mac-roman", "mac-roman"),
        ("cp850", "cp850"),
    ],
)
@pytest.mark.parametrize("rows", [2, 4])
def test_swedish_reads_right_in_every_encoding_it_was_ever_written_in(
    encoding: str, named: str, rows: int
) -> None:
    text = "\r\n".join(ROWS[:rows])
    assert decoded(text.encode(encoding)) == (text, named)


def test_typographic_signs_of_windows_do_not_make_a_text_old() -> None:
    text = "Namn;Tid\nCafé ”Å” – öppet;10–12 …\n"
    assert decoded(text.encode("cp1252")) == (text, "cp1252")


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf-16", "cp1252", "Latin-1", "mac-roman"])
def test_a_stated_encoding_is_used(encoding: str) -> None:
    assert decoded("räksmörgås".encode(encoding), encoding)[0].lstrip("\ufeff") == "räksmörgås"


@pytest.mark.parametrize("encoding", ["nonsense", "rot13", "zlib", "unicode_escape"])
def test_an_encoding_that_is_none_of_ours_is_refused(encoding: str) -> None:
    with pytest.raises(LookupError):
        decoded(b"abc", encoding)
    with pytest.raises(UnicodeError):
        decoded("å".encode("cp1252"), "utf-8")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=60))
def test_any_text_reads_back_from_utf8_with_its_mark(text: str) -> None:
    assert decoded(codecs.BOM_UTF8 + text.encode()) == (text, "utf-8-sig")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a;b\n1,5;2,5\n1,5;2,5\n", ";"),
        ("a,b\n1.5,2.5\n", ","),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("Titel, med komma\n\na;b;c\n1;2;3\n1;2;3\n", ";"),
        ('namn;adress\n"A; B";"Gatan 1, 2 tr"\nC;Gatan 2\n', ";"),
        ("bara en kolumn\nett\ntvå\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_what_cuts_most_rows_alike(text: str, sign: str) -> None:
    assert delimiter_of(text) == sign


def test_decimals_are_told_from_thousands_and_lists() -> None:
    assert decimal_of([["1,5", "6 584 321,25", "a,b"]]) == ","
    assert decimal_of([["1.5", 3.5, None]]) == "."
    assert decimal_of([["1", "a, b", 3.5]]) == ""


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["Namn", "Antal"], ["A", 1], ["B", 2]], 0),
        ([["Lista över platser"], ["Namn", "Antal"], ["A", 1], ["B", 2]], 1),
        ([["Titel", "2025-01-01"], ["Ansvarig", "Eva"], ["Namn", "Adress", "N", "E"]]
         + [["A", "Gatan 1", 6580000, 670000]] * 9, 2),
        # no header: the first row is of the same sort as those below
        ([[101, "Kyrkan", "Storgatan 1"], [102, "Skolan", "Lillgatan 2"]], None),
        ([["Kyrkan", "Storgatan 1"], ["Skolan", "Lillgatan 2"], ["Hemmet", "Ågatan 3"]], None),
        ([[1, 2, 3], [4, 5, 6]], None),
        # years and dates over numbers are names of columns
        ([["Område", 2020, 2021], ["A", 2368, 2329], ["B", 4520, 4617]], 0),
        ([["Plats", "2013-08-27"], ["A", 12.0], ["B", 7.0]], 0),
        # nothing tells: the first row, as is usual
        ([["foo", "bar"], ["a", "b"], ["c", "d"]], 0),
        ([["lat", "lon"]], 0),
    ],
)  # fmt: skip
def test_the_header_is_the_row_of_another_sort_than_those_below(
    rows: list[list[object]], header: int | None
) -> None:
    assert header_of(rows, known_names()) == header


@pytest.mark.parametrize(
    ("cell", "sort"),
    [
        *((cell, "") for cell in (None, "", " ", "..", ".", "-", "–", "uppgift saknas", "<5")),
        *((cell, "number") for cell in (3, 2.5, "1 234,5", "−7", "6\u202f584\u2009321")),
        *((cell, "postcode") for cell in ("123 45", "12345", "SE-123 45")),
        *((cell, "year") for cell in ("2024", 1999)),
        *((cell, "date") for cell in ("2025-03-01", "1/3/2025", "2025-03-01 10:00")),
        *((cell, "time") for cell in ("10:00", "10.30-12.00")),
        *((cell, "address") for cell in ("Storgatan 1", "Mäster Samuelsgatan 12 B, 2 tr")),
        *((cell, "address") for cell in ("S:t Eriksgatan 4-6", "Kungsholms torg 3", "Vega Allé 6")),
        *((cell, "text") for cell in ("Antal 2020", "Storgatan", "Åsö", "A" * 10_000)),
    ],
)  # fmt: skip
def test_cells_are_sorted(cell: object, sort: str) -> None:
    assert sort_of(cell) == sort
