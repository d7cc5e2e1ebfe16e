"""Which drawing of DeSO and RegSO a code, a layer or a year of figures belongs to.

Statistics Sweden redrew its statistical areas on 2025-01-01. Figures up to reference year 2023 are
published for DeSO 2018 and RegSO 2020 only, figures from 2024 on for DeSO 2025 and RegSO 2025 only;
older years are not counted anew. Most codes stand in both drawings, so a bare code alone does not
show which one it is of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

DESO, REGSO = "deso", "regso"
LEVELS = (DESO, REGSO)
NAMES = {DESO: "DeSO", REGSO: "RegSO"}
NEW = "2025"
OLD = {DESO: "2018", REGSO: "2020"}
FIRST_NEW_YEAR = 2024
"""The first reference year that is published for the areas of 2025."""

_CODE = re.compile(
    r"(?P<plain>\d{4}(?:(?P<deso>[ABC]\d{4})|R\d{3}))(?:[ _](?:DeSO|RegSO)[ _]?(?P<year>\d{4}))?",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"(?<![a-z])(?P<level>deso|regso)(?:kod)?[ _-]?(?P<year>20\d\d)", re.IGNORECASE
)
_NAMED = re.compile(r"(?:(?P<code>\d{4}R\d{3})\s+)?(?P<town>[^()]+?)\s*\((?P<name>.+)\)")


@dataclass(frozen=True)
class Code:
    """A code as read: ``plain`` as on the map (``0127A0010``), its level, and its vintage where the
    code itself says it (``_DeSO2025``), else "".
    """

    plain: str
    level: str
    vintage: str = ""

    @property
    def municipality(self) -> str:
        """The municipality's four digits."""
        return self.plain[:4]


@dataclass(frozen=True)
class Named:
    """An area's name within its municipality, and the municipality's and its code where they stand
    ("" else).
    """

    name: str
    town: str = ""
    code: str = ""


@dataclass(frozen=True)
class Fit:
    """How figures and outlines meet: how many codes (or names) each has and how many both have.

    ``by_vintage`` counts, for each drawing whose codes are known, how many of the outlines' codes
    stand in it. Vintages are "" where unknown.
    """

    figures: int
    outlines: int
    both: int
    figures_vintage: str
    outlines_vintage: str
    by_vintage: Mapping[str, int]

    @property
    def differ(self) -> bool:
        """Whether the two are known to be of different drawings."""
        known = self.figures_vintage and self.outlines_vintage
        return bool(known) and self.figures_vintage != self.outlines_vintage


def read_code(text: str) -> Code | None:
    """Read a code of DeSO or RegSO; None for anything else.

    >>> read_code("0127A0010_DeSO2025")
    Code(plain='0127A0010', level='deso', vintage='2025')
    >>> read_code("0127R001"), read_code("0127")
    (Code(plain='0127R001', level='regso', vintage=''), None)
    """
    found = _CODE.fullmatch(text.strip())
    if not found:
        return None
    level = DESO if found["deso"] else REGSO
    return Code(found["plain"].upper(), level, found["year"] or "")


def read_name(text: str) -> Named:
    """Read an area as Statistics Sweden writes it with a name; a text in another form is a name as
    it is.

    >>> read_name("Haninge (Brandbergen centrala)")
    Named(name='Brandbergen centrala', town='Haninge', code='')
    >>> read_name("0136R007 Haninge (Handen södra)")
    Named(name='Handen södra', town='Haninge', code='0136R007')
    """
    text = " ".join(text.split())
    found = _NAMED.fullmatch(text)
    return Named(found["name"], found["town"], found["code"] or "") if found else Named(text)


def level_of(codes: Iterable[str]) -> str:
    """Return the level that all codes are of; "" where they are of several or of none."""
    levels = {code.level if code else "" for code in map(read_code, codes)}
    return levels.pop() if len(levels) == 1 else ""


def vintage_of_year(level: str, year: int) -> str:
    """Return the drawing that figures of a reference year are published for; "" without a year."""
    if not year:
        return ""
    return NEW if year >= FIRST_NEW_YEAR else OLD[level]


def stated_vintage(level: str, *words: str) -> str:
    """Return the drawing that names state (of a layer, file or column); "" where none does, or
    where they disagree.

    >>> stated_vintage("deso", "hv_deso2025.geojson"), stated_vintage("regso", "deso2025.gpkg")
    ('2025', '')
    """
    valid = (NEW, OLD[level])
    found = {
        match["year"]
        for text in words
        for match in _STATED.finditer(text)
        if match["level"].lower() == level and match["year"] in valid
    }
    return found.pop() if len(found) == 1 else ""


def vintages_in(codes: Iterable[str]) -> dict[str, int]:
    """Count the vintages that codes state themselves; "" counts those that state none."""
    counts: dict[str, int] = {}
    for code in map(read_code, codes):
        if code:
            counts[code.vintage] = counts.get(code.vintage, 0) + 1
    return counts


def matching(codes: Collection[str], known: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Count how many plain codes stand in each drawing whose codes are known."""
    return {vintage: sum(code in drawn for code in codes) for vintage, drawn in known.items()}


def told_by_codes(codes: Collection[str], known: Mapping[str, Collection[str]]) -> str:
    """Return the only drawing that has all the codes; "" where none has, or both.

    A set of codes that stand in both drawings is of either: unknown stays unknown.
    """
    whole = [vintage for vintage, found in matching(codes, known).items() if found == len(codes)]
    return whole[0] if codes and len(known) > 1 and len(whole) == 1 else ""


def shown(level: str, vintage: str) -> str:
    """Return a drawing as it is called: ``DeSO 2025``; the level alone where it is unknown."""
    return f"{NAMES[level]} {vintage}".strip()
