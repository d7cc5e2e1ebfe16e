"""What the command ``sites`` does: from a coordinator's options to a proposal as text, JSON or a
file.
"""

from __future__ import annotations

from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.cli.places import is_point, point_words
from geo.errors import SitingError
from geo.output.documents.sites import site_document
from geo.planning.siting import alternatives, instance
from geo.planning.siting.instance import Placing
from geo.planning.siting.question import SitingQuestion, whole_of


def sites(options: Options) -> None:
    """Print where something new should open, with proof."""
    most = None if options.curve is None else whole_of(options.curve)
    file = console.answer_file(options)
    area = open_area(options.area, options.home)
    question = SitingQuestion.read(vars(_with_points(options, area)), area)
    placing = instance.prepare(area, question, progress=_quiet)
    _check_excluded(placing)
    answer = alternatives.answered(placing, vary=options.robust, most=most, progress=_quiet)
    console.give(
        options,
        file,
        lambda exact: site_document(answer, options.lang, day=console.today(), exact=exact),
    )
    console.warn_of_demonstration(area.demonstration, options.lang)


def _with_points(options: Options, area: Area) -> Options:
    """Read the points that are given by address or name, which the area has."""
    if options.candidate and not all(is_point(words) for words in options.candidate):
        options.candidate = [point_words(area, words) for words in options.candidate]
    return options


def _check_excluded(placing: Placing) -> None:
    """Refuse ids that name nothing: a slip of the pen must not let a place back in."""
    known = {item.id for item in placing.candidates.left_out if item.reason == "excluded"}
    for name in placing.question.excluded:
        if name not in known:
            raise SitingError("unknown_candidate", found=name)


def _quiet(_key: str, _share: float) -> None: ...
