"""The question of a report, checked, and text made fit for any document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.errors import InputError
from geo.output.report.model import FINDINGS
from geo.texts import LANGUAGES

MAX_TITLE = 200
"""Characters of a title; longer ones are refused."""
MAX_WORDS = 2_000
"""Characters of a user's own words for one finding."""
LONG_NAME = 80
"""A name is cut here in titles and sentences; tables hold it whole."""

_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
)
"""What documents cannot hold, and signs that turn the reading order of what stands beside them."""


@dataclass(frozen=True)
class Asked:
    """What a report is to hold besides its gap, checked."""

    date: str
    language: str
    title: str
    findings: tuple[str, ...]
    own_words: dict[str, str]


def asked(
    *,
    date: str,
    language: str,
    title: str,
    findings: Sequence[str],
    own_words: Mapping[str, str],
) -> Asked:
    """Check what a person chose for a report.

    Raises
    ------
    InputError ``no_findings``, ``unknown_finding``, ``title_too_long``, ``words_too_long``,
    ``bad_date``, ``bad_language``.
    """
    if language not in LANGUAGES:
        raise InputError("bad_language", found=str(language)[:40], known=", ".join(LANGUAGES))
    chosen = tuple(dict.fromkeys(findings))
    if not chosen:
        raise InputError("no_findings", known=", ".join(FINDINGS))
    for name in (*chosen, *own_words):
        if name not in FINDINGS:
            raise InputError("unknown_finding", found=str(name)[:40], known=", ".join(FINDINGS))
    heading = one_line(title)
    if len(heading) > MAX_TITLE:
        raise InputError("title_too_long", length=len(heading), most=MAX_TITLE)
    words = {name: writable(text).strip() for name, text in sorted(own_words.items())}
    for name, text in words.items():
        if len(text) > MAX_WORDS:
            raise InputError("words_too_long", finding=name, length=len(text), most=MAX_WORDS)
    kept = {name: text for name, text in words.items() if text}
    return Asked(date_of(date), language, heading, chosen, kept)


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


def writable(text: str) -> str:
    """Return text without what documents cannot hold: control signs, halves of signs, and signs
    that turn the reading order of their neighbours. Everything else stays, in any script.
    """
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return writable text on one line; spaces that must not break stay."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", writable(text)).strip()


def short(text: str, most: int = LONG_NAME) -> str:
    """Return a name that fits into a sentence: cut with … where it is longer."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def writable_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts and headings can stand in any document, each on one line."""

    def cell(value: Any) -> Any:
        return one_line(value) if isinstance(value, str) else value

    found = table.map(cell)
    found.columns = [one_line(str(name)) for name in table.columns]
    return found
