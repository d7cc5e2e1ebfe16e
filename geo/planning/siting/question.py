"""What a coordinator asks: what to open, how many, and with which objective. What a person writes
of it, in options or an address, is read and checked here; what nobody chose is filled in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from geo import presets
from geo.access.defaults import defaults, filled
from geo.cells import read_point
from geo.errors import InputError, SitingError

if TYPE_CHECKING:
    from geo.area.model import Area

COVERAGE, MEDIAN, CENTRE, COVER_ALL = "coverage", "median", "centre", "cover_all"
OBJECTIVES = (COVERAGE, MEDIAN, CENTRE, COVER_ALL)
"""As many as possible within the limit; the shortest walk in all; the shortest longest walk;
everybody within the limit with as few as possible."""
_ALSO = {
    "max_coverage": COVERAGE, "p_median": MEDIAN, "p_center": CENTRE, "p_centre": CENTRE,
    "center": CENTRE, "all": COVER_ALL,
}  # fmt: skip
KEEP, IGNORE = EXISTING = presets.EXISTING
TIME_LIMIT_S = 60.0
MOST_REASON = 200
"""Characters of why a place says no."""
_NumberCode = Literal["bad_budget", "bad_balance", "bad_time_limit"]


@dataclass(frozen=True)
class SitingQuestion:
    """What to open, how many, and with which objective. Hashable: answers may be kept on it.

    Attributes
    ----------
    kind : the kind of place to open. ``count`` : how many new ones; None with a budget (as many as
        it buys) or with ``cover_all`` (as few as do).
    objective : one of ``OBJECTIVES``. ``limit_m`` : walking metres that count as reached.
    kinds, points, lattice_m, near, evening, staffed, excluded : where they may open, as in
        ``geo.planning.siting.candidates.candidates``.
    existing : ``keep`` counts the places of the kind there are first; ``ignore`` asks as if there
        were none.
    balance : None, or 0 to 1: the weight of residents of transitional housing against the group's.
    budget : with ``coverage`` only: the most the new sites may cost together.
    reasons : why some of ``excluded`` said no, by id; it changes no answer.
    """

    kind: str
    count: int | None = 1
    objective: str = COVERAGE
    limit_m: float = 800.0
    group: str = "all"
    profile: str = "adult"
    kinds: tuple[str, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    lattice_m: float | None = None
    near: tuple[tuple[str, float], ...] = ()
    evening: bool = False
    staffed: bool = False
    excluded: tuple[str, ...] = ()
    existing: str = KEEP
    balance: float | None = None
    budget: float | None = None
    time_limit_s: float = TIME_LIMIT_S
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def basis(self) -> SitingQuestion:
        """The question without what can change on the same preparation: keep a ``Placing`` on it,
        and put the rest to it with ``Placing.asked``.
        """
        return replace(self, count=1, budget=None, time_limit_s=TIME_LIMIT_S, reasons=())

    @classmethod
    def read(cls, values: Mapping[str, Any], area: Area | None = None) -> SitingQuestion:
        """Return the question of an option's or an address's texts, checked.

        Parameters
        ----------
        values : ``kind``, ``count``, ``objective``, ``limit``, ``group``, ``profile``,
            ``existing``, ``balance``, ``budget``, ``lattice`` and ``time_limit`` as words;
            ``candidates`` (kinds) as words, or as one with commas; ``exclude`` the same of ids,
            each with or without ``=reason`` (a reason stands for all ids before it);
            ``candidate`` as ``lon,lat`` each; ``max_distance_to`` as ``kind=metres`` each;
            ``evening`` and ``staffed`` as bool. Of kind, limit, group, objective and count, what
            is missing or None is what a question about the kind begins with in the area
            (``geo.access.defaults``); no count where a budget or ``cover_all`` decides it. The
            rest, and all of it without an area, is as the class says; other names are passed over.

        Raises
        ------
        InputError ``bad_point``, ``bad_option``, and what ``checked`` raises.
        """
        told = filled(values, area, desks=True)

        def number(name: str, code: _NumberCode) -> float | None:
            return number_of(told[name], code) if name in told else None

        excluded, reasons = _refusals(told.get("exclude", ()))
        aim = objective(told.get("objective", cls.objective))
        seconds = number("time_limit", "bad_time_limit")
        free = aim == COVER_ALL or "budget" in told
        usual = cls.count if area is None else defaults(area, told["kind"]).count
        count = None if free else usual
        return checked(
            cls(
                kind=told.get("kind", ""),
                count=whole_of(told["count"]) if "count" in told else count,
                objective=aim,
                limit_m=presets.limit_m(told.get("limit", cls.limit_m)),
                group=told.get("group", cls.group),
                profile=told.get("profile", cls.profile),
                kinds=_words(told.get("candidates", cls.kinds)),
                points=points_of(told.get("candidate", ())),
                lattice_m=presets.limit_m(told["lattice"]) if "lattice" in told else cls.lattice_m,
                near=tuple(_near(words) for words in told.get("max_distance_to", ())),
                evening=told.get("evening", cls.evening),
                staffed=told.get("staffed", cls.staffed),
                excluded=excluded,
                existing=told.get("existing", cls.existing),
                balance=number("balance", "bad_balance"),
                budget=number("budget", "bad_budget"),
                time_limit_s=cls.time_limit_s if seconds is None else seconds,
                reasons=reasons,
            )
        )

    @classmethod
    def from_data(cls, data: Any) -> SitingQuestion:
        """Return the question that ``to_data`` wrote, checked; what it does not say is as the class
        says.

        Raises
        ------
        InputError ``bad_question`` : it is something else; and what ``checked`` raises.
        """
        try:
            question = cls(**{name: _frozen(value) for name, value in data.items()})
            _check_types(question)
            return checked(question)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise InputError("bad_question", found=" ".join(str(data).split())[:80]) from error

    def to_data(self, *, all_of_it: bool = True) -> dict[str, Any]:
        """Return the question as a JSON value; only what differs from the class's own values unless
        ``all_of_it``.
        """
        usual = {field.name: field.default for field in fields(self)}
        return {
            name: _plain(value)
            for name, value in asdict(self).items()
            if all_of_it or value != usual[name]
        }


def objective(name: str) -> str:
    """Return an objective by any of its names.

    Raises
    ------
    SitingError ``unknown_objective`` : with the valid ones.
    """
    found = _ALSO.get(name, name)
    if found not in OBJECTIVES:
        raise SitingError("unknown_objective", found=name, known=", ".join(OBJECTIVES))
    return found


def checked(question: SitingQuestion) -> SitingQuestion:
    """Return the question as the planner takes it: names looked up, numbers as numbers.

    Raises
    ------
    InputError ``unknown_kind``, ``unknown_group``, ``unknown_profile``, SitingError
    ``unknown_objective``, ``bad_count``, ``bad_budget``, BadLimit, SitingError ``budget_not_here``,
    ``bad_balance``, ``bad_time_limit`` : what is asked for is not valid.
    """
    aim = objective(question.objective)
    group = presets.group(question.group)
    presets.profile(question.profile)
    if question.existing not in EXISTING:
        raise InputError("bad_option", reason=f"existing={question.existing}", command="sites")
    balance = _balance(question.balance, group.origin)
    budget = _budget(question.budget, aim)
    return replace(
        question,
        kind=presets.kind(question.kind).id,
        kinds=tuple(presets.kind(name).id for name in question.kinds),
        objective=aim,
        limit_m=presets.limit_m(question.limit_m),
        near=tuple((presets.kind(k).id, presets.limit_m(m)) for k, m in question.near),
        count=_count(question.count, free=aim == COVER_ALL or budget is not None),
        balance=balance,
        budget=budget,
        time_limit_s=_seconds(question.time_limit_s),
        reasons=_reasons(question),
    )


def _reasons(question: SitingQuestion) -> tuple[tuple[str, str], ...]:
    """Return the reasons on one line each, of those who said no, in their order."""
    told = {name: " ".join(why.split()) for name, why in question.reasons}
    for why in told.values():
        if len(why) > MOST_REASON:
            raise SitingError("reason_too_long", length=len(why), most=MOST_REASON)
    return tuple((name, told[name]) for name in question.excluded if told.get(name))


def _count(count: object, *, free: bool) -> int | None:
    if count is None and free:
        return None
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise SitingError("bad_count", found="–" if count is None else str(count))
    return count


def _balance(balance: object, origin: str) -> float | None:
    if balance is None:
        return None
    share = _number(balance)
    if origin != "residents" or not 0 <= share <= 1:
        raise SitingError("bad_balance", found=str(balance))
    return share


def _budget(budget: object, aim: str) -> float | None:
    if budget is None:
        return None
    amount = _number(budget)
    if not (math.isfinite(amount) and amount >= 0):
        raise SitingError("bad_budget", found=str(budget))
    if aim != COVERAGE:
        raise SitingError("budget_not_here")
    return amount


def _seconds(seconds: object) -> float:
    found = _number(seconds)
    if not (math.isfinite(found) and found > 0):
        raise SitingError("bad_time_limit", found=str(seconds))
    return found


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value)


def whole_of(words: str) -> int:
    """Read a whole number of sites; ``bad_count`` for anything else.

    >>> whole_of("3")
    3
    """
    try:
        return int(words)
    except ValueError:
        raise SitingError("bad_count", found=words) from None


def number_of(words: str, code: _NumberCode = "bad_budget") -> float:
    """Read a number with spaces or a decimal comma; a ``SitingError`` for anything else.

    >>> number_of("12 500,5")
    12500.5
    """
    try:
        return float(words.replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        raise SitingError(code, found=words) from None


def points_of(words: Iterable[str]) -> tuple[tuple[float, float], ...]:
    """Read points written as ``lon,lat``; ``bad_point`` for anything else."""
    return tuple(read_point(each) for each in words)


def _near(words: str) -> tuple[str, float]:
    kind, sign, metres = words.partition("=")
    if not sign:
        raise InputError("bad_option", reason=f"--max-distance-to {words}", command="sites")
    return presets.kind(kind).id, presets.limit_m(metres)


def _refusals(given: str | Iterable[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the ids of those who said no, each once, and the reasons given.

    >>> _refusals(["a,b", "c=closes, in May"])
    (('a', 'b', 'c'), (('c', 'closes, in May'),))
    """
    found: dict[str, str] = {}
    for word in [given] if isinstance(given, str) else given:
        ids, _, why = word.partition("=")
        for name in _words(ids):
            found[name] = why.strip() or found.get(name, "")
    return tuple(found), tuple((name, why) for name, why in found.items() if why)


def _check_types(question: SitingQuestion) -> None:
    """Refuse values of another type than the class says, which would be taken for something."""
    texts = (question.kind, question.objective, question.group, question.profile, question.existing)
    names = (
        *question.kinds,
        *question.excluded,
        *(word for pair in question.reasons for word in pair),
    )
    numbers = [number for point in question.points for number in point]
    numbers += [metres for _, metres in question.near]
    if question.lattice_m is not None:
        numbers.append(question.lattice_m)
    ticks = (question.evening, question.staffed)
    if not (
        all(isinstance(word, str) for word in (*texts, *names))
        and not any(math.isnan(_number(number)) for number in numbers)
        and all(isinstance(tick, bool) for tick in ticks)
        and all(len(point) == _PAIR for point in (*question.points, *question.near))
    ):
        raise TypeError


_PAIR = 2


def _frozen(value: Any) -> Any:
    """Return a JSON value with tuples for lists."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    """Return a value with lists for tuples."""
    return list(map(_plain, value)) if isinstance(value, tuple) else value


def _words(text: str | Iterable[str]) -> tuple[str, ...]:
    """Return words as they are, or those of a text with commas between."""
    parts = text.split(",") if isinstance(text, str) else text
    return tuple(word for word in (part.strip() for part in parts) if word)
