"""A report as slides: one message each, with text, tables and native charts (bars by district, or
by variant) that can be edited, and what the speaker needs in the notes. A file of slides carries
the report's record, and its bytes are the same for the same report.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Mm, Pt

from geo import texts
from geo.area.model import Area
from geo.errors import InputError
from geo.output.files.xlsx import is_numbers
from geo.output.print.figure import figure_png
from geo.output.report.model import FINDINGS, Finding, Report
from geo.output.report.record import record_xml

WIDTH, HEIGHT = int(Mm(338.7)), int(Mm(190.5))
"""16:9."""
LEFT, TOP, FOOT = int(Mm(16)), int(Mm(36)), int(Mm(176))
INK, QUIET, BAR = "1a1a1a", "4a5159", "005a8c"
HEAD_FILL, ODD_FILL, EVEN_FILL = "e3eaf0", "f6f8fa", "ffffff"
MOST_ROWS = 11
"""Rows of a table on one slide; more go on to the next."""
TITLE_ONLY, TITLE_SLIDE = 5, 0
LONG_TITLE, LONG_MESSAGE = 60, 150
"""Letters from which a title is set smaller, and to which a sentence can be one."""
MAP_MM = (306.0, 132.0)
LINES_OVER_TABLE = 3
"""Lines of words that fit above a table; more get a slide of their own."""


@dataclass(frozen=True, eq=False)
class _Deck:
    report: Report
    area: Area
    file: Any

    @property
    def language(self) -> str:
        return "sv-SE" if self.report.language == "sv" else "en-GB"

    def text(self, key: str, **values: Any) -> str:
        return texts.text(f"slides.{key}", self.report.language, **values)


def pptx_bytes(report: Report, area: Area) -> bytes:
    """Write a report as slides in 16:9.

    Raises
    ------
    InputError ``no_findings``, ``bad_date`` : what the report holds. NarhetError
    ``document_failed`` : a map could not be drawn.
    """
    if not report.findings:
        raise InputError("no_findings", known=", ".join(FINDINGS))
    moment = _moment(report)
    deck = _Deck(report, area, Presentation())
    deck.file.slide_width, deck.file.slide_height = WIDTH, HEIGHT
    _opening(deck)
    for finding in report.findings:
        for part in _parts(finding):
            _slide(deck, part)
    _properties(deck, moment)
    memory = BytesIO()
    deck.file.save(memory)
    return finished(memory.getvalue(), record_xml(report), moment, deck.language)


def _opening(deck: _Deck) -> None:
    slide = deck.file.slides.add_slide(deck.file.slide_layouts[TITLE_SLIDE])
    title, subtitle = slide.shapes.title, slide.placeholders[1]
    _place(title, LEFT, Mm(52), WIDTH - 2 * LEFT, Mm(44))
    _write(title.text_frame, [deck.report.title], 40 if len(deck.report.title) < LONG_TITLE else 26)
    title.text_frame.paragraphs[0].font.bold = True
    _place(subtitle, LEFT, Mm(100), WIDTH - 2 * LEFT, Mm(34))
    _write(subtitle.text_frame, [deck.report.subtitle, *_marks(deck)], 20, colour=QUIET)
    for frame in (title.text_frame, subtitle.text_frame):
        for paragraph in frame.paragraphs:
            paragraph.alignment = PP_ALIGN.LEFT
    _footer(deck, slide)


def _slide(deck: _Deck, finding: Finding) -> None:
    """Add one slide: its message as title, then the map, the chart, the table or the words."""
    slide = deck.file.slides.add_slide(deck.file.slide_layouts[TITLE_ONLY])
    message, words = _message(finding)
    _title(slide, message, "" if message == finding.title else finding.title)
    if finding.map is not None:
        _map(deck, slide, finding)
    elif finding.figures:
        _figures(slide, finding, words)
    elif finding.table is not None and len(finding.table):
        _table_and_chart(deck, slide, finding, words)
    else:
        _body(slide, words, TOP, FOOT - TOP)
    _notes(slide, finding, words)
    _footer(deck, slide)


def _message(finding: Finding) -> tuple[str, list[str]]:
    """Return the one sentence of a slide, and what else stands on it: the first sentence of the
    finding, or the map's own; the finding's title where neither is short enough.
    """
    words = [*finding.words, *([finding.own_words] if finding.own_words else [])]
    if finding.map is not None and len(finding.map.title) <= LONG_MESSAGE:
        return finding.map.title, words
    if words and len(words[0]) <= LONG_MESSAGE:
        return words[0], words[1:]
    return finding.title, words


def _parts(finding: Finding) -> Iterator[Finding]:
    """Divide a finding whose table is longer than a slide; a map goes first, alone."""
    if finding.map is not None and finding.table is not None:
        yield _but(finding, table=None, numbers=None, figures=())
        finding = _but(finding, map=None, figures=())
    if finding.table is None or len(finding.table) <= MOST_ROWS:
        if finding.table is not None and _line_count(_message(finding)[1]) > LINES_OVER_TABLE:
            yield _but(finding, table=None, numbers=None)
            finding = _but(finding, words=(), own_words="")
        yield finding
        return
    yield _but(finding, table=None) if charted(finding) else _but(finding, table=None, numbers=None)
    for start in range(0, len(finding.table), MOST_ROWS):
        rows = finding.table.iloc[start : start + MOST_ROWS]
        last = start + MOST_ROWS >= len(finding.table)
        yield _but(
            finding, words=(), own_words="", table=rows, numbers=None,
            total_last=finding.total_last and last,
        )  # fmt: skip


def _line_count(words: list[str]) -> int:
    return sum(-(-len(each) // LONG_MESSAGE) for each in words)


def _but(finding: Finding, **changes: Any) -> Finding:
    return Finding(**{**vars(finding), **changes})


def _title(slide: Any, words: str, kicker: str) -> None:
    """Set a slide's message, and above it what part of the report it belongs to."""
    title = slide.shapes.title
    _place(title, LEFT, Mm(13), WIDTH - 2 * LEFT, Mm(20))
    _write(title.text_frame, [words], 28 if len(words) < LONG_TITLE else 20)
    if kicker:
        box = slide.shapes.add_textbox(LEFT, Mm(7), WIDTH - 2 * LEFT, Mm(8))
        _write(box.text_frame, [kicker], 13, colour=QUIET)
    title.text_frame.paragraphs[0].font.bold = True
    title.text_frame.paragraphs[0].font.color.rgb = _rgb(BAR)
    title.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def _map(deck: _Deck, slide: Any, finding: Finding) -> None:
    spec = finding.map
    assert spec is not None
    across, along = MAP_MM
    picture = figure_png(
        spec, deck.area, deck.report.language, width_mm=across, height_mm=along, dpi=150
    )
    shown = slide.shapes.add_picture(BytesIO(picture), LEFT, TOP, Mm(across), Mm(along))
    _describe(shown, spec.title, spec.alt_text)


def _figures(slide: Any, finding: Finding, words: list[str]) -> None:
    """Set key figures large, two abreast, each with what it means beneath."""
    room = WIDTH - 2 * LEFT
    top: int = TOP
    if words:
        _body(slide, words, top, Mm(18), 14)
        top += int(Mm(20))
    rows = max(1, -(-len(finding.figures) // 2))
    each = min(int(Mm(34)), (FOOT - top) // rows)
    for at, figure in enumerate(finding.figures):
        box = slide.shapes.add_textbox(
            LEFT + (at % 2) * (room // 2), top + (at // 2) * each, room // 2 - int(Mm(6)), each
        )
        _write(box.text_frame, [figure.value, figure.label, figure.meaning], 12)
        first, second, *_ = box.text_frame.paragraphs
        first.font.size, first.font.bold, first.font.color.rgb = Pt(24), True, _rgb(BAR)
        second.font.size, second.font.bold = Pt(14), True


def _table_and_chart(deck: _Deck, slide: Any, finding: Finding, words: list[str]) -> None:
    top: int = TOP
    if words:
        _body(slide, words, top, Mm(20), 14)
        top += int(Mm(23))
    room = WIDTH - 2 * LEFT
    chart = charted(finding)
    table = finding.table
    assert table is not None
    if chart is None or finding.numbers is None:
        _table(slide, table, finding, LEFT, top, room)
        return
    half = int(room * 0.56)
    _table(slide, table, finding, LEFT, top, half)
    gap = int(Mm(6))
    placed = (LEFT + half + gap, top, room - half - gap, FOOT - top)
    shown = add_chart(slide, chart, placed)
    _describe(shown, finding.title, deck.text("chart_alt", title=finding.title))


def _table(
    slide: Any, table: pd.DataFrame, finding: Finding, left: Any, top: Any, room: Any
) -> None:
    rows, columns = table.shape
    row = min(int(Mm(9.5)), (FOOT - top) // (rows + 1))
    frame = slide.shapes.add_table(rows + 1, columns, left, top, room, row * (rows + 1))
    _describe(frame, finding.title, "")
    shown = frame.table
    shown.last_row = finding.total_last
    numbers = [is_numbers(table.iloc[:, column]) for column in range(columns)]
    for column, share in enumerate(_widths(table)):
        shown.columns[column].width = int(room * share)
    small = 12 if columns <= 5 else 10
    for column, name in enumerate(table.columns):
        _cell(
            shown.cell(0, column),
            str(name),
            small,
            bold=True,
            right=numbers[column],
            fill=HEAD_FILL,
        )
    for at in range(rows):
        bold = finding.total_last and at == rows - 1
        for column in range(columns):
            fill = ODD_FILL if at % 2 else EVEN_FILL
            words = str(table.iat[at, column])
            right = numbers[column]
            _cell(shown.cell(at + 1, column), words, small, bold=bold, right=right, fill=fill)


def _widths(table: pd.DataFrame) -> list[float]:
    """Share a table's width by how long its words are, none too narrow."""
    letters = []
    for column in range(table.shape[1]):
        cells = [str(value) for value in table.iloc[:, column]]
        longest = max([len(str(table.columns[column])) * 0.7, *map(len, cells)], default=9.0)
        letters.append(min(max(longest, 9.0), 40.0))
    return [each / sum(letters) for each in letters]


def _cell(cell: Any, words: str, size: int, *, bold: bool, right: bool, fill: str) -> None:
    _write(cell.text_frame, [words], size)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.margin_left = cell.margin_right = Mm(1.6)
    cell.margin_top = cell.margin_bottom = Mm(0.5)
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(fill)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.font.bold, paragraph.font.color.rgb = bold, _rgb(INK)
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT


def _body(slide: Any, words: list[str], top: Any, room: Any, size: int = 0) -> None:
    box = slide.shapes.add_textbox(LEFT, top, WIDTH - 2 * LEFT, room)
    letters = sum(map(len, words))
    fitting = 24 if letters < 450 else 18 if letters < 1000 else 14 if letters < 1800 else 11
    _write(box.text_frame, words, size or fitting)
    for paragraph in box.text_frame.paragraphs:
        paragraph.space_after = Pt(8)


def _write(frame: Any, words: list[str], size: int, colour: str = INK) -> None:
    """Write paragraphs, each as one run of plain text."""
    frame.word_wrap = True
    shown = [clean(each) for each in words if each] or [""]
    for at, each in enumerate(shown):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text = each
        paragraph.font.size, paragraph.font.color.rgb = Pt(size), _rgb(colour)


def _notes(slide: Any, finding: Finding, words: list[str]) -> None:
    slide.notes_slide.notes_text_frame.text = clean("\n".join([*words, finding.notes]).strip())


def _footer(deck: _Deck, slide: Any) -> None:
    marks = [deck.report.area_name, deck.report.date, *_marks(deck), *deck.report.credits]
    box = slide.shapes.add_textbox(LEFT, Mm(178), WIDTH - 2 * LEFT, Mm(9))
    _write(box.text_frame, [" · ".join(mark for mark in marks if mark)], 10, colour=QUIET)


def _marks(deck: _Deck) -> list[str]:
    marks = []
    if deck.report.demonstration:
        marks.append(texts.text("demo.mark", deck.report.language))
    if deck.report.estimated:
        marks.append(deck.text("estimated"))
    return marks


def _describe(shape: Any, title: str, words: str) -> None:
    """Give a picture, table or chart its name and alternative text."""
    about = shape._element.xpath(".//*[local-name()='cNvPr']")[0]
    about.set("name", clean(title)[:120])
    about.set("descr", clean(words or title))


def _rgb(colour: str) -> Any:
    return RGBColor.from_string(colour.upper())


def _place(shape: Any, left: Any, top: Any, width: Any, height: Any) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _properties(deck: _Deck, moment: dt.datetime) -> None:
    about = deck.file.core_properties
    about.title, about.author = clean(deck.report.title)[:255], "Närhet"
    about.subject, about.language = clean(deck.report.subtitle)[:255], deck.language
    about.created = about.modified = moment
    about.last_modified_by, about.revision = "Närhet", 1


def _moment(report: Report) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(report.date)
    except ValueError:
        raise InputError("bad_date", found=report.date) from None


CHARTED = {"districts": -1, "sensitivity": 2, "proposal": 3}
"""Which column of a finding's numbers is drawn; below zero: the last share in them."""
BAR_COLOUR = "B34700"
FEWEST_BARS, MOST_BARS = 3, 25


@dataclass(frozen=True)
class Bars:
    """Bars to draw: a name and a value each (None: hidden or unknown), and whether they are
    shares.
    """

    title: str
    names: tuple[str, ...]
    values: tuple[float | None, ...]
    share: bool


def charted(finding: Finding) -> Bars | None:
    """Return the bars of a finding, None where it has none that show more than its table."""
    numbers = finding.numbers
    if finding.id not in CHARTED or numbers is None:
        return None
    rows = numbers.iloc[:-1] if finding.total_last else numbers
    column = _column(rows, CHARTED[finding.id])
    if column is None or not FEWEST_BARS <= len(rows) <= MOST_BARS:
        return None
    values = tuple(_value(each) for each in rows.iloc[:, column])
    if not any(value for value in values):
        return None
    label = 1 if finding.id == "proposal" else 0  # the first column is the site's number
    names = tuple(clean(str(each)) for each in rows.iloc[:, label])
    share = all(value is None or 0 <= value <= 1 for value in values)
    return Bars(str(numbers.columns[column]), names, values, share)


def add_chart(slide: Any, bars: Bars, placed: tuple[Any, Any, Any, Any]) -> Any:
    """Add bars as a chart that can be edited, each with its value."""
    data = CategoryChartData(number_format="0%" if bars.share else "#,##0")
    data.categories = list(reversed(bars.names))
    data.add_series(clean(bars.title), tuple(reversed(bars.values)))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *placed, data)
    chart = frame.chart
    chart.has_legend = False
    chart.has_title = True
    chart.chart_title.text_frame.text = clean(bars.title)
    chart.chart_title.text_frame.paragraphs[0].font.size = Pt(14)
    chart.font.size = Pt(11)
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.number_format = "0%" if bars.share else "#,##0"
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    fill = plot.series[0].format.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(BAR_COLOUR)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    return frame


def _column(rows: pd.DataFrame, wanted: int) -> int | None:
    if wanted >= 0:
        return wanted if wanted < rows.shape[1] else None
    shares = [
        at
        for at in range(1, rows.shape[1])
        if (known := [value for each in rows.iloc[:, at] if (value := _value(each)) is not None])
        and all(0 <= value <= 1 for value in known)
        and any(value not in (0.0, 1.0) for value in known)
    ]
    return shares[-1] if shares else None


def _value(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if pd.isna(value) else float(value)


_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RUN = re.compile(rb"<a:(rPr|endParaRPr|defRPr)(?![A-Za-z])([^>]*?)(/?>)")
_LANGUAGE = re.compile(rb' (?:lang|altLang)="[^"]*"')
_PLAIN_RUN = re.compile(rb"<a:r>(?=<a:t)")
_CREATED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")
_ITEM = "customXml/item1.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"


def clean(words: str) -> str:
    """Return text without the signs XML cannot hold."""
    return _FORBIDDEN.sub("", words)


def finished(package: bytes, record: bytes, moment: dt.datetime, language: str) -> bytes:
    """Put the record into a file of slides, set its language, and fix every date in it.

    ``moment`` takes the place of when parts were made; workbooks inside charts are treated alike.
    """
    parts = dict(_package_parts(package))
    if _ITEM in parts:
        raise ValueError(_ITEM)
    parts[_ITEM] = record
    link = f'<Relationship Id="rIdNarhet" Type="{_CUSTOM}" Target="{_ITEM}"/>'
    parts[_RELATIONS] = parts[_RELATIONS].replace(
        b"</Relationships>", link.encode() + b"</Relationships>"
    )
    for name, content in parts.items():
        if name.endswith(".xlsx"):
            parts[name] = _packed(dict(_package_parts(content)), moment)
        elif re.fullmatch(r"ppt/(slides|notesSlides|charts)/\w+\.xml", name):
            parts[name] = _told(content, language)
    return _packed(parts, moment)


def _told(content: bytes, language: str) -> bytes:
    """Return a part in which every run of text has its language marked, and none another."""

    def run(found: re.Match[bytes]) -> bytes:
        rest = _LANGUAGE.sub(b"", found[2])
        return b'<a:%s lang="%s"%s%s' % (found[1], language.encode(), rest, found[3])

    return _RUN.sub(run, _PLAIN_RUN.sub(b"<a:r><a:rPr/>", content))


def _package_parts(package: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(package)) as file:
        return [(name, file.read(name)) for name in file.namelist()]


def _packed(parts: dict[str, bytes], moment: dt.datetime) -> bytes:
    when = rf"\g<1>{moment.isoformat(timespec='seconds')}Z\g<3>".encode()
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as file:
        first = [name for name in (_TYPES,) if name in parts]
        for name in [*first, *sorted(set(parts) - set(first))]:
            content = parts[name]
            if name == "docProps/core.xml":
                content = _CREATED.sub(when, content)
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, content)
    return memory.getvalue()
