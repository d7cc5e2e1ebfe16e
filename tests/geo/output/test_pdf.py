"""A report on paper: tagged and titled for screen readers, whole in every alphabet, the same bytes
each time; hostile words come out as words.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from geo import texts
from geo.access.gaps import gap, headline
from geo.area.model import Area
from geo.catalog import save_area
from geo.errors import NarhetError, UnknownArea
from geo.output.documents import report_pdf
from geo.output.maps.places_and_gaps import district_table, gap_map, sources_table
from geo.output.print import text_shapes
from geo.output.print import text_shapes as print_text_shapes
from geo.output.print.text_shapes import covered
from geo.output.report.model import Finding, KeyFigure, Report
from geo.output.report.record import NAME, record_bytes
from geo.sources.demo.area import build_demo
from tests.refusals import refused
from tests.tiny import tiny_area

HOSTILE = (
    '#import "x.typ": *',
    "$x^2$ #panic() #sys.inputs",
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% x %}",
    "\\ \\u{41} *b* _i_ `c` @ref <lab> ~ // /* -- ---",
    '"]) #read("/etc/passwd")',
)
ARABIC = "مرحبا بكم في حيّنا"
EMOJI = "🏠 👩‍👩‍👧 ☕ \U000f0000"


def report_of(area: Area, language: str = "sv", **changes: object) -> Report:
    answer = gap(area, kind="library", limit_m=300, group="children_0_4")
    spec = gap_map(area, answer, language)
    made = Report(
        title="Vem når ett bibliotek till fots?",
        subtitle="Barn 0–4 år, högst 300 m",
        language=language,
        date="2026-11-26",
        area=area.id,
        area_name=area.name,
        area_key=area.key,
        findings=(
            Finding("question", "Frågan", ("Hur många bor längre bort än 300 m?",)),
            Finding("answer", "Svaret", (headline(answer, language), "Flest i Hässelby.")),
            Finding("map", "Karta", ("Cirklarna visar var.",), map=spec),
            Finding(
                "key_figures",
                "Nyckeltal",
                figures=(KeyFigure("Bortom", "färre än 5", "så få visas inte"),) * 4,
            ),
            Finding(
                "districts",
                "Per stadsdel",
                own_words="Norra först.\nSedan Södra.",
                table=district_table(answer, language),
                total_last=True,
            ),
            Finding("sources", "Källor", table=sources_table(area, language)),
        ),
        settings={"kind": "library", "limit_m": 300},
        results={"beyond": round(answer.beyond), "hidden": None},
        estimated=answer.estimated,
        demonstration=area.demonstration,
        credits=spec.credits,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def area() -> Area:
    return tiny_area()


@pytest.fixture(scope="module")
def written(area: Area) -> bytes:
    return report_pdf.pdf_bytes(report_of(area), area)


@cache
def opened(content: bytes) -> pikepdf.Pdf:
    """Open a file once and keep it: its parts live no longer than it does."""
    return pikepdf.open(io.BytesIO(content))


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Give every element of a structure tree, in reading order."""
    if isinstance(node, pikepdf.Array):
        for item in node:
            yield from elements(item)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def tags(content: bytes) -> list[str]:
    return [str(found.S) for found in elements(opened(content).Root.StructTreeRoot)]


def fonts(file: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    return [font for page in file.pages for font in page.Resources.get("/Font", {}).values()]


def words_of(page: pikepdf.Page) -> str:
    """Read a page as a reader that copies text would: through each font's map to Unicode."""
    maps = {name: unicode_map(font) for name, font in page.Resources.get("/Font", {}).items()}
    now: dict[int, str] = {}
    said: list[str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "Tf":
                now = maps[str(operands[0])]
            case "Tj":
                said.append(decoded(bytes(operands[0]), now))
            case "TJ":
                said += [
                    decoded(bytes(it), now) for it in operands[0] if isinstance(it, pikepdf.String)
                ]
            case "ET":
                said.append(" ")
    return "".join(said)


def decoded(codes: bytes, to_unicode: dict[int, str]) -> str:
    return "".join(
        to_unicode.get(int.from_bytes(codes[at : at + 2]), "\ufffd")
        for at in range(0, len(codes), 2)
    )


def unicode_map(font: pikepdf.Object) -> dict[int, str]:
    found: dict[int, str] = {}
    written = font.ToUnicode.read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", written, re.DOTALL):
        for code, word in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(word).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", written, re.DOTALL):
        for low, high, word in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            first = int(word, 16)
            for code in range(int(low, 16), int(high, 16) + 1):
                found[code] = chr(first + code - int(low, 16))
    return found


def all_words(content: bytes) -> str:
    said = " ".join(words_of(page) for page in opened(content).pages)
    return re.sub(r"\s+", " ", said.replace(print_text_shapes.BREAK, ""))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_same_report_gives_the_same_bytes(area: Area, written: bytes) -> None:
    assert report_pdf.pdf_bytes(report_of(tiny_area()), tiny_area()) == written
    later = report_pdf.pdf_bytes(report_of(area, date="2026-11-27"), area)
    assert later != written


def test_several_may_ask_at_the_same_time(area: Area, written: bytes) -> None:
    for kept in (text_shapes._font, text_shapes._glyphs, text_shapes._glyph, text_shapes.covered):
        kept.cache_clear()  # as in a process that has just begun
    with ThreadPoolExecutor(4) as people:
        made = list(people.map(lambda _: report_pdf.pdf_bytes(report_of(area), area), range(8)))
    assert set(made) == {written}


def test_the_file_says_language_title_and_that_it_is_tagged(written: bytes) -> None:
    root = opened(written).Root
    assert str(root.Lang) == "sv"
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    with opened(written).open_metadata() as about:
        assert about["dc:title"] == "Vem når ett bibliotek till fots?"
        assert about["pdfuaid:part"] == "1"
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
        assert about["xmp:CreateDate"].startswith("2026-11-26")


def test_nothing_of_the_machine_is_in_the_file(written: bytes) -> None:
    file = opened(written)
    plain = io.BytesIO()
    file.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
    held = plain.getvalue()
    for trace in (str(report_pdf.TEMPLATE.parent), str(Path.home())):
        assert trace.encode() not in held
    assert b"report.typ" not in held


def test_the_preview_shows_each_page_of_the_file(area: Area, written: bytes) -> None:
    report = report_of(area)
    pages = report_pdf.page_images(report, area, dpi=50)
    assert len(pages) == len(opened(written).pages)
    assert pages == report_pdf.page_images(report, area, dpi=50)
    sizes = {Image.open(io.BytesIO(page)).size for page in pages}
    assert sizes == {(round(210 / 25.4 * 50), round(297 / 25.4 * 50))}
    short = replace(report, findings=report.findings[:1])
    assert len(report_pdf.page_images(short, area, dpi=50)) == 1
    with refused("no_findings"):
        report_pdf.page_images(replace(report, findings=()), area)


def test_headings_table_and_figure_are_tagged(written: bytes) -> None:
    found = tags(written)
    assert found.count("/H1") == 1
    assert found.count("/H2") == 6
    assert {"/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/P", "/Figure"} <= set(found)
    assert found.index("/H1") < found.index("/H2") < found.index("/Figure") < found.index("/Table")


def test_each_figure_has_its_alternative_text(area: Area, written: bytes) -> None:
    report = report_of(area)
    told = report.findings[2].map
    assert told is not None
    figures = [it for it in elements(opened(written).Root.StructTreeRoot) if str(it.S) == "/Figure"]
    assert [str(figure.Alt) for figure in figures] == [told.alt_text]


def test_table_heads_belong_to_their_columns(written: bytes) -> None:
    heads = [it for it in elements(opened(written).Root.StructTreeRoot) if str(it.S) == "/TH"]
    for head in heads:
        held = head.A if isinstance(head.A, pikepdf.Array) else [head.A]
        assert any(str(part.get("/Scope", "")) == "/Column" for part in held)


def test_everything_on_a_page_is_tagged_or_marked_as_decoration(written: bytes) -> None:
    """Nothing is drawn or written outside marked content: a screen reader misses nothing."""
    for page in opened(written).pages:
        depth = 0
        for _, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "BDC" | "BMC":
                    depth += 1
                case "EMC":
                    depth -= 1
                case "Tj" | "TJ" | "f" | "f*" | "S" | "B" | "Do":
                    assert depth > 0, operator


def test_fonts_travel_in_the_file_with_their_letters_as_text(written: bytes) -> None:
    held = fonts(opened(written))
    assert held
    for font in held:
        assert "/ToUnicode" in font
        describes = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile2", "/FontFile3"} & set(describes.keys())


def test_the_text_can_be_selected_with_its_letters(area: Area, written: bytes) -> None:
    said = all_words(written)
    for words in ("färre än 5", "Hässelby", "Vem når ett bibliotek till fots?", "Egna ord"):
        assert words in said
    for name in ("Norra", "Södra"):
        assert name in said
    for row in district_table(
        gap(area, kind="library", limit_m=300, group="children_0_4"), "sv"
    ).itertuples(index=False):
        assert all(bare(str(cell)) in bare(said) for cell in row)


def test_every_page_says_area_date_number_and_marks(area: Area) -> None:
    table = pd.DataFrame({"Namn": [f"Rad {row}" for row in range(150)], "Antal": ["1"] * 150})
    base = report_of(area, demonstration=True)
    report = replace(base, findings=(*base.findings, Finding("sources", "Lång", table=table)))
    pages = opened(report_pdf.pdf_bytes(report, area)).pages
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        said = bare(words_of(page))
        assert bare(f"{area.name} · 2026-11-26") in said
        assert bare(texts.text("pdf.page", "sv", page=number, pages=len(pages))) in said
        assert bare(texts.text("demo.mark", "sv")) in said
        assert bare(texts.text("pdf.estimated", "sv")) in said


def test_a_long_table_repeats_its_head_and_loses_no_row(area: Area) -> None:
    rows = 2_000
    table = pd.DataFrame(
        {"Förskola": [f"Namn{row}x" for row in range(rows)], "Antal": ["färre än 5"] * rows}
    )
    report = report_of(area, findings=(Finding("districts", "Alla", table=table, total_last=True),))
    content = report_pdf.pdf_bytes(report, area)
    pages = [words_of(page) for page in opened(content).pages]
    assert len(pages) > 20
    assert all("Förskola" in page for page in pages)
    said = " ".join(pages)
    assert [int(row) for row in re.findall(r"Namn(\d+)x", said)] == list(range(rows))
    assert tags(content).count("/TH") == 2, "the repeated heads are decoration"


def test_the_record_travels_in_the_file(area: Area, written: bytes) -> None:
    held = opened(written).attachments
    assert list(held) == [NAME]
    carried = held[NAME].get_file().read_bytes()
    assert carried == record_bytes(report_of(area))
    assert json.loads(carried)["results"]["hidden"] is None
    assert str(held[NAME].obj.AFRelationship) == "/Data"


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_come_out_as_words(area: Area, words: str) -> None:
    table = pd.DataFrame({words: [words, "b"], "Antal": ["1", "2"]})
    report = report_of(
        area,
        title=words,
        subtitle=words,
        area_name=words,
        findings=(
            Finding("question", words, (words,), own_words=words),
            Finding("key_figures", words, figures=(KeyFigure(words, words, words),)),
            Finding("districts", words, table=table),
        ),
    )
    said = bare(all_words(report_pdf.pdf_bytes(report, area)))
    assert said.count(bare(words)) >= 11


def test_arabic_is_written_and_read_from_the_right(area: Area) -> None:
    finding = Finding("question", ARABIC, (ARABIC, f"Svenska och {ARABIC}"), own_words=ARABIC)
    content = report_pdf.pdf_bytes(report_of(area, title=ARABIC, findings=(finding,)), area)
    letters = set(bare(ARABIC)) - {"\u0651"}
    assert letters <= set(all_words(content))
    assert print_text_shapes.from_right(ARABIC) and not print_text_shapes.from_right(
        f"Svenska och {ARABIC}"
    )


def test_letters_no_font_has_are_seen_to_be_missing(area: Area) -> None:
    finding = Finding("question", EMOJI, (f"Hus {EMOJI} slut 中文",), own_words=EMOJI)
    said = all_words(report_pdf.pdf_bytes(report_of(area, title=EMOJI, findings=(finding,)), area))
    assert "slut" in said and "☕" in said
    assert print_text_shapes.MISSING in said


def test_a_name_of_300_letters_wraps(area: Area) -> None:
    for name in ("Å" * 300, "Förskolan " * 30):
        table = pd.DataFrame({"Namn": [name, "b"], "Antal": ["1", "2"], "Andel": ["1 %", "2 %"]})
        findings = (
            Finding("key_figures", "Tal", figures=(KeyFigure(name, "1", name),)),
            Finding("districts", "Tabell", table=table),
        )
        report = report_of(area, title=name, area_name=name, findings=findings)
        content = report_pdf.pdf_bytes(report, area)
        assert bare(name) in bare(all_words(content))
        for page in opened(content).pages:
            assert all(0 <= x <= 595 for x in where_text_begins(page))


def where_text_begins(page: pikepdf.Page) -> list[float]:
    """Return how far from the left each piece of text begins, in points."""
    stack: list[np.ndarray] = []
    now = np.eye(3)
    found = []
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "q":
                stack.append(now)
            case "Q":
                now = stack.pop()
            case "cm" | "Tm":
                a, b, c, d, e, f = (float(value) for value in operands)
                step = np.array([[a, b, 0], [c, d, 0], [e, f, 1]]) @ now
                if str(operator) == "cm":
                    now = step
                else:
                    found.append(float(step[2, 0]))
    return found


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_report_speaks_its_language(area: Area, language: str) -> None:
    content = report_pdf.pdf_bytes(report_of(area, language), area)
    assert str(opened(content).Root.Lang) == language
    assert texts.text("pdf.own_words", language) in all_words(content)


def test_a_map_that_must_not_be_alone_fills_the_page_it_begins_on(area: Area) -> None:
    base = report_of(area)
    content = report_pdf.pdf_bytes(base, area)
    first = words_of(opened(content).pages[0])
    assert "Cirklarna visar var." in first
    drawn = [len(pikepdf.parse_content_stream(page)) for page in opened(content).pages]
    assert drawn[0] == max(drawn), "the map is on the first page, below its words"


def test_the_demonstration_area_can_be_reported() -> None:
    demo = build_demo()
    content = report_pdf.pdf_bytes(report_of(demo, "en"), demo)
    assert texts.text("demo.mark", "en") in all_words(content)
    assert 2 <= len(opened(content).pages) <= 6


def test_without_an_area_given_it_is_opened_by_its_id(area: Area) -> None:
    saved = save_area(area)
    report = report_of(saved)
    assert report_pdf.pdf_bytes(report) == report_pdf.pdf_bytes(report, saved)
    with pytest.raises(UnknownArea):
        report_pdf.pdf_bytes(replace(report, area="finns-inte"))


def test_nothing_chosen_or_no_date_is_told(area: Area) -> None:
    with refused("no_findings"):
        report_pdf.pdf_bytes(report_of(area, findings=()), area)
    for wrong in ("", "i går", "2026-13-01"):
        with refused("bad_date"):
            report_pdf.pdf_bytes(report_of(area, date=wrong), area)


def test_what_typst_refuses_is_our_error_in_both_languages(
    area: Area, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic(sys.inputs.report.len())", encoding="utf-8")
    monkeypatch.setattr(report_pdf, "TEMPLATE", broken)
    for report in (report_of(area), report_of(area, findings=(Finding("question", "A", ("b",)),))):
        with refused("document_failed", NarhetError) as told:
            report_pdf.pdf_bytes(report, area)
        assert isinstance(told.value.__cause__, RuntimeError)
        assert "panicked" in told.value.message("sv")
        assert told.value.message("sv") != told.value.message("en")
        assert str(tmp_path) not in told.value.message("sv")


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1", "2 345", "färre än 5"], True),
        (["1,234", "56%", "–"], True),
        (["−551", "+778", "okänt"], True),
        (["32 %", "300 m", "12 min"], True),
        (["2026-11-22", "2026-11-23 (uppgivet)"], False),
        (["Vällingby 3:12 norr om", "Grimsta 1"], False),
        (["okänt", ""], False),
        ([" " * 5_000 + "1x" * 5_000], False),
    ],
)
def test_numbers_stand_to_the_right_and_words_to_the_left(cells: list[str], right: bool) -> None:
    table = pd.DataFrame({"Namn": cells, "Tal": cells}, dtype=object)
    made = report_pdf._table(Finding("districts", "T", table=table))
    assert made is not None
    assert [column["right"] for column in made["columns"]] == [False, right]


@given(st.text(max_size=200))
def test_every_text_becomes_one_the_fonts_can_show(text: str) -> None:
    shown = print_text_shapes.plain(text)
    assert {ord(letter) for letter in shown} <= covered() | {0x20, ord(print_text_shapes.BREAK)}
    assert print_text_shapes.plain(shown) == shown or print_text_shapes.BREAK in shown
    assert {ord(letter) for letter in print_text_shapes.strong(text)} <= covered(True) | {
        0x20,
        ord(print_text_shapes.BREAK),
    }


@given(st.text(alphabet="abcåäöÅÄÖ éü–”%  \n.,123\u00a0", max_size=200))
def test_swedish_text_is_left_as_it_is(text: str) -> None:
    unbroken = print_text_shapes.plain(text).replace(print_text_shapes.BREAK, "")
    assert unbroken == text.replace("\n", " ")
