"""What the command ``report`` does: from a question to a report for the board as a file, and from
such a file to whether it still holds.
"""

from __future__ import annotations

import json
from pathlib import Path

from geo import texts
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import InputError, NarhetError
from geo.output.documents import answer as documents_report
from geo.output.documents.verify import HOLDS, verdict_json, verdict_lines, verify
from geo.output.files import formats
from geo.output.report.make import report_of
from geo.output.report.question import ReportQuestion


def report(options: Options) -> None:
    """Write a report, or check one that is written."""
    if options.verify is not None:
        _verify(options)
        return
    output = _output(options)
    area = open_area(options.area, options.home)
    question = ReportQuestion.read(vars(options), area)
    made = report_of(area, question, home=options.home)
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


def _refused(key: str, **values: str) -> InputError:
    return InputError("bad_option", reason=texts.Phrase(f"cli.{key}", values), command="report")
