"""The words people read, in Swedish and English, and how numbers look in each."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from numbers import Real
from typing import Any

from geo.resources import DATA

LANGUAGES = ("sv", "en")
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Phrase:
    """A text inside another: filled in when the sentence is, in the reader's language."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every text of a language with dotted keys, from ``data/<language>.toml``."""
    with (DATA / f"{language}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def text(key: str, language: str = "sv", **values: Any) -> str:
    """Return the text under a dotted key with its values filled in.

    Numbers are written the language's way; a missing key raises ``KeyError``, so that no page shows
    a raw key.

    >>> text("errors.bad_limit", "en", found="abc")
    'The distance limit must be a number of metres above zero; found “abc”. Example: 400.'
    """
    template = catalogue(language)[key]
    return template.format(**{name: _shown(value, language) for name, value in values.items()})


def number(value: float, language: str = "sv", decimals: int = 0) -> str:
    """Write a number as its readers do: 1 240,5 in Swedish (no-break space), 1,240.5 in English; ∞
    when unreachable.

    >>> number(1240.5, "en", 1)
    '1,240.5'
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    written = f"{value:z,.{decimals}f}"
    if language == "sv":
        written = written.replace(",", NO_BREAK_SPACE).replace(".", ",").replace("-", "\u2212")
    return written


def number_word(value: int, language: str = "sv") -> str:
    """Write a number in words up to twelve, as running text does.

    >>> number_word(2, "sv"), number_word(13, "en")
    ('två', '13')
    """
    words = text("sites.number_words", language).split()
    return words[value] if 0 <= value < len(words) else number(value, language)


def listed(names: Sequence[str], language: str = "sv", *, most: int | None = None) -> str:
    """Write names as running text does; of more than ``most`` the first, and how many more.

    >>> listed(["A", "B", "C"]), listed(["A", "B", "C"], most=2)
    ('A, B och C', 'A och två till')
    """
    if most is not None and len(names) > most:
        more = number_word(len(names) - most + 1, language)
        names = [*names[: most - 1], text("sites.more_places", language, number=more)]
    if len(names) <= 1:
        return "".join(names)
    return text("sites.and", language, first=", ".join(names[:-1]), last=names[-1])


def percent(share: float, language: str = "sv", decimals: int = 0) -> str:
    """Write a share between 0 and 1 as per cent: ``0.32`` is ``32 %`` in Swedish and ``32%`` in
    English.
    """
    if math.isnan(share):
        return "–"
    sign = f"{NO_BREAK_SPACE}%" if language == "sv" else "%"
    return number(100 * share, language, decimals) + sign


def metres(value: float, language: str = "sv") -> str:
    """Write a walking distance: whole metres, with unit."""
    return number(value, language) + NO_BREAK_SPACE + "m"


def _shown(value: Any, language: str) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, Phrase):
        return text(value.key, language, **value.values)
    if isinstance(value, Real):  # also what numpy holds
        found = float(value)
        return number(found, language, 0 if found.is_integer() or math.isinf(found) else 1)
    return str(value)


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, str(value)))
    return rows
