"""Whether a report's file still holds: its figures computed again from the area as it is now. Knows
no screen.

What a file carries is in ``geo.record``, how it is read back in ``geo.embedded``. A file holds when
each figure it carries is computed again to the same number, and the file is, byte for byte, what
those figures and its own words make; a workbook saved again by another program holds when its cells
say the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geo.area.model import Area
from geo.catalog import open_area
from geo.embedded import embedded
from geo.errors import BadName, BadProvenance, Cancelled, NarhetError, OutputUnwritable, UnknownArea
from geo.output import cells, reports
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import propose
from geo.planning.siting.question import Question
from geo.record import checksum
from geo.report import Report
from geo.reporting.making import make_report
from geo.reporting.tracing import area_checksums
from geo.texts import Phrase
from geo.types import Progress

HOLDS, CHANGED, MISSING = "holds", "changed", "missing"
SAME, SAME_CELLS, REWRITTEN, UNSEEN = "same", "same_cells", "rewritten", "unseen"
MOST_S = 60.0
"""A proposal is asked for again for at most this long, whatever the file says."""


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
        ``rewritten``, or ``unseen`` (could not be told: figures or area have changed).
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
    """Compute a report's figures again and say whether its file still holds.

    Parameters
    ----------
    home : the home folder its area is in, as in ``open_area``.

    Raises
    ------
    What ``embedded`` raises; AreaDamaged, AreaNewer : the area is here but can not be opened;
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
    figures = tuple(_compared(found["results"], report.results))
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
    """Make the report of the file's settings once more; they may say anything."""
    asked = found["settings"]
    try:
        proposal = None
        if asked["proposal"] is not None:
            question = _question(asked["proposal"])
            proposal = propose(prepare(area, question, progress=progress), progress=progress)
        for name in ("kind", "group", "profile", "language", "title"):
            if not isinstance(asked[name], str):
                raise TypeError
        words = {str(name): str(text) for name, text in asked["own_words"].items()}
        return make_report(
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
            proposal=proposal,
            home=home,
            progress=progress,
        )
    except NarhetError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _damaged(path) from error


def _question(asked: Mapping[str, Any]) -> Question:
    """Return a proposal's question; what it holds is looked through when it is asked."""
    fields: dict[str, Any] = {
        name: tuple(tuple(item) if isinstance(item, list) else item for item in value)
        if isinstance(value, list)
        else value
        for name, value in asked.items()
    }
    question = Question(**fields)
    seconds = min(float(question.time_limit_s), MOST_S)
    return replace(question, time_limit_s=seconds)


def _compared(stated: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Checked]:
    then, now = dict(_flat(stated)), dict(_flat(found))
    for name in [*then, *(name for name in now if name not in then)]:
        gone = name not in then or name not in now
        yield Checked(name, then.get(name), now.get(name), gone)


def _flat(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Give each figure with its path: ``districts/Vinsta/beyond``."""
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
    """Tell whether the file shows what the report makes."""
    ending = path.suffix.lower()
    made = reports.report_bytes(report, area, ending)
    if made == path.read_bytes():
        return SAME
    if ending == ".xlsx" and cells.same_cells(path, made):
        return SAME_CELLS
    return REWRITTEN


def _checksum(path: Path, found: dict[str, Any]) -> str:
    try:
        return checksum(found)
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> BadProvenance:
    return BadProvenance(file=path.name, reason=Phrase("reasons.prov_json"))
