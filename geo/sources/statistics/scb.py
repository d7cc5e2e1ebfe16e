"""People per DeSO and RegSO straight from Statistics Sweden's open database (PxWebApi 2), its
JSON-stat 2 answers read as tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pxstatspy import OutputFormat, PxAPI, PxAPIConfig  # type: ignore[import-untyped]
from requests.exceptions import JSONDecodeError

from geo.area.provenance import Source
from geo.errors import InputError
from geo.sources.http import Line, Pace, Refused, Steps, address
from geo.sources.statistics.join import (
    OLD,
    Code,
    Figures,
    read_code,
    read_name,
    shown,
    vintage_of_year,
)
from geo.types import Floats, Progress

SERVICE = "SCB"
SCB_URL = "https://statistikdatabasen.scb.se/api/v2"
TIMEOUT_S = 60.0
MAX_CELLS, MAX_CALLS, WINDOW_S = 150_000, 30, 10.0
"""What the service allows per request and window where it does not state it."""
LICENCE = "CC0 1.0"


@dataclass(frozen=True)
class StatTable:
    """A table: the variable it divides people by, and which of its classes make which group.

    ``classes`` maps a group to the classes whose published counts are added; everything is both
    sexes together, as published.
    """

    id: str
    name: str
    contents: str
    variable: str
    classes: Mapping[str, tuple[str, ...]]

    @property
    def codes(self) -> list[str]:
        """Every class wanted, once."""
        return list(dict.fromkeys(code for codes in self.classes.values() for code in codes))


AGES = StatTable(
    *("TAB6574", "FolkmDesoAldKon", "000007Y7", "Alder"),
    {"all": ("totalt",), "children_0_4": ("-4",), "children_5_9": ("5-9",)},
)
BACKGROUND = StatTable(
    *("TAB6571", "FolkmDesoBakgrKon", "000007Y4", "UtlBakgrund"), {"foreign_background": ("1",)}
)
BIRTH = StatTable(
    *("TAB6572", "FolkmDesoLandKon", "000007Y5", "Fodelseregion"),
    {"born_abroad": ("eu", "öv")},
)
"""Born abroad is Europe outside Sweden plus the rest of the world, unknown country included;
foreign background is another table and another measure, and the two are never mixed."""
TABLES = (AGES, BACKGROUND, BIRTH)


@dataclass(frozen=True)
class Wanted:
    """What is wanted. ``year`` 0 is the latest; ``municipality`` is four digits; ``codes`` are
    plain codes, used where no municipality is given.
    """

    level: str = "deso"
    year: int = 0
    municipality: str = ""
    codes: frozenset[str] = field(default_factory=frozenset)


def check_municipality(code: str) -> str:
    """Return a municipality's code.

    Raises
    ------
    InputError ``bad_municipality`` : it is not four digits.
    """
    if not re.fullmatch(r"\d{4}", code.strip()):
        raise InputError("bad_municipality", found=code[:40])
    return code.strip()


def fetch_figures(
    wanted: Wanted, *, progress: Progress | None = None, timeout_s: float = TIMEOUT_S
) -> Figures:
    """Fetch people of each group per statistical area, exactly as published.

    Since reference year 2024 each published count carries a small random change of its own: parts
    need not add up to their total, and nothing is done about it here.

    ``NARHET_SCB_URL`` names another server.

    Raises
    ------
    InputError ``year_missing`` : the tables have no such year.
    InputError ``no_such_areas`` : none of the areas is in the tables.
    Offline, ServiceSlow, OnlineError ``service_answer`` : the service did not help; Cancelled.
    """
    steps = Steps(progress)
    steps.say("progress.fetch_tables", 0.02)
    bank = _Bank(steps, timeout_s)
    described = [_Described.of(table, bank) for table in TABLES]
    year = _year(described, wanted.year)
    vintage = vintage_of_year(wanted.level, year)
    frames, sources = [], []
    regions: dict[str, str] = {}
    for number, table in enumerate(described):
        steps.say("progress.fetch_figures", 0.1 + 0.8 * number / len(described))
        own = _regions(table, wanted, vintage)
        regions |= own
        frames.append(_counted(table, bank, own, year))
        sources.append(_source(table, wanted.level, vintage, year, len(own)))
    counts = pd.concat(frames, axis=1)
    names = described[0].labels
    frame = pd.DataFrame(
        {
            "code": counts.index,
            "town": "",
            "name": [_name(names.get(regions[code], ""), code) for code in counts.index],
            **{group: counts[group].to_numpy(np.float64) for group in counts},
        },
        index=pd.RangeIndex(1, len(counts) + 1, name="row"),
    )
    return Figures(
        frame, wanted.level, vintage, year, tuple(sources), drawn=_drawn(described, wanted)
    )


class _Bank:
    """The database behind pxstatspy, whose session, pace and limits are ours."""

    def __init__(self, steps: Steps, timeout_s: float) -> None:
        self.line = Line(SERVICE, timeout_s=timeout_s, check=steps.again)
        config = PxAPIConfig(base_url=address("NARHET_SCB_URL", SCB_URL), language="sv")
        self.api = PxAPI(config, fetch_config=False)
        self.api.session = self.line
        self.api.rate_limiter = Pace(MAX_CALLS, WINDOW_S, steps.again)
        limits = self._ask(self.api.get_config)
        self.max_cells = _whole(limits.get("maxDataCells"), MAX_CELLS)
        self.api.rate_limiter = Pace(
            _whole(limits.get("maxCallsPerTimeWindow"), MAX_CALLS),
            _whole(limits.get("timeWindow"), int(WINDOW_S)),
            steps.again,
        )

    def metadata(self, table: StatTable) -> Any:
        """Return a table's variables and their codes."""
        return self._ask(self.api.get_table_metadata, table.id, output_format="json-stat2")

    def data(self, table: StatTable, chosen: Mapping[str, Iterable[str]]) -> Any:
        """Return the cells of a selection."""
        selection = [
            {"variableCode": name, "valueCodes": list(codes)} for name, codes in chosen.items()
        ]
        return self._ask(
            self.api.get_table_data_post,
            table.id,
            {"selection": selection},
            output_format=OutputFormat.JSON_STAT2,
        )

    def _ask(self, question: Any, *asked: Any, **named: Any) -> Any:
        try:
            answer = question(*asked, **named)
        except Refused as refused:
            raise self.line.unusable("http_status", found=str(refused.status)) from refused
        except JSONDecodeError as error:
            raise self.line.unusable("unreadable_answer") from error
        if not isinstance(answer, dict):
            raise self.line.unusable("unreadable_answer")
        return answer


@dataclass(frozen=True, eq=False)
class _Described:
    """A table as the service describes it: codes of regions and years, and what they are called."""

    table: StatTable
    regions: dict[str, Code]
    labels: dict[str, str]
    years: list[int]
    updated: str

    @classmethod
    def of(cls, table: StatTable, bank: _Bank) -> _Described:
        """Fetch a table's description and check that it is the table we expect."""
        answer = bank.metadata(table)
        try:
            codes = {
                name: codes_of(answer, name) for name in ("Region", "Tid", table.variable, "Kon")
            }
            labels = answer["dimension"]["Region"]["category"].get("label", {})
            years = sorted(int(code) for code in codes["Tid"])
            updated = str(answer.get("updated") or "")[:10]
            regions = {text: code for text in codes["Region"] if (code := read_code(text))}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise bank.line.unusable("unreadable_answer") from error
        missing = set(table.codes) - set(codes[table.variable]) | {"1+2"} - set(codes["Kon"])
        if missing or not years or not regions:
            found = f"{table.id}: {', '.join(sorted(missing)) or 'Region, Tid'}"
            raise bank.line.unusable("table_changed", found=found)
        return cls(table, regions, dict(labels), years, updated)


def _year(described: list[_Described], wanted: int) -> int:
    """Return the year wanted, or the latest that every table has."""
    shared = set(described[0].years).intersection(*(table.years for table in described))
    if wanted in shared or (not wanted and shared):
        return wanted or max(shared)
    known = sorted(shared)
    span = f"{known[0]}–{known[-1]}" if known else "–"
    raise InputError("year_missing", found=str(wanted or "–"), known=span, service=SERVICE)


def _regions(table: _Described, wanted: Wanted, vintage: str) -> dict[str, str]:
    """Return plain code → the table's code of the areas wanted, in the drawing of the year."""
    stated = {code.vintage for code in table.regions.values() if code.level == wanted.level}
    # Codes of the older drawing carry no suffix; a bare code is never taken for one of the new.
    suffix = "" if vintage == OLD[wanted.level] and vintage not in stated else vintage
    found = {
        code.plain: text
        for text, code in table.regions.items()
        if code.level == wanted.level
        and code.vintage == suffix
        and (
            code.municipality == wanted.municipality
            if wanted.municipality
            else code.plain in wanted.codes
        )
    }
    if not found:
        where = wanted.municipality or ", ".join(sorted(wanted.codes)[:3]) or "–"
        raise InputError(
            "no_such_areas", found=where, level=shown(wanted.level, vintage), service=SERVICE
        )
    return found


def _counted(table: _Described, bank: _Bank, regions: Mapping[str, str], year: int) -> pd.DataFrame:
    """Fetch a table's groups, plain codes in the index, in as many questions as its limit needs."""
    codes = table.table.codes
    most = max(1, bank.max_cells // len(codes))
    plain, asked = list(regions), list(regions.values())
    cells = np.concatenate(
        [
            _cells(bank, table.table, asked[at : at + most], year)
            for at in range(0, len(asked), most)
        ]
    )
    column = {code: cells[:, at] for at, code in enumerate(codes)}
    groups = {
        group: np.sum([column[code] for code in made], axis=0)
        for group, made in table.table.classes.items()
    }
    return pd.DataFrame(groups, index=plain)


def _cells(bank: _Bank, table: StatTable, regions: list[str], year: int) -> Floats:
    """Return published counts, regions × classes; NaN where the service gives none."""
    chosen = {
        "Region": regions,
        table.variable: table.codes,
        "Kon": ["1+2"],
        "ContentsCode": [table.contents],
        "Tid": [str(year)],
    }
    answer = bank.data(table, chosen)
    try:
        return read_cells(answer, chosen, ("Region", table.variable))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise bank.line.unusable("unreadable_answer") from error


def _source(table: _Described, level: str, vintage: str, year: int, rows: int) -> Source:
    made = table.table.classes.items()
    return Source(
        "people",
        f"SCB {table.table.id} {table.table.name}, {shown(level, vintage)}, {year}",
        LICENCE,
        f"{year}-12-31",
        rows=rows,
        columns={
            group: f"{table.table.id} {table.table.variable}={' + '.join(codes)}"
            for group, codes in made
        },
    )


def _drawn(described: list[_Described], wanted: Wanted) -> dict[str, frozenset[str]]:
    """Return the plain codes of each drawing that the tables hold, in the municipalities wanted."""
    towns = {wanted.municipality} if wanted.municipality else {code[:4] for code in wanted.codes}
    found: dict[str, set[str]] = {}
    for code in described[0].regions.values():
        if code.level == wanted.level and code.municipality in towns:
            vintage = code.vintage or OLD[wanted.level]
            found.setdefault(vintage, set()).add(code.plain)
    return {vintage: frozenset(codes) for vintage, codes in found.items()}


def _name(label: str, code: str) -> str:
    return read_name(label).name if label and read_code(label) is None else code


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and value > 0 else otherwise


def codes_of(answer: Mapping[str, Any], name: str) -> list[str]:
    """Return a dimension's codes in order; JSON-stat allows a list or a map to positions."""
    index = answer["dimension"][name]["category"]["index"]
    if isinstance(index, dict):
        return [str(code) for code, _ in sorted(index.items(), key=lambda item: int(item[1]))]
    return [str(code) for code in index]


def read_cells(
    answer: Mapping[str, Any], chosen: Mapping[str, list[str]], axes: tuple[str, str]
) -> Floats:
    """Read a JSON-stat 2 answer as a table of two of its dimensions, in the order chosen.

    A cell that is null, or missing from a sparse answer, is NaN, never zero.

    Raises
    ------
    KeyError, ValueError : a code asked for is not in the answer, or the sizes do not agree.
    """
    order = [str(name) for name in answer["id"]]
    sizes = [int(size) for size in answer["size"]]
    values = _values(answer, int(np.prod(sizes)))
    block = values.reshape(sizes)
    for axis, name in enumerate(order):
        there = {code: at for at, code in enumerate(codes_of(answer, name))}
        wanted = chosen.get(name, list(there))
        block = np.take(block, [there[code] for code in wanted], axis=axis)
    rest = [axis for axis, name in enumerate(order) if name not in axes]
    if any(block.shape[axis] != 1 for axis in rest):
        raise ValueError(f"more than one value of {[order[axis] for axis in rest]}")
    order = [name for name in order if name in axes]
    table: Floats = np.squeeze(block, axis=tuple(rest))
    return table if order == list(axes) else table.T


def _values(answer: Mapping[str, Any], size: int) -> Floats:
    given = answer["value"]
    pairs: Iterable[tuple[int, Any]]
    if isinstance(given, dict):
        pairs = ((int(at), value) for at, value in given.items())
    else:
        if len(given) != size:
            raise ValueError(f"{len(given)} values for {size} cells")
        pairs = enumerate(given)
    values = np.full(size, np.nan)
    for at, value in pairs:
        if value is not None:
            values[at] = float(value)
    return values
