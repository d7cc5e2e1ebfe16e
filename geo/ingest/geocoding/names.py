"""Names of buildings in a form in which they can be compared: what the building is called, and what
it is (a school, a library).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from geo.ingest.geocoding.parse import folded, words_table

MIN_STEM = 3
"""Letters a name needs beside the word for what it is: "Biblioteket" names nothing."""


@dataclass(frozen=True)
class Name:
    """A name to compare: its letters without the word for what the building is, and that word."""

    stem: str
    type: str


def read_names(text: str) -> tuple[Name, ...]:
    """Return the names a text may stand for, most complete first: the whole, what stands before a
    room in it, and the two sides of a slash.

    >>> read_names("Hässelby Villastads skola, matsalen")[-1] == read_names(
    ...     "Hässelby villastadsskolan")[0]
    True
    """
    whole = re.sub(r"\(.*?\)", " ", text[:200])
    texts = [whole]
    head, sign, tail = whole.partition(",")
    if sign and _is_room(tail):
        texts = [head]
    texts += [side for side in texts[0].split("/") if side.strip()] if "/" in texts[0] else []
    found = [read_name(part) for part in texts]
    return tuple(dict.fromkeys(name for name in found if name is not None))


@lru_cache(maxsize=100_000)
def read_name(text: str) -> Name | None:
    """Return one name in the form it is compared in; None where it names nothing of its own.

    >>> read_name("Grimsta skola") == read_name("Grimstaskolan")
    True
    >>> read_name("Förskolan Grimsta") == read_name("Grimstaskolan")
    False
    """
    short: dict[str, str] = words_table()["short"]
    spaced = " ".join(short.get(word, word) for word in folded(text).split())
    spaced = " ".join(re.sub(r"[^\w]+|_", " ", spaced).split())
    kind, rest = "", spaced
    for word, type_word in _types():
        # a word of its own, or the end of a compound after a name: "Grimstaskolan"
        found = re.search(rf"(?:(?:^| )|(?<=[^\W\d_]{{3}})){word}(?= |$)", rest)
        if found:
            kind, rest = type_word, f"{rest[: found.start()]} {rest[found.end() :]}"
            break
    stem = "".join(_bare(word) for word in rest.split())
    if sum(sign.isalpha() for sign in stem) < MIN_STEM:
        return None
    return Name(stem, kind)


@cache
def _types() -> tuple[tuple[str, str], ...]:
    """Return words for what a building is with what they stand for, longest first."""
    table: dict[str, list[str]] = words_table()["building_types"]
    pairs = [(word, kind) for kind, words in table.items() for word in words]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _bare(word: str) -> str:
    """Return a word without the genitive's s: "Hässelby gårds skola", "Hässelby gård"."""
    return word[:-1] if len(word) > 4 and word.endswith("s") else word


def _is_room(tail: str) -> bool:
    first = folded(tail).split()
    return bool(first) and any(
        first[0].startswith(word) for word in words_table()["rooms"]["begin"]
    )
