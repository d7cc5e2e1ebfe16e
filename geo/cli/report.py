"""What the command ``report`` does: from a question to a report for the board as a file, and from
such a file to whether it still holds.
"""

from __future__ import annotations

import json
from pathlib import Path

from geo import texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console
from geo.cli import sites as cli_sites
from geo.cli.console import Options
from geo.errors import InputError, NarhetError
from geo.output.documents import answer as documents_report
from geo.output.documents.verify import HOLDS, verdict_json, verdict_lines, verify
from geo.output.files import formats
from geo.output.report.make import report_of
from geo.output.report.question import ReportQuestion
from geo.output.report.record import record
from geo.planning import scenario as planning_scenario
from geo.planning.siting.instance import prepare
from geo.planning.siting.proposal import Proposal, proposed


def report(options: Options) -> None:
    """Write a report, or check one that is written."""
    if options.verify is not None:
        _verify(options)
        return
    output = _output(options)
    area = open_area(options.area, options.home)
    if options.proposal is None:
        words = vars(cli_sites.with_points(options, area))
        question = ReportQuestion.read(words, area)
        proposal = _proposed(area, question)
    else:
        kept = cli_sites.saved(options, "report").scenario
        if kept.proposal is None:
            raise InputError("no_proposal", found=kept.name)
        question = ReportQuestion.of_proposal(kept.proposal.question, vars(options))
        proposal = planning_scenario.proposed(area, kept)
    if proposal is not None:
        cli_sites.keep(options, area, proposal)
    if options.exact:
        console.warn(texts.text("cli.report_exact", options.lang))
    made = report_of(area, question, proposal=proposal, home=options.home)
    if output is not None:
        content = documents_report.report_bytes(made, area, output.suffix.lower())
        formats.write_file(output, content)
    if options.json:
        console.print_json(record(made))
    console.warn_of_demonstration(area.demonstration, options.lang)


def _proposed(area: Area, question: ReportQuestion) -> Proposal | None:
    """Return the proposal that a question asks for, after the same checks as ``sites`` makes."""
    if question.sites is None:
        return None
    placing = prepare(area, question.sites)
    cli_sites.check_excluded(placing)
    return proposed(placing)


def _verify(options: Options) -> None:
    """Print whether a file still holds; ``report_changed`` where it does not."""
    given = (
        *(options.area, options.kind, options.limit, options.output, options.sites),
        *(options.count, options.proposal, options.save),
    )
    if any(value is not None for value in given):
        raise cli_sites.refused("said_together", "report", what="--verify", other="-o")
    verdict = verify(Path(options.verify), options.home)
    if options.json:
        print(json.dumps(verdict_json(verdict), ensure_ascii=False, indent=1))
    else:
        print("\n".join(verdict_lines(verdict, options.lang)))
    if verdict.status != HOLDS:
        raise NarhetError("report_changed", file=verdict.file)


def _output(options: Options) -> Path | None:
    """Return the file to write, None where only its record is printed; after checking that all is
    there that a report needs.
    """
    needed = {"area": options.area}
    if options.proposal is None:
        needed |= {"--kind": options.kind}
    if not options.json:
        needed["-o"] = options.output
    lacking = [name for name, value in needed.items() if value is None]
    if lacking:
        raise cli_sites.refused("said_missing", "report", what=", ".join(lacking))
    if options.output is None:
        return None
    path = Path(options.output)
    formats.check_ending(path, documents_report.REPORT_ENDINGS)
    return path
