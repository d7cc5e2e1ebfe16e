"""Addresses as people write them (street, house number, postcode and town apart) and names of
buildings, in a form in which two spellings of one are equal.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from geo.resources import DATA

_POSTCODE = re.compile(r"(?<![\d-])(?:SE?-?\s?)?(\d{3})\s?(\d{2})(?![\d-])", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w:.])(?P<low>\d{1,4})(?![\d:])"
    r"(?:\s?(?P<first>[A-Z])(?!\w)|\s?(?P<small>[a-h])(?!\w)|(?P<tight>[a-zA-Z])(?!\w))?"
    r"(?:\s?[-–—/]\s?(?P<high>\d{1,4})?(?!\d)\s?(?P<last>[A-Za-z](?!\w))?)?"
)
_MAX_WRITTEN = 300
"""Characters read of an address: what is longer is no address."""


@dataclass(frozen=True)
class Number:
    """A house number: ``low`` to ``high`` (equal for one house, same parity for a range) and the
    ``letters`` after it, as in ``a`` or ``ad``.
    """

    low: int
    high: int
    letters: str = ""

    @property
    def is_range(self) -> bool:
        """Whether it stands for several numbers."""
        return self.high > self.low

    def holds(self, number: int) -> bool:
        """Return whether a number is one of these: of a range, those on the same side of the
        street.
        """
        return self.low <= number <= self.high and (number - self.low) % 2 == 0


@dataclass(frozen=True)
class Street:
    """A street to compare: its name without the word for street, and that word ("" for none)."""

    stem: str
    type: str


@dataclass(frozen=True)
class Address:
    """A written address in parts; what it does not have is empty or None. ``written`` is the street
    and number as they stood.
    """

    written: str = ""
    street: Street | None = None
    number: Number | None = None
    postcode: str = ""
    city: str = ""


def read_address(text: str, *, postcode: str = "", city: str = "") -> Address:
    """Return the parts of an address.

    Parameters
    ----------
    text : as in ``"c/o Ek, Storv. 3 B, 2 tr, 165 78 Hässelby"``.
    postcode, city : from columns of their own, where there are such.

    >>> found = read_address("S:t Eriksg. 9–11, 112 39 Stockholm")
    >>> found.street, found.postcode, found.city
    (Street(stem='sankteriks', type='gata'), '11239', 'stockholm')
    >>> found.number
    Number(low=9, high=11, letters='')
    """
    text = re.sub(r"\(.*?\)", " ", text[:_MAX_WRITTEN])
    own = _POSTCODE.search(postcode[:20])
    inside = _postcode_in(text)
    code = own or inside
    town = folded(city)
    if inside:
        after = text[inside.end() :].strip(" ,.;")
        town = town or folded(re.split(r"[,;\n]", after)[0])
        text = text[: inside.start()]
    parts = [" ".join(part.split()) for part in re.split(r"[,;\n]", text)]
    at, found = _first_street(parts)
    if found is None:
        return Address(postcode="".join(code.groups()) if code else "", city=town)
    street, number, written = found
    town = town or next((folded(part) for part in parts[at + 1 :] if _may_be_town(part)), "")
    return Address(written, street, number, "".join(code.groups()) if code else "", town)


@lru_cache(maxsize=100_000)
def read_street(text: str) -> Street | None:
    """Return a street in the form it is compared in; None where no letters stand.

    >>> read_street("Norra Kronans gata") == read_street("N:a Kronansgatan")
    True
    """
    words = folded(text).split()
    if not words:
        return None
    last = words[-1]  # "v." stands for västra before a name and for vägen after one
    words = [*map(_long_word, words[:-1]), last]
    short = words_table()["street_short"]
    if len(words) > 1 and last.rstrip(".") in short:
        words[-1] = short[last.rstrip(".")]
    elif last.endswith("."):
        for ending in sorted(short, key=len, reverse=True):
            if last[:-1].endswith(ending) and len(last) >= len(ending) + 3:
                words[-1] = last[: -len(ending) - 1] + short[ending]
                break
    joined = "".join(sign for sign in "".join(words) if sign.isalnum())
    if not any(sign.isalpha() for sign in joined):
        return None
    for kind, endings in words_table()["street_types"].items():
        for ending in endings:
            if joined.endswith(ending) and len(joined) > len(ending) + 1:
                return Street(joined.removesuffix(ending), kind)
    return Street(joined, "")


def read_number(text: str) -> Number | None:
    """Return a house number, or None where there is none.

    >>> read_number("143 A-D"), read_number("9–11").is_range
    (Number(low=143, high=143, letters='ad'), True)
    """
    found = _NUMBER.search(text)
    return _number(found) if found else None


_OUR_LETTERS = str.maketrans("", "", "åäö")


@lru_cache(maxsize=100_000)
def folded(text: str) -> str:
    """Return a text in small letters without accents but å, ä and ö, spaces once."""
    text = unicodedata.normalize("NFC", text).casefold()
    if text.translate(_OUR_LETTERS).isascii():
        return " ".join(text.split())
    kept = []
    for sign in text:
        plain = sign if sign in "åäö" else unicodedata.normalize("NFKD", sign)
        kept.append("".join(part for part in plain if not unicodedata.combining(part)))
    return " ".join("".join(kept).replace("æ", "ä").replace("ø", "ö").split())


@cache
def words_table() -> dict[str, Any]:
    """Return the words of ``data/addresses.toml``."""
    with (DATA / "addresses.toml").open("rb") as file:
        return tomllib.load(file)


def _postcode_in(text: str) -> re.Match[str] | None:
    """Return the last postcode of a text; five digits right after a street are its number."""
    found = list(_POSTCODE.finditer(text))
    return found[-1] if found else None


def _first_street(parts: list[str]) -> tuple[int, tuple[Street, Number | None, str] | None]:
    """Return the part with a street and a number, else the first that may be a street."""
    for at, part in enumerate(parts):
        found = None if _is_beside(part) else _split(part)
        if found is not None:
            return at, found
    for at, part in enumerate(parts):
        found = _split(re.sub(r"^c/o\s+", "", part, flags=re.IGNORECASE))
        if found is not None and not _is_beside(found[2]):
            return at, found
    for at, part in enumerate(parts):
        if part and not _is_beside(part) and not re.search(r"\d", part):
            street = read_street(part)
            if street is not None:
                return at, (street, None, part)
    return 0, None


def _split(part: str) -> tuple[Street, Number | None, str] | None:
    for found in _NUMBER.finditer(part):
        before = part[: found.start()].strip(" .-")
        if sum(sign.isalpha() for sign in before) < 2:
            continue  # an ordinal before the name: "1:a Långgatan 4"
        street = read_street(part[: found.start()].strip(" -"))
        if street is not None:
            return street, _number(found), part[: found.end()].strip()
    return None


def _number(found: re.Match[str]) -> Number:
    low = int(found["low"])
    high = int(found["high"]) if found["high"] else low
    letters = "".join(
        found[name] for name in ("first", "small", "tight", "last") if found[name]
    ).lower()
    return Number(low, high, letters) if high > low else Number(low, low, letters)


def _is_beside(part: str) -> bool:
    """Return whether a part names a floor, a flat or a post box rather than a street."""
    text = folded(part)
    if text.startswith("c/o"):
        return True
    first = re.sub(r"^[\d.:\s]+", "", text).split()
    return bool(first) and first[0].rstrip(".:") in words_table()["beside"]["begin"]


def _may_be_town(part: str) -> bool:
    return bool(part) and not re.search(r"\d", part) and not _is_beside(part)


def _long_word(word: str) -> str:
    short: dict[str, str] = words_table()["short"]
    return short.get(word, word)


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
