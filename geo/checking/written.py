"""What a written address and a written name say, so that two can be compared: street, numbers,
postcode; the words that tell which place is meant. Knows no map.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from geo.checking.thresholds import thresholds

SHORT = 4
"""Words up to this long keep their s."""

_NUMBERS = re.compile(
    r"^(?P<street>\D*?[^\W\d_][^\d]*?)\s*\b(?P<low>\d{1,4})(?!\d)\s*(?P<letter>[a-zA-Z](?![^\W\d_]))?"
    r"(?:\s*[-–—/]\s*(?P<high>\d{1,4})?(?!\d))?"
)
_POSTCODE = re.compile(r"(?<!\d)(\d{3})\s?(\d{2})(?!\d)")
_ENDINGS = (
    *((r"\bg\.?$", "gata"), (r"\bv\.?$", "väg"), (r"\bgr\.?$", "gränd")),
    *((r"(?<=\w)gr\.$", "gränd"), (r"(?<=\w)gt?\.$", "gatan"), (r"(?<=\w)v\.$", "vägen")),
)
_LETTERS = str.maketrans("åäöÅÄÖ", "\ue000\ue001\ue002\ue003\ue004\ue005")
_BACK = str.maketrans("\ue000\ue001\ue002\ue003\ue004\ue005", "åäöåäö")


@dataclass(frozen=True)
class Address:
    """A written address: ``street`` as it is compared, house numbers from ``low`` to ``high`` (0:
    none), a letter; all empty where nothing stands.
    """

    street: str = ""
    low: int = 0
    high: int = 0
    letter: str = ""

    def meets(self, other: Address) -> bool:
        """Whether both can be one house: one street and numbers in common; letters of one number
        are one house.
        """
        if not self.street or self.street != other.street:
            return False
        return self.low <= other.high and other.low <= self.high

    def gap(self, other: Address) -> int | None:
        """Numbers between two addresses of one street; None where either has none."""
        if not self.low or not other.low:
            return None
        return max(0, self.low - other.high, other.low - self.high)


@lru_cache(maxsize=65_536)
def address(text: str) -> Address:
    """Read an address.

    >>> address("Åsögatan 197-201")
    Address(street='åsögatan', low=197, high=201, letter='')
    >>> address("Tensta Alle´ 40").street == address("Tensta allé 10 A, 163 64 Spånga").street
    True
    """
    first = _POSTCODE.sub(" ", text.split(",")[0]).strip()
    found = _NUMBERS.match(first)
    if found is None:
        return Address(street_key(first))
    low = int(found["low"])
    high = int(found["high"] or 0)
    return Address(
        street_key(found["street"]), low, max(low, high), (found["letter"] or "").casefold()
    )


@lru_cache(maxsize=65_536)
def street_key(name: str) -> str:
    """Return a street's name as names are compared: case, accents and punctuation gone, short
    forms written out.

    >>> street_key("Storg."), street_key("S:t Görans v."), street_key("Karen  Blixens gata")
    ('storgatan', 'sankt görans väg', 'karen blixens gata')
    """
    text = " ".join(name.casefold().split())
    text = re.sub(r"\bs:ta?\b", "sankt", text)
    for ending, whole in _ENDINGS:
        text = re.sub(ending, whole, text)
    return _folded(text)


def postcode(text: str) -> str:
    """Return the five digits of the first postcode in a text, empty when none.

    >>> postcode("Provgatan 1, 123 45 Ort"), postcode("Provgatan 12")
    ('12345', '')
    """
    found = _POSTCODE.search(text)
    return f"{found[1]}{found[2]}" if found else ""


@lru_cache(maxsize=65_536)
def core(name: str) -> str:
    """Return the words of a name that tell which place it is, without the genitive's s, sorted; all
    of them where none do.

    >>> core("Förskolan Ekbacken"), core("Ekbackens förskola"), core("Biblioteket")
    ('ekbacken', 'ekbacken', 'biblioteket')
    """
    words = _folded(name.casefold()).split()
    telling = [
        word.removesuffix("s") if len(word) > SHORT else word
        for word in words
        if word not in thresholds().same.words
    ]
    return " ".join(sorted(telling or words))


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0–100, by their telling words; 0 where a number tells them apart or
    either is empty.

    >>> round(likeness("Förskolan Alprosen", "Förskolan Asprosen")), likeness("Vega 1", "Vega 2")
    (88, 0.0)
    """
    mine, theirs = core(one), core(other)
    if not mine or not theirs or _numbers(mine) != _numbers(theirs):
        return 0.0
    return float(fuzz.ratio(mine, theirs))


@lru_cache(maxsize=65_536)
def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _folded(text: str) -> str:
    """Fold accents but not å, ä and ö, which are letters of their own; signs become spaces."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).translate(_LETTERS))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_BACK)
    return " ".join(re.sub(r"[\W_]+", " ", kept.replace("´", "").replace("`", "")).split())
