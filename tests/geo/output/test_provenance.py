"""A report's file says what it rests on, and whether it still holds; files may be anybody's."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from geo import texts
from geo.access.gap_question import GapQuestion
from geo.area.model import Area
from geo.catalog import open_area, save_area
from geo.errors import BadProvenance, FileMissing, InputError
from geo.models.location.max_coverage import solve as max_coverage
from geo.models.location.p_median import solve as p_median
from geo.output.documents import answer as documents_report
from geo.output.documents.read_record import MB, embedded
from geo.output.documents.verify import (
    CHANGED,
    HOLDS,
    MISSING,
    MOST_S,
    REWRITTEN,
    SAME,
    SAME_CELLS,
    verdict_json,
    verdict_lines,
    verify,
)
from geo.output.report import record as report_record
from geo.output.report.make import make_report, report_of
from geo.output.report.model import Report
from geo.output.report.question import ReportQuestion
from geo.planning.siting import instance, proposal
from geo.planning.siting import question as siting_question
from tests.geo.worlds import street
from tests.refusals import refused
from tests.tiny import tiny_area

ASKED = {
    "kind": "preschool",
    "limit_m": 400.0,
    "group": "children_0_4",
    "profile": "adult",
    "date": "2026-11-26",
}


def made(area: Area, **change: object) -> Report:
    return make_report(area, **{**ASKED, **change})  # type: ignore[arg-type]


@pytest.fixture
def area() -> Area:
    return save_area(tiny_area())


@pytest.fixture
def book(area: Area, tmp_path: Path) -> Path:
    """A workbook of a report on the saved area."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(documents_report.report_bytes(made(area), area, ".xlsx"))
    return path


def package(parts: dict[str, bytes | str]) -> bytes:
    memory = BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return memory.getvalue()


def geopackage(path: Path, words: str) -> None:
    link = sqlite3.connect(path)
    link.execute("CREATE TABLE gpkg_metadata (md_standard_uri TEXT, metadata TEXT)")
    link.execute("INSERT INTO gpkg_metadata VALUES (?, ?)", (report_record.URI, words))
    link.commit()
    link.close()


def write_pdf(path: Path, report: Report) -> None:
    path.write_bytes(
        b"%PDF-1.7\n7 0 obj\n<</Length 9/Type/EmbeddedFile>>\nstream\n"
        + report_record.record_bytes(report)
        + b"\nendstream\nendobj\n"
    )


WAYS: dict[str, Callable[[Path, Report], object]] = {
    ".xlsx": lambda path, report: path.write_bytes(
        documents_report.report_bytes(report, open_area(report.area), ".xlsx")
    ),
    ".pptx": lambda path, report: path.write_bytes(
        package({"customXml/item1.xml": report_record.record_xml(report)})
    ),
    ".html": lambda path, report: path.write_text(
        f"<html><body>{report_record.record_script(report)}</body></html>"
    ),
    ".geojson": lambda path, report: path.write_text(
        json.dumps(
            {"type": "FeatureCollection", "narhet": {"report": report_record.record(report)}}
        )
    ),
    ".gpkg": lambda path, report: geopackage(path, report_record.record_bytes(report).decode()),
    ".pdf": write_pdf,
}


@pytest.mark.parametrize("ending", WAYS)
def test_what_is_put_into_each_kind_of_file_is_read_back(
    ending: str, area: Area, tmp_path: Path
) -> None:
    words = "</script><b> & ]]> “å” مكتبة 🏫"
    report = made(area, title=words, own_words={"answer": words})
    path = tmp_path / f"report{ending}"
    WAYS[ending](path, report)
    assert embedded(path) == json.loads(report_record.record_bytes(report))


def test_a_record_says_version_settings_figures_and_checksums(area: Area) -> None:
    report = made(area, home=None)
    found = report_record.record(report)
    manifest = json.loads(_manifest(area).read_text())
    assert found["area"]["key"] == area.key
    for part, row in manifest["files"].items():
        assert found["area"]["checksums"][part] == row["sha256"]
    assert found["settings"]["limit_m"] == 400
    assert found["results"]["beyond"] == report.results["beyond"]
    assert report_record.record_bytes(report) == report_record.record_bytes(made(area))


def test_files_with_counted_people_have_no_checksum_that_guesses_could_be_tried_on() -> None:
    area = save_area(street(homes={100.0: 40, 900.0: 20}, places={0.0: "preschool"}))
    found = made(area).checksums
    assert "network" in found
    assert not {"people", "places"} & set(found)


def test_a_record_names_no_folder_of_this_computer(area: Area, home: Path) -> None:
    assert str(home) not in report_record.record_bytes(made(area)).decode()


def test_a_file_holds_right_after_it_was_written(book: Path) -> None:
    verdict = verify(book)
    assert verdict.status == HOLDS
    assert verdict.content == SAME
    assert not verdict.area_changed and not verdict.altered
    assert len(verdict.figures) > 20 and all(figure.holds for figure in verdict.figures)


@pytest.mark.parametrize("ending", documents_report.REPORT_ENDINGS)
def test_each_kind_of_file_we_write_holds_right_after(
    ending: str, area: Area, tmp_path: Path
) -> None:
    path = tmp_path / f"report{ending}"
    path.write_bytes(documents_report.report_bytes(made(area), area, ending))
    verdict = verify(path)
    assert (verdict.status, verdict.content) == (HOLDS, SAME)


def test_a_file_holds_with_a_proposal(area: Area, tmp_path: Path) -> None:
    question = siting_question.SitingQuestion(
        kind="preschool",
        limit_m=400.0,
        group="children_0_4",
        kinds=("library", "meeting_place"),
        near=(("library", 900.0),),
    )
    report = made(area, proposal=proposal.propose(instance.prepare(area, question)))
    path = tmp_path / "report.xlsx"
    path.write_bytes(documents_report.report_bytes(report, area, ".xlsx"))
    verdict = verify(path)
    assert (verdict.status, verdict.content) == (HOLDS, SAME)
    assert any("proposal/sites" in figure.name for figure in verdict.figures)


def with_curve(area: Area, **change: object) -> Report:
    """A report on a proposal that states a time limit far above what a file is given."""
    question = siting_question.SitingQuestion(
        kind="preschool", limit_m=400.0, group="children_0_4", kinds=("library", "meeting_place"),
        time_limit_s=50_000.0, **change,  # type: ignore[arg-type]
    )  # fmt: skip
    gap = GapQuestion(question.kind, question.limit_m, question.group, question.profile)
    asked = ReportQuestion(gap, ASKED["date"], sites=question, curve=2, robust=True)  # type: ignore[arg-type]
    return report_of(area, asked)


def test_nothing_of_a_proposal_is_computed_for_longer_than_a_file_is_given(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(documents_report.report_bytes(with_curve(area), area, ".xlsx"))
    assert embedded(path)["settings"]["proposal"]["time_limit_s"] == 50_000
    asked: list[float] = []
    for model, name in ((max_coverage, "max_coverage"), (p_median, "p_median")):
        own = getattr(model, name)

        def timed(*args: object, own: Callable[..., object] = own, **more: object) -> object:
            asked.append(float(more["time_limit_s"]))  # type: ignore[arg-type]
            return own(*args, **more)

        monkeypatch.setattr(model, name, timed)
    verdict = verify(path)
    assert (verdict.status, verdict.content) == (HOLDS, SAME)
    assert len(asked) > 12 and max(asked) <= MOST_S


@pytest.mark.parametrize("curve", [10**9, 101, 0, -1, True, "6", 2.5])
def test_a_curve_no_report_has_is_damage(curve: object, area: Area, tmp_path: Path) -> None:
    places = area.places.assign(details='{"kostnad": 10}')
    costly = save_area(replace(area, places=places))
    found = report_record.record(with_curve(costly, count=None, budget=30.0))
    found["settings"]["curve"] = curve
    path = tmp_path / "report.geojson"
    path.write_text(json.dumps({"narhet": {"report": found}}))
    with pytest.raises(BadProvenance):
        verify(path)


def test_a_file_changes_when_the_area_is_built_again_with_another_count(
    book: Path, area: Area
) -> None:
    people = area.people.copy()
    people.loc[people.index[-1], "children_0_4"] += 7
    save_area(replace(area, people=people))
    verdict = verify(book)
    assert verdict.status == CHANGED and verdict.area_changed
    assert verdict.changed_parts == ("people",)
    wrong = {figure.name: figure for figure in verdict.figures if not figure.holds}
    assert wrong["people"].found == wrong["people"].stated + 7  # type: ignore[operator]
    assert "places" not in wrong
    said = "\n".join(verdict_lines(verdict, "sv"))
    assert "invånare" in said and "504" in said and "511" in said


def test_a_file_holds_when_the_area_is_saved_again_as_it_was(book: Path, area: Area) -> None:
    save_area(area)
    verdict = verify(book)
    assert verdict.status == HOLDS and verdict.area_changed
    assert verdict.changed_parts == ()


def test_a_file_is_missing_its_area_where_there_is_none(book: Path, tmp_path: Path) -> None:
    verdict = verify(book, tmp_path / "elsewhere")
    assert verdict.status == MISSING and verdict.figures == ()
    assert "provby" in verdict_lines(verdict, "sv")[0]


def test_a_number_altered_in_the_record_is_found(area: Area, tmp_path: Path) -> None:
    found = report_record.record(made(area))
    found["results"]["beyond"] -= 100
    for whole in (found, {**found, "sha256": report_record.checksum(found)}):
        path = tmp_path / "report.geojson"
        path.write_text(json.dumps({"narhet": {"report": whole}}))
        verdict = verify(path)
        assert verdict.status == CHANGED
        assert [figure.name for figure in verdict.figures if not figure.holds] == ["beyond"]
    assert verdict.altered is False  # with a checksum of its own, only the area's figures tell


def test_a_number_altered_in_what_is_shown_is_found(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    opened.worksheets[1]["C2"] = 1
    opened.save(book)
    verdict = verify(book)
    assert verdict.status == CHANGED and verdict.content == REWRITTEN
    assert all(figure.holds for figure in verdict.figures)


def test_a_workbook_saved_again_by_another_program_holds(book: Path) -> None:
    before = book.read_bytes()
    openpyxl.load_workbook(book).save(book)
    assert book.read_bytes() != before
    verdict = verify(book)
    assert (verdict.status, verdict.content) == (HOLDS, SAME_CELLS)


def test_a_formula_in_place_of_a_number_is_found(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    opened.worksheets[1]["C2"] = "=100+36"
    opened.save(book)
    assert verify(book).content == REWRITTEN


def test_a_pdf_with_an_altered_byte_is_found(area: Area, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(documents_report.report_bytes(made(area), area, ".pdf") + b"%")
    verdict = verify(path)
    assert (verdict.status, verdict.content) == (CHANGED, REWRITTEN)


def test_figures_that_can_not_be_computed_any_more_do_not_hold(book: Path, area: Area) -> None:
    save_area(replace(area, people=area.people.iloc[:0]))
    verdict = verify(book)
    assert verdict.status == CHANGED and verdict.reason is not None
    assert verdict.reason.code == "area_lacks"
    assert verdict.reason.message("sv") in "\n".join(verdict_lines(verdict, "sv"))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_verdict_is_said_in_both_languages_and_as_plain_data(book: Path, language: str) -> None:
    verdict = verify(book)
    lines = verdict_lines(verdict, language)
    assert "report.xlsx" in lines[0] and all("{" not in line for line in lines)
    assert json.loads(json.dumps(verdict_json(verdict)))["status"] == HOLDS


# Files nobody vouches for


def test_a_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        embedded(tmp_path / "no.pdf")
    with refused("output_format"):
        embedded(tmp_path / "no.docx")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(FileMissing):
        embedded(tmp_path / "folder.pdf")


@pytest.mark.parametrize("ending", WAYS)
@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04 broken", b"\x00" * 5000, b'{"narhet": []}']
)
def test_a_file_without_a_record_is_refused(ending: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"any{ending}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        embedded(path)
    assert caught.value.code in {"no_provenance", "bad_provenance"}
    assert caught.value.message("sv").startswith("Filen ”any")


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    f']><r xmlns="{report_record.URI}"><si><t>{report_record.NAME} 1/1 &b;</t></si></r>'
)


@pytest.mark.parametrize(
    ("ending", "part"), [(".xlsx", "xl/sharedStrings.xml"), (".pptx", "customXml/item1.xml")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_definitions_is_refused(
    ending: str, part: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / f"bomb{ending}"
    path.write_bytes(package({part: BOMB.encode(encoding)}))
    wanted = "no_provenance" if (ending, encoding) == (".pptx", "utf-16") else "bad_provenance"
    with refused(wanted):
        embedded(path)


def test_a_part_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(package({"xl/sharedStrings.xml": b"<si>" + b" " * (51 * MB)}))
    with pytest.raises(BadProvenance) as caught:
        embedded(path)
    assert "MB" in caught.value.message("sv")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 99},
        {"version": "1"},
        {"area": {"id": 5, "key": "", "checksums": {}}},
        {"settings": []},
        {"results": None},
        {"date": 20261126},
    ],
)
def test_a_record_of_another_shape_is_refused(
    change: dict[str, object], area: Area, tmp_path: Path
) -> None:
    path = tmp_path / "odd.geojson"
    path.write_text(
        json.dumps({"narhet": {"report": {**report_record.record(made(area)), **change}}})
    )
    with pytest.raises(BadProvenance):
        verify(path)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"kind": ["preschool"]},
        {"kind": {"preschool": 1}},
        {"findings": 7},
        {"own_words": ["a"]},
        {"proposal": {"no_such_field": 1}},
        {"proposal": [1, 2]},
        {"proposal": {"kind": "preschool", "time_limit_s": "long"}},
        {"limit_m": {"a": 1}},
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(
    settings: dict[str, object], area: Area, tmp_path: Path
) -> None:
    found = report_record.record(made(area))
    asked = {**found["settings"], **settings} if settings else {}
    path = tmp_path / "odd.geojson"
    path.write_text(json.dumps({"narhet": {"report": {**found, "settings": asked}}}))
    try:
        verdict = verify(path)
    except BadProvenance:
        return
    assert verdict.status == CHANGED and verdict.reason is not None


def test_an_area_named_like_a_path_is_not_looked_up(area: Area, tmp_path: Path) -> None:
    found = report_record.record(made(area))
    found["area"]["id"] = "../../etc"
    path = tmp_path / "odd.geojson"
    path.write_text(json.dumps({"narhet": {"report": found}}))
    assert verify(path).status == MISSING


def test_json_nested_without_end_or_with_nan_is_refused(tmp_path: Path) -> None:
    for words in ("[" * 200_000, '{"narhet": {"report": NaN}}'):
        path = tmp_path / "deep.geojson"
        path.write_text(words)
        with pytest.raises(BadProvenance):
            embedded(path)


def test_a_view_that_computes_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "view.gpkg"
    link = sqlite3.connect(path)
    link.execute(
        "CREATE VIEW gpkg_metadata AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM n) SELECT i AS metadata, 'urn:narhet:report' AS md_standard_uri FROM n"
    )
    link.commit()
    link.close()
    with refused("no_provenance"):
        embedded(path)


def _manifest(area: Area) -> Path:
    from geo.area.manifest import home_folder

    return home_folder() / "areas" / area.id / "area.json"
