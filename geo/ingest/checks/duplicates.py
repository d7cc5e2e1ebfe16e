"""The same place twice: by name, address and distance together. Never by one of them alone.

Only records of one kind can be one place. Pairs to look at come from an index (nearest points, one
address, one name), so that ten thousand places are not compared with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.ingest.checks.rows import Rows, core, each_once, groups_of, key_pairs, likeness, near_pairs
from geo.ingest.checks.thresholds import Fix, Problem, Severity
from geo.types import Ints

ROUNDS = 5
"""How often merged places are looked at again: what one record has may show that a third is the
same.
"""


@dataclass(frozen=True)
class Pair:
    """Two rows that may be one place: how sure, and how."""

    one: int
    other: int
    severity: Severity


def same_problems(rows: Rows, wrong: frozenset[str]) -> Iterator[Problem]:
    """Return a problem per place that stands twice: on the one that would go.

    Parameters
    ----------
    wrong : ids of places whose point is wrong: the other record's point is better.
    """
    found = _pairs(rows)
    label = groups_of(len(rows), np.array([(pair.one, pair.other) for pair in found]))
    by_label: dict[int, list[Pair]] = {}
    for pair in found:
        by_label.setdefault(int(label[pair.one]), []).append(pair)
    for pairs in by_label.values():
        worst = _worst(pairs)
        stays = max(worst, key=lambda row: _worth(rows, row, wrong))
        for row in sorted(worst):
            if row != stays and row < rows.own:
                yield _problem(rows, row, stays, worst[row])


def _worst(pairs: Sequence[Pair]) -> dict[int, Severity]:
    """Return how sure it is, at most, that each row of the pairs is one with another."""
    found: dict[int, Severity] = {}
    for pair in pairs:
        for row in (pair.one, pair.other):
            found[row] = min(found.get(row, pair.severity), pair.severity, key=_BADNESS.__getitem__)
    return found


def _problem(rows: Rows, row: int, stays: int, severity: Severity) -> Problem:
    placed = rows.placed[row] and rows.placed[stays]
    apart = {"metres": float(np.hypot(*(rows.xy[row] - rows.xy[stays])))} if placed else {}
    known = {"address": rows.written[row] or rows.written[stays]}
    code = "same_place" if severity != "note" else "maybe_same"
    if not apart:
        code = "same_place_unplaced"
    return rows.problem(
        code,
        row,
        severity=severity,
        values={"other": rows.name(stays), **known, **apart},
        others=(stays,),
        fix=Fix("merge", rows.ids[row], {"into": rows.ids[stays]}),
    )


_BADNESS: Mapping[str, int] = {"error": 0, "warning": 1, "note": 2}


def _worth(rows: Rows, row: int, wrong: frozenset[str]) -> tuple[object, ...]:
    """Rank a record: one in the area already, with a right point, with most fields known; else
    first.
    """
    known = sum(value not in (None, "") for value in rows.records[row].values())
    return (
        row >= rows.own,
        bool(rows.placed[row]),
        rows.ids[row] not in wrong,
        bool(rows.written[row]),
        bool(rows.names[row]),
        known,
        -row,
    )


def _pairs(rows: Rows) -> list[Pair]:
    """Return pairs of one place, also those that show only when records are merged."""
    everything = range(len(rows))
    found = _judged(rows, everything)
    seen = {(pair.one, pair.other) for pair in found}
    for _ in range(ROUNDS):
        merged = _merged(rows, found)
        filled = [
            row
            for row in everything
            if (merged.names[row], merged.written[row]) != (rows.names[row], rows.written[row])
        ]
        more = [pair for pair in _judged(merged, filled) if (pair.one, pair.other) not in seen]
        if not more:
            break
        found += more
        seen |= {(pair.one, pair.other) for pair in more}
    return found


def _merged(rows: Rows, pairs: Sequence[Pair]) -> Rows:
    """Return the rows with each place's unknown address or name filled from its group."""
    label = groups_of(len(rows), np.array([(pair.one, pair.other) for pair in pairs]))
    return replace(rows, names=_filled(rows.names, label), written=_filled(rows.written, label))


def _filled(texts: Sequence[str], label: Ints) -> tuple[str, ...]:
    first: dict[int, str] = {}
    for text, group in zip(texts, label, strict=True):
        if text:
            first.setdefault(int(group), text)
    return tuple(
        text or first.get(int(group), "") for text, group in zip(texts, label, strict=True)
    )


def _judged(rows: Rows, looked_at: Sequence[int]) -> list[Pair]:
    """Return the pairs of one place that some of the rows are part of."""
    if not looked_at:
        return []
    found, these = [], set(looked_at)
    for one, other in _candidates(rows):
        if one not in these and other not in these:
            continue
        severity = _same(rows, one, other)
        if severity is not None:
            found.append(Pair(one, other, severity))
    return found


def _candidates(rows: Rows) -> list[tuple[int, int]]:
    """Return pairs worth a look: of one kind, and near, or of one name, or of one address."""
    cores = [core(name) for name in rows.names]
    by_name = [
        f"{kind} {name}" if name else "" for kind, name in zip(rows.kinds, cores, strict=True)
    ]
    by_address = [
        f"{kind} {address.street} {address.low}" if address.low else ""
        for kind, address in zip(rows.kinds, rows.addresses, strict=True)
    ]
    pairs = each_once(
        [
            *near_pairs(rows.xy, rows.placed, rows.rule.same.near_m),
            *key_pairs(by_name, rows.written),
            *key_pairs(by_address, cores),
        ]
    )
    return [
        (one, other)
        for one, other in pairs
        if one < rows.own and rows.kinds[one] == rows.kinds[other]
    ]


def _same(rows: Rows, one: int, other: int) -> Severity | None:
    """Return how sure it is that two records of one kind are one place; None: they are not."""
    rule = rows.rule.same
    alike = likeness(rows.names[one], rows.names[other])
    mine, theirs = rows.addresses[one], rows.addresses[other]
    house = mine.low > 0 and theirs.low > 0 and mine.meets(theirs)
    told_apart = bool(mine.street and theirs.street) and not house
    placed = rows.placed[one] and rows.placed[other]
    metres = float(np.hypot(*(rows.xy[one] - rows.xy[other]))) if placed else np.inf
    if house and alike >= rule.alike_far:
        return "error"
    if house and alike >= rule.alike and metres <= rule.near_m:
        return "warning"
    if told_apart or metres > rule.near_m:
        return None
    if house and metres <= rule.beside_m and not (rows.names[one] and rows.names[other]):
        return "note" if rows.names[one] or rows.names[other] else "warning"
    if alike >= rule.alike_far or (alike >= rule.alike and metres <= rule.beside_m):
        return "warning"
    alone = rows.kinds[one] in rule.rarely_two
    return "note" if alone and metres <= rule.beside_m else None
