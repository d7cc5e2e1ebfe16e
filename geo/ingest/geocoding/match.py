"""Finding where a written address or the name of a building is, by the gazetteer of an area. What
is not certain is a suggestion for a person, never a position.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import shapely
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.ingest.geocoding.gazetteer import PREFIX, Entry, Gazetteer
from geo.ingest.geocoding.parse import (
    Address,
    Name,
    Number,
    Street,
    read_address,
    read_names,
    words_table,
)

SAME_SPOT_M = 150.0
"""Hits that lie closer than this are one place, of a few doors; farther apart it is not certain."""
ONE_SLIP, TWO_SLIPS = 5, 12
"""Letters a street's own name needs so that one or two slips in it are taken for slips of spelling
(a letter too many, too few, another, or two turned round; never the first letter). Among 289 real
street names of Stockholm the four pairs so alike were four misspelt streets."""
NAME_LETTERS = 7
"""Letters a building's name needs for that."""
SHOWN_LIKE = 0.78
"""From here on a likeness is shown as a suggestion."""
EXACT, LETTER, RANGE, SPELLING, NAME, ROUGHLY = 100.0, 95.0, 92.0, 90.0, 90.0, 60.0
"""Scores: address as written; its number without or with other letters; an end of a range of
numbers; a slip of spelling (times the likeness); a building by its name; a street only."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for: what a row of a file reports of where it is. ``kind``: a kind of place;
    ``protected``: no service may be asked for it.
    """

    name: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    kind: str = ""
    protected: bool = False


@dataclass(frozen=True)
class Match:
    """What was found. ``how``: ``address`` or ``name``, "" where nothing is certain; then
    ``reason`` (a key under ``unplaced.``) is why, and ``point`` with ``said`` is the best
    suggestion, if there is one. ``score`` 0–100. ``grade``: how well it agrees: ``exact``,
    ``letter``, ``range``, ``spelling``, ``name``, ``street`` or ``near``. ``near``: what it is only
    near to (see ``finder``), "" where it is the place itself, and by which ``words``.
    """

    how: str = ""
    score: float = 0.0
    grade: str = ""
    point: shapely.Point | None = None
    said: str = ""
    source: str = ""
    reason: str = ""
    near: str = ""
    words: str = ""

    @property
    def certain(self) -> bool:
        """Whether the position may be used."""
        return self.how != ""


def find(known: Gazetteer, wanted: Wanted) -> Match:
    """Find a row's place: by its address, else by its name where the two do not disagree."""
    address = read_address(wanted.address, postcode=wanted.postcode, city=wanted.city)
    if known.postcodes and address.postcode and address.postcode[:PREFIX] not in known.postcodes:
        return Match(reason="other_postcode")
    by_address = _by_address(known, address)
    if by_address.certain:
        return by_address
    by_name = _by_name(known, wanted, address)
    if by_name.certain or not by_address.said:
        return by_name if by_name.certain or by_name.said else by_address
    return by_address


def _by_address(known: Gazetteer, address: Address) -> Match:
    if address.street is None:
        return Match(reason="no_address")
    rows = _same_post(known, known.by_street.get(address.street, []), address)
    if not rows:
        return _by_spelling(known, address)
    if address.number is None:
        return _suggested(known, rows, "no_number")
    return _by_number(known, rows, address) or _nearest_number(known, rows, address.number)


def _same_post(known: Gazetteer, rows: list[int], address: Address) -> list[int]:
    """Keep the entries that may have the address's postcode."""
    if not address.postcode:
        return rows
    prefix = address.postcode[:PREFIX]
    return [row for row in rows if known.entries[row].postcode[:PREFIX] in ("", prefix)]


def _one_spot(known: Gazetteer, rows: list[int], address: Address) -> list[int]:
    """Keep the entries of the best source; where they lie apart, those of the address's own
    postcode or town, if that leaves any.
    """
    best = min(known.entries[row].rank for row in rows)
    rows = [row for row in rows if known.entries[row].rank == best]
    if known.span_m(rows) <= SAME_SPOT_M:
        return rows
    post, town = address.postcode or None, address.city or None
    own = [
        row
        for row in rows
        if known.entries[row].postcode == post or known.entries[row].city == town
    ]
    return own or rows


def _by_number(known: Gazetteer, rows: list[int], address: Address) -> Match | None:
    """Return the match of the entries whose number agrees best; None where none does."""
    graded: dict[float, list[int]] = {}
    for row in rows:
        has = known.entries[row].number
        score = _agreement(address.number, has) if has and address.number else 0.0
        if score:
            graded.setdefault(score, []).append(row)
    if not graded:
        return None
    score = max(graded)
    hits = _one_spot(known, graded[score], address)
    if known.span_m(hits) > SAME_SPOT_M:
        return _suggested(known, hits, "ambiguous")
    grade = {EXACT: "exact", LETTER: "letter", RANGE: "range"}[score]
    return _found(known, known.middle(hits), "address", score, grade)


def _agreement(wanted: Number, has: Number) -> float:
    """Return how well two house numbers agree; 0 where they do not."""
    if (wanted.low, wanted.high) == (has.low, has.high):
        if wanted.letters == has.letters:
            return EXACT
        return LETTER if not wanted.letters or not has.letters or _overlap(wanted, has) else 0.0
    if has.is_range and has.holds(wanted.low) and has.holds(wanted.high):
        return RANGE
    if wanted.is_range and wanted.holds(has.low) and wanted.holds(has.high):
        return RANGE
    return 0.0


def _overlap(a: Number, b: Number) -> bool:
    """Return whether letters such as ``b`` and ``ad`` (A–D) can be of one door."""
    spans = [(min(number.letters), max(number.letters)) for number in (a, b)]
    return max(low for low, _ in spans) <= min(high for _, high in spans)


def _nearest_number(known: Gazetteer, rows: list[int], number: Number) -> Match:
    """Suggest the nearest number, on the same side of the street where there is one."""

    def far(row: int) -> tuple[bool, int]:
        has = known.entries[row].number
        if has is None:
            return True, 10_000
        return (has.low - number.low) % 2 != 0, abs(has.low - number.low)

    nearest = min(rows, key=far)
    return replace(_found(known, nearest, "", ROUGHLY, "street"), reason="other_number")


def _by_spelling(known: Gazetteer, address: Address) -> Match:
    """Look for the street with a slip of spelling: the one street that is like, with the number."""
    assert address.street is not None
    alike = _alike(known, address.street)
    for street, _ in alike:
        alone = sum(_slip(address.street, other) for other, _ in alike) == 1
        rows = _same_post(known, known.by_street[street], address)
        found = _by_number(known, rows, address) if rows else None
        if found and found.certain and alone and _slip(address.street, street):
            share = OSA.normalized_similarity(_whole(address.street), _whole(street))
            return replace(found, score=round(SPELLING * share, 1), grade="spelling")
    for street, share in alike:
        rows = _same_post(known, known.by_street[street], address)
        if rows:
            at = _by_number(known, rows, address) or _suggested(known, rows, "")
            score = round(ROUGHLY * share, 1)
            return replace(at, how="", score=score, grade="street", reason="similar_street")
    return Match(reason="unknown_street")


def _alike(known: Gazetteer, street: Street) -> list[tuple[Street, float]]:
    """Return the streets most like one, with their likeness; a street whose word for street is
    misspelt may be of any kind.
    """
    others = known.streets_of(street.type)
    found = process.extract(
        _whole(street),
        [_whole(other, as_written=not street.type) for other in others],
        scorer=OSA.normalized_similarity,
        score_cutoff=SHOWN_LIKE,
        limit=3,
    )
    return [(others[at], share) for _, share, at in found]


def _whole(street: Street, *, as_written: bool = False) -> str:
    """Return a street with its word for street: the one word for its kind, or as most write it."""
    ends = words_table()["street_types"].get(street.type) if as_written else None
    return street.stem + (ends[0] if ends else street.type)


def _slip(wanted: Street, has: Street) -> bool:
    """Return whether one street is the other with slips of spelling."""
    if wanted.type == has.type:
        return _misspelt(wanted.stem, has.stem, ONE_SLIP) and not _turned(wanted.stem, has.stem)
    ends = words_table()["street_types"].get(has.type, ())
    return wanted.stem.startswith(has.stem) and any(
        OSA.distance(wanted.stem, has.stem + end) == 1 for end in ends
    )


def _misspelt(a: str, b: str, letters: int) -> bool:
    """Return whether one name is the other with as few slips as its length allows."""
    shorter = min(len(a), len(b))
    slips = (shorter >= letters) + (shorter >= TWO_SLIPS)
    return a[:1] == b[:1] and OSA.distance(a, b) <= slips


def _turned(a: str, b: str) -> bool:
    """Return whether one name says another direction or ordinal than the other: no slip of
    spelling.
    """
    words = (
        "norra",
        "södra",
        "östra",
        "västra",
        "övre",
        "nedre",
        "stora",
        "lilla",
        "inre",
        "yttre",
    )
    told = [{word for word in words if name.startswith(word)} for name in (a, b)]
    digits = [[sign for sign in name if sign.isdigit()] for name in (a, b)]
    return told[0] != told[1] or digits[0] != digits[1]


def _by_name(known: Gazetteer, wanted: Wanted, address: Address) -> Match:
    nothing = Match(reason="no_address" if address.street is None else "unknown_street")
    names = read_names(wanted.name)
    if address.number is None:  # "Muskö skola" in the column of addresses is a name
        names = (*names, *read_names(wanted.address))
    for name in names:
        hits = [
            row for row in known.by_name.get(name, []) if _may_be(known.entries[row], name, wanted)
        ]
        if hits:
            return _judged(known, hits, address, NAME)
    for name in names:
        like = _like_names(known, name, wanted)
        if like:
            other, share = like[0]
            found = _judged(known, known.by_name[other], address, NAME * share)
            alone = sum(_misspelt(name.stem, one.stem, NAME_LETTERS) for one, _ in like) == 1
            if found.certain and alone and _misspelt(name.stem, other.stem, NAME_LETTERS):
                return replace(found, grade="spelling")
            return replace(found, how="", reason=found.reason or "similar_name")
    return nothing


def _may_be(entry: Entry, name: Name, wanted: Wanted) -> bool:
    """Return whether a name is enough: it names what the building is, or both are of one kind of
    place.
    """
    return name.type != "" or (entry.kind != "" and entry.kind == wanted.kind)


def _like_names(known: Gazetteer, name: Name, wanted: Wanted) -> list[tuple[Name, float]]:
    others = [
        other
        for other in known.by_name
        if other.type == name.type and _may_be(known.entries[known.by_name[other][0]], name, wanted)
    ]
    stems = [other.stem for other in others]
    found = process.extract(
        name.stem, stems, scorer=OSA.normalized_similarity, score_cutoff=SHOWN_LIKE, limit=2
    )
    return [(others[at], share) for _, share, at in found]


def _judged(known: Gazetteer, hits: list[int], address: Address, score: float) -> Match:
    """Return a match by name, certain only where it is one spot and the address agrees with it."""
    hits = _one_spot(known, _same_post(known, hits, address) or hits, address)
    entry = known.entries[known.middle(hits)]
    best = _found(known, known.middle(hits), "name", round(score, 1), "name")
    if known.span_m(hits) > SAME_SPOT_M:
        return replace(best, how="", reason="ambiguous")
    if address.street is not None and entry.street not in (None, address.street):
        return replace(best, how="", score=ROUGHLY, reason="name_elsewhere")
    if entry.street is None and address.street is not None:
        there = known.by_street.get(address.street, [])
        if there and known.span_m([*there, hits[0]]) > known.span_m(there) + SAME_SPOT_M:
            return replace(best, how="", score=ROUGHLY, reason="name_elsewhere")
    if entry.postcode and address.postcode and entry.postcode[:PREFIX] != address.postcode[:PREFIX]:
        return replace(best, how="", score=ROUGHLY, reason="name_elsewhere")
    return best


def _suggested(known: Gazetteer, rows: list[int], reason: str) -> Match:
    return replace(_found(known, known.middle(rows), "", ROUGHLY, "street"), reason=reason)


def _found(known: Gazetteer, row: int, how: str, score: float, grade: str) -> Match:
    entry = known.entries[row]
    return Match(how, score, grade, known.points[row], entry.written, entry.source)
