"""What the command ``sites`` does: from a coordinator's options to a proposal as text, JSON or a
file.
"""

from __future__ import annotations

import json
from pathlib import Path

from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import SitingError
from geo.output.files import formats
from geo.output.files import sites as sites_files
from geo.output.files.sites import site_json
from geo.output.words.sites import site_lines
from geo.planning.siting import alternatives, instance
from geo.planning.siting.alternatives import SiteAnswer
from geo.planning.siting.instance import Placing
from geo.planning.siting.question import SitingQuestion, whole_of


def sites(options: Options) -> None:
    """Print where something new should open, with proof."""
    question = SitingQuestion.read(vars(options))
    most = None if options.curve is None else whole_of(options.curve)
    output = Path(options.output) if options.output else None
    ending = formats.check_ending(output) if output else ""
    area = open_area(options.area, options.home)
    placing = instance.prepare(area, question, progress=_quiet)
    _check_excluded(placing)
    answer = alternatives.answered(placing, vary=options.robust, most=most, progress=_quiet)
    if output and ending == ".json":
        formats.write_file(output, _document(answer, options.lang, exact=options.exact).encode())
    elif output:
        content = sites_files.site_file(answer, options.lang, exact=options.exact)
        formats.write_file(output, sites_files.WRITERS[ending](content))
    if options.json:
        print(_document(answer, options.lang))
    elif not output:
        print("\n".join(site_lines(answer, options.lang)))
    console.warn_of_demonstration(area.demonstration, options.lang)


def _check_excluded(placing: Placing) -> None:
    """Refuse ids that name nothing: a slip of the pen must not let a place back in."""
    known = {item.id for item in placing.candidates.left_out if item.reason == "excluded"}
    for name in placing.question.excluded:
        if name not in known:
            raise SitingError("unknown_candidate", found=name)


def _document(answer: SiteAnswer, language: str, *, exact: bool = True) -> str:
    document = site_json(answer, language, exact=exact)
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _quiet(_key: str, _share: float) -> None: ...
