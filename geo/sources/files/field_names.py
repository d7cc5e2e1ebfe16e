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
from geo.sources.files.figures import is_count
from geo.sources.files.row_kinds import says_status

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
_ANY_PHONE = re.compile(r"[+(]?\d[\d\s()/.-]{4,20}.*")
_LINK = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+(?:/\S*)?", re.IGNORECASE)
_TOWN = re.compile(r"(?:\d{3} ?\d{2}\s+|\d{4}\s+)?[^\d@]{2,60}")
_BOX = re.compile(r"(?:box|postbox|boks|postboks|pl|postfach)\.?\s*\d+.*", re.IGNORECASE)
_STREET = re.compile(r"[^\W\d][^@]*\s\d{1,4}\s?[A-Za-z]?(?:\W.*)?")
_POSTCODE = re.compile(r"(?=.*\d)[A-Za-z\d][A-Za-z\d -]{2,9}")
HOUSE_NUMBER = re.compile(r"\d{1,4}\s?[A-Za-zÅÄÖåäö]?(?:\s?[-–/]\s?\d{1,4}\s?[A-Za-z]?)?")
_DATED = re.compile(r"(?:19|20)\d\d(?:-?\d\d-?\d\d.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_HALF = 0.5
"""A column that fewer rows fill is no column of names while there is another."""
_SPARSE = 150.0
_CLEAR = 200.0 - 8
"""A column of one of a field's first names is that field whatever stands in it."""
_ALWAYS = frozenset({"kind", "count", "name", "status", "housenumber"})
"""What a field's cells must be whatever its column is called."""


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
    endings: tuple[str, ...] = ()

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
            tuple(entry.get("endings", ())),
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
    fill = {column: _filled_share(frame[column]) for column in columns}
    found: dict[str, str] = {}
    sure: dict[str, str] = {}
    wanted = [_of_kind(field, kind) for field in fields().values() if field.id not in skip]
    named = dict(_by_name(wanted, columns, frame, fill))
    sparse = named.pop("name", "") if fill.get(named.get("name", ""), 1.0) < _HALF else ""
    for field, column in named.items():
        found[field], sure[field] = column, NAME
    left = [column for column in columns if column not in found.values()]
    rest = [field for field in wanted if field.id not in found]
    for field, column in _by_content(rest, left, frame, headed):
        found[field], sure[field] = column, CONTENT
    if sparse and "name" not in found and sparse not in found.values():
        found["name"], sure["name"] = sparse, NAME
    _with_number(found, sure, frame, columns, skip)
    order = list(fields())
    return {field: found[field] for field in sorted(found, key=order.index)}, sure


def _with_number(
    found: dict[str, str],
    sure: dict[str, str],
    frame: pd.DataFrame,
    columns: Sequence[str],
    skip: Collection[str],
) -> None:
    """Take the column right of streets that stand without numbers for these, where it holds such:
    ``Gata``, ``Nr``.
    """
    street = found.get("address", "")
    if not street or "housenumber" in found or "housenumber" in skip:
        return
    at = columns.index(street) + 1 if street in columns else len(columns)
    beside = columns[at] if at < len(columns) else ""
    taken = {column: field for field, column in found.items()}
    if not beside or taken.get(beside, "id") != "id" or sure.get("id") == STATED:
        return
    cells = [cell for cell in frame[beside].head(_SAMPLE) if not is_unknown(cell)]
    streets = [written(cell) for cell in frame[street].head(_SAMPLE) if not is_unknown(cell)]
    bare = _share(streets, lambda cell: re.search(r"\d", cell) is None)
    number = (
        plain(beside) in ("nr", "nummer", "no", "number", "num", "hnr", "#") or beside[0] == "#"
    )
    if number and cells and bare >= _MOST and _share(cells, _house_number) >= 0.8:
        if taken.get(beside) == "id":
            del found["id"], sure["id"]
        found["housenumber"], sure["housenumber"] = beside, CONTENT


def _house_number(cell: Any) -> bool:
    return HOUSE_NUMBER.fullmatch(written(cell)) is not None


def _filled_share(cells: pd.Series) -> float:
    filled = sum(not is_unknown(cell) for cell in cells)
    return filled / len(cells) if len(cells) else 0.0


_OF_ASSOCIATIONS = frozenset({"förening", "föreningsnamn", "organisationsnamn", "organisation"})


def _of_kind(field: Field, kind: str) -> Field:
    known = presets.kinds().get(kind)
    if field.id != "name" or known is None:
        return field
    called = (known.sv, known.plural_sv, known.en, known.plural_en, *known.names)
    names = (*field.names, *(plain(name) for name in called))
    if kind == "association":
        return replace(field, names=names)
    later = [name for name in names if name in _OF_ASSOCIATIONS]
    first = [name for name in names if name not in _OF_ASSOCIATIONS]
    return replace(field, names=tuple(dict.fromkeys((*first, *later))))


def _by_name(
    wanted: Sequence[Field],
    columns: Sequence[str],
    frame: pd.DataFrame,
    fill: Mapping[str, float],
) -> list[tuple[str, str]]:
    """Give each field its best named column, the surest first; a column is given once. One that
    most rows leave empty comes after those that hold something.
    """
    scores = [
        (score - _SPARSE * (fill[column] < _HALF), -order, -at, field.id, column)
        for order, field in enumerate(wanted)
        for at, column in enumerate(columns)
        if (score := _name_score(field, column)) > 0 and _fits(field, frame[column], score)
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
    if field.endings and name.endswith(field.endings):
        return 70.0
    if len(name) < 5:
        return 0.0
    near = max((fuzz.ratio(name, other) for other in field.names if len(other) >= 5), default=0.0)
    return near - 30.0 if near >= _NEAR else 0.0


def _fits(field: Field, cells: pd.Series, score: float) -> bool:
    """Return whether a column named like a field can be it by what stands there: kinds must be
    ours, counts numbers, and where its name is only like one of the field's, or one that may mean
    something else, addresses of mail have their sign.
    """
    test = _HOLDS.get(field.content)
    post = "post" in plain(str(cells.name)) and field.content in ("address", "city")
    clear = score > _CLEAR and field.content not in _ALWAYS and not post
    if test is None or clear:
        return True
    filled = [cell for cell in cells.head(_SAMPLE) if not is_unknown(cell)]
    if not filled:
        return field.content not in ("kind", "status")
    if field.content == "address" and post:
        test = _post_address
    return _share(filled, test) >= (_MOST if field.content != "name" else 0.4)


def _post_address(cell: Any) -> bool:
    return any(pattern.fullmatch(written(cell)) for pattern in (ADDRESS, _STREET, _BOX))


def _is_address(cell: Any) -> bool:
    text = written(cell)
    return to_number(cell) is None and "@" not in text and "://" not in text


def _has_letters(cell: Any) -> bool:
    text = written(cell)
    return sum(map(str.isalpha, text)) >= 0.5 * max(len(text), 1)


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
            if cells and column not in given.values() and not _one_link(field_id, cells)
        }
        best = max(shares, key=lambda column: shares[column], default=None)
        if field_id in ids and best is not None and shares[best] >= _MOST:
            given[field_id] = best
    for field_id, guess in (("city", _city), ("name", _name), ("id", _code)):
        if field_id in ids and (field_id == "name" or not headed):
            chosen = guess(samples, given, [str(column) for column in frame.columns])
            given |= {field_id: chosen} if chosen is not None else {}
    return list(given.items())


def _one_link(field_id: str, cells: Sequence[Any]) -> bool:
    """Return whether a column repeats one link in every row: a namespace, no place's page."""
    return field_id == "url" and len(cells) > 1 and len({written(cell) for cell in cells}) == 1


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


_HOLDS: Mapping[str, Any] = {
    "kind": _is_kind,
    "count": is_count,
    "name": lambda cell: to_number(cell) is None,
    "words": _has_letters,
    "email": lambda cell: "@" in written(cell),
    "phone": _pattern(_ANY_PHONE),
    "url": lambda cell: all(_LINK.fullmatch(part) for part in written(cell).split()[:1]),
    "address": _is_address,
    "city": _pattern(_TOWN),
    "postcode": _pattern(_POSTCODE),
    "housenumber": _house_number,
    "status": says_status,
    "end": _pattern(_DATED),
}
"""By a field's ``content``: whether a cell can be of it, where the column is named like it."""

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
    most = max(map(len, samples.values()), default=0)
    for column, cells in samples.items():
        words = [written(cell) for cell in cells]
        if not words or column in given.values() or len(words) < _HALF * most:
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
