"""The question of a report: what a person chose or wrote, checked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geo import clock, presets, texts
from geo.access.gap_question import GapQuestion
from geo.errors import InputError, SitingError
from geo.output.report.model import FINDINGS, one_line, writable
from geo.planning.siting.question import SitingQuestion, whole_of

if TYPE_CHECKING:
    from geo.area.model import Area

MAX_TITLE = 200
"""Characters of a title; longer ones are refused."""
REPORT, LETTER = FORMS = presets.REPORT_FORMS
"""The board's report, and the letter a matter is put to the board with (``letter``)."""
MAX_WORDS = 2_000
"""Characters of a user's own words for one finding."""


@dataclass(frozen=True)
class ReportQuestion:
    """What a report is to hold. Hashable: reports may be kept on it.

    Attributes
    ----------
    date : YYYY-MM-DD, as it stands in the report.
    title : on one line; "": the report's own. ``findings`` : of ``FINDINGS``, each once.
    own_words : a user's own text per finding, by name.
    sites : the proposal to show; None: none. ``curve`` : also what up to so many sites give, and
        ``robust`` how the proposal holds when the numbers vary.
    form : of ``FORMS``.

    Raises
    ------
    InputError ``no_findings``, ``unknown_finding``, ``title_too_long``, ``words_too_long``,
    ``bad_date``, ``bad_language``.
    """

    gap: GapQuestion
    date: str
    language: str = "sv"
    title: str = ""
    findings: tuple[str, ...] = FINDINGS
    own_words: tuple[tuple[str, str], ...] = ()
    sites: SitingQuestion | None = None
    curve: int | None = None
    robust: bool = False
    form: str = REPORT

    def __post_init__(self) -> None:
        if self.language not in texts.LANGUAGES:
            known = ", ".join(texts.LANGUAGES)
            raise InputError("bad_language", found=str(self.language)[:40], known=known)
        if self.form not in FORMS:
            raise InputError("bad_option", reason=f"form={self.form}"[:40], command="report")
        chosen = tuple(dict.fromkeys(self.findings))
        if not chosen:
            raise InputError("no_findings", known=", ".join(FINDINGS))
        for name in (*chosen, *dict(self.own_words)):
            if name not in FINDINGS:
                raise InputError("unknown_finding", found=str(name)[:40], known=", ".join(FINDINGS))
        title = one_line(self.title)
        if len(title) > MAX_TITLE:
            raise InputError("title_too_long", length=len(title), most=MAX_TITLE)
        words = [(name, writable(text).strip()) for name, text in sorted(self.own_words)]
        for name, text in words:
            if len(text) > MAX_WORDS:
                raise InputError("words_too_long", finding=name, length=len(text), most=MAX_WORDS)
        checked = {
            "findings": chosen,
            "title": title,
            "own_words": tuple((name, text) for name, text in words if text),
            "date": date_of(self.date),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @classmethod
    def read(cls, values: Mapping[str, Any], area: Area | None = None) -> ReportQuestion:
        """Return the question of an option's or an address's texts.

        Parameters
        ----------
        values : ``kind``, ``limit``, ``group``, ``profile`` as ``GapQuestion.read`` takes them;
            ``date`` (empty: today), ``lang``, ``title``; ``findings`` as words, or as one with
            commas; ``words`` as ``finding=text`` each; ``sites`` or ``count``, how many to propose,
            and all else that ``SitingQuestion.read`` takes, with ``curve`` and ``robust``. A
            proposal is asked for by ``sites``, ``count``, ``budget`` or ``objective``. What is
            missing or None is as the class says; other names are passed over.

        Raises
        ------
        InputError ``bad_option`` : words of a finding that is not chosen, what only a proposal has
        without one.
        SitingError ``bad_count``, and what the class, ``GapQuestion`` and ``SitingQuestion`` raise.
        """
        told = {name: value for name, value in values.items() if value is not None}
        findings = told.get("findings", cls.findings)
        if isinstance(findings, str):
            findings = tuple(word for word in map(str.strip, findings.split(",")) if word)
        words = dict(_pair(word) for word in told.get("words", ()))
        for name in words:
            if name in FINDINGS and name not in findings:
                raise InputError("bad_option", reason=f"--words {name}", command="report")
        gap = GapQuestion.read(told, area)
        return cls(
            gap=gap,
            date=told.get("date") or clock.today().isoformat(),
            language=told.get("lang", cls.language),
            title=told.get("title", cls.title),
            findings=tuple(findings),
            own_words=tuple(words.items()),
            sites=_sites(gap, told, area),
            curve=whole_of(told["curve"]) if "curve" in told else None,
            robust=told.get("robust", cls.robust),
            form=told.get("form", cls.form),
        )

    @classmethod
    def of_proposal(cls, asked: SitingQuestion, values: Mapping[str, Any]) -> ReportQuestion:
        """Return the question of a report on a proposal: the gap is that of the same kind, limit,
        group and profile. ``values`` as for ``read``, which raises the same.
        """
        names = ("kind", "group", "profile")
        same = {"limit": asked.limit_m, **{name: getattr(asked, name) for name in names}}
        kept = ("date", "lang", "title", "findings", "words", "form")
        others = {name: values.get(name) for name in kept}
        found = cls.read({**others, **same})
        curve = None if values.get("curve") is None else whole_of(values["curve"])
        return replace(found, sites=asked, curve=curve, robust=bool(values.get("robust")))


ASKS = ("sites", "count", "budget", "objective")
"""Each of these asks a report for a proposal."""
ONLY_SITES = (
    *("candidates", "candidate", "max_distance_to", "lattice", "balance", "existing", "exclude"),
    *("evening", "staffed", "curve", "robust", "time_limit"),
)
"""And these only say what kind of proposal."""


def _sites(gap: GapQuestion, told: Mapping[str, Any], area: Area | None) -> SitingQuestion | None:
    """Return the question of the proposal, about the same as the gap; None where none is asked
    for.
    """
    if not any(name in told for name in ASKS):
        lonely = [name for name in ONLY_SITES if told.get(name)]
        if lonely:
            raise _refused("said_missing", what="--sites")
        return None
    count = told.get("sites", told.get("count"))
    if count is not None and not (count.isascii() and count.isdigit()):
        raise SitingError("bad_count", found=count)
    same = {"kind": gap.kind, "limit": gap.limit_m, "group": gap.group, "profile": gap.profile}
    return SitingQuestion.read({**told, **same, "count": count}, area)


def date_of(date: str) -> str:
    """Return a date as written in reports, YYYY-MM-DD; ``bad_date`` for anything else.

    >>> date_of("2026-11-26")
    '2026-11-26'
    """
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date, re.ASCII):
            raise ValueError
        return dt.date.fromisoformat(date).isoformat()
    except (TypeError, ValueError):
        raise InputError("bad_date", found=one_line(str(date))[:40]) from None


def _pair(word: str) -> tuple[str, str]:
    name, sign, text = word.partition("=")
    if not sign:
        raise _refused("said_empty", what=f"--words {word}")
    return name.strip(), text


def _refused(key: str, **values: str) -> InputError:
    return InputError("bad_option", reason=texts.Phrase(f"cli.{key}", values), command="report")
