"""What the command ``sites`` does: from a coordinator's options to a proposal as text, JSON or a
file; and what it shares with ``report``: the proposal that options or a saved name ask for.
"""

from __future__ import annotations

from geo import texts
from geo.area.model import Area
from geo.catalog import open_area
from geo.cli import console
from geo.cli.console import Options
from geo.cli.places import is_point, point_words
from geo.errors import InputError, SitingError
from geo.output.documents.sites import site_document
from geo.planning import scenario as planning_scenario
from geo.planning.scenario import Saved
from geo.planning.siting import alternatives, instance
from geo.planning.siting.instance import Placing
from geo.planning.siting.proposal import Proposal
from geo.planning.siting.question import SitingQuestion, whole_of

ASKED = (
    *("kind", "count", "objective", "limit", "group", "profile", "candidates", "candidate"),
    *("max_distance_to", "lattice", "balance", "budget", "time_limit", "existing", "exclude"),
    *("evening", "staffed"),
)
"""The options that a saved proposal answers already."""


def sites(options: Options) -> None:
    """Print where something new should open, with proof."""
    most = None if options.curve is None else whole_of(options.curve)
    file = console.answer_file(options)
    if options.proposal is None and options.kind is None:
        raise refused("said_missing", "sites", what="--kind")
    area = open_area(options.area, options.home)
    if options.proposal is None:
        question = SitingQuestion.read(vars(with_points(options, area)), area)
        placing, proposal = instance.prepare(area, question, progress=_quiet), None
        check_excluded(placing)
    else:
        kept = saved(options, "sites")
        proposal = planning_scenario.proposed(area, kept.scenario, progress=_quiet)
        placing = proposal.placing
    answer = alternatives.answered(
        placing, proposal=proposal, vary=bool(options.robust), most=most, progress=_quiet
    )
    keep(options, area, answer.proposal)
    console.give(
        options,
        file,
        lambda exact: site_document(answer, options.lang, day=console.today(), exact=exact),
    )
    console.warn_of_demonstration(area.demonstration, options.lang)


def with_points(options: Options, area: Area) -> Options:
    """Read the points that are given by address or name, which the area has."""
    if options.candidate and not all(is_point(words) for words in options.candidate):
        options.candidate = [point_words(area, words) for words in options.candidate]
    return options


def saved(options: Options, command: str) -> Saved:
    """Return the saved proposal that the options name.

    Raises
    ------
    InputError ``bad_option`` : another question is asked beside it. ``unknown_scenario``.
    """
    beside = [name for name in ASKED if getattr(options, name) is not None]
    if beside:
        other = f"--{beside[0].replace('_', '-')}"
        raise refused("said_together", command, what="--proposal", other=other)
    return planning_scenario.saved(options.area, options.proposal, options.home)


def keep(options: Options, area: Area, proposal: Proposal) -> None:
    """Keep a proposal under the name that ``--save`` says, and say so beside the answer."""
    if options.save is None:
        return
    made = planning_scenario.of_proposal(proposal, options.save, options.lang)
    kept = planning_scenario.save(area, made, who=options.who, home=options.home)
    console.warn(texts.text("scenario.kept", options.lang, name=kept.scenario.name))


def check_excluded(placing: Placing) -> None:
    """Refuse ids that name nothing: a slip of the pen must not let a place back in."""
    known = {item.id for item in placing.candidates.left_out if item.reason == "excluded"}
    for name in placing.question.excluded:
        if name not in known:
            raise SitingError("unknown_candidate", found=name)


def refused(key: str, command: str, **values: str) -> InputError:
    """Return the refusal of an option, in the words under ``cli.``."""
    return InputError("bad_option", reason=texts.Phrase(f"cli.{key}", values), command=command)


def _quiet(_key: str, _share: float) -> None: ...
