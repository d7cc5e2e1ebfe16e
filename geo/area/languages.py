"""Languages by BCP 47 code: codes and names as people write them are read, and named in Swedish, in
English and in the language itself. Also cells that list languages with how many people: "tigrinja
40, arabiska 25" or "ti:40;ar:25".
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from geo.cells import plain
from geo.errors import UnknownLanguage
from geo.resources import DATA

_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")
_BETWEEN = re.compile(r"[;,/|&+]|\s+(?:och|and|samt)\s+")
_NONE = ("und", "mul", "zxx", "mis", "root")
"""Codes that stand for no one language."""


def language(text: str) -> str:
    """Return the BCP 47 code of a language, given its code or its Swedish, English or own name.

    Raises
    ------
    UnknownLanguage : with the nearest names we know.

    >>> language("tigrinja"), language("Arabic"), language("SWE"), language("fa-AF")
    ('ti', 'ar', 'sv', 'prs')
    """
    written = text.strip()
    said = plain(written)
    code = _by_name().get(said) or _code(written) or _by_own_name().get(said)
    if code is None:
        raise UnknownLanguage(found=written[:60], nearest=nearest(written))
    return code


def nearest(text: str) -> str:
    """Return up to three names of languages that are written much like a text, "–" for none."""
    close = difflib.get_close_matches(plain(text), list(_by_name()), n=6, cutoff=0.7)
    codes = dict.fromkeys(_by_name()[name] for name in close)
    return ", ".join(f"{name(code)} ({code})" for code in list(codes)[:3]) or "–"


def parts(text: str) -> tuple[str, ...]:
    """Cut a cell with several languages where people do: at signs, at ``och``, and at spaces
    between codes.

    >>> parts("svenska, arabiska och tigrinja"), parts("sv ti ar")
    (('svenska', 'arabiska', 'tigrinja'), ('sv', 'ti', 'ar'))
    """
    found = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    cut: list[str] = []
    for part in found:
        words = part.split()
        is_codes = len(words) > 1 and plain(part) not in _by_name() and all(map(_code, words))
        cut += words if is_codes else [part]
    return tuple(cut)


def known_in(text: str) -> tuple[str, ...]:
    """Return the languages a text names, each once; words that name none are passed over."""
    found = []
    for part in parts(text):
        try:
            found.append(language(part))
        except UnknownLanguage:
            continue
    return tuple(dict.fromkeys(found))


def name(code: str, spoken: str = "sv") -> str:
    """Return a language's name in Swedish or English; a code nobody named stays a code.

    >>> name("ti"), name("ti", "en"), name("prs")
    ('tigrinja', 'Tigrinya', 'dari')
    """
    listed = _listed().get(code)
    if listed:
        return str(listed["sv" if spoken == "sv" else "en"])
    return _displayed(code, "sv" if spoken == "sv" else "en") or code


def named(told: Iterable[str], spoken: str = "sv") -> str:
    """Return languages by name, whether a file has codes or names; what is none stays as it is.

    >>> named(["ti", "Arabic", "flera"]), named(["tigrinja"], "en")
    ('tigrinja, arabiska, flera', 'Tigrinya')
    """
    names = []
    for each in told:
        try:
            names.append(name(language(each), spoken))
        except UnknownLanguage:
            names.append(each)
    return ", ".join(dict.fromkeys(names))


def own_name(code: str) -> str:
    """Return what a language calls itself, as in ``ትግርኛ``; a code where that is not known."""
    listed = _listed().get(code)
    if listed:
        return str(listed["own"])
    return _displayed(code, code) or name(code)


def is_right_to_left(code: str) -> bool:
    """Return whether a language is written from right to left."""
    try:
        parsed = Locale.parse("fa" if code == "prs" else code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return code in ("syr", "aii", "tru")
    return parsed.text_direction == "rtl"


def speaks(some: str, other: str) -> bool:
    """Return whether one who speaks a language is helped by another: the same, or known as the same
    (see ``data/languages.toml``); a region or script makes no difference.

    >>> speaks("fa", "prs"), speaks("pt-BR", "pt"), speaks("ti", "am")
    (True, True, False)
    """
    mine, theirs = (code.split("-")[0] for code in (some, other))
    return theirs in _known_as().get(mine, {mine})


def in_common(some: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Return which of some languages help those who speak any of others.

    >>> in_common(("ti", "fa", "so"), ("sv", "prs"))
    ('fa',)
    """
    spoken = tuple(others)
    return tuple(code for code in some if any(speaks(code, other) for other in spoken))


@cache
def _known_as() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for group in _table()["known_as"]:
        for code in group:
            found.setdefault(code, {code}).update(group)
    return found


@cache
def _by_name() -> dict[str, str]:
    """Return language codes by plain name: ours first, then Swedish and English ones."""
    found: dict[str, str] = {}
    for code, row in _listed().items():
        for text in (row["sv"], row["en"], row["own"], *row.get("also", ())):
            found.setdefault(plain(text), code)
    for spoken in ("sv", "en"):
        for code, text in Locale(spoken).languages.items():
            if "_" not in code and code not in _NONE:
                found.setdefault(plain(text), code)
    found.pop("", None)
    return found


@cache
def _by_own_name() -> dict[str, str]:
    """Return codes by what languages call themselves: used last, as it takes a while to load."""
    return {plain(own_name(code)): code for code in reversed(_table()["own_names"])}


@cache
def _code(text: str) -> str | None:
    """Return a code as we write it, None where it is no language's."""
    match = _CODE.fullmatch(text.strip())
    if match is None:
        return None
    base, script, region = match[1].lower(), match[2], match[3]
    if base not in _listed():
        base = str(get_global("language_aliases").get(base, base))
    if base not in _listed() and (base in _NONE or base not in Locale("en").languages):
        return None
    if base == "fa" and (region or "").upper() == "AF":
        return "prs"
    known = (script.title() if script else "", region.upper() if region else "")
    if known[1] and known[1] not in Locale("en").territories:
        return None
    return "-".join(part for part in (base, *known) if part)


@cache
def _displayed(code: str, spoken: str) -> str:
    try:
        reader = Locale.parse(spoken.replace("-", "_"))
        bare = Locale("en").languages
        if "-" not in code:
            return str(reader.languages.get(code, "")) if code in bare else ""
        return str(Locale.parse(code.replace("-", "_")).get_display_name(reader) or "")
    except (UnknownLocaleError, ValueError):
        return ""


@cache
def _listed() -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = _table()["language"]
    return rows


@cache
def _table() -> dict[str, Any]:
    with (DATA / "languages.toml").open("rb") as file:
        return tomllib.load(file)


_PART = re.compile(
    r"(?:(?P<before>\d+)\s*(?P<share_before>%)?\s+)?(?P<what>.+?)"
    r"(?:(?:\s*[:=(]\s*|\s+)(?P<after>\d+)\s*(?P<share>%)?\s*\)?)?"
)


def counted_parts(
    text: str,
    people: float | None = None,
    is_name: Callable[[str], object] = lambda _: False,
) -> tuple[tuple[str, float | None], ...]:
    """Return what a cell lists, each with how many people, None where no number is reported.

    Parameters
    ----------
    people : all of them: what per cent are of; unknown per cent where this is.
    is_name : returns whether all of a part is a name, the number in it too.

    >>> counted_parts("tigrinja 40, arabiska (25); 10 dari, so")
    (('tigrinja', 40.0), ('arabiska', 25.0), ('dari', 10.0), ('so', None))
    >>> counted_parts("ti:40%", 60)
    (('ti', 24.0),)
    """
    found = []
    for part in re.split(r"[;,/|]|\s+(?:och|and|samt)\s+", text):
        named = part.strip()
        match = None if is_name(named) else _PART.fullmatch(named)
        if match:
            found.append((match["what"].strip(), _count(match, people)))
        elif named:
            found.append((named, None))
    return tuple(found)


def _count(match: re.Match[str], people: float | None) -> float | None:
    number = match["after"] or match["before"]
    if number is None:
        return None
    if match["share"] or match["share_before"]:
        return None if people is None else people * min(float(number), 100.0) / 100
    return float(number)
