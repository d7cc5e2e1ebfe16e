"""Which of our fields a file's columns are: by their Swedish and English names, by names that are
nearly those, and by what stands in them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

from geo import presets
from geo.cells import is_unknown, plain, to_number, without_year, written
from geo.resources import DATA
from geo.sources.files.dialect import ADDRESS, POSTCODE

NAME, CONTENT, STATED = "name", "content", "stated"
"""What a guess rests on."""

_NEAR = 88.0
_SAMPLE = 400
_MOST = 0.6
_HOURS = re.compile(
    r"(?:.*(?:mån|tis|ons|tors|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun|vardag|dagligen|\b24/7|"
    r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b).*\d.*)|(?:kl\.?\s*)?\d{1,2}([.:]\d\d)?\s*[-–]\s*\d{1,2}([.:]\d\d)?",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+46|0)[\d\s()/-]{6,16}")


@dataclass(frozen=True)
class Field:
    """One of our fields: what it is called on screen, and how files call and fill it."""

    id: str
    sv: str
    en: str
    names: tuple[str, ...]
    words: frozenset[str]
    never: tuple[str, ...]
    content: str

    def name(self, language: str) -> str:
        """Return what people call the field, as in ``Adress``."""
        return self.sv if language == "sv" else self.en


@cache
def fields() -> dict[str, Field]:
    """Return our fields by id, in the order people see them."""
    with (DATA / "fields.toml").open("rb") as stream:
        raw: dict[str, dict[str, Any]] = tomllib.load(stream)
    return {
        key: Field(
            key,
            entry["sv"],
            entry["en"],
            tuple(entry["names"]),
            frozenset(entry.get("words", ())),
            tuple(entry.get("not", ())),
            entry.get("content", ""),
        )
        for key, entry in raw.items()
    }


@cache
def known_names() -> frozenset[str]:
    """Return all column names we know, compared as ``plain`` makes them; coordinates' too."""
    own = {name for field in fields().values() for name in field.names}
    return frozenset(own | {"lat", "lon", "lng", "long", "latitude", "longitude", "latitud"}
                     | {"longitud", "n", "e", "x", "y", "nord", "öst"})  # fmt: skip


def match(
    frame: pd.DataFrame,
    *,
    taken: Collection[str] = (),
    skip: Collection[str] = (),
    headed: bool = True,
    kind: str = "",
) -> tuple[dict[str, str], dict[str, str]]:
    """Return which columns of a table are which of our fields.

    Parameters
    ----------
    taken : columns that are something already (coordinates, or what a person stated).
    skip : fields that are decided already.
    headed : whether the columns have names of their own; without, ids, towns and names are
        recognised by content as well.
    kind : the kind of place in the file; what a place of it is called may name the column of names.

    Returns
    -------
    field → column, and field → what that rests on (``NAME``, ``CONTENT``). A column is one field.
    """
    columns = [str(column) for column in frame.columns if str(column) not in taken]
    found: dict[str, str] = {}
    sure: dict[str, str] = {}
    wanted = [_of_kind(field, kind) for field in fields().values() if field.id not in skip]
    for field, column in _by_name(wanted, columns, frame):
        found[field], sure[field] = column, NAME
    left = [column for column in columns if column not in found.values()]
    rest = [field for field in wanted if field.id not in found]
    for field, column in _by_content(rest, left, frame, headed):
        found[field], sure[field] = column, CONTENT
    order = list(fields())
    return {field: found[field] for field in sorted(found, key=order.index)}, sure


def _of_kind(field: Field, kind: str) -> Field:
    known = presets.kinds().get(kind)
    if field.id != "name" or known is None:
        return field
    called = (known.sv, known.plural_sv, known.en, known.plural_en, *known.names)
    return replace(field, names=(*field.names, *(plain(name) for name in called)))


def _by_name(
    wanted: Sequence[Field], columns: Sequence[str], frame: pd.DataFrame
) -> list[tuple[str, str]]:
    """Give each field its best named column, the surest first; a column is given once."""
    scores = [
        (score, -order, -at, field.id, column)
        for order, field in enumerate(wanted)
        for at, column in enumerate(columns)
        if (score := _name_score(field, column)) > 0 and _fits(field, frame[column])
    ]
    given: dict[str, str] = {}
    for _, _, _, field_id, column in sorted(scores, reverse=True):
        if field_id not in given and column not in given.values():
            given[field_id] = column
    return list(given.items())


def _name_score(field: Field, column: str) -> float:
    """Return how surely a column's name means a field: 100 and above for its very name."""
    name = without_year(plain(column))
    if name in field.names:
        return 200.0 - field.names.index(name)
    words = [plain(word) for word in re.split(r"[\W_]+", column) if word]
    if any(bad in name for bad in field.never):
        return 0.0
    if field.words.intersection(words):
        return 95.0 - min(len(words), 20)
    if len(name) < 5:
        return 0.0
    near = max((fuzz.ratio(name, other) for other in field.names if len(other) >= 5), default=0.0)
    return near - 30.0 if near >= _NEAR else 0.0


def _fits(field: Field, cells: pd.Series) -> bool:
    """Return whether a column named like a field can be it: kinds must be ours, counts must be
    numbers.
    """
    if field.content not in ("kind", "count", "name"):
        return True
    filled = [cell for cell in cells.head(_SAMPLE) if not is_unknown(cell)]
    if not filled:
        return field.content != "kind"
    numeric = sum(to_number(cell) is not None for cell in filled) / len(filled)
    if field.content == "kind":
        return _share(filled, _is_kind) >= _MOST
    return numeric >= _MOST if field.content == "count" else numeric < _MOST


def _by_content(
    wanted: Sequence[Field], columns: Sequence[str], frame: pd.DataFrame, headed: bool
) -> list[tuple[str, str]]:
    samples = {
        column: [cell for cell in frame[column].head(_SAMPLE) if not is_unknown(cell)]
        for column in columns
    }
    given: dict[str, str] = {}
    ids = {field.id for field in wanted}
    for field_id, test in _TESTS.items():
        shares = {
            column: _share(cells, test)
            for column, cells in samples.items()
            if cells and column not in given.values()
        }
        best = max(shares, key=lambda column: shares[column], default=None)
        if field_id in ids and best is not None and shares[best] >= _MOST:
            given[field_id] = best
    for field_id, guess in (("city", _city), ("name", _name), ("id", _code)):
        if field_id in ids and (field_id == "name" or not headed):
            chosen = guess(samples, given, [str(column) for column in frame.columns])
            given |= {field_id: chosen} if chosen is not None else {}
    return list(given.items())


def _share(cells: Sequence[Any], test: Any) -> float:
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0


def _is_kind(cell: Any) -> bool:
    return plain(written(cell)) in _kind_names()


@cache
def _kind_names() -> frozenset[str]:
    names = set()
    for kind in presets.kinds().values():
        names |= {kind.id, kind.sv, kind.plural_sv, kind.en, kind.plural_en, *kind.names}
    return frozenset(plain(name) for name in names)


def _pattern(pattern: re.Pattern[str]) -> Any:
    return lambda cell: len(written(cell)) < 200 and pattern.fullmatch(written(cell)) is not None


_TESTS: Mapping[str, Any] = {
    "url": _pattern(_URL),
    "email": _pattern(_EMAIL),
    "address": _pattern(ADDRESS),
    "postcode": _pattern(POSTCODE),
    "phone": _pattern(_PHONE),
    "opening_hours": _pattern(_HOURS),
    "kind": _is_kind,
}


def _city(
    samples: Mapping[str, Sequence[Any]], given: Mapping[str, str], columns: list[str]
) -> str | None:
    """Return the column right of the postcodes where it holds few different words."""
    at = columns.index(given["postcode"]) + 1 if "postcode" in given else len(columns)
    column = columns[at] if at < len(columns) else ""
    cells = [written(cell) for cell in samples.get(column, ())]
    if not cells or column in given.values() or any(re.search(r"\d", cell) for cell in cells):
        return None
    return column if len(set(cells)) <= max(3, 0.5 * len(cells)) else None


def _name(
    samples: Mapping[str, Sequence[Any]], given: Mapping[str, str], columns: list[str]
) -> str | None:
    """Return the text column that looks most like names of places: mostly different, not long, and
    of several nearest the address.
    """
    texts = {}
    for column, cells in samples.items():
        words = [written(cell) for cell in cells]
        if not words or column in given.values():
            continue
        lettered = _share(words, lambda word: sum(map(str.isalpha, word)) >= 0.5 * len(word) > 0)
        if lettered >= 0.8 and sum(map(len, words)) / len(words) <= 80:
            different = len(set(words)) / len(words)
            if different >= 0.3 or len(words) < 3:
                texts[column] = different
    if not texts:
        return None
    if "address" not in given:
        return max(texts, key=lambda column: texts[column])
    home = columns.index(given["address"])
    return min(texts, key=lambda column: abs(columns.index(column) - home))


def _code(
    samples: Mapping[str, Sequence[Any]], given: Mapping[str, str], columns: list[str]
) -> str | None:
    """Return the leftmost column of whole numbers or codes that are all different."""
    for column in columns:
        codes = [written(cell) for cell in samples.get(column, ())]
        if column in given.values() or len(codes) < 2:
            continue
        if len(set(codes)) == len(codes) and all(re.fullmatch(r"[A-Z]{0,4}\d{1,12}", code)
                                                 for code in codes):  # fmt: skip
            return column
    return None
