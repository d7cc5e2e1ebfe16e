"""Figures of statistical areas, their outlines, and how the two are joined: by code, else by name,
and never across a redrawing unless that is asked for.

Which drawing of DeSO and RegSO a code, a layer or a year of figures belongs to.

Statistics Sweden redrew its statistical areas on 2025-01-01. Figures up to reference year 2023 are
published for DeSO 2018 and RegSO 2020 only, figures from 2024 on for DeSO 2025 and RegSO 2025 only;
older years are not counted anew. Most codes stand in both drawings, so a bare code alone does not
show which one it is of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from geo import presets
from geo.area.provenance import LeftOut, Source
from geo.cells import plain
from geo.errors import InputError
from geo.types import WGS84

MOST_LISTED = 60
"""Areas without an outline are listed one by one up to this many."""


@dataclass(frozen=True, eq=False)
class Figures:
    """People per statistical area, without outlines.

    ``frame``: ``code`` (plain, "" where only names are known), ``town`` (the municipality's name)
    and ``name`` ("" unknown) and one float column per group (NaN unknown); the index, named
    ``row``, counts rows of the file or answer. ``vintage`` is the drawing they are published for,
    "" unknown; ``year`` 0 where unknown. ``drawn`` holds the codes of each drawing as far as they
    are known here. ``sources`` name, table by table, where the groups come from.
    """

    frame: pd.DataFrame
    level: str
    vintage: str
    year: int
    sources: tuple[Source, ...]
    left_out: tuple[LeftOut, ...] = ()
    drawn: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def groups(self) -> list[str]:
        """The groups of people counted, in the order of the presets."""
        return [name for name in presets.groups() if name in self.frame]

    @property
    def title(self) -> str:
        """The file or table, as messages name it."""
        return self.sources[0].file or self.sources[0].title


@dataclass(frozen=True, eq=False)
class Outlines:
    """Outlines of statistical areas: ``code``, ``name`` and polygons in WGS84; ``vintage`` is ""
    where nothing shows it.
    """

    frame: gpd.GeoDataFrame
    level: str
    vintage: str
    source: Source


@dataclass(frozen=True, eq=False)
class Joined:
    """Figures with their outlines: ``unit``, ``name``, groups and polygons, index ``row``; areas
    that only one of the two has are listed in ``left_out``.
    """

    frame: gpd.GeoDataFrame
    left_out: tuple[LeftOut, ...]
    fit: Fit


def join(figures: Figures, outlines: Outlines, *, other_vintage: bool = False) -> Joined:
    """Join figures and outlines area by area; nothing is added up, scaled or made to agree.

    Parameters
    ----------
    other_vintage : join also where figures and outlines are known to be of different drawings: an
        area is then the one with the same code or name, whatever ground it covered.

    Raises
    ------
    InputError ``vintage_mismatch`` : they are of different drawings; says how many codes stand in
    which.
    InputError ``no_outlines`` : no area of the figures has an outline.
    """
    by_code = _have_codes(figures, outlines)
    own, theirs = (_keys(frame, by_code=by_code) for frame in (figures.frame, outlines.frame))
    unsure = {key for keys in (own, theirs) for key, n in Counter(keys).items() if n > 1} | {""}
    at = {key: row for row, key in enumerate(theirs) if key not in unsure}
    met = [at.get(key, -1) if key not in unsure else -1 for key in own]
    if not by_code:
        met = _of_one_town(figures, outlines, met)
    fit = _fit(figures, outlines, sum(row >= 0 for row in met))
    first = outlines.frame.iloc[0] if len(outlines.frame) else {"code": "", "name": ""}
    example = first["code"] or first["name"] or "–"
    _check(figures, fit, other_vintage, outlines.source.title, example)
    return Joined(_put_together(figures, outlines, met), _alone(figures, outlines, met, own), fit)


def fit_codes(
    figures: Figures, codes: Collection[str], vintage: str, *, other_vintage: bool = False
) -> Fit:
    """Return how figures meet areas that are known by their codes only.

    Parameters
    ----------
    vintage : the drawing of the areas, "" unknown.

    Raises
    ------
    InputError ``vintage_mismatch``, ``no_outlines`` : as in ``join``.
    """
    own = set(figures.frame["code"])
    both = sum(code in own for code in codes)
    known = vintage or told_by_codes(codes, figures.drawn)
    counts = matching(codes, figures.drawn)
    fit = Fit(len(figures.frame), len(codes), both, figures.vintage, known, counts)
    _check(figures, fit, other_vintage, "–", next(iter(codes), "–"))
    return fit


def _have_codes(figures: Figures, outlines: Outlines) -> bool:
    return bool((figures.frame["code"] != "").any() and (outlines.frame["code"] != "").any())


def _keys(frame: pd.DataFrame, *, by_code: bool) -> list[str]:
    return [str(code) for code in frame["code"]] if by_code else [plain(n) for n in frame["name"]]


def _of_one_town(figures: Figures, outlines: Outlines, met: list[int]) -> list[int]:
    """Drop areas that only share a name: a municipality's outlines meet one town's figures."""
    towns = [str(town) for town in figures.frame["town"]]
    codes = [str(code)[:4] for code in outlines.frame["code"]]
    votes: dict[str, Counter[str]] = {}
    for town, at in zip(towns, met, strict=True):
        if at >= 0:
            votes.setdefault(codes[at], Counter())[town] += 1
    chosen = {code: count.most_common(1)[0][0] for code, count in votes.items()}
    return [
        at if at >= 0 and chosen[codes[at]] == town else -1
        for town, at in zip(towns, met, strict=True)
    ]


def _fit(figures: Figures, outlines: Outlines, both: int) -> Fit:
    codes = [code for code in outlines.frame["code"] if code]
    return Fit(
        len(figures.frame),
        len(outlines.frame),
        both,
        figures.vintage,
        outlines.vintage or told_by_codes(codes, figures.drawn),
        matching(codes, figures.drawn),
    )


def _check(figures: Figures, fit: Fit, other_vintage: bool, outlines: str, example: str) -> None:
    level = figures.level
    if fit.differ and not other_vintage:
        raise InputError(
            "vintage_mismatch",
            file=figures.title,
            figures=shown(level, fit.figures_vintage),
            outlines=shown(level, fit.outlines_vintage),
            both=fit.both,
            areas=fit.outlines,
        )
    if fit.both == 0:
        first = figures.frame.iloc[0]
        raise InputError(
            "no_outlines",
            file=figures.title,
            level=NAMES[level],
            found=first["code"] or first["name"],
            outlines=outlines,
            theirs=example,
        )


def _put_together(figures: Figures, outlines: Outlines, met: list[int]) -> gpd.GeoDataFrame:
    is_met = [row >= 0 for row in met]
    rows = [row for row in met if row >= 0]
    own, theirs = figures.frame[is_met], outlines.frame.iloc[rows]
    codes = [a or b or c for a, b, c in zip(own["code"], theirs["code"], own["name"], strict=True)]
    names = [a or b or c for a, b, c in zip(own["name"], theirs["name"], codes, strict=True)]
    columns = {"unit": codes, "name": names, **{name: own[name] for name in figures.groups}}
    return gpd.GeoDataFrame(columns, index=own.index, geometry=theirs.geometry.values, crs=WGS84)


def _alone(
    figures: Figures, outlines: Outlines, met: list[int], keys: list[str]
) -> tuple[LeftOut, ...]:
    """List the areas that only figures or only outlines have."""
    twice = {key for key, times in Counter(keys).items() if times > 1}
    lost = []
    for row, key, at in zip(figures.frame.index, keys, met, strict=True):
        if at < 0:
            record = figures.frame.loc[row]
            reason = "unsure_area" if key in twice else "no_outline"
            lost.append(LeftOut(int(row), reason, {"found": record["code"] or record["name"]}))
    if len(lost) > MOST_LISTED:
        # A file of the whole country is no list of what went wrong in one area.
        lost = [LeftOut(0, "no_outline_many", {"count": len(lost)})]
    seen = set(met)
    for number, (code, name) in enumerate(
        zip(outlines.frame["code"], outlines.frame["name"], strict=True)
    ):
        if number not in seen:
            lost.append(LeftOut(number + 1, "no_figures", {"found": code or name or "–"}))
    return tuple(lost)


DESO, REGSO = LEVELS = presets.LEVELS
NAMES = {DESO: "DeSO", REGSO: "RegSO"}
NEW = "2025"
OLD = {DESO: "2018", REGSO: "2020"}
FIRST_NEW_YEAR = 2024
"""The first reference year that is published for the areas of 2025."""

_CODE = re.compile(
    r"(?P<plain>\d{3,4}(?:(?P<deso>[ABC]\d{4})|R\d{3}))(?:[ _](?:DeSO|RegSO)[ _]?(?P<year>\d{4}))?",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?<![\w])(\d{3,4}(?:[ABC]\d{4}|R\d{3})(?:_(?:DeSO|RegSO)\d{4})?)(?![\w])", re.I
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
    """Read a code of DeSO or RegSO; None for anything else. A zero that a spreadsheet took off its
    beginning is put back.

    >>> read_code("0127A0010_DeSO2025")
    Code(plain='0127A0010', level='deso', vintage='2025')
    >>> read_code("0127R001"), read_code("0127")
    (Code(plain='0127R001', level='regso', vintage=''), None)
    """
    found = _CODE.fullmatch(text.strip())
    if not found:
        return None
    level = DESO if found["deso"] else REGSO
    whole = len("0180A0001") if level == DESO else len("0180R001")
    return Code(found["plain"].upper().zfill(whole), level, found["year"] or "")


def lacks_zero(text: str) -> bool:
    """Return whether a code lost the zero it begins with."""
    return re.match(r"\d{3}[A-Z]", text.strip(), re.IGNORECASE) is not None


def find_code(text: str) -> tuple[Code | None, str]:
    """Return the code in a cell that may hold a name beside it, and the name.

    >>> find_code("0180A0001 Norra ängby")[1], find_code("Norra ängby (0180A0001)")[0].plain
    ('Norra ängby', '0180A0001')
    """
    if code := read_code(text):
        return code, ""
    found = _BESIDE.findall(text)
    if len(found) != 1:
        return None, text
    return read_code(found[0]), " ".join(text.replace(found[0], " ").strip(" ,;:()–-").split())


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
