"""What the command ``report`` does: from a question to a report for the board as a file, and from
such a file to whether it still holds.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from geo import presets, texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import InputError, NarhetError, SitingError
from geo.output.documents import report as documents_report
from geo.output.documents.verify import HOLDS, verdict_json, verdict_lines, verify
from geo.output.files import formats
from geo.output.report.make import make_report
from geo.output.report.model import FINDINGS
from geo.output.report.query import asked
from geo.planning.siting import instance, proposal
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import SitingQuestion


def report(options: Options) -> None:
    """Write a report, or check one that is written."""
    if options.verify is not None:
        _verify(options)
        return
    output = _output(options)
    limit_m = presets.limit_m(options.limit)
    choice = _choice(options)
    area = open_area(options.area, options.home)
    made = make_report(
        area,
        kind=presets.kind(options.kind).id,
        limit_m=limit_m,
        group=options.group,
        profile=options.profile,
        proposal=_proposal(area, options, limit_m),
        home=options.home,
        **choice,
    )
    content = documents_report.report_bytes(made, area, output.suffix.lower())
    formats.write_file(output, content)
    console.warn_of_demonstration(area.demonstration, options.lang)


def _verify(options: Options) -> None:
    """Print whether a file still holds; ``report_changed`` where it does not."""
    given = (options.area, options.kind, options.limit, options.output, options.sites)
    if any(value is not None for value in given):
        raise _refused("said_together", what="--verify", other="-o")
    verdict = verify(Path(options.verify), options.home)
    if options.json:
        print(json.dumps(verdict_json(verdict), ensure_ascii=False, indent=1))
    else:
        print("\n".join(verdict_lines(verdict, options.lang)))
    if verdict.status != HOLDS:
        raise NarhetError("report_changed", file=verdict.file)


def _output(options: Options) -> Path:
    """Return the file to write, after checking that all is there that a report needs."""
    needed = {
        "area": options.area,
        "--kind": options.kind,
        "--limit": options.limit,
        "-o": options.output,
    }
    lacking = [name for name, value in needed.items() if value is None]
    if lacking:
        raise _refused("said_missing", what=", ".join(lacking))
    path = Path(options.output)
    formats.check_ending(path, documents_report.REPORT_ENDINGS)
    return path


def _choice(options: Options) -> dict[str, Any]:
    """Return what was chosen for the report, checked before an area is opened."""
    findings: tuple[str, ...] = FINDINGS
    if options.findings is not None:
        findings = tuple(word for word in map(str.strip, options.findings.split(",")) if word)
    words = dict(_pair(word) for word in options.words)
    for name in words:
        if name in FINDINGS and name not in findings:
            raise InputError("bad_option", reason=f"--words {name}", command="report")
    choice = {
        "date": options.date or dt.date.today().isoformat(),
        "language": options.lang,
        "title": options.title,
        "findings": findings,
        "own_words": words,
    }
    asked(**choice)
    return choice


def _proposal(area: Area, options: Options, limit_m: float) -> Proposal | None:
    """Return the proposal for the report's own question; None where no sites are wanted."""
    if options.sites is None:
        if options.candidates:
            raise _refused("said_missing", what="--sites")
        return None
    if not options.sites.isascii() or not options.sites.isdigit():
        raise SitingError("bad_count", found=options.sites)
    kinds = tuple(word for word in map(str.strip, options.candidates.split(",")) if word)
    question = SitingQuestion(
        kind=options.kind,
        count=int(options.sites),
        limit_m=limit_m,
        group=options.group,
        profile=options.profile,
        kinds=kinds,
    )
    return proposal.propose(instance.prepare(area, question))


def _pair(word: str) -> tuple[str, str]:
    name, sign, text = word.partition("=")
    if not sign:
        raise _refused("said_empty", what=f"--words {word}")
    return name.strip(), text


def _refused(key: str, **values: str) -> InputError:
    return InputError("bad_option", reason=texts.Phrase(f"cli.{key}", values), command="report")
