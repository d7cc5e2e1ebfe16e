"""A report's map as one page: whole by itself, its words escaped, its data no script."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geo import texts
from geo.output.documents.read_record import embedded
from geo.output.documents.report_page import POLICY, html_bytes
from geo.output.report.record import SCRIPT_ID, record
from tests.geo.board import ODD, few, long, made, named, whole
from tests.refusals import refused
from tests.tiny import tiny_area

EMPTY = {"meta", "img", "br", "path", "circle"}


class Page(HTMLParser):
    """The elements of a page, the texts outside its scripts and styles, and its scripts."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.scripts.append(data)
        elif inside != "style" and data.strip():
            self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def content() -> bytes:
    return html_bytes(*whole())


def test_the_same_report_makes_the_same_bytes(content: bytes) -> None:
    report, area = whole()
    assert html_bytes(report, area) == content
    assert html_bytes(replace(report, date="2026-11-27"), area) != content


def test_it_is_whole_by_itself_and_may_ask_nobody(content: bytes) -> None:
    page = Page(content)
    assert page.open == []
    policy = next(meta for meta in page.of("meta") if meta.get("http-equiv"))
    assert policy["content"] == POLICY and "default-src 'none'" in POLICY
    assert "connect-src" not in POLICY and "http" not in POLICY
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "embed", "form", "base")
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script":
            assert "src" not in attributes
        if tag == "img":
            assert str(attributes["src"]).startswith("data:") and attributes["alt"] == ""
    assert not re.search(rb"url\((?!['\"]?(?:data:|#))", content.split(b"</style>")[0])
    assert len(page.of("h1")) == 1 and page.of("html") == [{"lang": "sv"}]


def test_words_and_tables_say_what_the_report_says(content: bytes) -> None:
    report, _ = whole()
    page = Page(content)
    for finding in report.findings:
        assert finding.title in page.words
        assert set(finding.words) <= set(page.words)
        if finding.map is not None:
            assert finding.map.alt_text in page.words
            assert {entry.label for entry in finding.map.legend} <= set(page.words)
        if finding.table is not None:
            wanted = [str(value) for value in finding.table.to_numpy().ravel() if str(value)]
            assert set(wanted) <= set(page.words)
    assert len(page.of("table")) == len(page.of("caption"))
    assert {head["scope"] for head in page.of("th")} == {"col", "row"}


def test_the_record_is_read_back(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "karta.html"
    path.write_bytes(content)
    assert embedded(path) == record(whole()[0])
    scripts = [found for found in Page(content).of("script") if found.get("id") == SCRIPT_ID]
    assert scripts == [{"type": "application/json", "id": SCRIPT_ID}]


def test_hidden_counts_are_words() -> None:
    page = Page(html_bytes(*few()))
    assert {texts.text("gap.fewer", smallest=5), texts.text("gap.hidden")} & set(page.words)
    assert not {"3", "440"} & set(page.words)
    assert "Narhet.circles" not in "".join(page.scripts[2:])


@pytest.mark.parametrize("name", ODD)
def test_whatever_a_name_holds_it_is_escaped(name: str, tmp_path: Path) -> None:
    report, area = named(name)
    content = html_bytes(report, area)
    page = Page(content)
    plain = Page(html_bytes(*named("Vanligt")))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert len(page.scripts) == len(plain.scripts)
    assert {row["name"] for row in report.results["districts"]} <= set(page.words)
    assert report.title in page.words
    path = tmp_path / "odd.html"
    path.write_bytes(content)
    assert embedded(path) == record(report)


def test_a_demonstration_and_an_estimate_are_marked() -> None:
    area = replace(tiny_area(), demonstration=True)
    page = Page(html_bytes(made(area), area))
    assert {texts.text("demo.mark"), texts.text("slides.estimated")} <= set(page.words)


def test_two_thousand_rows_are_all_there() -> None:
    report, area = long()
    words = set(Page(html_bytes(report, area)).words)
    assert {f"D{n}" for n in range(2000)} <= words


def test_without_a_map_no_map_is_drawn() -> None:
    area = tiny_area()
    page = Page(html_bytes(made(area, findings=("answer", "method")), area))
    assert not [found for found in page.of("div") if found.get("class") == "map"]
    assert "const ground" not in "".join(page.scripts)


def test_nothing_to_say_is_refused() -> None:
    report, area = whole()
    with refused("no_findings"):
        html_bytes(replace(report, findings=()), area)
