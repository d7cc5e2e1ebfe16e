"""Whether a report's file still holds: its figures computed again from the area as it is now.

What a file carries is in ``geo.output.report.record``, how it is read back in ``read_record``. A
file holds when each figure it carries is computed again to the same number, and the file is, byte
for byte, what those figures and its own words make; a workbook saved again by another program holds
when its cells say the same.
"""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from geo import texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.errors import (
    BadName,
    BadProvenance,
    Cancelled,
    InputError,
    NarhetError,
    OutputUnwritable,
    UnknownArea,
)
from geo.output.documents import answer as documents_report
from geo.output.documents.read_record import bounded_parts, embedded, texts_of
from geo.output.report.make import answer_of, make_report
from geo.output.report.model import Report, one_line
from geo.output.report.question import REPORT
from geo.output.report.record import area_checksums, checksum
from geo.planning.scenario import KeptProposal, KeptSite, Scenario, proposed
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.proposal import proposed as proposed_now
from geo.planning.siting.question import SitingQuestion
from geo.texts import Phrase
from geo.types import Progress

HOLDS, CHANGED, MISSING = "holds", "changed", "missing"
SAME, SAME_CELLS, REWRITTEN, UNSEEN = "same", "same_cells", "rewritten", "unseen"
MOST_S = 60.0
"""A proposal is computed again for at most this long, whatever the file states."""
MOST_STEPS = 100
"""And a curve of no more steps than this: each takes a while of its own."""


@dataclass(frozen=True)
class Checked:
    """One figure: as the file has it, as it is now, and whether they agree. None is hidden or
    unknown; ``gone`` says that it is not among the figures any more, or was not before.
    """

    name: str
    stated: object
    found: object
    gone: bool = False

    @property
    def holds(self) -> bool:
        """Whether the figure is what it was."""
        return not self.gone and _same(self.stated, self.found)


@dataclass(frozen=True)
class Verdict:
    """Whether a file still holds.

    Attributes
    ----------
    status : ``holds``, ``changed`` or ``missing`` (there is no such area here).
    figures : each figure checked; empty when the area is missing.
    altered : the record in the file is not what was written into it.
    area_now, area_then : the area's versions. ``changed_parts`` : parts of it that have other
        checksums now, as far as the file says.
    content : whether what the file shows is what its figures make: ``same`` bytes, ``same_cells``,
        ``rewritten``, or ``unseen`` (cannot be known: figures or area have changed).
    reason : why the figures could not be computed again, where they could not.
    """

    file: str
    status: str
    area: str
    area_then: str
    area_now: str = ""
    date: str = ""
    figures: tuple[Checked, ...] = ()
    altered: bool = False
    changed_parts: tuple[str, ...] = ()
    content: str = UNSEEN
    reason: NarhetError | None = None

    @property
    def area_changed(self) -> bool:
        """Whether the area was built or saved again since."""
        return self.area_now != self.area_then


def verify(
    path: Path, home: str | Path | None = None, *, progress: Progress | None = None
) -> Verdict:
    """Compute a report's figures again and return whether its file still holds.

    Parameters
    ----------
    home : the home folder its area is in, as in ``open_area``.

    Raises
    ------
    What ``embedded`` raises; AreaDamaged, AreaNewer : the area is here but cannot be opened;
    Cancelled.
    """
    found = embedded(path)
    about = found["area"]
    known = Verdict(
        file=path.name,
        status=MISSING,
        area=about["id"],
        area_then=about["key"],
        date=found["date"],
        altered=found.get("sha256") != _checksum(path, found),
    )
    try:
        area = open_area(about["id"], home)
    except (UnknownArea, BadName, OutputUnwritable):
        return known
    known = replace(
        known,
        area_now=area.key,
        changed_parts=_changed_parts(about["checksums"], area_checksums(area, home)),
    )
    try:
        report = _again(path, found, area, home, progress)
    except (Cancelled, BadProvenance):
        raise
    except NarhetError as error:
        return replace(known, status=CHANGED, reason=error)
    figures = (*_compared(found["results"], report.results), *_kept(found, report.proposal))
    all_hold = all(figure.holds for figure in figures)
    content = UNSEEN
    if all_hold and not known.altered:
        then = replace(
            report,
            area_key=about["key"],
            area_name=str(about.get("name", "")),
            checksums=about["checksums"],
        )
        content = _content(path, then, area)
        if content == REWRITTEN and known.area_changed:
            content = UNSEEN  # maps are drawn from the area, too
    holds = all_hold and not known.altered and content in (SAME, SAME_CELLS, UNSEEN)
    return replace(known, status=HOLDS if holds else CHANGED, figures=figures, content=content)


def _again(
    path: Path,
    found: dict[str, Any],
    area: Area,
    home: str | Path | None,
    progress: Progress | None,
) -> Report:
    """Make the report of the file's settings once more; they may hold anything."""
    asked = found["settings"]
    try:
        answer = None
        if asked["proposal"] is not None:
            proposal = _proposed(area, found, progress)
            most, vary = _curve(asked.get("curve"), proposal), bool(asked.get("robust", False))
            answer = answer_of(proposal, curve=most, robust=vary, say=progress)
        for name in ("kind", "group", "profile", "language", "title"):
            if not isinstance(asked[name], str):
                raise TypeError
        words = {str(name): str(text) for name, text in asked["own_words"].items()}
        report = make_report(
            area,
            kind=asked["kind"],
            limit_m=asked["limit_m"],
            group=asked["group"],
            profile=asked["profile"],
            date=found["date"],
            language=asked["language"],
            title=asked["title"],
            findings=[str(name) for name in asked["findings"]],
            own_words=words,
            form=str(asked.get("form", REPORT)),
            proposal=answer,
            home=home,
            progress=progress,
        )
        return report if answer is None else _stated(report, asked)
    except NarhetError as error:
        if error.code == "bad_question":
            raise _damaged(path) from error
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _damaged(path) from error


def _proposed(area: Area, found: Mapping[str, Any], progress: Progress | None) -> Proposal:
    """Return a file's proposal computed again, with all that follows from it, for at most
    ``MOST_S``: of answers that are as good the one it has.
    """
    question = SitingQuestion.from_data(found["settings"]["proposal"])
    quick = replace(question, time_limit_s=min(question.time_limit_s, MOST_S))
    placing = prepare(area, quick, progress=progress)
    rows = (found.get("proposal") or {}).get("sites") or ()
    sites = tuple(KeptSite(str(row["id"]), "") for row in rows)
    try:
        kept = Scenario(str(found["date"]), proposal=KeptProposal(quick, sites))
        return proposed(area, kept, placing=placing, progress=progress)
    except InputError as error:
        if error.code != "proposal_changed":
            raise
        return proposed_now(placing, progress=progress)


def _curve(most: object, proposal: Proposal) -> int | None:
    """Return how many steps a file's curve has; ValueError where no report would have so many."""
    if most is None:
        return None
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise ValueError
    money = proposal.question.budget is not None
    if (most if money else min(most, len(proposal.placing.candidates))) > MOST_STEPS:
        raise ValueError
    return most


def _stated(report: Report, asked: Mapping[str, Any]) -> Report:
    """Return a report with what its file states was asked of the proposal: the time limit it was
    not made within here, and what was to be computed beside it.
    """
    limit = {"time_limit_s": SitingQuestion.from_data(asked["proposal"]).time_limit_s}
    kept = report.proposal or {}
    settings = {
        **report.settings,
        "proposal": {**report.settings["proposal"], **limit},
        "curve": asked.get("curve"),
        "robust": bool(asked.get("robust", False)),
    }
    return replace(
        report, settings=settings, proposal={**kept, "question": {**kept["question"], **limit}}
    )


def _compared(stated: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Checked]:
    then, now = dict(_flat(stated)), dict(_flat(found))
    for name in [*then, *(name for name in now if name not in then)]:
        gone = name not in then or name not in now
        yield Checked(name, then.get(name), now.get(name), gone)


def _kept(found: Mapping[str, Any], now: Mapping[str, Any] | None) -> Iterator[Checked]:
    """Compare what is proposed; a file made before reports carried it has nothing to compare."""
    if "proposal" in found:
        yield from _compared({"proposed": found["proposal"]}, {"proposed": now})


def _flat(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Yield each figure with its path: ``districts/Vinsta/beyond``."""
    if depth < 8 and isinstance(value, Mapping) and value:
        for key, inner in value.items():
            if key != "name":
                yield from _flat(inner, f"{name}/{key}" if name else str(key), depth + 1)
    elif depth < 8 and isinstance(value, list) and value:
        for at, inner in enumerate(value):
            label = inner.get("name", at) if isinstance(inner, Mapping) else at
            yield from _flat(inner, f"{name}/{label}", depth + 1)
    else:
        yield name, value


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-7, abs_tol=1e-6)
    return one == other


def _changed_parts(then: Mapping[str, Any], now: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(part for part in sorted(now) if part in then and then[part] != now[part])


def _content(path: Path, report: Report, area: Area) -> str:
    """Return whether the file shows what the report makes."""
    ending = path.suffix.lower()
    made = documents_report.report_bytes(report, area, ending)
    if made == path.read_bytes():
        return SAME
    if ending == ".xlsx" and same_cells(path, made):
        return SAME_CELLS
    return REWRITTEN


def _checksum(path: Path, found: dict[str, Any]) -> str:
    try:
        return checksum(found)
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> BadProvenance:
    return BadProvenance(file=path.name, reason=Phrase("reasons.prov_json"))


_BROKEN = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError),
    *(zipfile.BadZipFile, InvalidFileException),
)
Cell = tuple[str, int, int, object]


def same_cells(path: Path, made: bytes) -> bool:
    """Return whether a workbook has the same values in the same cells as one made just now.

    A formula is no value. A file that cannot be read is not the same.

    Raises
    ------
    BadProvenance : it is too large, or holds XML definitions.
    """
    for name, content in bounded_parts(path, lambda name: name.endswith((".xml", ".rels"))):
        if not name.startswith("docProps/"):
            texts_of(path, content, "")
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that other programs add
            return list(_cells(file)) == list(_cells(BytesIO(made)))
    except _BROKEN:
        return False


def _cells(file: IO[bytes]) -> Iterator[Cell]:
    book = load_workbook(file, data_only=False)
    for sheet in book.worksheets:
        yield sheet.title, 0, 0, sheet.sheet_state
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value not in (None, ""):
                    yield sheet.title, cell.row, cell.column, _plain(cell.value)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


MOST = 40
"""Figures that do not hold are listed up to so many."""


def verdict_lines(verdict: Verdict, language: str) -> list[str]:
    """Return whether a file holds, what of it does not, and what has changed."""

    def say(key: str, **values: Any) -> str:
        return texts.text(f"verify.{key}", language, **values)

    file, area = one_line(verdict.file), one_line(verdict.area)
    if verdict.status == MISSING:
        return [say("missing", file=file, area=area), *_altered(verdict, language)]
    wrong = [figure for figure in verdict.figures if not figure.holds]
    lines = [
        say(
            "holds" if verdict.status == HOLDS else "changed",
            file=file,
            right=len(verdict.figures) - len(wrong),
            all=len(verdict.figures),
            date=one_line(verdict.date),
        ),
        *_altered(verdict, language),
        _area_line(verdict, language),
    ]
    if verdict.reason is not None:
        lines.append(say("reason", reason=verdict.reason.message(language)))
    for figure in wrong[:MOST]:
        lines.append(
            say(
                "figure",
                name=one_line(figure.name),
                stated=_shown(figure.stated, language),
                found=_shown(figure.found, language),
            )
        )
    if len(wrong) > MOST:
        lines.append(say("more", count=len(wrong) - MOST))
    if verdict.figures:
        lines.append(say(f"content_{verdict.content}"))
    return lines


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain data."""
    return {
        "file": verdict.file,
        "status": verdict.status,
        "date": verdict.date,
        "area": verdict.area,
        "area_then": verdict.area_then,
        "area_now": verdict.area_now,
        "area_changed": verdict.area_changed,
        "changed_parts": list(verdict.changed_parts),
        "altered": verdict.altered,
        "content": verdict.content,
        "reason": "" if verdict.reason is None else verdict.reason.code,
        "figures": [
            {
                "name": figure.name,
                "stated": figure.stated,
                "found": figure.found,
                "holds": figure.holds,
            }
            for figure in verdict.figures
        ],
    }


def _altered(verdict: Verdict, language: str) -> list[str]:
    return [texts.text("verify.altered", language)] if verdict.altered else []


def _area_line(verdict: Verdict, language: str) -> str:
    if not verdict.area_changed:
        return texts.text("verify.same_area", language, now=verdict.area_now)
    names = [
        texts.text(f"part.{part}", language).lower()
        for part in verdict.changed_parts
        if f"part.{part}" in texts.catalogue(language)
    ]
    parts = ", ".join(names) or texts.text("verify.parts_untold", language)
    then = one_line(verdict.area_then)
    return texts.text("verify.other_area", language, then=then, now=verdict.area_now, parts=parts)


def _shown(value: object, language: str) -> str:
    if value is None:
        return texts.text("verify.untold", language)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return texts.number(float(value), language, 0 if float(value).is_integer() else 3)
    return one_line(str(value))[:200]
